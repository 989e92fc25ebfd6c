package scan

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/tandem-go/tandem/hybrid"
	"github.com/tandem-go/tandem/internal/kernelgen/differential"
	"github.com/tandem-go/tandem/internal/machines"
	"github.com/tandem-go/tandem/kernels"
	"github.com/tandem-go/tandem/kernels/kerneltest"
)

var lengths = []int{0, 1, 2, 3, run - 1, run, run + 1, row*run - 1, row*run + 1, block - 1, block, block + 1, 3*block + 7, 4 * block, 9*block + 1, shared - 1, shared, shared + 12_345, 200_003}

func random[T Number](rng *rand.Rand, n int) []T {
	x := make([]T, n)
	for i := range x {
		if half := 0.5; T(half) != 0 {
			x[i] = T(rng.NormFloat64())
		} else {
			x[i] = T(rng.Uint64())
		}
	}
	return x
}

// reference is the plain loop, for integers, and for floats in float64 with the
// documented bound.
func reference[T Number](got, x []T, exclusive bool) error {
	sum, wide, lost, magnitude := T(0), 0.0, 0.0, 0.0
	float, unit := false, 0x1p-24
	if half := 0.5; T(half) != 0 {
		float = true
		if v := 1 + 0x1p-30; float64(T(v)) == v {
			unit = 0x1p-53
		}
	}
	add := func(v T) {
		sum += v
		y := float64(v) - lost
		t := wide + y
		lost = (t - wide) - y
		wide = t
		magnitude += math.Abs(float64(v))
	}
	for i, v := range x {
		if !exclusive {
			add(v)
		}
		if bound := float64(len(x)/block+34) * unit * magnitude; float && !(math.Abs(float64(got[i])-wide) <= bound) || !float && got[i] != sum {
			return fmt.Errorf("element %d of %d is %v, want %v or %v", i, len(x), got[i], sum, wide)
		}
		if exclusive {
			add(v)
		}
	}
	return nil
}

func check[T Number](t *testing.T, s *hybrid.Scheduler, seed uint64, opts []hybrid.LaunchOption) {
	t.Helper()
	rng := rand.New(rand.NewPCG(seed, 0))
	for _, n := range lengths {
		x := random[T](rng, n)
		want := [2][]T{make([]T, n), make([]T, n)}
		serial(want[0], x, 0, false)
		serial(want[1], x, 0, true)
		for i, f := range []func(ctx context.Context, s kernels.Launcher[hybrid.LaunchOption], dst, src []T, opts ...hybrid.LaunchOption) error{
			Inclusive[T, hybrid.LaunchOption], Exclusive[T, hybrid.LaunchOption],
		} {
			y := make([]T, n)
			for range 4 { // so that each way is taken
				clear(y)
				if err := f(t.Context(), s, y, x, opts...); err != nil {
					t.Fatal(err)
				}
				if err := differential.Same("the scan", y, want[i]); err != nil {
					t.Fatalf("%d elements, exclusive %v: %v", n, i == 1, err)
				}
			}
			if err := reference(y, x, i == 1); err != nil {
				t.Fatal(err)
			}
			copy(y, x)
			if err := f(t.Context(), s, y, y, opts...); err != nil {
				t.Fatal(err)
			}
			if err := differential.Same("the scan in place", y, want[i]); err != nil {
				t.Errorf("%d elements: %v", n, err)
			}
			// The workers' passes, whether or not they are chosen.
			alone := func(n int, body func(lo, hi int)) error {
				cut := n / 3
				body(cut, n)
				body(0, cut)
				return nil
			}
			if err := onWorkers(alone, y, x, i == 1); err != nil {
				t.Fatal(err)
			}
			if err := differential.Same("the scan on workers", y, want[i]); err != nil {
				t.Errorf("%d elements: %v", n, err)
			}
		}
	}
}

func TestScan(t *testing.T) {
	seed := kerneltest.Seed(t)
	machines.Each(t, func(t *testing.T, s *hybrid.Scheduler, opts ...hybrid.LaunchOption) {
		t.Run("float32", func(t *testing.T) { check[float32](t, s, seed, opts) })
		t.Run("float64", func(t *testing.T) { check[float64](t, s, seed, opts) })
		t.Run("int32", func(t *testing.T) { check[int32](t, s, seed, opts) })
		t.Run("uint32", func(t *testing.T) { check[uint32](t, s, seed, opts) })
		t.Run("int64", func(t *testing.T) { check[int64](t, s, seed, opts) })
		t.Run("uint64", func(t *testing.T) { check[uint64](t, s, seed, opts) })
	})
}

// TestKernels compares both passes with their functions on every device, and those with
// what the host does.
func TestKernels(t *testing.T) {
	differential.Each(t, func(t *testing.T, r *kerneltest.Runner) {
		kerneltest.Try(t, r,
			sumsCase[float32]("addUp", &byGroups), sumsCase[float64]("addUp64", &byGroups), sumsCase[int64]("addUpInt64", &byGroups),
			scanCase[float32]("addOn", &byGroups), scanCase[float64]("addOn64", &byGroups), scanCase[int32]("addOnInt32", &byGroups),
			sumsCase[float32]("sumBlock", &byInvocations), sumsCase[float64]("sumBlock64", &byInvocations), sumsCase[uint64]("sumBlockUint64", &byInvocations),
			scanCase[float32]("scanBlock", &byInvocations), scanCase[float64]("scanBlock64", &byInvocations), scanCase[uint32]("scanBlockUint32", &byInvocations),
		)
	})
}

func sumsCase[T Number](name string, by *passes) kerneltest.Case {
	return differential.Draw(name, func(rng *rand.Rand, n int) kerneltest.Trial {
		n = min(n, 70)
		x, sums, want, onHost := random[T](rng, n*block), make([]T, n), make([]T, n), make([]T, n)
		return differential.Reference(newSums(by, x, sums), func() {
			if by == &byGroups {
				kernels.EachGroup(n, group, func(g kernels.Group) { addUp(g, x, want) })
			} else {
				for i := range n {
					sumBlock(i, x, want)
				}
			}
			totals(onHost, x)
		}, differential.Expect("the sums", sums, want), differential.Expect("the host's sums", onHost, want))
	})
}

func scanCase[T Number](name string, by *passes) kerneltest.Case {
	return differential.Draw(name, func(rng *rand.Rand, n int) kerneltest.Trial {
		n = min(n, 70)
		x, before, y := random[T](rng, n*block), random[T](rng, n), make([]T, n*block)
		want, onHost, exclusive := make([]T, n*block), make([]T, n*block), rng.IntN(2) == 0
		return differential.Reference(newScan(by, exclusive, before, x, y), func() {
			if by == &byGroups {
				kernels.EachGroup(n, group, func(g kernels.Group) { addOn(g, exclusive, before, x, want) })
			} else {
				for i := range n {
					scanBlock(i, exclusive, before, x, want)
				}
			}
			scans(onHost, x, before, exclusive)
		}, differential.Expect("the scan", y, want), differential.Expect("the host's scan", onHost, want))
	})
}

func TestMistakes(t *testing.T) {
	s := machines.Open(t, hybrid.WithDevices("cpu"))
	x := make([]int64, 10)
	refused := func(sentinel, err error) {
		t.Helper()
		var mistake *kernels.ArgumentError
		if !errors.As(err, &mistake) || mistake.Arg != "dst" || !errors.Is(err, sentinel) {
			t.Errorf("%v", err)
		}
	}
	refused(kernels.ErrShape, Inclusive(t.Context(), s, x[:9], x))
	refused(kernels.ErrOverlap, Exclusive(t.Context(), s, x[:5], x[1:6]))
	ctx, cancel := context.WithCancelCause(t.Context())
	why := errors.New("enough")
	cancel(why)
	if err := Inclusive(ctx, s, x, x); !errors.Is(err, why) {
		t.Errorf("an ended context gives %v", err)
	}
}

func BenchmarkInclusive(b *testing.B) {
	s := machines.Open(b, hybrid.WithDevices("cpu"))
	for _, n := range []int{16, 64, 1024, 1 << 14, 1 << 16, 1 << 20, 1 << 23} {
		bench[float64](b, s, "float64", n)
		bench[int32](b, s, "int32", n)
	}
}

//go:noinline
func plainly[T Number](sums, x []T) {
	sum := T(0)
	for i, v := range x {
		sum += v
		sums[i] = sum
	}
}

func bench[T Number](b *testing.B, s *hybrid.Scheduler, typ string, n int) {
	x, y := random[T](rand.New(rand.NewPCG(1, 2)), n), make([]T, n)
	b.Run(fmt.Sprintf("type=%s/n=%d/by=tandem", typ, n), func(b *testing.B) {
		for b.Loop() {
			if err := Inclusive(b.Context(), s, y, x); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run(fmt.Sprintf("type=%s/n=%d/by=loop", typ, n), func(b *testing.B) {
		for b.Loop() { // which would keep a sum of its own in memory
			plainly(y, x)
		}
	})
}
