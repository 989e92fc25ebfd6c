package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/tandem-go/tandem/cpuexec"
	"github.com/tandem-go/tandem/cpuexec/process"
	"github.com/tandem-go/tandem/hybrid"
)

// childArgument has this program be a child that holds something, idles, and
// says what that costs.
const childArgument = "child"

// footprint has what a pool costs before it does anything: the time to its first
// result, and the memory and processor time of a program that has one.
func (b *bench) footprint(ctx context.Context) error {
	if err := b.toFirstResult(ctx); err != nil {
		return err
	}
	const what = "resident memory of an idle pool, over a bare program"
	if !b.only.MatchString(what) {
		return nil
	}
	b.announce(what)
	self, err := os.Executable()
	if err != nil {
		return err
	}
	var resident, used [2][]float64
	for range b.less(5, 2) {
		for i, holding := range []string{"nothing", "pool"} {
			r, err := process.Run(ctx, process.Command{Path: self, Args: []string{childArgument, holding}})
			if err != nil {
				return err
			}
			var bytes, busy float64
			if _, err := fmt.Sscan(string(r.Stdout), &bytes, &busy); err != nil {
				b.table.add(row{what: what, their: strings.TrimSpace(string(r.Stdout))})
				return nil
			}
			resident[i], used[i] = append(resident[i], bytes), append(used[i], busy)
		}
	}
	over := median(resident[1]) - median(resident[0])
	b.table.addGoal(what, fmt.Sprintf("%.2f MB", over/1e6), "", "< 8 MB", over < 8e6)
	bare, pool := median(used[0]), median(used[1])
	b.table.add(row{
		what: "processor time of an idle pool in a second", own: duration(pool), peer: "bare program", their: duration(bare),
		ratio: fmt.Sprintf("%+.2f ms", (pool-bare)/1e6), goal: "≤ 1 ms more", met: verdict(pool <= bare+1e6),
	})
	return nil
}

func (b *bench) toFirstResult(ctx context.Context) error {
	for _, way := range []struct {
		what string
		run  func(context.Context) (time.Duration, error)
	}{
		{"cpuexec.New to the first result", firstTask},
		{"hybrid.Open (cpu) to the first result", firstFor},
	} {
		if !b.only.MatchString(way.what) {
			continue
		}
		b.announce(way.what)
		var times []float64
		for range b.rounds {
			took, err := way.run(ctx)
			if err != nil {
				return err
			}
			times = append(times, float64(took))
		}
		took := median(times)
		b.table.addGoal(way.what, duration(took), "", "< 1 ms", took < 1e6)
	}
	return nil
}

func firstTask(ctx context.Context) (time.Duration, error) {
	start := time.Now()
	p, err := cpuexec.New(0)
	if err != nil {
		return 0, err
	}
	defer p.Close()
	done := make(chan struct{})
	if err := p.Spawn(ctx, cpuexec.Normal, func(*cpuexec.Worker) { close(done) }); err != nil {
		return 0, err
	}
	<-done
	return time.Since(start), nil
}

func firstFor(ctx context.Context) (time.Duration, error) {
	start := time.Now()
	s, err := hybrid.Open(hybrid.WithDevices("cpu"))
	if err != nil {
		return 0, err
	}
	err = s.For(ctx, 1, func(int, int) {})
	took := time.Since(start)
	return took, errors.Join(err, s.Close())
}

// beChild holds what it is told, idles for a second, and prints the bytes that
// are resident and the nanoseconds of processor time that the second took.
func beChild(ctx context.Context, holding string, out io.Writer) error {
	if holding == "pool" {
		p, err := cpuexec.New(0)
		if err != nil {
			return err
		}
		defer p.Close()
		if err := spawnOutside(ctx, p, 1000); err != nil {
			return err
		}
	}
	time.Sleep(100 * time.Millisecond) // for the workers to go to sleep
	before := processorTime()
	time.Sleep(time.Second)
	used := processorTime() - before
	status, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		_, err = fmt.Fprintln(out, "not known: this system has no /proc/self/statm")
		return err
	}
	var size, pages int64
	if _, err := fmt.Sscan(string(status), &size, &pages); err != nil {
		return fmt.Errorf("/proc/self/statm: %w", err)
	}
	_, err = fmt.Fprintln(out, pages*int64(os.Getpagesize()), used.Nanoseconds())
	return err
}
