package tasks

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"github.com/tandem-go/tandem/cpuexec"
)

// Retry says how often and when a failed task is tried again.
type Retry struct {
	Times int              // further attempts after the first
	First time.Duration    // the pause after the first attempt, about
	Max   time.Duration    // the longest pause
	If    func(error) bool // what is worth another attempt; nil is Transient
}

// The pauses of a Retry that names none.
const (
	DefaultFirst = 10 * time.Millisecond
	DefaultMax   = time.Second
)

// Transient reports whether an error may go away by itself: every one but a
// panic, an end by runtime.Goexit, and an end of a context.
func Transient(err error) bool {
	var p *cpuexec.PanicError
	return !errors.As(err, &p) && !errors.Is(err, cpuexec.ErrGoexit) &&
		!errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded)
}

// next is the pause after a failed attempt, of which there were so many, and
// whether there is another one. Pauses double from First to Max, and each is drawn
// from the upper half: tasks that failed together don't come back together.
func (r Retry) next(attempts int, err error) (pause time.Duration, again bool) {
	if attempts > r.Times {
		return 0, false
	}
	worth := r.If
	if worth == nil {
		worth = Transient
	}
	if !worth(err) {
		return 0, false
	}
	pause = r.First
	for i := 1; i < attempts && pause < r.Max; i++ {
		pause *= 2
	}
	pause = min(pause, r.Max)
	return pause/2 + time.Duration(rand.Int64N(int64(pause/2)+1)), true
}
