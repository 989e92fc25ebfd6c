//go:build unix

package process

import (
	"context"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"syscall"
	"time"
)

// group is the process group of a program. Its signals are sent only while the
// program has not been reaped, so that its process ID is still its own; but for
// the last one, right after. A process ID is not given out again while it names
// a group with members, so that signal reaches the descendants or nobody.
type group struct {
	pid   int
	grace time.Duration

	mu    sync.Mutex // guards the rest, and orders every signal before done
	cause error      // why the program was ended by us
	kill  *time.Timer
	done  bool
}

// end asks the group to end, and kills it after the grace. The first cause
// stays.
func (g *group) end(cause error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.done || g.cause != nil {
		return
	}
	g.cause = cause
	first := syscall.SIGTERM
	if g.grace < 0 {
		first = syscall.SIGKILL
	}
	g.signal(first)
	g.kill = time.AfterFunc(max(0, g.grace), func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		if !g.done {
			g.signal(syscall.SIGKILL)
		}
	})
}

// reaped is to be called once, right after the program has been waited for. It
// kills the descendants of one that was ended, and tells why it was.
func (g *group) reaped() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.done = true
	if g.cause != nil {
		g.kill.Stop()
		g.signal(syscall.SIGKILL)
	}
	return g.cause
}

// signal is called with mu held. It fails if nobody is left.
func (g *group) signal(s syscall.Signal) { _ = syscall.Kill(-g.pid, s) }

// ownGroup makes the program the leader of a process group that ends with ctx,
// the command's context. What it returns is to be called once, right after Wait.
func ownGroup(ctx context.Context, cmd *exec.Cmd, grace time.Duration) (reaped func()) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	g := &group{grace: grace}
	// exec.Cmd calls Cancel only while the program has not been reaped.
	cmd.Cancel = func() error {
		g.pid = cmd.Process.Pid // kept because Wait clears it
		g.end(context.Cause(ctx))
		return nil
	}
	return func() { _ = g.reaped() } // the context tells the cause
}

// details are the signal that ended a program and its largest resident size.
func details(state *os.ProcessState) (os.Signal, int64) {
	var size int64
	if usage, ok := state.SysUsage().(*syscall.Rusage); ok {
		size = maxRSS(usage)
	}
	return state.Sys().(syscall.WaitStatus).Signal(), size
}

// maxRSS is in bytes; Linux and most others report KiB, Darwin bytes.
func maxRSS(usage *syscall.Rusage) int64 {
	if runtime.GOOS == "darwin" || runtime.GOOS == "ios" {
		return int64(usage.Maxrss) //nolint:unconvert // narrower on 32-bit systems
	}
	return int64(usage.Maxrss) << 10 //nolint:unconvert // narrower on 32-bit systems
}
