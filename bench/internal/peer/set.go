package peer

import (
	"context"
	"fmt"
	"io"
	"sync"
	"time"
)

// Set starts programs when they are first asked for. One goroutine uses it.
type Set struct {
	Progress io.Writer
	built    map[string]build
	running  map[key]*Program
	again    map[key]int
}

// attempts are how often a program is started that has ended by itself, as Ray does on
// a machine that is too busy for it.
const attempts = 3

type build struct {
	command []string
	missing string
}

type key struct {
	name    string
	workers int
}

// Get returns the program with so many workers, which may be a missing one. One that
// has ended is started again.
func (s *Set) Get(ctx context.Context, name string, workers int) *Program {
	k := key{name, workers}
	if p, ok := s.running[k]; ok {
		if !p.broken || s.again[k] == attempts-1 {
			return p
		}
		p.Close()
		if s.again == nil {
			s.again = map[key]int{}
		}
		s.again[k]++
	}
	b := s.build(ctx, name)
	p := &Program{Missing: b.missing}
	if b.missing == "" {
		var err error
		if p, err = Start(ctx, b.command, workers); err != nil {
			p = &Program{Missing: err.Error()}
		}
	}
	if s.running == nil {
		s.running = map[key]*Program{}
	}
	s.running[k] = p
	return p
}

// First starts a program of its own and returns the time until it has answered
// a job, and what its processes then have in memory, in bytes.
func (s *Set) First(ctx context.Context, name string, workers int, job string) (took time.Duration, resident int64, err error) {
	b := s.build(ctx, name)
	if b.missing != "" {
		return 0, 0, fmt.Errorf("%s", b.missing)
	}
	start := time.Now()
	p, err := Start(ctx, b.command, workers)
	if err != nil {
		return 0, 0, err
	}
	defer p.Close()
	err = p.ask(job, 1, func(int, []byte) error {
		took = time.Since(start) // before it is put to rest
		return nil
	})
	if err != nil {
		return 0, 0, err
	}
	p.wake()
	time.Sleep(200 * time.Millisecond) // for its workers to go idle
	resident, err = Resident(p.PID())
	return took, resident, err
}

func (s *Set) build(ctx context.Context, name string) build {
	if b, ok := s.built[name]; ok {
		return b
	}
	fmt.Fprintf(s.Progress, "building %s\n", name)
	command, err := Build(ctx, name)
	b := build{command: command}
	if err != nil {
		b.missing = err.Error()
	}
	if s.built == nil {
		s.built = map[string]build{}
	}
	s.built[name] = b
	return b
}

// Close ends the programs. One that is asked for again is started again.
func (s *Set) Close() {
	var wait sync.WaitGroup
	for _, p := range s.running {
		wait.Go(p.Close)
	}
	wait.Wait()
	clear(s.running)
}
