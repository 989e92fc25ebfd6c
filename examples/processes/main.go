// Processes runs many native programs as tasks of mixed priorities.
package main

import (
	"context"
	"fmt"
	"io"
	"math/bits"
	"math/rand/v2"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/tandem-go/tandem/examples/internal/cli"
	"github.com/tandem-go/tandem/examples/internal/outfile"
	"github.com/tandem-go/tandem/examples/internal/progress"
	"github.com/tandem-go/tandem/examples/internal/report"
	"github.com/tandem-go/tandem/hybrid"
)

const summary = `Processes submits a program many times, with random priorities, and shows how long
tasks of each priority waited, how long the programs took, and in which order they
came to an end. Every worker runs one program at a time.`

func main() { cli.Main("processes", run) }

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	f := cli.NewFlags("processes", summary, "-n 1000 -workers 4", `-n 40 -command "sleep 0.1" -o order.png`)
	n := f.Int("n", 1000, "how many `times` to run the program")
	workers := f.Int("workers", 4, "`number` of programs that run at once")
	command := f.String("command", "/bin/echo hello", "the `program` and its arguments, separated by spaces")
	timeout := f.Duration("timeout", time.Minute, "the `time` after which a task is given up")
	seed := f.Uint64("seed", 1, "`seed` of the random priorities")
	out := f.String("o", "", "the PNG `file` for the picture of the order")
	if err := f.Parse(args, stdout); err != nil {
		return err
	}
	words := strings.Fields(*command)
	switch {
	case *n < 1 || *n > 1e6:
		return fmt.Errorf("-n: %d times, want 1 to 1,000,000", *n)
	case *workers < 1 || *workers > 1000:
		return fmt.Errorf("-workers: %d, want 1 to 1000", *workers)
	case len(words) == 0:
		return fmt.Errorf("-command: no program is named")
	case *timeout <= 0:
		return fmt.Errorf("-timeout: %v is no time to run a program in", *timeout)
	}
	var file *outfile.File
	var err error
	if *out != "" {
		if file, err = outfile.Create(*out); err != nil {
			return fmt.Errorf("-o: %w", err)
		}
		defer file.Discard()
	}
	s, err := f.Open(stderr, hybrid.WithWorkers(*workers))
	if err != nil {
		return err
	}
	defer s.Close() // its errors would not change what the programs did

	bar := progress.New(stderr, "running")
	defer bar.Close()
	start := time.Now()
	submitted := submit(ctx, s, *n, hybrid.Command{Path: words[0], Args: words[1:]}, *timeout, *seed)
	done, failed := collect(ctx, submitted, bar)
	bar.Close()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	took := time.Since(start)
	fmt.Fprintf(stdout, "%d × %s on %d workers in %s: %.0f a second\n",
		len(done), *command, s.Workers(), report.Duration(took), float64(len(done))/took.Seconds())
	if failed != nil {
		return fmt.Errorf("%w (and perhaps others)", failed)
	}
	if err := printTimes(stdout, s.Stats().Tasks, done); err != nil {
		return err
	}
	if file == nil {
		return nil
	}
	if err := drawOrder(file, done); err != nil {
		return fmt.Errorf("-o %s: %w", *out, err)
	}
	if err := file.Commit(); err != nil {
		return fmt.Errorf("-o: %w", err)
	}
	fmt.Fprintf(stdout, "wrote %s\n", *out)
	return nil
}

// job is a submitted program.
type job struct {
	future   *hybrid.Future[hybrid.CommandResult]
	priority hybrid.Priority
	number   int // in the order of submission
}

func submit(ctx context.Context, s *hybrid.Scheduler, n int, c hybrid.Command, timeout time.Duration, seed uint64) []job {
	rng := rand.New(rand.NewPCG(seed, 0))
	jobs := make([]job, n)
	for i := range jobs {
		p := hybrid.Priority(rng.IntN(3))
		jobs[i] = job{s.Run(ctx, c, p, hybrid.Timeout(timeout), hybrid.Name(fmt.Sprint("program ", i))), p, i}
	}
	return jobs
}

// ended is a program that has ended.
type ended struct {
	job
	took time.Duration
}

// collect returns the programs in the order in which they ended, and the first
// failure.
func collect(ctx context.Context, jobs []job, bar *progress.Bar) (done []ended, failed error) {
	futures := make([]*hybrid.Future[hybrid.CommandResult], len(jobs))
	for i, j := range jobs {
		futures[i] = j.future
	}
	for i, f := range hybrid.AsCompleted(ctx, futures...) {
		result, err := f.Wait(ctx)
		if err != nil && failed == nil {
			failed = err
		}
		done = append(done, ended{jobs[i], result.Wall})
		bar.Set(len(done), len(jobs))
	}
	return done, failed
}

var priorities = []hybrid.Priority{hybrid.High, hybrid.Normal, hybrid.Low}

// printTimes prints how long tasks waited, by priority, and a histogram of how long
// their programs took.
func printTimes(out io.Writer, stats hybrid.TaskStats, done []ended) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(w, "\npriority\ttasks\tmedian wait\t90 %\t99 %\tlongest\t\n")
	for _, p := range priorities {
		wait := &stats.Wait[p]
		fmt.Fprintf(w, "%v\t%d\t%s\t%s\t%s\t%s\t\n", p, wait.Count, report.Duration(wait.Quantile(0.5)),
			report.Duration(wait.Quantile(0.9)), report.Duration(wait.Quantile(0.99)), report.Duration(wait.Quantile(1)))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(out, "begun before a task of higher priority that waited, because it was their turn: %d\n\n", stats.Inversions)
	var h hybrid.Times
	for _, d := range done {
		h.Add(d.took)
	}
	times := h.Snapshot()
	fmt.Fprintf(out, "a program took %s in the median, 99 %% of them at most %s\n",
		report.Duration(times.Quantile(0.5)), report.Duration(times.Quantile(0.99)))
	return printHistogram(out, times)
}

// printHistogram prints a line for each doubling of the time.
func printHistogram(out io.Writer, times hybrid.Histogram) error {
	var rows []hybrid.Bucket
	var most int64
	for b := range times.Buckets() {
		if n := len(rows) - 1; n >= 0 && bits.Len64(uint64(rows[n].From)) == bits.Len64(uint64(b.From)) {
			b.From, b.Count = rows[n].From, b.Count+rows[n].Count
			rows = rows[:n]
		}
		rows = append(rows, b)
		most = max(most, b.Count)
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	for _, b := range rows {
		fmt.Fprintf(w, "%s\tto %s\t%d\t %s\n", report.Duration(b.From), report.Duration(b.To), b.Count,
			strings.Repeat("█", int(50*b.Count/most)))
	}
	return w.Flush()
}
