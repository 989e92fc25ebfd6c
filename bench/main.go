// Command bench measures Tandem's promises: every figure stands beside a peer or
// a limit that was measured in the same run, in turns. -h says how to use it.
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
	"runtime/pprof"
	"strings"
	"syscall"
	"time"

	"github.com/tandem-go/tandem/bench/internal/guard"
	"github.com/tandem-go/tandem/bench/internal/measure"
	"github.com/tandem-go/tandem/bench/internal/peer"
	"github.com/tandem-go/tandem/bench/internal/suite"
	"github.com/tandem-go/tandem/hybrid"
)

const usage = `bench measures Tandem's promises: every figure stands beside a peer or a limit
that was measured in the same run, in turns.

  go run ./bench                   all of it; with -tags cuda,opengl on GPUs too
  go run ./bench -bench latency    only what matches: a category, or
                                   category/workload/case
  go run ./bench -devices          launches, transfers and operations of each device, alone and
                                   together: of CUDA's if there is one, else of OpenGL's, and the CPU
  go run ./bench -list             the devices, or why there are none
  go run ./bench -peers            beside Rayon, oneTBB, StarPU, repartir, Ray, Dask and Go's pools;
                                   on an NVIDIA GPU beside cuBLAS in C, CuPy and PyTorch
  go run ./bench -o FILE           keep every sample, for
                                     go run ./bench/cmd/compare BASE FILE
                                     go run ./bench/cmd/report FILE
  go run ./bench -guard            compare a few ratios with their committed bounds
  go run ./bench/peers             fork-join and tasks beside other libraries, with goals

Everything is measured in nine blocks, one after the other. Times are medians with the
95 % confidence interval of the blocks' medians. "x" is the time over that of the
first of the same comparison. All of it takes about as long as -time says: what is
slow is measured in fewer blocks, and has no interval, "± ?", with less than six.
An interrupt (Ctrl-C) ends it; what was measured until then is kept and printed.

Categories:
`

// childWord, as the first argument, has this program be a child that the suite
// measures.
const childWord = "child"

type settings struct {
	match   *regexp.Regexp
	devices bool
	quick   bool
	long    bool
	peers   bool
	guard   bool
	survey  int
	list    bool
	rounds  int
	budget  time.Duration
	time    time.Duration
	results string
	format  string
	profile string
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out io.Writer) error {
	if len(args) > 0 && args[0] == childWord {
		return suite.Child(ctx, args[1:], os.Stdin, out)
	}
	set, err := parse(args)
	if err != nil {
		return err
	}
	switch {
	case set.list:
		return list(out)
	case set.survey > 0:
		return guard.Survey(ctx, out, set.survey)
	case set.guard:
		return guard.Run(ctx, out)
	}
	var devices []hybrid.Option
	if set.devices {
		devices = gpus()
	}
	machine, err := describe(ctx, devices)
	if err != nil {
		return err
	}
	if set.format == "text" {
		fmt.Fprintf(out, "tandem %s on %s\n", machine.Commit, machine)
		for _, d := range machine.Devices {
			fmt.Fprintf(out, "  %-10s %s (%s)\n", d.ID, d.Name, d.Driver)
		}
	}
	keep := &keeper{machine: machine, out: out, format: set.format}
	if set.results != "" {
		file, err := measure.Append(set.results)
		if err != nil {
			return fmt.Errorf("-o: %w", err)
		}
		defer file.Close()
		if keep.file, err = measure.NewWriter(file, machine); err != nil {
			return fmt.Errorf("-o: %w", err)
		}
	}
	var unfinished *partial
	if set.results != "" {
		if unfinished, err = newPartial(set.results, machine); err != nil {
			return fmt.Errorf("-o: %w", err)
		}
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	s := &suite.Suite{
		Runner: &measure.Runner{
			Machine: machine, Blocks: min(set.rounds, measure.Blocks), Time: set.time, Match: set.wanted,
			Progress: measure.NewProgress(os.Stderr),
			Record:   func(row measure.Row) error { keep.merged.Add(row); return unfinished.add(row) },
		},
		Quick: set.quick, Long: set.long, Devices: devices, Self: []string{self, childWord},
	}
	s.Rounds, s.Budget = set.rounds/s.Blocks, set.budget/time.Duration(s.Blocks)
	if set.peers {
		s.Peers = &peer.Set{Progress: os.Stderr}
		defer s.Peers.Close()
	}
	if set.profile != "" {
		file, err := os.Create(set.profile)
		if err != nil {
			return fmt.Errorf("-cpuprofile: %w", err)
		}
		defer file.Close()
		if err := pprof.StartCPUProfile(file); err != nil {
			return fmt.Errorf("-cpuprofile: %w", err)
		}
		defer pprof.StopCPUProfile()
	}
	// What was measured until an error, or until somebody lost patience, is kept.
	err = blocks(ctx, out, set, s)
	s.Progress.Clear()
	if kept := keep.finish(); kept != nil {
		return errors.Join(err, kept)
	}
	return errors.Join(err, unfinished.done())
}

// blocks measures everything a few times over: what disturbs this machine for a
// while is then in one block of every row, rather than in all samples of some.
func blocks(ctx context.Context, out io.Writer, set settings, s *suite.Suite) error {
	var categories []string
	if set.devices {
		categories = []string{"device", "kernel", "split", "memory"}
	}
	goTests := goSuites{out: out, set: set, runner: s.Runner}
	defer goTests.close()
	var failed, failedTests error // what fails once, fails in each block; the rest goes on
	for s.Next() {
		if err := s.Run(ctx, categories...); failed == nil {
			failed = err
		}
		if !set.devices && failedTests == nil {
			failedTests = goTests.run(ctx)
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
	}
	return errors.Join(failed, failedTests)
}

// wanted is whether a place is to be measured. Of what waits in memory, -devices
// has the devices' part alone.
func (set *settings) wanted(place string) bool {
	return set.match.MatchString(place) && !(set.devices && strings.HasPrefix(place, "memory/queue"))
}

func parse(args []string) (settings, error) {
	set := settings{}
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.Usage = func() {
		fmt.Fprint(flags.Output(), usage)
		for _, c := range suite.Categories {
			fmt.Fprintf(flags.Output(), "  %-10s %s\n", c.Name, c.Title)
		}
		fmt.Fprintln(flags.Output())
		flags.PrintDefaults()
	}
	pattern := flags.String("bench", ".", "run only what matches this regular `expression`")
	flags.BoolVar(&set.devices, "devices", false, "only what is about devices")
	flags.BoolVar(&set.quick, "quick", false, "smaller sizes and fewer rounds: that it runs, and roughly how fast")
	flags.BoolVar(&set.long, "long", false, "also ten thousand and a million processes, which take minutes and more")
	flags.BoolVar(&set.peers, "peers", false, "also the programs under bench/peers; what is missing is built or said")
	flags.BoolVar(&set.guard, "guard", false, "fail if a ratio fell below its committed bound")
	flags.IntVar(&set.survey, "survey", 0, "measure the guard's ratios so many `times`: what its bounds are made of")
	flags.BoolVar(&set.list, "list", false, "only list the devices")
	flags.IntVar(&set.rounds, "rounds", 0, "samples of each subject, at most; 0: 18, or 9 with -quick")
	flags.DurationVar(&set.budget, "budget", 0, "what a subject may take in one comparison; 0: 1s, or 200ms with -quick")
	flags.DurationVar(&set.time, "time", 0, "what all of it may take, about, once peers are built and started; 0: "+
		"7m, 11m with -peers, and with -quick 2m and 4m")
	flags.StringVar(&set.results, "o", "", "append every sample as JSON lines to this `file`")
	flags.StringVar(&set.profile, "cpuprofile", "", "write a profile of the processor's time to this `file`, for bench/cmd/flamegraph")
	flags.StringVar(&set.format, "format", "text", "what to print: text, or go, which benchstat reads")
	if err := flags.Parse(args); err != nil {
		return set, err
	}
	switch {
	case flags.NArg() > 0:
		return set, fmt.Errorf("unknown argument %q; see -h", flags.Arg(0))
	case set.format != "text" && set.format != "go":
		return set, fmt.Errorf("-format is text or go, not %q", set.format)
	case set.rounds < 0 || set.budget < 0 || set.time < 0 || set.survey < 0:
		return set, errors.New("-rounds, -budget, -time and -survey are not negative")
	}
	if set.rounds == 0 {
		set.rounds = 2 * measure.Blocks
		if set.quick {
			set.rounds = measure.Blocks
		}
	}
	if set.budget == 0 {
		set.budget = time.Second
		if set.quick {
			set.budget = 200 * time.Millisecond
		}
	}
	if set.time == 0 {
		set.time = set.usualTime()
	}
	var err error
	if set.match, err = regexp.Compile(*pattern); err != nil {
		return set, fmt.Errorf("-bench: %w", err)
	}
	return set, nil
}

// usualTime is what a machine of two cores takes for nearly all rows in all blocks.
func (set *settings) usualTime() time.Duration {
	switch {
	case set.quick && set.peers:
		return 4 * time.Minute
	case set.quick:
		return 2 * time.Minute
	case set.peers:
		return 11 * time.Minute
	}
	return 7 * time.Minute
}

// describe finds what the figures are measured on: without it they mean nothing.
func describe(ctx context.Context, devices []hybrid.Option) (*measure.Machine, error) {
	m := measure.ThisMachine(ctx)
	s, err := hybrid.Open(devices...)
	if err != nil {
		return nil, err
	}
	for _, info := range s.Devices() {
		m.Devices = append(m.Devices, measure.Device{ID: info.ID, Name: info.Name, Driver: info.Driver})
	}
	return m, s.Close()
}

// keeper prints rows, and keeps them in a file.
type keeper struct {
	machine *measure.Machine
	out     io.Writer
	format  string
	file    *measure.Writer // nil: not kept
	merged  measure.Merger  // rows of all blocks so far
	place   string          // of the last row
	first   float64         // median of the first row of that place
}

// finish writes and prints what was measured.
func (k *keeper) finish() error {
	rows := k.merged.Rows()
	for i := range rows {
		if err := k.row(rows[i]); err != nil {
			return err
		}
	}
	if k.format != "text" {
		return nil
	}
	return summarize(k.out, &measure.Results{Runs: []*measure.Machine{k.machine}, Rows: rows})
}

func (k *keeper) row(row measure.Row) error {
	if k.file != nil {
		if err := k.file.Write(row); err != nil {
			return err
		}
	}
	if k.format == "go" {
		return measure.WriteGo(k.out, &measure.Results{Runs: []*measure.Machine{k.machine}, Rows: []measure.Row{row}})
	}
	sum := row.Summary()
	if row.Place() != k.place {
		k.place, k.first = row.Place(), sum.Median
		fmt.Fprintf(k.out, "\n%s\n", k.place)
	}
	if row.Missing != "" {
		text := row.Missing
		if p := row.Published; p != nil {
			text += fmt.Sprintf("; published: %s (%s, %s)", p.Figure, p.Source, p.Hardware)
		}
		_, err := fmt.Fprintf(k.out, "  %-32s –  %s\n", row.Subject, text)
		return err
	}
	ratio := "      –"
	if k.first != 0 {
		ratio = fmt.Sprintf("%6.3gx", sum.Median/k.first)
	}
	text := fmt.Sprintf("  %-32s %12s  %-9s %s  n=%d", row.Subject, measure.Format(sum.Median, row.Unit), sum.Spread(), ratio, sum.N)
	if len(row.Histogram) > 0 {
		var quantiles []string
		for _, q := range []float64{0.5, 0.9, 0.99, 0.999} {
			quantiles = append(quantiles, fmt.Sprintf("p%g %s", 100*q, measure.Format(measure.Quantile(row.Histogram, q), row.Unit)))
		}
		text += "  " + strings.Join(quantiles, ", ")
	}
	if len(sum.Outliers) > 0 {
		var outliers []string
		for _, x := range sum.Outliers {
			outliers = append(outliers, measure.Format(x, row.Unit))
		}
		text += "  outliers " + strings.Join(outliers, ", ")
	}
	_, err := fmt.Fprintln(k.out, text)
	return err
}
