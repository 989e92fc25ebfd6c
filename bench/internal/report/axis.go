package report

import (
	"fmt"
	"html/template"
	"math"
	"strings"
)

// axis maps values to pixels, in proportion or by their logarithm.
type axis struct {
	lo, hi   float64
	from, to float64 // pixels
	log      bool
}

// around is an axis that has room for all values, some of which may be infinite
// or, with a logarithm, not positive: those have no place on it.
func around(values []float64, log bool, from, to float64) axis {
	a := axis{lo: math.Inf(1), hi: math.Inf(-1), from: from, to: to, log: log}
	for _, v := range values {
		if math.IsNaN(v) || math.IsInf(v, 0) || log && v <= 0 {
			continue
		}
		a.lo, a.hi = min(a.lo, v), max(a.hi, v)
	}
	switch {
	case a.lo > a.hi:
		a.lo, a.hi = 1, 10
	case log:
		// A tenth of a decade of room, and half a decade at least.
		a.lo, a.hi = a.lo/1.25, a.hi*1.25
		if a.hi < 3*a.lo {
			middle := math.Sqrt(a.lo * a.hi)
			a.lo, a.hi = middle/1.75, middle*1.75
		}
	default:
		a.lo = 0
		a.hi *= 1.05
	}
	if a.hi <= a.lo {
		a.hi = a.lo + 1
	}
	return a
}

func (a axis) at(v float64) float64 {
	lo, hi := a.lo, a.hi
	if a.log {
		v, lo, hi = math.Log(max(v, a.lo)), math.Log(lo), math.Log(hi)
	}
	return a.from + (a.to-a.from)*(min(v, hi)-lo)/(hi-lo)
}

// ticks are round values, at most about so many.
func (a axis) ticks(most int) []float64 {
	var ticks []float64
	if a.log {
		decades := math.Log10(a.hi / a.lo)
		steps := []float64{1}
		if decades < 1.2 {
			steps = []float64{1, 2, 3, 5}
		} else if decades < 2.5 {
			steps = []float64{1, 3}
		}
		every := max(1, int(math.Ceil(decades/float64(most))))
		for e := int(math.Floor(math.Log10(a.lo))); e <= int(math.Ceil(math.Log10(a.hi))); e++ {
			for _, s := range steps {
				if v := s * math.Pow10(e); v >= a.lo && v <= a.hi && e%every == 0 {
					ticks = append(ticks, v)
				}
			}
		}
		return ticks
	}
	raw := (a.hi - a.lo) / float64(most)
	step := math.Pow10(int(math.Floor(math.Log10(raw))))
	for _, s := range []float64{1, 2, 5, 10} {
		if step*s >= raw {
			step *= s
			break
		}
	}
	for v := math.Ceil(a.lo/step) * step; v <= a.hi*1.0001; v += step {
		ticks = append(ticks, v)
	}
	return ticks
}

// svg is a drawing under way. Colours are classes, so that the page's style can
// make them dark or light.
type svg struct {
	strings.Builder
	width, height float64
}

func newSVG(width, height float64, label string) *svg {
	s := &svg{width: width, height: height}
	fmt.Fprintf(s, `<svg viewBox="0 0 %g %g" role="img" aria-label="%s">`, width, height, template.HTMLEscapeString(label))
	return s
}

func (s *svg) line(class string, x1, y1, x2, y2 float64) {
	fmt.Fprintf(s, `<line class="%s" x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f"/>`, class, x1, y1, x2, y2)
}

func (s *svg) rect(class string, x, y, w, h float64) {
	fmt.Fprintf(s, `<rect class="%s" x="%.1f" y="%.1f" width="%.1f" height="%.1f"/>`, class, x, y, max(w, 0), max(h, 0))
}

func (s *svg) circle(class string, x, y, r float64, title string) {
	fmt.Fprintf(s, `<circle class="%s" cx="%.1f" cy="%.1f" r="%g">`, class, x, y, r)
	if title != "" {
		fmt.Fprintf(s, `<title>%s</title>`, template.HTMLEscapeString(title))
	}
	s.WriteString(`</circle>`)
}

// text is anchored at its "start", "middle" or "end".
func (s *svg) text(class, anchor string, x, y float64, text string) {
	fmt.Fprintf(s, `<text class="%s" text-anchor="%s" x="%.1f" y="%.1f">%s</text>`, class, anchor, x, y, template.HTMLEscapeString(text))
}

func (s *svg) polyline(class string, points [][2]float64) {
	fmt.Fprintf(s, `<polyline class="%s" points="`, class)
	for _, p := range points {
		fmt.Fprintf(s, "%.1f,%.1f ", p[0], p[1])
	}
	s.WriteString(`"/>`)
}

func (s *svg) html() template.HTML {
	s.WriteString(`</svg>`)
	return template.HTML(s.String()) //nolint:gosec // all text in it has been escaped
}
