package main

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strings"
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

// cellKey names a cell.
type cellKey struct {
	routine string
	n       int
}

func (c cell) key() cellKey { return cellKey{c.Routine, c.N} }

const (
	// pairs is how many pairs a cell has, if its time allows.
	pairs = 9
	// repeatedPairs is how many a cell has that is measured once more.
	repeatedPairs = 3 * pairs
	// leastPairs are measured in any case, of calls up to long; one of longer
	// ones, which scatter less.
	leastPairs = 3
	long       = 200 * time.Millisecond
	// sample is the time that one side of a pair takes at least: a shorter call is
	// repeated. Up to warm, caches are made its own by a call that isn't timed.
	sample = 100 * time.Microsecond
	warm   = 10 * time.Millisecond
	// telling is the order from which a cell's time tells that of larger ones: the
	// time of small ones is that of their repetitions.
	telling = 64
)

// planned is a call of the grid.
type planned struct {
	hybrid.BLASCall
	order int // of its size
}

// plan is the grid in the order in which it is measured: sizes from small to large,
// and for each of them the first variant of every routine, then the second.
func plan(sizes []int) []planned {
	var all []planned
	for _, n := range sizes {
		variants := map[string]int{}
		rank := map[string]int{}
		calls := hybrid.BLASPlan([]int{n})
		for _, c := range calls {
			rank[c.Name] = variants[routine(c.Name)]
			variants[routine(c.Name)]++
		}
		slices.SortStableFunc(calls, func(a, b hybrid.BLASCall) int { return cmp.Compare(rank[a.Name], rank[b.Name]) })
		for _, c := range calls {
			all = append(all, planned{c, n})
		}
	}
	return all
}

// routine is a call's name without its variant.
func routine(name string) string {
	name, _, _ = strings.Cut(name, " ")
	return name
}

// measure goes through the grid, but for the cells that were measured before,
// until its time is over. It returns all cells, and gives the new ones to keep.
func measure(ctx context.Context, b *hybrid.BLAS, grid []planned, before []cell, set settings, keep func(cell) error) ([]cell, error) {
	known := map[cellKey]cell{}
	for _, c := range before {
		known[c.key()] = c
	}
	var cells []cell
	// seconds is what a cell of a routine took, for each of the products that its
	// size stands for.
	seconds := map[string]float64{}
	begin := time.Now()
	for _, c := range grid {
		if ctx.Err() != nil {
			return cells, context.Cause(ctx)
		}
		if old, measured := known[cellKey{c.Name, c.N}]; measured {
			cells = append(cells, old)
			continue
		}
		cube := math.Pow(float64(c.order), 3)
		start := time.Now()
		if left := set.total - start.Sub(begin); set.total > 0 && (left <= 0 || seconds[routine(c.Name)]*cube > left.Seconds()) {
			continue
		}
		m := compare(ctx, b, c.BLASCall, set)
		if c.order >= telling {
			seconds[routine(c.Name)] = time.Since(start).Seconds() / cube
		}
		if err := keep(m); err != nil {
			return cells, err
		}
		cells = append(cells, m)
	}
	return cells, nil
}

// compare times a call both ways in turns, the first of a pair being now the one,
// now the other.
func compare(ctx context.Context, b *hybrid.BLAS, c hybrid.BLASCall, set settings) cell {
	alone, chosen := b.Pair(c)
	chosen()
	for !b.Settled() && ctx.Err() == nil { // it has to know the call first
		time.Sleep(time.Millisecond)
	}
	most, budget := pairs, set.cell
	if set.again > 0 {
		most, budget = repeatedPairs, 3*budget
	}
	start := time.Now()
	alone()
	once := time.Since(start)
	timed := func(f func(), repeat int) float64 {
		if once < warm {
			f()
		}
		start := time.Now()
		for range repeat {
			f()
		}
		return time.Since(start).Seconds() / float64(repeat)
	}
	least, repeat := leastPairs, 1
	switch {
	case once > long:
		least = 1
	case once < sample:
		repeat = max(1, int(sample.Seconds()/max(timed(alone, 10), 1e-9)))
	}
	chosen()
	var wrapped, tandem, ratios []float64
	begin := time.Now()
	for pair := range most {
		if pair >= least && time.Since(begin) > budget {
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
