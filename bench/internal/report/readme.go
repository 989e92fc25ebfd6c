package report

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"

	"github.com/tandem-go/tandem/bench/internal/measure"
	"github.com/tandem-go/tandem/bench/internal/targets"
)

// What the generated section of a readme stands between.
const (
	begin = "<!-- make report writes from here -->"
	end   = "<!-- to here -->"
)

// ErrStale is wrapped by CheckReadme's errors.
var ErrStale = errors.New("the readme is not what the results say: run make report")

// UpdateReadme replaces the generated section.
func UpdateReadme(text []byte, file string, r *measure.Results) ([]byte, error) {
	before, _, after, err := divide(text)
	if err != nil {
		return nil, err
	}
	return slices.Concat(before, []byte(Section(file, r)), after), nil
}

// measured is a number that can only come from a measurement.
var measured = regexp.MustCompile(`\d[\d.,]*(?:\s|&nbsp;)*(?:ns|µs|us|ms|GB/s|MB/s|GFLOP/s|GFLOPS|tasks/s|×)(?:\W|$)`)

// CheckReadme fails if the section is not what the results say, or if what stands
// around it quotes a measurement that the section doesn't.
func CheckReadme(text []byte, file string, r *measure.Results) error {
	before, section, after, err := divide(text)
	if err != nil {
		return err
	}
	want := Section(file, r)
	if string(section) != want {
		got, wanted := strings.Split(string(section), "\n"), strings.Split(want, "\n")
		for i := range max(len(got), len(wanted)) {
			var a, b string
			if i < len(got) {
				a = got[i]
			}
			if i < len(wanted) {
				b = wanted[i]
			}
			if a != b {
				return fmt.Errorf("%w\n  it says       %s\n  the results say %s", ErrStale, a, b)
			}
		}
	}
	for _, quoted := range measured.FindAllString(string(before)+"\n"+string(after), -1) {
		if !strings.Contains(want, strings.TrimSpace(quoted)) {
			return fmt.Errorf("%w: %q stands in the readme and not in %s", ErrStale, strings.TrimSpace(quoted), file)
		}
	}
	return nil
}

func divide(text []byte) (before, section, after []byte, err error) {
	from, to := bytes.Index(text, []byte(begin)), bytes.Index(text, []byte(end))
	if from < 0 || to < from {
		return nil, nil, nil, fmt.Errorf("the readme has no section between %q and %q", begin, end)
	}
	from += len(begin)
	return text[:from], text[from:to], text[to:], nil
}

// Section is the text between the marks.
func Section(file string, r *measure.Results) string {
	var s strings.Builder
	m := r.Machine()
	date, _, _ := strings.Cut(m.At, "T")
	all, plural := commits(r), ""
	if len(all) > 1 {
		plural = "s"
	}
	fmt.Fprintf(&s, "\nMeasured on %s at commit%s `%s`, on %s, %d cores, %.0f GiB, %s, %s", date, plural, strings.Join(all, "`, `"), m.CPU, m.Cores, float64(m.Memory)/(1<<30), m.OS, m.Go)
	for _, d := range m.Devices {
		if d.ID != "cpu" {
			fmt.Fprintf(&s, ", `%s` %s", d.ID, d.Name)
		}
	}
	fmt.Fprintf(&s, ".\nEvery sample is in [%s](%s). Figures are medians, with 95 %% intervals\nwhere there is a ±; ✓ is a target that was met, ✗ one that was not.\n", file, file)
	writeTargets(&s, r)
	writeContests(&s, r)
	writeLosses(&s, r)
	return s.String()
}

// commits are those that the rows were measured at: a file may have been filled
// slice by slice.
func commits(r *measure.Results) []string {
	var all []string
	for i := range r.Rows {
		if c := r.Rows[i].Commit; !slices.Contains(all, c) {
			all = append(all, c)
		}
	}
	return all
}

// tally counts what was met of what was judged.
type tally struct{ met, of int }

func (t *tally) mark(v targets.Verdict) string {
	switch v {
	case targets.Met:
		t.met++
		t.of++
		return " ✓"
	case targets.NotMet:
		t.of++
		return " ✗"
	}
	return ""
}

func (t *tally) String() string { return fmt.Sprintf("%d of %d", t.met, t.of) }

// writeTargets has a line for each target, with those who are ahead of Tandem apart
// from the others, the best first.
func writeTargets(s *strings.Builder, r *measure.Results) {
	var table strings.Builder
	var field, ours tally
	for _, l := range targets.Fill(r) {
		better := func(a, b float64) int {
			if l.Higher {
				a, b = b, a
			}
			return cmp.Compare(a, b)
		}
		peers := slices.DeleteFunc(slices.Clone(l.Peers), func(p targets.Figure) bool {
			return !targets.Peer(p.Subject) || p.Row.Missing != ""
		})
		slices.SortStableFunc(peers, func(a, b targets.Figure) int { return better(a.Value, b.Value) })
		var ahead, behind []string
		for _, p := range peers {
			text := p.Subject + " " + p.Text
			if better(p.Value, l.Own.Value) < 0 {
				ahead = append(ahead, text)
			} else {
				behind = append(behind, text)
			}
		}
		fmt.Fprintf(&table, "| %s | %s | %s | **%s** | %s | %s |\n", l.Name, l.Field+field.mark(l.Own.Field), l.Ours+ours.mark(l.Own.Ours),
			l.Own.Text, strings.Join(ahead, ", "), strings.Join(behind, ", "))
	}
	if table.Len() == 0 {
		return
	}
	fmt.Fprintf(s, "\n%s targets of the field are met, and %s of our own:\n\n", &field, &ours)
	s.WriteString("| what | the field's | our own | Tandem | ahead of it | behind it |\n| --- | --- | --- | --- | --- | --- |\n")
	s.WriteString(table.String())
}

// writeContests has Tandem's time over each peer's, where it was measured by
// bench/peers: those with a goal, and the others.
func writeContests(s *strings.Builder, r *measure.Results) {
	var table strings.Builder
	var goals tally
	for _, rows := range places("peers", r) {
		own := rows[0].Summary()
		var held, free []string
		if limit := rows[0].Goal; limit > 0 {
			held = append(held, "≤ "+measure.Format(limit, rows[0].Unit)+goals.mark(targets.Judge(own.Median, limit)))
		}
		for _, row := range rows[1:] {
			if len(row.Samples) == 0 {
				continue
			}
			part := own.Median / row.Summary().Median
			text := row.Subject + " " + ratio(part)
			if row.Goal > 0 {
				held = append(held, fmt.Sprintf("%s (≤ %.3g%s)", text, row.Goal, goals.mark(targets.Judge(part, row.Goal))))
			} else {
				free = append(free, text)
			}
		}
		fmt.Fprintf(&table, "| %s | %s %s | %s | %s |\n", rows[0].Workload, measure.Format(own.Median, rows[0].Unit), own.Spread(), strings.Join(held, ", "), strings.Join(free, ", "))
	}
	if table.Len() == 0 {
		return
	}
	fmt.Fprintf(s, "\n<details>\n<summary>Fork-join, tasks and processes: Tandem's time over that of others")
	if goals.of > 0 {
		fmt.Fprintf(s, ", %s goals met", &goals)
	}
	s.WriteString("</summary>\n\n| what | Tandem | over those with a goal | over others |\n| --- | --- | --- | --- |\n")
	s.WriteString(table.String())
	s.WriteString("\n</details>\n")
}

// losses are limited to so many lines: the greatest.
const losses = 10

// writeLosses has the comparisons in which another was faster than Tandem by more
// than noise.
func writeLosses(s *strings.Builder, r *measure.Results) {
	type loss struct {
		factor float64
		text   string
	}
	var all []loss
	compared := 0
	for _, t := range titles {
		if t.id == "device" || t.id == "startup" {
			continue // what stands beside Tandem there is no other way to do the work
		}
		for _, rows := range places(t.id, r) {
			own := rows[0]
			a := own.Summary()
			worst := loss{}
			if len(rows) > 1 {
				compared++
			}
			for _, row := range rows[1:] {
				b := row.Summary()
				if !targets.Peer(row.Subject) || targets.Limit(row.Subject) || row.Higher || len(row.Samples) == 0 || b.Median <= 0 || a.Lo <= b.Hi || math.IsInf(a.Lo, 0) || math.IsInf(b.Hi, 0) {
					continue
				}
				if factor := a.Median / b.Median; factor > max(worst.factor, 1.05) {
					worst = loss{factor, fmt.Sprintf("- `%s`: Tandem %s, %s %s: %s×\n", own.Place(),
						measure.Format(a.Median, own.Unit), row.Subject, measure.Format(b.Median, row.Unit), ratio(factor))}
				}
			}
			if worst.factor > 0 {
				all = append(all, worst)
			}
		}
	}
	if len(all) == 0 {
		return
	}
	slices.SortFunc(all, func(a, b loss) int { return cmp.Compare(b.factor, a.factor) })
	fmt.Fprintf(s, "\nAnother is faster, by more than noise and by more than a twentieth, in %d of %d comparisons", len(all), compared)
	if len(all) > losses {
		fmt.Fprintf(s, "; the greatest %d", losses)
		all = all[:losses]
	}
	s.WriteString(":\n\n")
	for _, l := range all {
		s.WriteString(l.text)
	}
}
