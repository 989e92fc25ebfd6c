package main

import (
	"fmt"
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// plotCells plots the ratio of each cell over the time of the wrapped routine, both
// logarithmic, with the limit as a line.
func plotCells(path string, cells []cell) error {
	p := plot.New()
	p.Title.Text = "s.BLAS() beside the BLAS that it wraps"
	p.X.Label.Text = "time of the wrapped routine, log10 s"
	p.Y.Label.Text = "gain, wrapped / tandem, log2"
	var exact, bounds plotter.XYs
	least, most := math.Inf(1), math.Inf(-1)
	for _, c := range cells {
		at := plotter.XY{X: math.Log10(c.Wrapped), Y: -math.Log2(c.Ratio)}
		least, most = min(least, at.X), max(most, at.X)
		if c.Bound {
			bounds = append(bounds, at)
		} else {
			exact = append(exact, at)
		}
	}
	for _, cloud := range []struct {
		name   string
		points plotter.XYs
		style  draw.GlyphStyle
	}{
		{"measured", exact, draw.GlyphStyle{Color: color.RGBA{R: 30, G: 90, B: 160, A: 255}, Radius: vg.Points(1.5), Shape: draw.RingGlyph{}}},
		{"at least: the wrapped routine was given up", bounds, draw.GlyphStyle{Color: color.RGBA{R: 220, G: 130, B: 20, A: 255}, Radius: vg.Points(2.5), Shape: draw.TriangleGlyph{}}},
	} {
		if len(cloud.points) == 0 {
			continue
		}
		scatter, err := plotter.NewScatter(cloud.points)
		if err != nil {
			return fmt.Errorf("-plot: %w", err)
		}
		scatter.GlyphStyle = cloud.style
		p.Add(scatter)
		p.Legend.Add(cloud.name, scatter)
	}
	p.Legend.Top, p.Legend.Left = true, true
	line, err := plotter.NewLine(plotter.XYs{{X: least, Y: -math.Log2(limit)}, {X: most, Y: -math.Log2(limit)}})
	if err != nil {
		return fmt.Errorf("-plot: %w", err)
	}
	line.Color = color.RGBA{R: 200, A: 255}
	p.Add(plotter.NewGrid(), line)
	if err := p.Save(20*vg.Centimeter, 12*vg.Centimeter, path); err != nil {
		return fmt.Errorf("-plot %s: %w", path, err)
	}
	return nil
}
