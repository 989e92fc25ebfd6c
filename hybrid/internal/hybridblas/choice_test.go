package hybridblas

import (
	"testing"
	"time"
)

// observe puts times of all ways for a call into the model, in seconds.
func observe(b *BLAS, c call, alone, parallel float64) {
	ch := b.engine.choices
	for range rounds {
		b.engine.cfg.Model.Observe(ch.key(c.cell(), wrapped, true), c.work(), alone)
		b.engine.cfg.Model.Observe(ch.key(c.cell(), inParallel, true), c.work(), parallel)
	}
}

func TestChoiceFollowsTheModel(t *testing.T) {
	b := cpuBLAS(t, 0)
	for _, c := range []struct {
		call            call
		alone, parallel float64
		want            way
	}{
		{call{opGemm, kindD, 0, 200, 200, 200}, 2e-3, 1e-3, inParallel},
		{call{opGemm, kindS, 0, 200, 200, 200}, 2e-3, 1.9e-3, wrapped}, // not worth it
		{call{opTrsm, kindZ, 3, 300, 20, 300}, 1e-3, 3e-3, wrapped},
		{call{opGemv, kindC, 1, 900, 900, 1}, 1e-3, 0.5e-3, inParallel},
	} {
		observe(b, c.call, c.alone, c.parallel)
		if got, _ := b.engine.choose(c.call); got != c.want {
			t.Errorf("%+v: %v, want %v", c.call, got, c.want)
		}
	}
	// A call larger than any that is measured goes the way of those.
	largest := call{opSyrk, kindD, 2, 4096, 4096, 4096}
	observe(b, largest.standing(), 1, 0.5)
	if got, _ := b.engine.choose(largest); got != inParallel {
		t.Errorf("the largest goes %v", got)
	}
	if s := largest.standing(); s.cell() != largest.cell() || s.work() > 1<<27 {
		t.Errorf("%+v stands for %+v: cells %+v and %+v", s, largest, s.cell(), largest.cell())
	}
}

// TestChoiceIsGivenUp has calls take longer than the wrapped routine would.
func TestChoiceIsGivenUp(t *testing.T) {
	b := cpuBLAS(t, 0)
	c := call{opGemm, kindD, 0, 100, 100, 100}
	observe(b, c, 10, 1) // seconds: no call is late
	for range 100 {
		w, watch := b.engine.choose(c)
		if w != inParallel {
			t.Fatalf("a call in time turns to %v", w)
		}
		watch.end()
	}
	_, watch := b.engine.choose(c)
	watch.begun = watch.begun.Add(-time.Minute)
	for range mostLate / 2 {
		if w, _ := b.engine.choose(c); w != inParallel {
			t.Fatalf("given up too early")
		}
		watch.end()
	}
	if w, _ := b.engine.choose(c); w != wrapped {
		t.Errorf("late calls go on %v", w)
	}
}

func TestChoiceAllocatesNothing(t *testing.T) {
	b := cpuBLAS(t, 0)
	c := call{opGemm, kindD, 0, 500, 500, 500}
	observe(b, c.standing(), 10, 1)
	if n := testing.AllocsPerRun(100, func() {
		_, watch := b.engine.choose(c)
		watch.end()
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
