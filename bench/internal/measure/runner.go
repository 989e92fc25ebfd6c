package measure

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Plan is a workload and those who do it, who are compared with the first.
type Plan struct {
	Category, Workload, Case string

	Unit         string
	Higher       bool
	Flops, Bytes float64
	Subjects     []Subject
}

// Subject is one way of doing a workload.
type Subject struct {
	Name string
	// Prepare, if there is one, is called before the first turn. Its error is
	// the reason why the subject is missing.
	Prepare func(ctx context.Context) error
	// Run does the work once and returns a sample in the plan's unit.
	Run func(ctx context.Context) (float64, error)
	// Histogram, if there is one, counts the operations of every Run.
	Histogram *Histogram

	Missing   string // why there is no Run
	Published *Published
	Device    string // "cpu" by default
}

// Runner measures plans.
type Runner struct {
	Machine *Machine
	Rounds  int           // samples of each subject, at most
	Budget  time.Duration // a subject that has used it gets no further turn, about
	// Blocks are how often all plans are measured, each time with so many rounds and
	// such a budget; 0 is once. Time is what all of it may take, but for building and
	// starting peers; 0 is whatever it takes. See [Runner.Next].
	Blocks int
	Time   time.Duration
	Match  func(name string) bool
	// Progress is told what is measured. Record is given every row.
	Progress *Progress
	Record   func(Row) error

	schedule schedule
}

// Blocks are how many a run has: an interval of nine blocks' medians reaches from the
// second to the eighth, so that one disturbed block on either side doesn't widen it,
// where one of six, the fewest that have any, is their whole range.
const Blocks = 9

// Next begins a block. It is false when all have been measured, or when the time is
// over: then slow rows have been measured in fewer blocks than others.
func (r *Runner) Next() bool { return r.schedule.next(r.Blocks, r.Time) }

// Block is the one that is measured, from 1.
func (r *Runner) Block() int { return r.schedule.block }

// Late is whether half of the time went by in the first block, which is to have
// everything: what is slow and can be done without had better be left out.
func (r *Runner) Late() bool {
	return r.schedule.block == 1 && r.Time > 0 && r.schedule.used() > r.Time/2
}

// Announce tells Progress what is measured now.
func (r *Runner) Announce(what string) {
	left, known := r.schedule.left(r.Blocks)
	how := "about"
	switch {
	case known:
	case r.Time > 0:
		left = max(0, r.Time-time.Since(r.schedule.start)+r.schedule.apart)
		how = "at most"
	default:
		how = ""
	}
	r.Progress.Show(max(1, r.schedule.block), max(1, r.Blocks), what, how, left)
}

// Wanted is whether anything of a plan is to be measured.
func (r *Runner) Wanted(p *Plan) bool {
	row := Row{Category: p.Category, Workload: p.Workload, Case: p.Case}
	return r.Match == nil || r.Match(row.Place())
}

// Measure runs the subjects in turns, after one that doesn't count, and records
// a row of each. A subject whose Run fails becomes a row that says so, as long as
// it isn't the first: that is Tandem, and an error.
func (r *Runner) Measure(ctx context.Context, p Plan) ([]Row, error) {
	if !r.Wanted(&p) {
		return nil, nil
	}
	rows := make([]Row, len(p.Subjects))
	for i, s := range p.Subjects {
		rows[i] = r.row(&p, s)
	}
	r.Announce(rows[0].Place())
	over := make([]bool, len(p.Subjects)) // not in this block
	prepared := make([]time.Duration, len(p.Subjects))
	for i, s := range p.Subjects {
		over[i] = !r.schedule.due(rows[i].Name())
		if s.Prepare != nil && !over[i] {
			start := time.Now()
			if err := s.Prepare(ctx); err != nil {
				rows[i].Missing = err.Error()
			}
			prepared[i] = time.Since(start)
		}
	}
	took := make([]time.Duration, len(p.Subjects)) // warming up included
	spent := make([]time.Duration, len(p.Subjects))
	for round := range r.Rounds + 1 {
		for turn := range p.Subjects {
			// The order rotates: what ran before leaves its data in the
			// caches, and its threads on the cores.
			i := (turn + round) % len(p.Subjects)
			s := p.Subjects[i]
			if over[i] || rows[i].Missing != "" || r.enough(spent[i], len(rows[i].Samples)) {
				continue
			}
			if round == 1 && s.Histogram != nil {
				s.Histogram.Reset()
			}
			start := time.Now()
			sample, err := s.Run(ctx)
			once := time.Since(start)
			took[i] += once
			if round > 0 || r.enough(once, 1) {
				// What is so slow that it gets one turn has no warm-up.
				spent[i] += once
				rows[i].Samples = append(rows[i].Samples, sample)
			}
			if ctx.Err() != nil {
				return nil, context.Cause(ctx)
			}
			if err != nil {
				if i == 0 {
					return nil, fmt.Errorf("%s: %w", rows[i].Name(), err)
				}
				rows[i].Missing, rows[i].Samples = err.Error(), nil
			}
		}
	}
	for i, s := range p.Subjects {
		if over[i] {
			continue
		}
		r.schedule.charge(rows[i].Name(), took[i], prepared[i])
		if s.Histogram != nil && rows[i].Missing == "" {
			rows[i].Histogram = s.Histogram.Bins()
		}
		if err := r.record(rows[i]); err != nil {
			return nil, err
		}
	}
	return rows, nil
}

// enough is whether a subject gets no further turn. One that is slow may take four
// times its budget to come to an interval, which it does by one sample a block where
// there are enough of them.
func (r *Runner) enough(spent time.Duration, samples int) bool {
	least := fewest
	if r.Blocks >= fewest {
		least = 1
	}
	return samples >= least && spent > r.Budget || samples > 0 && spent > 4*r.Budget
}

// Add records samples that were not taken by turns, if there are any.
func (r *Runner) Add(p Plan, s Subject, samples ...float64) error {
	if len(samples) == 0 {
		return nil
	}
	row := r.row(&p, s)
	row.Samples = samples
	if s.Histogram != nil {
		row.Histogram = s.Histogram.Bins()
	}
	return r.record(row)
}

func (r *Runner) record(row Row) error {
	if err := row.validate(); err != nil {
		return err
	}
	return r.Record(row)
}

func (r *Runner) row(p *Plan, s Subject) Row {
	row := Row{
		Category: p.Category, Workload: p.Workload, Case: p.Case, Subject: s.Name,
		Unit: p.Unit, Higher: p.Higher, Flops: p.Flops, Bytes: p.Bytes,
		Missing: s.Missing, Published: s.Published,
		Device: s.Device, Machine: r.Machine.ID, Commit: r.Machine.Commit,
		At: time.Now().UTC().Format(time.RFC3339),
	}
	if row.Device == "" {
		row.Device = "cpu"
	}
	for _, d := range r.Machine.Devices {
		if d.ID == row.Device {
			row.Driver = d.Driver
		}
	}
	return row
}

// Timed is a subject whose samples are the nanoseconds of each of so many
// operations that a call of f does. What takes less than a batch is called again
// and again for a sample, after one call that doesn't count: alone it would be
// measured with the caches as another subject has left them.
func Timed(name string, operations int, f func(ctx context.Context) error) Subject {
	calls := 0
	return Subject{Name: name, Run: func(ctx context.Context) (float64, error) {
		if calls == 0 {
			// The first call may have compiled or connected.
			once, err := Calls(ctx, 1, f)
			if err != nil || once >= Batch {
				return float64(once) / float64(operations), err
			}
			calls = 1
		}
		for {
			if calls > 1 {
				if _, err := Calls(ctx, 1, f); err != nil {
					return 0, err
				}
			}
			took, err := Calls(ctx, calls, f)
			if err != nil || took >= Batch/2 {
				return float64(took) / float64(calls) / float64(operations), err
			}
			// Looked at for every sample: a disturbance may have made one call
			// look long enough.
			calls = 1 + int(Batch*time.Duration(calls)/max(took, 1))
		}
	}}
}

// Calls is the time of n calls of f, one after the other, to the first that fails.
func Calls(ctx context.Context, n int, f func(ctx context.Context) error) (time.Duration, error) {
	start := time.Now()
	for range n {
		if err := f(ctx); err != nil {
			return 0, err
		}
	}
	return time.Since(start), nil
}

// Batch is how long a sample takes at least, about: the clock's own 50 ns are then
// less than a ten-thousandth of it.
const Batch = time.Millisecond

// Loop is a subject of operations so short that a sample is a batch of them: f
// does n. The first sample finds the n.
func Loop(name string, f func(n int)) Subject {
	n := 1
	return Subject{Name: name, Run: func(context.Context) (float64, error) {
		for {
			start := time.Now()
			f(n)
			took := time.Since(start)
			if took >= Batch || n >= 1<<30 {
				return float64(took) / float64(n), nil
			}
			// A tenth above the batch at the rate just seen.
			n = min(max(2*n, int(1.1*float64(Batch)/max(float64(took), 1)*float64(n))), 100*n, 1<<30)
		}
	}}
}

// Missing is a subject that can't be had.
func Missing(name, why string, published *Published) Subject {
	return Subject{Name: name, Missing: why, Published: published}
}

// ErrOtherMachine is the refusal to compare what different machines measured.
var ErrOtherMachine = errors.New("results of different machines are not compared")
