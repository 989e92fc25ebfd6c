#!/bin/sh
# Makes a module outside of the repository with kernels of its own, generates them
# and runs them on the CPU and on OpenGL: both must print the same.
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

// Pendulum is one that may swing all the way round.
type Pendulum struct {
	Length, Angle, Speed float32
	Turns                int32
}

// step has pendulums swing for a moment.
//
//tandem:kernel
func step(i int, dt float32, pendulums []Pendulum) {
	p := &pendulums[i]
	p.Speed -= dt * 9.81 / p.Length * kmath.Sin(p.Angle)
	p.Angle += dt * p.Speed
	if p.Angle > 3.1415927 {
		p.Angle -= 6.2831853
		p.Turns++
	}
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
	pendulums, err := hybrid.NewBuffer[Pendulum](s, n)
	if err != nil {
		return err
	}
	defer pendulums.Free()
	if err := pendulums.Update(context.Background(), func(p []Pendulum) {
		for i := range p {
			p[i] = Pendulum{Length: length[i], Speed: angle[i] / 10}
		}
	}); err != nil {
		return err
	}
	for range 100 {
		if err := s.Launch(context.Background(), Step(0.01, pendulums)); err != nil {
			return err
		}
	}
	turns := 0
	if err := pendulums.View(context.Background(), func(p []Pendulum) {
		for _, p := range p {
			fmt.Fprintf(h, "%08x", math.Float32bits(p.Angle))
			turns += int(p.Turns)
		}
	}); err != nil {
		return err
	}
	fmt.Printf("%x, %d turns\n", h.Sum64(), turns)
	return nil
}
EOF
go mod tidy >/dev/null 2>&1 || true # offline, the repository's sums are enough
go generate .
cpu=$(go run . cpu)
opengl=$(go run -tags opengl . opengl:0)
echo "cpu $cpu, opengl $opengl"
test "$cpu" = "$opengl"
