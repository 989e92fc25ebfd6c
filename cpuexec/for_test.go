package cpuexec_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/tandem-go/tandem/cpuexec"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func open(t *testing.T, workers int) *cpuexec.Pool {
	t.Helper()
	p, err := cpuexec.New(workers)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p
}

// Every index must be passed to body exactly once, in parts of at least the
// grain.
func TestForCoversOnce(t *testing.T) {
	for _, workers := range []int{1, 2, 3, 8} {
		p := open(t, workers)
		for range 100 {
			n, grain := rand.IntN(5000), rand.IntN(40)
			seen := make([]atomic.Int32, n)
			err := p.For(t.Context(), n, grain, func(lo, hi int) {
				if lo >= hi || hi-lo < grain && hi != n {
					t.Errorf("part [%d, %d) of %d with grain %d", lo, hi, n, grain)
				}
				for i := lo; i < hi; i++ {
					seen[i].Add(1)
				}
			})
			if err != nil {
				t.Fatal(err)
			}
			for i := range seen {
				if c := seen[i].Load(); c != 1 {
					t.Fatalf("%d workers, n %d, grain %d: index %d seen %d times", workers, n, grain, i, c)
				}
			}
		}
	}
}

// With one worker held up in its first part, the others must take the rest.
func TestForStealsFromABlockedWorker(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, err := cpuexec.New(4)
		if err != nil {
			t.Fatal(err)
		}
		defer p.Close()
		var parts atomic.Int32
		start := time.Now()
		err = p.For(t.Context(), 64, 1, func(lo, hi int) {
			parts.Add(int32(hi - lo))
			time.Sleep(time.Duration(hi-lo) * time.Millisecond)
		})
		if err != nil || parts.Load() != 64 {
			t.Fatalf("%d of 64 done, error %v", parts.Load(), err)
		}
		// Virtual time is exact: 64 ms over four workers, and at most one
		// part of 1/16 of a range too late.
		if took := time.Since(start); took > 20*time.Millisecond {
			t.Errorf("took %v, want 16 ms and little more", took)
		}
	})
}

func TestForNested(t *testing.T) {
	p := open(t, 4)
	var total atomic.Int64
	var descend func(depth int)
	descend = func(depth int) {
		if depth == 0 {
			total.Add(1)
			return
		}
		if err := p.For(t.Context(), 4, 1, func(lo, hi int) {
			for range hi - lo {
				descend(depth - 1)
			}
		}); err != nil {
			t.Error(err)
		}
	}
	descend(5)
	if got := total.Load(); got != 1024 {
		t.Errorf("%d leaves, want 1024", got)
	}
}

func TestForFromManyGoroutines(t *testing.T) {
	p := open(t, 3)
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			for range 50 {
				var sum atomic.Int64
				if err := p.For(t.Context(), 1000, 10, func(lo, hi int) { sum.Add(int64(hi - lo)) }); err != nil || sum.Load() != 1000 {
					t.Errorf("%d of 1000, error %v", sum.Load(), err)
				}
			}
		})
	}
	wg.Wait()
}

func TestForPanic(t *testing.T) {
	p := open(t, 4)
	cause := errors.New("the cause")
	for range 50 {
		var begun atomic.Int32
		err := p.For(t.Context(), 10000, 1, func(lo, _ int) {
			begun.Add(1)
			if lo >= 100 {
				panic(cause)
			}
		})
		var panicked *cpuexec.PanicError
		if !errors.As(err, &panicked) || !errors.Is(err, cause) {
			t.Fatalf("error %v, want a *PanicError around the cause", err)
		}
		if !strings.Contains(string(panicked.Stack), "TestForPanic") {
			t.Errorf("the stack doesn't show the place:\n%s", panicked.Stack)
		}
	}
	if err := p.For(t.Context(), 10, 1, func(int, int) {}); err != nil {
		t.Errorf("the pool after a panic: %v", err)
	}
}

// Work that ends its goroutine must not take a worker from the pool, and must
// not pass for done.
func TestForGoexit(t *testing.T) {
	p := open(t, 3)
	for range 20 {
		done := make(chan error, 1)
		go func() {
			err := error(nil)
			defer func() { done <- err }()
			err = errors.New("the caller's goroutine has ended")
			err = p.For(context.Background(), 1000, 1, func(lo, _ int) {
				if lo > 10 {
					runtime.Goexit()
				}
			})
		}()
		if err := <-done; err == nil {
			t.Fatal("For returned as if all had been done")
		}
	}
	var sum atomic.Int64
	if err := p.For(t.Context(), 100, 1, func(lo, hi int) { sum.Add(int64(hi - lo)) }); err != nil || sum.Load() != 100 {
		t.Errorf("the pool after Goexit: %d of 100, error %v", sum.Load(), err)
	}
}

func TestForCancelled(t *testing.T) {
	p := open(t, 2)
	cause := errors.New("enough")
	ctx, cancel := context.WithCancelCause(t.Context())
	var begun atomic.Int32
	err := p.For(ctx, 1<<20, 1, func(int, int) {
		if begun.Add(1) == 3 {
			cancel(cause)
		}
	})
	if !errors.Is(err, cause) {
		t.Errorf("error %v, want the context's cause", err)
	}
	if err := p.For(ctx, 1, 1, func(int, int) { t.Error("ran under an ended context") }); !errors.Is(err, cause) {
		t.Errorf("error %v, want the context's cause", err)
	}
	// A finished result beats a finished context.
	ctx, cancel = context.WithCancelCause(t.Context())
	if err := p.For(ctx, 1, 1, func(int, int) { cancel(cause) }); err != nil {
		t.Errorf("all was done, and yet: %v", err)
	}
}

func TestClose(t *testing.T) {
	p := open(t, 2)
	p.Close()
	p.Close()
	if err := p.For(t.Context(), 1, 1, func(int, int) {}); !errors.Is(err, cpuexec.ErrClosed) {
		t.Errorf("error %v, want ErrClosed", err)
	}
	if _, err := cpuexec.New(-1); err == nil {
		t.Error("a pool of -1 workers was made")
	}
}

func TestForAllocatesPerCallNotPerPart(t *testing.T) {
	p := open(t, 1)
	body := func(int, int) {}
	few := testing.AllocsPerRun(100, func() { _ = p.For(context.Background(), 100, 1, body) })
	many := testing.AllocsPerRun(100, func() { _ = p.For(context.Background(), 100000, 1, body) })
	if many > few {
		t.Errorf("%v allocations for many parts, %v for few", many, few)
	}
}

func ExamplePool_For() {
	p, err := cpuexec.New(0)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer p.Close()
	squares := make([]int, 5)
	err = p.For(context.Background(), len(squares), 1, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			squares[i] = i * i
		}
	})
	fmt.Println(squares, err)
	// Output: [0 1 4 9 16] <nil>
}
