// Package flame draws a profile of pprof's as a flame graph in SVG (Gregg, The
// Flame Graph, CACM 59(6), 2016): each box a function, as wide as its part of the
// time, above whom called it. It needs no Graphviz, which pprof's own SVG does.
package flame

import (
	"cmp"
	"fmt"
	"html"
	"io"
	"slices"
	"strings"

	"github.com/google/pprof/profile"
)

// frame is a function in the context of its callers.
type frame struct {
	name     string
	value    int64
	children map[string]*frame
}

func (f *frame) child(name string) *frame {
	c, ok := f.children[name]
	if !ok {
		c = &frame{name: name, children: map[string]*frame{}}
		f.children[name] = c
	}
	return c
}

// fold adds up the samples by their stacks, from the outermost call.
func fold(p *profile.Profile) *frame {
	root := &frame{name: "all", children: map[string]*frame{}}
	value := len(p.SampleType) - 1 // the last is pprof's default too
	for _, sample := range p.Sample {
		at := root
		at.value += sample.Value[value]
		for _, location := range slices.Backward(sample.Location) {
			// Inlined calls come innermost first.
			for _, line := range slices.Backward(location.Line) {
				name := "?"
				if line.Function != nil {
					name = line.Function.Name
				}
				at = at.child(name)
				at.value += sample.Value[value]
			}
		}
	}
	return root
}

const (
	width  = 1200.0
	row    = 17.0
	header = 40.0
	// narrowest is the width of a box that can still be seen.
	narrowest = 0.3
	// letter is the width of one in the font below, about.
	letter = 6.4
)

// Write draws a profile that pprof has written.
func Write(out io.Writer, profiled io.Reader, title string) error {
	p, err := profile.Parse(profiled)
	if err != nil {
		return fmt.Errorf("flame: %w", err)
	}
	root := fold(p)
	if root.value == 0 {
		return fmt.Errorf("flame: the profile has no samples")
	}
	var boxes strings.Builder
	depth := draw(&boxes, root, 0, 0, root.value)
	height := header + float64(depth+1)*row + 10
	unit := p.SampleType[len(p.SampleType)-1]
	_, err = fmt.Fprintf(out, `<?xml version="1.0" encoding="UTF-8"?>
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %g %g" font-family="ui-monospace, Menlo, DejaVu Sans Mono, monospace" font-size="10.5">
<style>rect { stroke: #fff; stroke-width: .5 } text { pointer-events: none } g:hover rect { stroke: #000 }</style>
<rect width="%g" height="%g" fill="#fbfaf8"/>
<text x="10" y="22" font-size="15" font-family="system-ui, sans-serif">%s</text>
<text x="%g" y="22" text-anchor="end">%s, %d samples of %s; hover for a function's part</text>
<g transform="translate(0 %g) scale(1 1)">
%s</g>
</svg>
`, width, height, width, height, html.EscapeString(title), width-10, unit.Type, len(p.Sample), html.EscapeString(unit.Unit), height-row-8, boxes.String())
	return err
}

// draw puts a frame at its place, and those that it called above it; it returns
// how deep they go.
func draw(out *strings.Builder, f *frame, x float64, depth int, total int64) int {
	wide := width * float64(f.value) / float64(total)
	if wide < narrowest {
		return depth
	}
	y := -float64(depth) * row
	fmt.Fprintf(out, `<g><title>%s: %.2f %%</title><rect x="%.2f" y="%.1f" width="%.2f" height="%g" fill="%s"/>`,
		html.EscapeString(f.name), 100*float64(f.value)/float64(total), x, y, wide, row-1, colour(f.name))
	if n := int((wide - 6) / letter); n >= 3 {
		fmt.Fprintf(out, `<text x="%.2f" y="%.1f">%s</text>`, x+3, y+row-5, html.EscapeString(clip(brief(f.name), n)))
	}
	out.WriteString("</g>\n")
	deepest := depth
	callees := make([]*frame, 0, len(f.children))
	for _, c := range f.children {
		callees = append(callees, c)
	}
	slices.SortFunc(callees, func(a, b *frame) int { return cmp.Compare(a.name, b.name) })
	for _, c := range callees {
		deepest = max(deepest, draw(out, c, x, depth+1, total))
		x += width * float64(c.value) / float64(total)
	}
	return deepest
}

// brief is a function's name without the path of its package.
func brief(name string) string { return name[strings.LastIndexByte(name, '/')+1:] }

func clip(s string, n int) string {
	if letters := []rune(s); len(letters) > n {
		return string(letters[:n-1]) + "…"
	}
	return s
}

// colour tells Tandem's own functions from the runtime's and from others.
func colour(name string) string {
	switch {
	case strings.Contains(name, "tandem/bench"):
		return "#d9d4ca"
	case strings.Contains(name, "tandem-go/tandem/"):
		return "#f29a66"
	case strings.HasPrefix(name, "runtime.") || strings.HasPrefix(name, "internal/runtime"):
		return "#9fc1e8"
	}
	return "#e9cf8a"
}
