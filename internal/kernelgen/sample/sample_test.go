package sample

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/tandem-go/tandem/device"
	_ "github.com/tandem-go/tandem/device/opengl"
	"github.com/tandem-go/tandem/kernels"
	"github.com/tandem-go/tandem/kernels/kerneltest"
	"github.com/tandem-go/tandem/residency"
)

// TestKernels compares each kernel, on the host and on every device here, with the
// function that it was made from.
func TestKernels(t *testing.T) {
	t.Run("inline", func(t *testing.T) { kerneltest.Try(t, kerneltest.Inline(), cases()...) })
	for _, found := range device.Probe() {
		if errors.Is(found.Err, device.ErrUnsupported) && strings.Contains(found.Err.Error(), "tag") {
			continue // this build is without the backend
		}
		if found.Err != nil && os.Getenv("CI") == "true" {
			t.Fatalf("CI needs a device of %s: %v", found.Backend, found.Err)
		}
		for _, info := range found.Devices {
			t.Run(info.ID, func(t *testing.T) {
				dev, err := device.Open(info.ID)
				if err != nil {
					t.Fatal(err)
				}
				defer dev.Close()
				r, err := kerneltest.NewRunner(dev)
				if err != nil {
					t.Fatal(err)
				}
				kerneltest.Try(t, r, cases()...)
				if err := r.Close(); err != nil {
					t.Error(err)
				}
			})
		}
	}
}

// array draws n random numbers of all kinds.
func array[T residency.Element](rng *rand.Rand, n int) []T {
	x := make([]T, n)
	for i := range x {
		switch p := any(&x[i]).(type) {
		case *float32:
			*p = number[float32](rng)
		case *float64:
			*p = number[float64](rng)
		case *int32:
			*p = integer[int32](rng)
		case *uint32:
			*p = integer[uint32](rng)
		case *int64:
			*p = integer[int64](rng)
		case *uint64:
			*p = integer[uint64](rng)
		}
	}
	return x
}

func number[T float32 | float64](rng *rand.Rand) T {
	special := []float64{0, math.Copysign(0, -1), 1, -1, math.Inf(1), math.Inf(-1), math.NaN(), 0.5, 1e-42, -1e-310, 3.4e38}
	if rng.IntN(8) == 0 {
		return T(special[rng.IntN(len(special))])
	}
	return T((2*rng.Float64() - 1) * math.Ldexp(1, rng.IntN(40)-20))
}

func integer[T int32 | uint32 | int64 | uint64](rng *rand.Rand) T {
	special := []int64{0, 1, -1, 2, 31, 32, 33, 63, 64, math.MinInt32, math.MaxInt32, math.MinInt64, math.MaxInt64}
	switch rng.IntN(4) {
	case 0:
		return T(special[rng.IntN(len(special))])
	case 1:
		return T(rng.IntN(200) - 100)
	}
	return T(rng.Uint64())
}

// same compares what a launch has left with what the function leaves.
func same[T residency.Element](name string, got, want []T) error {
	for i := range want {
		g, w := got[i], want[i]
		if g == w && (g != 0 || fmt.Sprint(g) == fmt.Sprint(w)) || g != g && w != w {
			continue
		}
		return fmt.Errorf("%s[%d] is %v, want %v", name, i, g, w)
	}
	return nil
}

// trial is a case whose reference calls the function for every index.
func trial[T residency.Element](l kernels.Launch, out []T, call func(i int, out []T)) kerneltest.Trial {
	before := slices.Clone(out)
	return kerneltest.Trial{Launch: l, Verify: func() error {
		for i := range l.N() {
			call(i, before)
		}
		return same("out", out, before)
	}}
}

func caseOf(name string, draw func(rng *rand.Rand, n int) kerneltest.Trial) kerneltest.Case {
	return kerneltest.Case{Name: name, Draw: func(rng *rand.Rand, _ device.Caps, n int) kerneltest.Trial {
		return draw(rng, n)
	}}
}

func cases() []kerneltest.Case {
	return []kerneltest.Case{
		caseOf("saxpy", func(rng *rand.Rand, n int) kerneltest.Trial {
			a, x, y := number[float32](rng), array[float32](rng, n), array[float32](rng, n)
			return trial(Saxpy(a, x, y), y, func(i int, y []float32) { saxpy(i, a, x, y) })
		}),
		caseOf("count", func(rng *rand.Rand, n int) kerneltest.Trial {
			from, y := rng.IntN(100), array[int32](rng, n)
			return trial(Count(from, y), y, func(i int, y []int32) { count(i, from, y) })
		}),
		caseOf("smooth", func(rng *rand.Rand, n int) kerneltest.Trial {
			x, y := array[float64](rng, n), array[float64](rng, n)
			return trial(Smooth(x, y), y, func(i int, y []float64) { smooth(i, x, y) })
		}),
		caseOf("heat", func(rng *rand.Rand, n int) kerneltest.Trial {
			rows, cols := shape(rng, n)
			k, src, dst := number[float32](rng), array[float32](rng, rows*cols), array[float32](rng, rows*cols)
			return trial(Heat(rows, cols, rows, cols, k, src, dst), dst, func(r int, dst []float32) {
				for c := range cols {
					heat(r, c, rows, cols, k, src, dst)
				}
			})
		}),
		caseOf("gray", func(rng *rand.Rand, n int) kerneltest.Trial {
			rgb, lum := array[float32](rng, 3*n), array[float32](rng, n)
			return trial(Gray(rgb, lum), lum, func(i int, lum []float32) { gray(i, rgb, lum) })
		}),
		caseOf("invert", func(rng *rand.Rand, n int) kerneltest.Trial {
			pixels := array[uint32](rng, 4*n)
			return trial(Invert(pixels), pixels, func(i int, pixels []uint32) { invert(i, pixels) })
		}),
		caseOf("rowSums", func(rng *rand.Rand, n int) kerneltest.Trial {
			rows, cols := shape(rng, n)
			a, sums := array[float64](rng, rows*cols), array[float64](rng, rows)
			return trial(RowSums(cols, a, sums), sums, func(i int, sums []float64) { rowSums(i, cols, a, sums) })
		}),
		caseOf("scaleRows", func(rng *rand.Rand, n int) kerneltest.Trial {
			rows, cols := shape(rng, n)
			by, a := array[float32](rng, rows), array[float32](rng, rows*cols)
			return trial(ScaleRows(cols, by, a), a, func(i int, a []float32) { scaleRows(i, cols, by, a) })
		}),
		caseOf("gather", func(rng *rand.Rand, n int) kerneltest.Trial {
			at, x, y := array[uint32](rng, n), array[int64](rng, 1+n/2), array[int64](rng, n)
			for i := range at {
				at[i] %= uint32(n)
			}
			return trial(Gather(at, x, y), y, func(i int, y []int64) { gather(i, at, x, y) })
		}),
		caseOf("bounce", func(rng *rand.Rand, n int) kerneltest.Trial {
			normal := vec{number[float32](rng), number[float32](rng), number[float32](rng)}
			mask := [2]bool{rng.IntN(2) == 0, rng.IntN(2) == 0}
			x, y, z, out := array[float32](rng, n), array[float32](rng, n), array[float32](rng, n), array[float32](rng, 3*n)
			return trial(Bounce(normal, mask, x, y, z, out), out, func(i int, out []float32) { bounce(i, normal, mask, x, y, z, out) })
		}),
		caseOf("collatz", func(rng *rand.Rand, n int) kerneltest.Trial {
			limit, steps := rng.IntN(200), make([]int32, n)
			return trial(Collatz(limit, steps), steps, func(i int, steps []int32) { collatz(i, limit, steps) })
		}),
		caseOf("integers", func(rng *rand.Rand, n int) kerneltest.Trial {
			a, b, shift, out := array[int32](rng, n), array[int32](rng, n), array[uint32](rng, n), make([]int32, 8*n)
			return trial(Integers(a, b, shift, out), out, func(i int, out []int32) { integers(i, a, b, shift, out) })
		}),
		caseOf("longs", func(rng *rand.Rand, n int) kerneltest.Trial {
			a, b, shift, out := array[int64](rng, n), array[int64](rng, n), array[uint32](rng, n), make([]int64, 8*n)
			return trial(Longs(a, b, shift, out), out, func(i int, out []int64) { longs(i, a, b, shift, out) })
		}),
		caseOf("floats", func(rng *rand.Rand, n int) kerneltest.Trial {
			a, b, out := array[float32](rng, n), array[float32](rng, n), make([]float32, 8*n)
			return trial(Floats(a, b, out), out, func(i int, out []float32) { floats(i, a, b, out) })
		}),
		caseOf("volume", func(rng *rand.Rand, n int) kerneltest.Trial {
			nz, rest := shape(rng, n)
			ny, nx := shape(rng, rest)
			k, src, dst := number[float32](rng), array[float32](rng, nz*ny*nx), array[float32](rng, nz*ny*nx)
			return trial(Volume(nz, ny, nx, ny, nx, k, src, dst), dst, func(z int, dst []float32) {
				for y := range ny {
					for x := range nx {
						volume(z, y, x, ny, nx, k, src, dst)
					}
				}
			})
		}),
	}
}

// shape is a matrix of about n elements.
func shape(rng *rand.Rand, n int) (rows, cols int) {
	cols = 1 + rng.IntN(1+min(n, 700))
	return n / cols, cols
}
