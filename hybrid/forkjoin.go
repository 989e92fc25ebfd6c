package hybrid

import (
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
