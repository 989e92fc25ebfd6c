// Mandelbrot draws a region of the Mandelbrot set on all devices at once, and
// shows which of them computed what.
package main

import (
	"context"
	"fmt"
	"image"
	"image/png"
	"io"
	"time"

	"github.com/tandem-go/tandem/examples/internal/cli"
	"github.com/tandem-go/tandem/examples/internal/fractal"
	"github.com/tandem-go/tandem/examples/internal/outfile"
	"github.com/tandem-go/tandem/examples/internal/progress"
	"github.com/tandem-go/tandem/examples/internal/report"
	"github.com/tandem-go/tandem/hybrid"
)

const summary = `Mandelbrot draws a region of the Mandelbrot set as a PNG, on all devices at once.

The colours depend on nothing but how many iterations a point took, in float64,
so the picture is the same whatever devices compute it. With -who it is tinted:
each part has the colour of the device that computed it, and every device gets a
part, also one that only slows the others down.`

func main() { cli.Main("mandelbrot", run) }

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	f := cli.NewFlags("mandelbrot", summary,
		"-o mandelbrot.png -who",
		"-o seahorses.png -center -0.7436,0.1318 -width 0.012 -iter 3000")
	size, center := size{1280, 800}, point{-0.75, 0}
	f.Var(&size, "size", "the picture's width and height in pixels, as `WxH`")
	f.Var(&center, "center", "the point in the middle, `re,im`")
	width := f.Float64("width", 3.8, "of the region, on the plane: smaller zooms in (down to 1e-12 or so)")
	iter := f.Int("iter", 1000, "the most iterations for a point; the picture is black where it took them all")
	samples := f.Int("samples", 2, "a pixel is the mean of `n`×n points, so 1 is fastest and 4 smoothest")
	who := f.Bool("who", false, "tint the picture by the device that computed each part")
	out := f.String("o", "mandelbrot.png", "the PNG `file` to write")
	if err := f.Parse(args, stdout); err != nil {
		return err
	}
	p := fractal.Picture{
		Width: size.w, Height: size.h, CenterX: center.x, CenterY: center.y,
		PlaneWidth: *width, MaxIter: *iter, Samples: *samples,
	}
	if _, err := p.Launch(); err != nil { // before anything is opened
		return err
	}
	file, err := outfile.Create(*out)
	if err != nil {
		return fmt.Errorf("-o: %w", err)
	}
	defer file.Discard()

	s, err := f.Open(stderr)
	if err != nil {
		return err
	}
	defer func() { _ = s.Close() }() // its errors would not change the picture

	img, err := compute(ctx, s, &p, *who, stdout, stderr)
	if err != nil {
		return err
	}
	if err := png.Encode(file, img); err != nil {
		return fmt.Errorf("-o %s: %w", *out, err)
	}
	if err := file.Commit(); err != nil {
		return fmt.Errorf("-o: %w", err)
	}
	fmt.Fprintf(stdout, "wrote %s\n", *out)
	return nil
}

// compute makes the picture, prints who computed it, and draws it.
func compute(ctx context.Context, s *hybrid.Scheduler, p *fractal.Picture, who bool, stdout, stderr io.Writer) (image.Image, error) {
	bar := progress.New(stderr, "computing")
	defer bar.Close()
	var r hybrid.Report
	opts := []hybrid.LaunchOption{hybrid.ReportTo(&r), hybrid.Progress(bar.Set)}
	if who {
		if err := p.Warm(ctx, s); err != nil {
			return nil, err
		}
		opts = append(opts, hybrid.EveryDevice())
	}
	if err := p.Compute(ctx, s, opts...); err != nil {
		return nil, err
	}
	bar.Close()

	fmt.Fprintf(stdout, "%d points in %s\n", p.Points(), report.Duration(r.Wall.Round(time.Microsecond)))
	var t report.Tally
	t.Add(&r)
	if err := t.Write(stdout, "points", 1); err != nil {
		return nil, err
	}
	if !who {
		return p.Image(), nil
	}
	tints := fractal.Tints(s.Devices())
	for _, t := range tints {
		fmt.Fprintf(stdout, "%s is %s\n", t.Name, t.Device)
	}
	return p.Tinted(r.Chunks, fractal.Colours(tints)), nil
}
