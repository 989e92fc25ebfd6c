//go:build unix

package process

import (
	"errors"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"syscall"
	"time"
)

// ownGroup makes the program the leader of a process group that ends with the
// command's context: asked at first, killed after the grace. exec.Cmd calls
// Cancel only while the program has not been reaped, so that its process ID is
// still its own. What ownGroup returns is to be called once, right after Wait:
// it kills the descendants of a program that was ended. A process ID is not
// given out again while it names a group with members, so the signal reaches
// them or nobody.
func ownGroup(cmd *exec.Cmd, grace time.Duration) (reaped func()) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	var mu sync.Mutex // guards kill, done and group, and orders the last signal before done
	var kill *time.Timer
	var done bool
	var group int // the negative process ID, kept because Wait clears it
	cmd.Cancel = func() error {
		mu.Lock()
		defer mu.Unlock()
		group = -cmd.Process.Pid
		first := syscall.SIGTERM
		if grace < 0 {
			first = syscall.SIGKILL
		}
		kill = time.AfterFunc(max(0, grace), func() {
			mu.Lock()
			defer mu.Unlock()
			if !done {
				_ = syscall.Kill(group, syscall.SIGKILL)
			}
		})
		err := syscall.Kill(group, first)
		if errors.Is(err, syscall.ESRCH) {
			return os.ErrProcessDone
		}
		return err
	}
	return func() {
		mu.Lock()
		defer mu.Unlock()
		if done = true; kill != nil {
			kill.Stop()
			_ = syscall.Kill(group, syscall.SIGKILL)
		}
	}
}

func signalOf(state *os.ProcessState) os.Signal {
	return state.Sys().(syscall.WaitStatus).Signal()
}

// maxRSS is in bytes; Linux and most others report KiB, Darwin bytes.
func maxRSS(state *os.ProcessState) int64 {
	usage, ok := state.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0
	}
	if runtime.GOOS == "darwin" || runtime.GOOS == "ios" {
		return int64(usage.Maxrss) //nolint:unconvert // narrower on 32-bit systems
	}
	return int64(usage.Maxrss) << 10 //nolint:unconvert // narrower on 32-bit systems
}
