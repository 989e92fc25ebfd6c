package hybridblas

import "gonum.org/v1/gonum/blas"

// job is C = sum of alpha*A*B over its terms + beta*C, for C cut into tiles.
type job[T number] struct {
	c     matrix[T]
	beta  T
	terms []term[T]
	// uplo is which triangle of C there is, or 0 for all of it. Tiles on the
	// diagonal are then the CPU's.
	uplo blas.Uplo
	// tile computes one tile on the CPU workers.
	tile func(i, j, m, n int)
}

// term is a product, C.rows×k times k×C.cols.
type term[T number] struct {
	alpha T
	a, b  source[T]
	k     int
}

// width is the number of sums for each tile of C.
func (j *job[T]) width() int { return len(j.terms) }
