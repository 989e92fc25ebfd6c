package main

import (
	"bytes"
	"context"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tandem-go/tandem/bench/internal/measure"
	"golang.org/x/perf/benchfmt"
)

// A run keeps every sample, and prints what benchstat reads.
func TestRun(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", "results.jsonl")
	var out bytes.Buffer
	if err := run(t.Context(), []string{"-quick", "-rounds", "6", "-bench", "^harness/", "-o", path, "-format", "go"}, &out); err != nil {
		t.Fatal(err)
	}
	results, err := measure.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	samples := 0
	for _, row := range results.Rows {
		samples += len(row.Samples)
	}
	if len(results.Rows) != 4 || samples != 24 || len(results.Machine().Devices) == 0 {
		t.Errorf("%d rows with %d samples, %+v", len(results.Rows), samples, results.Machine())
	}
	read := 0
	for r := benchfmt.NewReader(&out, "stdout"); r.Scan(); {
		if result, ok := r.Result().(*benchfmt.Result); ok && result.GetConfig("machine") == results.Machine().ID {
			read++
		}
	}
	if read != samples {
		t.Errorf("benchstat reads %d samples of %d", read, samples)
	}
}

func TestRunText(t *testing.T) {
	var out bytes.Buffer
	if err := run(t.Context(), []string{"-quick", "-rounds", "6", "-bench", "^harness/clock"}, &out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"harness/clock", "n=6", " cores", "ns"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the output lacks %q:\n%s", want, &out)
		}
	}
}

func TestArguments(t *testing.T) {
	for _, args := range [][]string{
		{"gemm"}, {"-bench", "("}, {"-format", "xml"}, {"-rounds", "-1"}, {"-no-such-flag"}, {childWord, "nonsense"}, {childWord, "queue", "tandem", "x"},
	} {
		if err := run(context.Background(), args, &bytes.Buffer{}); err == nil {
			t.Errorf("%q was accepted", args)
		}
	}
}

func TestMissingRow(t *testing.T) {
	var out bytes.Buffer
	k := &keeper{out: &out, format: "text"}
	row := measure.Row{Category: "submit", Workload: "echo", Subject: "ray", Unit: measure.Nanoseconds, Missing: "not here"}
	row.Published = &measure.Published{Figure: "981 tasks/s", Source: "its benchmark", Hardware: "a cloud"}
	if err := k.row(row); err != nil {
		t.Fatal(err)
	}
	if want := "not here; published: 981 tasks/s (its benchmark, a cloud)"; !strings.Contains(out.String(), want) {
		t.Errorf("%q lacks %q", out.String(), want)
	}
}
