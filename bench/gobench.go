package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"text/tabwriter"

	"golang.org/x/perf/benchfmt"
)

// suites are the Go benchmarks whose figures are promises. They report ratios
// as metrics with a unit that begins with "x/": a time over the peer's time,
// or over the ideal's.
var suites = []struct{ title, pkg, bench string }{
	{"a launch below the crossover, over calling the kernel", "./hybrid", "Inline"},
	{"how evenly simulated devices end, in virtual time", "./hybrid", "Balance"},
	{"stealable ranges and the worker pool", "./steal ./cpuexec", "Ratio"},
}

func goBenchmarks(ctx context.Context, out io.Writer, set settings) error {
	for _, suite := range suites {
		if !set.match.MatchString(suite.title) && !set.match.MatchString(suite.bench) {
			continue
		}
		fmt.Fprintf(out, "\n%s\n", suite.title)
		args := append([]string{"test", "-run", "^$", "-bench", suite.bench, "-benchmem"}, strings.Fields(suite.pkg)...)
		cmd := exec.CommandContext(ctx, "go", args...)
		cmd.Stderr = os.Stderr
		pipe, err := cmd.StdoutPipe()
		if err != nil {
			return err
		}
		if err := cmd.Start(); err != nil {
			return err
		}
		if err := tabulate(out, bufio.NewReader(pipe)); err != nil {
			return err
		}
		if err := cmd.Wait(); err != nil {
			return fmt.Errorf("go %s: %w", strings.Join(args, " "), err)
		}
	}
	return nil
}

// tabulate prints each benchmark with its metrics.
func tabulate(out io.Writer, in io.Reader) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	r := benchfmt.NewReader(in, "go test")
	for r.Scan() {
		result, ok := r.Result().(*benchfmt.Result)
		if !ok {
			continue
		}
		fmt.Fprintf(w, "  %s", result.Name.Full())
		for _, v := range result.Values {
			value, unit := v.Value, v.Unit
			if v.OrigUnit != "" {
				value, unit = v.OrigValue, v.OrigUnit
			}
			fmt.Fprintf(w, "\t%.4g %s", value, unit)
		}
		fmt.Fprintln(w)
	}
	if err := r.Err(); err != nil {
		return err
	}
	return w.Flush()
}
