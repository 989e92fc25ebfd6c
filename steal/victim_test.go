package steal_test

import (
	"math"
	"testing"

	"github.com/tandem-go/tandem/steal"
)

// A theft must never prolong the whole, and must leave both to end together
// unless the victim has too little.
func TestAmountNeverProlongs(t *testing.T) {
	random := seeded(t)
	for range 100_000 {
		between := func(lo, hi float64) float64 { return lo * math.Pow(hi/lo, random.Float64()) }
		victim := steal.Load{Left: math.Floor(between(1, 1e9)), Rate: between(1, 1e9), Busy: between(1e-6, 1e3)}
		rate, start := between(1, 1e9), between(1e-6, 1e3)
		k := steal.Amount(victim, rate, start)
		if k < 0 || k > victim.Left {
			t.Fatalf("%+v, thief %v after %v: %v taken", victim, rate, start, k)
		}
		if k == 0 {
			if start+1/rate < victim.Time()*(1-1e-9) && start+1/rate+1/victim.Rate < victim.Time() {
				t.Fatalf("%+v, thief %v after %v: nothing taken although it could help", victim, rate, start)
			}
			continue
		}
		thiefEnd := start + k/rate
		victimEnd := victim.Busy + (victim.Left-k)/victim.Rate
		if worst := victim.Time() * (1 + 1e-9); thiefEnd > worst || victimEnd > worst {
			t.Fatalf("%+v, thief %v after %v: %v taken ends at %v and %v", victim, rate, start, k, thiefEnd, victimEnd)
		}
		if k < victim.Left && math.Abs(thiefEnd-victimEnd) > 1e-6*victim.Time() {
			t.Fatalf("%+v, thief %v after %v: ends at %v and %v, want the same", victim, rate, start, thiefEnd, victimEnd)
		}
	}
}

// Whatever the loads are, a theft is of something that is there, and of a victim
// that has something.
func FuzzVictim(f *testing.F) {
	f.Add(100.0, 10.0, 1.0, 20.0, 0.1)
	f.Add(1e9, 0.0, 0.0, 1e-3, 1e3)
	f.Add(1.0, math.NaN(), 5.0, math.Inf(1), 0.0)
	f.Fuzz(func(t *testing.T, left, rate, busy, thiefRate, start float64) {
		for _, x := range []float64{left, busy, start} {
			if !(x >= 0 && x < 1e18) {
				return // counts and times
			}
		}
		for _, x := range []float64{rate, thiefRate} {
			if x > 0 && !(x > 1e-100 && x < 1e100) {
				return
			}
		}
		victim := steal.Load{Left: left, Rate: rate, Busy: busy}
		if k := steal.Amount(victim, thiefRate, start); !(k >= 0 && k <= left) {
			t.Errorf("%+v, thief %v after %v: %v taken", victim, thiefRate, start, k)
		}
		loads := []steal.Load{victim, {Left: start, Rate: thiefRate}, {Busy: busy}}
		choice := steal.Choose(loads, nil)
		if choice < 0 {
			if left > 0 || start > 0 {
				t.Errorf("nobody of %+v", loads)
			}
			return
		}
		for _, l := range loads {
			if l.Left > 0 && l.Time() > loads[choice].Time() || loads[choice].Left <= 0 {
				t.Errorf("%d of %+v", choice, loads)
			}
		}
	})
}

func TestAmountOfOddLoads(t *testing.T) {
	for name, c := range map[string]struct {
		victim      steal.Load
		rate, start float64
		want        float64
	}{
		"nothing left":             {steal.Load{Rate: 1}, 1, 0, 0},
		"thief stands still":       {steal.Load{Left: 10, Rate: 1}, 0, 0, 0},
		"thief of unknown rate":    {steal.Load{Left: 10, Rate: 1}, math.NaN(), 0, 0},
		"victim stands still":      {steal.Load{Left: 10}, 1, 0, 10},
		"victim of unknown rate":   {steal.Load{Left: 10, Rate: math.NaN()}, 1, 0, 10},
		"equals":                   {steal.Load{Left: 10, Rate: 1}, 1, 0, 5},
		"thief starts too late":    {steal.Load{Left: 10, Rate: 1}, 100, 10, 0},
		"thief too slow for one":   {steal.Load{Left: 10, Rate: 1}, 0.1, 0, 0},
		"victim busy for long":     {steal.Load{Left: 10, Rate: 1, Busy: 100}, 1, 0, 10},
		"thief three times faster": {steal.Load{Left: 8, Rate: 1}, 3, 0, 6},
	} {
		if got := steal.Amount(c.victim, c.rate, c.start); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func TestChooseTakesMostTimeLeft(t *testing.T) {
	loads := []steal.Load{{Left: 100, Rate: 100}, {Left: 10, Rate: 1}, {Busy: 99, Rate: 1}, {Left: 5, Rate: 1, Busy: 20}}
	if got := steal.Choose(loads, nil); got != 3 {
		t.Errorf("victim %d, want 3", got)
	}
	if got := steal.Choose(loads, func(i int) bool { return i != 3 }); got != 1 {
		t.Errorf("victim %d, want 1", got)
	}
	if got := steal.Choose(loads, func(int) bool { return false }); got != -1 {
		t.Errorf("victim %d, want none", got)
	}
	if got := steal.Choose(nil, nil); got != -1 {
		t.Errorf("victim %d, want none", got)
	}
}
