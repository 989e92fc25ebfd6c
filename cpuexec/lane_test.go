package cpuexec_test

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

	"github.com/tandem-go/tandem/cpuexec"
)

func fib(l *cpuexec.Lane[int, int], n int) int {
	if n < 2 {
		return n
	}
	right := l.Fork(fib, n-2)
	left := fib(l, n-1)
	return left + l.Join(right)
}

func fibSerial(n int) int {
	if n < 2 {
		return n
	}
	return fibSerial(n-1) + fibSerial(n-2)
}

func TestFork(t *testing.T) {
	for _, workers := range []int{1, 2, 3, 8} {
		p := open(t, workers)
		for range 20 {
			if got, err := cpuexec.Fork(t.Context(), p, fib, 20); err != nil || got != 6765 {
				t.Fatalf("%d workers: fib(20) = %d, error %v", workers, got, err)
			}
		}
	}
}

// Computations of several types from many goroutines at once, and in halves of
// each other.
func TestForkManyAtOnce(t *testing.T) {
	p := open(t, 3)
	var wg sync.WaitGroup
	for g := range 6 {
		wg.Go(func() {
			for range 30 {
				if got, err := cpuexec.Fork(t.Context(), p, fib, 15); err != nil || got != 610 {
					t.Errorf("fib(15) = %d, error %v", got, err)
				}
				var a, b int
				err := p.Do(t.Context(), func(br *cpuexec.Branch) {
					a, b = cpuexec.Join(br, func(*cpuexec.Branch) int {
						v, err := cpuexec.Fork(t.Context(), p, fib, 10+g)
						if err != nil {
							t.Error(err)
						}
						return v
					}, func(*cpuexec.Branch) int { return fibSerial(10 + g) })
				})
				if err != nil || a != b {
					t.Errorf("halves %d and %d, error %v", a, b, err)
				}
			}
		})
	}
	wg.Wait()
}

// span is a part of a slice to be sorted or checked.
type span struct{ x, scratch []int }

func mergesort(l *cpuexec.Lane[span, struct{}], s span) (none struct{}) {
	n := len(s.x)
	if n < 2 {
		return none
	}
	right := l.Fork(mergesort, span{s.x[n/2:], s.scratch[n/2:]})
	mergesort(l, span{s.x[:n/2], s.scratch[:n/2]})
	l.Join(right)
	copy(s.scratch, s.x)
	a, b := s.scratch[:n/2], s.scratch[n/2:]
	for i := range s.x {
		if len(b) == 0 || len(a) > 0 && a[0] <= b[0] {
			s.x[i], a = a[0], a[1:]
		} else {
			s.x[i], b = b[0], b[1:]
		}
	}
	return none
}

func TestForkSorts(t *testing.T) {
	random := seeded(t)
	p := open(t, 4)
	for range 20 {
		x := make([]int, random.IntN(20_000))
		for i := range x {
			x[i] = random.IntN(1000)
		}
		want := slices.Sorted(slices.Values(x))
		if _, err := cpuexec.Fork(t.Context(), p, mergesort, span{x, make([]int, len(x))}); err != nil || !slices.Equal(x, want) {
			t.Fatalf("%d values are not sorted, error %v", len(x), err)
		}
	}
}

// Both halves wait for each other: only two workers can have run them.
func TestForkRunsHalvesAtOnce(t *testing.T) {
	p := open(t, 2)
	for range 50 {
		left, right := make(chan struct{}), make(chan struct{})
		if err := p.Do(t.Context(), func(b *cpuexec.Branch) {
			cpuexec.Join(b, func(*cpuexec.Branch) int { close(left); <-right; return 0 },
				func(*cpuexec.Branch) int { close(right); <-left; return 0 })
		}); err != nil {
			t.Fatal(err)
		}
	}
	if c := p.Counts(); c.Forks < 50 {
		t.Errorf("%d thefts counted, want 50", c.Forks)
	}
}

// Far more forks than the table of a lane holds, each inside the one before.
func TestForkDeep(t *testing.T) {
	p := open(t, 2)
	var count func(l *cpuexec.Lane[int, int], n int) int
	one := func(*cpuexec.Lane[int, int], int) int { return 1 }
	count = func(l *cpuexec.Lane[int, int], n int) int {
		if n == 0 {
			return 0
		}
		right := l.Fork(one, 0)
		left := count(l, n-1)
		return left + l.Join(right)
	}
	for range 5 {
		if got, err := cpuexec.Fork(t.Context(), p, count, 100_000); err != nil || got != 100_000 {
			t.Fatalf("%d halves, error %v", got, err)
		}
	}
}

// A half that holds a lock while it joins, and halves that ask for that lock: no
// stack may get to run one of those on top of the one that holds it.
func TestJoinRunsNothingUnrelated(t *testing.T) {
	p := open(t, 4)
	var mu sync.Mutex
	var locked func(l *cpuexec.Lane[int, int], n int) int
	locked = func(l *cpuexec.Lane[int, int], n int) int {
		if n > 0 {
			right := l.Fork(locked, n-1)
			left := locked(l, n-1)
			return left + l.Join(right)
		}
		mu.Lock()
		defer mu.Unlock()
		right := l.Fork(func(*cpuexec.Lane[int, int], int) int { runtime.Gosched(); return 1 }, 0)
		runtime.Gosched()
		return l.Join(right)
	}
	for range 20 {
		if got, err := cpuexec.Fork(t.Context(), p, locked, 7); err != nil || got != 128 {
			t.Fatalf("%d leaves, error %v", got, err)
		}
	}
}

// A panic somewhere in a tree must come back as an error with the place where it
// happened, and leave no half behind.
func TestForkPanics(t *testing.T) {
	p := open(t, 3)
	cause := errors.New("the cause")
	random := seeded(t)
	var running atomic.Int32
	var tree func(l *cpuexec.Lane[[2]int, int], at [2]int) int
	tree = func(l *cpuexec.Lane[[2]int, int], at [2]int) int {
		running.Add(1)
		defer running.Add(-1)
		n, bad := at[0], at[1]
		if n == bad {
			panic(cause)
		}
		if n > 1000 {
			return 1
		}
		right := l.Fork(tree, [2]int{2 * n, bad})
		left := tree(l, [2]int{2*n + 1, bad})
		return left + l.Join(right)
	}
	for range 200 {
		bad := 1 + random.IntN(2000)
		_, err := cpuexec.Fork(t.Context(), p, tree, [2]int{1, bad})
		var panicked *cpuexec.PanicError
		if !errors.As(err, &panicked) || !errors.Is(err, cause) {
			t.Fatalf("bad %d: error %v, want a *PanicError around the cause", bad, err)
		}
		if !strings.Contains(string(panicked.Stack), "TestForkPanics") {
			t.Fatalf("the stack doesn't show the place:\n%s", panicked.Stack)
		}
		if n := running.Load(); n != 0 {
			t.Fatalf("%d halves are still running", n)
		}
	}
	if got, err := cpuexec.Fork(t.Context(), p, fib, 15); err != nil || got != 610 {
		t.Errorf("the pool after panics: fib(15) = %d, error %v", got, err)
	}
}

// A panic of a half that another worker ran comes with both stacks.
func TestForkPanicIsCarried(t *testing.T) {
	p := open(t, 2)
	began := make(chan struct{})
	err := p.Do(t.Context(), func(b *cpuexec.Branch) {
		cpuexec.Join(b, func(*cpuexec.Branch) int { <-began; return 0 },
			func(*cpuexec.Branch) int { close(began); panic("far away") })
	})
	var panicked *cpuexec.PanicError
	if !errors.As(err, &panicked) || panicked.Value != "far away" || len(panicked.Waiter) == 0 {
		t.Fatalf("error %v, want a *PanicError with the stack of who waited", err)
	}
}

// A panic that a half recovers from itself leaves forks behind that nobody
// joins: the next Join must remove them.
func TestForkRecovered(t *testing.T) {
	p := open(t, 2)
	got, err := cpuexec.Fork(t.Context(), p, func(l *cpuexec.Lane[int, int], n int) int {
		outer := l.Fork(fib, 10)
		for range 10 {
			func() {
				defer func() { _ = recover() }()
				for range 5 {
					l.Fork(fib, 5)
				}
				panic("given up")
			}()
		}
		return n + l.Join(outer)
	}, 1)
	if err != nil || got != 56 {
		t.Errorf("got %d, error %v", got, err)
	}
}

func TestForkGoexit(t *testing.T) {
	p := open(t, 2)
	for range 20 {
		began := make(chan struct{})
		err := p.Do(t.Context(), func(b *cpuexec.Branch) {
			cpuexec.Join(b, func(*cpuexec.Branch) int { <-began; return 0 },
				func(*cpuexec.Branch) int { close(began); runtime.Goexit(); return 0 })
		})
		if !errors.Is(err, cpuexec.ErrGoexit) {
			t.Fatalf("error %v, want ErrGoexit", err)
		}
	}
}

func TestJoinTwice(t *testing.T) {
	p := open(t, 1)
	_, err := cpuexec.Fork(t.Context(), p, func(l *cpuexec.Lane[int, int], n int) int {
		half := l.Fork(fib, n)
		return l.Join(half) + l.Join(half)
	}, 3)
	var panicked *cpuexec.PanicError
	if !errors.As(err, &panicked) {
		t.Errorf("error %v, want a *PanicError", err)
	}
}

func TestForkRefuses(t *testing.T) {
	p := open(t, 1)
	cause := errors.New("enough")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(cause)
	if _, err := cpuexec.Fork(ctx, p, fib, 3); !errors.Is(err, cause) {
		t.Errorf("error %v, want the context's cause", err)
	}
	p.Close()
	if _, err := cpuexec.Fork(t.Context(), p, fib, 3); !errors.Is(err, cpuexec.ErrClosed) {
		t.Errorf("error %v, want ErrClosed", err)
	}
}

func TestForkAllocatesNothing(t *testing.T) {
	p := open(t, 1)
	if n := testing.AllocsPerRun(100, func() {
		if _, err := cpuexec.Fork(context.Background(), p, fib, 10); err != nil {
			t.Error(err)
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// What a computation was given and returned must not be kept alive by the pool.
func TestForkLetsGo(t *testing.T) {
	p := open(t, 2)
	var freed atomic.Int32
	type large [1 << 16]byte
	pass := func(_ *cpuexec.Lane[*large, *large], v *large) *large { return v }
	func() {
		for range 10 {
			v := new(large)
			runtime.AddCleanup(v, func(int) { freed.Add(1) }, 0)
			if _, err := cpuexec.Fork(t.Context(), p, func(l *cpuexec.Lane[*large, *large], v *large) *large {
				half := l.Fork(pass, v)
				time.Sleep(time.Millisecond)
				return l.Join(half)
			}, v); err != nil {
				t.Error(err)
			}
		}
	}()
	for range 200 {
		runtime.GC()
		if freed.Load() == 10 {
			return
		}
		time.Sleep(time.Millisecond)
	}
	t.Errorf("%d of 10 were freed", freed.Load())
}

func ExampleFork() {
	p, err := cpuexec.New(0)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer p.Close()
	fmt.Println(cpuexec.Fork(context.Background(), p, fib, 20))
	// Output: 6765 <nil>
}

// Where nobody asks for what is forked, forking ends to be worth it, until somebody
// does.
func TestForksInVain(t *testing.T) {
	p := open(t, 2)
	var held, released sync.WaitGroup
	held.Add(p.Workers())
	released.Add(1)
	for range p.Workers() {
		if err := p.Spawn(t.Context(), cpuexec.Normal, func(*cpuexec.Worker) { held.Done(); released.Wait() }); err != nil {
			t.Fatal(err)
		}
	}
	held.Wait()
	before := p.Counts().Forks
	half := func(_ *cpuexec.Lane[int, int], arg int) int { return arg + 1 }
	_, err := cpuexec.Fork(t.Context(), p, func(l *cpuexec.Lane[int, int], arg int) int {
		forks := 0
		for ; !l.Surplus(); forks++ {
			if forks == 100_000 {
				t.Error("no surplus although nobody asks")
				break
			}
			if got := l.Join(l.Fork(half, forks)); got != forks+1 {
				t.Errorf("the half of %d returned %d", forks, got)
			}
		}
		released.Done()
		for p.Counts().Forks == before {
			l.Both(half, 1, 2)
		}
		return forks
	}, 0)
	if err != nil {
		t.Fatal(err)
	}
}
