// Package guard tells whether Tandem has become slower, on a machine that has
// other things to do as well: it measures a few short workloads in turns with a
// peer, and compares the ratio of the two times, never a time, with one that was
// committed.
package guard

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"time"

	"github.com/tandem-go/tandem/bench/internal/measure"
)

//go:embed baseline.json
var baseline []byte

// Bound is what a check's ratio is held to. The committed ones are medians of six
// runs, and those of the harness of fourteen attempts, on an idle 2-core AMD EPYC in
// November 2026. There, with two other programs in endless loops, the best of four
// attempts was up to 2.04 times as much where the work is on several cores, since a
// peer on one core loses less, and within a twentieth where it is on one: hence
// margins of 1.3 and, with room for processors of another make, 0.5. The harness's
// are loops of a few instructions, whose time is a matter of where they lie in
// memory too, up to 1.37 times as much here: they have 1.3.
//
// The two sides of a check do work of the same kind. A chain of dependent operations
// was once the peer of empty calls: where calls took half as much again and the chain
// did not, on another machine, nothing had become slower and the check failed.
//
// A survey of fourteen idle attempts has none beyond its bound. One of thirty with a
// load of 30 on the two cores has ten of fib's beyond it, six of 16 tasks' and at
// most two of any other's: a false alarm in 1.4 % of runs on such a machine, most of
// which are fib's, where the four attempts are independent.
type Bound struct {
	Name string `json:"name"`
	// Ratio is Tandem's time over the peer's, and Margin how much greater it
	// may be, as a part of it, before the check fails.
	Ratio  float64 `json:"ratio"`
	Margin float64 `json:"margin"`
}

// Check measures a ratio once.
type Check struct {
	Name string
	Peer string
	// Own and Other do the same work.
	Own, Other func(ctx context.Context) error
}

// attempts is how often a check may be measured before it fails. Noise of other
// programs is over after a while; a program that has become slower stays so.
const attempts = 4

// rounds are the turns of an attempt. The median of eleven ratios is right if six
// of the turns were left alone.
const rounds = 11

// ErrSlower is wrapped by the error of a check that failed.
var ErrSlower = errors.New("guard: a ratio fell below its bound")

// Run measures every check and fails with ErrSlower for those whose ratio is
// beyond their bound in every attempt.
func Run(ctx context.Context, out io.Writer) error {
	var bounds []Bound
	if err := json.Unmarshal(baseline, &bounds); err != nil {
		return fmt.Errorf("guard: baseline.json: %w", err)
	}
	checks, closeAll, err := open()
	if err != nil {
		return err
	}
	return errors.Join(compare(ctx, out, checks, bounds, wait), closeAll())
}

// wait gives whatever disturbed an attempt time to end.
func wait(attempt int) { time.Sleep(time.Duration(attempt) * time.Second) }

// Survey measures every check so many times and prints what bounds are made of: the
// median and the range of single attempts' ratios, how many attempts went beyond
// the bound, and how often by that all attempts of a run would, if they were
// independent: the rate of false alarms.
func Survey(ctx context.Context, out io.Writer, times int) error {
	var bounds []Bound
	if err := json.Unmarshal(baseline, &bounds); err != nil {
		return fmt.Errorf("guard: baseline.json: %w", err)
	}
	checks, closeAll, err := open()
	if err != nil {
		return err
	}
	ratios := make([][]float64, len(checks))
	for range times {
		// In turns: what disturbs the machine for a while is in all of them.
		for i, c := range checks {
			ratio, err := c.ratio(ctx)
			if err != nil {
				return errors.Join(fmt.Errorf("guard: %s: %w", c.Name, err), closeAll())
			}
			ratios[i] = append(ratios[i], ratio)
		}
	}
	alarms := 0.0
	for i, c := range checks {
		limit, beyond := bounds[i].Ratio*(1+bounds[i].Margin), 0
		for _, r := range ratios[i] {
			if r > limit {
				beyond++
			}
		}
		rate := math.Pow(float64(beyond)/float64(times), attempts)
		alarms += rate
		fmt.Fprintf(out, "%-34s median %6.3f, %6.3f to %6.3f  bound %.2f  beyond it %d of %d, false alarms %.2g %%\n", c.Name,
			measure.Summarize(ratios[i]).Median, slices.Min(ratios[i]), slices.Max(ratios[i]), limit, beyond, times, 100*rate)
	}
	fmt.Fprintf(out, "false alarms of all checks together: at most %.2g %% of runs\n", 100*alarms)
	return closeAll()
}

func compare(ctx context.Context, out io.Writer, checks []Check, bounds []Bound, wait func(attempt int)) error {
	if len(checks) != len(bounds) {
		return fmt.Errorf("guard: %d checks and %d bounds in baseline.json", len(checks), len(bounds))
	}
	var failures []error
	for i, c := range checks {
		b := bounds[i]
		if b.Name != c.Name {
			return fmt.Errorf("guard: baseline.json has %q where the check is %q", b.Name, c.Name)
		}
		limit := b.Ratio * (1 + b.Margin)
		least := 0.0
		tries := 0
		for tries < attempts && (tries == 0 || least > limit) {
			if tries > 0 {
				wait(tries)
			}
			ratio, err := c.ratio(ctx)
			if err != nil {
				return fmt.Errorf("guard: %s: %w", c.Name, err)
			}
			if tries == 0 || ratio < least {
				least = ratio
			}
			tries++
		}
		verdict := "ok"
		if least > limit {
			verdict = "SLOWER"
			failures = append(failures, fmt.Errorf("%w: %s took %.2f of %s, in the best of %d attempts; the bound is %.2f, %.2f and %.0f %%",
				ErrSlower, c.Name, least, c.Peer, tries, limit, b.Ratio, 100*b.Margin))
		}
		if _, err := fmt.Fprintf(out, "%-34s over %-22s %6.2f  was %.2f, bound %.2f  %d of %d attempts  %s\n",
			c.Name, c.Peer, least, b.Ratio, limit, tries, attempts, verdict); err != nil {
			return err
		}
	}
	return errors.Join(failures...)
}

// ratio is the median of the ratios of neighbouring turns, in which the two sides
// begin by turns: whatever slows both down is in both.
func (c Check) ratio(ctx context.Context) (float64, error) {
	timed := func(f func(context.Context) error) (float64, error) {
		start := time.Now()
		err := f(ctx)
		return float64(time.Since(start)), err
	}
	var ratios []float64
	for round := range rounds + 2 {
		var times [2]float64
		sides := [2]func(context.Context) error{c.Own, c.Other}
		for turn := range sides {
			side := (turn + round) % 2
			took, err := timed(sides[side])
			if err != nil {
				return 0, err
			}
			times[side] = took
		}
		if round >= 2 { // the others have warmed up
			ratios = append(ratios, times[0]/times[1])
		}
	}
	return measure.Summarize(ratios).Median, nil
}
