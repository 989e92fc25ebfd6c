package kernels

var scalKernels = forFloats(func(t Type) Kernel {
	return Kernel{
		Name:    "scal",
		Params:  []Param{{"x", t, InOut}},
		Scalars: []Scalar{{"a", t}},
		GLSL:    mapShader("x[i + x_at] *= a;"),
		CUDA:    mapFunction(t, "#define MAP(u, v) u * a", "x", "x"),
		Go: byFloat(t,
			func(c *Call) { scale(c.Float32(0), Slice[float32](c, 0)) },
			func(c *Call) {
				if a, x := c.Float64(0), Slice[float64](c, 0); a != 0 {
					host.Dscal(len(x), a, x, 1)
				} else {
					scale(a, x)
				}
			}),
	}
})

// scale is what gonum's BLAS is not used for: it makes 0 of NaN and infinities
// where a is 0, and its Sscal took twice as long as this loop.
func scale[T Float](a T, x []T) {
	for i := range x {
		x[i] *= a
	}
}

var fillKernels = forFloats(func(t Type) Kernel {
	return Kernel{
		Name:    "fill",
		Params:  []Param{{"x", t, Out}},
		Scalars: []Scalar{{"a", t}},
		GLSL:    mapShader("x[i + x_at] = a;"),
		CUDA:    mapFunction(t, "#define MAP(u, v) a", "x"),
		Go: byFloat(t,
			func(c *Call) { set(c.Float32(0), Slice[float32](c, 0)) },
			func(c *Call) { set(c.Float64(0), Slice[float64](c, 0)) }),
	}
})

// setBlock is how many elements are set one by one. The others are copies, which
// took a quarter of the time.
const setBlock = 512

func set[T Float](a T, x []T) {
	block := x[:min(setBlock, len(x))]
	for i := range block {
		block[i] = a
	}
	for n := len(block); n < len(x); {
		n += copy(x[n:], block)
	}
}

// Scal is x[i] *= a. The result is identical on all devices; a NaN or an
// infinity in x stays one also where a is 0, other than in BLAS.
func Scal[T Float, X Vector[T]](a T, x X) Launch { return scalar(scalKernels, float64(a), Of[T](x), 1) }

// Fill is x[i] = a.
func Fill[T Float, X Vector[T]](a T, x X) Launch { return scalar(fillKernels, float64(a), Of[T](x), 0) }

func scalar(k pair, a float64, x Operand, reads float64) Launch {
	l := NewLaunch(k.of(x.typ), x.n)
	l.AddArg(x, Elementwise)
	l.AddFloat(a)
	l.SetCost(Cost{Flops: reads, Bytes: (1 + reads) * float64(x.typ.Size())})
	return l
}
