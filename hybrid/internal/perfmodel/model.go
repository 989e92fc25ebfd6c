// Package perfmodel remembers how long kernels take on devices.
//
// The time for n indices is modelled as T(n) = a + n/rate, as in Qilin (Luk,
// Hong & Kim, MICRO 2009), from the launches seen so far: the rate is the median
// over the larger ones, and a the median of what that leaves unexplained.
// Medians make single outliers harmless, and the first sample of a key, which
// pays for compilers and cold caches, is dropped.
package perfmodel

import (
	"math"
	"slices"
	"sync"
)

// Key is what a fit is kept for.
type Key struct {
	Kernel string // name of the kernel
	Class  int    // size class of the cost of an index
	Size   int    // size class of the whole launch
	Device string // device, its name and its driver
	// Resident is set when the arguments stay on the device.
	Resident bool
}

// Class is the size class of a cost: its rounded binary logarithm.
func Class(cost float64) int {
	if !(cost > 1) {
		return 0
	}
	return int(math.Round(math.Log2(cost)))
}

// Estimate is a fit: n indices take Start + n/Rate seconds.
type Estimate struct {
	Start float64 // seconds
	Rate  float64 // indices a second
	// Samples is how many observations this rests on.
	Samples int
	// Seen is how many times this process has observed it.
	Seen int
}

// Seconds is the expected time for n indices.
func (e Estimate) Seconds(n float64) float64 { return e.Start + n/e.Rate }

// kept is how many samples a fit remembers, so that of processes which end one
// after the other each leaves some.
const kept = 16

// Sample is one observation.
type Sample struct {
	N       float64
	Seconds float64
}

// plausible tells whether a sample can be reckoned with: beyond these bounds, which
// no machine comes near, rates and times would overflow.
func (s Sample) plausible() bool {
	const least, most = 1e-18, 1e18
	return s.N >= least && s.N <= most && s.Seconds >= least && s.Seconds <= most
}

type fit struct {
	seen     int // observations in this process
	fresh    int // how many of the last samples no file has yet
	samples  []Sample
	estimate Estimate
}

// Model holds the fits. It may be used by any number of goroutines.
type Model struct {
	mu   sync.RWMutex // guards fits
	fits map[Key]*fit
}

// New returns a model that knows nothing.
func New() *Model { return &Model{fits: map[Key]*fit{}} }

// Estimate returns the fit for a key, if there is one.
func (m *Model) Estimate(k Key) (Estimate, bool) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	f := m.fits[k]
	if f == nil || len(f.samples) == 0 {
		return Estimate{}, false
	}
	return f.current(), true
}

// farthest is how many size classes away a fit may be to serve for want of another.
const farthest = 6

// Nearest is Estimate from the nearest size class that has a fit.
func (m *Model) Nearest(k Key) (Estimate, bool) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	size := k.Size
	for d := range farthest + 1 {
		for _, k.Size = range [2]int{size - d, size + d} {
			if f := m.fits[k]; f != nil && len(f.samples) > 0 {
				return f.current(), true
			}
		}
	}
	return Estimate{}, false
}

// Observe adds a sample: n indices took that many seconds. Samples that are not
// positive numbers of a sensible size are ignored.
func (m *Model) Observe(k Key, n, seconds float64) {
	s := Sample{n, seconds}
	if !s.plausible() {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	f := m.fits[k]
	if f == nil {
		f = &fit{}
		m.fits[k] = f
	}
	f.seen++
	if f.seen == 1 && len(f.samples) > 0 {
		return // the first in this process pays for cold caches
	}
	if f.seen == 2 && len(f.samples) == 1 {
		f.samples, f.fresh = f.samples[:0], 0 // the very first has served as a guess
	}
	f.add(s)
	f.fresh = min(f.fresh+1, kept)
}

func (f *fit) current() Estimate {
	e := f.estimate
	e.Seen = f.seen
	return e
}

func (f *fit) add(s Sample) {
	if len(f.samples) == kept {
		f.samples = append(f.samples[:0], f.samples[1:]...)
	}
	f.samples = append(f.samples, s)
	f.refit()
}

// recent is how many samples an estimate rests on: a few that contradict what
// was known must be able to correct it.
const recent = 9

func (f *fit) refit() {
	samples := f.samples[max(0, len(f.samples)-recent):]
	largest := 0.0
	for _, s := range samples {
		largest = max(largest, s.N)
	}
	slopes := make([]float64, 0, recent)
	for _, s := range samples {
		if s.N >= largest/2 {
			slopes = append(slopes, s.Seconds/s.N)
		}
	}
	slope := median(slopes)
	rest := make([]float64, 0, recent)
	for _, s := range samples {
		if s.N < largest/2 {
			rest = append(rest, s.Seconds-slope*s.N)
		}
	}
	start := 0.0
	if len(rest) > 0 {
		start = max(0, median(rest))
		// The larger samples contain the start as well.
		if shortened := slope - start/largest; shortened > 0 {
			slope = shortened
		}
	}
	f.estimate = Estimate{Start: start, Rate: 1 / slope, Samples: len(samples)}
}

func median(v []float64) float64 {
	slices.Sort(v)
	return v[len(v)/2]
}
