//go:build unix

package process_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/tandem-go/tandem/cpuexec/process"
)

// Both pipes at once, each more than a pipe holds, in the order that suits a
// reader of one after the other least.
func TestMuchOnBothPipes(t *testing.T) {
	r, err := process.Run(t.Context(), sh("head -c 300000 /dev/zero >&2 & head -c 300000 /dev/zero; wait; head -c 200000 /dev/zero >&2"))
	if err != nil || len(r.Stdout) != 300000 || len(r.Stderr) != 500000 {
		t.Errorf("%d bytes of stdout and %d of stderr, error %v", len(r.Stdout), len(r.Stderr), err)
	}
}

// A program that ends well before it can be ended for writing too much must not
// pass for one whose output is complete.
func TestOutputLimitOfProgramThatEndsByItself(t *testing.T) {
	c := sh("head -c 1001 /dev/zero >&2")
	c.OutputLimit = 1000
	r, err := process.Run(t.Context(), c)
	if !errors.Is(err, process.ErrOutputLimit) || len(r.Stderr) != 1000 {
		t.Errorf("%d bytes, error %v; want 1000 bytes and ErrOutputLimit", len(r.Stderr), err)
	}
}

func TestCancelledBeforeStart(t *testing.T) {
	mark := t.TempDir() + "/mark"
	cause := errors.New("not wanted any more")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(cause)
	r, err := process.Run(ctx, process.Command{Path: "touch", Args: []string{mark}})
	if !errors.Is(err, cause) || r.ExitCode != -1 {
		t.Errorf("error %v, exit code %d; want the cause and -1", err, r.ExitCode)
	}
	if _, err := os.Stat(mark); err == nil {
		t.Error("the program has run")
	}
}

// cancelling is input whose reading ends the context.
type cancelling struct{ cancel context.CancelCauseFunc }

func (c cancelling) Read([]byte) (int, error) {
	c.cancel(errors.New("while reading"))
	return 0, io.EOF
}

func TestCancelledWhileReadingInput(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)
	c := process.Command{Path: "cat", Stdin: cancelling{cancel}}
	if r, err := process.Run(ctx, c); err == nil || err.Error() != "while reading" || r.Wall != 0 {
		t.Errorf("result %+v, error %v; want the cause and nothing run", r, err)
	}
}

func TestInput(t *testing.T) {
	text := bytes.Repeat([]byte("0123456789abcdef"), 1<<16) // 1 MiB, more than any pipe holds
	r, err := process.Run(t.Context(), process.Command{Path: "cat", Stdin: bytes.NewReader(text)})
	if err != nil || !bytes.Equal(r.Stdout, text) {
		t.Errorf("%d bytes came back of %d, error %v", len(r.Stdout), len(text), err)
	}
	for name, script := range map[string]string{
		"not read":                  "exit 0",
		"read in part":              "head -c 10 >/dev/null",
		"after the output's end":    "exec >&- 2>&-; test $(wc -c) = 1048576",
		"program outlives its ends": "exec <&- >&- 2>&-; sleep 0.01",
	} {
		c := sh(script)
		c.Stdin = bytes.NewReader(text)
		if r, err := process.Run(t.Context(), c); err != nil {
			t.Errorf("input %s: %v (%s)", name, err, r.Stderr)
		}
	}
	file, err := os.Open("/etc/passwd")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	want, err := os.ReadFile("/etc/passwd")
	if err != nil {
		t.Fatal(err)
	}
	r, err = process.Run(t.Context(), process.Command{Path: "cat", Stdin: file})
	if err != nil || !bytes.Equal(r.Stdout, want) {
		t.Errorf("%d bytes of a file of %d, error %v", len(r.Stdout), len(want), err)
	}
	c := process.Command{Path: "cat", Stdin: io.MultiReader(strings.NewReader("x"), broken{})}
	if _, err := process.Run(t.Context(), c); !errors.Is(err, errBroken) {
		t.Errorf("error %v, want that of the input", err)
	}
}

var errBroken = errors.New("broken")

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errBroken }

// A descendant that has left the group and keeps the output open delays the
// return of a program that was ended, and does not prevent it.
func TestDescendantLeavesTheGroup(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)
	said := filepath.Join(t.TempDir(), "said")
	enough := errors.New("it has begun")
	go func() {
		for {
			if _, err := os.Stat(said); err == nil || ctx.Err() != nil {
				cancel(enough)
				return
			}
			time.Sleep(time.Millisecond)
		}
	}()
	c := sh("setsid sleep 1000 & echo $!; : > $SAID; wait")
	c.Env = append(os.Environ(), "SAID="+said)
	r, err := process.Run(ctx, c)
	if !errors.Is(err, enough) {
		t.Errorf("error %v, want %v", err, enough)
	}
	var pid int
	if _, err := fmt.Sscan(string(r.Stdout), &pid); err != nil {
		t.Fatalf("stdout %q: %v", r.Stdout, err)
	}
	_ = syscall.Kill(pid, syscall.SIGKILL) // tidies up; setsid may have made it another
}

// Every way to end, at once and many times, must leave no descriptor and no
// child; TestMain looks for goroutines.
func TestNothingIsLeft(t *testing.T) {
	limited := process.Command{Path: "yes", OutputLimit: 100, Grace: -1}
	once := func() {
		var wg sync.WaitGroup
		for i := range 24 {
			wg.Go(func() {
				ctx, cancel := context.WithTimeout(t.Context(), time.Duration(1+i)*time.Millisecond)
				defer cancel()
				sleeper := sh("trap '' TERM; sleep 1000 & wait")
				sleeper.Grace = time.Millisecond
				fed := sh("exit 3")
				fed.Stdin = strings.NewReader(strings.Repeat("x", 1<<17))
				for _, c := range []process.Command{
					{Path: "/no/such/file"},
					{Path: "/bin/echo", Args: []string{"x"}},
					limited, fed, sleeper,
				} {
					// Which of the ways it takes is up to the deadline.
					if _, err := process.Run(ctx, c); err == nil && c.Path != "/bin/echo" {
						t.Errorf("%s %q did not fail", c.Path, c.Args)
					}
				}
			})
		}
		wg.Wait()
	}
	once() // opens what stays open
	before := descriptors(t)
	once()
	if after := descriptors(t); after > before {
		t.Errorf("%d descriptors open before, %d after", before, after)
	}
	var status syscall.WaitStatus
	if pid, err := syscall.Wait4(-1, &status, syscall.WNOHANG, nil); !errors.Is(err, syscall.ECHILD) {
		t.Errorf("wait4 found child %d (error %v), want none", pid, err)
	}
}
