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

  go run ./bench/blas -o blas.jsonl            the whole grid: with gonum's BLAS, an hour or two
  go run ./bench/blas -time 60s -o blas.jsonl  as much of it as that allows
  go run ./bench/blas -time 60s -o blas.jsonl -resume   more of it
  go run ./bench/blas -routines 'D(gemm|trsm)' -least 64 -most 1024
  go run ./bench/blas -time 60s -o blas.jsonl -again 1.05   those over 1.05 once more
  go run ./bench/blas -from bench/results/blas.jsonl -plot blas.png   what was kept

Small sizes come first, and of a size the first variant of each routine before the
second of any. A cell that would take more than what is left of the time is left
out, and how many were is said. Long calls are repeated less. A call of a kind that
was never measured has that done first, which takes longer than the cell itself; run
bench/cmd/calibrate before.

Where a call of Tandem's takes longer than -bound, the wrapped routine, which may take
minutes for the same, is called in a process of its own and given up once it has taken
-times as long. Such a cell is a bound: its ratio is below what is shown, by nobody
knows how much. Where it ends before, the cell is measured as all others are.

`

// orders are the sizes of the grid.
var orders = []int{1, 2, 3, 4, 7, 8, 16, 31, 32, 64, 100, 128, 200, 256, 400, 512, 768, 1024, 2048, 4096}

type settings struct {
	routines    *regexp.Regexp
	least, most int
	total, cell time.Duration
	bound       time.Duration
	times       float64
	alone       string
	results     string
	resume      bool
	again       float64
	plot        string
	from        string
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
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
	flags.DurationVar(&set.total, "time", 0, "begin no cell that would end after this `time`; 0 for no limit")
	flags.DurationVar(&set.cell, "cell", 300*time.Millisecond, "how long a cell may take before its last pairs are left out; the `time` of at least three is taken")
	flags.DurationVar(&set.bound, "bound", 20*time.Millisecond, "give the wrapped routine up, see above, where Tandem takes longer than this `time`; 0 for never")
	flags.Float64Var(&set.times, "times", 2, "give it up after this many `times` as long")
	flags.StringVar(&set.alone, "alone", "", "do one call, of this `name` and of order -most, by the wrapped routine, and say when it begins and ends: for the process of its own")
	flags.StringVar(&set.results, "o", "", "append each cell as a JSON line to this `file`")
	flags.BoolVar(&set.resume, "resume", false, "leave out the cells that the file of -o has already, and report them with the others")
	flags.Float64Var(&set.again, "again", 0, "measure the cells over this `ratio` in the file of -o once more, with three times as many pairs, and no others")
	flags.StringVar(&set.from, "from", "", "measure nothing: report the cells of this `file`, the last of each")
	flags.StringVar(&set.plot, "plot", "", "draw the ratios into this PNG `file`")
	if err := flags.Parse(args); err != nil {
		return set, err
	}
	if (set.resume || set.again > 0) && set.results == "" {
		return set, errors.New("-resume, -again: there is no file to go on with; name it by -o")
	}
	if set.times < 1 {
		return set, fmt.Errorf("-times %v: less than 1 proves nothing", set.times)
	}
	if set.routines, err = regexp.Compile(*routines); err != nil {
		return set, fmt.Errorf("-routines: %w", err)
	}
	return set, nil
}

func run(ctx context.Context, args []string, out, status io.Writer) error {
	set, err := parse(args)
	if err != nil {
		return err
	}
	if set.alone != "" {
		return serveAlone(out, os.Stdin, set.alone, set.most)
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
	grid := slices.DeleteFunc(plan(sizes), func(c planned) bool { return !set.routines.MatchString(c.Name) })
	var before []cell
	if set.resume || set.again > 0 {
		if before, err = readResults(set.results); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("-resume, -again: %w", err)
		}
	}
	if set.again > 0 {
		grid = over(grid, before, set.again)
		before = nil
	}
	b := s.BLAS()
	describe(out, s, b, len(grid), len(before))
	kept, err := keep(set.results, s, b)
	if err != nil {
		return err
	}
	c := comparison{blas: b, set: set, alone: callAlone}
	cells, err := measure(ctx, c, grid, before, set, &progress{out: status, every: 10 * time.Second}, kept.add)
	err = errors.Join(err, kept.Close())
	report(out, cells, len(grid))
	if set.plot != "" && len(cells) > 0 {
		if failed := plotCells(set.plot, cells); failed != nil {
			return errors.Join(err, failed)
		}
	}
	return err
}

// over is the part of a grid whose ratios were above a limit.
func over(grid []planned, before []cell, limit float64) []planned {
	bad := map[cellKey]bool{}
	for _, c := range before {
		bad[c.key()] = c.Ratio > limit
	}
	return slices.DeleteFunc(grid, func(c planned) bool { return !bad[cellKey{c.Name, c.N}] })
}

// again reports cells that were measured before.
func again(out io.Writer, set settings) error {
	cells, err := readResults(set.from)
	if err != nil {
		return fmt.Errorf("-from: %w", err)
	}
	cells = slices.DeleteFunc(cells, func(c cell) bool { return !set.routines.MatchString(c.Routine) || c.N < set.least })
	report(out, cells, len(cells))
	if set.plot == "" || len(cells) == 0 {
		return nil
	}
	return plotCells(set.plot, cells)
}

func describe(out io.Writer, s *hybrid.Scheduler, b *hybrid.BLAS, cells, before int) {
	fmt.Fprintf(out, "%d cells, %d measured before; %d workers; devices:", cells, before, s.Workers())
	for _, d := range s.Devices() {
		fmt.Fprintf(out, " %s (%s)", d.ID, d.Name)
	}
	fmt.Fprintf(out, "; over %s\n", b.Wrapped().Name)
}
