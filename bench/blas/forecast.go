package main

import (
	"fmt"
	"io"
	"math"
	"time"
)

// telling is the order from which a cell's time tells that of larger ones: the time
// of small ones is that of their repetitions.
const telling = 64

// forecast tells how long a cell will take to measure, by what smaller ones took.
type forecast struct {
	set      settings
	variants map[string]rate // by name
	routines map[string]rate
}

// rate is what a call takes for a unit of its work.
type rate struct{ wrapped, tandem float64 }

func newForecast(set settings) *forecast {
	return &forecast{set, map[string]rate{}, map[string]rate{}}
}

// learn takes in a cell. The larger ones come later.
func (f *forecast) learn(p planned, c cell) {
	if p.order < telling {
		return
	}
	r := rate{c.Wrapped / p.Work(), c.Tandem / p.Work()}
	if c.Bound {
		r.wrapped = max(r.wrapped, f.variants[p.Name].wrapped)
	}
	f.variants[p.Name], f.routines[routine(p.Name)] = r, r
}

// setting is what it takes to make an element of the operands of a call, in both
// processes (seconds; measured on an AMD EPYC).
const setting = 5e-9

// cost is how long a cell will take, or 0 if nothing is known of its routine.
func (f *forecast) cost(p planned) time.Duration {
	r, known := f.variants[p.Name]
	if !known {
		r = f.routines[routine(p.Name)]
	}
	t, w := r.tandem*p.Work(), r.wrapped*p.Work()
	total := 2 * (t + w)
	if bound := f.set.bound.Seconds(); bound > 0 && t > bound {
		total = (leastPairs + min(f.set.times, w/t)) * t
		if t > long.Seconds() {
			total -= (leastPairs - 1) * t
		}
		if w >= f.set.times*t {
			return seconds(total + setting*math.Pow(float64(p.order), 2))
		}
		total += 2 * (t + w)
	}
	least := float64(leastPairs)
	if w > long.Seconds() {
		least = 1
	}
	return seconds(total + max(least*(t+w), min(pairs*(t+w), f.set.cell.Seconds())))
}

// sum is how long some cells will take.
func (f *forecast) sum(cells []planned) (total time.Duration) {
	for _, p := range cells {
		total += f.cost(p)
	}
	return total
}

func seconds(s float64) time.Duration { return time.Duration(s * 1e9) }

// progress tells whoever waits how far the measuring is. A nil one tells nobody.
type progress struct {
	out         io.Writer
	every       time.Duration
	begun, last time.Time
}

// show prints a line, unless it has just printed one: what is being measured, which
// of the cells that is, and how long all that are left will take.
func (p *progress) show(now planned, done, of int, left func() time.Duration) {
	switch {
	case p == nil || !p.last.IsZero() && time.Since(p.last) < p.every:
		return
	case p.begun.IsZero():
		p.begun = time.Now()
	}
	p.last = time.Now()
	fmt.Fprintf(p.out, "%v: cell %d of %d, %s of order %d; about %v left\n",
		time.Since(p.begun).Round(time.Second), done+1, of, now.Name, now.order, left().Round(time.Second))
}
