package hybrid_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tandem-go/tandem/hybrid"
)

// workers opens a scheduler with so many CPU workers and no other device.
func workers(t testing.TB, n int, opts ...hybrid.Option) *hybrid.Scheduler {
	t.Helper()
	s, err := hybrid.Open(append([]hybrid.Option{
		hybrid.WithDevices("cpu"), hybrid.WithWorkers(n), hybrid.WithModelFile(""),
	}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// occupy keeps all workers busy until the returned function is called.
func occupy(t testing.TB, s *hybrid.Scheduler) (free func()) {
	t.Helper()
	gate := make(chan struct{})
	for range s.Workers() {
		begun := make(chan struct{})
		hybrid.Submit(t.Context(), s, func(context.Context) (int, error) {
			close(begun)
			<-gate
			return 0, nil
		})
		<-begun
	}
	return sync.OnceFunc(func() { close(gate) })
}

func value[T any](v T) func(context.Context) (T, error) {
	return func(context.Context) (T, error) { return v, nil }
}

func TestSubmit(t *testing.T) {
	s := workers(t, 2)
	f := hybrid.Submit(t.Context(), s, value("done"), hybrid.Name("job"))
	if v, err := f.Wait(t.Context()); v != "done" || err != nil {
		t.Errorf("got %q, %v", v, err)
	}
	if f.Name() != "job" {
		t.Errorf("named %q", f.Name())
	}
	select {
	case <-f.Done():
	default:
		t.Error("Done is open after Wait")
	}
	if v, err := f.Wait(t.Context()); v != "done" || err != nil {
		t.Errorf("the second time: %q, %v", v, err)
	}
}

var errTask = errors.New("the task's own error")

func TestTaskErrors(t *testing.T) {
	s := workers(t, 2)
	ended, cancel := context.WithCancelCause(t.Context())
	cancel(errTask)
	var panicked *hybrid.PanicError
	var named *hybrid.TaskError
	for _, c := range []struct {
		name string
		f    *hybrid.Future[int]
		want func(error) bool
	}{
		{"error", hybrid.Submit(t.Context(), s, func(context.Context) (int, error) { return 7, errTask }), func(err error) bool { return errors.Is(err, errTask) }},
		{"named", hybrid.Submit(t.Context(), s, func(context.Context) (int, error) { return 0, errTask }, hybrid.Name("x")), func(err error) bool {
			return errors.Is(err, errTask) && errors.As(err, &named) && named.Name == "x" && strings.Contains(err.Error(), `"x"`)
		}},
		{"panic", hybrid.Submit(t.Context(), s, func(context.Context) (int, error) { panic("oh") }), func(err error) bool {
			return errors.As(err, &panicked) && panicked.Value == "oh" && strings.Contains(string(panicked.Stack), "TestTaskErrors")
		}},
		{"goexit", hybrid.Submit(t.Context(), s, func(context.Context) (int, error) { runtime.Goexit(); return 0, nil }), func(err error) bool { return errors.Is(err, hybrid.ErrGoexit) }},
		{"context", hybrid.Submit(ended, s, value(1)), func(err error) bool { return errors.Is(err, errTask) }},
		{"nil function", hybrid.Submit[int](t.Context(), s, nil), func(err error) bool { return errors.Is(err, hybrid.ErrInvalid) }},
		{"priority", hybrid.Submit(t.Context(), s, value(1), hybrid.Priority(9)), func(err error) bool { return errors.Is(err, hybrid.ErrInvalid) }},
		{"retries", hybrid.Submit(t.Context(), s, value(1), hybrid.Retry(-1)), func(err error) bool { return errors.Is(err, hybrid.ErrInvalid) }},
		{"backoff", hybrid.Submit(t.Context(), s, value(1), hybrid.Backoff(2, 1)), func(err error) bool { return errors.Is(err, hybrid.ErrInvalid) }},
		{"nil future", hybrid.Submit(t.Context(), s, value(1), hybrid.After((*hybrid.Future[int])(nil))), func(err error) bool { return errors.Is(err, hybrid.ErrInvalid) }},
		{"no deadline", hybrid.Submit(t.Context(), s, value(1), hybrid.Deadline(time.Time{})), func(err error) bool { return errors.Is(err, hybrid.ErrInvalid) }},
	} {
		v, err := c.f.Wait(t.Context())
		if !c.want(err) {
			t.Errorf("%s: %v", c.name, err)
		}
		if c.name == "error" && v != 7 {
			t.Errorf("the value beside an error is %d", v)
		}
	}
	// Workers have survived it all.
	if v, err := hybrid.Submit(t.Context(), s, value(3)).Wait(t.Context()); v != 3 || err != nil {
		t.Errorf("afterwards: %d, %v", v, err)
	}
}

func TestCancelBeforeItBegins(t *testing.T) {
	s := workers(t, 1)
	free := occupy(t, s)
	defer free()
	ran := false
	f := hybrid.Submit(t.Context(), s, func(context.Context) (int, error) { ran = true; return 1, nil })
	f.Cancel()
	if _, err := f.Wait(t.Context()); !errors.Is(err, hybrid.ErrCancelled) || !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	free()
	if err := s.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	if ran {
		t.Error("it was run nevertheless")
	}
	if st := s.Stats().Tasks; st.Cancelled != 1 || st.Completed != 1 || st.Waiting != 0 {
		t.Errorf("counts: %+v", st)
	}
}

func TestCancelWhileItRuns(t *testing.T) {
	s := workers(t, 1)
	begun := make(chan struct{})
	f := hybrid.Submit(t.Context(), s, func(ctx context.Context) (int, error) {
		close(begun)
		<-ctx.Done()
		return 5, fmt.Errorf("stopped: %w", ctx.Err())
	})
	<-begun
	f.Cancel()
	if v, err := f.Wait(t.Context()); v != 5 || !errors.Is(err, hybrid.ErrCancelled) {
		t.Errorf("got %d, %v", v, err)
	}
	// A task that doesn't care ends as it likes.
	begun, end := make(chan struct{}), make(chan struct{})
	f = hybrid.Submit(t.Context(), s, func(ctx context.Context) (int, error) {
		close(begun)
		<-end
		if !errors.Is(context.Cause(ctx), hybrid.ErrCancelled) {
			return 0, fmt.Errorf("its context says %w", context.Cause(ctx))
		}
		return 6, nil
	})
	<-begun
	f.Cancel()
	close(end)
	if v, err := f.Wait(t.Context()); v != 6 || err != nil {
		t.Errorf("got %d, %v", v, err)
	}
}

// The context of a task behaves like any other, also for package context.
func TestTaskContext(t *testing.T) {
	s := workers(t, 2)
	type key struct{}
	at := time.Now().Add(time.Hour)
	parent := context.WithValue(t.Context(), key{}, "value")
	var kept context.Context
	f := hybrid.Submit(parent, s, func(ctx context.Context) (int, error) {
		kept = ctx
		if ctx.Value(key{}) != "value" {
			return 0, errors.New("it has lost a value")
		}
		if got, ok := ctx.Deadline(); !ok || !got.Equal(at) {
			return 0, fmt.Errorf("its deadline is %v", got)
		}
		if ctx.Err() != nil {
			return 0, fmt.Errorf("it has ended: %w", ctx.Err())
		}
		before := runtime.NumGoroutine()
		children := make([]context.Context, 100)
		for i := range children {
			var cancel context.CancelFunc
			children[i], cancel = context.WithCancel(ctx)
			defer cancel()
		}
		if n := runtime.NumGoroutine(); n > before+10 {
			return 0, fmt.Errorf("contexts derived from it take goroutines: %d before, %d now", before, n)
		}
		if ctx.Value(key{}) != "value" {
			return 0, errors.New("it has lost a value")
		}
		return 1, nil
	}, hybrid.Deadline(at))
	if _, err := f.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	<-kept.Done()
	if !errors.Is(kept.Err(), context.Canceled) {
		t.Errorf("after the task its context says %v", kept.Err())
	}
}

func TestDeadline(t *testing.T) {
	s := workers(t, 1)
	f := hybrid.Submit(t.Context(), s, func(ctx context.Context) (int, error) {
		<-ctx.Done()
		return 0, ctx.Err()
	}, hybrid.Timeout(time.Millisecond))
	if _, err := f.Wait(t.Context()); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("while it runs: %v", err)
	}
	free := occupy(t, s)
	defer free()
	f = hybrid.Submit(t.Context(), s, value(1), hybrid.Timeout(time.Millisecond))
	<-f.Done() // although no worker is free
	if _, err := f.Wait(t.Context()); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("while it waits: %v", err)
	}
}

// A future whose own context ends is resolved while it waits for a worker.
func TestContextEndsWhileQueued(t *testing.T) {
	s := workers(t, 1)
	free := occupy(t, s)
	defer free()
	ctx, cancel := context.WithCancelCause(t.Context())
	waited := hybrid.Submit(ctx, s, value(1))
	watched := hybrid.Submit(ctx, s, value(1))
	done := watched.Done()
	time.AfterFunc(time.Millisecond, func() { cancel(errTask) })
	<-done
	if _, err := waited.Wait(t.Context()); !errors.Is(err, errTask) {
		t.Errorf("got %v", err)
	}
	if _, err := watched.Wait(t.Context()); !errors.Is(err, errTask) {
		t.Errorf("got %v", err)
	}
}

func TestWaitEndsWithItsContext(t *testing.T) {
	s := workers(t, 1)
	free := occupy(t, s)
	defer free()
	f := hybrid.Submit(t.Context(), s, value(1))
	ctx, cancel := context.WithTimeoutCause(t.Context(), time.Millisecond, errTask)
	defer cancel()
	if _, err := f.Wait(ctx); !errors.Is(err, errTask) {
		t.Errorf("got %v", err)
	}
	free()
	if v, err := f.Wait(t.Context()); v != 1 || err != nil {
		t.Errorf("the task itself: %d, %v", v, err)
	}
}

func TestDependencies(t *testing.T) {
	s := workers(t, 2)
	var order []int
	step := func(i int) func(context.Context) (int, error) {
		return func(context.Context) (int, error) { order = append(order, i); return i, nil }
	}
	free := occupy(t, s)
	a := hybrid.Submit(t.Context(), s, step(1), hybrid.Low)
	b := hybrid.Submit(t.Context(), s, step(2), hybrid.After(a), hybrid.High)
	c := hybrid.Submit(t.Context(), s, func(ctx context.Context) (string, error) { return "c", nil }, hybrid.After(b))
	d := hybrid.Submit(t.Context(), s, step(3), hybrid.After(a, b), hybrid.After(c))
	free()
	if _, err := d.Wait(t.Context()); err != nil || !slices.Equal(order, []int{1, 2, 3}) {
		t.Errorf("order %v, error %v", order, err)
	}
	// After futures that are resolved already.
	if v, err := hybrid.Submit(t.Context(), s, value(9), hybrid.After(a, d)).Wait(t.Context()); v != 9 || err != nil {
		t.Errorf("got %d, %v", v, err)
	}
}

// A chain of dependants fails from its first to its last, however long it is.
func TestFailedDependency(t *testing.T) {
	s := workers(t, 2)
	free := occupy(t, s)
	first := hybrid.Submit(t.Context(), s, func(context.Context) (int, error) { return 0, errTask }, hybrid.Name("first"))
	last := first
	for range 20000 {
		last = hybrid.Submit(t.Context(), s, func(context.Context) (int, error) { t.Error("it was run"); return 0, nil }, hybrid.After(last))
	}
	cancelled := hybrid.Submit(t.Context(), s, value(1))
	after := hybrid.Submit(t.Context(), s, value(1), hybrid.After(cancelled))
	cancelled.Cancel()
	var dep *hybrid.DependencyError
	if _, err := after.Wait(t.Context()); !errors.Is(err, hybrid.ErrCancelled) || !errors.As(err, &dep) {
		t.Errorf("after a cancelled one: %v", err)
	}
	free()
	if _, err := last.Wait(t.Context()); !errors.Is(err, errTask) || !errors.As(err, &dep) {
		t.Errorf("the end of the chain: %v", err)
	}
	// One that comes too late.
	if _, err := hybrid.Submit(t.Context(), s, value(1), hybrid.After(first)).Wait(t.Context()); !errors.As(err, &dep) || dep.Name != "first" {
		t.Errorf("a late one: %v", err)
	}
}

func TestRetry(t *testing.T) {
	s := workers(t, 2)
	failing := func(times int, err error) (func(context.Context) (int, error), *atomic.Int32) {
		var n atomic.Int32
		return func(ctx context.Context) (int, error) {
			if ctx.Err() != nil {
				return 0, fmt.Errorf("attempt %d begins with an ended context", n.Load())
			}
			ctx.Done() // each attempt has a context of its own
			if int(n.Add(1)) <= times {
				return 0, err
			}
			return int(n.Load()), nil
		}, &n
	}
	quick := hybrid.Backoff(time.Microsecond, time.Millisecond)
	f, n := failing(3, errTask)
	if v, err := hybrid.Submit(t.Context(), s, f, hybrid.Retry(3), quick).Wait(t.Context()); v != 4 || err != nil {
		t.Errorf("got %d, %v", v, err)
	}
	if st := s.Stats().Tasks; st.Retried != 3 || st.Completed != 1 || st.Failed != 0 || n.Load() != 4 {
		t.Errorf("counts: %+v", st)
	}
	f, _ = failing(3, errTask)
	var failed *hybrid.TaskError
	if _, err := hybrid.Submit(t.Context(), s, f, hybrid.Retry(2), quick).Wait(t.Context()); !errors.Is(err, errTask) || !errors.As(err, &failed) || failed.Attempts != 3 {
		t.Errorf("one attempt too few: %v", err)
	}
	f, n = failing(1, errTask)
	never := hybrid.RetryIf(func(err error) bool { return !errors.Is(err, errTask) })
	if _, err := hybrid.Submit(t.Context(), s, f, hybrid.Retry(5), quick, never).Wait(t.Context()); !errors.Is(err, errTask) || n.Load() != 1 {
		t.Errorf("not worth another attempt: %v after %d", err, n.Load())
	}
	var panics atomic.Int32
	p := hybrid.Submit(t.Context(), s, func(context.Context) (int, error) { panics.Add(1); panic("no") }, hybrid.Retry(5), quick)
	if _, err := p.Wait(t.Context()); err == nil || panics.Load() != 1 {
		t.Errorf("a panic was tried %d times: %v", panics.Load(), err)
	}
	// Cancelled in the pause between two attempts.
	f, n = failing(100, errTask)
	slow := hybrid.Submit(t.Context(), s, f, hybrid.Retry(100), hybrid.Backoff(time.Hour, time.Hour))
	for n.Load() == 0 || s.Stats().Tasks.Running > 0 {
		runtime.Gosched()
	}
	slow.Cancel()
	if _, err := slow.Wait(t.Context()); !errors.Is(err, hybrid.ErrCancelled) {
		t.Errorf("cancelled in a pause: %v", err)
	}
}

func TestQueueLimit(t *testing.T) {
	s := workers(t, 1, hybrid.WithQueueLimit(10))
	free := occupy(t, s)
	defer free()
	var futures []*hybrid.Future[int]
	for i := range 10 {
		f, err := hybrid.TrySubmit(t.Context(), s, value(i))
		if err != nil {
			t.Fatalf("task %d: %v", i, err)
		}
		futures = append(futures, f)
	}
	if _, err := hybrid.TrySubmit(t.Context(), s, value(0)); !errors.Is(err, hybrid.ErrQueueFull) {
		t.Fatalf("the eleventh: %v", err)
	}
	ctx, cancel := context.WithTimeoutCause(t.Context(), time.Millisecond, errTask)
	defer cancel()
	if _, err := hybrid.Submit(ctx, s, value(0)).Wait(t.Context()); !errors.Is(err, errTask) {
		t.Errorf("Submit whose context ends while it waits for room: %v", err)
	}
	waits := make(chan *hybrid.Future[int])
	go func() { waits <- hybrid.Submit(t.Context(), s, value(77)) }()
	select {
	case <-waits:
		t.Fatal("Submit found room where there is none")
	case <-time.After(time.Millisecond):
	}
	free()
	futures = append(futures, <-waits)
	for i, f := range futures {
		if v, err := f.Wait(t.Context()); err != nil || v != i && v != 77 {
			t.Errorf("task %d: %d, %v", i, v, err)
		}
	}
	if st := s.Stats().Tasks; st.Submitted != 12 {
		t.Errorf("%d submitted, want 12: those refused don't count", st.Submitted)
	}
}

// A million tasks wait under a limit of a million, each in at most 128 bytes, and one
// more waits for room.
func TestMillionQueued(t *testing.T) {
	n := 1_000_000
	if testing.Short() {
		n = 100_000
	}
	s := workers(t, 1, hybrid.WithQueueLimit(n))
	free := occupy(t, s)
	defer free()
	heap := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapInuse
	}
	nothing := value(struct{}{})
	before := heap()
	for i := range n {
		if _, err := hybrid.TrySubmit(t.Context(), s, nothing); err != nil {
			t.Fatalf("task %d: %v", i, err)
		}
	}
	each := float64(heap()-before) / float64(n)
	t.Logf("%.1f bytes for each queued task", each)
	if each > 128 {
		t.Errorf("%.1f bytes for each queued task, want at most 128", each)
	}
	if _, err := hybrid.TrySubmit(t.Context(), s, value(1)); !errors.Is(err, hybrid.ErrQueueFull) {
		t.Errorf("one more: %v", err)
	}
	waits := make(chan *hybrid.Future[int], 1)
	go func() { waits <- hybrid.Submit(t.Context(), s, value(77)) }()
	select {
	case <-waits:
		t.Fatal("Submit found room where there is none")
	case <-time.After(time.Millisecond):
	}
	free()
	if v, err := (<-waits).Wait(t.Context()); v != 77 || err != nil {
		t.Errorf("the one that waited: %d, %v", v, err)
	}
	if err := s.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	if st := s.Stats().Tasks; st.Completed != int64(n)+2 {
		t.Errorf("%d tasks have been completed, want %d", st.Completed, n+2)
	}
}

// Tasks that submit tasks and wait for them: nothing is used up, on one worker
// and with room for one.
func TestTasksThatWaitForTasks(t *testing.T) {
	s := workers(t, 1, hybrid.WithQueueLimit(1))
	var fib func(n int) func(ctx context.Context) (int, error)
	fib = func(n int) func(ctx context.Context) (int, error) {
		return func(ctx context.Context) (int, error) {
			if n < 2 {
				return n, nil
			}
			left := hybrid.Submit(ctx, s, fib(n-1))
			right := hybrid.Submit(ctx, s, fib(n-2))
			a, err := left.Wait(ctx)
			if err != nil {
				return 0, err
			}
			b, err := right.Wait(ctx)
			return a + b, err
		}
	}
	if v, err := hybrid.Submit(t.Context(), s, fib(15)).Wait(t.Context()); v != 610 || err != nil {
		t.Errorf("got %d, %v", v, err)
	}
	// Loops and maps inside tasks.
	f := hybrid.Submit(t.Context(), s, func(ctx context.Context) (int, error) {
		squares, err := hybrid.Map(ctx, s, []int{1, 2, 3}, func(ctx context.Context, i int) (int, error) {
			return hybrid.Submit(ctx, s, value(i*i)).Wait(ctx)
		})
		if err != nil {
			return 0, err
		}
		i, v, err := hybrid.WaitAny(ctx, hybrid.Submit(ctx, s, value(squares[2])))
		return v + i, err
	})
	if v, err := f.Wait(t.Context()); v != 9 || err != nil {
		t.Errorf("got %d, %v", v, err)
	}
}

// Goroutines that a task starts may wait with its context too.
func TestWaitOnTasksContextElsewhere(t *testing.T) {
	s := workers(t, 2)
	for range 200 {
		f := hybrid.Submit(t.Context(), s, func(ctx context.Context) (int, error) {
			var wg sync.WaitGroup
			var sum atomic.Int64
			for i := range 4 {
				wg.Go(func() {
					v, err := hybrid.Submit(ctx, s, value(i)).Wait(ctx)
					if err == nil {
						sum.Add(int64(v))
					}
				})
			}
			wg.Wait()
			return int(sum.Load()), nil
		})
		if v, err := f.Wait(t.Context()); v != 6 || err != nil {
			t.Fatalf("got %d, %v", v, err)
		}
	}
}

func TestPriorities(t *testing.T) {
	s := workers(t, 1)
	free := occupy(t, s)
	var got []string
	var futures []*hybrid.Future[int]
	for i := range 4 {
		for _, p := range []hybrid.Priority{hybrid.Low, hybrid.High, hybrid.Normal} {
			futures = append(futures, hybrid.Submit(t.Context(), s, func(context.Context) (int, error) {
				got = append(got, fmt.Sprint(p, i))
				return 0, nil
			}, p))
		}
	}
	free()
	for _, f := range futures {
		if _, err := f.Wait(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	want := strings.Fields("high0 high1 high2 high3 normal0 normal1 normal2 normal3 low0 low1 low2 low3")
	for i := range want {
		got[i] = strings.ReplaceAll(got[i], " ", "")
	}
	if !slices.Equal(got, want) {
		t.Errorf("begun in the order %v", got)
	}
	st := s.Stats().Tasks
	if st.Inversions != 0 {
		t.Errorf("%d inversions", st.Inversions)
	}
	for p, n := range map[hybrid.Priority]int64{hybrid.High: 4, hybrid.Normal: 5, hybrid.Low: 4} { // with the occupant
		if st.Wait[p].Count != n {
			t.Errorf("%d waits of priority %v, want %d", st.Wait[p].Count, p, n)
		}
	}
	if st.Wait[hybrid.Low].Quantile(1) < st.Wait[hybrid.High].Quantile(0) {
		t.Error("Low has waited for less than High")
	}
}

func TestSubmitAll(t *testing.T) {
	s := workers(t, 2)
	fs := make([]func(context.Context) (int, error), 1000)
	for i := range fs {
		fs[i] = value(i)
	}
	for i, f := range hybrid.SubmitAll(t.Context(), s, fs, hybrid.High) {
		if v, err := f.Wait(t.Context()); v != i || err != nil {
			t.Fatalf("task %d: %d, %v", i, v, err)
		}
	}
}

func TestAsCompleted(t *testing.T) {
	s := workers(t, 2)
	gates := make([]chan struct{}, 4)
	var futures []*hybrid.Future[int]
	for i := range gates {
		gates[i] = make(chan struct{})
		futures = append(futures, hybrid.Submit(t.Context(), s, func(ctx context.Context) (int, error) {
			// Four tasks that wait on two workers: blocking is theirs to declare.
			return i, hybrid.Block(ctx, func() { <-gates[i] })
		}))
	}
	order := []int{2, 0, 3, 1}
	close(gates[order[0]])
	var got []int
	for i, f := range hybrid.AsCompleted(t.Context(), futures...) {
		if v, err := f.Wait(t.Context()); v != i || err != nil {
			t.Errorf("future %d: %d, %v", i, v, err)
		}
		if got = append(got, i); len(got) < len(order) {
			close(gates[order[len(got)]])
		}
	}
	if !slices.Equal(got, order) {
		t.Errorf("completed in the order %v, want %v", got, order)
	}
	if i, v, err := hybrid.WaitAny(t.Context(), futures[1], futures[2]); i < 0 || v != i+1 || err != nil {
		t.Errorf("WaitAny: %d, %d, %v", i, v, err)
	}
	if i, _, err := hybrid.WaitAny[int](t.Context()); i != -1 || !errors.Is(err, hybrid.ErrInvalid) {
		t.Errorf("WaitAny of nothing: %d, %v", i, err)
	}
	ctx, cancel := context.WithTimeoutCause(t.Context(), time.Millisecond, errTask)
	defer cancel()
	free := occupy(t, s)
	defer free()
	if i, _, err := hybrid.WaitAny(ctx, hybrid.Submit(t.Context(), s, value(1))); i != -1 || !errors.Is(err, errTask) {
		t.Errorf("WaitAny whose context ends: %d, %v", i, err)
	}
}

func TestShutdownDrains(t *testing.T) {
	s := workers(t, 2)
	var ran atomic.Int32
	for range 100 {
		hybrid.Submit(t.Context(), s, func(ctx context.Context) (int, error) {
			time.Sleep(time.Microsecond)
			// Work that work has submitted belongs to it.
			child := hybrid.Submit(context.WithoutCancel(ctx), s, func(context.Context) (int, error) { ran.Add(1); return 0, nil })
			ran.Add(1)
			_ = child
			return 0, nil
		})
	}
	if err := s.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	if ran.Load() != 200 {
		t.Errorf("%d tasks have run, want 200", ran.Load())
	}
	if _, err := hybrid.Submit(t.Context(), s, value(1)).Wait(t.Context()); !errors.Is(err, hybrid.ErrClosed) {
		t.Errorf("afterwards: %v", err)
	}
	if _, err := hybrid.TrySubmit(t.Context(), s, value(1)); !errors.Is(err, hybrid.ErrClosed) {
		t.Errorf("afterwards: %v", err)
	}
}

func TestShutdownThatTakesTooLong(t *testing.T) {
	s := workers(t, 1)
	begun := make(chan struct{})
	runs := hybrid.Submit(t.Context(), s, func(ctx context.Context) (int, error) {
		close(begun)
		<-ctx.Done()
		return 0, ctx.Err()
	})
	<-begun
	waits := hybrid.Submit(t.Context(), s, value(1))
	blocked := hybrid.Submit(t.Context(), s, value(1), hybrid.After(waits))
	ctx, cancel := context.WithTimeoutCause(t.Context(), time.Millisecond, errTask)
	defer cancel()
	if err := s.Shutdown(ctx); !errors.Is(err, errTask) {
		t.Errorf("Shutdown: %v", err)
	}
	for name, f := range map[string]*hybrid.Future[int]{"running": runs, "queued": waits, "blocked": blocked} {
		if _, err := f.Wait(t.Context()); !errors.Is(err, hybrid.ErrClosed) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestCloseCancels(t *testing.T) {
	s := workers(t, 1)
	begun := make(chan struct{})
	runs := hybrid.Submit(t.Context(), s, func(ctx context.Context) (int, error) {
		close(begun)
		<-ctx.Done()
		return 0, context.Cause(ctx)
	})
	<-begun
	var futures []*hybrid.Future[int]
	for range 1000 {
		futures = append(futures, hybrid.Submit(t.Context(), s, value(1)))
	}
	pausing := hybrid.Submit(t.Context(), s, value(1), hybrid.After(runs))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for i, f := range append(futures, runs, pausing) {
		select {
		case <-f.Done():
		default:
			t.Fatalf("future %d is not resolved after Close", i)
		}
		if _, err := f.Wait(t.Context()); !errors.Is(err, hybrid.ErrClosed) {
			t.Errorf("future %d: %v", i, err)
		}
	}
	if st := s.Stats().Tasks; st.Submitted != st.Completed+st.Failed+st.Cancelled || st.Waiting != 0 || st.Running != 0 {
		t.Errorf("counts: %+v", st)
	}
}
