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

	"github.com/tandem-go/tandem/bench/internal/measure"
	"golang.org/x/perf/benchfmt"
)

// suites are the Go benchmarks whose figures are promises, the category "go". They
// report ratios as metrics with a unit that begins with "x/": a time over the
// peer's time. What is measured in virtual time needs a test, which reports
// attributes.
var suites = []struct {
	title, name string
	test        bool
	packages    []string
}{
	{"a launch below the crossover, over calling the kernel", "Inline", false, []string{"./hybrid"}},
	{"how evenly simulated devices end, in virtual time", "Balance", true, []string{"./hybrid"}},
	{"stealing and the CPU workers, against plain code", "Ratio", false, []string{"./steal", "./cpuexec"}},
}

// goBenchmarks runs them once for a block of r's. What is of virtual time doesn't
// change, and is measured in the first.
func goBenchmarks(ctx context.Context, out io.Writer, set settings, r *measure.Runner, first bool) error {
	for _, suite := range suites {
		if !set.match.MatchString("go/"+suite.name) || suite.test && !first {
			continue
		}
		fmt.Fprintf(r.Progress, "%s\n", suite.title)
		args := []string{"test", "-run", "^$", "-bench", suite.name, "-benchmem", "-count=" + fmt.Sprint(r.Rounds), "-benchtime=50ms"}
		read := func(in io.Reader) error { return record(in, r) }
		if suite.test {
			args = []string{"test", "-count=1", "-v", "-run", suite.name}
			read = func(in io.Reader) error { return attributes(out, in, set.format) }
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
		if err := read(io.TeeReader(pipe, &output)); err != nil {
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
func attributes(out io.Writer, in io.Reader, format string) error {
	lines := bufio.NewScanner(in)
	for lines.Scan() {
		// "=== ATTR  TestName key value"
		if fields := strings.SplitN(lines.Text(), " ", 6); len(fields) == 6 && fields[1] == "ATTR" && format == "text" {
			fmt.Fprintf(out, "  %s\n", fields[5])
		}
	}
	return lines.Err()
}

// record makes a row of each metric of each benchmark.
func record(in io.Reader, r *measure.Runner) error {
	type metric struct{ name, unit string }
	samples := map[metric][]float64{}
	var order []metric
	results := benchfmt.NewReader(in, "go test")
	for results.Scan() {
		result, ok := results.Result().(*benchfmt.Result)
		if !ok {
			continue
		}
		for _, v := range result.Values {
			value, unit := v.Value, v.Unit
			if v.OrigUnit != "" {
				value, unit = v.OrigValue, v.OrigUnit
			}
			m := metric{unnumbered(result.Name), unit}
			if samples[m] == nil {
				order = append(order, m)
			}
			samples[m] = append(samples[m], value)
		}
	}
	if err := results.Err(); err != nil {
		return err
	}
	for _, m := range order {
		if !strings.HasPrefix(m.unit, "x/") && m.unit != "ns-over-direct" && m.unit != "allocs/op" {
			continue // what is no promise
		}
		name, place, _ := strings.Cut(m.name, "/")
		p := measure.Plan{Category: "go", Workload: name, Case: strings.TrimPrefix(place+"/metric="+m.unit, "/"), Unit: m.unit}
		if err := r.Add(p, measure.Subject{Name: "tandem"}, samples[m]...); err != nil {
			return err
		}
	}
	return nil
}

// unnumbered is a benchmark's name without the number of processors, which the
// machine's record has.
func unnumbered(name benchfmt.Name) string {
	base, parts := name.Parts()
	text := string(base)
	for _, part := range parts {
		if part[0] != '-' {
			text += string(part)
		}
	}
	return text
}
