package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
)

// Program is an example without its process: it reads args and writes to stdout
// and stderr, so that tests can run it. It gives up soon after ctx ends.
type Program func(ctx context.Context, args []string, stdout, stderr io.Writer) error

// The exit codes of [Run]. Interrupted is what a shell reports of a program
// that Ctrl-C ended.
const (
	OK          = 0
	Failed      = 1
	Interrupted = 130
)

// errInterrupted is the cause of a context that Ctrl-C ended.
var errInterrupted = errors.New("interrupted")

// Main runs p as the process's program and ends the process with its exit code.
// The first Ctrl-C ends p's context, a second one the process.
func Main(name string, p Program) {
	ctx, cancel := context.WithCancelCause(context.Background())
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		<-signals
		signal.Stop(signals)
		cancel(errInterrupted)
	}()
	os.Exit(Run(ctx, name, p, os.Args[1:], os.Stdout, os.Stderr))
}

// Run runs p and returns its exit code. An error is written to stderr as one
// line that starts with the program's name. Programs need not look at the errors
// of writing to stdout: the first one is theirs if they have no other.
func Run(ctx context.Context, name string, p Program, args []string, stdout, stderr io.Writer) int {
	out := &keeper{to: stdout}
	err := p(ctx, args, out, stderr)
	if err == nil && out.err != nil {
		err = fmt.Errorf("writing to stdout: %w", out.err)
	}
	switch {
	case err == nil || errors.Is(err, flag.ErrHelp):
		return OK
	case ctx.Err() != nil && errors.Is(err, context.Cause(ctx)):
		fmt.Fprintf(stderr, "%s: %v\n", name, context.Cause(ctx))
		return Interrupted
	default:
		fmt.Fprintf(stderr, "%s: %s\n", name, oneLine(err))
		return Failed
	}
}

// keeper writes until an error, and keeps it.
type keeper struct {
	to  io.Writer
	err error
}

func (k *keeper) Write(b []byte) (int, error) {
	if k.err != nil {
		return 0, k.err
	}
	n, err := k.to.Write(b)
	k.err = err
	return n, err
}

// oneLine is the text of err with its line breaks, which joined errors and
// compilers' logs have, made semicolons.
func oneLine(err error) string {
	lines := strings.FieldsFunc(err.Error(), func(r rune) bool { return r == '\n' || r == '\r' })
	for i := range lines {
		lines[i] = strings.TrimSpace(lines[i])
	}
	return strings.Join(lines, "; ")
}
