package hybridblas

import (
	"errors"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tandem-go/tandem/hybrid/internal/perfmodel"
)

// machine is one on which calls take what it says, in virtual time.
type machine struct {
	takes   map[way]time.Duration // with nothing else to do
	slower  map[way]float64       // by others' load, as long as there is some
	busy    bool
	noticed bool          // the probe sees that
	looked  time.Duration // the time of all looks
	called  time.Duration // and of all calls
}

func (m *machine) run(w way) time.Duration {
	d := m.takes[w]
	if m.busy && m.slower[w] > 0 {
		d = time.Duration(float64(d) * m.slower[w])
	}
	time.Sleep(d)
	return d
}

// blas is a BLAS on the machine, over a model.
func (m *machine) blas(t *testing.T, model *perfmodel.Model) *BLAS {
	b := New(Config{Wrapped: overGonum(), Workers: 2, CPU: true, Model: model, Loop: func(n int, body func(lo, hi int)) error {
		body(0, n)
		return nil
	}})
	t.Cleanup(b.Close)
	b.engine.choices.exercise = func(call) func(way) { return func(w way) { m.looked += m.run(w) } }
	b.engine.choices.quiet = func(time.Duration) bool { return !m.busy || !m.noticed }
	return b
}

// calls has a program call c until its calls have taken d, and returns the way of the
// last. Between calls it waits for looks to end, so that nothing depends on the order
// in which goroutines go on.
func (m *machine) calls(b *BLAS, c call, d time.Duration) (last way) {
	for end := m.called + d; m.called < end; {
		w, watch := b.engine.choose(c)
		m.called += m.run(w)
		watch.end()
		last = w
		for !b.Settled() {
			time.Sleep(m.takes[wrapped])
		}
	}
	return last
}

var subject = call{opTrsm, kindC, 5, 300, 300, 300}

// onMachine runs a test in virtual time.
func onMachine(t *testing.T, m machine, test func(t *testing.T, m *machine)) {
	synctest.Test(t, func(t *testing.T) {
		test(t, &m)
		if most := m.called/100 + 2*oneLook(&m); m.looked > most {
			t.Errorf("looks took %v of %v, want at most %v", m.looked, m.called, most)
		}
	})
}

// oneLook is the longest time of a look.
func oneLook(m *machine) (d time.Duration) {
	for w, takes := range m.takes {
		d += time.Duration(float64(takes) * max(1, m.slower[w]))
	}
	return d * (2*rounds + 1)
}

// The two kinds of machine: one on which workers help, one on which they don't.
var (
	helpful = map[way]time.Duration{wrapped: 10 * time.Millisecond, inParallel: 3 * time.Millisecond}
	useless = map[way]time.Duration{wrapped: 10 * time.Millisecond, inParallel: 12 * time.Millisecond}
	// long calls have fewer rounds.
	helpfulLong = map[way]time.Duration{wrapped: 100 * time.Millisecond, inParallel: 30 * time.Millisecond}
	uselessLong = map[way]time.Duration{wrapped: 100 * time.Millisecond, inParallel: 120 * time.Millisecond}
)

// wrongs are machines whose first look is wrong, one way or the other, and what is right.
func wrongs() map[string]struct {
	machine
	right way
} {
	type wrong = struct {
		machine
		right way
	}
	all := map[string]wrong{}
	for name, takes := range map[string]map[way]time.Duration{"": helpful, ", long": helpfulLong} {
		all["workers were taken for useless"+name] = wrong{machine{takes: takes, slower: map[way]float64{inParallel: 5}}, inParallel}
	}
	for name, takes := range map[string]map[way]time.Duration{"": useless, ", long": uselessLong} {
		all["workers were taken for useful"+name] = wrong{machine{takes: takes, slower: map[way]float64{wrapped: 3}}, wrapped}
	}
	return all
}

// TestWrongVerdictIsCorrected has the first look be at a busy machine, whether that is
// noticed or not. By the time that one look more may be taken, it is corrected.
func TestWrongVerdictIsCorrected(t *testing.T) {
	for name, c := range wrongs() {
		for seen, noticed := range map[string]bool{"": false, ", as was noticed": true} {
			t.Run(name+seen, func(t *testing.T) {
				onMachine(t, c.machine, func(t *testing.T, m *machine) {
					m.busy, m.noticed = true, noticed
					b := m.blas(t, perfmodel.New())
					m.calls(b, subject, m.takes[wrapped])
					m.busy = false
					if w, _ := b.engine.choose(subject); w == c.right {
						t.Fatalf("%v at once: the look was not wrong", w)
					}
					if w := m.calls(b, subject, 101*oneLook(m)); w != c.right {
						t.Errorf("calls still go %v", w)
					}
					if w := m.calls(b, subject, 1000*oneLook(m)); w != c.right {
						t.Errorf("later calls go %v", w)
					}
				})
			})
		}
	}
}

// TestWrongFileIsCorrected has a file be full of what a busy machine took, and corrects
// it for this process and the next.
func TestWrongFileIsCorrected(t *testing.T) {
	for name, c := range wrongs() {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "rates.json")
			onMachine(t, c.machine, func(t *testing.T, m *machine) {
				m.busy = true
				for range 5 { // processes
					model := perfmodel.Open(path, func(err error) { t.Error(err) })
					b := m.blas(t, model)
					m.calls(b, subject, m.takes[wrapped])
					for range 2 {
						b.engine.choices.measure(request{subject.cell(), subject.standing()}, unknown)
					}
					b.Close()
					if err := model.Save(path); err != nil {
						t.Fatal(err)
					}
				}
				m.busy, m.looked, m.called = false, 0, 0
				model := perfmodel.Open(path, func(err error) { t.Error(err) })
				b := m.blas(t, model)
				if w := m.calls(b, subject, m.takes[wrapped]); w == c.right {
					t.Fatalf("%v at once: the file was not wrong", w)
				}
				if w := m.calls(b, subject, 101*oneLook(m)); w != c.right {
					t.Errorf("calls still go %v", w)
				}
				b.Close()
				if err := model.Save(path); err != nil {
					t.Fatal(err)
				}
				next := m.blas(t, perfmodel.Open(path, func(err error) { t.Error(err) }))
				if w := m.calls(next, subject, m.takes[wrapped]); w != c.right {
					t.Errorf("in the next process calls go %v", w)
				}
			})
		})
	}
}

// TestBusyLook has a machine be busy for good, as it is when the program itself has all
// processors: that speaks for no way that needs one, and not against what is known.
func TestBusyLook(t *testing.T) {
	onMachine(t, machine{takes: helpful, slower: map[way]float64{inParallel: 5}, noticed: true}, func(t *testing.T, m *machine) {
		b := m.blas(t, perfmodel.New())
		m.calls(b, subject, m.takes[wrapped])
		if w := m.calls(b, subject, 500*oneLook(m)); w != inParallel {
			t.Fatalf("on a quiet machine calls go %v", w)
		}
		choices := b.engine.choices
		v := choices.verdicts[subject.cell()]
		if v.confirmed == 0 {
			t.Error("looks have confirmed nothing")
		}
		m.busy = true
		for range 3 {
			choices.look(request{subject.cell(), subject.standing()})
			if v.way != inParallel {
				t.Fatalf("a busy look has turned it to %v", v.way)
			}
		}
		if v.confirmed > 1 {
			t.Errorf("still confirmed %d times", v.confirmed)
		}
		m.called += 5000 * oneLook(m) // these looks were not asked for by calls
	})
}

// TestGivenUpComesBack has calls become late and be in time again, several times.
func TestGivenUpComesBack(t *testing.T) {
	onMachine(t, machine{takes: helpful, slower: map[way]float64{inParallel: 5}}, func(t *testing.T, m *machine) {
		b := m.blas(t, perfmodel.New())
		for turn := range 3 {
			if w := m.calls(b, subject, 1000*oneLook(m)); w != inParallel {
				t.Fatalf("turn %d: calls go %v", turn, w)
			}
			m.busy = true
			if w := m.calls(b, subject, mostLate*15*time.Millisecond); w != wrapped {
				t.Errorf("turn %d: late calls go on %v", turn, w)
			}
			m.busy = false
		}
		if v := b.engine.choices.verdicts[subject.cell()]; v.givenUp != 3 {
			t.Errorf("given up %d times, want 3", v.givenUp)
		}
	})
}

// TestLooksBecomeRare counts what looks take on a machine that is always the same.
func TestLooksBecomeRare(t *testing.T) {
	onMachine(t, machine{takes: useless}, func(t *testing.T, m *machine) {
		b := m.blas(t, perfmodel.New())
		m.calls(b, subject, 2*time.Minute)
		early := m.looked
		m.calls(b, subject, 20*time.Minute)
		if late := m.looked - early; late > m.called/1000 {
			t.Errorf("looks took %v of %v, and %v before", late, m.called, early)
		}
	})
}

// TestLongRoundsThatDisagree has a look go on until the median is clear.
func TestLongRoundsThatDisagree(t *testing.T) {
	ways := []way{wrapped, inParallel}
	yes, no := round{wrapped: 1, inParallel: 0.4}, round{wrapped: 1, inParallel: 1.2}
	for _, c := range []struct {
		rounds   []round
		believed way
		want     bool
	}{
		{nil, unknown, false},
		{[]round{yes}, unknown, false},
		{[]round{yes, yes}, unknown, true},
		{[]round{yes, yes}, inParallel, true},
		{[]round{yes, yes}, wrapped, false},
		{[]round{yes, no}, unknown, false},
		{[]round{yes, no, yes, yes}, inParallel, false},
		{[]round{yes, no, yes, yes, yes}, wrapped, true},
	} {
		if got := (*choices)(nil).enough(ways, c.rounds, nil, longCall, c.believed); got != c.want {
			t.Errorf("%v, %v believed: enough is %v", c.rounds, c.believed, got)
		}
	}
	if (*choices)(nil).enough(ways, []round{yes, yes}, nil, longCall/2, unknown) {
		t.Error("two rounds of short calls were enough")
	}
}

// TestProbe has loops take their time, and one fail.
func TestProbe(t *testing.T) {
	var p probe
	each := func(n int, body func(lo, hi int)) error {
		body(0, n)
		return nil
	}
	if p.quiet(4, each, time.Millisecond) {
		t.Error("one after the other, as if each of four had a processor")
	}
	if p.quiet(1, func(int, func(lo, hi int)) error { return errors.New("closed") }, time.Millisecond) {
		t.Error("quiet, and nobody counted")
	}
}
