package main

import (
	"image/color"
	"io"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/tandem-go/tandem/hybrid"
)

// colors tell the priorities apart, also for the colour-blind (Okabe and Ito).
var colors = map[hybrid.Priority]color.Color{
	hybrid.High:   color.RGBA{213, 94, 0, 255},
	hybrid.Normal: color.RGBA{0, 114, 178, 255},
	hybrid.Low:    color.RGBA{0, 158, 115, 255},
}

// drawOrder draws each program as a point: when it was submitted, and when it came
// to an end.
func drawOrder(w io.Writer, done []ended) error {
	p := plot.New()
	p.Title.Text = "Who came when"
	p.X.Label.Text = "order of submission"
	p.Y.Label.Text = "order of completion"
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = 0, float64(len(done)), 0, float64(len(done))
	p.Legend.Top, p.Legend.Left = true, true
	points := map[hybrid.Priority]plotter.XYs{}
	for at, d := range done {
		points[d.priority] = append(points[d.priority], plotter.XY{X: float64(d.number), Y: float64(at)})
	}
	p.Add(plotter.NewGrid())
	for _, priority := range priorities {
		if len(points[priority]) == 0 {
			continue
		}
		s, err := plotter.NewScatter(points[priority])
		if err != nil {
			return err
		}
		s.Color, s.Radius, s.Shape = colors[priority], vg.Points(1.5), draw.CircleGlyph{}
		p.Add(s)
		p.Legend.Add(priority.String(), s)
	}
	image, err := p.WriterTo(7*vg.Inch, 5*vg.Inch, "png")
	if err != nil {
		return err
	}
	_, err = image.WriteTo(w)
	return err
}
