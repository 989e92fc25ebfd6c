package process

import (
	"os"
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// A goroutine that waits in a call of the system keeps its processor, until Go's
// monitor finds it there and gives that to a thread that looks for other work. With
// as many programs at once as there are processors, this happens in every wait, and
// of what two cores do it took 10 to 15 % (Linux 6.18, 2 cores). So whoever waits
// for a program that will probably be through in a moment tells Go nothing of it,
// and looks like a goroutine that computes. That ends early when Go wants the
// processor back, since it says so by a signal, which ends the call.
//
// With it, two at once have 0.94 of the rate of a loop in C, and 0.88 without. What
// was slower still: the network poller (0.72 to 0.81), one thread that polls for all
// programs (0.76: whom it wakes has to find a processor), and giving the processor
// away before each wait (0.82 to 0.84). A fork that needs no pipe to tell that the
// program has begun, by Go's internals and some assembly, gained 1 to 3 % more.

// holdFor is for how long after a program's start the processor is kept: of two
// /bin/echo at once on two cores each takes 0.9 ms. Go lets a goroutine compute for
// 10 ms before others on its processor have a turn. A variable for the tests.
var holdFor = 2 * time.Millisecond

// brief tells whether the program that was waited for last had ended within
// holdFor. The next is taken to be like it.
var brief atomic.Bool

// forever is poll's timeout that never ends.
const forever time.Duration = -1

// poll returns when something of w.wait is ready, after the timeout, or sooner.
func (w *wires) poll(timeout time.Duration) error {
	if left := w.holding(); left > 0 {
		if timeout >= 0 {
			left = min(left, timeout)
		}
		return w.pollHolding(left)
	}
	milliseconds := -1
	if timeout >= 0 {
		milliseconds = int((timeout + time.Millisecond - 1) / time.Millisecond)
	}
	return os.NewSyscallError("poll", retry(func() error {
		_, err := unix.Poll(w.wait[:], milliseconds)
		return err
	}))
}

// holding is for how much longer the processor is kept.
func (w *wires) holding() time.Duration {
	if w.hold.IsZero() {
		return 0
	}
	return time.Until(w.hold)
}

// pollHolding is poll without Go's knowledge.
func (w *wires) pollHolding(timeout time.Duration) error {
	left := unix.NsecToTimespec(timeout.Nanoseconds())
	_, _, err := syscall.RawSyscall6(unix.SYS_PPOLL,
		uintptr(unsafe.Pointer(&w.wait)), uintptr(len(w.wait)), uintptr(unsafe.Pointer(&left)), 0, 0, 0)
	if err != 0 && err != syscall.EINTR {
		return os.NewSyscallError("ppoll", err)
	}
	if err != 0 {
		for i := range w.wait {
			w.wait[i].Revents = 0 // which are of the last time
		}
	}
	return nil
}

// awaitEnd waits for the end of a program that has closed its outputs, as long as
// the processor is kept: the call that asks for its status then need not wait.
func (w *wires) awaitEnd() {
	for w.wait[program].Fd >= 0 && w.wait[program].Revents == 0 {
		left := w.holding()
		if left <= 0 || w.pollHolding(left) != nil {
			return
		}
	}
}
