package hybridblas

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tandem-go/tandem/hybrid/internal/perfmodel"
)

// waiting is how many calls may wait to be measured. One that is dropped is asked
// for again by the next of its kind.
const waiting = 256

func newChoices(b *BLAS) *choices {
	cfg := b.engine.cfg
	p := new(probe) // used by looks, one after the other
	return &choices{
		blas: b, exercise: b.exercise, quiet: func(d time.Duration) bool { return p.quiet(cfg.Workers, cfg.Loop, d) },
		verdicts: map[cell]*verdict{}, queue: make(chan request, waiting), quit: make(chan struct{}),
	}
}

// stop ends the measuring, after the run that is under way.
func (ch *choices) stop() { ch.closing.Do(func() { close(ch.quit) }) }

// close does so and waits for it.
func (ch *choices) close() {
	ch.stop()
	ch.begin.Do(func() {}) // what was not begun will not be
	ch.ended.Wait()
}

func (ch *choices) closed() bool {
	select {
	case <-ch.quit:
		return true
	default:
		return false
	}
}

// measureAll measures what is asked for until the end.
func (ch *choices) measureAll() {
	for {
		select {
		case <-ch.quit:
			return
		case r := <-ch.queue:
			ch.look(r)
			ch.asked.Add(-1)
		}
	}
}

const (
	// rounds is how many rounds of all ways a look takes, but for the first, which pays
	// for cold caches: their median decides. It is more than half of those that the
	// model remembers, so that what it believes is refuted by one look.
	rounds = 5
	// longRounds is how many of calls that take longer than longCall, which scatter
	// less, if these agree, and with what is believed.
	longRounds = 2
	longCall   = 20 * time.Millisecond
	// patience is how many rounds may be disturbed before the look is taken for what
	// it is.
	patience = rounds
	// shortest is how long a measurement takes at least, but for the first: calls
	// of microseconds are repeated, with the caches as they themselves leave them.
	shortest = 200 * time.Microsecond
	// worthwhile is the part of the wrapped routine's time that another way may
	// take at most: measured times scatter, more so where several cores have to
	// be free at once, and other calls have a use for the workers too.
	worthwhile = 0.8
)

// look is what one has found.
type look struct {
	best    way
	seconds map[way]float64
	quiet   bool // nothing else had the processors
	took    time.Duration
}

// round is the seconds that each way took, one right after the other, so that what
// changes slowly changes all of them.
type round map[way]float64

// measure times each way for a call, taking turns, until enough rounds were not
// disturbed. believed is what the look is to confirm or to refute. It reports false if
// the end came before.
func (ch *choices) measure(r request, believed way) (l look, ok bool) {
	begun := time.Now()
	ways := ch.ways(r.call)
	run := ch.exercise(r.call)
	repeats := map[way]int{}
	var first round
	var quiet, busy []round
	longest := time.Duration(0)
	for n := 0; !ch.enough(ways, quiet, busy, longest, believed); n++ {
		times := round{}
		free := n == 0 || ch.quiet(longest)
		for i := range ways {
			w := ways[(i+n)%len(ways)]
			repeat := max(1, repeats[w])
			start := time.Now()
			for range repeat {
				run(w)
			}
			all := time.Since(start)
			took := all / time.Duration(repeat)
			repeats[w] = int(shortest / max(took, 1))
			longest = max(longest, all)
			times[w] = took.Seconds()
			if ch.closed() {
				return look{}, false // the workers may have ended before the run
			}
		}
		switch {
		case n == 0:
			first = times
		case free && ch.quiet(longest):
			quiet = append(quiet, times)
		default:
			busy = append(busy, times)
		}
	}
	l = look{quiet: len(quiet) >= longRounds, took: time.Since(begun)}
	counted := quiet
	if !l.quiet {
		counted = busy
	}
	l.best, l.seconds = fastest(ways, counted)
	for _, w := range ways {
		ch.teach(ch.key(r.cell, w, l.quiet), r.call.work(), first[w], counted, w)
	}
	return l, true
}

// teach has the model remember the rounds of a way. What it sees first of anything in a
// process it takes for cold, so that is the first round.
func (ch *choices) teach(k perfmodel.Key, work, first float64, counted []round, w way) {
	if fit, _ := ch.model().Estimate(k); fit.Seen == 0 {
		ch.model().Observe(k, work, first)
	}
	for _, times := range counted {
		ch.model().Observe(k, work, times[w])
	}
}

// enough tells whether a look has rounds enough.
func (ch *choices) enough(ways []way, quiet, busy []round, longest time.Duration, believed way) bool {
	switch {
	case len(quiet) >= rounds || len(busy) >= patience:
		return true
	case longest < longCall || len(quiet) < longRounds:
		return false
	}
	first, _ := fastest(ways, quiet[:1])
	for i := range quiet {
		if w, _ := fastest(ways, quiet[i:i+1]); w != first {
			return false
		}
	}
	return believed == unknown || believed == first
}

// fastest is the best way of some rounds, by the median of its times over those of the
// wrapped routine in the same round, and the median times.
func fastest(ways []way, all []round) (best way, seconds map[way]float64) {
	seconds, ratios := map[way]float64{}, map[way]float64{}
	for _, w := range ways {
		var times, over []float64
		for _, r := range all {
			times = append(times, r[w])
			over = append(over, r[w]/r[wrapped])
		}
		seconds[w], ratios[w] = median(times), median(over)
	}
	return better(ways, ratios), seconds
}

func median(v []float64) float64 {
	slices.Sort(v)
	return v[len(v)/2]
}

// better is the best way by times in any unit.
func better(ways []way, times map[way]float64) way {
	best := wrapped
	for _, w := range ways[1:] {
		limit := times[best]
		if best == wrapped {
			limit *= worthwhile
		}
		if times[w] < limit {
			best = w
		}
	}
	return best
}

func (ch *choices) model() *perfmodel.Model { return ch.blas.engine.cfg.Model }

// ways are those that a call could go.
func (ch *choices) ways(c call) []way {
	ways := []way{wrapped}
	if !ch.blas.engine.threaded[c.kind] {
		ways = append(ways, inParallel)
	}
	if ch.blas.engine.devicesTake(c) {
		ways = append(ways, onDevices)
	}
	return ways
}

// known is the best way for a call, and the seconds that the wrapped routine and that
// way take, if all ways have been measured: by quiet looks, or else by busy ones.
func (ch *choices) known(r request) (best way, alone, each float64, known bool) {
	ways := ch.ways(r.call)
	if len(ways) == 1 {
		return ways[0], 0, 0, true
	}
	seconds, _ := ch.remembered(r, ways)
	if seconds == nil {
		return unknown, 0, 0, false
	}
	best = better(ways, seconds)
	return best, seconds[wrapped], seconds[best], true
}

// remembered is what the model has of all ways of a call, in seconds, and whether by quiet
// looks.
func (ch *choices) remembered(r request, ways []way) (seconds map[way]float64, quiet bool) {
	for _, quiet := range []bool{true, false} {
		seconds = map[way]float64{}
		for _, w := range ways {
			if fit, ok := ch.model().Estimate(ch.key(r.cell, w, quiet)); ok && fit.Samples >= longRounds {
				seconds[w] = fit.Seconds(r.call.work())
			}
		}
		if len(seconds) == len(ways) {
			return seconds, quiet
		}
	}
	return nil, false
}

// expense is what a look should cost, by what the model has.
func (ch *choices) expense(r request) time.Duration {
	seconds, _ := ch.remembered(r, ch.ways(r.call))
	cost := 2 * leastProbe
	for _, s := range seconds {
		cost += max(time.Duration(s*1e9), shortest)
	}
	return (1 + rounds) * cost
}

// packed tells whether products of a type are packed ones.
func (b *BLAS) packed(k kind) bool {
	return [kinds]bool{b.s.packed(), b.d.packed(), b.c.packed(), b.z.packed()}[k]
}

// key is what the model keeps the times of a way under, those of quiet looks and of
// busy ones apart.
func (ch *choices) key(c cell, w way, quiet bool) perfmodel.Key {
	cfg := ch.blas.engine.cfg
	who := cfg.Wrapped.Name
	tiles := "tiles"
	if ch.blas.packed(c.kind) {
		tiles = "packed tiles"
	}
	switch w {
	case inParallel:
		who = fmt.Sprintf("%s in %s on %d workers", who, tiles, cfg.Workers)
	case onDevices:
		var ids []string
		for _, d := range cfg.Devices {
			ids = append(ids, d.Key())
		}
		who = fmt.Sprintf("%s in %s on %s and %d workers", who, tiles, strings.Join(ids, " and "), cfg.Workers)
	}
	kernel := fmt.Sprintf("blas.%s%s.%d", kindLetters[c.kind], opNames[c.op], c.variant)
	if !quiet {
		kernel += " on a busy machine"
	}
	return perfmodel.Key{
		Kernel: kernel,
		Class:  c.shape, Size: c.size, Device: who,
	}
}
