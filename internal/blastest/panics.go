package blastest

import (
	"math/rand/v2"
	"reflect"
	"testing"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/gonum"
)

// Panics makes one argument after the other of valid ones wrong, in every way that
// gonum looks for, and compares what b panics with, if it does, with what gonum's
// panics with.
func Panics(t *testing.T, b BLAS, rng *rand.Rand, rounds int) {
	var reference gonum.Implementation
	panics := 0
	for _, r := range routines() {
		single, double := r.letters()
		for range rounds {
			args := r.args(&generator{rng, r.complex, 9})
			for i := range args {
				for _, wrong := range mistakes(args[i]) {
					bad := copied(args)
					bad[i] = wrong
					want := r.call(reference, double, copied(bad))
					if want != nil {
						panics++
					}
					for letter, given := range map[string][]any{double: copied(bad), single: narrow(bad)} {
						if got := r.call(b, letter, given); got != want {
							t.Errorf("%s%s%v, argument %d wrong: panic %v, want %v", letter, r.name, shapes(bad), i, got, want)
						}
					}
				}
			}
		}
	}
	t.Logf("%d calls that panic", panics)
	if panics == 0 {
		t.Error("no call panicked")
	}
}

// mistakes are wrong values for an argument.
func mistakes(arg any) []any {
	switch v := arg.(type) {
	case int: // a size, a stride or an increment
		return []any{-1, 0, -v, v + 7}
	case blas.Side:
		return []any{blas.Side('x')}
	case blas.Uplo:
		return []any{blas.Uplo('x'), blas.All}
	case blas.Transpose:
		return []any{blas.Transpose('x'), blas.Trans, blas.ConjTrans}
	case blas.Diag:
		return []any{blas.Diag('x')}
	case []float64, []complex128:
		s := reflect.ValueOf(v)
		wrong := []any{s.Slice(0, 0).Interface()}
		if s.Len() > 1 {
			wrong = append(wrong, s.Slice(0, s.Len()/2).Interface(), s.Slice(0, s.Len()-1).Interface())
		}
		return wrong
	}
	return nil
}
