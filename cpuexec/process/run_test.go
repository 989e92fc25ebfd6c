//go:build unix

package process_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/tandem-go/tandem/cpuexec/process"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func sh(script string) process.Command {
	return process.Command{Path: "/bin/sh", Args: []string{"-c", script}}
}

func TestOutputAndCost(t *testing.T) {
	c := sh(`read line; echo "out $line $WORD"; echo err >&2; pwd`)
	c.Stdin = strings.NewReader("in\n")
	c.Env = []string{"WORD=env"}
	c.Dir = "/"
	r, err := process.Run(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := string(r.Stdout), "out in env\n/\n"; got != want {
		t.Errorf("stdout %q, want %q", got, want)
	}
	if got := string(r.Stderr); got != "err\n" {
		t.Errorf("stderr %q", got)
	}
	if r.ExitCode != 0 || r.Wall <= 0 || r.MaxRSS <= 0 {
		t.Errorf("result %+v lacks its cost", r)
	}
}

func TestArgumentsAreNotForAShell(t *testing.T) {
	r, err := process.Run(t.Context(), process.Command{Path: "echo", Args: []string{"$HOME", ";", "a  b"}})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := string(r.Stdout), "$HOME ; a  b\n"; got != want {
		t.Errorf("stdout %q, want %q", got, want)
	}
}

func TestWaysToFail(t *testing.T) {
	plain := filepath.Join(t.TempDir(), "plain")
	if err := os.WriteFile(plain, []byte("no program"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		cmd  process.Command
		want error
	}{
		{"no path", process.Command{}, process.ErrNotFound},
		{"no such name", process.Command{Path: "no-such-program-here"}, process.ErrNotFound},
		{"no such file", process.Command{Path: "/no/such/file"}, process.ErrNotFound},
		{"not executable", process.Command{Path: plain}, process.ErrNotPermitted},
		{"no such folder", process.Command{Path: "/bin/sh", Dir: "/no/such/folder"}, process.ErrNotFound},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, err := process.Run(t.Context(), c.cmd)
			if !errors.Is(err, c.want) {
				t.Errorf("error %v, want %v", err, c.want)
			}
			if r.ExitCode != -1 {
				t.Errorf("exit code %d of a program that never ran", r.ExitCode)
			}
		})
	}
}

func TestExitCodeAndComplaint(t *testing.T) {
	r, err := process.Run(t.Context(), sh("echo one >&2; echo two >&2; exit 7"))
	var exit *process.ExitError
	if !errors.As(err, &exit) || exit.Code != 7 || exit.Tail != "two" || r.ExitCode != 7 {
		t.Errorf("error %v, result %+v; want exit code 7 and the last complaint", err, r)
	}
}

func TestKilledBySomebody(t *testing.T) {
	_, err := process.Run(t.Context(), sh("kill -KILL $$"))
	var sig *process.SignalError
	if !errors.As(err, &sig) || sig.Signal != syscall.SIGKILL {
		t.Errorf("error %v, want a *SignalError with SIGKILL", err)
	}
}

// A program that fills the pipe of its standard error must not wait for ever.
func TestMuchOnStderr(t *testing.T) {
	r, err := process.Run(t.Context(), sh("head -c 200000 /dev/zero >&2; echo done"))
	if err != nil || len(r.Stderr) != 200000 || string(r.Stdout) != "done\n" {
		t.Errorf("%d bytes of stderr, stdout %q, error %v", len(r.Stderr), r.Stdout, err)
	}
}

func TestOutputLimit(t *testing.T) {
	c := process.Command{Path: "yes", OutputLimit: 1000, Grace: -1}
	r, err := process.Run(t.Context(), c)
	if !errors.Is(err, process.ErrOutputLimit) || len(r.Stdout) != 1000 {
		t.Errorf("%d bytes, error %v; want 1000 bytes and ErrOutputLimit", len(r.Stdout), err)
	}
	c = sh("head -c 1000 /dev/zero")
	c.OutputLimit = 1000
	if r, err = process.Run(t.Context(), c); err != nil || len(r.Stdout) != 1000 {
		t.Errorf("%d bytes, error %v; the limit itself is allowed", len(r.Stdout), err)
	}
}

// The end of the context must end what the program has started, also where the
// program ignores being asked.
func TestContextEndsTheGroup(t *testing.T) {
	mark := filepath.Join(t.TempDir(), "pid")
	cause := errors.New("enough")
	ctx, cancel := context.WithCancelCause(t.Context())
	go func() {
		for {
			if b, err := os.ReadFile(mark); err == nil && len(b) > 0 {
				cancel(cause)
				return
			}
			time.Sleep(time.Millisecond)
		}
	}()
	c := sh(fmt.Sprintf("trap '' TERM; sleep 1000 & echo $! > %s; wait; sleep 1000", mark))
	c.Grace = 20 * time.Millisecond
	if _, err := process.Run(ctx, c); !errors.Is(err, cause) {
		t.Errorf("error %v, want the context's cause", err)
	}
	b, err := os.ReadFile(mark)
	if err != nil {
		t.Fatal(err)
	}
	var pid int
	if _, err := fmt.Sscan(string(b), &pid); err != nil {
		t.Fatal(err)
	}
	for syscall.Kill(pid, 0) == nil && !zombie(pid) {
		time.Sleep(time.Millisecond) // the test's own time limit is the bound
	}
}

func zombie(pid int) bool {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err == nil && strings.Contains(string(b), ") Z ")
}

func TestDeadlineIsTheError(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
	defer cancel()
	if _, err := process.Run(ctx, process.Command{Path: "sleep", Args: []string{"1000"}}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v, want the deadline", err)
	}
}

// A descendant that holds the output open belongs to nobody's wait.
func TestDescendantKeepsOutputOpen(t *testing.T) {
	c := sh("sleep 1000 & echo $!")
	c.Grace = time.Millisecond
	r, err := process.Run(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	var pid int
	if _, err := fmt.Sscan(string(r.Stdout), &pid); err != nil {
		t.Fatalf("stdout %q: %v", r.Stdout, err)
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Errorf("the descendant of a program that ended by itself should live on: %v", err)
	}
}

func TestAllowList(t *testing.T) {
	path := filepath.Join(t.TempDir(), "program")
	write := func(text string) {
		if err := os.WriteFile(path, []byte("#!/bin/sh\necho "+text+"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	write("first")
	sum, err := process.SumFile(path)
	if err != nil {
		t.Fatal(err)
	}
	list, err := process.NewAllowList(map[string]string{path: sum, "/bin/echo": ""})
	if err != nil {
		t.Fatal(err)
	}
	run := func(path string) error {
		_, err := process.Run(t.Context(), process.Command{Path: path, Allow: list})
		return err
	}
	if err := run(path); err != nil {
		t.Errorf("a listed program: %v", err)
	}
	if err := run("/bin/echo"); err != nil {
		t.Errorf("a program listed without a sum: %v", err)
	}
	if err := run("/bin/true"); !errors.Is(err, process.ErrNotPermitted) {
		t.Errorf("error %v for a program that is not listed", err)
	}
	write("changed text")
	if err := run(path); !errors.Is(err, process.ErrNotPermitted) {
		t.Errorf("error %v for a program whose content changed", err)
	}
	for _, bad := range []map[string]string{{"relative": ""}, {"/bin/sh": "abc"}, {"/bin/sh": "0123"}} {
		if _, err := process.NewAllowList(bad); err == nil {
			t.Errorf("allow list %v was taken", bad)
		}
	}
}

func TestManyAtOnceLeaveNoDescriptor(t *testing.T) {
	before := descriptors(t)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for j := range 25 {
				word := fmt.Sprintf("task_%d_%d", i, j)
				r, err := process.Run(t.Context(), process.Command{Path: "/bin/echo", Args: []string{word}})
				if err != nil || string(r.Stdout) != word+"\n" {
					t.Errorf("%s: stdout %q, error %v", word, r.Stdout, err)
				}
			}
		})
	}
	wg.Wait()
	if after := descriptors(t); after > before {
		t.Errorf("%d descriptors open before, %d after", before, after)
	}
}

func descriptors(t *testing.T) int {
	entries, err := os.ReadDir("/dev/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(entries)
}
