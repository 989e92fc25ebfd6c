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

// BenchmarkTypes times expressions of integers, of several types, with comparisons and
// with functions, on arrays in no cache, beside a loop of one pass over the same arrays.
func BenchmarkTypes(b *testing.B) {
	const n = 1 << 22
	f, g, h := make([]float32, n), make([]float32, n), make([]float32, n)
	d := make([]float64, n)
	i, j, k := make([]int32, n), make([]int32, n), make([]int32, n)
	l, m := make([]int64, n), make([]int64, n)
	for at := range f {
		f[at], g[at], d[at], i[at], j[at], l[at] = float32(at%1000), float32(at%7), float64(at), int32(at), int32(at%77), int64(at)
	}
	F, G, D, I, J, L := Of[float32](f), Of[float32](g), Of[float64](d), Of[int32](i), Of[int32](j), Of[int64](l)
	var count int
	var sum64 float64
	var sumI int32
	for _, c := range []struct {
		name string
		l    kernels.Launch
		pass func()
	}{
		{"int32", Store(k, Xor(I.Sub(J).Mul(J), Shr(I, Scalar[int32](3))).Max(J)), func() {
			for at := range k {
				k[at] = i[at] + j[at]
			}
		}},
		{"int32 sum", Sum(&sumI, And(I.Mul(J), Scalar[int32](255)).Add(J)), func() {
			var s int32
			for at := range i {
				s += i[at] + j[at]
			}
			sumI = s
		}},
		{"int64", Store(m, Or(L.Mul(L), L.AddConst(3)).Min(Scalar[int64](1<<40))), func() {
			for at := range m {
				m[at] = l[at] + 1
			}
		}},
		{"select", Store(h, Where(F.Less(G), F.Scale(2), G.AddConst(1))), func() {
			for at := range h {
				h[at] = f[at] + g[at]
			}
		}},
		{"count", Count(&count, F.Less(G).Or(F.Greater(Scalar[float32](900)))), func() {
			s := 0
			for at := range f {
				if f[at] < g[at] {
					s++
				}
			}
			count = s
		}},
		{"mixed sum", Sum(&sum64, Convert[float64](F.Mul(G)).Mul(D)), func() {
			var s, t, u, v float64
			for at := 0; at < n; at += 4 {
				s += float64(f[at]+g[at]) + d[at]
				t += float64(f[at+1]+g[at+1]) + d[at+1]
				u += float64(f[at+2]+g[at+2]) + d[at+2]
				v += float64(f[at+3]+g[at+3]) + d[at+3]
			}
			sum64 = s + t + u + v
		}},
		{"mixed store", Store(h, F.Add(Convert[float32](I)).Scale(0.5)), func() {
			for at := range h {
				h[at] = f[at] + float32(i[at])
			}
		}},
		{"maximum", Maximum(&sum64, nil, D.Scale(2)), func() {
			s := 0.0
			for _, v := range d {
				s = max(s, v)
			}
			sum64 = s
		}},
	} {
		b.Run("op="+c.name+"/expression", func(b *testing.B) {
			for b.Loop() {
				c.l.Run(0, n)
			}
		})
		b.Run("op="+c.name+"/pass", func(b *testing.B) {
			for b.Loop() {
				c.pass()
			}
		})
	}
}
