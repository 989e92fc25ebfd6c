package kernels

import (
	"math"
	"math/rand/v2"
	"testing"
)

// TestFunctions calls the functions that the generated kernels are made from, index
// by index, beside launches of the kernels: bit by bit the same. That the variants
// for devices are, too, the conformance suite shows.
func TestFunctions(t *testing.T) {
	t.Run("float32", testFunctions[float32])
	t.Run("float64", testFunctions[float64])
}

func testFunctions[T Float](t *testing.T) {
	const rows, cols = 7, 13
	rng := rand.New(rand.NewPCG(3, 4))
	draw := func() []T {
		v := make([]T, rows*cols)
		for i := range v {
			v[i] = T(rng.NormFloat64())
		}
		v[0], v[1], v[2] = 0, T(math.NaN()), T(math.Copysign(0, -1))
		return v
	}
	x, y := draw(), draw()
	a := T(-0.7)
	for name, c := range map[string]struct {
		launch func(z []T) Launch
		call   func(i int, z []T)
	}{
		"add":  {func(z []T) Launch { return Add(Of[T](z), Of[T](x), Of[T](y)) }, func(i int, z []T) { add(i, x, y, z) }},
		"sub":  {func(z []T) Launch { return Sub(Of[T](z), Of[T](x), Of[T](y)) }, func(i int, z []T) { sub(i, x, y, z) }},
		"mul":  {func(z []T) Launch { return Mul(Of[T](z), Of[T](x), Of[T](y)) }, func(i int, z []T) { mul(i, x, y, z) }},
		"div":  {func(z []T) Launch { return Div(Of[T](z), Of[T](x), Of[T](y)) }, func(i int, z []T) { div(i, x, y, z) }},
		"min":  {func(z []T) Launch { return Min(Of[T](z), Of[T](x), Of[T](y)) }, func(i int, z []T) { lower(i, x, y, z) }},
		"max":  {func(z []T) Launch { return Max(Of[T](z), Of[T](x), Of[T](y)) }, func(i int, z []T) { upper(i, x, y, z) }},
		"copy": {func(z []T) Launch { return Copy(Of[T](z), Of[T](x)) }, func(i int, z []T) { copied(i, x, z) }},
		"abs":  {func(z []T) Launch { return Abs(Of[T](z), Of[T](x)) }, func(i int, z []T) { magnitude(i, x, z) }},
		"sqrt": {func(z []T) Launch { return Sqrt(Of[T](z), Of[T](x)) }, func(i int, z []T) { root(i, x, z) }},
		"scal": {func(z []T) Launch { return Scal(a, z) }, func(i int, z []T) { scale(i, a, z) }},
		"fill": {func(z []T) Launch { return Fill(a, z) }, func(i int, z []T) { fill(i, a, z) }},
		"axpy": {func(z []T) Launch { return Axpy(a, x, z) }, func(i int, z []T) { accumulate(i, a, x, z) }},
		"stencil5": {
			func(z []T) Launch { return Stencil5(a, Dense(rows, cols, cols, x), Dense(rows, cols, cols, z)) },
			func(row int, z []T) {
				for col := range cols {
					heat(row, col, cols, rows, cols, cols, a, x, z)
				}
			},
		},
	} {
		got := draw()
		want := append([]T{}, got...)
		l := c.launch(got)
		if err := l.Err(); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		l.Run(0, l.N())
		for i := range l.N() {
			c.call(i, want)
		}
		for i := range want {
			if got[i] != want[i] && (got[i] == got[i] || want[i] == want[i]) || math.Signbit(float64(got[i])) != math.Signbit(float64(want[i])) && got[i] == got[i] {
				t.Errorf("%s: element %d is %v, want %v", name, i, got[i], want[i])
			}
		}
	}
}
