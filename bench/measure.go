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

// sampleTime is how long a sample takes at least, about.
const sampleTime = 500 * time.Microsecond

// medians times the candidates in turns, A B C, B C A, so that what the machine
// does besides hits all of them alike, and returns the median time of each.
// Every candidate runs a few times before the clock starts: for caches, for
// compilers, and for the performance model, which tries what it doesn't know.
// What takes microseconds is timed many times in a row, after one time that doesn't
// count: alone it would be measured with the caches as another candidate has left
// them.
func medians(ctx context.Context, candidates []candidate, rounds int, budget time.Duration) ([]time.Duration, error) {
	times := make([][]time.Duration, len(candidates))
	timed := func(i, repeat int) (time.Duration, error) {
		start := time.Now()
		for k := range repeat + 1 {
			switch {
			case k == 1:
				start = time.Now() // the caches are this candidate's now
			case k == 0 && repeat == 1:
				continue // they don't matter to what takes so long
			}
			if err := candidates[i].run(ctx); err != nil {
				return 0, fmt.Errorf("%s: %w", candidates[i].name, err)
			}
		}
		return time.Since(start) / time.Duration(repeat), nil
	}
	repeats := make([]int, len(candidates))
	for range 4 {
		for i := range candidates {
			d, err := timed(i, 1)
			if err != nil {
				return nil, err
			}
			repeats[i] = int(max(1, sampleTime/max(d, 1)))
		}
	}
	begin := time.Now()
	for round := 0; round < rounds && (round < 3 || time.Since(begin) < budget); round++ {
		for turn := range candidates {
			// The order rotates: what ran before leaves its data in the
			// caches, and its threads on the cores.
			i := (turn + round) % len(candidates)
			d, err := timed(i, repeats[i])
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
