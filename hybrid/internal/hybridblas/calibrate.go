package hybridblas

import (
	"fmt"
	"strings"
	"time"

	"github.com/tandem-go/tandem/hybrid/internal/perfmodel"
)

// waiting is how many calls may wait to be measured. One that is dropped is asked
// for again by the next of its kind.
const waiting = 256

func newChoices(b *BLAS) *choices {
	return &choices{blas: b, queue: make(chan request, waiting), quit: make(chan struct{})}
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
			ch.measure(r)
			ch.fill(r, ch.place(r.cell))
			ch.asked.Add(-1)
		}
	}
}

const (
	// rounds is how often each way is measured: the model drops the first, which
	// pays for cold caches, and takes the median of the others.
	rounds = 6
	// longRounds is how often of calls that take longer than longCall: they
	// scatter less.
	longRounds = 3
	longCall   = 20 * time.Millisecond
	// shortest is how long a measurement takes at least, but for the first: calls
	// of microseconds are repeated, with the caches as they themselves leave them.
	shortest = 200 * time.Microsecond
	// worthwhile is the part of the wrapped routine's time that another way may
	// take at most: measured times scatter, more so where several cores have to
	// be free at once, and other calls have a use for the workers too.
	worthwhile = 0.8
)

// measure times each way for a call, taking turns.
func (ch *choices) measure(r request) {
	ways := ch.ways(r.call)
	run := ch.blas.exercise(r.call)
	repeats := map[way]int{}
	most := rounds
	for round := 0; round < most; round++ {
		for _, w := range ways {
			repeat := max(1, repeats[w])
			start := time.Now()
			for range repeat {
				run(w)
			}
			took := time.Since(start) / time.Duration(repeat)
			repeats[w] = int(shortest / max(took, 1))
			if took > longCall {
				most = longRounds
			}
			if ch.closed() {
				return // the workers may have ended before the run
			}
			ch.model().Observe(ch.key(r.cell, w), r.call.work(), took.Seconds())
		}
	}
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

// known is the best way for a call, and the time of the wrapped routine in seconds,
// if all ways have been measured.
func (ch *choices) known(r request) (best way, alone float64, known bool) {
	ways := ch.ways(r.call)
	if len(ways) == 1 {
		return ways[0], 0, true
	}
	seconds := map[way]float64{}
	for _, w := range ways {
		fit, ok := ch.model().Estimate(ch.key(r.cell, w))
		if !ok || fit.Samples < longRounds-1 {
			return unknown, 0, false
		}
		seconds[w] = fit.Seconds(r.call.work())
	}
	best = wrapped
	for _, w := range ways[1:] {
		limit := seconds[best]
		if best == wrapped {
			limit *= worthwhile
		}
		if seconds[w] < limit {
			best = w
		}
	}
	return best, seconds[wrapped], true
}

// packed tells whether products of a type are packed ones.
func (b *BLAS) packed(k kind) bool {
	return [kinds]bool{b.s.packed(), b.d.packed(), b.c.packed(), b.z.packed()}[k]
}

// key is what the model keeps the times of a way under.
func (ch *choices) key(c cell, w way) perfmodel.Key {
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
	return perfmodel.Key{
		Kernel: fmt.Sprintf("blas.%s%s.%d", kindLetters[c.kind], opNames[c.op], c.variant),
		Class:  c.shape, Size: c.size, Device: who,
	}
}
