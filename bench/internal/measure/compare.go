package measure

import (
	"fmt"
	"slices"

	"golang.org/x/perf/benchmath"
)

// Delta is what became of a row.
type Delta struct {
	Name       string
	Unit       string
	Old, New   Summary
	P          float64 // that there is no difference, by the Mann-Whitney U test
	Change     Change
	Comparison string // benchstat's words: "p=0.002 n=11"
}

// Change is the verdict on a Delta.
type Change int

// The verdicts.
const (
	Same Change = iota // no difference that could not be noise
	Better
	Worse
)

func (c Change) String() string { return [...]string{"same", "better", "worse"}[c] }

// Compare finds which rows of two files differ by more than noise. It refuses
// with ErrOtherMachine if they come from different machines.
func Compare(before, after *Results) ([]Delta, error) {
	if a, b := before.Machine(), after.Machine(); a.ID != b.ID {
		return nil, fmt.Errorf("%w: the base is of %s (%s), the new one of %s (%s)", ErrOtherMachine, a, a.ID, b, b.ID)
	}
	var deltas []Delta
	for i := range after.Rows {
		row := &after.Rows[i]
		old := before.Find(row.Place(), row.Subject)
		if old == nil || len(old.Samples) == 0 || len(row.Samples) == 0 {
			continue
		}
		if old.Machine != row.Machine {
			return nil, fmt.Errorf("%w: %s is of %s and of %s", ErrOtherMachine, row.Name(), old.Machine, row.Machine)
		}
		d := Delta{Name: row.Name(), Unit: row.Unit, Old: old.Summary(), New: row.Summary()}
		test := benchmath.AssumeNothing.Compare(sample(old.independent()), sample(row.independent()))
		d.P, d.Comparison = test.P, test.String()
		if test.P < test.Alpha && d.New.Median != d.Old.Median {
			d.Change = Worse
			if (d.New.Median > d.Old.Median) == row.Higher {
				d.Change = Better
			}
		}
		deltas = append(deltas, d)
	}
	return deltas, nil
}

func sample(values []float64) *benchmath.Sample {
	return benchmath.NewSample(slices.Clone(values), &thresholds)
}
