package main

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/tandem-go/tandem/hybrid"
)

// cell is what was measured of one call. Where it is a bound, the wrapped routine was
// given up while it still ran: it takes longer than Wrapped, and the ratio is below
// Ratio.
type cell struct {
	Routine string  `json:"routine"`
	N       int     `json:"n"`
	Pairs   int     `json:"pairs"`           // of a bound the calls of Tandem's
	Wrapped float64 `json:"wrapped_seconds"` // medians
	Tandem  float64 `json:"tandem_seconds"`
	Ratio   float64 `json:"ratio"` // median of Tandem over wrapped, by pair
	Bound   bool    `json:"bound,omitempty"`
}

// cellKey names a cell.
type cellKey struct {
	routine string
	n       int
}

func (c cell) key() cellKey { return cellKey{c.Routine, c.N} }

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
func measure(ctx context.Context, c comparison, grid []planned, before []cell, set settings, tell *progress, keep func(cell) error) ([]cell, error) {
	known := map[cellKey]cell{}
	for _, old := range before {
		known[old.key()] = old
	}
	f := newForecast(set)
	for _, p := range plan(orders) {
		if old, measured := known[cellKey{p.Name, p.N}]; measured {
			f.learn(p, old)
		}
	}
	var cells []cell
	var rest []planned
	for _, p := range grid {
		if old, measured := known[cellKey{p.Name, p.N}]; measured {
			cells = append(cells, old)
		} else {
			rest = append(rest, p)
		}
	}
	begin := time.Now()
	for i, p := range rest {
		if ctx.Err() != nil {
			return cells, context.Cause(ctx)
		}
		if left := set.total - time.Since(begin); set.total > 0 && (left <= 0 || f.cost(p) > left) {
			continue
		}
		tell.show(p, i, len(rest), func() time.Duration { return f.sum(rest[i:]) })
		m, err := c.cell(ctx, p)
		if err != nil {
			return cells, err
		}
		f.learn(p, m)
		if err := keep(m); err != nil {
			return cells, err
		}
		cells = append(cells, m)
	}
	return cells, nil
}
