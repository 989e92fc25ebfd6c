package main

import (
	"context"
	"errors"
	"fmt"
	"image"
	"image/png"
	"math"
	"path/filepath"

	"github.com/tandem-go/tandem/examples/internal/fractal"
	"github.com/tandem-go/tandem/examples/internal/outfile"
	"github.com/tandem-go/tandem/examples/internal/product"
	"github.com/tandem-go/tandem/hybrid"
)

// picture is the demo's picture of the Mandelbrot set.
type picture struct {
	fractal.Picture
	want   []int32
	chunks []hybrid.Chunk // of the last run on every device
}

func newPicture(width int) (*picture, error) {
	p := &picture{Picture: fractal.Picture{
		Width: width, Height: max(1, width*5/8), CenterX: -0.75, PlaneWidth: 3.8, MaxIter: 1000, Samples: 2,
	}}
	if _, err := p.Launch(); err != nil {
		return nil, fmt.Errorf("-width: %w", err)
	}
	return p, nil
}

func (p *picture) job() *job {
	return &job{
		title: fmt.Sprintf("Mandelbrot: %d×%d pixels of %d points, up to %d iterations in float64",
			p.Width, p.Height, p.Samples*p.Samples, p.MaxIter),
		unit: "points", perIndex: 1, float64s: true,
		spoil: func() {
			for i := range p.Counts {
				p.Counts[i] = -1
			}
		},
		compute: p.Compute,
		warm:    p.Warm,
		reference: func(ctx context.Context) (err error) {
			p.want, err = p.Plain(ctx)
			return err
		},
		referenceName: "plain Go, all cores",
		check: func(context.Context) error {
			if !p.Same(p.want) {
				return errors.New("the picture differs from plain Go's")
			}
			return nil
		},
		shown: func(r *hybrid.Report) { p.chunks = r.Chunks },
	}
}

// write writes the picture and the tinted one, and returns their names.
func (p *picture) write(folder string, s *hybrid.Scheduler) ([]string, error) {
	tints := fractal.Colours(fractal.Tints(s.Devices()))
	var files []string
	for _, f := range []struct {
		name string
		img  image.Image
	}{
		{"mandelbrot.png", p.Image()},
		{"mandelbrot-who.png", p.Tinted(p.chunks, tints)},
	} {
		path := filepath.Join(folder, f.name)
		if err := writePNG(path, f.img); err != nil {
			return nil, err
		}
		files = append(files, path)
	}
	return files, nil
}

func writePNG(path string, img image.Image) error {
	f, err := outfile.Create(path)
	if err != nil {
		return err
	}
	defer f.Discard()
	if err := png.Encode(f, img); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return f.Commit()
}

// matrices is the demo's matrix product.
type matrices struct {
	*product.Problem[float32]
	got, want []float32
}

func newProduct(n int) *matrices {
	return &matrices{
		Problem: product.Random[float32](n, n, n, 1),
		got:     make([]float32, n*n),
		want:    make([]float32, n*n),
	}
}

func (m *matrices) job() *job {
	return &job{
		title: fmt.Sprintf("Matrix product: %d×%d times %d×%d in float32", m.M, m.K, m.K, m.N),
		unit:  "flop", perIndex: m.FlopsPerIndex(),
		spoil: func() {
			for i := range m.got {
				m.got[i] = float32(math.NaN())
			}
		},
		compute: func(ctx context.Context, s *hybrid.Scheduler, opts ...hybrid.LaunchOption) error {
			return m.On(ctx, s, m.got, opts...)
		},
		warm:          m.Warm,
		reference:     func(ctx context.Context) error { return m.Gonum(ctx, m.want) },
		referenceName: "gonum alone",
		check: func(ctx context.Context) error {
			c, err := m.Compare(ctx, m.got, m.want)
			if err != nil {
				return err
			}
			return c.Err()
		},
		shown: func(*hybrid.Report) {},
	}
}
