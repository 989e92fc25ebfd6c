package process

import (
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
// What was slower: the network poller (0.72 to 0.81 of the rate of a loop in C), one
// thread that polls for all programs (0.76 to 0.82: whom it wakes has to find a
// processor), and giving the processor away before each wait (0.82 to 0.87). A fork
// that needs no pipe to tell that the program has begun, by Go's internals and some
// assembly, gained 1 to 3 %.

// holdFor is for how long after a program's start the processor is kept: of two
// /bin/echo at once on two cores each takes 0.9 ms. Go lets a goroutine compute for
// 10 ms before others on its processor have a turn. A variable for the tests.
var holdFor = 2 * time.Millisecond

// littleOutput is well below what a pipe holds: until a program has ended, nobody
// reads what it writes meanwhile.
const littleOutput = 16 << 10

// brief tells whether the program that was waited for last had ended within
// holdFor, with little output. The next is taken to be like it.
var brief atomic.Bool

func learn(r *Result) {
	brief.Store(r.Wall < holdFor && len(r.Stdout) <= littleOutput && len(r.Stderr) <= littleOutput)
}

// hold waits for the end of a program that began at start, if it is likely to be
// near and needs no input. Then all of its output is there at once, which takes
// fewer calls and wakes the waiter once.
func (w *wires) hold(start time.Time) {
	if !brief.Load() || w.wait[input].Fd >= 0 {
		return
	}
	end := &w.wait[program]
	for end.Revents == 0 {
		left := holdFor - time.Since(start)
		if left <= 0 {
			return
		}
		timeout := unix.NsecToTimespec(left.Nanoseconds())
		_, _, err := syscall.RawSyscall6(unix.SYS_PPOLL,
			uintptr(unsafe.Pointer(end)), 1, uintptr(unsafe.Pointer(&timeout)), 0, 0, 0)
		if err != 0 && err != syscall.EINTR {
			return // it is waited for in the usual way, which reports what is wrong
		}
	}
}
