// Calibrate measures ahead what a BLAS would otherwise measure in the background
// when a program first needs it: for every routine, type and size, whether the
// wrapped routine, the CPU workers or devices are the fastest. What it finds is
// kept in the user's cache folder, where every program looks.
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
	"strings"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"github.com/tandem-go/tandem/hybrid"
)

const usage = `Calibrate measures for every routine of BLAS from which size on the CPU workers or
devices are faster than the wrapped routine alone, and keeps what it finds in the
user's cache folder. Programs that use s.BLAS() find it there; without it they
measure what they need in the background.

  go run ./bench/cmd/calibrate                     all of it: some minutes
  go run ./bench/cmd/calibrate -only 'D(gemm|trsm)'
  go run -tags opengl ./bench/cmd/calibrate        with OpenGL devices

`

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "calibrate:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out, status io.Writer) error {
	flags := flag.NewFlagSet("calibrate", flag.ContinueOnError)
	flags.Usage = func() {
		fmt.Fprint(flags.Output(), usage)
		flags.PrintDefaults()
	}
	only := flags.String("only", "", "measure only routines that match this regular `expression`")
	most := flags.Int("most", 512, "the largest `order` of matrices; larger ones go the way of this one")
	if err := flags.Parse(args); err != nil {
		return err
	}
	match, err := regexp.Compile(*only)
	if err != nil {
		return fmt.Errorf("-only: %w", err)
	}
	s, err := hybrid.Open()
	if err != nil {
		return err
	}
	defer s.Close()
	plan := slices.DeleteFunc(hybrid.BLASPlan(orders(*most)), func(c hybrid.BLASCall) bool { return !match.MatchString(c.Name) })
	bar := newBar(status, len(plan))
	var found []hybrid.BLASCrossover
	err = s.BLAS().Calibrate(ctx, plan, func(x hybrid.BLASCrossover) {
		found = append(found, x)
		_ = bar.Add(1) // a terminal that has gone away shows nothing
	})
	_ = bar.Clear()
	table(out, found)
	return err
}

// orders is the powers of two up to most: one in each size class.
func orders(most int) []int {
	var all []int
	for n := 16; n <= most; n *= 2 {
		all = append(all, n)
	}
	return all
}

func newBar(w io.Writer, n int) *progressbar.ProgressBar {
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return progressbar.DefaultSilent(int64(n))
	}
	return progressbar.NewOptions(n, progressbar.OptionSetWriter(w), progressbar.OptionSetDescription("measuring"),
		progressbar.OptionShowCount(), progressbar.OptionSetPredictTime(true), progressbar.OptionClearOnFinish())
}

// table prints, for each routine, from which size on another way is taken, and how
// much faster it is at the largest.
func table(out io.Writer, found []hybrid.BLASCrossover) {
	var names []string
	byName := map[string][]hybrid.BLASCrossover{}
	for _, x := range found {
		if byName[x.Name] == nil {
			names = append(names, x.Name)
		}
		byName[x.Name] = append(byName[x.Name], x)
	}
	slices.Sort(names)
	fmt.Fprintf(out, "%-14s %-40s %s\n", "routine", "ways, from which size on", "gain at the largest")
	for _, name := range names {
		var ways []string
		last := ""
		for _, x := range byName[name] {
			if x.Way != last {
				ways = append(ways, fmt.Sprintf("%s from %d", x.Way, x.N))
				last = x.Way
			}
		}
		largest := byName[name][len(byName[name])-1]
		gain := "-"
		if t := largest.Seconds[largest.Way]; t > 0 {
			gain = fmt.Sprintf("%.2f×", largest.Seconds["wrapped"]/t)
		}
		fmt.Fprintf(out, "%-14s %-40s %s\n", name, strings.Join(ways, ", "), gain)
	}
}
