package report_test

import (
	"bytes"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/tandem-go/tandem/bench/internal/measure"
	"github.com/tandem-go/tandem/bench/internal/report"
)

// What the README's figures are of.
const (
	committed = "../../results/performance.jsonl"
	inReadme  = "bench/results/performance.jsonl"
)

// The README says what the committed results say, and quotes no other measurement.
func TestReadme(t *testing.T) {
	text, err := os.ReadFile("../../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	results, err := measure.ReadFile(committed)
	if err != nil {
		t.Fatal(err)
	}
	if err := report.CheckReadme(text, inReadme, results); err != nil {
		t.Error(err)
	}
}

// A number that the results lack is found, inside of the section and around it.
func TestStaleReadme(t *testing.T) {
	results, err := measure.ReadFile(committed)
	if err != nil {
		t.Fatal(err)
	}
	const frame = "before\n<!-- make report writes from here --><!-- to here -->\nafter\n"
	text, err := report.UpdateReadme([]byte(frame), inReadme, results)
	if err != nil {
		t.Fatal(err)
	}
	if err := report.CheckReadme(text, inReadme, results); err != nil {
		t.Errorf("what was just written: %v", err)
	}
	again, err := report.UpdateReadme(text, inReadme, results)
	if err != nil || !bytes.Equal(again, text) {
		t.Errorf("written again it differs: %v", err)
	}
	for _, c := range []struct{ what, old, with string }{
		{"a figure before the section", "before", "it takes 123.4 ns"},
		{"a figure after the section", "after", "4242 tasks/s"},
		{"a figure in the section", "**", "**1"},
		{"another commit", "at commit", "at another commit"},
	} {
		stale := []byte(strings.Replace(string(text), c.old, c.with, 1))
		if err := report.CheckReadme(stale, inReadme, results); !errors.Is(err, report.ErrStale) {
			t.Errorf("%s: %v, want ErrStale", c.what, err)
		}
	}
	if _, err := report.UpdateReadme([]byte("no marks"), inReadme, results); err == nil {
		t.Error("a readme without marks was updated")
	}
}

// A missing peer is on the page with its published figure, its source and the
// hardware, and names are escaped.
func TestMissing(t *testing.T) {
	results := &measure.Results{
		Runs: []*measure.Machine{{ID: "m", CPU: "<processor>", Cores: 2}},
		Rows: []measure.Row{
			{Category: "submit", Workload: "empty", Case: "n=10", Subject: "tandem", Unit: measure.Nanoseconds, Samples: []float64{0, 0, 0, 0, 0, 0}, Line: 2},
			{
				Category: "submit", Workload: "empty", Case: "n=10", Subject: "a <peer>", Unit: measure.Nanoseconds, Line: 3,
				Missing: "not here", Published: &measure.Published{Figure: "7 s", Source: "a paper", Hardware: "a cluster"},
			},
		},
	}
	var page bytes.Buffer
	if err := report.Write(&page, "f", results); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"a &lt;peer&gt;", "not here. Published: 7 s (a paper, on a cluster)", "&lt;processor&gt;", "L3"} {
		if !strings.Contains(page.String(), want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}
