package process

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// The defaults of a Command's zero fields.
const (
	DefaultGrace       = 2 * time.Second
	DefaultOutputLimit = 64 << 20
)

// patience is how long, at least, the output of a program that has ended may be
// kept open by others: they may be about to end, too.
const patience = 100 * time.Millisecond

// Command is a program to run. Zero fields take their defaults.
type Command struct {
	// Path is the program's file. A name without a slash is looked up in
	// PATH, as a shell would do.
	Path string
	// Args are the arguments after the program's own name.
	Args []string
	// Env is the whole environment, each entry "KEY=value"; nil means the
	// environment of this process.
	Env []string
	// Dir is the working directory; empty means that of this process.
	Dir string
	// Stdin is read to its end before the program starts, unless it is an
	// *os.File, which the program then reads itself. Nil means nothing to
	// read.
	Stdin io.Reader
	// Grace is how long the program may take to end after SIGTERM before
	// it is killed; negative means to kill at once.
	Grace time.Duration
	// OutputLimit bounds standard output and standard error, each, in bytes.
	// A program that writes more is killed with ErrOutputLimit.
	OutputLimit int64
	// Allow, if not nil, lists the programs that may be run.
	Allow *AllowList
}

// Result is what a program left. It is valid, as far as the program got, also
// when Run returns an error.
type Result struct {
	ExitCode int // -1 if the program did not exit by itself
	Stdout   []byte
	Stderr   []byte
	Wall     time.Duration // from before the start to after the end
	User     time.Duration // processor time in the program
	System   time.Duration // processor time in the kernel on its behalf
	MaxRSS   int64         // largest resident size in bytes, where the system tells
}

// Sentinel errors of [Run].
var (
	ErrNotFound     = errors.New("process: program not found")
	ErrNotPermitted = errors.New("process: not permitted")
	ErrOutputLimit  = errors.New("process: output limit exceeded")
)

// ExitError is a program that ended with a code other than zero.
type ExitError struct {
	Path string
	Code int
	// Tail is the end of what the program wrote to its standard error.
	Tail string
}

// Error implements error.
func (e *ExitError) Error() string {
	text := fmt.Sprintf("process: %s: exit code %d", e.Path, e.Code)
	if e.Tail != "" {
		text += ": " + e.Tail
	}
	return text
}

// SignalError is a program that was ended by a signal nobody here sent.
type SignalError struct {
	Path   string
	Signal os.Signal
}

// Error implements error.
func (e *SignalError) Error() string {
	return fmt.Sprintf("process: %s: ended by signal: %v", e.Path, e.Signal)
}

// Run runs c to its end. It may be called by any number of goroutines. On Linux, if
// the last program ended within 2 ms, Run waits as long for the next as a goroutine
// that computes: it leaves its processor to no other meanwhile.
func Run(ctx context.Context, c Command) (Result, error) {
	none := Result{ExitCode: -1}
	if err := ctx.Err(); err != nil {
		return none, context.Cause(ctx)
	}
	path, err := c.resolve()
	if err != nil {
		return none, err
	}
	if c.Allow != nil {
		if err := c.Allow.check(path); err != nil {
			return none, err
		}
	}
	if c.Grace == 0 {
		c.Grace = DefaultGrace
	}
	if c.OutputLimit == 0 {
		c.OutputLimit = DefaultOutputLimit
	}
	return c.run(ctx, path)
}

// resolve finds the program's file.
func (c *Command) resolve() (string, error) {
	switch {
	case c.Path == "":
		return "", fmt.Errorf("%w: Command.Path is empty", ErrNotFound)
	case strings.ContainsRune(c.Path, 0):
		return "", fmt.Errorf("%w: Command.Path %q holds a zero byte", ErrNotFound, c.Path)
	case c.OutputLimit < 0:
		return "", fmt.Errorf("process: Command.OutputLimit is %d, below zero", c.OutputLimit)
	case filepath.Base(c.Path) != c.Path:
		return c.Path, nil
	}
	path, err := exec.LookPath(c.Path)
	if err != nil {
		return "", startError(c.Path, err)
	}
	return path, nil
}

// startError sorts the reasons why a program could not be started.
func startError(path string, err error) error {
	switch {
	case errors.Is(err, os.ErrNotExist), errors.Is(err, exec.ErrNotFound):
		return fmt.Errorf("%w: %s", ErrNotFound, path)
	case errors.Is(err, os.ErrPermission):
		return fmt.Errorf("%w: %s: %w", ErrNotPermitted, path, err)
	}
	return fmt.Errorf("process: %s: %w", path, err)
}

// tail is the last line or so of a program's complaint.
func tail(stderr []byte) string {
	text := strings.TrimSpace(string(stderr[max(0, len(stderr)-256):]))
	return text[strings.LastIndexByte(text, '\n')+1:]
}
