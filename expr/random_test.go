package expr_test

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/tandem-go/tandem/expr"
	"github.com/tandem-go/tandem/kernels"
	"github.com/tandem-go/tandem/kernels/kerneltest"
)

// sample is an expression and the value that it has at an index, computed element
// by element in Go.
type sample[T expr.Element] struct {
	e  expr.Expr[T]
	at func(i int) T
}

type condition struct {
	e  expr.Bool
	at func(i int) bool
}

// generator draws expressions over arrays of n elements.
type generator struct {
	*rand.Rand
	n       int
	no64    bool        // neither float64 nor integers of 64 bits
	made    map[any]any // by zero value: []sample[T], to be used again
	arrays  int         // still to be had
	scalars int
}

func newGenerator(rng *rand.Rand, n int) *generator {
	return &generator{Rand: rng, n: n, made: map[any]any{}, arrays: expr.MaxArrays - 1, scalars: expr.MaxScalars}
}

// value draws a number: small ones, those of all magnitudes, and the special ones.
func value[T expr.Element](g *generator) T {
	var v T
	switch p := any(&v).(type) {
	case *float32:
		switch g.IntN(12) {
		case 0:
			*p = []float32{0, float32(math.Copysign(0, -1)), float32(math.NaN()), float32(math.Inf(1)), float32(math.Inf(-1)), math.MaxFloat32}[g.IntN(6)]
		case 1:
			*p = float32(g.NormFloat64() * math.Exp(60*(g.Float64()-0.5)))
		case 2:
			*p = float32(g.IntN(9) - 4)
		default:
			*p = float32(g.NormFloat64() * 10)
		}
	case *float64:
		switch g.IntN(12) {
		case 0:
			*p = []float64{0, math.Copysign(0, -1), math.NaN(), math.Inf(1), math.Inf(-1), math.MaxFloat64}[g.IntN(6)]
		case 1:
			*p = g.NormFloat64() * math.Exp(500*(g.Float64()-0.5))
		case 2:
			*p = float64(g.IntN(9) - 4)
		default:
			*p = g.NormFloat64() * 10
		}
	case *int32:
		*p = int32(whole(g))
	case *uint32:
		*p = uint32(whole(g))
	case *int64:
		*p = int64(whole(g))
	case *uint64:
		*p = whole(g)
	}
	return v
}

func whole(g *generator) uint64 {
	switch g.IntN(6) {
	case 0:
		return []uint64{0, 1, math.MaxUint64, 1 << 31, 1 << 63, math.MaxInt32, math.MaxInt64}[g.IntN(7)]
	case 1:
		return g.Uint64()
	}
	return uint64(g.IntN(100) - 50)
}

func leaf[T expr.Element](g *generator) sample[T] {
	if g.scalars > 0 && (g.arrays == 0 || g.IntN(4) == 0) {
		g.scalars--
		v := value[T](g)
		return sample[T]{expr.Scalar(v), func(int) T { return v }}
	}
	if g.arrays == 0 {
		return sample[T]{}
	}
	g.arrays--
	x := make([]T, g.n)
	for i := range x {
		x[i] = value[T](g)
	}
	return sample[T]{expr.Of[T](x), func(i int) T { return x[i] }}
}

// number draws an expression of type T. Its errors show in the launch.
func number[T expr.Element](g *generator, depth int) sample[T] {
	var zero T
	made, _ := g.made[any(zero)].([]sample[T])
	if len(made) > 0 && g.IntN(4) == 0 { // used twice
		return made[g.IntN(len(made))]
	}
	var s sample[T]
	if depth <= 0 {
		s = leaf[T](g)
	} else {
		s = operation[T](g, depth-1)
	}
	if s.at == nil {
		if len(made) == 0 {
			return sample[T]{expr.Scalar(zero), func(int) T { return zero }} // one scalar too many, perhaps
		}
		return made[g.IntN(len(made))]
	}
	g.made[any(zero)] = append(made, s)
	return s
}

func operation[T expr.Element](g *generator, depth int) sample[T] {
	x := number[T](g, depth-g.IntN(2))
	two := func() sample[T] { return number[T](g, depth-g.IntN(3)) }
	switch g.IntN(12) {
	case 0:
		y := two()
		return sample[T]{x.e.Add(y.e), func(i int) T { return x.at(i) + y.at(i) }}
	case 1:
		y := two()
		return sample[T]{x.e.Sub(y.e), func(i int) T { return x.at(i) - y.at(i) }}
	case 2:
		y := two()
		return sample[T]{x.e.Mul(y.e), func(i int) T { return x.at(i) * y.at(i) }}
	case 3:
		y := two()
		return sample[T]{x.e.Min(y.e), func(i int) T { return min(x.at(i), y.at(i)) }}
	case 4:
		y := two()
		return sample[T]{x.e.Max(y.e), func(i int) T { return max(x.at(i), y.at(i)) }}
	case 5:
		return sample[T]{x.e.Neg(), func(i int) T { return -x.at(i) }}
	case 6:
		return sample[T]{x.e.Abs(), func(i int) T { return magnitude(x.at(i)) }}
	case 7:
		y := two()
		return sample[T]{x.e.Div(y.e), func(i int) T { return quotient(x.at(i), y.at(i)) }}
	case 8:
		y, c := two(), comparison(g, depth-1)
		return sample[T]{expr.Where(c.e, x.e, y.e), func(i int) T {
			if c.at(i) {
				return x.at(i)
			}
			return y.at(i)
		}}
	case 9:
		return converted[T](g, depth)
	}
	return special(g, x, two)
}

func magnitude[T expr.Element](v T) T {
	if f, ok := any(v).(float32); ok {
		return any(math.Float32frombits(math.Float32bits(f) &^ (1 << 31))).(T)
	}
	if f, ok := any(v).(float64); ok {
		return any(math.Abs(f)).(T)
	}
	if zero := T(0); zero-1 > zero { // unsigned
		return v
	}
	return max(v, -v)
}

func quotient[T expr.Element](x, y T) T {
	switch any(x).(type) {
	case float32, float64:
		return x / y
	}
	if y == 0 {
		return 0
	}
	return x / y
}

// special is an operation that only some types have.
func special[T expr.Element](g *generator, x sample[T], two func() sample[T]) sample[T] {
	switch x := any(x).(type) {
	case sample[float32]:
		return any(rounded(g, x)).(sample[T])
	case sample[float64]:
		return any(rounded(g, x)).(sample[T])
	case sample[int32]:
		return any(bitwise[int32, uint32](g, x, any(two()).(sample[int32]), 32)).(sample[T])
	case sample[uint32]:
		return any(bitwise[uint32, uint32](g, x, any(two()).(sample[uint32]), 32)).(sample[T])
	case sample[int64]:
		return any(bitwise[int64, uint64](g, x, any(two()).(sample[int64]), 64)).(sample[T])
	case sample[uint64]:
		return any(bitwise[uint64, uint64](g, x, any(two()).(sample[uint64]), 64)).(sample[T])
	}
	panic("no such type")
}

func rounded[T expr.Float](g *generator, x sample[T]) sample[T] {
	switch g.IntN(5) {
	case 0:
		return sample[T]{expr.Sqrt(x.e), func(i int) T { return T(math.Sqrt(float64(x.at(i)))) }}
	case 1:
		return sample[T]{expr.Floor(x.e), func(i int) T { return T(math.Floor(float64(x.at(i)))) }}
	case 2:
		return sample[T]{expr.Ceil(x.e), func(i int) T { return T(math.Ceil(float64(x.at(i)))) }}
	case 3:
		return sample[T]{expr.Trunc(x.e), func(i int) T { return T(math.Trunc(float64(x.at(i)))) }}
	}
	return sample[T]{expr.RoundToEven(x.e), func(i int) T { return T(math.RoundToEven(float64(x.at(i)))) }}
}

func bitwise[T, U expr.Integer](g *generator, x, y sample[T], bits U) sample[T] {
	switch g.IntN(7) {
	case 0:
		return sample[T]{expr.Rem(x.e, y.e), func(i int) T {
			if y.at(i) == 0 {
				return x.at(i)
			}
			return x.at(i) % y.at(i)
		}}
	case 1:
		return sample[T]{expr.And(x.e, y.e), func(i int) T { return x.at(i) & y.at(i) }}
	case 2:
		return sample[T]{expr.Or(x.e, y.e), func(i int) T { return x.at(i) | y.at(i) }}
	case 3:
		return sample[T]{expr.Xor(x.e, y.e), func(i int) T { return x.at(i) ^ y.at(i) }}
	case 4:
		return sample[T]{expr.Not(x.e), func(i int) T { return ^x.at(i) }}
	case 5:
		return sample[T]{expr.Shl(x.e, y.e), func(i int) T { return x.at(i) << min(U(y.at(i)), bits) }}
	}
	return sample[T]{expr.Shr(x.e, y.e), func(i int) T { return x.at(i) >> min(U(y.at(i)), bits) }}
}

// converted is a number of another type made T.
func converted[T expr.Element](g *generator, depth int) sample[T] {
	types := 6
	if g.no64 {
		types = 3
	}
	switch g.IntN(types) {
	case 0:
		return convertFloat[T](number[float32](g, depth-1))
	case 1:
		x := number[int32](g, depth-1)
		return sample[T]{expr.Convert[T](x.e), func(i int) T { return T(x.at(i)) }}
	case 2:
		x := number[uint32](g, depth-1)
		return sample[T]{expr.Convert[T](x.e), func(i int) T { return T(x.at(i)) }}
	case 3:
		return convertFloat[T](number[float64](g, depth-1))
	case 4:
		x := number[int64](g, depth-1)
		return sample[T]{expr.Convert[T](x.e), func(i int) T { return T(x.at(i)) }}
	}
	x := number[uint64](g, depth-1)
	return sample[T]{expr.Convert[T](x.e), func(i int) T { return T(x.at(i)) }}
}

// convertFloat keeps what no integer has a number for from becoming one.
func convertFloat[T expr.Element, U expr.Float](x sample[U]) sample[T] {
	switch any(*new(T)).(type) {
	case float32, float64:
		return sample[T]{expr.Convert[T](x.e), func(i int) T { return T(x.at(i)) }}
	}
	fits := x.e.Less(expr.Scalar[U](1e6)).And(x.e.GreaterEqual(expr.Scalar[U](0)))
	return sample[T]{expr.Convert[T](expr.Where(fits, x.e, expr.Scalar[U](7))), func(i int) T {
		if v := x.at(i); v < 1e6 && v >= 0 {
			return T(v)
		}
		return 7
	}}
}

func comparison(g *generator, depth int) condition {
	switch g.IntN(6) {
	case 0:
		c := comparison(g, depth)
		return condition{c.e.Not(), func(i int) bool { return !c.at(i) }}
	case 1:
		c, d := comparison(g, depth), comparison(g, depth)
		switch g.IntN(3) {
		case 0:
			return condition{c.e.And(d.e), func(i int) bool { return c.at(i) && d.at(i) }}
		case 1:
			return condition{c.e.Or(d.e), func(i int) bool { return c.at(i) || d.at(i) }}
		}
		return condition{c.e.Xor(d.e), func(i int) bool { return c.at(i) != d.at(i) }}
	}
	types := 6
	if g.no64 {
		types = 3
	}
	switch g.IntN(types) {
	case 0:
		return compared(g, number[float32](g, depth), number[float32](g, depth))
	case 1:
		return compared(g, number[int32](g, depth), number[int32](g, depth))
	case 2:
		return compared(g, number[uint32](g, depth), number[uint32](g, depth))
	case 3:
		return compared(g, number[float64](g, depth), number[float64](g, depth))
	case 4:
		return compared(g, number[int64](g, depth), number[int64](g, depth))
	}
	return compared(g, number[uint64](g, depth), number[uint64](g, depth))
}

func compared[T expr.Element](g *generator, x, y sample[T]) condition {
	switch g.IntN(6) {
	case 0:
		return condition{x.e.Less(y.e), func(i int) bool { return x.at(i) < y.at(i) }}
	case 1:
		return condition{x.e.LessEqual(y.e), func(i int) bool { return x.at(i) <= y.at(i) }}
	case 2:
		return condition{x.e.Greater(y.e), func(i int) bool { return x.at(i) > y.at(i) }}
	case 3:
		return condition{x.e.GreaterEqual(y.e), func(i int) bool { return x.at(i) >= y.at(i) }}
	case 4:
		return condition{x.e.Equal(y.e), func(i int) bool { return x.at(i) == y.at(i) }}
	}
	return condition{x.e.NotEqual(y.e), func(i int) bool { return x.at(i) != y.at(i) }}
}

// identical: all bits, but those of NaN.
func identical[T expr.Element](a, b T) bool {
	if a != a || b != b {
		return a != a && b != b
	}
	switch a := any(a).(type) {
	case float32:
		return math.Float32bits(a) == math.Float32bits(any(b).(float32))
	case float64:
		return math.Float64bits(a) == math.Float64bits(any(b).(float64))
	}
	return a == b
}

// tryStore draws an expression of type T, stores it, and compares.
func tryStore[T expr.Element](g *generator, r *kerneltest.Runner) error {
	s := number[T](g, 1+g.IntN(5))
	dst := make([]T, g.n)
	l := expr.Store(dst, s.e)
	if err := run(g, r, &l); err != nil {
		return err
	}
	for i := range dst {
		if want := s.at(i); !identical(dst[i], want) {
			return fmt.Errorf("%T: index %d of %d: got %v, want %v", dst, i, g.n, dst[i], want)
		}
	}
	return nil
}

var errTooLarge = errors.New("drawn too large")

// launched, if not nil, is told of every kernel.
var launched func(k *kernels.Kernel)

func note(l *kernels.Launch) {
	if launched != nil {
		launched(l.Kernel())
	}
}

func run(g *generator, r *kerneltest.Runner, l *kernels.Launch) error {
	if err := l.Err(); errors.Is(err, expr.ErrTooLarge) {
		return errTooLarge
	}
	note(l)
	return r.Run(l, kerneltest.RandomCuts(g.Rand, l))
}

// tryReduce draws an expression of type T, and reduces it in all ways.
func tryReduce[T expr.Element](g *generator, r *kerneltest.Runner) error {
	s := number[T](g, 1+g.IntN(4))
	// An array tells how many indices there are.
	x := make([]T, g.n)
	for i := range x {
		x[i] = value[T](g)
	}
	at := s.at
	s = sample[T]{s.e.Add(expr.Of[T](x)), func(i int) T { return at(i) + x[i] }}
	if g.n > 0 {
		if err := tryExtremes(g, r, s); err != nil {
			return err
		}
	}
	var sum T
	l := expr.Sum(&sum, s.e)
	if err := run(g, r, &l); err != nil {
		return err
	}
	switch any(sum).(type) {
	case float32, float64:
		if err := checkSum(float64(sum), g.n, func(i int) float64 { return float64(s.at(i)) }, any(sum)); err != nil {
			return err
		}
	default:
		var want T
		for i := range g.n {
			want += s.at(i)
		}
		if sum != want {
			return fmt.Errorf("sum of %T: got %v, want %v", sum, sum, want)
		}
	}
	c := comparison(g, 1)
	all := expr.Of[T](x)
	var count int
	l = expr.Count(&count, c.e.And(all.Equal(all)))
	if err := run(g, r, &l); err != nil {
		return err
	}
	want := 0
	for i := range g.n {
		if x[i] == x[i] && c.at(i) {
			want++
		}
	}
	if count != want {
		return fmt.Errorf("count: got %d, want %d", count, want)
	}
	return nil
}

func tryExtremes[T expr.Element](g *generator, r *kerneltest.Runner, s sample[T]) error {
	for _, least := range []bool{true, false} {
		var got T
		var at int
		l := expr.Maximum(&got, &at, s.e)
		if least {
			l = expr.Minimum(&got, &at, s.e)
		}
		if err := run(g, r, &l); err != nil {
			return err
		}
		want := s.at(0)
		for i := range g.n {
			if least {
				want = min(want, s.at(i))
			} else {
				want = max(want, s.at(i))
			}
		}
		first := 0
		for !identical(s.at(first), want) {
			first++
		}
		if !identical(got, want) || at != first {
			return fmt.Errorf("%T, least %t, of %d: got %v at %d, want %v at %d", got, least, g.n, got, at, want, first)
		}
	}
	return nil
}

// checkSum holds a sum to the bound of kernels.Sum, doubled for what the partial
// sums of an inline run are.
func checkSum(got float64, n int, at func(i int) float64, like any) error {
	u, most := 0x1p-24, float64(math.MaxFloat32)
	if _, ok := like.(float64); ok {
		u, most = 0x1p-53, math.MaxFloat64
	}
	exact, magnitude, finite, plain := new(big.Float).SetPrec(3000), 0.0, 0.0, 0.0
	for i := range n {
		v := at(i)
		plain += v
		magnitude += math.Abs(v)
		if !math.IsNaN(v) && !math.IsInf(v, 0) {
			exact.Add(exact, new(big.Float).SetFloat64(v))
			finite += math.Abs(v)
		}
	}
	switch {
	case math.IsNaN(magnitude) || math.IsInf(magnitude, 0):
		if !math.IsNaN(plain) && !math.IsInf(plain, 0) || identical(got, plain) {
			return nil
		}
		if math.IsInf(plain, 0) && finite > most/4 {
			return nil // a sum in between may be beyond the range, on either side
		}
		return fmt.Errorf("sum of %T: got %v, want %v", like, got, plain)
	case magnitude > most/4:
		return nil
	}
	want, _ := exact.Float64()
	if err := math.Abs(got - want); !(err <= 2*u*(math.Abs(want)+64*magnitude)+0x1p-1000) && !(u > 1e-10 && err < 0x1p-140) {
		return fmt.Errorf("sum of %T: got %v, want %v, off by %g of %g", like, got, want, err, magnitude)
	}
	return nil
}

// try draws one expression from a seed, of a type and for a use that it draws too.
func try(seed uint64, r *kerneltest.Runner, caps64 bool) error {
	rng := rand.New(rand.NewPCG(seed, 7))
	sizes := []int{0, 1, 15, 16, 17, 255, 256, 257, 511, 512, 513, 1023, 1024, 1025, 1 + rng.IntN(5000)}
	g := newGenerator(rng, sizes[rng.IntN(len(sizes))])
	g.no64 = !caps64
	types := 6
	if g.no64 {
		types = 3
	}
	uses := [][2]func(*generator, *kerneltest.Runner) error{
		{tryStore[float32], tryReduce[float32]},
		{tryStore[int32], tryReduce[int32]},
		{tryStore[uint32], tryReduce[uint32]},
		{tryStore[float64], tryReduce[float64]},
		{tryStore[int64], tryReduce[int64]},
		{tryStore[uint64], tryReduce[uint64]},
	}
	err := uses[rng.IntN(types)][rng.IntN(2)](g, r)
	if errors.Is(err, errTooLarge) {
		return nil
	}
	return err
}

func FuzzExpression(f *testing.F) {
	for seed := range uint64(20) {
		f.Add(seed)
	}
	r := kerneltest.Inline()
	f.Fuzz(func(t *testing.T, seed uint64) {
		if err := try(seed, r, true); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
	})
}
