package kernels

import "math"

//tandem:kernel _
func copied[T Float](i int, x, dst []T) { dst[i] = x[i] }

//tandem:kernel _
func magnitude[T Float](i int, x, dst []T) { dst[i] = T(math.Abs(float64(x[i]))) }

//tandem:kernel _
func root[T Float](i int, x, dst []T) { dst[i] = T(math.Sqrt(float64(x[i]))) }

var (
	// Go's copy takes 0.26 to 0.76 of the generated loop's time.
	copyKernels = generated("copy",
		onHost(copiedFloat32Kernel, func(c *Call) { copy(Slice[float32](c, 1), Slice[float32](c, 0)) }),
		onHost(copiedFloat64Kernel, func(c *Call) { copy(Slice[float64](c, 1), Slice[float64](c, 0)) }))
	absKernels  = generated("abs", magnitudeFloat32Kernel, magnitudeFloat64Kernel)
	sqrtKernels = generated("sqrt", rootFloat32Kernel, rootFloat64Kernel)
)

// Copy is dst[i] = x[i].
func Copy[V FloatVector](dst, x V) Launch { return unary(copyKernels, dst, x, 0) }

// Abs is dst[i] = |x[i]|, identical on all devices. dst may be x.
func Abs[V FloatVector](dst, x V) Launch { return unary(absKernels, dst, x, 1) }

// Sqrt is the square root, dst[i] = √x[i]; that of a negative number is NaN. On
// the CPU, on CUDA devices, and on OpenGL devices whose root is correctly rounded
// (llvmpipe's is), the result is identical; the OpenGL specification allows others
// an error of some units in the last place. dst may be x.
func Sqrt[V FloatVector](dst, x V) Launch { return unary(sqrtKernels, dst, x, 5) }

func unary[V FloatVector](k pair, dst, x V, flops float64) Launch {
	to, from := ofFloat(dst), ofFloat(x)
	l := NewLaunch(k.of(to.typ), to.n)
	l.AddArg(from, Elementwise)
	l.AddArg(to, Elementwise)
	l.wantLen("x", from, to.n)
	l.SetCost(Cost{Flops: flops, Bytes: 2 * float64(to.typ.Size())})
	return l
}
