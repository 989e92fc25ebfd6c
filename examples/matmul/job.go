package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/tandem-go/tandem/examples/internal/npy"
	"github.com/tandem-go/tandem/examples/internal/outfile"
	"github.com/tandem-go/tandem/examples/internal/product"
	"github.com/tandem-go/tandem/examples/internal/progress"
	"github.com/tandem-go/tandem/examples/internal/report"
	"github.com/tandem-go/tandem/hybrid"
)

// job is one run of the program.
type job struct {
	*settings
	file           *outfile.File // for C, or nil
	stdout, stderr io.Writer
}

func multiply[T product.Float](ctx context.Context, j *job, p *product.Problem[T]) error {
	s, err := j.flags.Open(j.stderr)
	if err != nil {
		return err
	}
	defer func() { _ = s.Close() }() // its errors would not change the product

	c := make([]T, p.M*p.N)
	took, err := compute(ctx, j, s, p, c)
	if err != nil {
		return err
	}
	if j.alone {
		if err := compare(ctx, j, p, c, took); err != nil {
			return err
		}
	}
	if j.file == nil {
		return nil
	}
	if err := npy.Write(j.file, p.M, p.N, c); err != nil {
		return fmt.Errorf("-o %s: %w", j.out, err)
	}
	if err := j.file.Commit(); err != nil {
		return fmt.Errorf("-o: %w", err)
	}
	fmt.Fprintf(j.stdout, "wrote %s\n", j.out)
	return nil
}

// compute makes c on the scheduler's devices and prints who computed it.
func compute[T product.Float](ctx context.Context, j *job, s *hybrid.Scheduler, p *product.Problem[T], c []T) (time.Duration, error) {
	bar := progress.New(j.stderr, "multiplying")
	defer bar.Close()
	var r hybrid.Report
	opts := []hybrid.LaunchOption{hybrid.ReportTo(&r), hybrid.Progress(bar.Set)}
	if j.every {
		if err := p.Warm(ctx, s); err != nil {
			return 0, err
		}
		opts = append(opts, hybrid.EveryDevice())
	}
	start := time.Now()
	if err := p.On(ctx, s, c, opts...); err != nil {
		return 0, err
	}
	took := time.Since(start)
	bar.Close()
	fmt.Fprintf(j.stdout, "%d×%d times %d×%d elements of %T in %s: %sflop/s\n",
		p.M, p.K, p.K, p.N, T(0), report.Duration(took), report.Count(p.Flops()/took.Seconds()))
	var t report.Tally
	t.Add(&r)
	return took, t.Write(j.stdout, "flop", p.FlopsPerIndex())
}

// compare prints how gonum's time and result compare with c, made in the time
// that is given. A product that cannot be right is an error.
func compare[T product.Float](ctx context.Context, j *job, p *product.Problem[T], c []T, took time.Duration) error {
	want := make([]T, len(c))
	start := time.Now()
	if err := p.Gonum(ctx, want); err != nil {
		return err
	}
	alone := time.Since(start)
	result, err := p.Compare(ctx, c, want)
	if err != nil {
		return err
	}
	if err := result.Err(); err != nil {
		return err
	}
	fmt.Fprintf(j.stdout, "gonum alone takes %s: %.2f times as long\n", report.Duration(alone), alone.Seconds()/took.Seconds())
	fmt.Fprintf(j.stdout, "largest difference %.3g, %.2g of what the documented bounds allow\n", result.MaxError, result.OfBound)
	if result.Skipped > 0 {
		fmt.Fprintf(j.stdout, "%d elements with NaN, Inf or an overflow have no bound and were not compared\n", result.Skipped)
	}
	return nil
}
