package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/tandem-go/tandem/bench/internal/measure"
)

// contest is the same work done by Tandem and by others.
type contest struct {
	what  string
	parts float64 // what the times are divided by
	own   func(ctx context.Context) error
	peers []peer
	// judge makes a row's last columns from the times; nil is judgeRatio.
	judge func(own, their, goal float64) (ratio, wanted string, met bool)
	// most is the part of a peer's time that a goal comes to; nil is the goal.
	most  func(goal float64) float64
	limit float64 // of Tandem's own time, in nanoseconds; 0 is none
}

// peer is one of the others.
type peer struct {
	name    string
	run     func(ctx context.Context) (time.Duration, error)
	missing string  // why there is no run
	goal    float64 // for judge; 0 is none
}

// told is a peer that is a program of its own.
func (b *bench) told(program, name, command string, goal float64) peer {
	p := b.programs[program]
	return peer{name: name, missing: p.Missing, goal: goal, run: func(context.Context) (time.Duration, error) {
		return p.Repeated(command, 1)
	}}
}

// here is a peer within this program.
func here(name string, goal float64, f func(ctx context.Context) error) peer {
	return peer{name: name, goal: goal, run: timed(f)}
}

// timed does the work twice and times the second, as told does. Before its turn a
// side was idle. A virtual machine may then keep all its threads on one processor
// for some 4 ms, so that of two workers one hinders the other; that is the same for
// everybody, except for what is serial, and for what takes longer.
func timed(f func(ctx context.Context) error) func(ctx context.Context) (time.Duration, error) {
	return func(ctx context.Context) (time.Duration, error) {
		if err := f(ctx); err != nil {
			return 0, err
		}
		start := time.Now()
		err := f(ctx)
		return time.Since(start), err
	}
}

// hold measures all sides in turns. From round to round another side begins. In the last block it adds a line for each peer, of all blocks.
func (b *bench) hold(ctx context.Context, c contest) error {
	if !b.only.MatchString(c.what) {
		return nil
	}
	b.announce(c.what)
	sides := append([]peer{{name: "Tandem", run: timed(c.own)}}, c.peers...)
	times := make([][]float64, len(sides))
	for round := range b.rounds {
		for turn := range sides {
			i := (turn + round) % len(sides)
			if sides[i].missing != "" {
				continue
			}
			took, err := sides[i].run(ctx)
			if err != nil {
				return fmt.Errorf("%s, %s: %w", c.what, sides[i].name, err)
			}
			times[i] = append(times[i], float64(took)/c.parts)
		}
	}
	rows := make([]measure.Row, len(sides))
	for i, side := range sides {
		rows[i] = b.row(c.what, side, times[i])
		switch {
		case i == 0:
			rows[i].Goal = c.limit
		case c.most != nil && side.goal > 0:
			rows[i].Goal = c.most(side.goal)
		default:
			rows[i].Goal = side.goal
		}
		b.merged.Add(rows[i])
	}
	if !b.last() {
		return nil
	}
	judge := c.judge
	if judge == nil {
		judge = judgeRatio
	}
	all := measure.Results{Rows: b.merged.Rows()}
	of := func(side int) float64 { return all.Find(rows[side].Place(), rows[side].Subject).Summary().Median }
	own := of(0)
	for i, p := range c.peers {
		r := row{what: c.what, own: duration(own), peer: p.name, their: p.missing}
		if p.missing == "" {
			their := of(1 + i)
			r.their = duration(their)
			met := false
			r.ratio, r.goal, met = judge(own, their, p.goal)
			if r.goal != "" {
				r.met = verdict(met)
			}
		}
		b.table.add(r)
	}
	return nil
}

// row has a side's samples of one block.
func (b *bench) row(what string, side peer, samples []float64) measure.Row {
	return measure.Row{
		Category: "peers", Workload: what, Case: fmt.Sprintf("workers=%d", b.workers), Subject: side.name,
		Unit: measure.Nanoseconds, Samples: samples, Missing: side.missing, Device: "cpu",
		Machine: b.machine.ID, Commit: b.machine.Commit, At: time.Now().UTC().Format(time.RFC3339),
	}
}

// last is whether this is the last block.
func (b *bench) last() bool { return b.block == b.blocks-1 }

// judgeRatio wants at most the goal's part of the peer's time.
func judgeRatio(own, their, goal float64) (ratio, wanted string, met bool) {
	ratio = fmt.Sprintf("%.2f", own/their)
	if goal > 0 {
		wanted = fmt.Sprintf("≤ %.4g", goal)
	}
	return ratio, wanted, own <= goal*their
}

// mostOfRate is the part of a peer's time with this part of its rate.
func mostOfRate(goal float64) float64 { return 1 / goal }

// judgeRate wants at least the goal's part of the peer's rate.
func judgeRate(own, their, goal float64) (ratio, wanted string, met bool) {
	ratio = fmt.Sprintf("%.0f %% of the rate", 100*their/own)
	if goal > 0 {
		wanted = fmt.Sprintf("≥ %.0f %%", 100*goal)
	}
	return ratio, wanted, their >= goal*own
}

func median(x []float64) float64 {
	if len(x) == 0 {
		return 0
	}
	slices.Sort(x)
	return x[len(x)/2]
}
