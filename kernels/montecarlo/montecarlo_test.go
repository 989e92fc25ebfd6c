package montecarlo

import (
	"context"
	"errors"
	"math"
	"math/bits"
	"math/rand/v2"
	"testing"

	"github.com/tandem-go/tandem/hybrid"
	"github.com/tandem-go/tandem/internal/kernelgen/differential"
	"github.com/tandem-go/tandem/internal/machines"
	"github.com/tandem-go/tandem/kernels"
	"github.com/tandem-go/tandem/kernels/finance"
	"github.com/tandem-go/tandem/kernels/kerneltest"
	"github.com/tandem-go/tandem/kernels/philox"
)

// TestKernels compares the kernels with their functions on every device.
func TestKernels(t *testing.T) {
	differential.Each(t, func(t *testing.T, r *kerneltest.Runner) {
		kerneltest.Try(t, r,
			differential.Draw("insideCircle", func(rng *rand.Rand, n int) kerneltest.Trial {
				n = min(n, 20)
				k, full, rest, counts := key(rng.Uint64()), rng.IntN(n+1), rng.IntN(pointsOfIndex), make([]uint32, n)
				return differential.Trial(countInside(k, 3, full, rest, counts), counts, func(i int, counts []uint32) {
					insideCircle(i, k, 3, full, rest, counts)
				})
			}),
			differential.Draw("payoffs", func(rng *rand.Rand, n int) kerneltest.Trial {
				n = min(n, 20)
				k, full, rest, fixings, sums := key(rng.Uint64()), rng.IntN(n+1), rng.IntN(pathsOfIndex), 1+rng.IntN(7), make([]float64, 2*n)
				return differential.Trial(sumPayoffs(k, 1, full, rest, fixings, 100, 98, 0.001, 0.1, -1, sums), sums, func(i int, sums []float64) {
					payoffs(i, k, 1, full, rest, fixings, 100, 98, 0.001, 0.1, -1, sums)
				})
			}),
		)
	})
}

var option = Option{Spot: 100, Strike: 105, Rate: 0.03, Yield: 0.01, Volatility: 0.25, Years: 2}

// TestReproducible asks every set of devices for the same estimates: they must be
// alike bit by bit.
func TestReproducible(t *testing.T) {
	const points, paths, seed = 3*pointsOfIndex + 1001, 1000*pathsOfIndex + 17, 1 << 40
	var pi, price *Estimate
	machines.Each(t, func(t *testing.T, s *hybrid.Scheduler, opts ...hybrid.LaunchOption) {
		p, err := Pi(t.Context(), s, points, seed, opts...)
		if err != nil {
			t.Fatal(err)
		}
		asian := option
		asian.Fixings = 3
		q, err := Price(t.Context(), s, asian, paths, seed, opts...)
		if err != nil {
			t.Fatal(err)
		}
		if pi == nil {
			pi, price = &p, &q
		}
		if p != *pi || q != *price {
			t.Errorf("%+v and %+v, elsewhere they were %+v and %+v", p, q, *pi, *price)
		}
	})
}

// TestPi counts the points of several launches one by one, and compares the estimate
// with what it is one of.
func TestPi(t *testing.T) {
	s := machines.Open(t, hybrid.WithDevices("cpu"))
	const seed = 7
	for _, points := range []int64{1, 2, 3, pointsOfIndex - 1, pointsOfIndex, pointsOfIndex + 1, 5 * pointsOfIndex} {
		got, err := Pi(t.Context(), s, points, seed)
		if err != nil {
			t.Fatal(err)
		}
		inside := 0
		for n := range uint32(points) {
			r := philox.Four([4]uint32{n / pointsOfIndex, n % pointsOfIndex &^ 1, 0, 0}, [2]uint32{seed, 0})
			x, y := uint64(r[n%2*2]), uint64(r[n%2*2+1])
			if _, carry := bits.Add64(x*x, y*y, 0); carry == 0 {
				inside++
			}
		}
		if got.Value != 4*float64(inside)/float64(points) {
			t.Errorf("%d points: %v, want %d inside", points, got.Value, inside)
		}
	}
	got, err := Pi(t.Context(), s, 20_000_000, seed)
	if err != nil {
		t.Fatal(err)
	}
	if off := math.Abs(got.Value - math.Pi); off > 4*got.Deviation || math.Abs(got.Deviation-1.642/math.Sqrt(20e6)) > 1e-5 {
		t.Errorf("%+v is off by %v", got, off)
	}
}

func TestBatches(t *testing.T) {
	const each = 10
	var batch uint32
	var samples int64
	want := int64(2*each*indicesOfLaunch + 3*each + 7)
	err := batches(t.Context(), want, each, func(b uint32, indices, full, rest int) error {
		if b != batch || indices > indicesOfLaunch || full > indices || indices-full > 1 {
			t.Errorf("launch %d is %d: %d indices, %d full", batch, b, indices, full)
		}
		batch++
		samples += int64(full)*each + int64(rest)
		return nil
	})
	if err != nil || samples != want {
		t.Errorf("%d samples, want %d: %v", samples, want, err)
	}
}

// TestEuropean holds the price of an option with one fixing to the closed form.
func TestEuropean(t *testing.T) {
	s := machines.Open(t, hybrid.WithDevices("cpu"))
	one := func(v float64) []float64 { return []float64{v} }
	calls, puts := make([]float64, 1), make([]float64, 1)
	l := finance.BlackScholes64(option.Rate, option.Yield, one(option.Spot), one(option.Strike), one(option.Years), one(option.Volatility), calls, puts)
	if err := s.Launch(t.Context(), l); err != nil {
		t.Fatal(err)
	}
	for _, put := range []bool{false, true} {
		o, want := option, calls[0]
		if o.Put = put; put {
			want = puts[0]
		}
		got, err := Price(t.Context(), s, o, 400_000, 11)
		if err != nil {
			t.Fatal(err)
		}
		if off := math.Abs(got.Value - want); off > 4*got.Deviation+1e-4 || got.Deviation > 0.1 {
			t.Errorf("put %v: %+v, want %v", put, got, want)
		}
	}
}

// TestCertain prices what has no chance in it: the mean of a share without
// volatility is known.
func TestCertain(t *testing.T) {
	s := machines.Open(t, hybrid.WithDevices("cpu"))
	o := Option{Spot: 100, Strike: 50, Rate: 0.1, Years: 1, Fixings: 4}
	got, err := Price(t.Context(), s, o, 100, 1)
	if err != nil {
		t.Fatal(err)
	}
	mean := 0.0
	for i := 1; i <= 4; i++ {
		mean += 25 * math.Exp(0.1*float64(i)/4)
	}
	if want := math.Exp(-0.1) * (mean - 50); math.Abs(got.Value-want) > 1e-4 || got.Deviation > 1e-3 {
		t.Errorf("%+v, want %v", got, want)
	}
}

func TestMistakes(t *testing.T) {
	s := machines.Open(t, hybrid.WithDevices("cpu"))
	refused := func(arg string, err error) {
		t.Helper()
		var mistake *kernels.ArgumentError
		if !errors.As(err, &mistake) || mistake.Arg != arg || !errors.Is(err, kernels.ErrShape) {
			t.Errorf("%v, want a mistake of %s", err, arg)
		}
	}
	for _, points := range []int64{0, -1, MaxSamples + 1} {
		_, err := Pi(t.Context(), s, points, 1)
		refused("points", err)
		_, err = Price(t.Context(), s, option, points, 1)
		refused("paths", err)
	}
	for arg, change := range map[string]func(o *Option){
		"Spot":       func(o *Option) { o.Spot = -1 },
		"Strike":     func(o *Option) { o.Strike = math.Inf(1) },
		"Rate":       func(o *Option) { o.Rate = math.NaN() },
		"Years":      func(o *Option) { o.Years = -0.5 },
		"Volatility": func(o *Option) { o.Volatility = -0.2 },
		"Yield":      func(o *Option) { o.Yield = math.Inf(-1) },
		"Fixings":    func(o *Option) { o.Fixings = maxFixings + 1 },
	} {
		o := option
		change(&o)
		_, err := Price(t.Context(), s, o, 1, 1)
		refused(arg, err)
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	why := errors.New("enough")
	cancel(why)
	if _, err := Pi(ctx, s, 1e12, 1); !errors.Is(err, why) {
		t.Errorf("an ended context gives %v", err)
	}
}

// TestManyBeyond compares the vector units with the loop in Go.
func TestManyBeyond(t *testing.T) {
	seed := kerneltest.Seed(t)
	rng := rand.New(rand.NewPCG(seed, 0))
	for n := 0; n <= pointsOfIndex; n += pointsAtOnce {
		k := key(rng.Uint64())
		keys, i, batch := roundKeys(k[0], k[1]), uint64(rng.Uint32()), uint64(rng.Uint32())
		if got, want := manyBeyond(&keys, i, batch, n), manyBeyondGo(&keys, i, batch, n); got != want {
			t.Fatalf("of %d points at counter (%d, k, %d, 0) with key %v, %d are beyond, want %d", n, i, batch, k, got, want)
		}
	}
}

// BenchmarkInside is of the points of one index.
func BenchmarkInside(b *testing.B) {
	keys := roundKeys(1, 2)
	for name, count := range map[string]func(keys *[rounds][2]uint64, i, batch uint64, n int) uint64{"by=go": manyBeyondGo, "by=vectors": manyBeyond} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				count(&keys, 3, 4, pointsOfIndex)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/pointsOfIndex, "ns/point")
		})
	}
}
