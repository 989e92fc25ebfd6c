package hybridblas

import (
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/gonum"
)

// elements is which elements of a slice a matrix has.
func elements(m matrix[float64]) map[*float64]bool {
	set := map[*float64]bool{}
	for i := range m.rows {
		for j := range m.cols {
			set[&m.data[i*m.stride+j]] = true
		}
	}
	return set
}

// TestOverlap compares overlap with the elements of random matrices of one slice:
// it may be wrong only where strides differ, and only by saying yes.
func TestOverlap(t *testing.T) {
	rng := seeded(t)
	exact := 0
	for range 20000 {
		base := make([]float64, 80)
		random := func(stride int) matrix[float64] {
			rows, cols := 1+rng.IntN(4), 1+rng.IntN(min(stride, 5))
			return matrix[float64]{base[rng.IntN(len(base)-(rows-1)*stride-cols):], rows, cols, stride}
		}
		stride := 5 + rng.IntN(4)
		a, b := random(stride), random(stride)
		if rng.IntN(4) == 0 {
			b = random(5 + rng.IntN(4))
		}
		want := false
		in := elements(a)
		for p := range elements(b) {
			want = want || in[p]
		}
		got := overlap(a, b)
		if got != overlap(b, a) {
			t.Fatalf("not symmetric")
		}
		if want && !got || got && !want && a.stride == b.stride {
			t.Fatalf("%d×%d/%d and %d×%d/%d, %d apart: %v, want %v", a.rows, a.cols, a.stride, b.rows, b.cols, b.stride, cap(a.data)-cap(b.data), got, want)
		}
		if got == want {
			exact++
		}
	}
	t.Logf("exact for %d of 20000", exact)
}

// TestAliases gives routines blocks of one matrix: those that LAPACK gives them,
// which don't overlap and are cut into tiles, and some that do, of which the result
// has to be the wrapped routine's to the bit.
func TestAliases(t *testing.T) {
	const n = 40
	b := cpuBLAS(t, 4)
	rng := rand.New(rand.NewPCG(3, 3))
	start := make([]float64, n*n)
	for i := range start {
		start[i] = rng.NormFloat64()
	}
	type routines interface {
		blas.Float64Level1
		blas.Float64Level2
		blas.Float64Level3
	}
	for name, c := range map[string]struct {
		exact bool
		run   func(r routines, a []float64)
	}{
		"gemm of blocks": {false, func(r routines, a []float64) {
			r.Dgemm('N', 'N', 20, 20, 20, -1, a[20*n:], n, a[20:], n, 1, a[20*n+20:], n)
		}},
		"gemm into A":           {true, func(r routines, a []float64) { r.Dgemm('N', 'N', 20, 20, 20, -1, a, n, a[20:], n, 1, a, n) }},
		"gemm overlapping":      {true, func(r routines, a []float64) { r.Dgemm('N', 'T', 12, 12, 12, 1, a, n, a[12:], n, 1, a[6*n+6:], n) }},
		"syrk of a panel":       {false, func(r routines, a []float64) { r.Dsyrk('L', 'N', 20, 20, -1, a[20*n:], n, 1, a[20*n+20:], n) }},
		"trsm of a panel":       {false, func(r routines, a []float64) { r.Dtrsm('L', 'L', 'N', 'U', 20, 20, 1, a, n, a[20:], n) }},
		"trmm overlapping":      {true, func(r routines, a []float64) { r.Dtrmm('L', 'L', 'N', 'U', 20, 20, 1, a, n, a[10:], n) }},
		"ger of row and column": {false, func(r routines, a []float64) { r.Dger(39, 39, -1, a[n:], n, a[1:], 1, a[n+1:], n) }},
		"ger into x":            {true, func(r routines, a []float64) { r.Dger(20, 20, -1, a[n:], 1, a[1:], 1, a[n:], n) }},
		"gemv of a column":      {false, func(r routines, a []float64) { r.Dgemv('N', 30, 20, 1, a, n, a[25:], n, 1, a[26:], n) }},
		"gemv into x":           {true, func(r routines, a []float64) { r.Dgemv('N', 20, 20, 1, a, n, a[25:], n, 1, a[25:], n) }},
		"axpy into itself":      {true, func(r routines, a []float64) { r.Daxpy(100, 2, a, 1, a[3:], 1) }},
	} {
		t.Run(name, func(t *testing.T) {
			want, got := slices.Clone(start), slices.Clone(start)
			c.run(gonum.Implementation{}, want)
			c.run(b, got)
			for i := range want {
				if d := got[i] - want[i]; d != 0 && c.exact || !(max(d, -d) <= 1e-9*max(1, want[i], -want[i])) {
					t.Fatalf("element %d is %v, want %v", i, got[i], want[i])
				}
			}
		})
	}
}
