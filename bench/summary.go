package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/tandem-go/tandem/bench/internal/measure"
	"github.com/tandem-go/tandem/bench/internal/targets"
)

// summarize prints what was promised and what was measured of it, as the last
// thing of a run: tables with a line for each target and for each goal.
func summarize(out io.Writer, r *measure.Results) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	if lines := targets.Fill(r); len(lines) > 0 {
		fmt.Fprint(table, "\ntarget\tthe field's\tours\tTandem\tpeers\n")
		for _, l := range lines {
			var peers []string
			for _, p := range l.Peers {
				if targets.Peer(p.Subject) && p.Row.Missing == "" {
					peers = append(peers, p.Subject+" "+p.Text)
				}
			}
			fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", l.Name, judged(l.Field, l.Own.Field), judged(l.Ours, l.Own.Ours), l.Own.Text, strings.Join(peers, ", "))
		}
	}
	if goals := targets.Goals(r); len(goals) > 0 {
		fmt.Fprint(table, "\non devices\tdevice\tover\tpart\tgoal\n")
		for _, g := range goals {
			want := "–"
			if g.Want > 0 {
				want = judged(fmt.Sprintf("≥ %.0f %%", 100*g.Want), g.Met)
			}
			fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", g.Name, g.Device, g.Over, g.Figure(), want)
		}
	}
	return table.Flush()
}

// judged is a target with its verdict.
func judged(target string, v targets.Verdict) string {
	if target == "" || v == targets.None {
		return target
	}
	return target + ", " + string(v)
}
