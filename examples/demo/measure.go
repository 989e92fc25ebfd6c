package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/tandem-go/tandem/examples/internal/progress"
	"github.com/tandem-go/tandem/examples/internal/report"
	"github.com/tandem-go/tandem/hybrid"
)

// job is something to compute in several ways.
type job struct {
	title    string
	unit     string  // of work, in the plural
	perIndex float64 // units an index
	float64s bool    // needs float64 arithmetic, which not every device has
	// spoil makes sure that an old result cannot pass for a new one.
	spoil   func()
	compute func(ctx context.Context, s *hybrid.Scheduler, opts ...hybrid.LaunchOption) error
	warm    func(ctx context.Context, s *hybrid.Scheduler) error
	// reference computes what check compares with, without Tandem.
	reference     func(ctx context.Context) error
	referenceName string
	check         func(ctx context.Context) error
	// shown is given the report of the last run on every device.
	shown func(*hybrid.Report)
}

// referenceRounds is how often the reference is timed at most: plain Go takes
// longest of all.
const referenceRounds = 3

// patience is after how long no further round of a job is begun, so that the
// demo stays short on a slow or busy machine.
const patience = 15 * time.Second

// way is one way of computing a job, with the times it took.
type way struct {
	name   string
	device string // that is alone, or ""
	opts   []hybrid.LaunchOption
	times  []time.Duration
	report hybrid.Report // of the last run
}

func (w *way) median() time.Duration {
	slices.Sort(w.times)
	return w.times[len(w.times)/2]
}

// ways are each device that can compute j alone, then Tandem's choice, then
// every device.
func (j *job) ways(s *hybrid.Scheduler) []*way {
	var all []*way
	for _, d := range s.Devices() {
		if j.float64s && !d.Caps.Float64 {
			continue
		}
		all = append(all, &way{name: d.ID + " alone", device: d.ID, opts: []hybrid.LaunchOption{hybrid.On(d.ID)}})
	}
	return append(all, &way{name: "Tandem's choice"}, &way{name: "every device", opts: []hybrid.LaunchOption{hybrid.EveryDevice()}})
}

// measure computes j in every way and prints what came out. The ways take turns,
// each round beginning with the next, so that what else the machine does, and
// what the way before leaves behind, hits all alike.
func measure(ctx context.Context, s *hybrid.Scheduler, j *job, rounds int, stdout io.Writer, bar *progress.Bar) error {
	defer bar.Close()
	reference := &way{name: j.referenceName}
	if err := j.warm(ctx, s); err != nil {
		return err
	}
	all := j.ways(s)
	start := time.Now()
	for round := range rounds {
		if time.Since(start) > patience {
			break
		}
		if round < referenceRounds {
			start := time.Now()
			if err := j.reference(ctx); err != nil {
				return err
			}
			reference.times = append(reference.times, time.Since(start))
		}
		for i := range all {
			w := all[(round+i)%len(all)]
			if err := j.time(ctx, s, w); err != nil {
				return fmt.Errorf("%s, %s: %w", j.title, w.name, err)
			}
			bar.Set(round*len(all)+i+1, rounds*len(all))
		}
	}
	bar.Close()
	every, choice := all[len(all)-1], all[len(all)-2]
	j.shown(&every.report)
	fmt.Fprintf(stdout, "\n%s\n", j.title)
	for _, w := range []*way{choice, every} {
		fmt.Fprintf(stdout, "\n  %s:\n", w.name)
		var t report.Tally
		t.Add(&w.report)
		if err := t.Write(stdout, j.unit, j.perIndex); err != nil {
			return err
		}
	}
	fmt.Fprintln(stdout)
	return writeTimes(stdout, all, reference)
}

// time computes j once in one way and checks the result.
func (j *job) time(ctx context.Context, s *hybrid.Scheduler, w *way) error {
	j.spoil()
	start := time.Now()
	if err := j.compute(ctx, s, slices.Concat(w.opts, []hybrid.LaunchOption{hybrid.ReportTo(&w.report)})...); err != nil {
		return err
	}
	w.times = append(w.times, time.Since(start))
	return j.check(ctx)
}

// writeTimes prints the ways' median times, and how many times as fast as the
// best single device they are.
func writeTimes(w io.Writer, all []*way, reference *way) error {
	best := all[0]
	for _, way := range all {
		if way.device != "" && way.median() < best.median() {
			best = way
		}
	}
	table := tabwriter.NewWriter(w, 0, 0, 3, ' ', 0)
	row := func(name string, took time.Duration, note string) {
		ratio := fmt.Sprintf("%5.2f ×", best.median().Seconds()/took.Seconds())
		fmt.Fprintln(table, strings.Join([]string{"  " + name, fmt.Sprintf("%8s", report.Duration(took)), ratio, note}, "\t"))
	}
	fmt.Fprintln(table, "  way\t    time\tspeed\t")
	for _, way := range all {
		note := ""
		if way == best {
			note = "the best single device"
		}
		row(way.name, way.median(), note)
	}
	row(reference.name, reference.median(), "what the results were checked against")
	return table.Flush()
}
