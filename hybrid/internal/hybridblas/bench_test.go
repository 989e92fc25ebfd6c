package hybridblas

import (
	"fmt"
	"math"
	"testing"
	"time"

	"gonum.org/v1/gonum/blas"

	"github.com/tandem-go/tandem/cpuexec"
	"github.com/tandem-go/tandem/hybrid/internal/perfmodel"
)

// benchBLAS is a BLAS over gonum's on as many workers as there are processors.
func benchBLAS(b *testing.B) *BLAS {
	pool, err := cpuexec.New(0)
	if err != nil {
		b.Fatal(err)
	}
	blas := New(Config{
		Wrapped: overGonum(), Workers: pool.Workers(), CPU: true, Model: perfmodel.New(),
		Loop: func(n int, body func(lo, hi int)) error { return pool.For(b.Context(), n, 1, body) },
	})
	b.Cleanup(func() {
		blas.Close()
		pool.Close()
	})
	return blas
}

// BenchmarkTiles shows what the tiles gain on the workers, whatever would be
// chosen.
func BenchmarkTiles(b *testing.B) {
	all := benchBLAS(b)
	for op := range opcodes {
		for k := kindS; k < kinds; k++ {
			if !k.isComplex() && (op == opHemm || op == opHerk || op == opHer2k || op == opGerc || op == opDotc) {
				continue
			}
			for _, n := range map[int][]int{3: {64, 256, 512}, 2: {256, 1024}, 1: {1 << 16, 1 << 20}}[op.level()] {
				c := call{op, k, 0, n, 1, 1}
				if op.level() < 3 {
					c.n = n
				}
				if op.level() == 1 {
					c.n = 1
				}
				if op.level() == 3 {
					c.n, c.k = n, n
				}
				run := all.exercise(c)
				for _, w := range []way{wrapped, inParallel} {
					b.Run(fmt.Sprintf("op=%s%s/n=%d/way=%v", kindLetters[k], opNames[op], n, w), func(b *testing.B) {
						for b.Loop() {
							run(w)
						}
					})
				}
			}
		}
	}
}

// BenchmarkSmall is what calls that are too small for a choice cost, called as
// gonum's packages do, through its interface.
func BenchmarkSmall(b *testing.B) {
	a := make([]float64, 64)
	for i := range a {
		a[i] = 1
	}
	x, y, c := make([]float64, 8), make([]float64, 8), make([]float64, 64)
	calls := []struct {
		name string
		call func(by blas.Float64, n int)
	}{
		{"gemm", func(by blas.Float64, n int) { by.Dgemm(blas.NoTrans, blas.NoTrans, n, n, n, 1, a, n, a, n, 0, c, n) }},
		{"syrk", func(by blas.Float64, n int) { by.Dsyrk(blas.Upper, blas.NoTrans, n, n, 1, a, n, 0, c, n) }},
		{"trsm", func(by blas.Float64, n int) {
			by.Dtrsm(blas.Left, blas.Upper, blas.NoTrans, blas.NonUnit, n, n, 1, a, n, c, n)
		}},
		{"gemv", func(by blas.Float64, n int) { by.Dgemv(blas.NoTrans, n, n, 1, a, n, x, 1, 0, y, 1) }},
		{"ger", func(by blas.Float64, n int) { by.Dger(n, n, 1, x, 1, y, 1, c, n) }},
		{"axpy", func(by blas.Float64, n int) { by.Daxpy(n, 1, x, 1, y, 1) }},
		{"dot", func(by blas.Float64, n int) { by.Ddot(n, x, 1, y, 1) }},
		{"scal", func(by blas.Float64, n int) { by.Dscal(n, 1, x, 1) }},
		{"nrm2", func(by blas.Float64, n int) { by.Dnrm2(n, x, 1) }},
	}
	for _, call := range calls {
		for _, n := range []int{1, 4, 8} {
			for by, impl := range map[string]blas.Float64{"gonum": overGonum().Float64, "tandem": benchBLAS(b)} {
				b.Run(fmt.Sprintf("op=%s/n=%d/by=%s", call.name, n, by), func(b *testing.B) {
					for b.Loop() {
						call.call(impl, n)
					}
				})
			}
		}
	}
}

// BenchmarkChoice is what a choice costs when the model knows the call, with the
// look at the clock of one that others help with.
func BenchmarkChoice(b *testing.B) {
	for _, c := range []call{{opGemm, kindD, 0, 4096, 4096, 4096}, {opGemv, kindS, 1, 1000, 1000, 1}} {
		for _, w := range []way{wrapped, inParallel} {
			x := benchBLAS(b)
			alone, parallel := 1.0, 0.5
			if w == wrapped {
				alone, parallel = parallel, alone
			}
			observe(x, c.standing(), alone, parallel)
			if got, _ := x.engine.choose(c); got != w {
				b.Fatalf("chose %v, want %v", got, w)
			}
			x.engine.choices.place(c.cell()).left.Store(math.MaxInt64) // nobody does the calls that looks wait for
			b.Run(fmt.Sprintf("op=%s/way=%v", opNames[c.op], w), func(b *testing.B) {
				for b.Loop() {
					_, watch := x.engine.choose(c)
					watch.end()
				}
			})
		}
	}
}

// BenchmarkProbe is what asking for the processors costs, and how often they were free
// just now: 0.89 and 0.99 on an idle machine.
func BenchmarkProbe(b *testing.B) {
	for _, d := range []time.Duration{leastProbe, mostProbe} {
		b.Run(fmt.Sprintf("for=%v", d), func(b *testing.B) {
			x := benchBLAS(b)
			quiet := 0
			for b.Loop() {
				if x.engine.choices.quiet(d) {
					quiet++
				}
			}
			b.ReportMetric(float64(quiet)/float64(b.N), "quiet/op")
		})
	}
}
