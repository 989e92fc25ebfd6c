package main

import (
	"fmt"
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
)

// draw plots the ratio of each cell over the time of the wrapped routine, both
// logarithmic, with the limit as a line.
func draw(path string, cells []cell) error {
	p := plot.New()
	p.Title.Text = "s.BLAS() beside the BLAS that it wraps"
	p.X.Label.Text = "time of the wrapped routine, log10 s"
	p.Y.Label.Text = "gain, wrapped / tandem, log2"
	points := make(plotter.XYs, len(cells))
	least, most := math.Inf(1), math.Inf(-1)
	for i, c := range cells {
		points[i] = plotter.XY{X: math.Log10(c.Wrapped), Y: -math.Log2(c.Ratio)}
		least, most = min(least, points[i].X), max(most, points[i].X)
	}
	scatter, err := plotter.NewScatter(points)
	if err != nil {
		return fmt.Errorf("-plot: %w", err)
	}
	scatter.Radius = vg.Points(1.5)
	scatter.Color = color.RGBA{R: 30, G: 90, B: 160, A: 255}
	line, err := plotter.NewLine(plotter.XYs{{X: least, Y: -math.Log2(limit)}, {X: most, Y: -math.Log2(limit)}})
	if err != nil {
		return fmt.Errorf("-plot: %w", err)
	}
	line.Color = color.RGBA{R: 200, A: 255}
	p.Add(plotter.NewGrid(), scatter, line)
	if err := p.Save(20*vg.Centimeter, 12*vg.Centimeter, path); err != nil {
		return fmt.Errorf("-plot %s: %w", path, err)
	}
	return nil
}
