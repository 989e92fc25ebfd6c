package ways

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// TestTheFasterWay gives a choice two ways in virtual time, whose speeds change
// places.
func TestTheFasterWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var c Choice
		took := [2]time.Duration{3 * time.Millisecond, time.Millisecond}
		var taken [2]int
		ways := [2]func() error{}
		for i := range ways {
			ways[i] = func() error {
				taken[i]++
				time.Sleep(took[i])
				return nil
			}
		}
		run := func(n int) {
			taken = [2]int{}
			for range n {
				if err := c.Do(ways[0], ways[1]); err != nil {
					t.Fatal(err)
				}
			}
		}
		run(1000)
		if taken[0] > 10 {
			t.Errorf("the slower way was taken %d times of 1000", taken[0])
		}
		took[1] = 30 * time.Millisecond
		run(2000)
		run(1000)
		if taken[1] > 10 {
			t.Errorf("the way that has become slower was taken %d times of 1000", taken[1])
		}
	})
}

func TestFailure(t *testing.T) {
	var c Choice
	why := errors.New("no")
	fails := func() error { return why }
	if err := c.Do(fails, fails); !errors.Is(err, why) || c.calls[0].Load() != 0 {
		t.Errorf("%v, counted %d times", err, c.calls[0].Load())
	}
}
