package kmath

import (
	"math"
	"math/rand/v2"
	"testing"
)

// ulps32 is the distance of got from want in units in the last place that a float32
// of want's magnitude has.
func ulps32(got float32, want float64) float64 {
	if f := float32(want); f != f || math.IsInf(float64(f), 0) || math.IsInf(float64(got), 0) {
		if got == f || got != got && f != f {
			return 0
		}
		if math.IsInf(float64(got), 0) && math.Abs(want) > 0x1.fffffep127 {
			return 0
		}
		return math.Inf(1)
	}
	_, exp := math.Frexp(want)
	return math.Abs(float64(got)-want) / math.Ldexp(1, max(exp-24, -149))
}

func ulps64(got, want float64) float64 {
	switch {
	case got == want || got != got && want != want:
		return 0
	case math.IsInf(got, 0) || math.IsInf(want, 0):
		return math.Inf(1)
	}
	_, exp := math.Frexp(want)
	return math.Abs(got-want) / math.Ldexp(1, max(exp-53, -1074))
}

// sample is a number of any magnitude, or of a span that matters.
func sample(rng *rand.Rand, span float64) float64 {
	if rng.IntN(4) == 0 {
		return float64(math.Float32frombits(rng.Uint32()))
	}
	return (2*rng.Float64() - 1) * span
}

// TestErrors holds each function to the error that it states, against Go's functions
// in float64. Those for float64 are allowed one unit more, which is what Go's
// own may be off.
func TestErrors(t *testing.T) {
	n := 4_000_000
	if testing.Short() {
		n = 200_000
	}
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	rng := rand.New(rand.NewPCG(seed, 0))
	for _, f := range []struct {
		name        string
		ours        func(float32) float32
		want        func(float64) float64
		span, bound float64
	}{
		{"Exp", Exp, math.Exp, 104, 2},
		{"Log", Log, math.Log, 100, 2},
		{"Tanh", Tanh, math.Tanh, 10, 3},
		{"Sin", Sin, math.Sin, 1000, 2},
		{"Cos", Cos, math.Cos, 1000, 2},
		{"Sqrt", Sqrt, math.Sqrt, 100, 0.5},
		{"Erfc", Erfc, math.Erfc, 10, 6},
	} {
		worst, at := 0.0, float32(0)
		for range n {
			x := float32(sample(rng, f.span))
			want := f.want(float64(x))
			if (f.name == "Sin" || f.name == "Cos") && !(Abs(x) < largestAngle) {
				want = math.NaN()
			}
			if u := ulps32(f.ours(x), want); u > worst {
				worst, at = u, x
			}
		}
		if t.Logf("%s: %.3f units at %v", f.name, worst, at); worst > f.bound {
			t.Errorf("%s(%v) is %v, want %v: %v units", f.name, at, f.ours(at), f.want(float64(at)), worst)
		}
	}
	for _, f := range []struct {
		name        string
		ours, want  func(float64) float64
		span, bound float64
	}{
		{"Exp64", Exp64, exp, 745, 3},
		{"Log64", Log64, math.Log, 100, 2},
		{"Erfc64", Erfc64, math.Erfc, 26, 8},
	} {
		worst, at := 0.0, 0.0
		for range n / 4 {
			x := sample(rng, f.span)
			if u := ulps64(f.ours(x), f.want(x)); u > worst {
				worst, at = u, x
			}
		}
		if t.Logf("%s: %.3f units at %v", f.name, worst, at); worst > f.bound+1 {
			t.Errorf("%s(%v) is %v, want %v: %v units", f.name, at, f.ours(at), f.want(at), worst)
		}
	}
}

// exp is math.Exp up to the largest results, for which its assembly on amd64 answers
// infinity too early (Go 1.26, from 709.5 on).
func exp(x float64) float64 {
	if x <= 709 || x > 709.782712893384 {
		return math.Exp(x)
	}
	return math.Exp(x-1) * math.E
}

func TestExact(t *testing.T) {
	for _, x := range []float64{0, math.Copysign(0, -1), 0.5, -0.5, 1.5, 2.5, -2.5, 1e20, math.Inf(1), math.Inf(-1), math.NaN()} {
		for _, f := range []struct {
			name string
			ours func(float32) float32
			want func(float64) float64
		}{
			{"Abs", Abs, math.Abs},
			{"Floor", Floor, math.Floor},
			{"Ceil", Ceil, math.Ceil},
			{"Trunc", Trunc, math.Trunc},
			{"RoundToEven", RoundToEven, math.RoundToEven},
		} {
			got, want := f.ours(float32(x)), float32(f.want(x))
			if math.Float32bits(got) != math.Float32bits(want) && !(IsNaN(got) && IsNaN(want)) {
				t.Errorf("%s(%v) is %v, want %v", f.name, x, got, want)
			}
		}
		if got, want := Copysign(3, float32(x)), float32(math.Copysign(3, x)); got != want {
			t.Errorf("Copysign(3, %v) is %v, want %v", x, got, want)
		}
	}
}

// TestErfcBoth asks for the same bits as one after the other.
func TestErfcBoth(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	rng := rand.New(rand.NewPCG(seed, 0))
	xs := []float64{0, math.Copysign(0, -1), 0.25, -0.25, nearest, -nearest, 1.25, -1.25, 1 / 0.35, 11, -11, 28, -28, math.Inf(1), math.Inf(-1), math.NaN()}
	for range 100_000 {
		xs = append(xs, sample(rng, 3), sample(rng, 30))
	}
	for _, x := range xs {
		y := float32(x)
		a, b := ErfcBoth(y)
		if a != Erfc(y) || b != Erfc(-y) {
			if !IsNaN(y) || !IsNaN(a) || !IsNaN(b) {
				t.Fatalf("ErfcBoth(%v) is %v, %v, want %v, %v", y, a, b, Erfc(y), Erfc(-y))
			}
		}
		c, d := ErfcBoth64(x)
		if c != Erfc64(x) || d != Erfc64(-x) {
			if !math.IsNaN(x) || !math.IsNaN(c) || !math.IsNaN(d) {
				t.Fatalf("ErfcBoth64(%v) is %v, %v, want %v, %v", x, c, d, Erfc64(x), Erfc64(-x))
			}
		}
	}
}
