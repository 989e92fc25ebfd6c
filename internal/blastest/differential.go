package blastest

import (
	"math"
	"math/cmplx"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/blas/gonum"
)

// Differential calls routines of b with random arguments, in single and in double
// precision, and compares what they write with what gonum computes in double
// precision. Sizes go up to most. What a routine must not read is NaN, and what it
// must not write has to stay.
func Differential(t *testing.T, b BLAS, rng *rand.Rand, rounds, most int) {
	var reference gonum.Implementation
	for _, r := range routines() {
		single, double := r.letters()
		for round := range rounds {
			args := r.args(&generator{rng, r.complex, most})
			want := copied(args)
			if v := r.call(reference, double, want); v != nil {
				t.Fatalf("%s%s%v: gonum panics: %v", double, r.name, shapes(args), v)
			}
			for _, p := range []struct {
				letter string
				got    []any
				unit   float64 // rounding error
			}{
				{double, copied(args), 0x1p-53},
				{single, narrow(args), 0x1p-24},
			} {
				if v := r.call(b, p.letter, p.got); v != nil {
					t.Fatalf("%s%s%v: panic: %v", p.letter, r.name, shapes(args), v)
				}
				// Sums of up to 2·most products of numbers below 4, and as
				// much again for solutions.
				bound := 64 * float64(most+4) * float64(most+4) * p.unit
				for i := range args {
					if at, ok := agree(p.got[i], want[i], bound); !ok {
						t.Errorf("round %d: %s%s%v: argument %d differs at %d: %v, want %v",
							round, p.letter, r.name, shapes(args), i, at, element(p.got[i], at), element(want[i], at))
						return
					}
				}
			}
		}
	}
}

// shapes is arguments without their slices.
func shapes(args []any) []any {
	var out []any
	for _, a := range args {
		switch a.(type) {
		case []float64, []complex128:
		default:
			out = append(out, a)
		}
	}
	return out
}

// agree compares two arguments; want is in double precision.
func agree(got, want any, bound float64) (at int, ok bool) {
	n := 0
	switch w := want.(type) {
	case []float64:
		n = len(w)
	case []complex128:
		n = len(w)
	}
	for i := range n {
		g, w := element(got, i), element(want, i)
		if !close(real(g), real(w), bound) || !close(imag(g), imag(w), bound) {
			return i, false
		}
	}
	return 0, true
}

func close(got, want, bound float64) bool {
	if math.IsNaN(want) {
		return math.IsNaN(got)
	}
	return got == want || math.Abs(got-want) <= bound*math.Max(1, math.Abs(want))
}

// element is element i of a slice of numbers, as a complex128.
func element(v any, i int) complex128 {
	switch v := v.(type) {
	case []float32:
		return complex(float64(v[i]), 0)
	case []float64:
		return complex(v[i], 0)
	case []complex64:
		return complex128(v[i])
	case []complex128:
		return v[i]
	}
	return cmplx.NaN()
}
