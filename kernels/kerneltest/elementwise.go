package kerneltest

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"slices"

	"github.com/tandem-go/tandem/device"
	"github.com/tandem-go/tandem/kernels"
)

// mapping is an element-wise operation on one type.
type mapping[T kernels.Float] struct {
	name   string
	launch func(a T, dst, x, y []T) kernels.Launch
	inOut  bool // dst is read
	// want is the result in T's own arithmetic; dst is its value before.
	want func(a, dst, x, y T) T
	// exact is the result at a place where want is neither NaN nor infinite,
	// or nil where want itself is it.
	exact func(x T) *big.Float
	// host and device are the documented bounds in units in the last place,
	// on the CPU and on devices; llvmpipe and CUDA have those of the CPU where
	// a bound belongs to the device's arithmetic.
	host, device, cuda float64
	arithmetic         bool
	span               float64 // x is between -span and span in a third of the trials
}

func mappings[T kernels.Float]() []mapping[T] {
	type operand = kernels.Operand
	of := kernels.Of[T, []T]
	binary := func(name string, f func(dst, x, y operand) kernels.Launch, want func(x, y T) T) mapping[T] {
		return mapping[T]{
			name:   name,
			launch: func(_ T, dst, x, y []T) kernels.Launch { return f(of(dst), of(x), of(y)) },
			want:   func(_, _, x, y T) T { return want(x, y) },
		}
	}
	unary := func(name string, f func(dst, x operand) kernels.Launch, want func(x float64) float64) mapping[T] {
		return mapping[T]{
			name:   name,
			launch: func(_ T, dst, x, _ []T) kernels.Launch { return f(of(dst), of(x)) },
			want:   func(_, _, x, _ T) T { return T(want(float64(x))) },
		}
	}
	transcendental := func(m mapping[T], host, device, cuda, span float64, exact func(x float64) *big.Float) mapping[T] {
		m.host, m.device, m.cuda, m.span = host, device, cuda, span
		m.exact = func(x T) *big.Float { return exact(float64(x)) }
		return m
	}
	onDevices := func(m mapping[T], ulps float64) mapping[T] {
		m.device, m.arithmetic = ulps, true
		return m
	}
	return []mapping[T]{
		binary("add", kernels.Add[operand], func(x, y T) T { return x + y }),
		binary("sub", kernels.Sub[operand], func(x, y T) T { return x - y }),
		binary("mul", kernels.Mul[operand], func(x, y T) T { return x * y }),
		onDevices(binary("div", kernels.Div[operand], func(x, y T) T { return x / y }), 2.5),
		binary("min", kernels.Min[operand], func(x, y T) T { return min(x, y) }),
		binary("max", kernels.Max[operand], func(x, y T) T { return max(x, y) }),
		unary("copy", kernels.Copy[operand], func(x float64) float64 { return x }),
		unary("abs", kernels.Abs[operand], math.Abs),
		onDevices(unary("sqrt", kernels.Sqrt[operand], math.Sqrt), 4),
		transcendental(unary("exp", kernels.Exp[operand], math.Exp), 2, 3, 2.5, 750,
			func(x float64) *big.Float { return expOf(wideFloat(x)) }),
		transcendental(unary("log", kernels.Log[operand], math.Log), 1, 3, 1.5, 2, logOf),
		transcendental(unary("tanh", kernels.Tanh[operand], math.Tanh), 2, 4, 2.5, 3, tanhOf),
		{
			name: "scal", inOut: true,
			launch: func(a T, dst, _, _ []T) kernels.Launch { return kernels.Scal(a, dst) },
			want:   func(a, dst, _, _ T) T { return a * dst },
		},
		{
			name:   "fill",
			launch: func(a T, dst, _, _ []T) kernels.Launch { return kernels.Fill(a, dst) },
			want:   func(a, _, _, _ T) T { return a },
		},
		{
			name: "axpy", inOut: true,
			launch: func(a T, dst, x, _ []T) kernels.Launch { return kernels.Axpy(a, x, dst) },
			want: func(a, dst, x, _ T) T {
				if a == 0 {
					return dst // as in BLAS, whatever x is
				}
				return T(a*x) + dst //nolint:unconvert // the conversion keeps the product from being fused
			},
		},
	}
}

func elementwiseCases() (cases []Case) {
	singles, doubles := mappings[float32](), mappings[float64]()
	for i := range singles {
		cases = append(cases, both(singles[i].name, singles[i].draw, doubles[i].draw)...)
	}
	return cases
}

func (m mapping[T]) draw(rng *rand.Rand, caps device.Caps, n int) Trial {
	x, y, dst := newArray[T](n), newArray[T](n), newArray[T](n)
	for _, a := range []array[T]{x, y, dst} {
		fill(rng, a.x, rng.IntN(kinds))
	}
	if m.span > 0 && rng.IntN(3) == 0 {
		for i := range x.x {
			x.x[i] = T((2*rng.Float64() - 1) * m.span)
		}
	}
	switch rng.IntN(4) { // in place
	case 0:
		dst = x
	case 1:
		dst = y
	}
	if m.inOut && &dst.all[0] == &x.all[0] {
		x = y
	}
	var a [1]T
	fill(rng, a[:], []int{plain, extreme, special}[rng.IntN(3)])
	if rng.IntN(8) == 0 {
		a[0] = 0
	}
	oldX, oldY, old := slices.Clone(x.x), slices.Clone(y.x), slices.Clone(dst.x)
	return Trial{
		Launch: m.launch(a[0], dst.x, x.x, y.x),
		Verify: func() error {
			for i, got := range dst.x {
				want := m.want(a[0], old[i], oldX[i], oldY[i])
				if err := m.check(rng, caps, n, got, want, oldX[i]); err != nil {
					return fmt.Errorf("element %d, of a %v, dst %v, x %v, y %v: %w", i, a[0], old[i], oldX[i], oldY[i], err)
				}
			}
			for name, a := range map[string]array[T]{"x": x, "y": y, "dst": dst} {
				if err := a.intact(name); err != nil {
					return err
				}
			}
			return nil
		},
	}
}

// exactShare is how many results of a large array are compared with references
// of more than float64's precision, which take some 20 µs each.
const exactShare = 2000

func (m mapping[T]) check(rng *rand.Rand, caps device.Caps, n int, got, want, x T) error {
	bound, wide := m.host, float64(want)
	ieee := caps.HostCores || caps.Language == device.CUDA
	switch {
	case caps.Language == device.Go || m.arithmetic && ieee:
	case caps.Language == device.CUDA:
		bound = m.cuda
	default:
		bound = m.device
	}
	switch {
	case same(got, want):
		if m.exact == nil || math.IsNaN(wide) || math.IsInf(wide, 0) || wide == 0 || n > exactShare && rng.IntN(n) >= exactShare {
			return nil
		}
	case math.IsNaN(wide) || math.IsNaN(float64(got)) || math.Signbit(wide) != math.Signbit(float64(got)):
		return fmt.Errorf("got %v, want %v", got, want)
	}
	exact := new(big.Float)
	switch {
	case m.exact != nil && !math.IsInf(float64(x), 0):
		exact = m.exact(x)
	case math.IsInf(wide, 0):
		return fmt.Errorf("got %v, want %v", got, want)
	default:
		exact.SetFloat64(wide)
	}
	if d := ulps(got, exact); d > bound {
		return fmt.Errorf("got %v, want %v: off by %.3f ULP, the bound is %v", got, exact, d, bound)
	}
	return nil
}
