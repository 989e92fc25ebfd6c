// Command peers measures tasks and fork-join beside other libraries: the same
// work on the same number of workers, in turns within one run, medians.
//
//	go run ./bench/peers             from the module's root; takes cargo, for Rayon
//	go run ./bench/peers -workers 8
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"os/signal"
	"runtime"
	"slices"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "peers:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("peers", flag.ContinueOnError)
	workers := flags.Int("workers", runtime.GOMAXPROCS(0), "`number` of workers of each library")
	rounds := flags.Int("rounds", 15, "`number` of times that each is measured")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *workers < 1 || *rounds < 1 || flags.NArg() > 0 {
		return errors.New("workers and rounds are at least 1, and there are no other arguments")
	}
	runtime.GOMAXPROCS(*workers) // as the peers have it
	programs := map[string]*program{}
	for name, build := range map[string]func(context.Context) (string, error){"rayon": buildRayon, "pools": buildPools} {
		path, err := build(ctx)
		if err != nil {
			return err
		}
		p, err := start(ctx, path, *workers)
		if err != nil {
			return err
		}
		defer p.close()
		programs[name] = p
	}
	own, err := openOwn(*workers)
	if err != nil {
		return err
	}
	defer own.pool.Close()
	fmt.Fprintf(out, "%d workers, %d rounds in turns, medians; below 1 Tandem is faster\n\n", *workers, *rounds)
	fmt.Fprintf(out, "%-32s %-10s %12s %12s %8s\n", "job", "peer", "peer", "Tandem", "ratio")
	for _, j := range own.jobs() {
		if err := compare(ctx, out, j, programs, *rounds); err != nil {
			return err
		}
	}
	return nil
}

// job is something that both sides can do.
type job struct {
	name  string
	peers map[string]string // what to tell each peer
	parts int               // what the time is divided by
	do    func(ctx context.Context) error
}

// compare measures a job on all sides in turns. The first round warms up.
func compare(ctx context.Context, out io.Writer, j job, programs map[string]*program, rounds int) error {
	names := slices.Sorted(maps.Keys(j.peers))
	theirs := make([][]float64, len(names))
	var ours []float64
	for round := range rounds + 1 {
		for i, name := range names {
			command := j.peers[name]
			took, err := programs[programOf(name)].time(command)
			if err != nil {
				return err
			}
			if round > 0 {
				theirs[i] = append(theirs[i], float64(took.Nanoseconds())/float64(j.parts))
			}
		}
		start := time.Now()
		if err := j.do(ctx); err != nil {
			return fmt.Errorf("%s: %w", j.name, err)
		}
		if round > 0 {
			ours = append(ours, float64(time.Since(start).Nanoseconds())/float64(j.parts))
		}
	}
	our := median(ours)
	for i, name := range names {
		their := median(theirs[i])
		fmt.Fprintf(out, "%-32s %-10s %9.1f ns %9.1f ns %8.2f\n", j.name, name, their, our, our/their)
	}
	return nil
}

// programOf is the program that a library is measured by.
func programOf(library string) string {
	if library == "rayon" {
		return "rayon"
	}
	return "pools"
}

func median(x []float64) float64 {
	slices.Sort(x)
	return x[len(x)/2]
}
