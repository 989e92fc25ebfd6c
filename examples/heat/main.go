// Heat shows how heat spreads over a plate, as an animated GIF.
package main

import (
	"context"
	"fmt"
	"image/gif"
	"io"

	"github.com/tandem-go/tandem/examples/internal/cli"
	"github.com/tandem-go/tandem/examples/internal/outfile"
	"github.com/tandem-go/tandem/examples/internal/progress"
	"github.com/tandem-go/tandem/examples/internal/report"
	"github.com/tandem-go/tandem/hybrid"
	"github.com/tandem-go/tandem/kernels"
)

const summary = `Heat solves the heat equation on a square plate with hot and cold spots, by
explicit five-point steps, and writes an animated GIF.

The two grids live on the devices that compute them; only the rows along the
borders of their parts travel from step to step, and whole grids for frames.`

func main() { cli.Main("heat", run) }

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	f := cli.NewFlags("heat", summary, "-o heat.gif", "-size 512 -steps 20000 -frames 100 -o heat.gif")
	size := f.Int("size", 256, "the plate's `cells` along each side")
	steps := f.Int("steps", 4000, "time steps")
	frames := f.Int("frames", 60, "pictures in the animation")
	k := f.Float64("k", 0.2, "diffusivity times time step over cell size squared; stable up to 0.25")
	out := f.String("o", "heat.gif", "the GIF `file` to write")
	if err := f.Parse(args, stdout); err != nil {
		return err
	}
	switch {
	case *size < 3 || *size > 8192:
		return fmt.Errorf("-size: %d cells, want 3 to 8192", *size)
	case *frames < 1 || *frames > 1000:
		return fmt.Errorf("-frames: %d, want 1 to 1000", *frames)
	case *steps < *frames:
		return fmt.Errorf("-steps: %d, want at least one for each of %d frames", *steps, *frames)
	case !(*k > 0 && *k <= 0.25):
		return fmt.Errorf("-k: %v is not above 0 and at most 0.25", *k)
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
	defer s.Close() // its errors would not change the animation

	bar := progress.New(stderr, "computing")
	defer bar.Close()
	var tally report.Tally
	animation, err := simulate(ctx, s, plate(*size), float32(*k), *steps, *frames, &tally, bar)
	if err != nil {
		return err
	}
	bar.Close()
	fmt.Fprintf(stdout, "%d steps on %d×%d cells in %s\n", *steps, *size, *size, report.Duration(tally.Wall()))
	if err := tally.Write(stdout, "cells", float64(*size)); err != nil {
		return err
	}
	if err := gif.EncodeAll(file, animation); err != nil {
		return fmt.Errorf("-o %s: %w", *out, err)
	}
	if err := file.Commit(); err != nil {
		return fmt.Errorf("-o: %w", err)
	}
	fmt.Fprintf(stdout, "wrote %s\n", *out)
	return nil
}

// simulate makes the steps, and a picture at equal distances among them. The grid
// is square; start is its first state.
func simulate(ctx context.Context, s *hybrid.Scheduler, start []float32, k float32, steps, frames int, tally *report.Tally, bar *progress.Bar) (*gif.GIF, error) {
	size := side(start)
	now, err := hybrid.BufferFrom(s, start)
	if err != nil {
		return nil, err
	}
	defer now.Free()
	next, err := hybrid.NewBuffer[float32](s, len(start))
	if err != nil {
		return nil, err
	}
	defer next.Free()

	animation := &gif.GIF{}
	state := append([]float32{}, start...)
	for step, frame := 0, 0; ; step++ {
		if step == frame*steps/frames {
			if err := now.CopyTo(ctx, state); err != nil {
				return nil, err
			}
			addFrame(animation, state)
			frame++
		}
		if step == steps {
			return animation, nil
		}
		var r hybrid.Report
		l := kernels.Stencil5(k, kernels.Resident(size, size, size, now), kernels.Resident(size, size, size, next))
		if err := s.Launch(ctx, l, hybrid.ReportTo(&r)); err != nil {
			return nil, err
		}
		tally.Add(&r)
		now, next = next, now
		bar.Set(step+1, steps)
	}
}
