package targets

import (
	"testing"

	"github.com/tandem-go/tandem/bench/internal/measure"
)

func row(category, workload, place, subject string, samples ...float64) measure.Row {
	return measure.Row{Category: category, Workload: workload, Case: place, Subject: subject, Unit: measure.Nanoseconds, Samples: samples}
}

func find(t *testing.T, lines []Line, name string) Line {
	t.Helper()
	for _, l := range lines {
		if l.Name == name {
			return l
		}
	}
	t.Fatalf("no line %q", name)
	return Line{}
}

func TestFill(t *testing.T) {
	const echo, spin = "n=500/workers=4", "n=16/workers=4"
	missing := row("submit", "echo", echo, "ray")
	missing.Missing, missing.Published = "not here", &measure.Published{Figure: "981/s", Source: "its benchmark", Hardware: "a cloud"}
	latency := row("latency", "function", "part=total", "tandem", 1000)
	latency.Histogram = []measure.Bin{{Lo: 900, Hi: 1000, Count: 98}, {Lo: 2e5, Hi: 3e5, Count: 2}}
	r := &measure.Results{
		Runs: []*measure.Machine{{ID: "m", Cores: 2}},
		Rows: []measure.Row{
			row("submit", "echo", echo, "tandem", 500e3),
			row("submit", "echo", echo, "C loop", 480e3),
			row("submit", "echo", echo, "repartir as in its document", 12e6),
			missing,
			latency,
			row("scaling", "function", spin, "tandem", 55e6),
			row("scaling", "function", spin, "one core", 100e6),
			row("scaling", "function", spin, "errgroup", 200e6),
		},
	}
	lines := Fill(r)
	if len(lines) != 4 {
		t.Errorf("%d lines for three measured workloads, of which one has two", len(lines))
	}
	rate := find(t, lines, "tasks per second, echo processes on 4 workers")
	if rate.Own.Value != 2000 || rate.Own.Text != "2000 tasks/s" || rate.Own.Field != Met || rate.Own.Ours != Met {
		t.Errorf("Tandem's rate is %+v", rate.Own)
	}
	if len(rate.Peers) != 3 || rate.Peers[1].Field != NotMet || rate.Peers[1].Text != "83.3 tasks/s" {
		t.Errorf("the peers' rates are %+v", rate.Peers)
	}
	if p := rate.Peers[2]; p.Field != None || p.Text != "not here; published: 981/s (its benchmark, a cloud)" {
		t.Errorf("the missing peer is %+v", p)
	}
	// Four workers on two cores have two.
	efficiency := find(t, lines, "efficiency of 4 workers, or as many as have a core")
	if v := efficiency.Own; v.Text != "90.9 %" || v.Field != Met || v.Ours != NotMet {
		t.Errorf("the efficiency is %+v", v)
	}
	if p := efficiency.Peers; len(p) != 1 || p[0].Text != "25.0 %" {
		t.Errorf("the peers' efficiencies are %+v", p)
	}
	if late := find(t, lines, "latency of an empty function, 99 of 100"); late.Own.Field != Met || late.Own.Ours != NotMet {
		t.Errorf("the latency is %+v", late.Own)
	}
}

// A target that depends on a peer has no verdict without it.
func TestFillAlone(t *testing.T) {
	r := &measure.Results{
		Runs: []*measure.Machine{{ID: "m", Cores: 2}},
		Rows: []measure.Row{row("submit", "echo", "n=50/workers=4", "tandem", 500e3)},
	}
	if lines := Fill(r); len(lines) != 1 || lines[0].Own.Ours != None || lines[0].Own.Field != Met {
		t.Errorf("%+v", lines)
	}
}
