// Command peers measures tasks and fork-join beside other libraries: the same
// work on the same number of workers, in turns within one run, medians.
//
//	go run ./bench/peers             from the module's root; builds the Rust peer
//	go run ./bench/peers -workers 8
package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
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
	rayon, err := startRayon(ctx, *workers)
	if err != nil {
		return err
	}
	defer rayon.close()
	own, err := openOwn(*workers)
	if err != nil {
		return err
	}
	defer own.pool.Close()
	fmt.Fprintf(out, "%d workers, %d rounds in turns, medians; below 1 Tandem is faster\n\n", *workers, *rounds)
	fmt.Fprintf(out, "%-34s %12s %12s %8s\n", "job", "Rayon", "Tandem", "ratio")
	for _, j := range own.jobs() {
		if err := compare(out, j, rayon, *rounds); err != nil {
			return err
		}
	}
	return nil
}

// job is something that both sides can do.
type job struct {
	name  string
	peer  string // the peer's command
	parts int    // what the time is divided by
	do    func(ctx context.Context) error
}

// compare measures a job on both sides in turns. The first round warms up.
func compare(out io.Writer, j job, rayon *rayon, rounds int) error {
	var ours, theirs []float64
	for round := range rounds + 1 {
		their, err := rayon.time(j.peer)
		if err != nil {
			return err
		}
		start := time.Now()
		if err := j.do(context.Background()); err != nil {
			return fmt.Errorf("%s: %w", j.name, err)
		}
		our := time.Since(start)
		if round > 0 {
			theirs = append(theirs, float64(their.Nanoseconds())/float64(j.parts))
			ours = append(ours, float64(our.Nanoseconds())/float64(j.parts))
		}
	}
	their, our := median(theirs), median(ours)
	fmt.Fprintf(out, "%-34s %9.1f ns %9.1f ns %8.2f\n", j.name, their, our, our/their)
	return nil
}

func median(x []float64) float64 {
	slices.Sort(x)
	return x[len(x)/2]
}

// rayon is the Rust peer, which does what it is told line by line.
type rayon struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
}

func startRayon(ctx context.Context, workers int) (*rayon, error) {
	source := filepath.Join("bench", "peers", "rayon")
	target, err := filepath.Abs(filepath.Join("bench", "bin", "rayon"))
	if err != nil {
		return nil, err
	}
	build := exec.CommandContext(ctx, "cargo", "build", "--quiet", "--release", "--target-dir", target)
	build.Dir = source
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		return nil, fmt.Errorf("building the Rayon peer, which takes cargo and this module's root as working directory: %w", err)
	}
	cmd := exec.CommandContext(ctx, filepath.Join(target, "release", "tandem-peer-rayon"), strconv.Itoa(workers))
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	return &rayon{cmd: cmd, in: in, out: bufio.NewReader(out)}, nil
}

// time has the peer do a job and returns how long it says that took.
func (r *rayon) time(job string) (time.Duration, error) {
	if _, err := fmt.Fprintln(r.in, job); err != nil {
		return 0, fmt.Errorf("the Rayon peer: %w", err)
	}
	line, err := r.out.ReadString('\n')
	if err != nil {
		return 0, fmt.Errorf("the Rayon peer: %w", err)
	}
	ns, err := strconv.ParseInt(strings.TrimSpace(line), 10, 64)
	if err != nil {
		return 0, fmt.Errorf("the Rayon peer: %w", err)
	}
	return time.Duration(ns), nil
}

func (r *rayon) close() {
	_ = r.in.Close() // tells it to end
	_ = r.cmd.Wait() // its figures are in already
}
