package main

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// candidate is one way of doing the same work.
type candidate struct {
	name string
	run  func(context.Context) error
}

// medians times the candidates in turns, A B C, B C A, so that what the machine
// does besides hits all of them alike, and returns the median time of each.
// Every candidate runs twice before the clock starts: once for caches and
// compilers, once for the performance model.
func medians(ctx context.Context, candidates []candidate, rounds int, budget time.Duration) ([]time.Duration, error) {
	times := make([][]time.Duration, len(candidates))
	once := func(i int) (time.Duration, error) {
		start := time.Now()
		if err := candidates[i].run(ctx); err != nil {
			return 0, fmt.Errorf("%s: %w", candidates[i].name, err)
		}
		return time.Since(start), nil
	}
	for range 2 {
		for i := range candidates {
			if _, err := once(i); err != nil {
				return nil, err
			}
		}
	}
	begin := time.Now()
	for round := 0; round < rounds && (round < 3 || time.Since(begin) < budget); round++ {
		for turn := range candidates {
			// The order rotates: what ran before leaves its data in the
			// caches, and its threads on the cores.
			i := (turn + round) % len(candidates)
			d, err := once(i)
			if err != nil {
				return nil, err
			}
			times[i] = append(times[i], d)
		}
	}
	result := make([]time.Duration, len(candidates))
	for i, t := range times {
		slices.Sort(t)
		result[i] = t[len(t)/2]
	}
	return result, nil
}
