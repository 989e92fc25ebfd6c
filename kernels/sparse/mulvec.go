package sparse

import (
	"fmt"

	"github.com/tandem-go/tandem/kernels"
)

//go:generate go run github.com/tandem-go/tandem/cmd/tandemgen

// MulVec makes a launch of y = a*x. x has an element for each column, y one for each
// row; slices and resident buffers alike. The products of a row are added up in the
// order of its entries, in float32 without contraction: the result is the same on
// every device, and off by at most (k+1) 2^-24 times the sum of the products'
// magnitudes in a row of k entries.
func MulVec[X, Y kernels.Vector[float32]](a *CSR[float32], x X, y Y) (l kernels.Launch) {
	if b := a.kept; b != nil {
		l = newMulVecFloat32(a.longest, b.starts, b.columns, b.values, x, y)
	} else {
		l = newMulVecFloat32(a.longest, a.starts, a.columns, a.values, x, y)
	}
	fit(&l, a, kernels.Of[float32](x), kernels.Of[float32](y))
	return l
}

// MulVec64 is [MulVec] for float64, with 2^-53.
func MulVec64[X, Y kernels.Vector[float64]](a *CSR[float64], x X, y Y) (l kernels.Launch) {
	if b := a.kept; b != nil {
		l = newMulVecFloat64(a.longest, b.starts, b.columns, b.values, x, y)
	} else {
		l = newMulVecFloat64(a.longest, a.starts, a.columns, a.values, x, y)
	}
	fit(&l, a, kernels.Of[float64](x), kernels.Of[float64](y))
	return l
}

// fit keeps a mistake unless the vectors are as long as the matrix needs, and states
// what an average row costs.
func fit[T kernels.Float](l *kernels.Launch, a *CSR[T], x, y kernels.Operand) {
	if x.Len() != a.cols {
		l.Fail("x", fmt.Errorf("%w: %d elements, want %d", kernels.ErrShape, x.Len(), a.cols))
	}
	if y.Len() != a.rows {
		l.Fail("y", fmt.Errorf("%w: %d elements, want %d", kernels.ErrShape, y.Len(), a.rows))
	}
	size := float64(y.Type().Size())
	entries := float64(a.Entries()) / float64(max(1, a.rows))
	l.SetCost(kernels.Cost{Flops: 2 * entries, Bytes: entries*(4+2*size) + 4 + size})
}

// mulVec multiplies a row. longest is how many entries a row has at most.
//
//tandem:kernel newMulVec
func mulVec[T kernels.Float](i int, longest int, starts, columns []int32, values, x, y []T) {
	sum := T(0)
	//tandem:turns longest
	for k := starts[i]; k < starts[i+1]; k++ {
		sum += values[k] * x[columns[k]]
	}
	y[i] = sum
}
