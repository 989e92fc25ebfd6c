package kernels

import (
	"math"
)

// nrm2Text keeps a sum of squares as 4^scale times a compensated sum, where
// 2^scale is about the greatest element so far: squares neither overflow nor
// vanish, as with LAPACK's lassq (Blue, "A portable Fortran program to find the
// Euclidean norm of a vector", ACM TOMS 4, 1978). Scaling by powers of two is
// exact.
const nrm2Text = `
struct Norm { Compensated squares; int scale; };
#define STATE Norm
STATE nothing() { return Norm(Compensated(REAL(0), REAL(0)), LEAST); }

// rescale makes n's scale as great as the given one. What vanishes by that is
// far below the last place.
void rescale(inout Norm n, int scale) {
	if (n.scale >= scale) return;
	REAL down = power2(max(n.scale - scale, LEAST));
	precise REAL hi = n.squares.hi * down * down, lo = n.squares.lo * down * down;
	n.squares = Compensated(hi, lo);
	n.scale = scale;
}
void include(inout STATE n, uint i) {
	REAL v = x[i + tandem_lo + x_at];
	rescale(n, clamp(exponent(v), LEAST, -LEAST));
	precise REAL scaled = v * power2(-n.scale);
	precise REAL square = scaled * scaled;
	add(n.squares, square);
}
void join(inout STATE n, STATE other) {
	rescale(n, other.scale);
	rescale(other, n.scale);
	add(n.squares, other.squares.hi);
	n.squares.lo += other.squares.lo;
}
void store(STATE n, uint group) {
	uint at = group * (2u * REAL_WORDS + 1u);
	put(at, n.squares.hi);
	put(at + REAL_WORDS, n.squares.lo);
	tandem_partial[at + 2u * REAL_WORDS] = uint(n.scale);
}
`

// exponentText has the exponent of a number, and powers of two from 2^LEAST to
// 2^-LEAST. What is greater than 2^-LEAST or less than 2^LEAST is scaled by
// those, which suffices for its square: LEAST is above the range's logarithm
// less a digit, and the square of the smallest denormal number by it is normal.
var exponentText = [...]string{
	Float32: `
const int LEAST = -126;
int exponent(float v) { return int(floatBitsToUint(v) >> 23 & 0xffu) - 127; }
float power2(int e) { return uintBitsToFloat(uint(e + 127) << 23); }
`,
	Float64: `
const int LEAST = -1022;
int exponent(double v) { return int(unpackDouble2x32(v).y >> 20 & 0x7ffu) - 1023; }
double power2(int e) { return packDouble2x32(uvec2(0u, uint(e + 1023) << 20)); }
`,
}

// squares32 is 4^scale times a compensated sum of squares, as in nrm2Text.
type squares32 struct {
	hi, lo float32
	scale  int32
}

const leastScale32 = -126

//tandem:device
func scale32(e int32) float32 { return math.Float32frombits(uint32(e+127) << 23) }

//tandem:device
func rescaled(s squares32, scale int32) squares32 {
	if s.scale >= scale {
		return s
	}
	down := scale32(max(s.scale-scale, leastScale32))
	return squares32{s.hi * down * down, s.lo * down * down, scale}
}

//tandem:device
func addScaled(a, b squares32) squares32 {
	a, b = rescaled(a, b.scale), rescaled(b, a.scale)
	t := addTotals(total[float32]{a.hi, a.lo}, total[float32]{b.hi, b.lo})
	return squares32{t.hi, t.lo, a.scale}
}

//tandem:kernel _
//tandem:reduce addScaled
func squared(i int, x []float32) squares32 {
	scale := min(max(int32(math.Float32bits(x[i])>>23&0xff)-127, leastScale32), -leastScale32)
	v := x[i] * scale32(-scale)
	return squares32{v * v, 0, scale}
}

// nrm2Shader is the shader by hand, for float64: the generated one would need a device
// with 64-bit integers for the exponents of numbers. On the host gonum's assembly takes
// 0.55 to 0.72 of the generated loop's time for float32, and the blocks of squares 0.05
// for float64.
func nrm2Shader(t Type) *Shader {
	size := 2*t.Size()/4 + 1
	return reduceShader(compensatedText+exponentText[t]+nrm2Text, size, size)
}

var nrm2Kernels = forFloats(func(t Type) Kernel {
	size := 2*t.Size()/4 + 1
	return Kernel{
		Name:   "nrm2",
		Params: []Param{{"x", t, In}},
		GLSL:   map[Type]*Shader{Float32: squaredKernel.GLSL, Float64: nrm2Shader(Float64)}[t],
		CUDA:   reduceFunction(t, "", size, []string{"x"}, "compensated.cu", "nrm2.cu"),
		Go: byFloat(t,
			// Squares of float32 neither overflow nor vanish in float64.
			func(c *Call) { x := Slice[float32](c, 0); c.Partial = Partial{host.Dsdot(len(x), x, 1, x, 1)} },
			func(c *Call) { c.Partial = squares(Slice[float64](c, 0)) }),
		Reduction: &Reduction{
			Decode: func(_ int, words []uint32) Partial {
				hi, words := float(t, words)
				lo, words := float(t, words)
				return Partial{hi, lo, float64(int32(words[0]))}
			},
			Combine: addSquares,
			Finish: func(value any, _ *int, p Partial) {
				sum := compensated{p[0], p[1]}
				storeFloat(value, math.Ldexp(math.Sqrt(sum.value()), int(p[2])))
			},
		},
	}
})

// addSquares adds two sums of squares, 4^p[2] * (p[0] + p[1]).
func addSquares(a, b Partial) Partial {
	switch {
	case b[0] == 0:
		return a
	case a[0] == 0:
		return b
	}
	scale := max(a[2], b[2])
	for _, p := range []*Partial{&a, &b} {
		if down := 2 * int(p[2]-scale); down != 0 {
			p[0], p[1] = math.Ldexp(p[0], down), math.Ldexp(p[1], down)
		}
	}
	sum := compensated{a[0], a[1]}
	sum.add(b[0])
	sum.lo += b[1]
	return Partial{sum.hi, sum.lo, scale}
}

// Sums of squares between these need no scaling: what vanishes below is less
// than the last place of a block, and 2^64 blocks can be added.
const (
	leastSquares    = 0x1p-900
	greatestSquares = 0x1p+900
)

func squares(x []float64) (p Partial) {
	for lo := 0; lo < len(x); lo += sumBlock {
		block := x[lo:min(lo+sumBlock, len(x))]
		s := host.Ddot(len(block), block, 1, block, 1)
		switch {
		case s >= leastSquares && s <= greatestSquares || math.IsNaN(s):
			p = addSquares(p, Partial{s})
		default:
			p = addSquares(p, scaledSquares(block))
		}
	}
	return p
}

// scaledSquares is the sum of squares of a block of which the greatest is too
// great or too little to be squared.
func scaledSquares(x []float64) Partial {
	var greatest float64
	for _, v := range x {
		greatest = max(greatest, math.Abs(v))
	}
	if greatest == 0 || math.IsInf(greatest, 1) {
		return Partial{greatest}
	}
	_, scale := math.Frexp(greatest)
	var scaled [sumBlock]float64
	for i, v := range x {
		scaled[i] = math.Ldexp(v, -scale)
	}
	return Partial{host.Ddot(len(x), scaled[:], 1, scaled[:], 1), 0, float64(scale)}
}

// Nrm2 is *result = sqrt(x[0]^2 + x[1]^2 + ...), the Euclidean norm. It overflows
// only if the norm is beyond the type's range, and loses nothing to underflow.
// It is NaN if an element is, else infinite if an element is.
//
// The relative error is at most 2u for float32, on all devices, for parts of up
// to 2^28 elements; for float64 it is 3u on devices and 260u on the CPU, where
// gonum adds squares in blocks of 512.
func Nrm2[T Float, X Vector[T]](result *T, x X) Launch {
	return sumOf(nrm2Kernels, result, Of[T](x), 2)
}
