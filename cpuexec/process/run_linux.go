package process

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// run starts the program without os/exec. One goroutine does everything, in
// blocking calls: os/exec has three more, two of them woken through the network
// poller, and opens /dev/null each time. Running /bin/echo took 1158 us that
// way and 960 us this way, as long as a loop in C (Linux 6.18, two cores).
//
// A process descriptor tells that the program has ended while a descendant
// keeps its output open. Kernels before 5.3, and some sandboxes, have none.
func (c *Command) run(ctx context.Context, path string) (Result, error) {
	if portable || !processDescriptors() {
		return c.runPortably(ctx, path)
	}
	return c.runDirectly(ctx, path)
}

// portable has the tests run what other systems run.
var portable bool

var processDescriptors = sync.OnceValue(func() bool {
	fd, err := unix.PidfdOpen(os.Getpid(), 0)
	if err == nil {
		_ = unix.Close(fd) // nothing was written
	}
	return err == nil
})

// devNull is what programs without input read. It stays open: to open it takes
// longer than all the rest of what is done on this side.
var devNull = sync.OnceValues(func() (int, error) {
	return unix.Open(os.DevNull, unix.O_RDONLY|unix.O_CLOEXEC, 0)
})

func (c *Command) runDirectly(ctx context.Context, path string) (Result, error) {
	result := Result{ExitCode: -1}
	var w wires
	defer w.close()
	if err := w.open(c.Stdin); err != nil {
		return result, fmt.Errorf("process: %s: %w", path, err)
	}
	env := c.Env
	if env == nil && c.Dir == "" {
		env = os.Environ()
	} else {
		env = (&exec.Cmd{Env: c.Env, Dir: c.Dir}).Environ() // sets PWD, and the last of a key wins
	}
	descriptor := -1
	attr := syscall.ProcAttr{
		Dir:   c.Dir,
		Env:   env,
		Files: w.child[:],
		Sys:   &syscall.SysProcAttr{Setpgid: true, PidFD: &descriptor},
	}
	// Reading the input may have taken long.
	if ctx.Err() != nil {
		return result, context.Cause(ctx)
	}
	start := time.Now()
	pid, err := syscall.ForkExec(path, append([]string{path}, c.Args...), &attr)
	runtime.KeepAlive(c.Stdin)
	if err != nil {
		return result, startError(path, err)
	}
	w.closeChild()
	w.wait[program].Fd = int32(descriptor)

	g := group{pid: pid, grace: c.Grace}
	stop := context.AfterFunc(ctx, func() { g.end(context.Cause(ctx)) })
	defer stop()
	stdout, stderr := capture{limit: c.OutputLimit}, capture{limit: c.OutputLimit}
	w.hold(start)
	readErr := w.serve(&g, &stdout, &stderr)
	if readErr != nil {
		g.end(readErr)
	}
	var status syscall.WaitStatus
	var usage syscall.Rusage
	err = retry(func() error {
		_, err := syscall.Wait4(pid, &status, 0, &usage)
		return err
	})
	cause := g.reaped()
	result.Wall = time.Since(start)
	result.Stdout, result.Stderr = stdout.kept.Bytes(), stderr.kept.Bytes()
	learn(&result)
	if err != nil {
		return result, fmt.Errorf("process: %s: waiting: %w", path, err)
	}
	result.ExitCode = status.ExitStatus()
	result.User = time.Duration(usage.Utime.Nano())
	result.System = time.Duration(usage.Stime.Nano())
	result.MaxRSS = maxRSS(&usage)
	return result, outcome(path, &result, cause, readErr, status.Signal())
}

// patience is how long to wait for the output of a program that has ended. Who
// is left of the group of one that we ended is killed first.
func (g *group) patience() time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.cause == nil {
		return max(0, g.grace) + patience
	}
	g.signal(syscall.SIGKILL)
	return patience
}

// retry repeats a call that a signal has interrupted.
func retry(call func() error) error {
	for {
		if err := call(); !errors.Is(err, syscall.EINTR) {
			return err
		}
	}
}
