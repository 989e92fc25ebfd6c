package kernels

import "gonum.org/v1/gonum/floats"

// The kernels of two operands, in the language of kernels.

//tandem:kernel _
func add[T Float](i int, x, y, dst []T) { dst[i] = x[i] + y[i] }

//tandem:kernel _
func sub[T Float](i int, x, y, dst []T) { dst[i] = x[i] - y[i] }

//tandem:kernel _
func mul[T Float](i int, x, y, dst []T) { dst[i] = x[i] * y[i] }

//tandem:kernel _
func div[T Float](i int, x, y, dst []T) { dst[i] = x[i] / y[i] }

//tandem:kernel _
func lower[T Float](i int, x, y, dst []T) { dst[i] = min(x[i], y[i]) }

//tandem:kernel _
func upper[T Float](i int, x, y, dst []T) { dst[i] = max(x[i], y[i]) }

// On the host, gonum's assembly takes of the generated loop's time: sums and
// differences of float64 0.64 in the caches and 0.86 beyond, quotients 0.50
// (BenchmarkGenerated, Go 1.26). Its products take 2.3 and 1.0 times as long.
var (
	addKernels = generated("add", addFloat32Kernel, onHost(addFloat64Kernel, binary64(floats.AddTo)))
	subKernels = generated("sub", subFloat32Kernel, onHost(subFloat64Kernel, binary64(floats.SubTo)))
	mulKernels = generated("mul", mulFloat32Kernel, mulFloat64Kernel)
	divKernels = generated("div", divFloat32Kernel, onHost(divFloat64Kernel, binary64(floats.DivTo)))
	minKernels = generated("min", lowerFloat32Kernel, lowerFloat64Kernel)
	maxKernels = generated("max", upperFloat32Kernel, upperFloat64Kernel)
)

// binary64 is one of gonum's functions as a Go variant.
func binary64(f func(dst, x, y []float64) []float64) func(*Call) {
	return func(c *Call) { f(Slice[float64](c, 2), Slice[float64](c, 0), Slice[float64](c, 1)) }
}

// Add is dst[i] = x[i] + y[i]. As with all element-wise operations the arrays
// have one length, and dst may be x or y. The result is identical on all devices.
func Add[V FloatVector](dst, x, y V) Launch { return combine(addKernels, dst, x, y) }

// Sub is dst[i] = x[i] - y[i], identical on all devices.
func Sub[V FloatVector](dst, x, y V) Launch { return combine(subKernels, dst, x, y) }

// Mul is dst[i] = x[i] * y[i], identical on all devices.
func Mul[V FloatVector](dst, x, y V) Launch { return combine(mulKernels, dst, x, y) }

// Div is dst[i] = x[i] / y[i]. On the CPU, on CUDA devices, and on OpenGL devices
// whose division is correctly rounded (llvmpipe's is), the result is identical; the
// OpenGL specification allows others 2.5 units in the last place for float32.
func Div[V FloatVector](dst, x, y V) Launch { return combine(divKernels, dst, x, y) }

// Min is dst[i] = min(x[i], y[i]) as Go's built-in min: NaN if one of them is,
// and -0 below 0. The result is identical on all devices, but for the bits of a
// NaN.
func Min[V FloatVector](dst, x, y V) Launch { return combine(minKernels, dst, x, y) }

// Max is dst[i] = max(x[i], y[i]) as Go's built-in max: NaN if one of them is,
// and 0 above -0. The result is identical on all devices, but for the bits of a
// NaN.
func Max[V FloatVector](dst, x, y V) Launch { return combine(maxKernels, dst, x, y) }

func combine[V FloatVector](k pair, dst, x, y V) Launch {
	to, a, b := ofFloat(dst), ofFloat(x), ofFloat(y)
	l := NewLaunch(k.of(to.typ), to.n)
	l.AddArg(a, Elementwise)
	l.AddArg(b, Elementwise)
	l.AddArg(to, Elementwise)
	l.wantLen("x", a, to.n)
	l.wantLen("y", b, to.n)
	l.SetCost(Cost{Flops: 1, Bytes: 3 * float64(to.typ.Size())})
	return l
}
