package suite

import (
	"context"
	"fmt"
	"sync/atomic"

	"github.com/tandem-go/tandem/bench/internal/measure"
	"github.com/tandem-go/tandem/expr"
	"github.com/tandem-go/tandem/hybrid"
	"github.com/tandem-go/tandem/kernels"
	"gonum.org/v1/gonum/floats"
)

// expression has k operations on arrays beyond any cache as one kernel, on the CPU
// workers, beside one pass that reads the same arrays and writes the same one, the
// loop that one would write by hand, on one core and on the workers, and one
// operation after the other.
func (s *Suite) expression(ctx context.Context) error {
	h, err := open(cores())
	if err != nil {
		return err
	}
	defer h.Close()
	if err := expressions[float32](ctx, s, h, "float32", s.fewer(1<<23, 1<<19), separately[float32]); err != nil {
		return err
	}
	if err := expressions[float64](ctx, s, h, "float64", s.fewer(1<<22, 1<<18), byGonum); err != nil {
		return err
	}
	return s.typedExpressions(ctx, h)
}

// sink keeps the compiler from leaving out what nobody asks for.
var sink atomic.Bool

// operands of a chain: k operations that by turns take y away, multiply by w, add x,
// and halve.
type operands[T kernels.Float] struct{ x, y, w, z []T }

func expressions[T kernels.Float](ctx context.Context, s *Suite, h *hybrid.Scheduler, name string, n int, separate func(o operands[T], k int)) error {
	o := operands[T]{make([]T, n), make([]T, n), make([]T, n), make([]T, n)}
	for i := range n {
		o.x[i], o.y[i], o.w[i] = T(i%1000), T(i%7), T(i%3)
	}
	var zero T
	for _, k := range []int{1, 3, 6, 10} {
		e := chain(k, expr.Of[T](o.x), expr.Of[T](o.y), expr.Of[T](o.w))
		inputs := 3
		if k == 1 {
			inputs = 2
		}
		size := 4 * inputs
		if any(zero) == any(float64(0)) {
			size *= 2
		}
		on := func(name string, body func(lo, hi int)) measure.Subject {
			return settled(measure.Timed(name, 1, func(ctx context.Context) error { return h.For(ctx, n, body) }))
		}
		alone := func(name string, f func()) measure.Subject {
			return measure.Timed(name, 1, func(context.Context) error {
				f()
				return nil
			})
		}
		loop, pass := byHand(o, k), onePass(o, inputs)
		if _, err := s.Measure(ctx, measure.Plan{
			Category: "expression", Workload: "store", Case: fmt.Sprintf("k=%d/%s", k, name), Unit: measure.Nanoseconds,
			Flops: float64(k * n), Bytes: float64((size + size/inputs) * n),
			Subjects: []measure.Subject{
				settled(measure.Timed("tandem", 1, func(ctx context.Context) error { return hybrid.Store(ctx, h, o.z, e) })),
				on("one pass", pass),
				on("loop by hand, workers", loop),
				alone("loop by hand", func() { loop(0, n) }),
				alone("operation by operation", func() { separate(o, k) }),
			},
		}); err != nil {
			return err
		}
		sums := sumPass(o, inputs)
		if _, err := s.Measure(ctx, measure.Plan{
			Category: "expression", Workload: "sum", Case: fmt.Sprintf("k=%d/%s", k, name), Unit: measure.Nanoseconds,
			Flops: float64((k + 1) * n), Bytes: float64(size * n),
			Subjects: []measure.Subject{
				settled(measure.Timed("tandem", 1, func(ctx context.Context) error {
					_, err := hybrid.SumOf(ctx, h, e)
					return err
				})),
				on("one pass", sums),
				alone("operation by operation", func() {
					separate(o, k)
					kernelSum(o.z)
				}),
			},
		}); err != nil {
			return err
		}
	}
	return nil
}

func chain[T kernels.Float](k int, x, y, w expr.Expr[T]) expr.Expr[T] {
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

// byHand is the loop that one would write for k operations.
func byHand[T kernels.Float](o operands[T], k int) func(lo, hi int) {
	part := func(lo, hi int) (x, y, w, z []T) {
		return o.x[lo:hi], o.y[lo:hi], o.w[lo:hi], o.z[lo:hi]
	}
	switch k {
	case 1:
		return func(lo, hi int) {
			x, y, _, z := part(lo, hi)
			for i := range z {
				z[i] = x[i] - y[i]
			}
		}
	case 3:
		return func(lo, hi int) {
			x, y, w, z := part(lo, hi)
			for i := range z {
				z[i] = (x[i]-y[i])*w[i] + x[i]
			}
		}
	case 6:
		return func(lo, hi int) {
			x, y, w, z := part(lo, hi)
			for i := range z {
				z[i] = (((x[i]-y[i])*w[i]+x[i])*0.5 - y[i]) * w[i]
			}
		}
	}
	return func(lo, hi int) {
		x, y, w, z := part(lo, hi)
		for i := range z {
			z[i] = (((((x[i]-y[i])*w[i]+x[i])*0.5-y[i])*w[i]+x[i])*0.5 - y[i]) * w[i]
		}
	}
}

// onePass reads each input once and writes the output: what no fusion can do without.
func onePass[T kernels.Float](o operands[T], inputs int) func(lo, hi int) {
	if inputs == 2 {
		return func(lo, hi int) {
			x, y, z := o.x[lo:hi], o.y[lo:hi], o.z[lo:hi]
			for i := range z {
				z[i] = x[i] + y[i]
			}
		}
	}
	return func(lo, hi int) {
		x, y, w, z := o.x[lo:hi], o.y[lo:hi], o.w[lo:hi], o.z[lo:hi]
		for i := range z {
			z[i] = x[i] + y[i] + w[i]
		}
	}
}

// sumPass reads each input once, into sums that don't wait for each other.
func sumPass[T kernels.Float](o operands[T], inputs int) func(lo, hi int) {
	return func(lo, hi int) {
		x, y, w := o.x[lo:hi], o.y[lo:hi], o.w[lo:hi]
		if inputs == 2 {
			w = y
		}
		var a, b, c, d T
		for ; len(x) >= 4 && len(y) >= 4 && len(w) >= 4; x, y, w = x[4:], y[4:], w[4:] {
			a += x[0] + y[0] + w[0]
			b += x[1] + y[1] + w[1]
			c += x[2] + y[2] + w[2]
			d += x[3] + y[3] + w[3]
		}
		sink.Store(a+b+c+d > 0)
	}
}

func kernelSum[T kernels.Float](x []T) {
	var a, b, c, d T
	for ; len(x) >= 4; x = x[4:] {
		a += x[0]
		b += x[1]
		c += x[2]
		d += x[3]
	}
	sink.Store(a+b+c+d > 0)
}

// byGonum does one operation after the other with gonum's floats.
func byGonum(o operands[float64], k int) {
	from := o.x
	for i := range k {
		switch i % 4 {
		case 0:
			floats.SubTo(o.z, from, o.y)
		case 1:
			floats.MulTo(o.z, from, o.w)
		case 2:
			floats.AddTo(o.z, from, o.x)
		case 3:
			floats.ScaleTo(o.z, 0.5, from)
		}
		from = o.z
	}
}

// separately does one operation after the other, with a loop for each: gonum's floats
// have no float32.
func separately[T kernels.Float](o operands[T], k int) {
	from, z := o.x, o.z
	for i := range k {
		switch y, w, x := o.y, o.w, o.x; i % 4 {
		case 0:
			for i := range z {
				z[i] = from[i] - y[i]
			}
		case 1:
			for i := range z {
				z[i] = from[i] * w[i]
			}
		case 2:
			for i := range z {
				z[i] = from[i] + x[i]
			}
		case 3:
			for i := range z {
				z[i] = from[i] * 0.5
			}
		}
		from = z
	}
}
