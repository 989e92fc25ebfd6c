// Package targets fills in the table of what was promised: the field's target,
// Tandem's own, what was measured, and what each peer measured in the same run.
package targets

import (
	"math"
	"strings"

	"github.com/tandem-go/tandem/bench/internal/measure"
)

// Line is a promise with its figures.
type Line struct {
	Name  string
	Field string // the target of the benchmark document that this field began with
	Ours  string // Tandem's own
	// Higher is whether more is better.
	Higher bool
	Own    Figure
	Peers  []Figure
}

// Figure is one subject's part in a line.
type Figure struct {
	Subject string
	Value   float64
	Text    string // of the value, or why there is none
	Row     *measure.Row
	Field   Verdict
	Ours    Verdict
}

// Verdict is whether a target was met.
type Verdict string

// The verdicts.
const (
	Met    Verdict = "met"
	NotMet Verdict = "not met"
	None   Verdict = "" // there is no figure, or no target
)

// target is how a line is found and judged.
type target struct {
	name, field, ours string
	unit              string
	higher            bool
	// places are where it may have been measured; the first that was counts.
	places []string
	value  func(r *measure.Results, row *measure.Row) float64
	// limits are the field's target and Tandem's own, in the unit. A peer is
	// held to the field's only. ourLimit may depend on a peer.
	limit    float64
	ourLimit func(r *measure.Results, place string) float64
}

var all = []target{
	{
		name: "tasks per second, echo processes on 4 workers", field: "> 1000/s", ours: "≥ 90 % of posix_spawn in C",
		unit: "tasks/s", higher: true, limit: 1000, value: rate,
		places: []string{"submit/echo/n=500/workers=4", "submit/echo/n=100/workers=4", "submit/echo/n=50/workers=4"},
		ourLimit: func(r *measure.Results, place string) float64 {
			return 0.9 * 1e9 / median(r.Find(place, "C loop"))
		},
	},
	{
		name: "tasks per second, empty functions on 4 workers", field: "> 1000/s", ours: "as many as Rayon",
		unit: "tasks/s", higher: true, limit: 1000, value: rate,
		places: []string{"submit/empty/n=10000/workers=4"},
		ourLimit: func(r *measure.Results, place string) float64 {
			return 1e9 / median(r.Find(place, "rayon"))
		},
	},
	{
		name: "latency of an empty function, median", field: "< 5 ms", ours: "≤ 10 µs", unit: measure.Nanoseconds,
		limit: 5e6, ourLimit: fixed(10e3), value: quantile(0.5), places: []string{"latency/function/part=total"},
	},
	{
		name: "latency of an empty function, 99 of 100", field: "< 20 ms", ours: "≤ 100 µs", unit: measure.Nanoseconds,
		limit: 20e6, ourLimit: fixed(100e3), value: quantile(0.99), places: []string{"latency/function/part=total"},
	},
	{
		name: "latency of an echo process, median", field: "< 5 ms", unit: measure.Nanoseconds,
		limit: 5e6, value: quantile(0.5), places: []string{"latency/echo/part=total/workers=1"},
	},
	{
		name: "latency of an echo process, 99 of 100", field: "< 20 ms", unit: measure.Nanoseconds,
		limit: 20e6, value: quantile(0.99), places: []string{"latency/echo/part=total/workers=1"},
	},
	{
		name: "efficiency of 4 workers, or as many as have a core", field: "> 75 %", ours: "≥ 97 %", unit: measure.Percent,
		higher: true, limit: 75, ourLimit: fixed(97), value: efficiency, places: []string{"scaling/function/n=16/workers=4"},
	},
	{
		name: "memory a waiting task holds", field: "< 1 kB", ours: "≤ 128 B", unit: measure.Bytes, limit: 1e3, ourLimit: fixed(128),
		places: []string{"memory/queue/n=1000000", "memory/queue/n=100000", "memory/queue/n=10000"},
	},
	{
		name: "start of a pool, to its first result", field: "~5 ms", ours: "< 1 ms", unit: measure.Nanoseconds,
		limit: 5e6, ourLimit: fixed(1e6), places: []string{"startup/first-result"},
	},
	{
		name: "start of a program with a pool, to its first result", field: "~5 ms", unit: measure.Nanoseconds,
		limit: 5e6, places: []string{"startup/program"},
	},
	{
		name: "memory of an idle program with a pool", field: "~20 MB", ours: "< 8 MB over a bare Go program", unit: measure.Bytes,
		limit: 20e6, places: []string{"startup/resident"},
		ourLimit: func(r *measure.Results, place string) float64 {
			return 8e6 + median(r.Find(place, "bare Go program"))
		},
	},
}

// Fill makes the table of what there are results for.
func Fill(r *measure.Results) []Line {
	var lines []Line
	for _, t := range all {
		for _, place := range t.places {
			if own := r.Find(place, "tandem"); own != nil {
				lines = append(lines, t.line(r, place, own))
				break
			}
		}
	}
	return lines
}

func (t target) line(r *measure.Results, place string, own *measure.Row) Line {
	line := Line{Name: t.name, Field: t.field, Ours: t.ours, Higher: t.higher, Own: t.figure(r, own)}
	if t.ourLimit != nil {
		line.Own.Ours = t.judge(line.Own.Value, t.ourLimit(r, place))
	}
	for i := range r.Rows {
		row := &r.Rows[i]
		if row.Place() != place || row == own || row.Subject == "one core" && t.unit == measure.Percent {
			continue
		}
		line.Peers = append(line.Peers, t.figure(r, row))
	}
	return line
}

func (t target) figure(r *measure.Results, row *measure.Row) Figure {
	f := Figure{Subject: row.Subject, Row: row, Value: math.NaN()}
	if row.Missing != "" {
		f.Text = row.Missing
		if p := row.Published; p != nil {
			f.Text += "; published: " + p.Figure + " (" + p.Source + ", " + p.Hardware + ")"
		}
		return f
	}
	if t.value == nil {
		f.Value = median(row)
	} else {
		f.Value = t.value(r, row)
	}
	f.Text = measure.Format(f.Value, t.unit)
	f.Field = t.judge(f.Value, t.limit)
	return f
}

func (t target) judge(value, limit float64) Verdict {
	switch {
	case math.IsNaN(value) || math.IsNaN(limit) || limit == 0:
		return None
	case t.higher && value >= limit || !t.higher && value <= limit:
		return Met
	}
	return NotMet
}

// Judge is whether a value is at most its limit.
func Judge(value, limit float64) Verdict {
	return target{}.judge(value, limit)
}

func fixed(limit float64) func(*measure.Results, string) float64 {
	return func(*measure.Results, string) float64 { return limit }
}

// median is not a number where there is no row or no sample.
func median(row *measure.Row) float64 {
	if row == nil {
		return math.NaN()
	}
	return row.Summary().Median
}

func rate(_ *measure.Results, row *measure.Row) float64 { return 1e9 / median(row) }

func quantile(part float64) func(*measure.Results, *measure.Row) float64 {
	return func(_ *measure.Results, row *measure.Row) float64 {
		if len(row.Histogram) == 0 {
			return math.NaN()
		}
		return measure.Quantile(row.Histogram, part)
	}
}

// efficiency is the time on one core over the cores' sum: four workers on two
// cores have two.
func efficiency(r *measure.Results, row *measure.Row) float64 {
	return Efficiency(r, row, 4)
}

// Efficiency is what part, in percent, of so many workers' cores a row of a place
// with a row "one core" has made use of.
func Efficiency(r *measure.Results, row *measure.Row, workers int) float64 {
	one := r.Find(row.Place(), "one core")
	return 100 * median(one) / median(row) / float64(min(workers, r.Machine().Cores))
}

// Peer tells a peer of Tandem's own subjects.
func Peer(subject string) bool { return !strings.HasPrefix(strings.ToLower(subject), "tandem") }

// Limit tells what a row is measured against, and does not do its work: a pass over
// the same memory, a copy, bare arithmetic.
func Limit(subject string) bool {
	switch subject {
	case "copy in C", "copy on the device", "transfers in C", "transfers alone", "multiply-adds in C", "one pass":
		return true
	}
	return false
}
