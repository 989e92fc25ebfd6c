package main

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/tandem-go/tandem/cpuexec"
	"github.com/tandem-go/tandem/cpuexec/process"
)

// processes has programs as tasks, beside a loop in C. That loop has one pipe;
// with two it does what Tandem does, which reads standard error as well.
func (b *bench) processes(ctx context.Context) error {
	n := b.less(200, 20)
	echo := process.Command{Path: "/bin/echo", Args: []string{"task"}}
	if err := b.hold(ctx, contest{
		what: "/bin/echo, one after the other", parts: float64(n),
		own: func(ctx context.Context) error {
			for range n {
				if err := expect(ctx, echo, "task\n"); err != nil {
					return err
				}
			}
			return nil
		},
		peers: b.spawnLoops(n, 1),
		judge: judgeRate, most: mostOfRate,
	}); err != nil {
		return err
	}
	if err := b.hold(ctx, contest{
		what: fmt.Sprintf("/bin/echo as tasks, %d at once", b.workers), parts: float64(n),
		own:   func(ctx context.Context) error { return asTasks(ctx, b.pool, n, echo, "task\n") },
		peers: b.spawnLoops(n, b.workers),
		judge: judgeRate, most: mostOfRate,
	}); err != nil {
		return err
	}
	four, err := cpuexec.New(4)
	if err != nil {
		return err
	}
	defer four.Close()
	const most = 33e6
	sleep := process.Command{Path: "/bin/sleep", Args: []string{"0.01"}}
	return b.hold(ctx, contest{
		what: "10 x sleep 0.01 on 4 workers (30 ms)", parts: 1,
		own:   func(ctx context.Context) error { return asTasks(ctx, four, 10, sleep, "") },
		peers: []peer{b.told("spawn", "C loop", "10 4 1 /bin/sleep 0.01", 0)},
		judge: func(own, their, _ float64) (ratio, wanted string, met bool) {
			return fmt.Sprintf("%.2f", own/their), "≤ 33 ms", own <= most
		},
		limit: most,
	})
}

// spawnLoops are the loops in C that run /bin/echo n times on so many threads.
func (b *bench) spawnLoops(n, threads int) []peer {
	return []peer{
		b.told("spawn", "C loop", fmt.Sprintf("%d %d 1 /bin/echo task", n, threads), 0.9),
		b.told("spawn", "C loop, 2 pipes", fmt.Sprintf("%d %d 2 /bin/echo task", n, threads), 0),
	}
}

func expect(ctx context.Context, c process.Command, want string) error {
	r, err := process.Run(ctx, c)
	if err == nil && string(r.Stdout) != want {
		err = fmt.Errorf("%s wrote %q", c.Path, r.Stdout)
	}
	return err
}

// asTasks runs the program n times, at most as many at once as p has workers.
func asTasks(ctx context.Context, p *cpuexec.Pool, n int, c process.Command, want string) error {
	var left sync.WaitGroup
	left.Add(n)
	failures := make([]error, n)
	for i := range n {
		err := p.Spawn(ctx, cpuexec.Normal, func(*cpuexec.Worker) {
			defer left.Done()
			failures[i] = expect(ctx, c, want)
		})
		if err != nil {
			return err
		}
	}
	left.Wait()
	return errors.Join(failures...)
}
