// Package blastest holds a BLAS to what gonum's own is held to, and to gonum's
// own results where gonum has no tests.
package blastest

import "gonum.org/v1/gonum/blas"

// BLAS is what is tested.
type BLAS interface {
	blas.Float32
	blas.Float64
	blas.Complex64
	blas.Complex128
}
