package main

import (
	"context"
	"slices"
	"time"

	"github.com/tandem-go/tandem/hybrid"
)

// cell is what was measured of one call.
type cell struct {
	Routine string  `json:"routine"`
	N       int     `json:"n"`
	Pairs   int     `json:"pairs"`
	Wrapped float64 `json:"wrapped_seconds"` // medians
	Tandem  float64 `json:"tandem_seconds"`
	Ratio   float64 `json:"ratio"` // median of Tandem over wrapped, by pair
}

const (
	// pairs is how many pairs a cell has, if its time allows.
	pairs = 9
	// leastPairs are measured in any case.
	leastPairs = 3
	// sample is the time that one side of a pair takes at least: a shorter call is
	// repeated.
	sample = 100 * time.Microsecond
)

// measure goes through the grid, from small to large, until its time is over.
func measure(ctx context.Context, b *hybrid.BLAS, grid []hybrid.BLASCall, set settings) ([]cell, error) {
	var cells []cell
	begin := time.Now()
	for _, c := range grid {
		if ctx.Err() != nil {
			return cells, context.Cause(ctx)
		}
		if set.total > 0 && time.Since(begin) > set.total {
			break
		}
		cells = append(cells, compare(b, c, set.cell))
	}
	return cells, nil
}

// compare times a call both ways in turns, the first of a pair being now the one,
// now the other.
func compare(b *hybrid.BLAS, c hybrid.BLASCall, budget time.Duration) cell {
	alone, chosen := b.Pair(c)
	timed := func(f func(), repeat int) float64 {
		f() // the caches are its own now
		start := time.Now()
		for range repeat {
			f()
		}
		return time.Since(start).Seconds() / float64(repeat)
	}
	once := timed(alone, 1)
	repeat := max(1, int(sample.Seconds()/max(once, 1e-9)))
	timed(chosen, 1)
	var wrapped, tandem, ratios []float64
	begin := time.Now()
	for pair := range pairs {
		if pair >= leastPairs && time.Since(begin) > budget {
			break
		}
		var w, t float64
		if pair%2 == 0 {
			w = timed(alone, repeat)
			t = timed(chosen, repeat)
		} else {
			t = timed(chosen, repeat)
			w = timed(alone, repeat)
		}
		wrapped, tandem, ratios = append(wrapped, w), append(tandem, t), append(ratios, t/w)
	}
	return cell{Routine: c.Name, N: c.N, Pairs: len(ratios), Wrapped: median(wrapped), Tandem: median(tandem), Ratio: median(ratios)}
}

func median(v []float64) float64 {
	v = slices.Clone(v)
	slices.Sort(v)
	return v[len(v)/2]
}
