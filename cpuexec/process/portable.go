package process

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"time"
)

// runPortably runs the program with os/exec.
func (c *Command) runPortably(ctx context.Context, path string) (Result, error) {
	result := Result{ExitCode: -1}
	stdin, err := c.input()
	if err != nil {
		return result, fmt.Errorf("process: %s: reading Command.Stdin: %w", path, err)
	}
	// The program's own context ends with the caller's, or when it writes too
	// much.
	running, end := context.WithCancelCause(ctx)
	defer end(nil)
	stdout := writer{capture{limit: c.OutputLimit}, end}
	stderr := writer{capture{limit: c.OutputLimit}, end}

	cmd := exec.CommandContext(running, path, c.Args...)
	cmd.Env, cmd.Dir, cmd.Stdin = c.Env, c.Dir, stdin
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	// Wait gives up on open output this long after the program's end or, as a
	// last resort, after the context's. The group's own timer comes first.
	cmd.WaitDelay = max(c.Grace, 0) + patience
	reaped := ownGroup(running, cmd, c.Grace)

	start := time.Now()
	if err := cmd.Start(); err != nil {
		if ctx.Err() != nil {
			return result, context.Cause(ctx)
		}
		return result, startError(path, err)
	}
	err = cmd.Wait()
	reaped()
	result.Wall = time.Since(start)
	result.Stdout, result.Stderr = stdout.kept.Bytes(), stderr.kept.Bytes()
	var signal os.Signal
	if state := cmd.ProcessState; state != nil {
		result.ExitCode = state.ExitCode()
		result.User, result.System = state.UserTime(), state.SystemTime()
		signal, result.MaxRSS = details(state)
	}
	var cause error
	if running.Err() != nil {
		cause = context.Cause(running)
	}
	var exit *exec.ExitError
	if err != nil && (errors.As(err, &exit) || errors.Is(err, exec.ErrWaitDelay) || errors.Is(err, running.Err())) {
		err = nil // what the result and the cause tell, or output kept open by a descendant
	}
	return result, outcome(path, &result, cause, err, signal)
}

// input reads what there is to read before the program starts, as a file does
// not need.
func (c *Command) input() (io.Reader, error) {
	switch c.Stdin.(type) {
	case nil, *os.File:
		return c.Stdin, nil
	}
	text, err := io.ReadAll(c.Stdin)
	return bytes.NewReader(text), err
}

// writer is a capture that os/exec copies to. Only the goroutine that reads the
// program's output uses it, until Wait has returned. The buffer is not
// embedded: its ReadFrom would let io.Copy pass the limit by.
type writer struct {
	capture
	full context.CancelCauseFunc
}

// Write implements io.Writer.
func (w *writer) Write(p []byte) (int, error) {
	if w.add(p); w.over {
		w.full(ErrOutputLimit)
	}
	return len(p), nil
}
