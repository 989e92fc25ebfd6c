package hybrid

import (
	"testing"

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
