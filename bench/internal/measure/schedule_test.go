package measure

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"
)

// simulate measures rows that take so long, each by itself, with this much around
// them in every block, and returns in how many blocks each was, and how long it took.
func simulate(t *testing.T, costs []time.Duration, around, limit time.Duration) (blocks []int, took time.Duration) {
	t.Helper()
	merged := Merger{}
	r := &Runner{
		Machine: &Machine{ID: "m"}, Rounds: 1, Blocks: Blocks, Time: limit,
		Record: func(row Row) error { merged.Add(row); return nil },
	}
	start := time.Now()
	for r.Next() {
		time.Sleep(around)
		for i, cost := range costs {
			if _, err := r.Measure(t.Context(), Plan{
				Category: "a", Workload: fmt.Sprint(i), Unit: Nanoseconds,
				Subjects: []Subject{{Name: "x", Run: func(context.Context) (float64, error) {
					time.Sleep(cost)
					return float64(cost), nil
				}}},
			}); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, row := range merged.Rows() {
		blocks = append(blocks, len(row.Blocks))
	}
	return blocks, time.Since(start)
}

// However long rows take, all are measured, the whole ends about in time, nobody who
// is faster is measured less often, and all have an interval where there is time.
func TestSchedule(t *testing.T) {
	random := rand.New(rand.NewPCG(6, 9))
	for range 200 {
		costs := make([]time.Duration, 1+random.IntN(60))
		var once, longest time.Duration
		for i := range costs {
			// From a millisecond to ten seconds; Budget is 0, so that each has one turn.
			costs[i] = time.Duration(float64(time.Millisecond) * math.Pow(10, 4*random.Float64()))
			once += costs[i]
			longest = max(longest, costs[i])
		}
		around := time.Duration(random.IntN(2000)) * time.Millisecond
		once += around
		limit := time.Duration(float64(once) * (1 + 10*random.Float64()))
		synctest.Test(t, func(t *testing.T) {
			blocks, took := simulate(t, costs, around, limit)
			if took > limit+limit/10+longest+around {
				t.Errorf("%v, with a limit of %v and at most %v for a row", took, limit, longest)
			}
			if len(blocks) != len(costs) {
				t.Fatalf("%d of %d rows were measured", len(blocks), len(costs))
			}
			for i, n := range blocks {
				switch {
				case limit >= Blocks*once && n != Blocks:
					t.Errorf("%d blocks of what takes %v, and there was time for all", n, costs[i])
				case limit >= fewest*once+(Blocks-fewest)*around+longest && n < fewest:
					t.Errorf("%d blocks of what takes %v, and there was time for %d of all", n, costs[i], fewest)
				}
				for j, m := range blocks {
					// A turn more or less is a matter of when each begins.
					if costs[i] < costs[j] && n+1 < m {
						t.Errorf("%d blocks of what takes %v, and %d of what takes %v", n, costs[i], m, costs[j])
					}
				}
			}
		})
	}
}

// Without a limit everything is measured in all blocks, and without blocks once.
func TestNoLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		if blocks, _ := simulate(t, []time.Duration{time.Millisecond, time.Hour}, time.Second, 0); blocks[0] != Blocks || blocks[1] != Blocks {
			t.Errorf("%v blocks without a limit", blocks)
		}
		r := &Runner{Blocks: 0}
		if !r.Next() || r.Next() {
			t.Error("a run without blocks isn't one block")
		}
	})
}

// A first block that takes more than half of the time is late, those after it are not.
func TestLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &Runner{Blocks: Blocks, Time: 2 * time.Minute}
		for r.Next() && r.Block() < 3 {
			for _, after := range []time.Duration{0, 59 * time.Second, 2 * time.Second} {
				time.Sleep(after)
				if want := r.Block() == 1 && after == 2*time.Second; r.Late() != want {
					t.Errorf("block %d, after %v more: late is %t", r.Block(), after, r.Late())
				}
			}
			r.schedule.charge("x", time.Minute, 0)
		}
		if unbound := (&Runner{}); !unbound.Next() || unbound.Late() {
			t.Error("a run without a limit is late")
		}
	})
}

// Building and starting a peer isn't taken from what there is for measuring.
func TestPreparationApart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		merged := Merger{}
		r := &Runner{
			Machine: &Machine{ID: "m"}, Rounds: 1, Blocks: Blocks, Time: time.Minute,
			Record: func(row Row) error { merged.Add(row); return nil },
		}
		built := false
		for r.Next() {
			if _, err := r.Measure(t.Context(), Plan{Category: "a", Workload: "b", Unit: Nanoseconds, Subjects: []Subject{{
				Name: "x",
				Prepare: func(context.Context) error {
					if !built {
						time.Sleep(time.Hour)
					}
					built = true
					return nil
				},
				Run: func(context.Context) (float64, error) { time.Sleep(time.Second); return 1, nil },
			}}}); err != nil {
				t.Fatal(err)
			}
			if left, known := r.schedule.left(r.Blocks); known != (r.Block() > 1) || left > time.Minute {
				t.Errorf("in block %d: %v left (%t)", r.Block(), left, known)
			}
		}
		if got := len(merged.Rows()[0].Blocks); got != Blocks {
			t.Errorf("%d blocks, want %d", got, Blocks)
		}
	})
}

// Where there is no terminal, there is a line for each category of a block.
func TestProgress(t *testing.T) {
	var out bytes.Buffer
	p := NewProgress(&out)
	p.Show(1, 9, "submit/empty/n=10", "at most", 90*time.Second)
	p.Show(1, 9, "submit/echo/n=10", "at most", 89*time.Second)
	p.Show(1, 9, "/bin/echo", "", 0)
	p.Clear()
	if want := "block 1 of 9, at most 1m30s left: submit\nblock 1 of 9: /bin/echo\n"; out.String() != want {
		t.Errorf("it says %q, want %q", out.String(), want)
	}
	var nobody *Progress
	nobody.Show(1, 1, "", "", 0)
	nobody.Clear()
}
