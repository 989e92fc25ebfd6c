package sparse

import (
	"context"

	"github.com/tandem-go/tandem/kernels"
	"github.com/tandem-go/tandem/kernels/internal/alias"
)

// small is up to how many entries and rows [Mul] is a loop: one core takes 12 µs for so
// many entries (AMD EPYC, 2026-11), and up to 50 µs a launch would run on the calling
// goroutine, too.
const small = 1 << 14

// Mul stores a*x in y: it makes the launch of [MulVec] or [MulVec64] and runs it, but
// for small matrices and without opts, which it multiplies at once. A mistake gives a
// [*kernels.ArgumentError]. When ctx ends, Mul returns its cause.
func Mul[T kernels.Float, O any](ctx context.Context, s kernels.Launcher[O], y []T, a *CSR[T], x []T, opts ...O) error {
	if len(opts) == 0 && len(a.values) <= small && a.rows <= small && len(y) == a.rows && len(x) == a.cols &&
		y != nil && x != nil && !alias.Overlap(x, y) && ctx.Err() == nil {
		product(a.starts, a.columns, a.values, x, y)
		return nil
	}
	return s.Launch(ctx, launch(a, x, y), opts...)
}

// launch is MulVec for either type.
func launch[T kernels.Float](a *CSR[T], x, y []T) kernels.Launch {
	if a, ok := any(a).(*CSR[float32]); ok {
		return MulVec(a, any(x).([]float32), any(y).([]float32))
	}
	return MulVec64(any(a).(*CSR[float64]), any(x).([]float64), any(y).([]float64))
}
