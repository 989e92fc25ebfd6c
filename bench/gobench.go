package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/tandem-go/tandem/bench/internal/measure"
	"golang.org/x/perf/benchfmt"
)

// suites are the Go benchmarks whose figures are promises, the category "go". They
// report ratios as metrics with a unit that begins with "x/": a time over the
// peer's time. What is measured in virtual time needs a test, which reports
// attributes, and doesn't change: it is measured in the first block.
var suites = []struct {
	name     string
	test     bool
	packages []string
}{
	{"Inline", false, []string{"hybrid"}}, // a launch below the crossover, over calling the kernel
	{"Balance", true, []string{"hybrid"}}, // how evenly simulated devices end
	{"Ratio", false, []string{"cpuexec"}}, // the CPU workers, against plain code
}

// goSuites runs them, once for a block of the runner's.
type goSuites struct {
	out    io.Writer
	set    settings
	runner *measure.Runner
	dir    string // of the tests' programs; "" before there are any
}

func (g *goSuites) run(ctx context.Context) error {
	for _, suite := range suites {
		if !g.set.match.MatchString("go/"+suite.name) || suite.test && g.runner.Block() > 1 {
			continue
		}
		g.runner.Announce("go/" + suite.name)
		if err := g.build(ctx); err != nil {
			return err
		}
		args := []string{"-test.run=^$", "-test.bench=" + suite.name, "-test.benchmem", fmt.Sprint("-test.count=", g.runner.Rounds), "-test.benchtime=50ms"}
		read := func(in io.Reader) error { return record(in, g.runner) }
		if suite.test {
			args = []string{"-test.v", "-test.run=" + suite.name}
			read = func(in io.Reader) error { return attributes(g.out, in, g.set.format) }
		}
		for _, name := range suite.packages {
			if err := g.execute(ctx, name, args, read); err != nil {
				return err
			}
		}
	}
	return nil
}

// build compiles the tests once: to ask go for it in every block would take longer
// than they do.
func (g *goSuites) build(ctx context.Context) error {
	if g.dir != "" {
		return nil
	}
	dir, err := os.MkdirTemp("", "tandem-bench-")
	if err != nil {
		return err
	}
	g.dir = dir
	args := []string{"test", "-c", "-o", dir + string(filepath.Separator), "./hybrid", "./cpuexec"}
	if text, err := exec.CommandContext(ctx, "go", args...).CombinedOutput(); err != nil {
		return fmt.Errorf("go %s: %w\n%s", strings.Join(args, " "), err, text)
	}
	return nil
}

func (g *goSuites) close() {
	if g.dir != "" {
		_ = os.RemoveAll(g.dir) // the system cleans up after a while
	}
}

// execute runs a package's tests in its folder, where go does.
func (g *goSuites) execute(ctx context.Context, name string, args []string, read func(in io.Reader) error) error {
	program := filepath.Join(g.dir, name+".test")
	if runtime.GOOS == "windows" {
		program += ".exe"
	}
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir, cmd.Stderr = name, os.Stderr
	pipe, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	var output bytes.Buffer // a few kB: no suite prints more
	if err := read(io.TeeReader(pipe, &output)); err != nil {
		return errors.Join(err, cmd.Wait())
	}
	if err := cmd.Wait(); err != nil {
		return fmt.Errorf("%s %s: %w\n%s", name, strings.Join(args, " "), err, complaints(&output))
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
