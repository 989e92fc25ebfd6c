package hybrid

import "strings"

// WithTF32 lets CUDA devices compute products of float32 matrices, those of
// [kernels.Gemm], [kernels.GemmBatch] and [Scheduler.BLAS], by cuBLAS on their tensor cores with the
// factors in TF32, which is several times as fast on GPUs from Ampere on. Other
// devices, and GPUs without it, compute as they always do.
//
// TF32 has the range of float32 and 10 bits behind the point in place of 23. The
// products are exact, and are added in float32, so that each element c of a product
// of depth k satisfies
//
//	|c - exact| <= (2r + r*r + g(2k+6)) * (|alpha| * sum|a||b| + |beta*c0|)
//
// with r = 2^-10, of which cutting is as good as rounding, and g as in kernels.Gemm;
// sums on tensor cores may be cut where those elsewhere are rounded. A hybrid launch
// then has elements of both kinds. It is off unless asked for: about three decimal
// digits are left.
func WithTF32() Option {
	return optionFunc(func(c *config) error {
		c.tf32 = true
		return nil
	})
}

// inTF32 is the routine that does the same as another with its factors in TF32, or
// the same one; see device.Source.
func inTF32(routine string) string {
	operation, ops, found := strings.Cut(routine, ".float32.")
	if found && (operation == "gemm" || operation == "gemmbatch") {
		return operation + ".tf32." + ops
	}
	return routine
}
