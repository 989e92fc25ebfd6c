//go:build linux

package peer

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// parrot is a peer that answers each job with its second word.
const parrot = `while read -r job answer; do echo "$answer"; done`

func start(t *testing.T, script string) *Program {
	t.Helper()
	p, err := Start(t.Context(), []string{"/bin/sh", "-c", script}, 2)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p
}

func TestProgram(t *testing.T) {
	p := start(t, parrot)
	if took, err := p.Time("job 1234"); err != nil || took != 1234 {
		t.Errorf("Time: %v, %v", took, err)
	}
	if list, err := p.Numbers("job [1,2.5,3]"); err != nil || !slices.Equal(list, []float64{1, 2.5, 3}) {
		t.Errorf("Numbers: %v, %v", list, err)
	}
	if took, err := p.Repeated("job 50", 1e6); err != nil || took != 50 {
		t.Errorf("Repeated: %v, %v", took, err)
	}
	if _, err := p.Time("job nonsense"); err == nil || !strings.Contains(err.Error(), "nonsense") {
		t.Errorf("an answer that is no number gave %v", err)
	}
}

func TestProgramEnds(t *testing.T) {
	p := start(t, "read -r job; exit 3")
	if _, err := p.Time("job 1"); err == nil {
		t.Error("a program that has ended answered")
	}
	missing := &Program{Missing: "not here"}
	if _, err := missing.Time("job 1"); err == nil || err.Error() != "not here" {
		t.Errorf("a missing program gave %v", err)
	}
	missing.Close()
}

// The first of the repeated answers warms up.
func TestRepeatedWarmsUp(t *testing.T) {
	p := start(t, `n=1000; while read -r job; do echo $n; n=10; done`)
	if took, err := p.Repeated("job", 5); err != nil || took != 10 {
		t.Errorf("Repeated: %v, %v, want 10ns", took, err)
	}
}

// Between its turns a program and those that it has started are stopped.
func TestRest(t *testing.T) {
	p := start(t, `sleep 100 & `+parrot)
	if _, err := p.Time("job 1"); err != nil {
		t.Fatal(err)
	}
	all := family(p.PID())
	if len(all) != 2 {
		t.Fatalf("the family is %v, want two", all)
	}
	for _, pid := range all {
		for stopped := false; !stopped; {
			stopped = state(t, pid) == "T"
			time.Sleep(time.Millisecond)
		}
	}
	if took, err := p.Time("job 7"); err != nil || took != 7 {
		t.Errorf("after a rest: %v, %v", took, err)
	}
	if n, err := Resident(p.PID()); err != nil || n <= 0 {
		t.Errorf("Resident: %d, %v", n, err)
	}
	p.signalAll(t)
}

// signalAll has the child end, which Close of the shell would leave behind.
func (p *Program) signalAll(t *testing.T) {
	t.Helper()
	for _, pid := range family(p.PID())[1:] {
		child, err := os.FindProcess(pid)
		if err == nil {
			err = child.Kill()
		}
		if err != nil {
			t.Error(err)
		}
	}
}

func state(t *testing.T, pid int) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("/proc", fmt.Sprint(pid), "stat"))
	if err != nil {
		t.Fatal(err)
	}
	return strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))[0]
}

// A program that ends is started again, and not for ever.
func TestStartedAgain(t *testing.T) {
	const name = "once"
	s := &Set{Progress: os.Stderr, built: map[string]build{name: {command: []string{"/bin/sh", "-c", "read -r job; echo 5"}}}}
	t.Cleanup(s.Close)
	for range attempts {
		p := s.Get(t.Context(), name, 1)
		if took, err := p.Time("job"); err != nil || took != 5 {
			t.Fatalf("%v, %v", took, err)
		}
		if _, err := p.Time("job"); err == nil {
			t.Fatal("it has answered twice")
		}
	}
	if _, err := s.Get(t.Context(), name, 1).Time("job"); err == nil {
		t.Error("it was started once more")
	}
}

// A benchmark that is interrupted has its programs end by themselves, or else ends them.
func TestInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	var all []*Program
	for _, script := range []string{parrot, "while :; do sleep 1; done"} {
		p, err := Start(ctx, []string{"/bin/sh", "-c", script}, 1)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	if took, err := all[0].Time("job 1"); err != nil || took != 1 {
		t.Errorf("%v, %v", took, err) // it is stopped now
	}
	cancel()
	for i, p := range all {
		p.Close()
		if p.cmd.ProcessState == nil || p.cmd.ProcessState.Success() != (i == 0) {
			t.Errorf("program %d: %v", i, p.cmd.ProcessState)
		}
	}
}

func TestBuildMissing(t *testing.T) {
	t.Chdir(filepath.Join("..", "..", ".."))
	t.Setenv("TANDEM_NO_INSTALL", "1")
	t.Setenv("CXX", "no-such-compiler")
	for _, name := range []string{"tbb", "nonsense"} {
		if _, err := Build(t.Context(), name); err == nil || err.Error() == "" {
			t.Errorf("%s was built: %v", name, err)
		}
	}
	set := &Set{Progress: os.Stderr}
	if p := set.Get(t.Context(), "tbb", 1); p.Missing == "" {
		t.Error("oneTBB is there without a compiler")
	}
	set.Close()
}
