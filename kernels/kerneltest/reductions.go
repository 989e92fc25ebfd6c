package kerneltest

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/tandem-go/tandem/device"
	"github.com/tandem-go/tandem/kernels"
)

// total is a sum in twice float64's precision: hi + lo. What it leaves out is
// far below the bounds it serves.
type total struct {
	hi, lo    float64
	magnitude float64 // of all terms
	finite    float64 // magnitude of the finite terms
}

func (t *total) add(v float64) {
	t.magnitude += math.Abs(v)
	if !math.IsInf(v, 0) && !math.IsNaN(v) {
		t.finite += math.Abs(v)
	}
	s := t.hi + v
	b := s - t.hi
	t.lo += (t.hi - (s - b)) + (v - b)
	t.hi = s
}

// addProduct adds x*y with the error of its rounding.
func (t *total) addProduct(x, y float64) {
	p := x * y
	t.add(p)
	if lo := math.FMA(x, y, -p); lo == lo { // no NaN
		t.lo += lo
	}
}

// sum is a reduction that adds up a term for each index.
type sum[T kernels.Float] struct {
	name   string
	launch func(result *T, x, y []T) kernels.Launch
	term   func(t *total, x, y float64)
	// products is 1 where terms are rounded products.
	products float64
}

func sums[T kernels.Float]() []sum[T] {
	return []sum[T]{
		{"sum", func(r *T, x, _ []T) kernels.Launch { return kernels.Sum(r, x) }, func(t *total, x, _ float64) { t.add(x) }, 0},
		{"asum", func(r *T, x, _ []T) kernels.Launch { return kernels.Asum(r, x) }, func(t *total, x, _ float64) { t.add(math.Abs(x)) }, 0},
		{"dot", func(r *T, x, y []T) kernels.Launch { return kernels.Dot(r, x, y) }, (*total).addProduct, 1},
	}
}

func reductionCases() (cases []Case) {
	singles, doubles := sums[float32](), sums[float64]()
	for i := range singles {
		cases = append(cases, both(singles[i].name, singles[i].draw, doubles[i].draw)...)
	}
	cases = append(cases, both("nrm2", drawNorm[float32], drawNorm[float64])...)
	cases = append(cases, both("maximum", drawExtremum(maximum[float32]()), drawExtremum(maximum[float64]()))...)
	cases = append(cases, both("minimum", drawExtremum(minimum[float32]()), drawExtremum(minimum[float64]()))...)
	return append(cases, both("amax", drawExtremum(amax[float32]()), drawExtremum(amax[float64]()))...)
}

// kindsOfSums leave out numbers whose sum overflows on the way.
var kindsOfSums = []int{plain, wide, tiny, special}

func (s sum[T]) draw(rng *rand.Rand, caps device.Caps, n int) Trial {
	x, y := newArray[T](n), newArray[T](n)
	fill(rng, x.x, kindsOfSums[rng.IntN(len(kindsOfSums))])
	fill(rng, y.x, kindsOfSums[rng.IntN(len(kindsOfSums))])
	got := T(math.NaN())
	return Trial{
		Launch: s.launch(&got, x.x, y.x),
		Verify: func() error {
			var want total
			for i := range x.x {
				s.term(&want, float64(x.x[i]), float64(y.x[i]))
			}
			f := formatOf[T]()
			if !(want.magnitude <= f.huge/4) {
				// Any order of additions answers NaN if there is a NaN or if
				// infinities meet. Where finite terms overflow, orders differ,
				// and an infinity among the terms may meet theirs.
				if finite(x.x) && (s.products == 0 || finite(y.x)) || same(got, T(want.hi)) {
					return nil
				}
				if want.finite > f.huge/4 && !math.IsNaN(want.magnitude) && !finite([]T{got}) {
					return nil
				}
				return fmt.Errorf("got %v, want %v", got, want.hi)
			}
			blocks := 1.0
			if !single[T]() && caps.Language == device.Go {
				blocks = 512
			}
			value := want.hi + want.lo
			bound := f.unit*(math.Abs(value)+(blocks+s.products)*want.magnitude)*1.001 + s.products*float64(n)*f.tiny + f.tiny*f.unit
			if s.products > 0 && !caps.HostCores || s.products > 0 && !single[T]() {
				bound += float64(n) * f.tiny
			}
			if d := math.Abs((float64(got) - want.hi) - want.lo); !(d <= bound) {
				return fmt.Errorf("got %v, want %v: off by %v, the bound is %v", got, value, d, bound)
			}
			return nil
		},
	}
}

func finite[T kernels.Float](x []T) bool {
	for _, v := range x {
		if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
			return false
		}
	}
	return true
}

func drawNorm[T kernels.Float](rng *rand.Rand, caps device.Caps, n int) Trial {
	x := newArray[T](n)
	fill(rng, x.x, rng.IntN(kinds))
	got := T(math.NaN())
	return Trial{
		Launch: kernels.Nrm2(&got, x.x),
		Verify: func() error {
			want, scale := norm(x.x)
			f := formatOf[T]()
			if math.IsNaN(want) || math.IsInf(want, 1) {
				if same(float64(got), want) {
					return nil
				}
				return fmt.Errorf("got %v, want %v", got, want)
			}
			bound := 2.0
			if !single[T]() {
				bound = 3
				if caps.Language == device.Go {
					bound = 260
				}
			}
			if math.IsInf(float64(got), 1) && math.Ldexp(want*(1+bound*f.unit), scale) > f.huge {
				return nil
			}
			d := math.Abs(math.Ldexp(float64(got), -scale) - want)
			if limit := bound*f.unit*want*1.001 + math.Ldexp(1, f.least-1-scale); !(d <= limit) {
				return fmt.Errorf("got %v, want %v times 2^%d: off by %v, the bound is %v", got, want, scale, d, limit)
			}
			return nil
		},
	}
}

// norm is the Euclidean norm divided by 2^scale, in float64.
func norm[T kernels.Float](x []T) (scaled float64, scale int) {
	var greatest float64
	for _, v := range x {
		greatest = max(greatest, math.Abs(float64(v))) // NaN stays
	}
	if greatest == 0 || math.IsNaN(greatest) || math.IsInf(greatest, 1) {
		return greatest, 0
	}
	_, scale = math.Frexp(greatest)
	var squares total
	for _, v := range x {
		s := math.Ldexp(float64(v), -scale)
		squares.addProduct(s, s)
	}
	return math.Sqrt(squares.hi + squares.lo), scale
}

// extremum is an operation that finds a place.
type extremum[T kernels.Float] struct {
	launch func(result *T, index *int, x []T) kernels.Launch
	// beyond reports whether v outranks best, which is before it; zeros of different
	// signs do so by their signs alone.
	beyond func(v, best T) bool
	least  bool
	of     func(T) T // what is compared of an element
}

func itself[T any](v T) T { return v }

func maximum[T kernels.Float]() extremum[T] {
	return extremum[T]{kernels.Maximum[T, []T], func(v, best T) bool { return max(v, best) != best }, false, itself[T]}
}

func minimum[T kernels.Float]() extremum[T] {
	return extremum[T]{kernels.Minimum[T, []T], func(v, best T) bool { return min(v, best) != best }, true, itself[T]}
}

func amax[T kernels.Float]() extremum[T] {
	e := maximum[T]()
	e.launch, e.of = kernels.Amax[T, []T], func(v T) T { return T(math.Abs(float64(v))) }
	return e
}

func drawExtremum[T kernels.Float](e extremum[T]) func(rng *rand.Rand, caps device.Caps, n int) Trial {
	return func(rng *rand.Rand, _ device.Caps, n int) Trial {
		x := newArray[T](max(1, n))
		fill(rng, x.x, rng.IntN(kinds))
		switch rng.IntN(6) {
		case 0: // many that are equal
			for i := range x.x {
				x.x[i] = T(rng.IntN(3))
			}
		case 1: // zeros of either sign are the extremum
			for i := range x.x {
				x.x[i] = T(math.Copysign(0, rng.Float64()-0.5))
			}
		case 2: // one beyond the others
			x.x[rng.IntN(len(x.x))] = T(math.Inf(1))
		case 3: // ascending, or descending
			for i := range x.x {
				x.x[i] = T(i)
				if e.least {
					x.x[i] = -T(i)
				}
			}
		}
		if rng.IntN(8) == 0 {
			x.x[rng.IntN(len(x.x))] = T(math.Copysign(math.NaN(), rng.Float64()-0.5))
		}
		got, index := T(math.NaN()), -1
		to := &index
		if rng.IntN(4) == 0 {
			to = nil
		}
		return Trial{
			Launch: e.launch(&got, to, x.x),
			Verify: func() error {
				at := 0
				for i := range x.x {
					v, best := e.of(x.x[i]), e.of(x.x[at])
					zeros := v == 0 && best == 0 && math.Signbit(float64(v)) != math.Signbit(float64(best)) && math.Signbit(float64(v)) == e.least
					if best == best && (v != v || e.beyond(v, best) || zeros) {
						at = i
					}
				}
				if want := e.of(x.x[at]); !same(got, want) || to != nil && index != at {
					return fmt.Errorf("got %v at %d, want %v at %d", got, index, want, at)
				}
				return nil
			},
		}
	}
}
