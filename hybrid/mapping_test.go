package hybrid_test

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/tandem-go/tandem/hybrid"
)

func count(n int) []int {
	items := make([]int, n)
	for i := range items {
		items[i] = i
	}
	return items
}

func square(_ context.Context, i int) (int, error) { return i * i, nil }

func TestMap(t *testing.T) {
	s := workers(t, 3)
	for _, n := range []int{0, 1, 2, 3, 1000, 100000} {
		got, err := hybrid.Map(t.Context(), s, count(n), square)
		if err != nil || len(got) != n {
			t.Fatalf("of %d: %d results, %v", n, len(got), err)
		}
		for i, v := range got {
			if v != i*i {
				t.Fatalf("result %d is %d", i, v)
			}
		}
	}
}

func TestMapStops(t *testing.T) {
	s := workers(t, 3)
	var begun atomic.Int64
	failing := func(ctx context.Context, i int) (int, error) {
		if begun.Add(1); i == 10 {
			return 0, errTask
		}
		runtime.Gosched()
		return i, nil
	}
	var item *hybrid.ItemError
	if _, err := hybrid.Map(t.Context(), s, count(1e6), failing); !errors.Is(err, errTask) || !errors.As(err, &item) || item.Index != 10 {
		t.Errorf("got %v", err)
	}
	if begun.Load() == 1e6 {
		t.Error("all items were begun although one failed early")
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	if _, err := hybrid.Map(ctx, s, count(1e6), func(ctx context.Context, i int) (int, error) {
		cancel(errTask)
		return i, nil
	}); !errors.Is(err, errTask) {
		t.Errorf("when its context ends: %v", err)
	}
	var panicked *hybrid.PanicError
	if _, err := hybrid.Map(t.Context(), s, count(100), func(ctx context.Context, i int) (int, error) { panic(i) }); !errors.As(err, &panicked) {
		t.Errorf("a panic: %v", err)
	}
}

func TestForEach(t *testing.T) {
	s := workers(t, 3)
	var sum atomic.Int64
	add := func(_ context.Context, i int) error { sum.Add(int64(i)); return nil }
	if err := hybrid.ForEach(t.Context(), s, slices.Values(count(10000)), add); err != nil || sum.Load() != 49995000 {
		t.Errorf("sum %d, %v", sum.Load(), err)
	}
	if err := hybrid.ForEach(t.Context(), s, slices.Values(count(0)), add); err != nil {
		t.Errorf("of nothing: %v", err)
	}
	endless := func(yield func(int) bool) {
		for i := 0; yield(i); i++ {
		}
	}
	var item *hybrid.ItemError
	if err := hybrid.ForEach(t.Context(), s, endless, func(_ context.Context, i int) error {
		if i == 1000 {
			return errTask
		}
		return nil
	}); !errors.Is(err, errTask) || !errors.As(err, &item) || item.Index != 1000 {
		t.Errorf("got %v", err)
	}
	var panicked *hybrid.PanicError
	if err := hybrid.ForEach(t.Context(), s, endless, func(_ context.Context, i int) error {
		if i == 100 {
			panic("oh")
		}
		return nil
	}); !errors.As(err, &panicked) {
		t.Errorf("a panic: %v", err)
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	if err := hybrid.ForEach(ctx, s, endless, func(_ context.Context, i int) error {
		if i == 100 {
			cancel(errTask)
		}
		return nil
	}); !errors.Is(err, errTask) {
		t.Errorf("when its context ends: %v", err)
	}
}

func TestMapSeq(t *testing.T) {
	s := workers(t, 2)
	next := 0
	for v, err := range hybrid.MapSeq(t.Context(), s, slices.Values(count(1000)), square) {
		if err != nil || v != next*next {
			t.Fatalf("result %d: %d, %v", next, v, err)
		}
		next++
	}
	if next != 1000 {
		t.Errorf("%d results", next)
	}
	// A caller that stops early leaves nothing running.
	endless := func(yield func(int) bool) {
		for i := 0; yield(i); i++ {
		}
	}
	for v := range hybrid.MapSeq(t.Context(), s, endless, square) {
		if v >= 100 {
			break
		}
	}
	if st := s.Stats().Tasks; st.Running != 0 || st.Waiting != 0 {
		t.Errorf("something goes on: %+v", st)
	}
	var item *hybrid.ItemError
	var last error
	results := 0
	for _, err := range hybrid.MapSeq(t.Context(), s, endless, func(_ context.Context, i int) (int, error) {
		if i == 20 {
			return 0, errTask
		}
		return i, nil
	}) {
		if last = err; err == nil {
			results++
		}
	}
	if results != 20 || !errors.Is(last, errTask) || !errors.As(last, &item) || item.Index != 20 {
		t.Errorf("%d results, then %v", results, last)
	}
}

// A context that ends in the last part of a loop must not make a success of what
// was left out.
func TestMapCutShort(t *testing.T) {
	s := workers(t, 1)
	const n = 1000
	ctx, cancel := context.WithCancelCause(t.Context())
	if got, err := hybrid.Map(ctx, s, count(n), func(_ context.Context, i int) (int, error) {
		if i == n-2 {
			cancel(errTask)
		}
		return i, nil
	}); !errors.Is(err, errTask) || got != nil {
		t.Errorf("Map: %d results, %v", len(got), err)
	}
	ctx, cancel = context.WithCancelCause(t.Context())
	if err := hybrid.ForEach(ctx, s, slices.Values(count(n)), func(_ context.Context, i int) error {
		if i == 5 {
			cancel(errTask)
		}
		return nil
	}); !errors.Is(err, errTask) {
		t.Errorf("ForEach: %v", err)
	}
}
