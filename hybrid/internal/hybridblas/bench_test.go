package hybridblas

import (
	"fmt"
	"testing"

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

// BenchmarkChoice is what a small call costs more than the wrapped routine.
func BenchmarkChoice(b *testing.B) {
	x := benchBLAS(b)
	a := make([]float64, 64*64)
	for i := range a {
		a[i] = 1
	}
	c := make([]float64, 64*64)
	for _, n := range []int{2, 4} {
		b.Run(fmt.Sprintf("n=%d/by=gonum", n), func(b *testing.B) {
			for b.Loop() {
				x.Float64.Dgemm(blas.NoTrans, blas.NoTrans, n, n, n, 1, a, n, a, n, 0, c, n)
			}
		})
		b.Run(fmt.Sprintf("n=%d/by=tandem", n), func(b *testing.B) {
			for b.Loop() {
				x.Dgemm(blas.NoTrans, blas.NoTrans, n, n, n, 1, a, n, a, n, 0, c, n)
			}
		})
	}
	b.Run("choose", func(b *testing.B) {
		k := call{opGemm, kindD, 0, 4096, 4096, 4096}
		x.engine.choose(k)
		for b.Loop() {
			x.engine.choose(k)
		}
	})
}
