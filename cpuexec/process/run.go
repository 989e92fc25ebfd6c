package process

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"time"
)

func (c *Command) run(ctx context.Context, path string) (Result, error) {
	result := Result{ExitCode: -1}
	// The program's own context ends with the caller's, or when it writes too
	// much.
	running, end := context.WithCancelCause(ctx)
	defer end(nil)
	stdout := capture{limit: c.OutputLimit, full: end}
	stderr := capture{limit: c.OutputLimit, full: end}

	cmd := exec.CommandContext(running, path, c.Args...)
	cmd.Env, cmd.Dir, cmd.Stdin = c.Env, c.Dir, c.Stdin
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	// Wait gives up on open output this long after the program's end or, as a
	// last resort, after the context's. The group's own timer comes first.
	cmd.WaitDelay = max(c.Grace, 0) + 100*time.Millisecond
	reaped := ownGroup(cmd, c.Grace)

	start := time.Now()
	if err := cmd.Start(); err != nil {
		if ctx.Err() != nil {
			return result, context.Cause(ctx)
		}
		return result, startError(path, err)
	}
	err := cmd.Wait()
	reaped()
	result.Wall = time.Since(start)
	result.Stdout, result.Stderr = stdout.kept.Bytes(), stderr.kept.Bytes()
	if state := cmd.ProcessState; state != nil {
		result.ExitCode = state.ExitCode()
		result.User, result.System = state.UserTime(), state.SystemTime()
		result.MaxRSS = maxRSS(state)
	}
	return result, outcome(running, path, &result, cmd, err)
}

// outcome tells the ways apart in which a program can end.
func outcome(running context.Context, path string, result *Result, cmd *exec.Cmd, err error) error {
	if result.ExitCode == 0 && (err == nil || errors.Is(err, exec.ErrWaitDelay)) {
		return nil // what kept its output open is not the program
	}
	if running.Err() != nil {
		cause := context.Cause(running)
		if errors.Is(cause, ErrOutputLimit) {
			return fmt.Errorf("%w: %s", ErrOutputLimit, path)
		}
		return cause
	}
	var exit *exec.ExitError
	switch {
	case !errors.As(err, &exit) && !errors.Is(err, exec.ErrWaitDelay):
		return fmt.Errorf("process: %s: %w", path, err)
	case result.ExitCode < 0:
		return &SignalError{Path: path, Signal: signalOf(cmd.ProcessState)}
	}
	return &ExitError{Path: path, Code: result.ExitCode, Tail: tail(result.Stderr)}
}

// capture keeps what a program writes, up to a limit. Only the goroutine that
// reads the program's output writes it, until Wait has returned. The buffer is
// not embedded: its ReadFrom would let io.Copy pass the limit by.
type capture struct {
	kept  bytes.Buffer
	limit int64
	full  context.CancelCauseFunc
}

// Write implements io.Writer. Beyond the limit it takes everything and keeps
// nothing, so that the program isn't stopped by a full pipe before it is
// stopped by us.
func (c *capture) Write(p []byte) (int, error) {
	room := c.limit - int64(c.kept.Len())
	if int64(len(p)) > room {
		c.kept.Write(p[:room])
		c.full(ErrOutputLimit)
		return len(p), nil
	}
	return c.kept.Write(p)
}
