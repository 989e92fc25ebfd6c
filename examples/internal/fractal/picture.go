// Package fractal makes pictures of the Mandelbrot set on a scheduler's devices.
package fractal

import (
	"context"
	"fmt"
	"image"
	"image/color"
	"math"

	"github.com/tandem-go/tandem/hybrid"
	"github.com/tandem-go/tandem/kernels"
)

// maxCounts bounds the memory of a picture: a GiB of counts.
const maxCounts = 1 << 28

// maxIterations bounds the palette. It is far beyond what float64 can resolve.
const maxIterations = 10_000_000

// Picture is a picture of a region of the complex plane.
type Picture struct {
	Width, Height    int     // in pixels
	CenterX, CenterY float64 // the point in the middle
	PlaneWidth       float64 // of the region, from its left edge to its right one
	MaxIter          int
	Samples          int // a pixel is the mean of Samples×Samples points

	// Counts has the escape count of each point, by rows, when Compute has
	// returned.
	Counts []int32
}

// check reports the first setting that no picture can have.
func (p *Picture) check() error {
	switch {
	case p.Width < 1 || p.Height < 1:
		return fmt.Errorf("size %d×%d: a picture has at least one pixel", p.Width, p.Height)
	case p.Samples < 1 || p.Samples > 16:
		return fmt.Errorf("%d samples: want 1 to 16", p.Samples)
	case p.Width > maxCounts || p.Height > maxCounts/p.Width/p.Samples/p.Samples:
		return fmt.Errorf("size %d×%d with %d×%d samples: more than %d points do not fit in memory",
			p.Width, p.Height, p.Samples, p.Samples, maxCounts)
	case p.MaxIter < 1 || p.MaxIter > maxIterations:
		return fmt.Errorf("%d iterations: want 1 to %d", p.MaxIter, maxIterations)
	case math.IsNaN(p.CenterX+p.CenterY) || math.IsInf(p.CenterX+p.CenterY, 0):
		return fmt.Errorf("centre %v,%v: want two finite numbers", p.CenterX, p.CenterY)
	case !(p.PlaneWidth > 0) || math.IsInf(p.PlaneWidth, 0):
		return fmt.Errorf("width %v: want a finite number above 0", p.PlaneWidth)
	case p.view().Pixel < 4e-16*max(math.Abs(p.CenterX), math.Abs(p.CenterY)):
		return fmt.Errorf("width %v: float64 cannot tell points apart that are so near each other at %v,%v",
			p.PlaneWidth, p.CenterX, p.CenterY)
	}
	return nil
}

func (p *Picture) view() kernels.View {
	w, h := p.Width*p.Samples, p.Height*p.Samples
	return kernels.View{Width: w, Height: h, CenterX: p.CenterX, CenterY: p.CenterY, Pixel: p.PlaneWidth / float64(w)}
}

// Points is how many points are computed.
func (p *Picture) Points() int { return p.Width * p.Height * p.Samples * p.Samples }

// Launch is the computation of p's counts. A setting that no picture can have is
// an error.
func (p *Picture) Launch() (kernels.Launch, error) {
	if err := p.check(); err != nil {
		return kernels.Launch{}, err
	}
	if len(p.Counts) != p.Points() {
		p.Counts = make([]int32, p.Points())
	}
	l := kernels.Mandelbrot(p.view(), p.MaxIter, p.Counts)
	return l, l.Err()
}

// Compute makes p's counts on s.
func (p *Picture) Compute(ctx context.Context, s *hybrid.Scheduler, opts ...hybrid.LaunchOption) error {
	l, err := p.Launch()
	if err != nil {
		return err
	}
	return s.Launch(ctx, l, opts...)
}

// Warm computes a small piece of p on each device of s by itself. The first
// launch on a device may have a shader to compile, for longer than the others
// need to compute the picture without it.
func (p *Picture) Warm(ctx context.Context, s *hybrid.Scheduler) error {
	piece := *p
	piece.Width, piece.Height, piece.Samples, piece.Counts = 64, 64, 1, nil
	for _, d := range s.Devices() {
		if !d.Caps.Float64 {
			continue // it will take no part
		}
		if err := piece.Compute(ctx, s, hybrid.On(d.ID)); err != nil {
			return err
		}
	}
	return nil
}

// Image draws the counts.
func (p *Picture) Image() *image.RGBA {
	return p.draw(func(_ int, c rgb) rgb { return c })
}

// Tinted draws the counts with the light and shade of Image in the colour of the
// device that computed each point. tints has the devices' colours by ID.
func (p *Picture) Tinted(chunks []hybrid.Chunk, tints map[string]color.RGBA) *image.RGBA {
	at := make([]rgb, p.Points())
	for _, c := range chunks {
		tint := linear(tints[c.Device])
		for i := c.Lo; i < c.Hi; i++ {
			at[i] = tint
		}
	}
	return p.draw(func(i int, c rgb) rgb { return at[i].times(0.12 + 0.88*math.Sqrt(c.luminance())) })
}

// draw averages the colours of each pixel's points, after change has changed
// them.
func (p *Picture) draw(change func(i int, c rgb) rgb) *image.RGBA {
	colours := palette(p.MaxIter)
	img := image.NewRGBA(image.Rect(0, 0, p.Width, p.Height))
	stride := p.Width * p.Samples
	weight := 1 / float64(p.Samples*p.Samples)
	for y := range p.Height {
		for x := range p.Width {
			var sum rgb
			for sy := range p.Samples {
				first := (y*p.Samples+sy)*stride + x*p.Samples
				for i := first; i < first+p.Samples; i++ {
					sum = sum.add(change(i, colours[p.Counts[i]]))
				}
			}
			img.SetRGBA(x, y, sum.times(weight).encode())
		}
	}
	return img
}
