package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/tandem-go/tandem/cpuexec"
)

// unit is a bit of work that needs nothing but a core: about a microsecond.
const unit = 400

// spin does so many units of work.
//
//go:noinline
func spin(units int) uint64 {
	x := uint64(units) | 1
	for range units * unit {
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
	}
	return x
}

// cores has tasks that need nothing but a core, beside a plain loop on one.
func (b *bench) cores(ctx context.Context) error {
	random := rand.New(rand.NewPCG(1, 16))
	unequal := make([]int, 16)
	for i := range unequal {
		unequal[i] = (1 + random.IntN(100)) * b.less(200, 20)
	}
	best := greedy(unequal, b.workers)
	for _, set := range []struct {
		what  string
		tasks []int
		best  float64
	}{
		{"16 equal tasks", slices.Repeat([]int{b.less(10_000, 1000)}, 16), 1},
		{fmt.Sprintf("16 tasks of 1:100, in order %.1f %% at best", 100*best), unequal, best},
		{fmt.Sprintf("%d tiny tasks", b.less(10_000, 1000)), slices.Repeat([]int{5}, b.less(10_000, 1000)), 1},
	} {
		results := make([]uint64, len(set.tasks))
		err := b.hold(ctx, contest{
			what: set.what, parts: 1,
			own: func(ctx context.Context) error {
				return b.pool.Scope(ctx, func(s *cpuexec.Scope) {
					for i, units := range set.tasks {
						s.Spawn(nil, func(*cpuexec.Worker) { results[i] = spin(units) })
					}
				})
			},
			peers: []peer{here("one core", 0.97, func(context.Context) error {
				for i, units := range set.tasks {
					results[i] = spin(units)
				}
				return nil
			})},
			most: func(goal float64) float64 { return 1 / (goal * float64(b.workers)) },
			judge: func(own, their, goal float64) (ratio, wanted string, met bool) {
				efficiency := their / own / float64(b.workers)
				return fmt.Sprintf("%.1f %% efficient", 100*efficiency), fmt.Sprintf("≥ %.0f %%", 100*goal), efficiency >= goal
			},
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// greedy is the efficiency of workers that each take the next task when they
// are done with one: what no scheduler that keeps the order can exceed.
func greedy(tasks []int, workers int) float64 {
	busy := make([]int, workers)
	total := 0
	for _, units := range tasks {
		first := slices.Index(busy, slices.Min(busy))
		busy[first] += units
		total += units
	}
	return float64(total) / float64(slices.Max(busy)*workers)
}
