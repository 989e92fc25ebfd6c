package kernels

import (
	_ "embed"
	"math"
)

// On CUDA devices the functions are those of CUDA's own library, whose greatest
// errors NVIDIA has found by extensive but not exhaustive tests, full range: 2 units
// in the last place from the nearest number for expf and tanhf, and 1 for logf, exp,
// log and tanh, of which we allow tanh 2 (CUDA C++ Programming Guide, Mathematical
// Functions, Standard Functions: the tables of maximum ULP errors). That number is
// half a unit from the exact one at most. The PTX is made without use_fast_math, with
// which the errors would be greater.
//
// GLSL has no exp, log and tanh for double, and those for float may be off by
// dozens of units in the last place for large arguments. Ours reduce the
// argument as Cody and Waite do (Software Manual for the Elementary Functions,
// 1980) and sum the Taylor series of what remains.
//
// All variants are by hand. Of a million numbers, what tandemgen makes of kmath's
// functions takes 0.98 and 1.02 of their time on llvmpipe for Exp (float64, float32),
// whose shader Tanh needs anyway, 1.06 for Tanh, and 0.90 and 1.03 for Log; on the host
// 1.02 and 0.85 for Exp, but errs by more than Exp states, 1.05 for Tanh. For Log it
// takes 0.77 and 0.56 there, but errs by more than Log states (BenchmarkGenerated, Mesa
// 22.3.6).
//
//go:embed transcendental.glsl
var transcendentalText string

var (
	expKernels  = transcendental("exp", transcendentalText+"REAL f(REAL x) { return tandem_exp(x); }", "MATH(exp)(x)", each32(math.Exp), each64(exp))
	logKernels  = transcendental("log", transcendentalText+"REAL f(REAL x) { return tandem_log(x); }", "MATH(log)(x)", each32(math.Log), each64(log))
	tanhKernels = transcendental("tanh", transcendentalText+"REAL f(REAL x) { return tandem_tanh(x); }", "MATH(tanh)(x)", each32(math.Tanh), each64(math.Tanh))
)

// transcendental describes dst = f(x). The GLSL function is called f, of a REAL;
// text declares it. The CUDA expression is one of x, a REAL.
func transcendental(name, text, expression string, f32, f64 func(*Call)) pair {
	return forFloats(func(t Type) Kernel {
		return Kernel{
			Name:   name,
			Params: []Param{{"x", t, In}, {"dst", t, Out}},
			GLSL:   &Shader{Local: [3]int{256}, Text: text + transcendentalMain},
			CUDA:   mapFunction(t, expression),
			Go:     byFloat(t, f32, f64),
		}
	})
}

// mapFunction is map.cu for an expression of x. Launches have tiles as those that
// tandemgen makes of maps.
func mapFunction(t Type, expression string) *Function {
	return &Function{
		Text:  cudaText("#define MAP(x) "+expression+"\n", "vector.cu", "map.cu"),
		Block: [3]int{mapBlock},
		Groups: func(_ *Launch, n int) [3]int {
			// The first tile may begin up to a lane less than a vector before.
			return [3]int{ceilDiv(n+t.lanes()-1, mapBlock*mapVectors*t.lanes()), 1, 1}
		},
	}
}

// The tiles of map.cu: what a block of mapBlock threads computes.
const (
	mapBlock   = 256
	mapVectors = 2
)

const transcendentalMain = `
void main() {
	uint i = tandem_index();
	if (i >= tandem_n) return;
	i += tandem_lo;
	dst[i + dst_at] = f(x[i + x_at]);
}`

// each32 computes a float32 function in float64: the error of the float64
// function is lost in the rounding, so that the result is almost always the
// nearest one.
func each32(f func(float64) float64) func(*Call) {
	return func(c *Call) {
		x, dst := Slice[float32](c, 0), Slice[float32](c, 1)
		x = x[:len(dst)]
		for i := range dst {
			dst[i] = float32(f(float64(x[i])))
		}
	}
}

func each64(f func(float64) float64) func(*Call) {
	return func(c *Call) {
		x, dst := Slice[float64](c, 0), Slice[float64](c, 1)
		x = x[:len(dst)]
		for i := range dst {
			dst[i] = f(x[i])
		}
	}
}

// exp is math.Exp up to the largest results, for which its assembly on amd64
// answers infinity too early (Go 1.26, from 709.5 on).
func exp(x float64) float64 {
	if x <= 709 || x > 709.782712893384 {
		return math.Exp(x)
	}
	// The difference is exact: it needs no more bits than x and the constant,
	// which has 32.
	const ln2Hi, ln2Lo = 0.693147180369123816490, 1.90821492927058770002e-10
	half := math.Exp(x - ln2Hi)
	return 2 * (half - half*ln2Lo)
}

// log is math.Log, but for denormal numbers, which its assembly on amd64 takes
// for the smallest normal one (Go 1.26).
func log(x float64) float64 {
	const smallestNormal = 0x1p-1022
	if x >= smallestNormal || !(x > 0) {
		return math.Log(x)
	}
	return math.Log(x*0x1p54) - 54*math.Ln2
}

// Exp is dst[i] = e^x[i]. Special cases are those of math.Exp. The error is at
// most 1 unit in the last place on the CPU (as math.Exp states for float64), 2.5 on
// CUDA, and 3 on OpenGL: two for the reduction and the series, one for results that
// are denormal. dst may be x.
func Exp[V FloatVector](dst, x V) Launch { return unary(expKernels, dst, x, 20) }

// Log is the natural logarithm, dst[i] = ln x[i]. Special cases are those of
// math.Log. The error is at most 1 unit in the last place on the CPU, 1.5 on CUDA,
// and 3 on OpenGL: one each for the quotient, the series and the last sum. dst may
// be x.
func Log[V FloatVector](dst, x V) Launch { return unary(logKernels, dst, x, 25) }

// Tanh is dst[i] = tanh x[i]. Special cases are those of math.Tanh. The error is
// at most 2 units in the last place on the CPU (measured for math.Tanh), 2.5 on
// CUDA, and 4 on OpenGL: those of e^2x and of two operations more. dst may be x.
func Tanh[V FloatVector](dst, x V) Launch { return unary(tanhKernels, dst, x, 30) }
