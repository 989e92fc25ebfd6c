//go:build unix

package hybrid_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/tandem-go/tandem/hybrid"
)

// EnvSoak is how long TestSoak goes on: a duration, such as 60s.
const EnvSoak = "TANDEM_SOAK"

// soakTime is a second unless TANDEM_SOAK says otherwise.
func soakTime(t *testing.T) time.Duration {
	text := os.Getenv(EnvSoak)
	if text == "" {
		return time.Second
	}
	d, err := time.ParseDuration(text)
	if err != nil {
		t.Fatalf("%s: %v", EnvSoak, err)
	}
	return d
}

// descriptors is the number of open files.
func descriptors(t *testing.T) int {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Skip("no /proc: ", err)
	}
	return len(entries)
}

// soaker submits whatever can be submitted.
type soaker struct {
	s        *hybrid.Scheduler
	resolved atomic.Int64 // futures that were waited for
	twice    atomic.Int64 // functions that ran again without a retry
}

// once is a task that counts how often it runs.
func (k *soaker) once(rng *rand.Rand) func(ctx context.Context) (int, error) {
	var runs atomic.Int32
	kind, pause := rng.IntN(12), time.Duration(rng.IntN(300))*time.Microsecond
	return func(ctx context.Context) (int, error) {
		if runs.Add(1) > 1 {
			k.twice.Add(1)
		}
		switch kind {
		case 0:
			panic("soak")
		case 1:
			runtime.Goexit()
		case 2:
			return 0, errTask
		case 3:
			select {
			case <-ctx.Done():
				return 0, ctx.Err()
			case <-time.After(pause):
			}
		case 4:
			time.Sleep(pause)
		case 5: // waits for a task of its own
			return hybrid.Submit(ctx, k.s, value(1)).Wait(ctx)
		case 6: // leaves one behind
			hybrid.Submit(context.WithoutCancel(ctx), k.s, value(1))
		case 7:
			return 0, k.s.For(ctx, 100, func(lo, hi int) { runtime.Gosched() })
		}
		return kind, nil
	}
}

func (k *soaker) options(rng *rand.Rand, last *hybrid.Future[int]) []hybrid.TaskOption {
	opts := []hybrid.TaskOption{hybrid.Priority(rng.IntN(3))}
	if rng.IntN(4) == 0 {
		opts = append(opts, hybrid.Timeout(time.Duration(rng.IntN(2000))*time.Microsecond))
	}
	if last != nil && rng.IntN(4) == 0 {
		opts = append(opts, hybrid.After(last))
	}
	if rng.IntN(8) == 0 {
		opts = append(opts, hybrid.Name("soak"))
	}
	return opts
}

// submitter submits, cancels and waits until the scheduler is closed or stop is.
func (k *soaker) submitter(ctx context.Context, rng *rand.Rand, stop <-chan struct{}) error {
	var last *hybrid.Future[int]
	for {
		select {
		case <-stop:
			return nil
		default:
		}
		own, cancel := context.WithCancel(ctx)
		var f *hybrid.Future[int]
		opts := k.options(rng, last)
		if rng.IntN(3) == 0 {
			var err error
			if f, err = hybrid.TrySubmit(own, k.s, k.once(rng), opts...); err != nil {
				cancel()
				if errors.Is(err, hybrid.ErrQueueFull) {
					continue
				}
				return ended(err)
			}
		} else {
			f = hybrid.Submit(own, k.s, k.once(rng), opts...)
		}
		switch rng.IntN(6) {
		case 0:
			f.Cancel()
		case 1:
			cancel()
		case 2:
			time.AfterFunc(time.Duration(rng.IntN(500))*time.Microsecond, f.Cancel)
		}
		if rng.IntN(50) == 0 {
			p := k.s.Run(own, shell("sleep 0.00"+fmt.Sprint(rng.IntN(9))), hybrid.Timeout(time.Duration(rng.IntN(8))*time.Millisecond))
			if _, err := p.Wait(ctx); errors.Is(err, context.Canceled) && ctx.Err() != nil {
				cancel()
				return fmt.Errorf("a program's future is not resolved: %w", err)
			}
		}
		if rng.IntN(3) > 0 {
			last = f
			time.AfterFunc(time.Millisecond, cancel) // may cut it off
			continue
		}
		_, err := f.Wait(ctx)
		cancel()
		if ctx.Err() != nil {
			return fmt.Errorf("a future is not resolved: %w", err)
		}
		if errors.Is(err, hybrid.ErrClosed) {
			return nil
		}
		k.resolved.Add(1)
	}
}

func ended(err error) error {
	if errors.Is(err, hybrid.ErrClosed) {
		return nil
	}
	return err
}

// Random submissions, cancellations, panics, deadlines, programs that are killed,
// and an end in the midst of it: every task is resolved once, and nothing is left.
func TestSoak(t *testing.T) {
	// The runtime keeps what it opens for its poller when a pipe is first read.
	if _, err := workers(t, 1).Run(t.Context(), shell("true")).Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	before := descriptors(t)
	end := time.Now().Add(soakTime(t))
	seed := seeds(t, 1)[0]
	var resolved int64
	for round := uint64(0); round == 0 || time.Now().Before(end); round++ {
		resolved += soak(t, seed+round, min(time.Until(end), 2*time.Second))
		if t.Failed() {
			t.Fatalf("replay with %s=%d", EnvSeed, seed+round)
		}
	}
	t.Logf("%d futures waited for", resolved)
	if resolved == 0 {
		t.Error("no future was resolved")
	}
	if after := descriptors(t); after > before {
		t.Errorf("%d open files, %d before", after, before)
	}
}

func soak(t *testing.T, seed uint64, d time.Duration) int64 {
	rng := rand.New(rand.NewPCG(seed, 0))
	leaks := goleak.IgnoreCurrent()
	s, err := hybrid.Open(hybrid.WithDevices("cpu"), hybrid.WithModelFile(""),
		hybrid.WithWorkers(1+rng.IntN(4)), hybrid.WithQueueLimit(1+rng.IntN(200)))
	if err != nil {
		t.Fatal(err)
	}
	k := &soaker{s: s}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute) // a hang is a failure
	defer cancel()
	stop := make(chan struct{})
	var submitters sync.WaitGroup
	for range 4 {
		own := rand.New(rand.NewPCG(rng.Uint64(), 0))
		submitters.Go(func() {
			if err := k.submitter(ctx, own, stop); err != nil {
				t.Error(err)
			}
		})
	}
	time.Sleep(d)
	switch rng.IntN(3) {
	case 0: // everybody stops, then Close
		close(stop)
		submitters.Wait()
	case 1:
		patience, cancel := context.WithTimeout(ctx, time.Duration(rng.IntN(20))*time.Millisecond)
		if err := s.Shutdown(patience); err != nil && !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Shutdown: %v", err)
		}
		cancel()
	}
	if err := s.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
	submitters.Wait()
	if n := k.twice.Load(); n > 0 {
		t.Errorf("%d tasks ran more than once", n)
	}
	if st := s.Stats().Tasks; st.Submitted != st.Completed+st.Failed+st.Cancelled || st.Running != 0 || st.Waiting != 0 {
		t.Errorf("counts do not add up: %+v", st)
	}
	goleak.VerifyNone(t, leaks)
	return k.resolved.Load()
}
