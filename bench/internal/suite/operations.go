package suite

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/tandem-go/tandem/bench/internal/measure"
	"github.com/tandem-go/tandem/hybrid"
	"github.com/tandem-go/tandem/kernels/fft"
	"github.com/tandem-go/tandem/kernels/finance"
	"github.com/tandem-go/tandem/kernels/histogram"
	"github.com/tandem-go/tandem/kernels/kmeans"
	"github.com/tandem-go/tandem/kernels/montecarlo"
	"github.com/tandem-go/tandem/kernels/radix"
	"github.com/tandem-go/tandem/kernels/scan"
	"github.com/tandem-go/tandem/kernels/sparse"
	"gonum.org/v1/gonum/dsp/fourier"
)

// comparison is of an operation at one size, as Tandem does it and as plain Go on
// one core does: a loop, or gonum.
type comparison struct {
	op    string
	n     int
	do    func(ctx context.Context, h *hybrid.Scheduler) error
	peer  string
	plain func()
}

func (s *Suite) operations(ctx context.Context) error {
	h, err := hybrid.Open(s.Devices...)
	if err != nil {
		return err
	}
	defer h.Close()
	var all []comparison
	for _, n := range []int{16, s.fewer(1<<10, 1<<8), s.fewer(1<<14, 1<<10), s.fewer(1<<20, 1<<15)} {
		transforms := n
		if n == 16 { // those of which a call is nearly all
			transforms = 4
		}
		transform, err := fftOperation(transforms)
		if err != nil {
			return err
		}
		product, err := sparseOperation(n)
		if err != nil {
			return err
		}
		all = append(all, optionsOperation(n), kmeansOperation(n), product, transform, scanOperation(n), histogramOperation(n),
			sortOperation("sort/float64", n, distinct), sortOperation("sort/float64/values=5", n, repeating))
		if n > 16 {
			all = append(all, piOperation(16*n), histogramOperation(16*n))
		}
	}
	for _, o := range all {
		if _, err := s.Measure(ctx, measure.Plan{
			Category: "operations", Workload: o.op, Case: "n=" + fmt.Sprint(o.n), Unit: measure.Nanoseconds,
			Subjects: []measure.Subject{
				settled(measure.Timed("tandem", 1, func(ctx context.Context) error { return o.do(ctx, h) })),
				settled(measure.Timed(o.peer, 1, func(context.Context) error {
					o.plain()
					return nil
				})),
			},
		}); err != nil {
			return err
		}
	}
	return nil
}

func uniform(rng *rand.Rand, n int, lo, hi float64) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = lo + (hi-lo)*rng.Float64()
	}
	return x
}

func source() *rand.Rand { return rand.New(rand.NewPCG(1, 2)) }

const loop = "a loop in Go"

func optionsOperation(n int) comparison {
	rng := source()
	spot, strike, years, volatility := uniform(rng, n, 50, 150), uniform(rng, n, 50, 150), uniform(rng, n, 0.1, 5), uniform(rng, n, 0.1, 0.6)
	calls, puts := make([]float64, n), make([]float64, n)
	const rate = 0.03
	return comparison{"black-scholes/float64", n, func(ctx context.Context, h *hybrid.Scheduler) error {
		return h.Launch(ctx, finance.BlackScholes64(rate, 0, spot, strike, years, volatility, calls, puts))
	}, loop, func() {
		normal := func(x float64) float64 { return math.Erfc(-x/math.Sqrt2) / 2 }
		for i := range calls {
			v := volatility[i] * math.Sqrt(years[i])
			k := strike[i] * math.Exp(-rate*years[i])
			d := (math.Log(spot[i]/strike[i])+rate*years[i])/v + v/2
			calls[i] = spot[i]*normal(d) - k*normal(d-v)
			puts[i] = k*normal(v-d) - spot[i]*normal(-d)
		}
	}}
}

func kmeansOperation(n int) comparison {
	const dims, k = 8, 16
	rng := source()
	points, centers := uniform(rng, n*dims, 0, 1), uniform(rng, k*dims, 0, 1)
	labels, distances := make([]int32, n), make([]float64, n)
	return comparison{"k-means/float64", n, func(ctx context.Context, h *hybrid.Scheduler) error {
		return h.Launch(ctx, kmeans.Assign64(dims, points, centers, labels, distances))
	}, loop, func() {
		for i := range labels {
			p := points[i*dims:][:dims]
			best, nearest := math.Inf(1), int32(-1)
			for c := range k {
				sum := 0.0
				for d, v := range centers[c*dims:][:dims] {
					x := p[d] - v
					sum += x * x
				}
				if sum < best {
					best, nearest = sum, int32(c)
				}
			}
			labels[i], distances[i] = nearest, best
		}
	}}
}

// sparseOperation has eight entries a row, near the diagonal.
func sparseOperation(n int) (comparison, error) {
	rng := source()
	starts, columns := []int32{0}, []int32{}
	for r := range n {
		for range 8 {
			columns = append(columns, int32(min(max(0, r+rng.IntN(200)-100), n-1)))
		}
		starts = append(starts, int32(len(columns)))
	}
	values, x, y := uniform(rng, len(columns), -1, 1), uniform(rng, n, -1, 1), make([]float64, n)
	a, err := sparse.NewCSR(n, n, starts, columns, values)
	return comparison{"sparse/float64", n, func(ctx context.Context, h *hybrid.Scheduler) error {
		return sparse.Mul(ctx, h, y, a, x)
	}, loop, func() {
		for i := range y {
			sum := 0.0
			for k := starts[i]; k < starts[i+1]; k++ {
				sum += values[k] * x[columns[k]]
			}
			y[i] = sum
		}
	}}, err
}

func fftOperation(n int) (comparison, error) {
	src, dst := make([]complex128, n), make([]complex128, n)
	rng := source()
	for i := range src {
		src[i] = complex(rng.NormFloat64(), rng.NormFloat64())
	}
	plan, err := fft.NewPlan[complex128](n)
	peer := fourier.NewCmplxFFT(n)
	return comparison{"fft/complex128", n, func(ctx context.Context, h *hybrid.Scheduler) error {
		return fft.Forward(ctx, h, plan, dst, src)
	}, "gonum", func() { peer.Coefficients(dst, src) }}, err
}

// piOperation compares with the generator of the standard library, which is another.
func piOperation(n int) comparison {
	return comparison{"pi", n, func(ctx context.Context, h *hybrid.Scheduler) error {
		_, err := montecarlo.Pi(ctx, h, int64(n), 1)
		return err
	}, "a loop with math/rand/v2's Float64", func() {
		rng, inside := source(), 0
		for range n {
			if x, y := rng.Float64(), rng.Float64(); x*x+y*y < 1 {
				inside++
			}
		}
		if inside > n {
			panic("more points than there are")
		}
	}}
}

func histogramOperation(n int) comparison {
	const bins, lo, hi = 256, 0.0, 1.0
	x, counts := uniform(source(), n, lo, hi), make([]int, bins)
	return comparison{"histogram/float64", n, func(ctx context.Context, h *hybrid.Scheduler) error {
		return histogram.Uniform(ctx, h, counts, x, lo, hi)
	}, loop, func() {
		clear(counts)
		for _, v := range x {
			if v >= lo && v <= hi {
				counts[min(int((v-lo)*(bins/(hi-lo))), bins-1)]++
			}
		}
	}}
}

func scanOperation(n int) comparison {
	x, sums := uniform(source(), n, 0, 1), make([]float64, n)
	return comparison{"scan/float64", n, func(ctx context.Context, h *hybrid.Scheduler) error {
		return scan.Inclusive(ctx, h, sums, x)
	}, loop, func() {
		sum := 0.0
		for i, v := range x {
			sum += v
			sums[i] = sum
		}
	}}
}

func distinct(rng *rand.Rand, n int) []float64 { return uniform(rng, n, -1, 1) }

func repeating(rng *rand.Rand, n int) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = float64(rng.IntN(5)) / 3
	}
	return x
}

// sortOperation has a new input each time, so that the processor can't learn to predict
// its comparisons; both copy it.
func sortOperation(name string, n int, draw func(rng *rand.Rand, n int) []float64) comparison {
	inputs := make([][]float64, max(1, 1<<18/n))
	rng := source()
	for i := range inputs {
		inputs[i] = draw(rng, n)
	}
	x, turn := make([]float64, n), 0
	next := func() {
		copy(x, inputs[turn%len(inputs)])
		turn++
	}
	return comparison{name, n, func(ctx context.Context, h *hybrid.Scheduler) error {
		next()
		return radix.Sort(ctx, h, x)
	}, "slices.Sort", func() {
		next()
		slices.Sort(x)
	}}
}
