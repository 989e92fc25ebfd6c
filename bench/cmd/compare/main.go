// Command compare tells which rows of two results files differ by more than
// noise. It refuses to compare those of two machines.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/tandem-go/tandem/bench/internal/measure"
)

const usage = `compare tells which rows of two results files differ by more than noise.

  go run ./bench/cmd/compare BASE NEW

A row has changed if the Mann-Whitney U test gives its samples a probability of
less than 5 % to be of one distribution, as benchstat has it: of twenty rows that
are the same, one may be called changed. Results of different machines are
refused.

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
	counts := map[measure.Change]int{}
	overlap := 0
	for _, d := range deltas {
		counts[d.Change]++
		if d.Old.Overlap(d.New) {
			overlap++
		}
		if d.Change == measure.Same && !*all {
			continue
		}
		if _, err := fmt.Fprintf(out, "%-6s %-64s %12s %-8s → %12s %-8s %+7.1f %%  %s\n", d.Change, d.Name,
			measure.Format(d.Old.Median, d.Unit), d.Old.Spread(), measure.Format(d.New.Median, d.Unit), d.New.Spread(),
			100*(d.New.Median/d.Old.Median-1), d.Comparison); err != nil {
			return err
		}
	}
	_, err = fmt.Fprintf(out, "%d rows: %d better, %d worse, %d the same; the intervals of %d overlap (%.1f %%)\n",
		len(deltas), counts[measure.Better], counts[measure.Worse], counts[measure.Same], overlap,
		100*float64(overlap)/float64(max(1, len(deltas))))
	return err
}
