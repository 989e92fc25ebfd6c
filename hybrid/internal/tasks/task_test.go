package tasks

import (
	"context"
	"errors"
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tandem-go/tandem/cpuexec"
)

// job is a Body that counts what happens to it.
type job struct {
	task               Task
	do                 func(ctx context.Context) error
	runs, drops, dones atomic.Int32
	running            atomic.Bool
	overlap            atomic.Bool // two attempts at a time, or one after Drop
}

func (j *job) Run(w *cpuexec.Worker) { j.task.Run(w, j) }

func (j *job) Do(ctx context.Context) error {
	if j.running.Swap(true) || j.drops.Load() > 0 {
		j.overlap.Store(true)
	}
	defer j.running.Store(false)
	j.runs.Add(1)
	return j.do(ctx)
}

func (j *job) Drop() { j.drops.Add(1) }

func dispatcher(t *testing.T, workers, limit int) *Dispatcher {
	t.Helper()
	pool, err := cpuexec.New(workers)
	if err != nil {
		t.Fatal(err)
	}
	d := New(pool, limit)
	t.Cleanup(func() { d.Close(); pool.Close() })
	return d
}

// Everything that can end a task, at the same time: it must be resolved once, by
// one of them, its function must run at most once for each attempt, and nothing
// may be counted twice or stay behind.
func TestOneResolution(t *testing.T) {
	const rounds = 3000
	d := dispatcher(t, 3, rounds)
	random := rand.New(rand.NewPCG(rand.Uint64(), 0))
	jobs := make([]*job, rounds)
	var wg sync.WaitGroup
	for i := range jobs {
		kind := random.IntN(6)
		j := &job{do: func(ctx context.Context) error {
			switch kind {
			case 0:
				return errOnce
			case 1:
				panic("no")
			case 2:
				runtime.Goexit()
			case 3:
				<-ctx.Done()
				return ctx.Err()
			}
			return nil
		}}
		jobs[i] = j
		ctx, cancel := context.WithCancelCause(t.Context())
		o := &Options{}
		if random.IntN(2) == 0 {
			o.Deadline = time.Now().Add(time.Duration(random.IntN(200)) * time.Microsecond)
		}
		if i > 0 && random.IntN(3) == 0 {
			o.After = append(o.After, &jobs[i-1].task, &jobs[random.IntN(i)].task)
		}
		if random.IntN(3) == 0 {
			o.Retry = Retry{Times: 2, First: time.Duration(random.IntN(100)) * time.Microsecond, Max: time.Millisecond}
		}
		if err := d.Submit(ctx, &j.task, j, o, true); err != nil {
			t.Fatal(err)
		}
		j.task.OnDone(func() { j.dones.Add(1) })
		for _, end := range []func(){j.task.Cancel, j.task.Cancel, func() { cancel(errOnce) }, func() { j.task.Done() }, func() { _ = j.task.Wait(ctx) }} {
			if kind == 3 || random.IntN(3) == 0 {
				wg.Go(end)
			}
		}
		wg.Go(func() {
			<-j.task.channel()
			cancel(nil)
		})
	}
	wg.Wait()
	if err := d.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	d.pool.Close() // runs what lies in the queue although it was aborted
	for i, j := range jobs {
		if !j.task.Resolved() || j.dones.Load() != 1 {
			t.Fatalf("task %d: resolved %v, %d times", i, j.task.Resolved(), j.dones.Load())
		}
		if j.overlap.Load() || j.drops.Load() != 1 {
			t.Fatalf("task %d: overlapping attempts %v, dropped %d times after %d attempts", i, j.overlap.Load(), j.drops.Load(), j.runs.Load())
		}
	}
	st := d.Stats()
	if st.Submitted != rounds || st.Completed+st.Failed+st.Cancelled != rounds || st.Running != 0 {
		t.Errorf("counts do not add up: %d submitted, %d completed, %d failed, %d cancelled, %d running",
			st.Submitted, st.Completed, st.Failed, st.Cancelled, st.Running)
	}
	if st.Completed == 0 || st.Failed == 0 || st.Cancelled == 0 || st.Retried == 0 {
		t.Errorf("some end was never seen: %d completed, %d failed, %d cancelled, %d retried", st.Completed, st.Failed, st.Cancelled, st.Retried)
	}
	for i := range rounds {
		if !d.room.tryTake() {
			t.Errorf("there is room for %d tasks, not %d", i, rounds)
			break
		}
	}
	if len(d.held) > 0 {
		t.Errorf("%d resolved tasks are still on the list of blocked ones", len(d.held))
	}
}

// The context of a task must be made only if it is asked for, and then be a real
// one: with the values of the one that the task was submitted with, the earlier
// deadline, and children that need no goroutine.
func TestTaskContext(t *testing.T) {
	type key struct{}
	d := dispatcher(t, 1, 10)
	outer, cancel := context.WithTimeout(context.WithValue(t.Context(), key{}, "value"), time.Hour)
	defer cancel()
	deadline := time.Now().Add(time.Minute)
	j := &job{}
	j.do = func(ctx context.Context) error {
		if ctx.Err() != nil || ctx.Value(key{}) != "value" || FromContext(ctx) != &j.task {
			t.Error("not the context of this task")
		}
		if at, ok := ctx.Deadline(); !ok || !at.Equal(deadline) {
			t.Errorf("deadline %v, want %v", at, deadline)
		}
		if j.task.derived() != nil {
			t.Error("a real context was made without need")
		}
		before := runtime.NumGoroutine()
		child, stop := context.WithCancel(ctx)
		defer stop()
		if n := runtime.NumGoroutine(); n != before {
			t.Errorf("%d goroutines for a child", n-before)
		}
		if FromContext(child) != &j.task {
			t.Error("the child is not of this task")
		}
		j.task.Cancel()
		<-child.Done()
		if !errors.Is(context.Cause(child), ErrCancelled) || !errors.Is(ctx.Err(), context.Canceled) {
			t.Errorf("cause %v, error %v", context.Cause(child), ctx.Err())
		}
		return ctx.Err()
	}
	if err := d.Submit(outer, &j.task, j, &Options{Deadline: deadline}, true); err != nil {
		t.Fatal(err)
	}
	if err := j.task.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	if !errors.Is(j.task.Err(), ErrCancelled) {
		t.Errorf("error %v, want ErrCancelled", j.task.Err())
	}
}

// A chain of a hundred thousand dependants must fail without recursion.
func TestLongChainFails(t *testing.T) {
	const length = 100_000
	d := dispatcher(t, 1, length+1)
	hold := make(chan struct{})
	jobs := make([]*job, length)
	for i := range jobs {
		o := &Options{}
		j := &job{do: func(context.Context) error { <-hold; return errOnce }}
		switch {
		case i == 0:
			o.Name = "first"
		case i%2 == 0:
			o.Name = "link"
		}
		if i > 0 {
			o.After = []*Task{&jobs[i-1].task}
		}
		if err := d.Submit(t.Context(), &j.task, j, o, true); err != nil {
			t.Fatal(err)
		}
		jobs[i] = j
	}
	close(hold)
	last := &jobs[length-1].task
	if err := last.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	var dep *DependencyError
	if !errors.As(last.Err(), &dep) || jobs[length-1].runs.Load() != 0 {
		t.Errorf("error %T, %d runs", last.Err(), jobs[length-1].runs.Load())
	}
	if dep != nil && (dep.Name != "first" || dep.Err != jobs[0].task.Err()) { //nolint:errorlint // the very one
		t.Errorf("the cause is %q: %.100v", dep.Name, dep.Err)
	}
	if st := d.Stats(); st.Failed != length {
		t.Errorf("%d failed, want all %d", st.Failed, length)
	}
}

func TestErrorTexts(t *testing.T) {
	for _, c := range []struct {
		err  error
		want string
	}{
		{&Error{Name: "load", Attempts: 1, Err: errOnce}, `task "load": once`},
		{&Error{Attempts: 3, Err: errOnce}, "task failed 3 times: once"},
		{&Error{Name: "load", Attempts: 3, Err: errOnce}, `task "load" failed 3 times: once`},
		{&DependencyError{Err: errOnce}, "hybrid: a task that this one depends on failed: once"},
		{&DependencyError{Name: "load", Err: errOnce}, `hybrid: task "load", that this one depends on, failed: once`},
	} {
		if got := c.err.Error(); got != c.want || !errors.Is(c.err, errOnce) {
			t.Errorf("%q, want %q that wraps its cause", got, c.want)
		}
	}
}
