package kernels

import (
	"fmt"

	"gonum.org/v1/gonum/floats"
)

// mapShader is a shader that executes a statement for each index i.
func mapShader(statement string) *Shader {
	return &Shader{Local: [3]int{256}, Text: `
void main() {
	uint i = tandem_index();
	if (i >= tandem_n) return;
	i += tandem_lo;
	` + statement + `
}`}
}

// The tiles of map.cu: what a block of mapBlock threads computes. For sm_90 the
// threads take 22 to 44 registers, so that a multiprocessor has room for 5 blocks or
// more: at 2 loads of 16 bytes a thread, 40 KB of an operand are on their way, twice
// what 3.35 TB/s and 700 ns of latency ask of each of 132 multiprocessors. A quotient
// takes 54 to 58, for 4 blocks.
const (
	mapBlock   = 256
	mapVectors = 2
)

// lanes is how many numbers of the type a device moves at once: 16 bytes.
func (t Type) lanes() int { return 16 / t.Size() }

// mapFunction is map.cu for a result and the operands it comes from. The
// definitions are lines of the preprocessor, MAP(u, v) among them: the result for
// an element of each operand.
func mapFunction(t Type, definitions, result string, operands ...string) *Function {
	definitions += "\n#define RESULT " + result + "\n"
	for i, name := range operands {
		definitions += fmt.Sprintf("#define OPERAND_%d %s\n", i+1, name)
	}
	return &Function{
		Text:  cudaText(definitions, "vector.cu", "map.cu"),
		Block: [3]int{mapBlock},
		Groups: func(_ *Launch, n int) [3]int {
			// The first tile may begin up to a lane less than a vector before.
			return [3]int{ceilDiv(n+t.lanes()-1, mapBlock*mapVectors*t.lanes()), 1, 1}
		},
	}
}

// binaryShader is a shader for dst = expression of a and b.
func binaryShader(expression string) *Shader {
	return mapShader("REAL a = x[i + x_at], b = y[i + y_at];\n\tprecise REAL r = " + expression + ";\n\tdst[i + dst_at] = r;")
}

func binaryKernels(name, expression string, f32 func(dst, x, y []float32), f64 func(dst, x, y []float64)) pair {
	return forFloats(func(t Type) Kernel {
		return Kernel{
			Name:   name,
			Params: []Param{{"x", t, In}, {"y", t, In}, {"dst", t, Out}},
			GLSL:   binaryShader(expression),
			CUDA:   mapFunction(t, "#define MAP(a, b) "+expression, "dst", "x", "y"),
			Go: byFloat(t,
				func(c *Call) { f32(Slice[float32](c, 2), Slice[float32](c, 0), Slice[float32](c, 1)) },
				func(c *Call) { f64(Slice[float64](c, 2), Slice[float64](c, 0), Slice[float64](c, 1)) }),
		}
	})
}

// The float64 sums, differences, products and quotients are gonum's.
var (
	addKernels = binaryKernels("add", "a + b", add[float32], func(dst, x, y []float64) { floats.AddTo(dst, x, y) })
	subKernels = binaryKernels("sub", "a - b", sub[float32], func(dst, x, y []float64) { floats.SubTo(dst, x, y) })
	mulKernels = binaryKernels("mul", "a * b", mul[float32], func(dst, x, y []float64) { floats.MulTo(dst, x, y) })
	divKernels = binaryKernels("div", "a / b", div[float32], func(dst, x, y []float64) { floats.DivTo(dst, x, y) })
	minKernels = binaryKernels("min", "a != a || b != b ? a + b : a < b ? a : b < a ? b : BITS_OR(a, b)", lower[float32], lower[float64])
	maxKernels = binaryKernels("max", "a != a || b != b ? a + b : a > b ? a : b > a ? b : BITS_AND(a, b)", upper[float32], upper[float64])
)

func add[T Float](dst, x, y []T) {
	x, y = x[:len(dst)], y[:len(dst)]
	for i := range dst {
		dst[i] = x[i] + y[i]
	}
}

func sub[T Float](dst, x, y []T) {
	x, y = x[:len(dst)], y[:len(dst)]
	for i := range dst {
		dst[i] = x[i] - y[i]
	}
}

func mul[T Float](dst, x, y []T) {
	x, y = x[:len(dst)], y[:len(dst)]
	for i := range dst {
		dst[i] = x[i] * y[i]
	}
}

func div[T Float](dst, x, y []T) {
	x, y = x[:len(dst)], y[:len(dst)]
	for i := range dst {
		dst[i] = x[i] / y[i]
	}
}

func lower[T Float](dst, x, y []T) {
	x, y = x[:len(dst)], y[:len(dst)]
	for i := range dst {
		dst[i] = min(x[i], y[i])
	}
}

func upper[T Float](dst, x, y []T) {
	x, y = x[:len(dst)], y[:len(dst)]
	for i := range dst {
		dst[i] = max(x[i], y[i])
	}
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
