// Command peers measures tasks, fork-join and processes beside other libraries:
// the same work on the same number of workers, in turns within one run, medians,
// and one table at the end. It is run from the module's root; see its -h.
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
	"runtime"
	"time"

	program "github.com/tandem-go/tandem/bench/internal/peer"

	"github.com/tandem-go/tandem/bench/internal/measure"
	"github.com/tandem-go/tandem/cpuexec"
)

const usage = `Usage: go run ./bench/peers [flags]

Runs the same work by Tandem and by others, in turns, and prints one table:
what each took (the median), Tandem's part of the peer's, and the goal.

  rayon, chili    Rust: fork-join (needs cargo)
  tbb             oneTBB in C++: fork-join and tasks (needs g++; libtbb-dev is
                  installed where that needs no password)
  spawn           C: posix_spawn and waitpid in a loop (needs gcc)
  ants, pond, conc, errgroup, go, channel
                  Go's pools, the go statement, and workers on a channel

A peer that can't be had gets a row that says why. Nothing fails because of a
time that was measured. An interrupt (Ctrl-C) ends it; -o keeps what was measured
until then.

`

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	err := run(ctx, os.Args[1:], os.Stdout)
	if errors.Is(err, flag.ErrHelp) {
		return
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "peers:", err)
		stop()
		os.Exit(1) //nolint:gocritic // stop has been called
	}
}

// bench is one run.
type bench struct {
	pool     *cpuexec.Pool
	workers  int
	rounds   int // of a block
	block    int // the one that is measured
	blocks   int
	merged   measure.Merger // rows of all blocks so far
	quick    bool
	programs map[string]*program.Program
	only     *regexp.Regexp
	progress *measure.Progress
	start    time.Time
	done     time.Duration // since then, at this block's beginning
	table    table
	machine  *measure.Machine
}

func run(ctx context.Context, args []string, out io.Writer) error {
	if len(args) == 2 && args[0] == childArgument {
		return beChild(ctx, args[1], out)
	}
	flags := flag.NewFlagSet("peers", flag.ContinueOnError)
	flags.Usage = func() {
		fmt.Fprint(flags.Output(), usage)
		flags.PrintDefaults()
	}
	workers := flags.Int("workers", runtime.GOMAXPROCS(0), "`number` of workers of each library")
	rounds := flags.Int("rounds", 2*measure.Blocks, "`number` of times that each is measured, in nine blocks, each after one that warms up")
	quick := flags.Bool("quick", false, "9 rounds of less work: that it runs, not how fast")
	output := flags.String("o", "", "append every sample as JSON lines to this `file`")
	only := flags.String("only", "", "measure only what matches this regular `expression`")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *workers < 1 || *rounds < 1 || flags.NArg() > 0 {
		return errors.New("workers and rounds are at least 1, and there are no other arguments: see -h")
	}
	pattern, err := regexp.Compile(*only)
	if err != nil {
		return fmt.Errorf("-only: %w", err)
	}
	if *quick {
		*rounds = min(*rounds, measure.Blocks)
	}
	runtime.GOMAXPROCS(*workers) // as the peers have it
	pool, err := cpuexec.New(*workers)
	if err != nil {
		return err
	}
	defer pool.Close()
	b := &bench{
		pool: pool, workers: *workers, blocks: min(*rounds, measure.Blocks), quick: *quick, only: pattern,
		programs: startPrograms(ctx, *workers), progress: measure.NewProgress(os.Stderr), start: time.Now(), machine: measure.ThisMachine(ctx),
	}
	b.rounds = *rounds / b.blocks
	defer func() {
		for _, p := range b.programs {
			p.Close()
		}
	}()
	// What was measured until an error, or until somebody lost patience, is kept.
	err = b.measure(ctx)
	b.progress.Clear()
	if *output != "" {
		if failed := b.write(*output); failed != nil {
			return fmt.Errorf("-o: %w", failed)
		}
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%d workers, %d blocks of %d rounds in turns, medians; a ratio below 1: Tandem took less\n\n", b.workers, b.blocks, b.rounds)
	b.table.print(out)
	return nil
}

// measure holds every contest once in each block, so that what disturbs the machine
// for a while is in one block of all of them. What has many samples of its own is
// measured in the last.
func (b *bench) measure(ctx context.Context) error {
	for b.block = range b.blocks {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		b.done = time.Since(b.start)
		parts := []func(context.Context) error{b.forkJoin, b.trees, b.sorting, b.tasks, b.million, b.cores, b.processes}
		if b.last() {
			parts = append(parts, b.latency, b.footprint)
		}
		for _, part := range parts {
			if err := part(ctx); err != nil {
				return err
			}
		}
	}
	return nil
}

// announce says what is measured now.
func (b *bench) announce(what string) {
	how, left := "", time.Duration(0)
	if b.block > 0 {
		// As long again for each block as for those that are done.
		how, left = "about", time.Until(b.start.Add(b.done*time.Duration(b.blocks)/time.Duration(b.block)))
	}
	b.progress.Show(1+b.block, b.blocks, what, how, max(0, left))
}

// write appends all samples to a results file.
func (b *bench) write(path string) error {
	file, err := measure.Append(path)
	if err != nil {
		return err
	}
	w, err := measure.NewWriter(file, b.machine)
	for _, row := range b.merged.Rows() {
		if err == nil {
			err = w.Write(row)
		}
	}
	return errors.Join(err, file.Close())
}

// less is n, or a smaller number for a quick run.
func (b *bench) less(n, quick int) int {
	if b.quick {
		return quick
	}
	return n
}

// startPrograms builds and starts the peers.
func startPrograms(ctx context.Context, workers int) map[string]*program.Program {
	programs := map[string]*program.Program{}
	for _, name := range []string{"rayon", "chili", "tbb", "spawn", "pools"} {
		fmt.Fprintf(os.Stderr, "building %s\n", name)
		programs[name] = program.Open(ctx, name, workers)
	}
	return programs
}
