package kernels_test

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/tandem-go/tandem/kernels"
)

// bigField is the field at body i, with 100 digits, and the sums of magnitudes.
func bigField[T kernels.Float](bodies []T, i int, g, soft float64) (field [4]exact) {
	num := func(x float64) *big.Float { return new(big.Float).SetPrec(350).SetFloat64(x) }
	op := func() *big.Float { return new(big.Float).SetPrec(350) }
	for k := range field {
		field[k].add(0)
	}
	for j := range len(bodies) / 4 {
		if j == i {
			continue
		}
		var d [3]*big.Float
		d2 := num(soft)
		for k := range d {
			d[k] = op().Sub(num(float64(bodies[4*j+k])), num(float64(bodies[4*i+k])))
			d2.Add(d2, op().Mul(d[k], d[k]))
		}
		if d2.Sign() == 0 {
			continue
		}
		dist := op().Sqrt(d2)
		pull := op().Quo(op().Mul(num(g), num(float64(bodies[4*j+3]))), dist)
		field[3].sum.Sub(&field[3].sum, pull)
		field[3].magnitude.Add(&field[3].magnitude, op().Abs(pull))
		pull.Quo(pull, d2)
		for k := range d {
			term := op().Mul(pull, d[k])
			field[k].sum.Add(&field[k].sum, term)
			field[k].magnitude.Add(&field[k].magnitude, op().Abs(term))
		}
	}
	return field
}

func nbodyTrial[T kernels.Float](rng *rand.Rand) trial {
	n := size(rng) + draw(rng, 0, 64)
	eps := draw(rng, T(0), 0.01)
	bodies, field := numbers[T](rng, 4*n), nans[T](4*n)
	if n > 1 { // two bodies in one place
		copy(bodies[4*(n-1):][:3], bodies[:3])
	}
	soft := T(float64(eps) * float64(eps))
	return trial{
		name:   fmt.Sprintf("%d bodies, eps %v in %T", n, eps, eps),
		launch: kernels.NBody(2, eps, bodies, field),
		verify: func() error {
			for i := range n {
				want := bigField(bodies, i, 2, float64(soft))
				for k := range want {
					if err := within(&want[k], field[4*i+k], n+24); err != nil {
						return fmt.Errorf("body %d, number %d: %w", i, k, err)
					}
				}
			}
			return nil
		},
	}
}

func TestNBody(t *testing.T) {
	t.Run("float32", func(t *testing.T) { try(t, 12, nbodyTrial[float32]) })
	t.Run("float64", func(t *testing.T) { try(t, 12, nbodyTrial[float64]) })
}

func TestNBodyOfTwo(t *testing.T) {
	bodies := []float64{0, 0, 0, 8, 2, 0, 0, 4}
	want := []float64{1, 0, 0, -2, -2, 0, 0, -4}
	field := make([]float64, 8)
	l := kernels.NBody(1.0, 0, bodies, field)
	l.Run(0, 2)
	for i := range want {
		if field[i] != want[i] {
			t.Errorf("field[%d] is %v, want %v", i, field[i], want[i])
		}
	}
}

// TestNBodyOfMany has more bodies than the loops of an invocation may turn on
// some drivers.
func TestNBodyOfMany(t *testing.T) {
	const n = 200_000
	bodies := make([]float64, 4*n) // one at the origin, all others at (1, 0, 0)
	bodies[3] = 1
	for i := 1; i < n; i++ {
		bodies[4*i], bodies[4*i+3] = 1, 1
	}
	want := []float64{n - 1, 0, 0, -(n - 1), -1, 0, 0, -1}
	for name, r := range runners(t) {
		field := make([]float64, 4*n)
		l := kernels.NBody(1.0, 0, bodies, field)
		if err := r.run(&l, 0, 2); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for i := range want {
			if field[i] != want[i] {
				t.Errorf("%s: field[%d] is %v, want %v", name, i, field[i], want[i])
			}
		}
	}
}

func TestNBodyPassesNaNOn(t *testing.T) {
	bodies := []float32{0, 0, 0, 1, 1, 1, 1, float32(math.NaN()), 2, 2, 2, 1}
	field := make([]float32, 12)
	l := kernels.NBody[float32](1, 0.1, bodies, field)
	l.Run(0, 3)
	for i, v := range field {
		if isNaN := v != v; isNaN != (i/4 != 1) {
			t.Errorf("field[%d] is %v", i, v)
		}
	}
}

func TestNBodyRefuses(t *testing.T) {
	eight := make([]float32, 8)
	refused(t, kernels.NBody[float32](1, 0, make([]float32, 7), eight), "bodies", kernels.ErrShape)
	refused(t, kernels.NBody[float32](1, 0, eight, make([]float32, 7)), "field", kernels.ErrShape)
	refused(t, kernels.NBody[float32](1, 0, eight, eight), "field", kernels.ErrOverlap)
	refused(t, kernels.NBody[float32](1, -1, eight, make([]float32, 8)), "eps", kernels.ErrShape)
	refused(t, kernels.NBody[float32](1, float32(math.NaN()), eight, make([]float32, 8)), "eps", kernels.ErrShape)
}
