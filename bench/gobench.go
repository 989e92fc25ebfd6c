package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"text/tabwriter"

	"golang.org/x/perf/benchfmt"
)

// suites are the Go benchmarks whose figures are promises. They report ratios as
// metrics with a unit that begins with "x/": a time over the peer's time. What is
// measured in virtual time needs a test, which reports attributes.
var suites = []struct {
	title, name string
	test        bool
	packages    []string
}{
	{"a launch below the crossover, over calling the kernel", "Inline", false, []string{"./hybrid"}},
	{"how evenly simulated devices end, in virtual time", "Balance", true, []string{"./hybrid"}},
	{"stealing and the CPU workers, against plain code", "Ratio", false, []string{"./steal", "./cpuexec"}},
}

func goBenchmarks(ctx context.Context, out io.Writer, set settings) error {
	for _, suite := range suites {
		if !set.match.MatchString(suite.name) {
			continue
		}
		fmt.Fprintf(out, "\n%s\n", suite.title)
		args := []string{"test", "-run", "^$", "-bench", suite.name, "-benchmem"}
		read := tabulate
		if suite.test {
			args = []string{"test", "-count=1", "-v", "-run", suite.name}
			read = attributes
		}
		cmd := exec.CommandContext(ctx, "go", append(args, suite.packages...)...)
		cmd.Stderr = os.Stderr
		pipe, err := cmd.StdoutPipe()
		if err != nil {
			return err
		}
		if err := cmd.Start(); err != nil {
			return err
		}
		var output bytes.Buffer // a few kB: no suite prints more
		if err := read(out, io.TeeReader(pipe, &output)); err != nil {
			return err
		}
		if err := cmd.Wait(); err != nil {
			return fmt.Errorf("go %s: %w\n%s", strings.Join(args, " "), err, complaints(&output))
		}
	}
	return nil
}

// complaints are the lines of a failed test or benchmark that say why.
func complaints(output io.Reader) string {
	var why strings.Builder
	lines := bufio.NewScanner(output)
	for lines.Scan() {
		if line := lines.Text(); !strings.HasPrefix(line, "=== ") && !strings.HasPrefix(line, "--- PASS") {
			fmt.Fprintln(&why, line)
		}
	}
	return why.String()
}

// attributes prints what tests have said of themselves with T.Attr.
func attributes(out io.Writer, in io.Reader) error {
	lines := bufio.NewScanner(in)
	for lines.Scan() {
		// "=== ATTR  TestName key value"
		if fields := strings.SplitN(lines.Text(), " ", 6); len(fields) == 6 && fields[1] == "ATTR" {
			fmt.Fprintf(out, "  %s\n", fields[5])
		}
	}
	return lines.Err()
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
