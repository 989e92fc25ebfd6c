package hybrid

import (
	"context"
	"fmt"
	"iter"
	"sync"
	"sync/atomic"
)

// ItemError is a failure of the function given to Map, MapSeq or ForEach.
type ItemError struct {
	Index int // of the item
	Err   error
}

// Error implements error.
func (e *ItemError) Error() string { return fmt.Sprintf("item %d: %v", e.Index, e.Err) }

// Unwrap returns what the function returned.
func (e *ItemError) Unwrap() error { return e.Err }

// Map computes f of every item on the CPU workers, the caller being one of them,
// and returns the results in the items' order. After the first failure, which is
// returned as an [*ItemError], or when ctx ends, no further item is begun, and the
// context that f was given ends. A panic in f is returned as a [*PanicError].
func Map[In, Out any](ctx context.Context, s *Scheduler, items []In, f func(ctx context.Context, item In) (Out, error)) ([]Out, error) {
	results := make([]Out, len(items))
	err := untilFailure(ctx, func(ctx context.Context, fail func(error)) error {
		var skipped atomic.Bool
		err := s.For(ctx, len(items), func(lo, hi int) {
			for i := lo; i < hi; i++ {
				if ctx.Err() != nil {
					skipped.Store(true)
					return
				}
				var err error
				if results[i], err = f(ctx, items[i]); err != nil {
					fail(&ItemError{i, err})
				}
			}
		})
		if err == nil && skipped.Load() { // in parts that the loop had begun
			err = context.Cause(ctx)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return results, nil
}

// ForEach is [Map] for items that are made as they are needed, and without results.
// The sequence is asked for one item at a time. Items of a slice are
// slices.Values(x).
func ForEach[In any](ctx context.Context, s *Scheduler, items iter.Seq[In], f func(ctx context.Context, item In) error) error {
	next, stop := iter.Pull(items)
	defer stop()
	var mu sync.Mutex // guards next, index and exhausted
	index, exhausted := -1, false
	pull := func() (int, In, bool) {
		mu.Lock()
		defer mu.Unlock()
		item, ok := next()
		exhausted = exhausted || !ok
		index++
		return index, item, ok
	}
	return untilFailure(ctx, func(ctx context.Context, fail func(error)) error {
		err := s.onAllWorkers(ctx, func() {
			finished := false
			defer func() {
				if !finished { // a panic: the others should end too
					fail(nil)
				}
			}()
			for ctx.Err() == nil {
				i, item, ok := pull()
				if !ok {
					break
				}
				if err := f(ctx, item); err != nil {
					fail(&ItemError{i, err})
				}
			}
			finished = true
		})
		if err == nil && !exhausted { // all workers have come, and left early
			err = context.Cause(ctx)
		}
		return err
	})
}

// onAllWorkers runs f on as many workers as are free. All of them do the same work
// until there is none: one that comes late ends at once.
func (s *Scheduler) onAllWorkers(ctx context.Context, f func()) error {
	return s.loop(ctx, s.Workers(), 1, func(lo, hi int) {
		for range hi - lo {
			f()
		}
	})
}

// untilFailure runs do, whose context ends at the first failure, and returns that,
// or what do returns.
func untilFailure(ctx context.Context, do func(ctx context.Context, fail func(error)) error) error {
	inner, cancel := context.WithCancel(ctx)
	defer cancel()
	var mu sync.Mutex
	var first error
	err := do(inner, func(err error) {
		mu.Lock()
		defer mu.Unlock()
		if first == nil {
			first = err
		}
		cancel()
	})
	mu.Lock()
	defer mu.Unlock()
	if first != nil {
		return first
	}
	return err
}

// MapSeq is [Map] for items that are made as they are needed: results are yielded
// in the items' order while later items are computed, as many at a time as keep
// the workers busy. The first failure is yielded last. A caller that stops early
// has the items under way cancelled, and waits for them.
func MapSeq[In, Out any](ctx context.Context, s *Scheduler, items iter.Seq[In], f func(ctx context.Context, item In) (Out, error), opts ...TaskOption) iter.Seq2[Out, error] {
	return func(yield func(Out, error) bool) {
		inner, cancel := context.WithCancel(ctx)
		var ahead []*Future[Out]
		defer func() {
			cancel()
			for _, future := range ahead {
				_, _ = future.Wait(context.WithoutCancel(ctx)) // nobody wants them any more
			}
		}()
		index := 0
		oldest := func() bool {
			value, err := ahead[0].Wait(ctx)
			ahead = ahead[1:]
			if err != nil {
				var none Out
				yield(none, &ItemError{index, err})
				return false
			}
			index++
			return yield(value, nil)
		}
		for item := range items {
			if len(ahead) == windowPerWorker*s.Workers() && !oldest() {
				return
			}
			ahead = append(ahead, Submit(inner, s, func(ctx context.Context) (Out, error) { return f(ctx, item) }, opts...))
		}
		for len(ahead) > 0 && oldest() {
		}
	}
}

// windowPerWorker is for how many items a worker MapSeq looks ahead.
const windowPerWorker = 4
