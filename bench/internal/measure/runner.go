package measure

import (
	"context"
	"errors"
	"fmt"
	"io"
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
	// Blocks are how often plans are measured, each time with so many rounds and
	// such a budget; 0 is once. What has taken four budgets of all blocks together
	// is left out of those that remain.
	Blocks int
	Match  func(name string) bool
	// Progress is told what is measured. Record is given every row.
	Progress io.Writer
	Record   func(Row) error

	spent map[string]time.Duration // by subjects of all blocks so far
}

// Blocks are how many a run has: an interval of nine blocks' medians reaches from the
// second to the eighth, so that one disturbed block on either side doesn't widen it,
// where one of six, the fewest that have any, is their whole range.
const Blocks = 9

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
	fmt.Fprintf(r.Progress, "%s: ", rows[0].Place())
	over := make([]bool, len(p.Subjects))
	for i, s := range p.Subjects {
		over[i] = r.spent[rows[i].Name()] > 4*r.Budget*time.Duration(max(1, r.Blocks))
		if s.Prepare != nil && !over[i] {
			if err := s.Prepare(ctx); err != nil {
				rows[i].Missing = err.Error()
			}
		}
	}
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
			if took := time.Since(start); round > 0 || r.enough(took, 1) {
				// What is so slow that it gets one turn has no warm-up.
				spent[i] += took
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
		fmt.Fprint(r.Progress, ".")
	}
	fmt.Fprintln(r.Progress)
	if r.spent == nil {
		r.spent = map[string]time.Duration{}
	}
	for i, s := range p.Subjects {
		if over[i] {
			continue
		}
		r.spent[rows[i].Name()] += spent[i]
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

// Add records samples that were not taken by turns.
func (r *Runner) Add(p Plan, s Subject, samples ...float64) error {
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
	run := func(ctx context.Context, calls int) (time.Duration, error) {
		start := time.Now()
		for range calls {
			if err := f(ctx); err != nil {
				return 0, err
			}
		}
		return time.Since(start), nil
	}
	return Subject{Name: name, Run: func(ctx context.Context) (float64, error) {
		if calls == 0 {
			// The first call may have compiled or connected.
			once, err := run(ctx, 1)
			if err != nil || once >= Batch {
				return float64(once) / float64(operations), err
			}
			calls = 1
		}
		for {
			if calls > 1 {
				if _, err := run(ctx, 1); err != nil {
					return 0, err
				}
			}
			took, err := run(ctx, calls)
			if err != nil || took >= Batch/2 {
				return float64(took) / float64(calls) / float64(operations), err
			}
			// Looked at for every sample: a disturbance may have made one call
			// look long enough.
			calls = 1 + int(Batch*time.Duration(calls)/max(took, 1))
		}
	}}
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
