// Customkernel runs a kernel of its own, written once in Go, on all devices.
package main

import (
	"context"
	"fmt"
	"io"

	"github.com/tandem-go/tandem/examples/internal/cli"
	"github.com/tandem-go/tandem/examples/internal/report"
	"github.com/tandem-go/tandem/hybrid"
)

const summary = `Customkernel computes waves on a pond by a kernel of its own: ripple.go has it
as a Go function, go generate has made the launch in ripple_kernel.go.`

func main() { cli.Main("customkernel", run) }

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	f := cli.NewFlags("customkernel", summary, "", "-side 2048 -steps 20")
	side := f.Int("side", 512, "the pond's `cells` along each side")
	steps := f.Int("steps", 10, "moments to compute")
	if err := f.Parse(args, stdout); err != nil {
		return err
	}
	switch {
	case *side < 1 || *side > 8192:
		return fmt.Errorf("-side: %d cells, want 1 to 8192", *side)
	case *steps < 1:
		return fmt.Errorf("-steps: %d, want at least 1", *steps)
	}
	s, err := f.Open(stderr)
	if err != nil {
		return err
	}
	defer s.Close() // its errors would not change the result

	var tally report.Tally
	height := make([]float32, *side**side)
	for step := range *steps {
		var r hybrid.Report
		l := Ripple(*side, *side, *side, float32(step), pond(*side), height)
		if err := s.Launch(ctx, l, hybrid.ReportTo(&r)); err != nil {
			return err
		}
		tally.Add(&r)
	}
	highest := float32(0)
	for _, h := range height {
		highest = max(highest, h)
	}
	fmt.Fprintf(stdout, "%d moments of %d×%d cells in %s; the highest wave is %.4f\n", *steps, *side, *side, report.Duration(tally.Wall()), highest)
	return tally.Write(stdout, "cells", float64(*side))
}

// pond has two stones, a quarter of the side from its edges.
func pond(side int) [2]stone {
	q := float32(side) / 4
	return [2]stone{{q, q, 1, 20}, {3 * q, 2 * q, 0.5, 30}}
}
