package blastest

import (
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
)

// Identical calls routines of b and of another BLAS with the same random arguments, in
// single and in double precision, and compares what they write, number by number, and
// what they panic with where an argument is wrong. Sizes go up to most. Both work in the
// same memory: sums depend on its alignment.
func Identical(t *testing.T, b, other BLAS, rng *rand.Rand, rounds, most int) {
	for _, r := range routines() {
		single, double := r.letters()
		for range rounds {
			args := r.args(&generator{rng, r.complex, most})
			// With a negative increment gonum 0.17's Dger reads what is beside its vector.
			if wrong := rng.IntN(8 * len(args)); wrong < len(args) && r.name != "ger" {
				if all := mistakes(args[wrong]); len(all) > 0 {
					args[wrong] = all[rng.IntN(len(all))]
				}
			}
			for letter, prepare := range map[string]func([]any) []any{double: copied, single: narrow} {
				given := prepare(args)
				before := kept(given)
				should := r.call(other, letter, given)
				want := kept(given)
				for i, v := range given {
					if s := reflect.ValueOf(v); s.Kind() == reflect.Slice {
						reflect.Copy(s, reflect.ValueOf(before[i]))
					}
				}
				panicked := r.call(b, letter, given)
				if panicked != should {
					t.Fatalf("%s%s%v: panic %v, want %v", letter, r.name, shapes(args), panicked, should)
				}
				for i := range want {
					if reflect.TypeOf(want[i]).Kind() != reflect.Slice {
						continue
					}
					for at := range reflect.ValueOf(want[i]).Len() {
						g, w := element(given[i], at), element(want[i], at)
						if !close(real(g), real(w), 0) || !close(imag(g), imag(w), 0) {
							t.Fatalf("%s%s%v: argument %d differs at %d: %v, want %v", letter, r.name, shapes(args), i, at, g, w)
						}
					}
				}
			}
		}
	}
}

// kept is a copy of arguments in any precision.
func kept(args []any) []any {
	out := slices.Clone(args)
	for i, v := range args {
		if s := reflect.ValueOf(v); s.Kind() == reflect.Slice {
			c := reflect.MakeSlice(s.Type(), s.Len(), s.Len())
			reflect.Copy(c, s)
			out[i] = c.Interface()
		}
	}
	return out
}
