package fft

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/cmplx"
	"math/rand/v2"
	"testing"

	"github.com/tandem-go/tandem/hybrid"
	"github.com/tandem-go/tandem/internal/machines"
	"github.com/tandem-go/tandem/kernels"
	"github.com/tandem-go/tandem/kernels/kerneltest"
	"gonum.org/v1/gonum/dsp/fourier"
)

// lengths are powers of two and of three, primes, products of all kinds, and such as
// are divided over workers.
var lengths = []int{1, 2, 3, 4, 5, 7, 8, 16, 17, 32, 60, 64, 97, 128, 243, 256, 509, 1000, 1024, 2310, 4096, 4099, 1 << 14, 3 << 13, 40_000, 1 << 15}

func random[C Complex](rng *rand.Rand, n int) []C {
	x := make([]C, n)
	for i := range x {
		x[i] = C(complex(rng.NormFloat64(), rng.NormFloat64()))
	}
	return x
}

// norm is the Euclidean norm of a-b, or of a. Its squares are added up with what
// roundings lose (Kahan), so that its own error is below that of short transforms.
func norm[C Complex](a, b []C) float64 {
	sum, lost := 0.0, 0.0
	for i := range a {
		d := complex128(a[i])
		if b != nil {
			d -= complex128(b[i])
		}
		y := real(d)*real(d) + imag(d)*imag(d) - lost
		t := sum + y
		lost = (t - sum) - y
		sum = t
	}
	return math.Sqrt(sum)
}

// bound is the documented one, relative to the norm of the result.
func bound[C Complex](n int) float64 {
	unit := 0x1p-53
	if v := C(complex(1+0x1p-30, 0)); real(complex128(v)) == 1 {
		unit = 0x1p-23
	}
	m := powerFor(n)
	if m != n {
		unit *= 2
	}
	return 4 * math.Log2(float64(max(m, 2))) * unit
}

func check[C Complex](t *testing.T, s *hybrid.Scheduler, seed uint64, opts []hybrid.LaunchOption) {
	t.Helper()
	rng := rand.New(rand.NewPCG(seed, 0))
	worst := 0.0
	for _, n := range lengths {
		if testing.Short() && n > 1024 && n != divided {
			continue
		}
		p, err := NewPlan[C](n)
		if err != nil {
			t.Fatal(err)
		}
		x, y, z := random[C](rng, n), make([]C, n), make([]C, n)
		if err := Forward(t.Context(), s, p, y, x, opts...); err != nil {
			t.Fatalf("%d: %v", n, err)
		}
		wide, want := make([]complex128, n), make([]C, n)
		for i, v := range x {
			wide[i] = complex128(v)
		}
		for i, v := range fourier.NewCmplxFFT(n).Coefficients(nil, wide) {
			want[i] = C(v)
		}
		// gonum's own error is within the bound too.
		off := norm(y, want) / norm(want, nil)
		worst = max(worst, off/bound[C](n))
		if !(off <= 2*bound[C](n)) {
			t.Errorf("%d: off by %v of the norm, the bound is %v", n, off, bound[C](n))
		}
		// Parseval: the energy is n times that of before.
		if energy := norm(y, nil) / norm(x, nil) / math.Sqrt(float64(n)); math.Abs(energy-1) > bound[C](n) {
			t.Errorf("%d: the norm is %v of what it should be", n, energy)
		}
		if err := Inverse(t.Context(), s, p, z, y, opts...); err != nil {
			t.Fatalf("%d: %v", n, err)
		}
		if off := norm(z, x) / norm(x, nil); !(off <= 2*bound[C](n)) {
			t.Errorf("%d: there and back is off by %v of the norm, the bound is %v", n, off, 2*bound[C](n))
		}
		// In place, and by the same plan.
		if err := Forward(t.Context(), s, p, x, x, opts...); err != nil {
			t.Fatal(err)
		}
		if norm(x, y) != 0 {
			t.Errorf("%d: in place the result is another", n)
		}
		p.Free()
	}
	t.Logf("the worst is %.3f of the bound", worst)
}

func TestTransform(t *testing.T) {
	seed := kerneltest.Seed(t)
	machines.Each(t, func(t *testing.T, s *hybrid.Scheduler, opts ...hybrid.LaunchOption) {
		t.Run("complex64", func(t *testing.T) { check[complex64](t, s, seed, opts) })
		t.Run("complex128", func(t *testing.T) { check[complex128](t, s, seed, opts) })
	})
}

// TestPassesOnWorkers has the workers run the passes that devices run.
func TestPassesOnWorkers(t *testing.T) {
	s := machines.Open(t, hybrid.WithDevices("cpu"))
	check[complex64](t, s, kerneltest.Seed(t), []hybrid.LaunchOption{hybrid.On("cpu")})
	check[complex128](t, s, kerneltest.Seed(t), []hybrid.LaunchOption{hybrid.On("cpu")})
}

// TestRoots: roots are those of Go's functions, whose angles go round the whole circle
// and are less exact, and their symmetries hold bit by bit.
func TestRoots(t *testing.T) {
	for _, n := range []int{1, 2, 3, 4, 5, 7, 8, 12, 16, 100, 1023, 1024} {
		for k := range n {
			got, want := root(k, n), cmplx.Rect(1, -2*math.Pi*float64(k)/float64(n))
			if cmplx.Abs(got-want) > 3e-15 {
				t.Errorf("root %d of %d is %v, want %v", k, n, got, want)
			}
			if back := root((n-k)%n, n); k > 0 && 2*k != n && back != complex(real(got), -imag(got)) {
				t.Errorf("roots %d and %d of %d are %v and %v", k, n-k, n, got, back)
			}
		}
	}
}

func TestMistakes(t *testing.T) {
	s := machines.Open(t, hybrid.WithDevices("cpu"))
	refused := func(arg string, sentinel, err error) {
		t.Helper()
		var mistake *kernels.ArgumentError
		if !errors.As(err, &mistake) || mistake.Arg != arg || !errors.Is(err, sentinel) {
			t.Errorf("%v, want a mistake of %s", err, arg)
		}
	}
	for _, n := range []int{0, -1, MaxLength + 1} {
		_, err := NewPlan[complex64](n)
		refused("n", kernels.ErrShape, err)
	}
	p, err := NewPlan[complex128](8)
	if err != nil {
		t.Fatal(err)
	}
	x := make([]complex128, 12)
	ctx := t.Context()
	refused("dst", kernels.ErrShape, Forward(ctx, s, p, x[:7], x[:8]))
	refused("src", kernels.ErrShape, Inverse(ctx, s, p, x[:8], x[:9]))
	refused("dst", kernels.ErrOverlap, Forward(ctx, s, p, x[:8], x[4:]))
	refused("p", kernels.ErrNil, Forward[complex128](ctx, s, nil, x, x))
	ctx, cancel := context.WithCancelCause(ctx)
	why := errors.New("enough")
	cancel(why)
	if err := Forward(ctx, s, p, x[:8], x[:8]); !errors.Is(err, why) {
		t.Errorf("an ended context gives %v", err)
	}
}

// TestConcurrent uses one plan from many goroutines.
func TestConcurrent(t *testing.T) {
	s := machines.Open(t, hybrid.WithDevices("cpu"))
	for _, n := range []int{64, 97, divided} {
		p, err := NewPlan[complex128](n)
		if err != nil {
			t.Fatal(err)
		}
		x := random[complex128](rand.New(rand.NewPCG(1, 2)), n)
		want := make([]complex128, n)
		if err := Forward(t.Context(), s, p, want, x); err != nil {
			t.Fatal(err)
		}
		failed := make(chan error)
		const callers = 4
		for range callers {
			go func() {
				y := make([]complex128, n)
				for range 10 {
					err := Forward(t.Context(), s, p, y, x)
					if err == nil && norm(y, want) != 0 {
						err = fmt.Errorf("%d: another result", n)
					}
					if err != nil {
						failed <- err
						return
					}
				}
				failed <- nil
			}()
		}
		for range callers {
			if err := <-failed; err != nil {
				t.Error(err)
			}
		}
	}
}

func BenchmarkForward(b *testing.B) {
	s := machines.Open(b, hybrid.WithDevices("cpu"))
	for _, n := range []int{4, 16, 64, 1024, 1 << 13, 1 << 14, 1 << 15, 1 << 16, 1 << 18, 1 << 20} {
		x, y := random[complex128](rand.New(rand.NewPCG(1, 2)), n), make([]complex128, n)
		p, err := NewPlan[complex128](n)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(fmt.Sprintf("n=%d/by=tandem", n), func(b *testing.B) {
			for b.Loop() {
				if err := Forward(b.Context(), s, p, y, x); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(fmt.Sprintf("n=%d/by=gonum", n), func(b *testing.B) {
			f := fourier.NewCmplxFFT(n)
			for b.Loop() {
				f.Coefficients(y, x)
			}
		})
	}
}

// BenchmarkPrimes times prime lengths by gonum's transform and by Bluestein's.
func BenchmarkPrimes(b *testing.B) {
	for _, n := range []int{11, 23, 31, 47, 61, 97, 127, 211, 509, 1021, 11 * 11 * 11, 23 * 23, 31 * 31} {
		x, y := random[complex128](rand.New(rand.NewPCG(1, 2)), n), make([]complex128, n)
		b.Run(fmt.Sprintf("n=%d/by=bluestein", n), func(b *testing.B) {
			h := newBluestein(n)
			for b.Loop() {
				copy(y, x)
				if err := h.forward(b.Context(), alone, y); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(fmt.Sprintf("n=%d/by=gonum", n), func(b *testing.B) {
			f := fourier.NewCmplxFFT(n)
			for b.Loop() {
				f.Coefficients(y, x)
			}
		})
	}
}
