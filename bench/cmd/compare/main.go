// Command compare tells which rows of two results files differ by more than
// noise. It refuses to compare those of two machines.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/tandem-go/tandem/bench/internal/measure"
)

const usage = `compare tells which rows of two results files differ by more than noise.

  go run ./bench/cmd/compare BASE NEW
  go run ./bench/cmd/compare -agree ONE OTHER

A row has changed if the Mann-Whitney U test gives its blocks' medians a
probability of less than 5 % to be of one distribution, as benchstat has it: of
twenty rows that are the same, one may be called changed. -agree is for two runs of
one program: it tells which rows' intervals have nothing in common, and how many
rows agree. Results of different machines are refused.

`

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "compare:", err)
		os.Exit(1)
	}
}

func run(args []string, out io.Writer) error {
	flags := flag.NewFlagSet("compare", flag.ContinueOnError)
	flags.Usage = func() {
		fmt.Fprint(flags.Output(), usage)
		flags.PrintDefaults()
	}
	all := flags.Bool("all", false, "print also the rows that are the same")
	agree := flags.Bool("agree", false, "say in how many rows the two agree")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() != 2 {
		return errors.New("which two results files? see -h")
	}
	before, err := measure.ReadFile(flags.Arg(0))
	if err != nil {
		return err
	}
	after, err := measure.ReadFile(flags.Arg(1))
	if err != nil {
		return err
	}
	deltas, err := measure.Compare(before, after)
	if err != nil {
		return err
	}
	if *agree {
		return agreement(out, deltas, *all)
	}
	counts := map[measure.Change]int{}
	for _, d := range deltas {
		counts[d.Change]++
		if d.Change != measure.Same || *all {
			line(out, d.Change.String(), d)
		}
	}
	_, err = fmt.Fprintf(out, "%d rows: %d better, %d worse, %d the same\n",
		len(deltas), counts[measure.Better], counts[measure.Worse], counts[measure.Same])
	return err
}

func line(out io.Writer, verdict string, d measure.Delta) {
	fmt.Fprintf(out, "%-6s %-64s %12s %-8s → %12s %-8s %+7.1f %%  %s\n", verdict, d.Name,
		measure.Format(d.Old.Median, d.Unit), d.Old.Spread(), measure.Format(d.New.Median, d.Unit), d.New.Spread(),
		100*(d.New.Median/d.Old.Median-1), d.Comparison)
}

// agreement has the rows of which both have an interval: those whose intervals
// overlap agree. How wide they are says what that is worth.
func agreement(out io.Writer, deltas []measure.Delta, all bool) error {
	var widths []float64
	overlap, without := 0, 0
	for _, d := range deltas {
		if !d.Old.Bounded() || !d.New.Bounded() {
			without++
			continue
		}
		widths = append(widths, d.Old.Reach(), d.New.Reach())
		verdict := "apart"
		if d.Old.Overlap(d.New) {
			overlap++
			verdict = "agree"
		}
		if verdict == "apart" || all {
			line(out, verdict, d)
		}
	}
	both := len(widths) / 2
	_, err := fmt.Fprintf(out, "%d rows with intervals in both: %d agree (%.1f %%); half of the intervals reach at most %.1f %% from their medians, nine of ten %.1f %%; %d rows without\n",
		both, overlap, 100*float64(overlap)/float64(max(1, both)), 100*part(widths, 0.5), 100*part(widths, 0.9), without)
	return err
}

// part is the value that this part of all values doesn't exceed.
func part(values []float64, share float64) float64 {
	if len(values) == 0 {
		return 0
	}
	slices.Sort(values)
	return values[int(share*float64(len(values)-1))]
}
