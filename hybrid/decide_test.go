package hybrid

import (
	"testing"

	"github.com/tandem-go/tandem/device/sim"
	"github.com/tandem-go/tandem/kernels"
)

// The worse way is looked at less often the worse it is, and at first more often.
func TestLookAt(t *testing.T) {
	if few, many := lookAt(2, fewLooks-1), lookAt(2, fewLooks); few != lookEarly || many >= few {
		t.Errorf("%v of the times at first, %v later", few, many)
	}
	if hope := lookAt(hopeless, 0); hope >= lookEarly {
		t.Errorf("%v of the times where there is no hope", hope)
	}
	for _, worse := range []float64{1, 1.01, 1.5, 2, 10, 1000} {
		if loss := lookAt(worse, fewLooks) * (worse - 1); loss > lookAgain*(1+1e-9) {
			t.Errorf("%v times as slow: looking costs %v of the time", worse, loss)
		}
	}
	if still := lookAt(1000, fewLooks); still <= 0 {
		t.Error("what was once measured at a bad moment is never tried again")
	}
}

// A device that is believed to be too slow for any part is tried now and then, and its
// trials take a small part of the time.
func TestDoubted(t *testing.T) {
	const n = 1 << 20
	x, y := make([]float32, n), make([]float32, n)
	l := kernels.Saxpy(1, x, y)
	good, err := sim.Open(sim.Config{ID: "sim:0"})
	if err != nil {
		t.Fatal(err)
	}
	bad, err := sim.Open(sim.Config{ID: "sim:1"})
	if err != nil {
		t.Fatal(err)
	}
	s, err := Open(WithDevices("none:*"), WithDevice(good), WithDevice(bad), WithModelFile(""))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for range 4 {
		s.model.Observe(modelKey(&l, s.devices[0].key), n, 1)
		for _, n := range []float64{n, n / 4} { // it takes ten seconds to start
			s.model.Observe(modelKey(&l, s.devices[1].key), n, 10+n/(1<<20))
		}
	}
	all, err := s.candidates(&l, nil)
	if err != nil {
		t.Fatal(err)
	}
	p := s.devices[1].program(l.Kernel())
	<-p.ready
	used, expected := divide(all, n)
	if len(used) != 1 || used[0].m.info.ID != "sim:0" {
		t.Fatalf("%d devices are used", len(used))
	}
	const times = 20000
	trials := 0
	for range times {
		now, trial := s.doubted(&l, all, used, expected)
		if len(now) != 1 || now[0].m != used[0].m {
			t.Fatalf("the launch is given to %v", now)
		}
		for _, c := range trial {
			trials++
			if c.m.info.ID != "sim:1" {
				t.Fatalf("%s is tried", c.m.info.ID)
			}
		}
	}
	if share := float64(trials) / times; share < lookAgain/2 || share > 2*lookAgain {
		t.Errorf("tried %v of the times, want %v", share, lookAgain)
	}
	for _, seconds := range []float64{1e-6, 1e-4, 1e-3, 1, 100} {
		trial := max(trialShare*seconds, min(seconds, shortTrial), shortestTrial)
		if cost := trialChance(seconds) * trial; cost > 1.0001*lookAgain*seconds {
			t.Errorf("launches of %v s: trials cost %v of the time", seconds, cost/seconds)
		}
	}
}

// What was measured decides between the calling goroutine and the workers.
func TestBetterAlone(t *testing.T) {
	const n = 200000
	x, y := make([]float32, n), make([]float32, n)
	l := kernels.Saxpy(1, x, y)
	for _, c := range []struct {
		name            string
		alone, together float64 // seconds; 0 is unknown
		want            float64 // how often it should run alone
		leeway          float64
	}{
		{"nothing is known", 0, 0, 1, 0},
		{"never tried together", 1e-4, 0, 0, 0},
		{"much better alone", 1e-4, 3e-4, 1, 0.03},
		{"better alone", 1e-4, 1.2e-4, 1, 0.1},
		{"not worth the company", 1e-4, 0.98e-4, 1, 0.1},
		{"better together", 1.3e-4, 1e-4, 0, 0.1},
		{"much better together", 3e-4, 1e-4, 0, 0.03},
	} {
		s, err := Open(WithDevices("cpu"), WithModelFile(""))
		if err != nil {
			t.Fatal(err)
		}
		for range 4 {
			if c.alone > 0 {
				s.model.Observe(modelKey(&l, aloneKey), n, c.alone)
			}
			if c.together > 0 {
				s.model.Observe(modelKey(&l, s.cpu.key), n, c.together)
			}
		}
		all, err := s.candidates(&l, nil)
		if err != nil {
			t.Fatal(err)
		}
		const times = 2000
		alone := 0
		for range times {
			if s.betterAlone(&l, all) {
				alone++
			}
		}
		if got := float64(alone) / times; got < c.want-c.leeway || got > c.want+c.leeway {
			t.Errorf("%s: alone %v of the times, want %v", c.name, got, c.want)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}
