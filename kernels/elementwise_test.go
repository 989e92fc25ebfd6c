package kernels_test

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/tandem-go/tandem/kernels"
)

// specials are the numbers on which functions tend to differ.
var specials = []float64{
	0, math.Copysign(0, -1), 1, -1, math.Inf(1), math.Inf(-1), math.NaN(), 0.5, 2, -0.3, 0.7, 1e-5, -1e-5, 1e-20,
	math.SmallestNonzeroFloat32, -math.SmallestNonzeroFloat32, 1e-39, -1e-39, math.MaxFloat32, -math.MaxFloat32,
	math.SmallestNonzeroFloat64, math.MaxFloat64, 2.3e-308, 88.7, 88.73, -87.4, -103.9, -104.1, 709.7, 709.8, -745, -746,
	20, -20, 22.5, 9.1, 0.549, 0.551, math.Sqrt2, 0.99999, 1.00001,
}

// values draws n numbers: special, of magnitude 1, or of any magnitude.
func values[T kernels.Float](rng *rand.Rand, n int) []T {
	v := make([]T, n)
	for i := range v {
		switch rng.IntN(4) {
		case 0:
			v[i] = T(draw(rng, specials...))
		case 1:
			v[i] = T(math.Ldexp(rng.Float64()*2-1, rng.IntN(280)-140))
		case 2:
			v[i] = T(200 * (rng.Float64() - 0.5))
		default:
			v[i] = T(rng.Float64()*2 - 1)
		}
	}
	return v
}

// length draws the size of a vector.
func length(rng *rand.Rand) int {
	return draw(rng, 0, 1, 2, 255, 256, 257, 1021, 4096, 1+rng.IntN(3000), 1+rng.IntN(200000))
}

// ulps is the distance of two numbers in units in the last place; 0 for two NaNs
// and, if they have one sign, two zeros.
func ulps[T kernels.Float](a, b T) float64 {
	x, y := float64(a), float64(b)
	switch {
	case math.IsNaN(x) && math.IsNaN(y):
		return 0
	case math.IsNaN(x) || math.IsNaN(y):
		return math.Inf(1)
	}
	if _, ok := any(a).(float32); ok {
		return math.Abs(float64(ordered32(float32(a))) - float64(ordered32(float32(b))))
	}
	d := ordered64(x) - ordered64(y)
	return math.Abs(float64(d))
}

func ordered32(x float32) int64 {
	b := int64(math.Float32bits(x))
	if b >= 1<<31 {
		return -(b - 1<<31) - 1
	}
	return b
}

func ordered64(x float64) int64 {
	b := math.Float64bits(x)
	if b >= 1<<63 {
		return -int64(b-1<<63) - 1
	}
	return int64(b)
}

// mapping is an element-wise operation for a type.
type mapping[T kernels.Float] struct {
	name   string
	launch func(dst, x, y []T) kernels.Launch
	want   func(x, y T) T
	bound  float64 // ulps
}

func mappings[T kernels.Float]() []mapping[T] {
	one := func(f func(float64) float64) func(x, _ T) T {
		return func(x, _ T) T { return T(f(float64(x))) }
	}
	of := kernels.Of[T, []T]
	unary := func(f func(dst, x kernels.Operand) kernels.Launch) func(dst, x, y []T) kernels.Launch {
		return func(dst, x, _ []T) kernels.Launch { return f(of(dst), of(x)) }
	}
	binary := func(f func(dst, x, y kernels.Operand) kernels.Launch) func(dst, x, y []T) kernels.Launch {
		return func(dst, x, y []T) kernels.Launch { return f(of(dst), of(x), of(y)) }
	}
	return []mapping[T]{
		{"add", binary(kernels.Add[kernels.Operand]), func(x, y T) T { return x + y }, 0},
		{"sub", binary(kernels.Sub[kernels.Operand]), func(x, y T) T { return x - y }, 0},
		{"mul", binary(kernels.Mul[kernels.Operand]), func(x, y T) T { return x * y }, 0},
		{"div", binary(kernels.Div[kernels.Operand]), func(x, y T) T { return x / y }, 0},
		{"min", binary(kernels.Min[kernels.Operand]), func(x, y T) T { return min(x, y) }, 0},
		{"max", binary(kernels.Max[kernels.Operand]), func(x, y T) T { return max(x, y) }, 0},
		{"copy", unary(kernels.Copy[kernels.Operand]), func(x, _ T) T { return x }, 0},
		{"abs", unary(kernels.Abs[kernels.Operand]), one(math.Abs), 0},
		{"sqrt", unary(kernels.Sqrt[kernels.Operand]), one(math.Sqrt), 0},
		{"exp", unary(kernels.Exp[kernels.Operand]), one(trueExp), 3 + reference},
		{"log", unary(kernels.Log[kernels.Operand]), one(trueLog), 3 + reference},
		{"tanh", unary(kernels.Tanh[kernels.Operand]), one(math.Tanh), 4 + reference},
		{"scal", func(dst, x, _ []T) kernels.Launch {
			copy(dst, x)
			return kernels.Scal(T(-1.7), dst)
		}, func(x, _ T) T { return T(-1.7) * x }, 0},
		{"fill", func(dst, _, _ []T) kernels.Launch { return kernels.Fill(T(0.3), dst) }, func(_, _ T) T { return 0.3 }, 0},
		{"axpy", func(dst, x, y []T) kernels.Launch {
			copy(dst, y)
			return kernels.Axpy(T(0.7), x, dst)
		}, func(x, y T) T { return y + T(T(0.7)*x) }, 0}, //nolint:unconvert // keeps the product from being fused
	}
}

// trueExp and trueLog avoid the places where package math is wrong on amd64: near
// overflow, and for denormal numbers. big.Float has neither function; the
// identities used here cost less than reference allows.
func trueExp(x float64) float64 {
	if x > 700 && x < 709.79 {
		// e^x = e^(x-8) e^8, with the constant in two parts; x-8 is exact.
		e := math.Exp(x - 8)
		const hi, lo = 2980.9579870417283, -2.7103e-14
		return e*hi + e*lo
	}
	return math.Exp(x)
}

func trueLog(x float64) float64 {
	if x > 0 && x < 0x1p-1022 {
		return math.Log(x*0x1p60) - 60*math.Ln2
	}
	return math.Log(x)
}

// reference is the error of package math, which the results are compared with.
const reference = 1

func mapTrial[T kernels.Float](m mapping[T]) func(rng *rand.Rand) trial {
	return func(rng *rand.Rand) trial {
		n := length(rng)
		x, y := values[T](rng, n), values[T](rng, n)
		inX, inY := append([]T{}, x...), append([]T{}, y...)
		dst := make([]T, n)
		switch m.name {
		case "scal", "fill", "axpy":
		default:
			if rng.IntN(4) == 0 {
				dst = x
			}
		}
		return trial{
			name: fmt.Sprintf("%s of %d %T", m.name, n, x), launch: m.launch(dst, x, y),
			verify: func() error {
				for i := range dst {
					if want := m.want(inX[i], inY[i]); ulps(dst[i], want) > m.bound {
						return fmt.Errorf("%s(%v, %v) = %v, want %v: %v ulps", m.name, inX[i], inY[i], dst[i], want, ulps(dst[i], want))
					}
				}
				return nil
			},
		}
	}
}

func TestElementwise(t *testing.T) {
	for _, m := range mappings[float32]() {
		t.Run(m.name+".float32", func(t *testing.T) { try(t, 15, mapTrial(m)) })
	}
	for _, m := range mappings[float64]() {
		t.Run(m.name+".float64", func(t *testing.T) { try(t, 15, mapTrial(m)) })
	}
}

func TestElementwiseRefuses(t *testing.T) {
	x, short := make([]float32, 4), make([]float32, 3)
	for _, c := range []struct {
		name   string
		launch kernels.Launch
		arg    string
		want   error
	}{
		{"lengths of a sum", kernels.Add(x, x, short), "y", kernels.ErrShape},
		{"lengths of a root", kernels.Sqrt(x, short), "x", kernels.ErrShape},
		{"a nil result", kernels.Exp(nil, x), "dst", kernels.ErrNil},
		{"a nil vector", kernels.Scal(1.5, []float64(nil)), "x", kernels.ErrNil},
		{"lengths of axpy", kernels.Saxpy(1, short, x), "x", kernels.ErrShape},
		{"overlap", kernels.Add(x[1:], x[:3], short), "dst", kernels.ErrOverlap},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := c.launch.Err()
			var e *kernels.ArgumentError
			if !errors.As(err, &e) || !errors.Is(err, c.want) || e.Arg != c.arg {
				t.Errorf("error %v, want %v of argument %s", err, c.want, c.arg)
			}
		})
	}
}
