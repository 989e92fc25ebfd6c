package suite

import (
	"context"
	"os"
	"testing"
	"time"

	"github.com/tandem-go/tandem/bench/internal/measure"
)

// childWord has the test's program be a child, as it has bench's.
const childWord = "child"

func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == childWord {
		if err := Child(context.Background(), os.Args[2:], os.Stdin, os.Stdout); err != nil {
			os.Stderr.WriteString(err.Error())
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// Every category runs, and records rows of Tandem's with samples, each under a
// name of its own.
func TestCategories(t *testing.T) {
	t.Setenv("TANDEM_DEVICES", "") // all there are
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	var rows []measure.Row
	s := &Suite{
		Runner: &measure.Runner{
			Machine: measure.ThisMachine(t.Context()), Rounds: 1, Budget: time.Millisecond,
			Record: func(r measure.Row) error { rows = append(rows, r); return nil },
		},
		Quick: true, Self: []string{self, childWord},
	}
	for _, c := range Categories {
		t.Run(c.Name, func(t *testing.T) {
			rows = rows[:0]
			if err := s.Run(t.Context(), c.Name); err != nil {
				t.Fatal(err)
			}
			names := map[string]bool{}
			own := 0
			for _, row := range rows {
				if row.Category != c.Name || names[row.Name()] {
					t.Errorf("the row %s is of another category, or there twice", row.Name())
				}
				names[row.Name()] = true
				if row.Missing == "" && len(row.Samples) > 0 {
					own++
				}
				if len(row.Histogram) > 0 && measure.Quantile(row.Histogram, 0.5) <= 0 {
					t.Errorf("%s has an empty histogram", row.Name())
				}
			}
			if own == 0 {
				t.Error("nothing was measured")
			}
		})
	}
}

// Tasks beyond the default queue limit wait in memory as others do.
func TestQueueBeyondLimit(t *testing.T) {
	for _, holder := range holders {
		if holder.limit < 2_000_000 {
			continue
		}
		release, err := holder.queue(t.Context(), 1_200_000)
		if err == nil {
			err = release()
		}
		if err != nil {
			t.Errorf("%s: %v", holder.name, err)
		}
	}
}

func TestInversionShare(t *testing.T) {
	for _, c := range []struct {
		begun []float64 // of priorities in rotation: high, normal, low
		want  float64
	}{
		{nil, 0},
		{[]float64{1, 3, 5, 2, 4, 6}, 0},
		{[]float64{6, 5, 4}, 100 * 2. / 3},
		{[]float64{1, 2, 3, 9, 10, 11}, 100 * 2. / 6},
	} {
		if got := inversionShare(c.begun); got != c.want {
			t.Errorf("%v has %.1f %%, want %.1f %%", c.begun, got, c.want)
		}
	}
}
