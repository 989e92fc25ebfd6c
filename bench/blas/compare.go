package main

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"time"

	"github.com/tandem-go/tandem/hybrid"
)

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
)

// comparison measures the cells of a grid.
type comparison struct {
	blas  *hybrid.BLAS
	set   settings
	alone func(ctx context.Context, p planned, most time.Duration) (took time.Duration, ended bool, err error)
}

// cell compares a call both ways. Where Tandem's takes long enough, the wrapped
// routine, which may take hours, is given up once it has taken some times as long as
// the median of leastPairs calls of Tandem's, or as one long call.
func (c comparison) cell(ctx context.Context, p planned) (cell, error) {
	// What is best for the call has to be known: until then the wrapped routine does it.
	if err := c.blas.Calibrate(ctx, []hybrid.BLASCall{p.BLASCall}, func(hybrid.BLASCrossover) {}); err != nil {
		return cell{}, err
	}
	chosen := c.blas.Chosen(p.BLASCall)
	once := timed(chosen)
	if c.set.bound <= 0 || once <= c.set.bound {
		return c.pairs(p, chosen), nil
	}
	tandem := []float64{once.Seconds()}
	for once <= long && len(tandem) < leastPairs {
		tandem = append(tandem, timed(chosen).Seconds())
	}
	ours := median(tandem)
	took, ended, err := c.alone(ctx, p, time.Duration(c.set.times*ours*1e9))
	if err != nil {
		return cell{}, fmt.Errorf("%s of order %d: %w", p.Name, p.order, err)
	}
	if ended {
		return c.pairs(p, chosen), nil
	}
	return cell{
		Routine: p.Name, N: p.N, Pairs: len(tandem), Wrapped: took.Seconds(), Tandem: ours, Ratio: ours / took.Seconds(), Bound: true,
	}, nil
}

// timed is how long a call takes, with no garbage of before collected meanwhile.
func timed(f func()) time.Duration {
	runtime.GC()
	start := time.Now()
	f()
	return time.Since(start)
}

// pairs times a call both ways in turns, the first of a pair being now the one, now
// the other.
func (c comparison) pairs(p planned, chosen func()) cell {
	alone := c.blas.Alone(p.BLASCall)
	most, budget := pairs, c.set.cell
	if c.set.again > 0 {
		most, budget = repeatedPairs, 3*budget
	}
	start := time.Now()
	alone()
	once := time.Since(start)
	repeated := func(f func(), repeat int) float64 {
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
		repeat = max(1, int(sample.Seconds()/max(repeated(alone, 10), 1e-9)))
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
			w = repeated(alone, repeat)
			t = repeated(chosen, repeat)
		} else {
			t = repeated(chosen, repeat)
			w = repeated(alone, repeat)
		}
		wrapped, tandem, ratios = append(wrapped, w), append(tandem, t), append(ratios, t/w)
	}
	return cell{Routine: p.Name, N: p.N, Pairs: len(ratios), Wrapped: median(wrapped), Tandem: median(tandem), Ratio: median(ratios)}
}

func median(v []float64) float64 {
	v = slices.Clone(v)
	slices.Sort(v)
	return v[len(v)/2]
}
