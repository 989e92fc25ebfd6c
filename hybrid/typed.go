package hybrid

import (
	"context"

	"github.com/tandem-go/tandem/kernels"
)

// Axpy is y += a*x.
func Axpy[T kernels.Float](ctx context.Context, s *Scheduler, a T, x, y []T) error {
	return s.Launch(ctx, kernels.Axpy(a, x, y))
}
