package suite

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/tandem-go/tandem/bench/internal/peer"
	"github.com/tandem-go/tandem/cpuexec"
	"github.com/tandem-go/tandem/hybrid"
)

// holders are who can have tasks wait, and how many at most.
var holders = []struct {
	name  string
	limit int
	why   string
	queue func(ctx context.Context, n int) (release func() error, err error)
}{
	{"tandem", 10_000_000, "", queueFutures},
	{"tandem cpuexec", 10_000_000, "", queueTasks},
	{"channel", 10_000_000, "", queueChannel},
	{"go statement", 1_000_000, "a waiting goroutine has a stack of 2 kB or more: ten million would take over 20 GB", queueGoroutines},
}

// Child is what a child process does: it answers on out. The first argument
// says what: "queue HOLDER N" prints the bytes that n waiting tasks have added to
// its resident memory; "first WHAT" starts something, prints "ready" after its
// first result, and rests until its input ends.
func Child(ctx context.Context, args []string, in io.Reader, out io.Writer) error {
	switch {
	case len(args) == 3 && args[0] == "queue":
		n, err := strconv.Atoi(args[2])
		if err != nil {
			return err
		}
		for _, holder := range holders {
			if holder.name == args[1] {
				return reportQueue(ctx, holder.queue, n, out)
			}
		}
	case len(args) == 2 && args[0] == "first":
		return first(ctx, args[1], in, out)
	}
	return fmt.Errorf("a child is asked for %q", args)
}

func reportQueue(ctx context.Context, queue func(ctx context.Context, n int) (func() error, error), n int, out io.Writer) error {
	// A first few make what is kept for good.
	release, err := queue(ctx, 100)
	if err != nil {
		return err
	}
	if err := release(); err != nil {
		return err
	}
	debug.FreeOSMemory()
	before, err := peer.Resident(os.Getpid())
	if err != nil {
		return err
	}
	if release, err = queue(ctx, n); err != nil {
		return err
	}
	debug.FreeOSMemory()
	after, err := peer.Resident(os.Getpid())
	if err != nil {
		return err
	}
	if err := release(); err != nil {
		return err
	}
	_, err = fmt.Fprintln(out, max(0, after-before))
	return err
}

func queueFutures(ctx context.Context, n int) (func() error, error) {
	h, err := open(cores())
	if err != nil {
		return nil, err
	}
	gate := make(chan struct{})
	var left sync.WaitGroup
	left.Add(h.Workers() + n)
	for range h.Workers() {
		hybrid.Submit(ctx, h, func(context.Context) (int, error) { <-gate; left.Done(); return 0, nil })
	}
	// Nobody keeps the futures: a slice of them would be the caller's own memory.
	nothing := func(context.Context) (int, error) { left.Done(); return 0, nil }
	for range n {
		hybrid.Submit(ctx, h, nothing)
	}
	return func() error {
		close(gate)
		left.Wait()
		return h.Close()
	}, nil
}

func queueTasks(ctx context.Context, n int) (func() error, error) {
	// Without room for all of them Spawn would wait for workers that wait for the gate.
	p, err := cpuexec.New(cores(), cpuexec.QueueLimit(n+cores()))
	if err != nil {
		return nil, err
	}
	gate := make(chan struct{})
	var left sync.WaitGroup
	left.Add(p.Workers() + n)
	for range p.Workers() {
		if err := p.Spawn(ctx, cpuexec.High, func(*cpuexec.Worker) { <-gate; left.Done() }); err != nil {
			return nil, err
		}
	}
	nothing := func(*cpuexec.Worker) { left.Done() }
	for range n {
		if err := p.Spawn(ctx, cpuexec.Normal, nothing); err != nil {
			return nil, err
		}
	}
	return func() error {
		close(gate)
		left.Wait()
		p.Close()
		return nil
	}, nil
}

func queueChannel(_ context.Context, n int) (func() error, error) {
	queue := make(chan func(), n)
	var left sync.WaitGroup
	left.Add(n)
	for range n {
		queue <- left.Done
	}
	return func() error {
		close(queue)
		for task := range queue {
			task()
		}
		left.Wait()
		return nil
	}, nil
}

func queueGoroutines(_ context.Context, n int) (func() error, error) {
	gate := make(chan struct{})
	var left sync.WaitGroup
	for range n {
		left.Go(func() { <-gate })
	}
	return func() error {
		close(gate)
		left.Wait()
		return nil
	}, nil
}

func first(ctx context.Context, what string, in io.Reader, out io.Writer) error {
	switch what {
	case "nothing":
	case "pool":
		p, err := cpuexec.New(cores())
		if err != nil {
			return err
		}
		defer p.Close()
		if err := spawnAll(ctx, p, 1); err != nil {
			return err
		}
	case "scheduler", "devices":
		opener := func() (*hybrid.Scheduler, error) { return open(cores()) }
		if what == "devices" {
			opener = func() (*hybrid.Scheduler, error) { return hybrid.Open() }
		}
		h, err := opener()
		if err != nil {
			return err
		}
		defer h.Close()
		if _, err := hybrid.Submit(ctx, h, func(context.Context) (int, error) { return 0, nil }).Wait(ctx); err != nil {
			return err
		}
	default:
		return fmt.Errorf("a child is asked to start %q", what)
	}
	if _, err := fmt.Fprintln(out, "ready"); err != nil {
		return err
	}
	runtime.GC()
	_, err := io.Copy(io.Discard, in)
	return err
}

// child has a child process answer with a number.
func (s *Suite) child(ctx context.Context, args ...string) (float64, error) {
	command := append(s.Self[1:len(s.Self):len(s.Self)], args...)
	text, err := exec.CommandContext(ctx, s.Self[0], command...).Output()
	if err != nil {
		if exit, ok := errors.AsType[*exec.ExitError](err); ok {
			err = fmt.Errorf("%w: %s", err, exit.Stderr)
		}
		return 0, err
	}
	return strconv.ParseFloat(strings.TrimSpace(string(text)), 64)
}

// firstOf starts a child and returns the nanoseconds to its first result, and
// what it has in memory when it rests.
func (s *Suite) firstOf(ctx context.Context, what string) (took, resident float64, err error) {
	cmd := exec.CommandContext(ctx, s.Self[0], append(s.Self[1:len(s.Self):len(s.Self)], "first", what)...)
	in, err := cmd.StdinPipe()
	if err != nil {
		return 0, 0, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return 0, 0, err
	}
	start := time.Now()
	if err := cmd.Start(); err != nil {
		return 0, 0, err
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	took = float64(time.Since(start))
	if err == nil && line != "ready\n" {
		err = fmt.Errorf("the child says %q", line)
	}
	if err == nil {
		time.Sleep(200 * time.Millisecond) // for its workers to go idle
		var nbytes int64
		nbytes, err = peer.Resident(cmd.Process.Pid)
		resident = float64(nbytes)
	}
	return took, resident, errors.Join(err, in.Close(), cmd.Wait())
}
