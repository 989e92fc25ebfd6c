// Package report makes what people look at of a results file: one HTML page that
// needs nothing but itself, and the performance section of README.md.
package report

import (
	"bytes"
	"cmp"
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/tandem-go/tandem/bench/internal/measure"
	"github.com/tandem-go/tandem/bench/internal/targets"
)

//go:embed page.html
var pageText string

//go:embed style.css
var style string

var pageTemplate = template.Must(template.New("page").Parse(pageText))

// page is what the template shows.
type page struct {
	Style    template.CSS
	File     string
	Machine  *measure.Machine
	Commits  string
	Runs     int
	Rows     int
	Targets  []targets.Line
	Goals    []goal
	Sections []section
}

// section is a category.
type section struct {
	ID, Title, Text string
	Figures         []figure
	Comparisons     []comparison
}

// figure is a chart with its legend.
type figure struct {
	Title, Note string
	Drawing     template.HTML
	Legend      []legend
}

type legend struct{ Name, Class string }

// comparison is a workload with a line for each subject.
type comparison struct {
	Title string
	Lines []line
}

type line struct {
	Subject, Class string
	Median, Spread string
	Ratio          string // to the first
	Quantiles      string
	Goal           string
	Met            bool // of the goal
	Missing        string
	Strip          template.HTML
	Samples        int
	Outliers       string
	Row            int // its line in the file
}

// titles are the categories in the page's order.
var titles = []struct{ id, title, text string }{
	{"submit", "Submit throughput", "Time of each task of a batch, from the first submission to the last result, on 4 workers."},
	{"speedup", "Parallel speed-up", "Ten tasks of 10 ms on 4 workers: 30 ms at best, 100 ms one after the other."},
	{"latency", "Task latency", "From submission to the result, in an idle pool. Histograms are of single tasks."},
	{"scaling", "Scaling with cores", "Sixteen tasks that need a core, on more and more workers."},
	{"priority", "Priorities", "What priorities cost, and the part of tasks begun while one of a higher priority waited: every 62nd is meant to be, so that none starves."},
	{"device", "Devices", "Launches forced on a device, transfers, and how far they overlap."},
	{"kernel", "Operations on devices", "Each operation on data that lie on the device, and on data that come from the host and go back, beside what limits it: a copy of as many bytes within the device's memory, multiply-adds that wait for nothing, or the transfers alone. On an NVIDIA GPU cuBLAS called from C, CuPy and PyTorch stand beside it."},
	{"split", "Splitting launches", "One launch as Tandem places it, on one core, and on each device alone."},
	{"operations", "Operations", "One call as Tandem does it, with whatever it chooses, beside plain Go on one core: a loop, or gonum."},
	{"expression", "Expressions", "k operations on arrays beyond any cache as one kernel, beside one pass that reads and writes the same arrays, the loop that one would write by hand, and one operation after the other."},
	{"fault", "Faults", "What a failure costs, beside the same without one."},
	{"memory", "Memory pressure", "What a waiting task holds, and a device with a sixteenth of the memory that a launch needs."},
	{"startup", "Start-up", "Time to a first result, and memory at rest."},
	{"peers", "Fork-join and tasks beside other libraries", "The workloads of make bench-peers, times a join, a node or a task."},
	{"go", "Go benchmarks", "Ratios that the packages' own benchmarks report."},
	{"harness", "The harness", "What measuring costs."},
}

// Write makes the page of results that came from the file.
func Write(out io.Writer, file string, r *measure.Results) error {
	p := page{
		Style: template.CSS(style), File: file, //nolint:gosec // it is our own
		Machine: r.Machine(), Commits: strings.Join(commits(r), ", "), Runs: len(r.Runs), Rows: len(r.Rows), Targets: targets.Fill(r),
		Goals: goals(r),
	}
	for _, t := range titles {
		s := section{ID: t.id, Title: t.title, Text: t.text, Figures: figures(t.id, r), Comparisons: comparisons(t.id, r)}
		if len(s.Comparisons) > 0 {
			p.Sections = append(p.Sections, s)
		}
	}
	var text bytes.Buffer // so that a failure leaves no half a page
	if err := pageTemplate.Execute(&text, p); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	_, err := text.WriteTo(out)
	return err
}

// goal is a line of the table of devices.
type goal struct{ Name, Device, Over, Part, Want, Met string }

func goals(r *measure.Results) []goal {
	var all []goal
	for _, g := range targets.Goals(r) {
		line := goal{Name: g.Name, Device: g.Device, Over: g.Over, Part: g.Figure(), Met: string(g.Met)}
		if g.Want > 0 {
			line.Want = fmt.Sprintf("≥ %.0f %%", 100*g.Want)
		}
		all = append(all, line)
	}
	return all
}

// places are the distinct places of a category's rows, in the file's order.
func places(category string, r *measure.Results) [][]*measure.Row {
	index := map[string]int{}
	var all [][]*measure.Row
	for i := range r.Rows {
		row := &r.Rows[i]
		if row.Category != category {
			continue
		}
		at, ok := index[row.Place()]
		if !ok {
			at = len(all)
			index[row.Place()] = at
			all = append(all, nil)
		}
		all[at] = append(all[at], row)
	}
	return all
}

func comparisons(category string, r *measure.Results) []comparison {
	var all []comparison
	for _, rows := range places(category, r) {
		var values []float64
		for _, row := range rows {
			values = append(values, row.Samples...)
		}
		a := around(values, slices.Min(append(values, math.Inf(1))) > 0, 4, 116)
		c := comparison{Title: strings.TrimPrefix(rows[0].Place(), category+"/")}
		first := rows[0].Summary().Median
		for _, row := range rows {
			l := describe(row, a, first)
			l.Goal, l.Met = aim(row, rows[0])
			c.Lines = append(c.Lines, l)
		}
		all = append(all, c)
	}
	return all
}

// aim is what Tandem is held to in a row, and whether it keeps to it.
func aim(row, own *measure.Row) (goal string, met bool) {
	if row.Goal <= 0 || row.Missing != "" {
		return "", false
	}
	value := own.Summary().Median
	if row == own {
		goal = "at most " + measure.Format(row.Goal, row.Unit)
	} else {
		value /= row.Summary().Median
		goal = fmt.Sprintf("Tandem at most %.3g of it; is %s", row.Goal, ratio(value))
	}
	return goal, targets.Judge(value, row.Goal) == targets.Met
}

func describe(row *measure.Row, a axis, first float64) line {
	l := line{Subject: row.Subject, Class: palette(row.Subject), Row: row.Line}
	if row.Missing != "" {
		l.Missing = row.Missing
		if p := row.Published; p != nil {
			l.Missing += fmt.Sprintf(". Published: %s (%s, on %s)", p.Figure, p.Source, p.Hardware)
		}
		return l
	}
	sum := row.Summary()
	l.Median, l.Spread, l.Samples = measure.Format(sum.Median, row.Unit), sum.Spread(), sum.N
	l.Ratio = "–"
	if first != 0 && !math.IsNaN(first) {
		l.Ratio = ratio(sum.Median/first) + "×"
	}
	l.Strip = strip(l.Class, a, row)
	if len(row.Histogram) > 0 {
		var words []string
		for _, q := range []float64{0.5, 0.9, 0.99, 0.999} {
			words = append(words, fmt.Sprintf("p%g %s", 100*q, measure.Format(measure.Quantile(row.Histogram, q), row.Unit)))
		}
		l.Quantiles = strings.Join(words, " · ")
	}
	if len(sum.Outliers) > 0 {
		var words []string
		for _, v := range sum.Outliers {
			words = append(words, measure.Format(v, row.Unit))
		}
		l.Outliers = "outliers: " + strings.Join(words, ", ")
	}
	return l
}

func ratio(x float64) string {
	switch {
	case x >= 9999.5:
		return fmt.Sprintf("%.0fk", x/1000)
	case x >= 99.5:
		return fmt.Sprintf("%.0f", x)
	case x >= 9.95:
		return fmt.Sprintf("%.1f", x)
	case x >= 0.0995:
		return fmt.Sprintf("%.2f", x)
	}
	return fmt.Sprintf("%.2g", x)
}

// colours are how many classes the style has for subjects that are not Tandem's.
const colours = 9

// palette gives every subject a colour and a stroke, the same on the whole page:
// Tandem's own are c0, and known peers have their own, so that none changes with the
// company it keeps. There are more peers than colours that one can tell apart: those
// of the second line are dashed, those of the third dotted.
func palette(subject string) string {
	if !targets.Peer(subject) {
		return "c0 " + dashes(subject)
	}
	known := [][colours]string{
		{"rayon", "ray", "dask", "repartir", "oneTBB", "go statement", "os/exec", "one core", "channel"},
		{"conc", "C loop", "dask as in repartir's document", "repartir as in its document", "chili", "ants", "pond", "starpu", "errgroup"},
		{"taskflow", "", "operation by operation", "", "tbb", "", "", "one pass", "loop by hand"},
	}
	for stroke, names := range known {
		for i, name := range names {
			if subject == name {
				return fmt.Sprintf("c%d d%d", 1+i, stroke)
			}
		}
	}
	sum := 0
	for _, c := range subject {
		sum += int(c)
	}
	return fmt.Sprintf("c%d", 1+sum%colours)
}

// dashes tells Tandem's own subjects apart: the first among them is drawn through.
func dashes(subject string) string {
	switch strings.ToLower(subject) {
	case "tandem":
		return "d0"
	case "tandem cpuexec":
		return "d2"
	}
	return "d1"
}

// sortByX puts points in the order in which a curve goes through them.
func sortByX(points []point) {
	slices.SortFunc(points, func(a, b point) int { return cmp.Compare(a.x, b.x) })
}
