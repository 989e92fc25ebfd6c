package kernels

import "math"

// unaryKernels describes dst = f(x). The GLSL function is called f, of a REAL;
// text declares it. The CUDA expression is one of x, a REAL.
func unaryKernels(name, text, expression string, f32, f64 func(*Call)) pair {
	return forFloats(func(t Type) Kernel {
		shader := mapShader("dst[i + dst_at] = f(x[i + x_at]);")
		shader.Text = text + shader.Text
		return Kernel{
			Name:   name,
			Params: []Param{{"x", t, In}, {"dst", t, Out}},
			GLSL:   shader,
			CUDA:   mapFunction(t, "#define MAP(x, v) "+expression, "dst", "x"),
			Go:     byFloat(t, f32, f64),
		}
	})
}

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

var (
	copyKernels = unaryKernels("copy", "REAL f(REAL x) { return x; }", "x",
		func(c *Call) { copy(Slice[float32](c, 1), Slice[float32](c, 0)) },
		func(c *Call) { copy(Slice[float64](c, 1), Slice[float64](c, 0)) })
	absKernels  = unaryKernels("abs", "REAL f(REAL x) { return abs(x); }", "MATH(fabs)(x)", absCall32, absCall64)
	sqrtKernels = unaryKernels("sqrt", "REAL f(REAL x) { precise REAL r = sqrt(x); return r; }", "MATH(sqrt)(x)", sqrtCall[float32], sqrtCall[float64])
)

// What is one instruction stands in a loop of its own: a call would cost more.
func absCall32(c *Call) {
	x, dst := Slice[float32](c, 0), Slice[float32](c, 1)
	x = x[:len(dst)]
	for i := range dst {
		dst[i] = abs32(x[i])
	}
}

func absCall64(c *Call) {
	x, dst := Slice[float64](c, 0), Slice[float64](c, 1)
	x = x[:len(dst)]
	for i := range dst {
		dst[i] = math.Abs(x[i])
	}
}

func sqrtCall[T Float](c *Call) {
	x, dst := Slice[T](c, 0), Slice[T](c, 1)
	x = x[:len(dst)]
	for i := range dst {
		dst[i] = T(math.Sqrt(float64(x[i])))
	}
}

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
