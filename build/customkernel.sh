#!/bin/sh
# Makes a module outside of the repository with a kernel of its own, generates it
# and runs it on the CPU and on OpenGL: both must print the same.
case ${1:-} in
-h | --help)
	sed -n '2,3s/^# \{0,1\}//p' "$0"
	exit
	;;
esac
set -eu
repo=$(cd "$(dirname "$0")/.." && pwd)
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
cat >go.mod <<EOF
module example.com/orbit

go 1.26.0

require github.com/tandem-go/tandem v0.0.0

replace github.com/tandem-go/tandem => $repo
EOF
cp "$repo/go.sum" .
cat >kernel.go <<'EOF'
package main

import "github.com/tandem-go/tandem/kernels/kmath"

//go:generate go run github.com/tandem-go/tandem/cmd/tandemgen

// swing is where a pendulum stands after a time.
//
//tandem:kernel
func swing(i int, time float32, length, angle, out []float32) {
	out[i] = angle[i] * kmath.Cos(time*kmath.Sqrt(9.81/length[i]))
}
EOF
cat >main.go <<'EOF'
package main

import (
	"context"
	"fmt"
	"hash/fnv"
	"math"
	"os"

	"github.com/tandem-go/tandem/hybrid"
)

func main() {
	if err := run(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(device string) error {
	s, err := hybrid.Open(hybrid.WithDevices(device))
	if err != nil {
		return err
	}
	defer s.Close()
	const n = 100_003
	length, angle, out := make([]float32, n), make([]float32, n), make([]float32, n)
	for i := range n {
		length[i], angle[i] = 0.1+float32(i)/1000, float32(i%180)
	}
	if err := s.Launch(context.Background(), Swing(12.5, length, angle, out)); err != nil {
		return err
	}
	h := fnv.New64a()
	for _, v := range out {
		fmt.Fprintf(h, "%08x", math.Float32bits(v))
	}
	fmt.Printf("%x\n", h.Sum64())
	return nil
}
EOF
go mod tidy >/dev/null 2>&1 || true # offline, the repository's sums are enough
go generate .
cpu=$(go run . cpu)
opengl=$(go run -tags opengl . opengl:0)
echo "cpu $cpu, opengl $opengl"
test "$cpu" = "$opengl"
