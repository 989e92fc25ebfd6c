// Command blas compares s.BLAS() with the BLAS that it wraps over a grid: every
// routine, type, side, triangle, transpose and diagonal, sizes from 1 to 4096.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"regexp"
	"slices"
	"time"

	"github.com/tandem-go/tandem/hybrid"
)

const usage = `Blas compares s.BLAS() with the BLAS that it wraps, cell by cell: a cell is a
routine of a type, in one variant, at one size. Both run in turns on the same
operands; what counts is the median of the ratios of such pairs.

  go run ./bench/blas                          the whole grid: an hour or more
  go run ./bench/blas -time 60s                as much of it as that allows
  go run ./bench/blas -routines 'D(gemm|trsm)' -least 64 -most 1024
  go run ./bench/blas -from bench/results/blas.jsonl -plot blas.png   what was kept

What was cut for want of time is said. A cell whose kind was never measured stays
with the wrapped routine; run bench/cmd/calibrate first.

`

// orders are the sizes of the grid.
var orders = []int{1, 2, 3, 4, 7, 8, 16, 31, 32, 64, 100, 128, 200, 256, 400, 512, 768, 1024, 1500, 2048, 3000, 4096}

type settings struct {
	routines    *regexp.Regexp
	least, most int
	total, cell time.Duration
	results     string
	plot        string
	from        string
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "blas:", err)
		os.Exit(1)
	}
}

func parse(args []string) (set settings, err error) {
	flags := flag.NewFlagSet("blas", flag.ContinueOnError)
	flags.Usage = func() {
		fmt.Fprint(flags.Output(), usage)
		flags.PrintDefaults()
	}
	routines := flags.String("routines", "", "only routines that match this regular `expression`")
	flags.IntVar(&set.least, "least", 1, "the smallest `order`")
	flags.IntVar(&set.most, "most", 4096, "the largest `order`")
	flags.DurationVar(&set.total, "time", 0, "stop after this `time`; 0 never")
	flags.DurationVar(&set.cell, "cell", 300*time.Millisecond, "how long a cell may take before its last pairs are left out; the `time` of at least three is taken")
	flags.StringVar(&set.results, "o", "", "append each cell as a JSON line to this `file`")
	flags.StringVar(&set.from, "from", "", "measure nothing: report the cells of this `file`, the last of each")
	flags.StringVar(&set.plot, "plot", "", "draw the ratios into this PNG `file`")
	if err := flags.Parse(args); err != nil {
		return set, err
	}
	if set.routines, err = regexp.Compile(*routines); err != nil {
		return set, fmt.Errorf("-routines: %w", err)
	}
	return set, nil
}

func run(ctx context.Context, args []string, out io.Writer) error {
	set, err := parse(args)
	if err != nil {
		return err
	}
	if set.from != "" {
		return again(out, set)
	}
	s, err := hybrid.Open()
	if err != nil {
		return err
	}
	defer s.Close()
	sizes := slices.DeleteFunc(slices.Clone(orders), func(n int) bool { return n < set.least || n > set.most })
	grid := slices.DeleteFunc(hybrid.BLASPlan(sizes), func(c hybrid.BLASCall) bool { return !set.routines.MatchString(c.Name) })
	describe(out, s, len(grid))
	cells, err := measure(ctx, s.BLAS(), grid, set)
	if set.results != "" {
		if failed := appendResults(set.results, s, cells); failed != nil {
			return errors.Join(err, failed)
		}
	}
	report(out, cells, grid)
	if set.plot != "" && len(cells) > 0 {
		if failed := draw(set.plot, cells); failed != nil {
			return errors.Join(err, failed)
		}
	}
	return err
}

// again reports cells that were measured before.
func again(out io.Writer, set settings) error {
	cells, err := readResults(set.from)
	if err != nil {
		return fmt.Errorf("-from: %w", err)
	}
	cells = slices.DeleteFunc(cells, func(c cell) bool { return !set.routines.MatchString(c.Routine) || c.N < set.least })
	report(out, cells, nil)
	if set.plot == "" || len(cells) == 0 {
		return nil
	}
	return draw(set.plot, cells)
}

func describe(out io.Writer, s *hybrid.Scheduler, cells int) {
	fmt.Fprintf(out, "%d cells; %d workers; devices:", cells, s.Workers())
	for _, d := range s.Devices() {
		fmt.Fprintf(out, " %s (%s)", d.ID, d.Name)
	}
	fmt.Fprintln(out)
}
