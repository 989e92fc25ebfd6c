package kernels

//tandem:kernel _
func swap[T Float](i int, x, y []T) { x[i], y[i] = y[i], x[i] }

//tandem:kernel _
func rotate[T Float](i int, c, s T, x, y []T) { x[i], y[i] = c*x[i]+s*y[i], c*y[i]-s*x[i] }

var (
	swapKernels = generated("swap", swapFloat32Kernel, swapFloat64Kernel)
	rotKernels  = generated("rot", rotateFloat32Kernel, rotateFloat64Kernel)
)

// Swap exchanges x[i] and y[i], for x and y of one length, which may not overlap.
func Swap[V FloatVector](x, y V) Launch { return pairs(swapKernels, ofFloat(x), ofFloat(y), 0) }

// Rot is a plane rotation of the points (x[i], y[i]): x[i] becomes c*x[i] + s*y[i], and
// y[i] becomes c*y[i] - s*x[i] of the old x[i]. x and y have one length and may not
// overlap. c and s are the cosine and the sine, as gonum's Drotg makes them; nothing
// depends on their squares adding up to 1.
//
// The products and the sum are rounded one after the other, alike on all devices; on
// arm64, Go fuses some, and a result may differ by the rounding of a product.
func Rot[T Float, X, Y Vector[T]](c, s T, x X, y Y) Launch {
	l := pairs(rotKernels, Of[T](x), Of[T](y), 6)
	l.AddFloat(float64(c))
	l.AddFloat(float64(s))
	return l
}

func pairs(k pair, x, y Operand, flops float64) Launch {
	l := NewLaunch(k.of(y.typ), y.n)
	l.AddArg(x, Elementwise)
	l.AddArg(y, Elementwise)
	l.wantLen("x", x, y.n)
	l.SetCost(Cost{Flops: flops, Bytes: 4 * float64(y.typ.Size())})
	return l
}
