//go:build unix

package hybrid_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/tandem-go/tandem/cpuexec/process"
	"github.com/tandem-go/tandem/hybrid"
)

func shell(script string) hybrid.Command {
	return hybrid.Command{Path: "/bin/sh", Args: []string{"-c", script}, Grace: 50 * time.Millisecond}
}

func TestRun(t *testing.T) {
	s := workers(t, 4)
	var futures []*hybrid.Future[hybrid.CommandResult]
	for i := range 40 {
		futures = append(futures, s.Run(t.Context(), shell(fmt.Sprintf("echo out %d; echo err %d >&2", i, i)), hybrid.Priority(i%3)))
	}
	for i, f := range futures {
		r, err := f.Wait(t.Context())
		if err != nil || r.ExitCode != 0 || string(r.Stdout) != fmt.Sprintf("out %d\n", i) || string(r.Stderr) != fmt.Sprintf("err %d\n", i) || r.Wall <= 0 {
			t.Errorf("program %d: %+v, %v", i, r, err)
		}
	}
}

// Whatever happens to its process, a task is resolved, with an error that tells
// what happened.
func TestRunFailures(t *testing.T) {
	s := workers(t, 4)
	list, err := process.NewAllowList(map[string]string{"/bin/sh": ""})
	if err != nil {
		t.Fatal(err)
	}
	echo := hybrid.Command{Path: "/bin/echo", Allow: list}
	var exit *hybrid.ExitError
	var signal *hybrid.SignalError
	cancelled := s.Run(t.Context(), shell("sleep 1000"))
	time.AfterFunc(20*time.Millisecond, cancelled.Cancel)
	for name, c := range map[string]struct {
		f    *hybrid.Future[hybrid.CommandResult]
		want func(error) bool
	}{
		"missing":     {s.Run(t.Context(), hybrid.Command{Path: "/nowhere/at/all"}), func(err error) bool { return errors.Is(err, hybrid.ErrNotFound) }},
		"a folder":    {s.Run(t.Context(), hybrid.Command{Path: os.TempDir()}), func(err error) bool { return errors.Is(err, hybrid.ErrNotPermitted) }},
		"not allowed": {s.Run(t.Context(), echo), func(err error) bool { return errors.Is(err, hybrid.ErrNotPermitted) }},
		"exit":        {s.Run(t.Context(), shell("exit 3")), func(err error) bool { return errors.As(err, &exit) && exit.Code == 3 }},
		"killed":      {s.Run(t.Context(), shell("kill -9 $$")), func(err error) bool { return errors.As(err, &signal) }},
		"timed out": {
			s.Run(t.Context(), shell("trap '' TERM; sleep 1000 & wait; sleep 1000"), hybrid.Timeout(30*time.Millisecond)),
			func(err error) bool { return errors.Is(err, context.DeadlineExceeded) },
		},
		"cancelled": {cancelled, func(err error) bool { return errors.Is(err, hybrid.ErrCancelled) }},
	} {
		if _, err := c.f.Wait(t.Context()); !c.want(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A program that writes more than a pipe holds, to both of its outputs, doesn't
// wait for ever.
func TestRunMuchOutput(t *testing.T) {
	s := workers(t, 2)
	script := "i=0; while [ $i -lt 300 ]; do printf '%01000d' 0 >&2; printf '%01000d' 0; i=$((i+1)); done"
	r, err := s.Run(t.Context(), shell(script)).Wait(t.Context())
	zeros := bytes.Repeat([]byte("0"), 300000)
	if err != nil || !bytes.Equal(r.Stderr, zeros) || !bytes.Equal(r.Stdout, zeros) {
		t.Errorf("%d and %d bytes, %v", len(r.Stdout), len(r.Stderr), err)
	}
}

func TestAllowListOfScheduler(t *testing.T) {
	sum, err := process.SumFile("/bin/echo")
	if err != nil {
		t.Fatal(err)
	}
	list, err := process.NewAllowList(map[string]string{"/bin/echo": sum, "/bin/sh": "00" + sum[2:]})
	if err != nil {
		t.Fatal(err)
	}
	s := workers(t, 1, hybrid.WithAllowList(list))
	if _, err := s.Run(t.Context(), hybrid.Command{Path: "/bin/echo"}).Wait(t.Context()); err != nil {
		t.Errorf("the right program: %v", err)
	}
	if _, err := s.Run(t.Context(), shell("true")).Wait(t.Context()); !errors.Is(err, hybrid.ErrNotPermitted) {
		t.Errorf("a program with another sum: %v", err)
	}
}
