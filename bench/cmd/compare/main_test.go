package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tandem-go/tandem/bench/internal/measure"
)

func results(t *testing.T, machine string, samples ...float64) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), machine+".jsonl")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	w, err := measure.NewWriter(f, &measure.Machine{ID: machine, CPU: "processor of " + machine})
	if err != nil {
		t.Fatal(err)
	}
	row := measure.Row{Category: "a", Workload: "b", Subject: "c", Unit: measure.Nanoseconds, Samples: samples, Machine: machine}
	if err := errors.Join(w.Write(row), f.Close()); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestRun(t *testing.T) {
	base := results(t, "m1", 10, 11, 12, 10, 11, 12, 10)
	for _, c := range []struct {
		samples []float64
		want    string
	}{
		{[]float64{20, 21, 22, 20, 21, 22, 20}, "0 better, 1 worse, 0 the same"},
		{[]float64{11, 10, 12, 11, 10, 12, 11}, "0 better, 0 worse, 1 the same"},
	} {
		var out bytes.Buffer
		if err := run([]string{base, results(t, "m1", c.samples...)}, &out); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(out.String(), c.want) {
			t.Errorf("%v: %q lacks %q", c.samples, out.String(), c.want)
		}
	}
}

func TestAgreement(t *testing.T) {
	base := results(t, "m1", 10, 11, 12, 10, 11, 12, 10)
	for _, c := range []struct {
		samples []float64
		want    string
	}{
		{[]float64{20, 21, 22, 20, 21, 22, 20}, "1 rows with intervals in both: 0 agree (0.0 %)"},
		{[]float64{12, 13, 12, 13, 12, 13, 12}, "1 rows with intervals in both: 1 agree (100.0 %); half of the intervals reach at most 8.3 %"},
		{[]float64{20, 21}, "0 rows with intervals in both: 0 agree (0.0 %)"},
	} {
		var out bytes.Buffer
		if err := run([]string{"-agree", base, results(t, "m1", c.samples...)}, &out); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(out.String(), c.want) {
			t.Errorf("%v: %q lacks %q", c.samples, out.String(), c.want)
		}
	}
}

func TestRefusal(t *testing.T) {
	err := run([]string{results(t, "m1", 1), results(t, "m2", 1)}, &bytes.Buffer{})
	if !errors.Is(err, measure.ErrOtherMachine) || !strings.Contains(err.Error(), "processor of m2") {
		t.Errorf("two machines gave %v", err)
	}
	if err := run([]string{"one"}, &bytes.Buffer{}); err == nil {
		t.Error("one file was compared")
	}
}
