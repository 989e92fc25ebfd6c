package guard

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"testing"
	"testing/synctest"
	"time"
)

// took is a side that takes as long as it says for each turn, in virtual time.
func took(d func(turn int) time.Duration) func(context.Context) error {
	turn := 0
	return func(context.Context) error {
		turn++
		time.Sleep(d(turn))
		return nil
	}
}

const short, long = 100 * time.Microsecond, 20 * time.Millisecond

func always(d time.Duration) func(int) time.Duration { return func(int) time.Duration { return d } }

func TestCompare(t *testing.T) {
	bound := []Bound{{Name: "x", Ratio: 1, Margin: 9}}
	for _, c := range []struct {
		name  string
		own   func(turn int) time.Duration
		slow  bool
		waits int
	}{
		{"as fast", always(short), false, 0},
		{"always slower", always(long), true, attempts - 1},
		{"disturbed in the first attempt", func(turn int) time.Duration {
			if turn <= rounds+2 {
				return long
			}
			return short
		}, false, 1},
		{"disturbed in five turns of an attempt", func(turn int) time.Duration {
			if turn > 2 && turn <= 7 {
				return long
			}
			return short
		}, false, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				waits := 0
				check := []Check{{Name: "x", Peer: "y", Own: took(c.own), Other: took(always(short))}}
				err := compare(t.Context(), io.Discard, check, bound, func(int) { waits++ })
				if errors.Is(err, ErrSlower) != c.slow || err != nil && !c.slow {
					t.Errorf("the verdict is %v", err)
				}
				if waits != c.waits {
					t.Errorf("it waited %d times, want %d", waits, c.waits)
				}
			})
		})
	}
}

func TestCompareFailure(t *testing.T) {
	broken := errors.New("broken")
	check := []Check{{Name: "x", Own: func(context.Context) error { return broken }, Other: took(always(short))}}
	if err := compare(t.Context(), io.Discard, check, []Bound{{Name: "x"}}, nil); !errors.Is(err, broken) {
		t.Errorf("a check that fails gave %v", err)
	}
	if err := compare(t.Context(), io.Discard, check, []Bound{{Name: "y"}}, nil); err == nil || errors.Is(err, broken) {
		t.Errorf("a bound of another name gave %v", err)
	}
	if err := compare(t.Context(), io.Discard, check, nil, nil); err == nil {
		t.Error("a check without a bound passed")
	}
}

// Every check works, and has its bound.
func TestChecks(t *testing.T) {
	var bounds []Bound
	if err := json.Unmarshal(baseline, &bounds); err != nil {
		t.Fatal(err)
	}
	checks, closeAll, err := open()
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range checks {
		if i >= len(bounds) || bounds[i].Name != c.Name || bounds[i].Ratio <= 0 || bounds[i].Margin <= 0 {
			t.Errorf("%s has no bound of its own", c.Name)
		}
		if err := errors.Join(c.Own(t.Context()), c.Other(t.Context())); err != nil {
			t.Errorf("%s: %v", c.Name, err)
		}
	}
	if err := closeAll(); err != nil {
		t.Error(err)
	}
}
