package expr

import (
	"fmt"
	"testing"

	"github.com/tandem-go/tandem/kernels"
)

// chain is an expression of k operations on three arrays.
func chain[T Float](k int, x, y, w Expr[T]) Expr[T] {
	e := x
	for i := range k {
		switch i % 4 {
		case 0:
			e = e.Sub(y)
		case 1:
			e = e.Mul(w)
		case 2:
			e = e.Add(x)
		case 3:
			e = e.Scale(0.5)
		}
	}
	return e
}

// BenchmarkChain times k operations on one core, on arrays in its cache and on
// arrays in no cache.
func BenchmarkChain(b *testing.B) {
	for _, n := range []int{2048, 1 << 23} {
		x, y, w, z := make([]float32, n), make([]float32, n), make([]float32, n), make([]float32, n)
		for i := range x {
			x[i], y[i], w[i] = float32(i), 1, 2
		}
		for _, k := range []int{1, 3, 6, 10} {
			e := chain(k, Of[float32](x), Of[float32](y), Of[float32](w))
			var sum float32
			for name, l := range map[string]kernels.Launch{"store": Store(z, e), "sum": Sum(&sum, e)} {
				b.Run(fmt.Sprintf("op=%s/k=%d/n=%d", name, k, n), func(b *testing.B) {
					b.SetBytes(int64(l.Cost().Bytes) * int64(n))
					for b.Loop() {
						l.Run(0, n)
					}
				})
			}
		}
	}
}

// BenchmarkEvaluate is what building an expression of three operations, finding its
// kernel, and running it on few elements costs.
func BenchmarkEvaluate(b *testing.B) {
	xs, ys, zs := make([]float32, 16), make([]float32, 16), make([]float32, 16)
	b.ReportAllocs()
	for b.Loop() {
		x, y := Of[float32](xs), Of[float32](ys)
		l := Store(zs, x.Sub(y).Square().Scale(3))
		l.Run(0, 16)
	}
}
