package main

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// row is a line of the table.
type row struct{ what, own, peer, their, ratio, goal, met string }

func verdict(met bool) string {
	if met {
		return "met"
	}
	return "NOT met"
}

// table is the result of a run.
type table struct {
	rows  []row
	notes []string // what is printed above it
}

func (t *table) add(r row) { t.rows = append(t.rows, r) }

// addGoal adds a row of something that is held against a number rather than
// against a peer.
func (t *table) addGoal(what, own, ratio, goal string, met bool) {
	t.add(row{what: what, own: own, ratio: ratio, goal: goal, met: verdict(met)})
}

func (t *table) note(format string, args ...any) {
	t.notes = append(t.notes, fmt.Sprintf(format, args...))
}

// print writes the notes and the table, with what is the same as in the line
// above left out.
func (t *table) print(out io.Writer) {
	for _, note := range t.notes {
		fmt.Fprintln(out, note)
	}
	lines := [][]string{{"what", "Tandem", "peer", "the peer's", "ratio", "goal", "met"}}
	last := ""
	for _, r := range t.rows {
		line := []string{r.what, r.own, r.peer, r.their, r.ratio, r.goal, r.met}
		if r.what == last {
			line[0], line[1] = "", ""
		}
		last = r.what
		lines = append(lines, line)
	}
	var widths [7]int
	for _, line := range lines {
		for i, cell := range line {
			// The reason why a peer is missing may run into the empty columns.
			if i != 3 || line[4] != "" {
				widths[i] = max(widths[i], utf8.RuneCountInString(cell))
			}
		}
	}
	for _, line := range lines {
		var text strings.Builder
		for i, cell := range line {
			pad := strings.Repeat(" ", max(0, widths[i]-utf8.RuneCountInString(cell)))
			if i == 1 || i == 3 && line[4] != "" {
				text.WriteString(pad + cell)
			} else {
				text.WriteString(cell + pad)
			}
			text.WriteString("  ")
		}
		fmt.Fprintln(out, strings.TrimRight(text.String(), " "))
	}
}

// duration writes nanoseconds with three digits or so.
func duration(ns float64) string {
	for _, unit := range []struct {
		ns   float64
		name string
	}{{1e9, "s"}, {1e6, "ms"}, {1e3, "µs"}} {
		if ns >= unit.ns {
			return fmt.Sprintf("%.3g %s", ns/unit.ns, unit.name)
		}
	}
	return fmt.Sprintf("%.3g ns", ns)
}
