package tasks

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/tandem-go/tandem/cpuexec"
)

var errOnce = errors.New("once")

// Pauses must double from First to Max, and lie in the upper half of that.
func TestRetryPauses(t *testing.T) {
	r := Retry{Times: 60, First: 3 * time.Millisecond, Max: 40 * time.Millisecond}
	for attempts, longest := range map[int]time.Duration{
		1: 3 * time.Millisecond, 2: 6 * time.Millisecond, 3: 12 * time.Millisecond, 4: 24 * time.Millisecond,
		5: 40 * time.Millisecond, 6: 40 * time.Millisecond, 60: 40 * time.Millisecond,
	} {
		least, most := time.Hour, time.Duration(0)
		for range 2000 {
			pause, again := r.next(attempts, errOnce)
			if !again {
				t.Fatalf("no attempt after %d of %d", attempts, r.Times)
			}
			least, most = min(least, pause), max(most, pause)
		}
		if least < longest/2 || most > longest {
			t.Errorf("after %d attempts: pauses from %v to %v, want them in [%v, %v]", attempts, least, most, longest/2, longest)
		}
		if most-least < longest/4 {
			t.Errorf("after %d attempts: pauses from %v to %v: tasks that failed together come back together", attempts, least, most)
		}
	}
	if _, again := r.next(61, errOnce); again {
		t.Error("an attempt more than was asked for")
	}
	if pause, again := (Retry{Times: 1, First: 0, Max: 0}).next(1, errOnce); !again || pause != 0 {
		t.Errorf("pause %v, again %v, without pauses", pause, again)
	}
}

func TestRetryOnlyWhatIsWorthIt(t *testing.T) {
	for _, c := range []struct {
		err  error
		want bool
	}{
		{errOnce, true},
		{fmt.Errorf("wrapped: %w", errOnce), true},
		{&cpuexec.PanicError{Value: 1}, false},
		{fmt.Errorf("wrapped: %w", &cpuexec.PanicError{Value: errOnce}), false},
		{cpuexec.ErrGoexit, false},
		{context.Canceled, false},
		{ErrCancelled, false},
		{context.DeadlineExceeded, false},
	} {
		if got := Transient(c.err); got != c.want {
			t.Errorf("Transient(%v) = %v", c.err, got)
		}
		if _, again := (Retry{Times: 1, First: 1, Max: 1}).next(1, c.err); again != c.want {
			t.Errorf("another attempt after %v: %v", c.err, again)
		}
	}
	picky := Retry{Times: 9, First: 1, Max: 1, If: func(err error) bool { return errors.Is(err, context.Canceled) }}
	if _, again := picky.next(1, errOnce); again {
		t.Error("tried again although If says no")
	}
	if _, again := picky.next(1, ErrCancelled); !again {
		t.Error("not tried again although If says yes")
	}
}
