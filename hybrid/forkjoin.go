package hybrid

import (
	"cmp"
	"context"

	"github.com/tandem-go/tandem/cpuexec"
)

// Fork runs f(lane, arg) on the calling goroutine, and what f forks on its lane on
// whichever CPU workers are free; see [cpuexec.Fork].
func Fork[A, R any](ctx context.Context, s *Scheduler, f func(*cpuexec.Lane[A, R], A) R, arg A) (R, error) {
	if err := s.enter(); err != nil {
		var none R
		return none, err
	}
	defer s.running.Done()
	return cpuexec.Fork(ctx, s.pool, f, arg)
}

// Do is the convenient form of [Fork]: f divides its work by
// [cpuexec.Both] or [cpuexec.Join].
func (s *Scheduler) Do(ctx context.Context, f func(b *cpuexec.Branch)) error {
	if err := s.enter(); err != nil {
		return err
	}
	defer s.running.Done()
	return s.pool.Do(ctx, f)
}

// ParallelSort sorts x on the calling goroutine and on whichever CPU workers are
// free; see [cpuexec.ParallelSort].
func ParallelSort[S ~[]E, E cmp.Ordered](ctx context.Context, s *Scheduler, x S) error {
	if err := s.enter(); err != nil {
		return err
	}
	defer s.running.Done()
	return cpuexec.ParallelSort(ctx, s.pool, x)
}

// ParallelSortFunc is [ParallelSort] in the order of compare; see
// [cpuexec.ParallelSortFunc].
func ParallelSortFunc[S ~[]E, E any](ctx context.Context, s *Scheduler, x S, compare func(a, b E) int) error {
	if err := s.enter(); err != nil {
		return err
	}
	defer s.running.Done()
	return cpuexec.ParallelSortFunc(ctx, s.pool, x, compare)
}

// ParallelSortStableFunc is [ParallelSortFunc] that keeps equal elements in the order
// in which they were.
func ParallelSortStableFunc[S ~[]E, E any](ctx context.Context, s *Scheduler, x S, compare func(a, b E) int) error {
	if err := s.enter(); err != nil {
		return err
	}
	defer s.running.Done()
	return cpuexec.ParallelSortStableFunc(ctx, s.pool, x, compare)
}
