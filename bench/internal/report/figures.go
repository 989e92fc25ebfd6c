package report

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/tandem-go/tandem/bench/internal/measure"
)

// figures are the charts of a category.
func figures(category string, r *measure.Results) []figure {
	switch category {
	case "submit":
		return []figure{
			curves(r, "submit", "empty", "n", "Empty functions", "time of a task, by tasks in the batch", nil),
			curves(r, "submit", "echo", "n", "Echo processes", "time of a task, by tasks in the batch", nil),
		}
	case "scaling":
		return []figure{
			curves(r, "scaling", "function", "workers", "Functions", "speed-up over one core, by workers", speedup),
			curves(r, "scaling", "process", "workers", "Processes", "speed-up over one core, by workers", speedup),
		}
	case "memory":
		return []figure{curves(r, "memory", "queue", "n", "Waiting tasks", "resident memory a task, by tasks that wait", nil)}
	case "latency":
		return []figure{
			histograms(r, "latency/function/part=total", "Empty functions"),
			parts(r),
			histograms(r, "latency/echo/part=total/workers=1", "Echo processes"),
		}
	case "device":
		return transfers(r)
	case "split":
		return rooflines(r)
	}
	return nil
}

// parameter finds "key=value" in a case.
func parameter(row *measure.Row, key string) (string, bool) {
	for part := range strings.SplitSeq(row.Case, "/") {
		if value, ok := strings.CutPrefix(part, key+"="); ok {
			return value, true
		}
	}
	return "", false
}

// gather collects a point of each row of a workload that has a number for the
// parameter, by subject in the file's order.
func gather(r *measure.Results, category, workload, key string, value func(*measure.Results, *measure.Row, float64) float64) []series {
	index := map[string]int{}
	var all []series
	for i := range r.Rows {
		row := &r.Rows[i]
		text, ok := parameter(row, key)
		if row.Category != category || row.Workload != workload || !ok || len(row.Samples) == 0 {
			continue
		}
		x, err := strconv.ParseFloat(text, 64)
		if err != nil {
			continue
		}
		sum := row.Summary()
		pt := point{x: x, y: sum.Median, lo: sum.Lo, hi: sum.Hi, title: row.Place() + ": " + measure.Format(sum.Median, row.Unit)}
		if value != nil {
			pt.y, pt.lo, pt.hi = value(r, row, sum.Median), value(r, row, sum.Hi), value(r, row, sum.Lo)
		}
		at, ok := index[row.Subject]
		if !ok {
			at = len(all)
			index[row.Subject] = at
			all = append(all, series{name: row.Subject, class: palette(row.Subject), joined: true})
		}
		all[at].points = append(all[at].points, pt)
	}
	for _, s := range all {
		sortByX(s.points)
	}
	return all
}

// speedup is over the row "one core" of the same place.
func speedup(r *measure.Results, row *measure.Row, value float64) float64 {
	one := r.Find(row.Place(), "one core")
	if one == nil {
		return math.NaN()
	}
	return one.Summary().Median / value
}

func curves(
	r *measure.Results, category, workload, key, title, note string,
	value func(*measure.Results, *measure.Row, float64) float64,
) figure {
	p := plot{title: title, xLabel: key, xFormat: plain, xLog: true, yLog: true, yFormat: short(measure.Nanoseconds)}
	p.series = gather(r, category, workload, key, value)
	switch {
	case value != nil:
		p.yLog, p.yFormat, p.yLabel = false, plain, "×"
	case category == "memory":
		p.yFormat = short(measure.Bytes)
	}
	if key == "workers" {
		p.xTicks = []float64{1, 2, 4, 8}
	}
	var kept []series
	for _, s := range p.series {
		if s.name != "one core" || value == nil {
			kept = append(kept, s)
		}
	}
	p.series = kept
	return p.figure(note)
}

// figure draws the plot with a legend of its series.
func (p *plot) figure(note string) figure {
	f := figure{Title: p.title, Note: note, Drawing: p.draw()}
	for _, s := range p.series {
		f.Legend = append(f.Legend, legend{s.name, s.class})
	}
	if len(p.series) == 0 {
		f.Drawing = ""
	}
	return f
}

func histograms(r *measure.Results, place, title string) figure {
	p := plot{
		title: title, xLog: true, xLabel: "latency", yLabel: "% of tasks, by tenths of a decade",
		xFormat: short(measure.Nanoseconds), yFormat: plain,
	}
	for i := range r.Rows {
		if row := &r.Rows[i]; row.Place() == place && len(row.Histogram) > 0 {
			p.series = append(p.series, series{
				name: row.Subject, class: palette(row.Subject), joined: true, bare: true, points: distribution(row.Histogram),
			})
		}
	}
	return p.figure("where single tasks' times lie")
}

// parts are what Tandem's latency is made of.
func parts(r *measure.Results) figure {
	p := plot{
		title: "What it is made of", xLog: true, xLabel: "time", yLabel: "% of tasks, by tenths of a decade",
		xFormat: short(measure.Nanoseconds), yFormat: plain,
	}
	for i, part := range []string{"submit", "queue", "run", "result"} {
		if row := r.Find("latency/function/part="+part, "tandem"); row != nil && len(row.Histogram) > 0 {
			p.series = append(p.series, series{
				name: part, class: fmt.Sprintf("c%d", i+1), joined: true, bare: true, points: distribution(row.Histogram),
			})
		}
	}
	return p.figure("Submit, the queue, the empty function between two looks at the clock, and the way back")
}

// transfers has a curve of bandwidth for each device and direction.
func transfers(r *measure.Results) []figure {
	var all []figure
	for _, d := range r.Machine().Devices {
		p := plot{
			title: "Transfers, " + d.ID, xLog: true, yLog: true, xLabel: "bytes", yLabel: "GB/s",
			xFormat: short(measure.Bytes), yFormat: plain,
		}
		for i, way := range []string{"upload", "download"} {
			for _, s := range gather(r, "device", way, "bytes", bandwidth) {
				if s.name != d.ID {
					continue
				}
				s.name, s.class = way, fmt.Sprintf("c%d", i)
				p.series = append(p.series, s)
			}
		}
		if len(p.series) > 0 {
			all = append(all, p.figure(d.Name))
		}
	}
	return all
}

func bandwidth(_ *measure.Results, row *measure.Row, ns float64) float64 { return row.Bytes / ns }

// rooflines has a chart for each device: what each kernel attains at its largest
// size, under the best bandwidth and the best rate that were seen on it.
// (Williams, Waterman and Patterson, Roofline, CACM 52(4), 2009; theirs has the
// hardware's limits for roofs, which llvmpipe and a virtual machine don't tell.)
func rooflines(r *measure.Results) []figure {
	var all []figure
	for _, d := range r.Machine().Devices {
		p := plot{
			title: "Roofline, " + d.ID, xLog: true, yLog: true, xLabel: "flop/byte", yLabel: "GFLOP/s",
			xFormat: plain, yFormat: plain,
		}
		roof := ceiling{class: "c8"}
		last := map[string]int{} // series of each operation: its largest size comes last
		for i := range r.Rows {
			row := &r.Rows[i]
			if row.Category != "split" || row.Subject != d.ID+" alone" || len(row.Samples) == 0 || row.Bytes == 0 {
				continue
			}
			sum := row.Summary()
			pt := point{
				x: row.Flops / row.Bytes, y: row.Flops / sum.Median, lo: row.Flops / sum.Hi, hi: row.Flops / sum.Lo,
				title: fmt.Sprintf("%s: %.3g GFLOP/s, %.3g GB/s", row.Case, row.Flops/sum.Median, row.Bytes/sum.Median),
			}
			roof.rate, roof.slope = max(roof.rate, pt.y), max(roof.slope, row.Bytes/sum.Median)
			at, ok := last[row.Workload]
			if !ok {
				at = len(p.series)
				last[row.Workload] = at
				p.series = append(p.series, series{name: row.Workload, class: fmt.Sprintf("c%d", at%(colours+1))})
			}
			p.series[at].points = []point{pt}
		}
		if len(p.series) > 0 {
			p.ceilings = []ceiling{roof}
			all = append(all, p.figure("each kernel at its largest size; the roofs are the best bandwidth and rate seen"))
		}
	}
	return all
}
