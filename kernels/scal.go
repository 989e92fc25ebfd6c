package kernels

//tandem:kernel _
func scale[T Float](i int, a T, x []T) { x[i] *= a }

//tandem:kernel _
func fill[T Float](i int, a T, x []T) { x[i] = a }

// On the host, gonum's Dscal takes half the time of the generated loop for float64;
// it would make 0 of NaN and infinities where a is 0. Its Sscal takes twice the time.
// set takes a third.
var (
	scalKernels = generated("scal", scaleFloat32Kernel,
		onHost(scaleFloat64Kernel, func(c *Call) {
			if a, x := c.Float64(0), Slice[float64](c, 0); a != 0 {
				host.Dscal(len(x), a, x, 1)
			} else {
				scaleFloat64Kernel.Go(c)
			}
		}))
	fillKernels = generated("fill",
		onHost(fillFloat32Kernel, func(c *Call) { set(c.Float32(0), Slice[float32](c, 0)) }),
		onHost(fillFloat64Kernel, func(c *Call) { set(c.Float64(0), Slice[float64](c, 0)) }))
)

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
