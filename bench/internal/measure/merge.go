package measure

import (
	"cmp"
	"slices"
)

// Merger puts the rows of a run's blocks together: those of one name become one
// row, with the samples of all blocks and the counts of all histograms.
type Merger struct {
	rows   []Row
	places map[string]int
}

// Add takes a row of a block. A subject that was missing in some blocks only has the
// samples of the others.
func (m *Merger) Add(row Row) {
	at, ok := m.places[row.Name()]
	if !ok {
		if m.places == nil {
			m.places = map[string]int{}
		}
		if len(row.Samples) > 0 {
			row.Blocks = []int{len(row.Samples)}
		}
		m.places[row.Name()] = len(m.rows)
		m.rows = append(m.rows, row)
		return
	}
	if len(row.Samples) == 0 {
		return
	}
	all := &m.rows[at]
	all.Missing, all.Published = "", nil
	all.Samples = append(all.Samples, row.Samples...)
	all.Blocks = append(all.Blocks, len(row.Samples))
	all.Histogram = mergeBins(all.Histogram, row.Histogram)
}

// Rows are those of all blocks so far, in the order of the first.
func (m *Merger) Rows() []Row { return m.rows }

// mergeBins adds two histograms up. Bins of one kind of histogram are the same or
// apart.
func mergeBins(a, b []Bin) []Bin {
	all := append(slices.Clone(a), b...)
	slices.SortFunc(all, func(x, y Bin) int { return cmp.Compare(x.Lo, y.Lo) })
	merged := all[:0]
	for _, bin := range all {
		if n := len(merged); n > 0 && merged[n-1].Lo == bin.Lo && merged[n-1].Hi == bin.Hi {
			merged[n-1].Count += bin.Count
			continue
		}
		merged = append(merged, bin)
	}
	return merged
}
