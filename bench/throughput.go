package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"text/tabwriter"
	"time"

	"github.com/tandem-go/tandem/hybrid"
	"github.com/tandem-go/tandem/kernels"
)

// job is an operation at one size, with what is needed to judge its time.
type job struct {
	op     string
	size   string
	launch kernels.Launch
	flops  float64 // arithmetic operations in all
	nbytes float64 // bytes the arguments hold, each counted once a direction
}

// row is the measured result of one job.
type row struct {
	Op      string             `json:"op"`
	Size    string             `json:"size"`
	Seconds map[string]float64 `json:"seconds"` // by candidate
	Best    string             `json:"best"`    // the best of the others
	Ratio   float64            `json:"ratio"`   // Tandem's time over the best's
}

// throughput measures every job on the calling goroutine alone, on each device
// alone, and as Tandem places it.
func throughput(ctx context.Context, out io.Writer, s *hybrid.Scheduler, set settings) error {
	fmt.Fprintf(out, "\nlaunches on host memory: the kernel on one core, each device alone, and as Tandem places it\n")
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(w, "operation\tsize\tone core\t")
	for _, info := range s.Devices() {
		fmt.Fprintf(w, "%s\t", info.ID)
	}
	fmt.Fprint(w, "tandem\trate\tx/best\t\n")
	for _, j := range jobs(set.quick) {
		if !set.match.MatchString(j.op + "/" + j.size) {
			continue
		}
		r, err := measure(ctx, s, j, set)
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "%s\t%s\t", j.op, j.size)
		fmt.Fprintf(w, "%s\t", duration(r.Seconds["one core"]))
		for _, info := range s.Devices() {
			fmt.Fprintf(w, "%s\t", duration(r.Seconds[info.ID]))
		}
		fmt.Fprintf(w, "%s\t%s\t%.2f\t\n", duration(r.Seconds["tandem"]), j.rate(r.Seconds["tandem"]), r.Ratio)
		if err := set.record(r); err != nil {
			return err
		}
	}
	return w.Flush()
}

func measure(ctx context.Context, s *hybrid.Scheduler, j job, set settings) (row, error) {
	candidates := []candidate{{"one core", func(context.Context) error {
		j.launch.Run(0, j.launch.N())
		return nil
	}}}
	for _, info := range s.Devices() {
		if info.ID != "cpu" && j.launch.Runnable(info.Caps, 1) != nil {
			continue
		}
		candidates = append(candidates, candidate{info.ID, func(ctx context.Context) error {
			return s.Launch(ctx, j.launch, hybrid.On(info.ID))
		}})
	}
	candidates = append(candidates, candidate{"tandem", func(ctx context.Context) error { return s.Launch(ctx, j.launch) }})

	rounds, budget := 25, 4*time.Second
	if set.quick {
		rounds, budget = 7, time.Second
	}
	times, err := medians(ctx, candidates, rounds, budget)
	if err != nil {
		return row{}, fmt.Errorf("%s %s: %w", j.op, j.size, err)
	}
	r := row{Op: j.op, Size: j.size, Seconds: map[string]float64{}}
	best := len(candidates) - 1
	for i, c := range candidates {
		r.Seconds[c.name] = times[i].Seconds()
		if c.name != "tandem" && (r.Best == "" || times[i] < times[best]) {
			r.Best, best = c.name, i
		}
	}
	r.Ratio = r.Seconds["tandem"] / r.Seconds[r.Best]
	return r, nil
}

func (j job) rate(seconds float64) string {
	if j.flops > 4*j.nbytes {
		return fmt.Sprintf("%.1f GFLOP/s", j.flops/seconds/1e9)
	}
	return fmt.Sprintf("%.1f GB/s", j.nbytes/seconds/1e9)
}

func duration(seconds float64) string {
	switch {
	case seconds == 0:
		return "-"
	case seconds < 1e-6:
		return fmt.Sprintf("%.0f ns", seconds*1e9)
	case seconds < 1e-3:
		return fmt.Sprintf("%.1f µs", seconds*1e6)
	case seconds < 1:
		return fmt.Sprintf("%.2f ms", seconds*1e3)
	}
	return fmt.Sprintf("%.2f s", seconds)
}

// record appends a result to the file that -o names.
func (set settings) record(r row) error {
	if set.results == "" {
		return nil
	}
	f, err := os.OpenFile(set.results, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	return errors.Join(json.NewEncoder(f).Encode(r), f.Close())
}
