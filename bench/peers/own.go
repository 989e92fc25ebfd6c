package main

import (
	"context"
	"fmt"
	"sync"

	"github.com/tandem-go/tandem/cpuexec"
)

// own is Tandem's side.
type own struct{ pool *cpuexec.Pool }

func openOwn(workers int) (*own, error) {
	p, err := cpuexec.New(workers)
	return &own{pool: p}, err
}

const (
	fibOf    = 32
	fibValue = 2_178_309
	fibJoins = 3_524_577
	tasks    = 100_000
)

func (o *own) jobs() []job {
	fib := map[string]string{"rayon": fmt.Sprint("fib ", fibOf)}
	outside := map[string]string{"rayon": fmt.Sprint("outside ", tasks)}
	for _, library := range []string{"ants", "pond", "conc", "errgroup", "go", "channel"} {
		outside[library] = fmt.Sprint(library, " ", tasks)
	}
	return []job{
		{"join, fib(32), typed", fib, fibJoins, o.fib},
		{"join, fib(32), closures", fib, fibJoins, o.fibClosures},
		{"empty task from inside", map[string]string{"rayon": fmt.Sprint("inside ", tasks)}, tasks, o.inside},
		{"empty task from outside", outside, tasks, o.outside},
	}
}

func fib(l *cpuexec.Lane[int, int], n int) int {
	if n < 2 {
		return n
	}
	right := l.Fork(fib, n-2)
	left := fib(l, n-1)
	return left + l.Join(right)
}

func (o *own) fib(ctx context.Context) error {
	value, err := cpuexec.Fork(ctx, o.pool, fib, fibOf)
	return check(value, err)
}

func fibClosures(b *cpuexec.Branch, n int) int {
	if n < 2 {
		return n
	}
	left, right := cpuexec.Join(b,
		func(b *cpuexec.Branch) int { return fibClosures(b, n-1) },
		func(b *cpuexec.Branch) int { return fibClosures(b, n-2) })
	return left + right
}

func (o *own) fibClosures(ctx context.Context) error {
	value := 0
	err := o.pool.Do(ctx, func(b *cpuexec.Branch) { value = fibClosures(b, fibOf) })
	return check(value, err)
}

func check(value int, err error) error {
	if err == nil && value != fibValue {
		err = fmt.Errorf("fib(%d) = %d, want %d", fibOf, value, fibValue)
	}
	return err
}

func (o *own) inside(ctx context.Context) error {
	return o.pool.Scope(ctx, func(s *cpuexec.Scope) {
		s.Spawn(nil, func(w *cpuexec.Worker) {
			for range tasks {
				s.Spawn(w, func(*cpuexec.Worker) {})
			}
		})
	})
}

func (o *own) outside(ctx context.Context) error {
	var left sync.WaitGroup
	left.Add(tasks)
	task := func(*cpuexec.Worker) { left.Done() }
	for range tasks {
		if err := o.pool.Spawn(ctx, cpuexec.Normal, task); err != nil {
			return err
		}
	}
	left.Wait()
	return nil
}
