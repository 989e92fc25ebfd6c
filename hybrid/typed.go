package hybrid

import (
	"context"

	"gonum.org/v1/gonum/blas"

	"github.com/tandem-go/tandem/kernels"
)

// Axpy is y += a*x; see [kernels.Axpy].
func Axpy[T kernels.Float](ctx context.Context, s *Scheduler, a T, x, y []T) error {
	return s.Launch(ctx, kernels.Axpy(a, x, y))
}

// Sum is the sum of x; see [kernels.Sum].
func Sum[T kernels.Float](ctx context.Context, s *Scheduler, x []T) (sum T, err error) {
	err = s.Launch(ctx, kernels.Sum(&sum, x))
	return sum, err
}

// Asum is the sum of the magnitudes of x; see [kernels.Asum].
func Asum[T kernels.Float](ctx context.Context, s *Scheduler, x []T) (sum T, err error) {
	err = s.Launch(ctx, kernels.Asum(&sum, x))
	return sum, err
}

// Dot is the inner product of x and y; see [kernels.Dot].
func Dot[T kernels.Float](ctx context.Context, s *Scheduler, x, y []T) (dot T, err error) {
	err = s.Launch(ctx, kernels.Dot(&dot, x, y))
	return dot, err
}

// Nrm2 is the Euclidean norm of x; see [kernels.Nrm2].
func Nrm2[T kernels.Float](ctx context.Context, s *Scheduler, x []T) (norm T, err error) {
	err = s.Launch(ctx, kernels.Nrm2(&norm, x))
	return norm, err
}

// Gemm is c = alpha*a*b + beta*c for row-major matrices; see [kernels.Gemm],
// which also takes transposed ones.
func Gemm[T kernels.Float](ctx context.Context, s *Scheduler, alpha T, a, b kernels.Matrix[T], beta T, c kernels.Matrix[T]) error {
	return s.Launch(ctx, kernels.Gemm(blas.NoTrans, blas.NoTrans, alpha, a, b, beta, c))
}

// Gemv is y = alpha*a*x + beta*y for a row-major matrix; see [kernels.Gemv],
// which also takes a transposed one.
func Gemv[T kernels.Float](ctx context.Context, s *Scheduler, alpha T, a kernels.Matrix[T], x []T, beta T, y []T) error {
	return s.Launch(ctx, kernels.Gemv(blas.NoTrans, alpha, a, x, beta, y))
}

// Maximum is the greatest number of x and the place of the first one that is as
// great; see [kernels.Maximum].
func Maximum[T kernels.Float](ctx context.Context, s *Scheduler, x []T) (greatest T, index int, err error) {
	err = s.Launch(ctx, kernels.Maximum(&greatest, &index, x))
	return greatest, index, err
}

// Minimum is the least number of x and the place of the first one that is as
// small; see [kernels.Minimum].
func Minimum[T kernels.Float](ctx context.Context, s *Scheduler, x []T) (least T, index int, err error) {
	err = s.Launch(ctx, kernels.Minimum(&least, &index, x))
	return least, index, err
}
