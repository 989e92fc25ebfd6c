// Nbody moves bodies under their own gravity and draws their paths.
package main

import (
	"context"
	"fmt"
	"image/png"
	"io"

	"github.com/tandem-go/tandem/examples/internal/cli"
	"github.com/tandem-go/tandem/examples/internal/outfile"
	"github.com/tandem-go/tandem/examples/internal/progress"
	"github.com/tandem-go/tandem/examples/internal/report"
)

const summary = `Nbody lets two star clusters fall through each other under their own gravity,
every body drawn to every other, and draws their paths as a PNG.

Time steps are leapfrog's, which keeps the energy bounded: how far it drifts is
printed.`

func main() { cli.Main("nbody", run) }

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	f := cli.NewFlags("nbody", summary, "-o nbody.png", "-n 8192 -steps 600 -o nbody.png")
	n := f.Int("n", 2000, "number of `bodies`")
	steps := f.Int("steps", 300, "time steps")
	dt := f.Float64("dt", 0.01, "length of a time step; a cluster takes about 6 to turn once")
	seed := f.Uint64("seed", 1, "of the clusters' random numbers")
	size := f.Int("size", 900, "the picture's `pixels` along each side")
	out := f.String("o", "nbody.png", "the PNG `file` to write")
	if err := f.Parse(args, stdout); err != nil {
		return err
	}
	switch {
	case *n < 2 || *n > 1<<20:
		return fmt.Errorf("-n: %d bodies, want 2 to %d", *n, 1<<20)
	case *steps < 1:
		return fmt.Errorf("-steps: %d, want at least 1", *steps)
	case !(*dt > 0 && *dt <= 1):
		return fmt.Errorf("-dt: %v is not above 0 and at most 1", *dt)
	case *size < 16 || *size > 8192:
		return fmt.Errorf("-size: %d pixels, want 16 to 8192", *size)
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
	defer s.Close() // its errors would not change the picture

	bar := progress.New(stderr, "computing")
	defer bar.Close()
	sky := newSky(*size)
	bodies, velocity := twoClusters(*n, *seed)
	sim := newSimulation(s, bodies, velocity)
	var tally report.Tally
	if err := sim.field(ctx, &tally); err != nil {
		return err
	}
	before := sim.energy()
	for step := range *steps {
		if err := sim.step(ctx, float32(*dt), &tally); err != nil {
			return err
		}
		sky.expose(sim)
		bar.Set(step+1, *steps)
	}
	bar.Close()
	after := sim.energy()
	fmt.Fprintf(stdout, "%d steps of %d bodies in %s\n", *steps, *n, report.Duration(tally.Wall()))
	fmt.Fprintf(stdout, "energy %.6f before, %.6f after: a drift of %.1e\n", before, after, (after-before)/before)
	if err := tally.Write(stdout, "pairs", float64(*n)); err != nil {
		return err
	}
	if err := png.Encode(file, sky.image()); err != nil {
		return fmt.Errorf("-o %s: %w", *out, err)
	}
	if err := file.Commit(); err != nil {
		return fmt.Errorf("-o: %w", err)
	}
	fmt.Fprintf(stdout, "wrote %s\n", *out)
	return nil
}
