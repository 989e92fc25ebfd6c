package suite

import (
	"context"
	"math"

	"github.com/tandem-go/tandem/bench/internal/measure"
	"github.com/tandem-go/tandem/expr"
	"github.com/tandem-go/tandem/hybrid"
)

// typed is an expression beside the one pass that its bound is of: over the same
// arrays, with one addition for each further array, or, where functions take longer
// than memory, the loop that one would write with package math.
type typed struct {
	workload, name string
	flops, bytes   float64 // for an element
	do             func(ctx context.Context) error
	peer           string
	pass           func(lo, hi int)
}

const (
	onePassName = "one pass"
	byMath      = "loop by hand, workers"
)

// typedExpressions are of integers, of several types, with comparisons, and with
// functions.
func (s *Suite) typedExpressions(ctx context.Context, h *hybrid.Scheduler) error {
	n := s.fewer(1<<22, 1<<18)
	f, g, to := make([]float32, n), make([]float32, n), make([]float32, n)
	d, e, wide := make([]float64, n), make([]float64, n), make([]float64, n)
	i, j, k := make([]int32, n), make([]int32, n), make([]int32, n)
	l, m := make([]int64, n), make([]int64, n)
	for at := range n {
		f[at], g[at], d[at], e[at] = float32(at%1000), float32(at%7), float64(at%100)/25-2, float64(at%1000)
		i[at], j[at], l[at] = int32(at), int32(at%77), int64(at)*1e6
	}
	fs, gs, ds, es := expr.Of[float32](f), expr.Of[float32](g), expr.Of[float64](d), expr.Of[float64](e)
	is, js, ls := expr.Of[int32](i), expr.Of[int32](j), expr.Of[int64](l)
	sumInts := func(lo, hi int) {
		var a, b int32
		for x, y := i[lo:hi], j[lo:hi]; len(x) >= 2 && len(y) >= 2; x, y = x[2:], y[2:] {
			a += x[0] + y[0]
			b += x[1] + y[1]
		}
		sink.Store(a+b > 0)
	}
	sumMixed := func(lo, hi int) {
		var a, b float64
		for x, y := f[lo:hi], d[lo:hi]; len(x) >= 2 && len(y) >= 2; x, y = x[2:], y[2:] {
			a += float64(x[0]) + y[0]
			b += float64(x[1]) + y[1]
		}
		sink.Store(a+b > 0)
	}
	for _, c := range []typed{
		{"store", "k=5/int32", 5, 12, func(ctx context.Context) error {
			return hybrid.Store(ctx, h, k, expr.Xor(is.Sub(js).Mul(js), expr.Shr(is, expr.Scalar[int32](3))).Max(js))
		}, onePassName, func(lo, hi int) {
			x, y, z := i[lo:hi], j[lo:hi], k[lo:hi]
			for at := range z {
				z[at] = x[at] + y[at]
			}
		}},
		{"sum", "k=3/int32", 4, 8, func(ctx context.Context) error {
			_, err := hybrid.SumOf(ctx, h, expr.And(is.Mul(js), expr.Scalar[int32](255)).Add(js))
			return err
		}, onePassName, sumInts},
		{"store", "k=3/int64", 3, 16, func(ctx context.Context) error {
			return hybrid.Store(ctx, h, m, expr.Or(ls.AddConst(3), expr.Shl(ls, expr.Scalar[int64](1))).Max(ls))
		}, onePassName, func(lo, hi int) {
			x, z := l[lo:hi], m[lo:hi]
			for at := range z {
				z[at] = x[at] + 1
			}
		}},
		{"store", "product/int64", 3, 16, func(ctx context.Context) error {
			return hybrid.Store(ctx, h, m, ls.Mul(ls).AddConst(3))
		}, onePassName, func(lo, hi int) {
			x, z := l[lo:hi], m[lo:hi]
			for at := range z {
				z[at] = x[at] + 1
			}
		}},
		{"store", "where/float32", 4, 12, func(ctx context.Context) error {
			return hybrid.Store(ctx, h, to, expr.Where(fs.Less(gs), fs.Scale(2), gs.AddConst(1)))
		}, onePassName, func(lo, hi int) {
			x, y, z := f[lo:hi], g[lo:hi], to[lo:hi]
			for at := range z {
				z[at] = x[at] + y[at]
			}
		}},
		{"count", "or/float32", 3, 8, func(ctx context.Context) error {
			_, err := hybrid.CountOf(ctx, h, fs.Less(gs).Or(fs.Greater(expr.Scalar[float32](900))))
			return err
		}, onePassName, sumPass(operands[float32]{x: f, y: g, w: g}, 2)},
		{"store", "k=3/int32 to float32", 3, 12, func(ctx context.Context) error {
			return hybrid.Store(ctx, h, to, fs.Add(expr.Convert[float32](is)).Scale(0.5))
		}, onePassName, func(lo, hi int) {
			x, y, z := f[lo:hi], i[lo:hi], to[lo:hi]
			for at := range z {
				z[at] = x[at] + float32(y[at])
			}
		}},
		{"sum", "k=3/float32 to float64", 4, 12, func(ctx context.Context) error {
			_, err := hybrid.SumOf(ctx, h, expr.Convert[float64](fs.Scale(2)).Mul(ds))
			return err
		}, onePassName, sumMixed},
		{"store", "exp/float64", 22, 24, func(ctx context.Context) error {
			return hybrid.Store(ctx, h, wide, expr.Exp(ds.Neg()).Mul(es).AddConst(1))
		}, byMath, func(lo, hi int) {
			x, y, z := d[lo:hi], e[lo:hi], wide[lo:hi]
			for at := range z {
				z[at] = math.Exp(-x[at])*y[at] + 1
			}
		}},
		{"store", "exp/float32", 22, 12, func(ctx context.Context) error {
			return hybrid.Store(ctx, h, to, expr.Exp(gs.Neg()).Mul(fs).AddConst(1))
		}, byMath, func(lo, hi int) {
			x, y, z := g[lo:hi], f[lo:hi], to[lo:hi]
			for at := range z {
				z[at] = float32(math.Exp(float64(-x[at])))*y[at] + 1
			}
		}},
		{"store", "log/float64", 27, 16, func(ctx context.Context) error {
			return hybrid.Store(ctx, h, wide, expr.Log(es.AddConst(1)).Scale(3))
		}, byMath, func(lo, hi int) {
			x, z := e[lo:hi], wide[lo:hi]
			for at := range z {
				z[at] = math.Log(x[at]+1) * 3
			}
		}},
		{"store", "tanh/float64", 32, 16, func(ctx context.Context) error {
			return hybrid.Store(ctx, h, wide, expr.Tanh(ds).Scale(3))
		}, byMath, func(lo, hi int) {
			x, z := d[lo:hi], wide[lo:hi]
			for at := range z {
				z[at] = math.Tanh(x[at]) * 3
			}
		}},
		{"store", "quotient/int32", 2, 12, func(ctx context.Context) error {
			return hybrid.Store(ctx, h, k, is.Div(js.AddConst(1)))
		}, byMath, func(lo, hi int) {
			x, y, z := i[lo:hi], j[lo:hi], k[lo:hi]
			for at := range z {
				q := int32(0)
				if by := y[at] + 1; by != 0 {
					q = x[at] / by
				}
				z[at] = q
			}
		}},
	} {
		if _, err := s.Measure(ctx, measure.Plan{
			Category: "expression", Workload: c.workload, Case: c.name, Unit: measure.Nanoseconds,
			Flops: c.flops * float64(n), Bytes: c.bytes * float64(n),
			Subjects: []measure.Subject{
				settled(measure.Timed("tandem", 1, c.do)),
				settled(measure.Timed(c.peer, 1, func(ctx context.Context) error { return h.For(ctx, n, c.pass) })),
			},
		}); err != nil {
			return err
		}
	}
	return nil
}
