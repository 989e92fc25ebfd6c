package sparse

import "github.com/tandem-go/tandem/kernels"

// On the host a row is two slices, and no element of them is looked for beyond their
// ends. A product of 1024 rows of eight entries went from 9.4 µs with the generated loop
// to 6.3 µs, in different runs (two cores of an AMD EPYC, 2026-11).
func init() {
	mulVecFloat32Kernel.Go, mulVecFloat64Kernel.Go = onHost[float32], onHost[float64]
}

// onHost is mulVec.
func onHost[T kernels.Float](c *kernels.Call) {
	starts := kernels.Slice[int32](c, 0)[c.Lo-c.Base(0):]
	product(starts, kernels.Slice[int32](c, 1), kernels.Slice[T](c, 2), kernels.Slice[T](c, 3), kernels.Slice[T](c, 4)[c.Lo-c.Base(4):][:c.Hi-c.Lo])
}

// product is the rows of y. The conversion keeps Go from fusing a product with a sum.
func product[T kernels.Float](starts, columns []int32, values, x, y []T) {
	first := starts[0]
	for i, end := range starts[1:][:len(y)] {
		row := columns[first:end]
		entries := values[first:end][:len(row)]
		sum := T(0)
		for k, column := range row {
			sum += T(entries[k] * x[column]) //nolint:unconvert // as said above
		}
		y[i], first = sum, end
	}
}
