#!/bin/sh
# Compares the given number of random kernels (10000 if none is given) with their
# functions on every device, at most 200 at a time; with the tag cuda, also their CUDA C,
# on the driver in process. TANDEM_SEED is the first seed, or the time; TAGS are the
# build tags, FLAGS a flag for go test. Vet is off: random programs shift by too much
# and assign variables to themselves.
set -eu
cd "$(dirname "$0")/.."
left=${1:-10000}
seed=${TANDEM_SEED:-$(date +%s)}
dir=internal/kernelgen/random/fuzz
trap 'rm -rf "$dir"' EXIT
while [ "$left" -gt 0 ]; do
	count=$((left < 200 ? left : 200))
	echo "== $count kernels, TANDEM_SEED=$seed"
	go run ./internal/kernelgen/random/write -seed "$seed" -count "$count" "$dir"
	cat >"$dir/random_test.go" <<-EOF
		package fuzz

		import (
			"testing"

			"github.com/tandem-go/tandem/internal/kernelgen/differential"
		)

		func TestKernels(t *testing.T) { differential.Compare(t, $seed, Cases) }
	EOF
	cat >"$dir/cuda_test.go" <<-EOF
		//go:build cuda && linux && cgo

		package fuzz

		import (
			"os"
			"testing"

			"github.com/tandem-go/tandem/internal/kernelgen/differential/translated"
		)

		func TestMain(m *testing.M) { os.Exit(translated.Run(m, Cases)) }
	EOF
	go run ./cmd/tandemgen "$dir"
	go test -vet=off -tags "${TAGS:-}" ${FLAGS:+"$FLAGS"} "./$dir"
	left=$((left - count))
	seed=$((seed + 1))
done
