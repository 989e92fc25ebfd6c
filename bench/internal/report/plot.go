package report

import (
	"fmt"
	"html/template"
	"math"

	"github.com/tandem-go/tandem/bench/internal/measure"
)

// The size of a plot: about as wide as a phone, where letters of 12 stay legible.
const (
	plotWidth, plotHeight = 390.0, 250.0
	plotLeft, plotRight   = 62.0, 12.0
	plotTop, plotBottom   = 12.0, 44.0
	letter                = 12.0
)

// series is a line or a cloud of points of one subject.
type series struct {
	name   string
	class  string // of its colour: see palette
	points []point
	joined bool
	bare   bool // without dots
}

type point struct {
	x, y   float64
	lo, hi float64 // of the interval; equal to y if there is none
	title  string
}

// plot is a chart with two axes.
type plot struct {
	title          string
	xLabel, yLabel string
	xLog, yLog     bool
	xFormat        func(float64) string
	yFormat        func(float64) string
	xTicks         []float64 // nil: chosen
	series         []series
	ceilings       []ceiling // of a roofline
}

// ceiling is a limit y = min(rate, slope*x), drawn through the plot.
type ceiling struct {
	class       string
	rate, slope float64
}

func (p *plot) draw() template.HTML {
	s := newSVG(plotWidth, plotHeight, p.title)
	var xs, ys []float64
	for _, line := range p.series {
		for _, pt := range line.points {
			xs, ys = append(xs, pt.x), append(ys, pt.y, pt.lo, pt.hi)
		}
	}
	for _, c := range p.ceilings {
		ys = append(ys, c.rate)
		xs = append(xs, c.rate/c.slope)
	}
	x := around(xs, p.xLog, plotLeft, plotWidth-plotRight)
	y := around(ys, p.yLog, plotHeight-plotBottom, plotTop)
	p.grid(s, x, y)
	for _, c := range p.ceilings {
		var points [][2]float64
		for i := range 60 {
			at := x.lo * math.Pow(x.hi/x.lo, float64(i)/59)
			if v := min(c.rate, c.slope*at); v >= y.lo {
				points = append(points, [2]float64{x.at(at), y.at(v)})
			}
		}
		s.polyline("ceiling "+c.class, points)
	}
	for _, line := range p.series {
		var points [][2]float64
		for _, pt := range line.points {
			if !p.fits(pt) {
				continue
			}
			points = append(points, [2]float64{x.at(pt.x), y.at(pt.y)})
			if pt.hi > pt.lo && !math.IsInf(pt.hi, 0) && !math.IsInf(pt.lo, 0) {
				s.line("interval "+line.class, x.at(pt.x), y.at(pt.lo), x.at(pt.x), y.at(pt.hi))
			}
		}
		if line.joined {
			s.polyline("curve "+line.class, points)
		}
		for _, pt := range line.points {
			if p.fits(pt) && !line.bare {
				s.circle("dot "+line.class, x.at(pt.x), y.at(pt.y), 3.2, line.name+" "+pt.title)
			}
		}
	}
	return s.html()
}

func (p *plot) fits(pt point) bool {
	bad := func(v float64, log bool) bool { return math.IsNaN(v) || math.IsInf(v, 0) || log && v <= 0 }
	return !bad(pt.x, p.xLog) && !bad(pt.y, p.yLog)
}

func (p *plot) grid(s *svg, x, y axis) {
	bottom, right := plotHeight-plotBottom, plotWidth-plotRight
	for _, v := range y.ticks(6) {
		s.line("grid", plotLeft, y.at(v), right, y.at(v))
		s.text("tick", "end", plotLeft-6, y.at(v)+4, p.yFormat(v))
	}
	ticks := p.xTicks
	if ticks == nil {
		ticks = x.ticks(5)
	}
	for _, v := range ticks {
		s.line("grid", x.at(v), plotTop, x.at(v), bottom)
		anchor, at := "middle", x.at(v)
		if at > right-20 {
			anchor, at = "end", right
		}
		s.text("tick", anchor, at, bottom+letter+4, p.xFormat(v))
	}
	s.line("frame", plotLeft, bottom, right, bottom)
	s.text("label", "end", right, plotHeight-6, p.xLabel)
	s.text("label", "start", 2, plotHeight-6, p.yLabel)
}

// strip draws samples on a line: each a dot, the interval a bar, the median a
// stroke; what is beyond Tukey's fences is hollow.
func strip(class string, a axis, row *measure.Row) template.HTML {
	const height, middle = 18.0, 9.0
	s := newSVG(a.to+a.from, height, "samples of "+row.Subject)
	sum := row.Summary()
	s.line("grid", a.from, middle, a.to, middle)
	if !math.IsInf(sum.Lo, 0) && !math.IsInf(sum.Hi, 0) {
		s.rect("band "+class, a.at(sum.Lo), middle-5, a.at(sum.Hi)-a.at(sum.Lo), 10)
	}
	out := map[float64]bool{}
	for _, v := range sum.Outliers {
		out[v] = true
	}
	for _, v := range row.Samples {
		if a.log && v <= 0 {
			continue
		}
		kind := "sample "
		if out[v] {
			kind = "outlier "
		}
		s.circle(kind+class, a.at(v), middle, 2, "")
	}
	s.line("median "+class, a.at(sum.Median), 1, a.at(sum.Median), height-1)
	return s.html()
}

// distribution is a histogram of an HDR histogram's bins, per tenth of a decade,
// so that subjects with different times can share it.
func distribution(bins []measure.Bin) []point {
	counts := map[int]int64{}
	var total int64
	least, most := math.MaxInt, math.MinInt
	for _, b := range bins {
		slot := int(math.Floor(10 * math.Log10(max(float64(b.Lo+b.Hi)/2, 1))))
		counts[slot] += b.Count
		total += b.Count
		least, most = min(least, slot), max(most, slot)
	}
	var points []point
	for slot := least; slot <= most; slot++ {
		share := 100 * float64(counts[slot]) / float64(total)
		from, to := math.Pow(10, float64(slot)/10), math.Pow(10, float64(slot+1)/10)
		if slot == least {
			points = append(points, point{x: from})
		}
		points = append(points, point{x: from, y: share, lo: share, hi: share}, point{x: to, y: share, lo: share, hi: share})
		if slot == most {
			points = append(points, point{x: to})
		}
	}
	return points
}

func plain(v float64) string {
	switch {
	case v >= 1e6:
		return fmt.Sprintf("%gM", v/1e6)
	case v >= 1e3:
		return fmt.Sprintf("%gk", v/1e3)
	}
	return fmt.Sprintf("%.4g", v)
}

// short is a value of a unit as a tick has it: without digits that say nothing.
func short(unit string) func(float64) string {
	return func(v float64) string {
		if v == 0 {
			return "0"
		}
		type scale struct {
			size float64
			name string
		}
		scales := []scale{{1e9, "s"}, {1e6, "ms"}, {1e3, "µs"}, {1, "ns"}, {0, "ns"}}
		if unit == measure.Bytes {
			scales = []scale{{1e9, "GB"}, {1e6, "MB"}, {1e3, "kB"}, {0, "B"}}
		}
		for _, s := range scales {
			if v >= s.size {
				return fmt.Sprintf("%.4g %s", v/max(s.size, 1), s.name)
			}
		}
		return ""
	}
}
