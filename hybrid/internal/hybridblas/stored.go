package hybridblas

import "gonum.org/v1/gonum/blas"

// stored is which part of a block there is: all of it if uplo is 0, else what lies
// in a triangle of the matrix, whose diagonal goes through column skew of the
// block's first row.
type stored struct {
	uplo blas.Uplo
	skew int
}

// of is which columns of n there are in some of the rows from i to i+m.
func (s stored) of(i, m, n int) (lo, hi int) {
	switch s.uplo {
	case blas.Upper:
		return max(0, s.skew+i), n
	case blas.Lower:
		return 0, min(n, s.skew+i+m)
	}
	return 0, n
}

// within is which columns of row i there are among those from j to j+n, counted
// from j.
func (s stored) within(i, j, n int) (lo, hi int) {
	switch s.uplo {
	case blas.Upper:
		return min(n, max(0, s.skew+i-j)), n
	case blas.Lower:
		return 0, max(0, min(n, s.skew+i-j+1))
	}
	return 0, n
}

// whole tells whether all columns from j to j+n are there in the rows i to i+m.
func (s stored) whole(i, j, m, n int) bool {
	switch s.uplo {
	case blas.Upper:
		return s.skew+i+m-1 <= j
	case blas.Lower:
		return s.skew+i >= j+n-1
	}
	return true
}
