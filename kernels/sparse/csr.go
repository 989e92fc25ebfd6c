package sparse

import (
	"fmt"
	"math"
	"slices"

	"github.com/tandem-go/tandem/kernels"
	"github.com/tandem-go/tandem/residency"
)

// CSR is a matrix in compressed sparse rows: the entries of row r are those from
// starts[r] to starts[r+1], each a value and the column it is in. It is immutable,
// and may be used by several goroutines at once.
type CSR[T kernels.Float] struct {
	rows, cols, longest int // longest is the number of entries of the longest row
	starts, columns     []int32
	values              []T
	kept                *buffers[T]
}

type buffers[T kernels.Float] struct {
	starts, columns *residency.Buffer[int32]
	values          *residency.Buffer[T]
}

// NewCSR makes a matrix of copies of the slices. starts has rows+1 elements that
// ascend from 0 to the number of entries, which is at most 2^31-1; columns and values
// have an element for each entry, and columns are from 0 to cols-1. The columns of a
// row may be in any order; entries of one place are added up. Otherwise the error is a
// [*kernels.ArgumentError] that names the slice and the place.
func NewCSR[T kernels.Float](rows, cols int, starts, columns []int32, values []T) (*CSR[T], error) {
	longest, err := check(rows, cols, starts, columns, len(values))
	if err != nil {
		return nil, err
	}
	// The copies are never nil: a launch refuses nil.
	a := &CSR[T]{rows: rows, cols: cols, longest: longest, starts: slices.Clone(starts)}
	a.columns = append(make([]int32, 0, len(columns)), columns...)
	a.values = append(make([]T, 0, len(values)), values...)
	return a, nil
}

func check(rows, cols int, starts, columns []int32, values int) (longest int, err error) {
	wrong := func(arg, format string, values ...any) (int, error) {
		return 0, &kernels.ArgumentError{Kernel: "sparse.NewCSR", Arg: arg, Err: fmt.Errorf("%w: "+format, append([]any{kernels.ErrShape}, values...)...)}
	}
	switch {
	case rows < 0 || rows >= math.MaxInt32:
		return wrong("rows", "%d, want 0 to %d", rows, math.MaxInt32-1)
	case cols < 0 || cols > math.MaxInt32:
		return wrong("cols", "%d, want 0 to %d", cols, math.MaxInt32)
	case len(starts) != rows+1:
		return wrong("starts", "%d elements, want one for each of %d rows and one more", len(starts), rows)
	case len(columns) > math.MaxInt32:
		return wrong("columns", "%d elements, want at most %d", len(columns), math.MaxInt32)
	case values != len(columns):
		return wrong("values", "%d elements for %d columns", values, len(columns))
	case starts[0] != 0:
		return wrong("starts", "the first is %d, want 0", starts[0])
	case int(starts[rows]) != len(columns):
		return wrong("starts", "the last is %d, want the number of entries, %d", starts[rows], len(columns))
	}
	for r := range rows {
		if starts[r+1] < starts[r] {
			return wrong("starts", "row %d is from %d to %d", r, starts[r], starts[r+1])
		}
		longest = max(longest, int(starts[r+1])-int(starts[r]))
	}
	for k, c := range columns {
		if c < 0 || int(c) >= cols {
			return wrong("columns", "entry %d is in column %d of %d", k, c, cols)
		}
	}
	return longest, nil
}

// Rows is the number of rows.
func (a *CSR[T]) Rows() int { return a.rows }

// Cols is the number of columns.
func (a *CSR[T]) Cols() int { return a.cols }

// Entries is the number of entries.
func (a *CSR[T]) Entries() int { return len(a.values) }

// Resident is the same matrix, with a copy that stays in the memory of the devices
// that have used it. Free gives that back.
func (a *CSR[T]) Resident() *CSR[T] {
	kept := *a
	kept.kept = &buffers[T]{residency.From(a.starts), residency.From(a.columns), residency.From(a.values)}
	return &kept
}

// Free gives back what Resident has put on devices. No launch may be using the
// matrix, and none may be made of it afterwards.
func (a *CSR[T]) Free() {
	if a.kept != nil {
		a.kept.starts.Free()
		a.kept.columns.Free()
		a.kept.values.Free()
	}
}
