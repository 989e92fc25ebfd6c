//go:build !(openblas && linux && cgo)

package openblas

import (
	"errors"

	"gonum.org/v1/gonum/blas/gonum"
)

// BLAS is OpenBLAS, of which this build has none.
type BLAS struct{ gonum.Implementation }

// New says why there is no OpenBLAS.
func New(int) (*BLAS, error) {
	return nil, errors.New("openblas: left out of this build; build with the tag openblas, on Linux and with cgo")
}

// Threads is 1.
func (o *BLAS) Threads() int { return 1 }

// String is gonum's name.
func (o *BLAS) String() string { return "gonum" }
