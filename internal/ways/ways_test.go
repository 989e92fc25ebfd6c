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

// TestLookingIsCheap has one way take a thousand times as long.
func TestLookingIsCheap(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var c Choice
		fast := func() error { time.Sleep(time.Millisecond); return nil }
		slow := func() error { time.Sleep(time.Second); return nil }
		for range 10 {
			if err := c.Do(fast, slow); err != nil {
				t.Fatal(err)
			}
		}
		begin := time.Now()
		const calls = 300_000
		for range calls {
			if err := c.Do(fast, slow); err != nil {
				t.Fatal(err)
			}
		}
		took := time.Since(begin)
		if best := calls * time.Millisecond; took < best+time.Second || took > best*(lookAgain+mostLoss+1)/lookAgain {
			t.Errorf("%v, %v without any look", took, best)
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
