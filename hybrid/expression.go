package hybrid

import (
	"context"

	"github.com/tandem-go/tandem/expr"
	"github.com/tandem-go/tandem/kernels"
)

// Store is dst[i] = x at index i: the whole expression in one launch, which reads
// each array once; see [expr.Store].
func Store[T expr.Element, V kernels.Vector[T]](ctx context.Context, s *Scheduler, dst V, x expr.Expr[T], opts ...LaunchOption) error {
	return s.Launch(ctx, expr.Store(dst, x), opts...)
}

// SumOf is the sum of an expression over all indices; see [expr.Sum].
func SumOf[T expr.Element](ctx context.Context, s *Scheduler, x expr.Expr[T], opts ...LaunchOption) (sum T, err error) {
	err = s.Launch(ctx, expr.Sum(&sum, x), opts...)
	return sum, err
}

// MeanOf is the mean of an expression over all indices; see [expr.Mean].
func MeanOf[T kernels.Float](ctx context.Context, s *Scheduler, x expr.Expr[T], opts ...LaunchOption) (mean T, err error) {
	err = s.Launch(ctx, expr.Mean(&mean, x), opts...)
	return mean, err
}

// Nrm2Of is the Euclidean norm of an expression; see [expr.Nrm2].
func Nrm2Of[T kernels.Float](ctx context.Context, s *Scheduler, x expr.Expr[T], opts ...LaunchOption) (norm T, err error) {
	err = s.Launch(ctx, expr.Nrm2(&norm, x), opts...)
	return norm, err
}

// MinimumOf is the least value of an expression and the first index that has it;
// see [expr.Minimum].
func MinimumOf[T expr.Element](ctx context.Context, s *Scheduler, x expr.Expr[T], opts ...LaunchOption) (least T, index int, err error) {
	err = s.Launch(ctx, expr.Minimum(&least, &index, x), opts...)
	return least, index, err
}

// MaximumOf is the greatest value of an expression and the first index that has it;
// see [expr.Maximum].
func MaximumOf[T expr.Element](ctx context.Context, s *Scheduler, x expr.Expr[T], opts ...LaunchOption) (greatest T, index int, err error) {
	err = s.Launch(ctx, expr.Maximum(&greatest, &index, x), opts...)
	return greatest, index, err
}

// CountOf is the number of indices where a condition is true; see [expr.Count].
func CountOf(ctx context.Context, s *Scheduler, c expr.Bool, opts ...LaunchOption) (count int, err error) {
	err = s.Launch(ctx, expr.Count(&count, c), opts...)
	return count, err
}
