package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tandem-go/tandem/cpuexec"
)

// latency has the time from Submit to the result on a pool that has nothing
// else to do: right after the last one, and after a pause in which its workers
// went to sleep. The go statement takes turns with it, task by task.
func (b *bench) latency(ctx context.Context) error {
	done := make(chan struct{}, 1)
	ways := []func() error{
		func() error {
			return b.pool.Spawn(ctx, cpuexec.Normal, func(*cpuexec.Worker) { done <- struct{}{} })
		},
		func() error {
			go func() { done <- struct{}{} }()
			return nil
		},
	}
	for _, c := range []struct {
		what  string
		n     int
		pause time.Duration
		goals bool
	}{
		{"Submit to result, idle pool", b.less(100_000, 5000), 0, true},
		{"the same, each after 1 ms of sleep", b.less(2000, 100), time.Millisecond, false},
	} {
		if !b.only.MatchString(c.what) {
			continue
		}
		b.announce(c.what)
		var times [2][]time.Duration
		for i := range c.n {
			for turn := range ways {
				way := (turn + i) % len(ways)
				time.Sleep(c.pause)
				start := time.Now()
				if err := ways[way](); err != nil {
					return err
				}
				<-done
				times[way] = append(times[way], time.Since(start))
			}
		}
		for _, t := range times {
			slices.Sort(t)
		}
		b.table.note("%s, %d tasks:\n%s", c.what, c.n, histogram(times[0]))
		for _, q := range []struct {
			name string
			part float64
			goal time.Duration
		}{{"p50", 0.5, 10 * time.Microsecond}, {"p99", 0.99, 100 * time.Microsecond}} {
			own, their := quantile(times[0], q.part), quantile(times[1], q.part)
			r := row{
				what: c.what + ", " + q.name, own: duration(float64(own)), peer: "go", their: duration(float64(their)),
				ratio: fmt.Sprintf("%.2f", float64(own)/float64(their)),
			}
			if c.goals {
				r.goal, r.met = fmt.Sprintf("≤ %v", q.goal), verdict(own <= q.goal)
			}
			b.table.add(r)
		}
	}
	return nil
}

func quantile(sorted []time.Duration, part float64) time.Duration {
	return sorted[int(part*float64(len(sorted)-1))]
}

// histogram draws how many of the sorted times lie where.
func histogram(sorted []time.Duration) string {
	var text strings.Builder
	rest := sorted
	for _, bound := range []time.Duration{1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 1e9} {
		n, _ := slices.BinarySearch(rest, bound*time.Microsecond)
		part := float64(n) / float64(len(sorted))
		label := fmt.Sprintf("< %v", bound*time.Microsecond)
		if bound == 1e9 {
			label = "more"
		}
		if n > 0 {
			fmt.Fprintf(&text, "  %8s %7d  %s\n", label, n, strings.Repeat("#", 1+int(50*part)))
		}
		rest = rest[n:]
	}
	return text.String()
}
