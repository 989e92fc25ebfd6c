package kernels

import (
	"fmt"
	"math"
)

// extremumText finds the element of the highest rank and its index. Ranks are
// the bits of a number, made to order as unsigned integers: a total order, with
// NaN above all, that also holds where a device takes denormal numbers for 0 or
// knows no NaN. Of equal ranks, the lowest index wins.
const extremumText = `
struct Best { RANK rank; uint index; };
#define STATE Best
STATE nothing() { return Best(RANK(0u), 0xffffffffu); }
void join(inout STATE best, STATE other) {
	if (above(other.rank, best.rank) || other.rank == best.rank && other.index < best.index) best = other;
}
void include(inout STATE best, uint i) { join(best, Best(rank(x[i + tandem_lo + x_at]), i)); }
void store(STATE best, uint group) {
	uint at = group * (RANK_WORDS + 1u);
	put(at, best.rank);
	tandem_partial[at + RANK_WORDS] = best.index;
}
`

// rankText has the rank of a number; LEAST reverses the order, MAGNITUDE leaves out
// signs. A rank of float64 is two words, the low one first.
var rankText = [...]string{
	Float32: `
#define RANK uint
#define RANK_WORDS 1u
bool above(RANK a, RANK b) { return a > b; }
RANK rank(float v) {
	uint b = floatBitsToUint(v);
	if (MAGNITUDE) b &= 0x7fffffffu;
	if ((b & 0x7fffffffu) > 0x7f800000u) return 0xffffffffu;
	b = b >> 31 != 0u ? ~b : b | 0x80000000u;
	return LEAST ? ~b : b;
}
void put(uint at, RANK r) { tandem_partial[at] = r; }
`,
	Float64: `
#define RANK uvec2
#define RANK_WORDS 2u
bool above(RANK a, RANK b) { return a.y > b.y || a.y == b.y && a.x > b.x; }
RANK rank(double v) {
	uvec2 b = unpackDouble2x32(v);
	uint high = b.y & 0x7fffffffu;
	if (MAGNITUDE) b.y = high;
	if (high > 0x7ff00000u || high == 0x7ff00000u && b.x != 0u) return uvec2(0xffffffffu);
	b = b.y >> 31 != 0u ? ~b : uvec2(b.x, b.y | 0x80000000u);
	return LEAST ? ~b : b;
}
void put(uint at, RANK r) {
	tandem_partial[at] = r.x;
	tandem_partial[at + 1u] = r.y;
}
`,
}

// unrank is the number of a rank, and the words behind it.
func unrank(t Type, least bool, words []uint32) (float64, []uint32) {
	size := t.Size() / 4
	bits := make([]uint32, size)
	nan := true
	for i, w := range words[:size] {
		nan = nan && w == math.MaxUint32
		if least {
			w = ^w
		}
		bits[i] = w
	}
	if nan {
		return math.NaN(), words[size:]
	}
	if top := &bits[size-1]; *top>>31 != 0 {
		*top &^= 1 << 31
	} else {
		for i := range bits {
			bits[i] = ^bits[i]
		}
	}
	v, _ := float(t, bits)
	return v, words[size:]
}

// In the language, the shaders take 0.90 to 0.97 of these ones' time, and 1.01 for a million
// float64; on the host these loops take 0.21 to 0.26 of the generated ones'
// (BenchmarkGenerated). The shaders are by hand because places are those in a part,
// which 32 bits hold also where an array has more elements, and because an order of
// float64 would need a device with 64-bit integers.
var (
	maximumKernels = extremumKernels("maximum", false, false, extremumCall[float32](false), extremumCall[float64](false))
	minimumKernels = extremumKernels("minimum", true, false, extremumCall[float32](true), extremumCall[float64](true))
)

// The Partial of an extremum is the number, its index, and 1 if there is one.
func extremumKernels(name string, least, magnitude bool, single, double func(*Call)) pair {
	return forFloats(func(t Type) Kernel {
		size := t.Size()/4 + 1
		order := fmt.Sprintf("#define LEAST %t\n#define MAGNITUDE %t\n", least, magnitude)
		return Kernel{
			Name:   name,
			Params: []Param{{"x", t, In}},
			GLSL:   reduceShader(order+rankText[t]+extremumText, size, size),
			CUDA:   reduceFunction(t, order, size, []string{"x"}, "extremum.cu"),
			Go:     byFloat(t, single, double),
			Reduction: &Reduction{
				Decode: func(lo int, words []uint32) Partial {
					v, words := unrank(t, least, words)
					return Partial{v, float64(lo + int(words[0])), 1}
				},
				Combine: func(a, b Partial) Partial {
					// The work-groups of a shader take turns along the array:
					// b may have the lower index.
					switch {
					case b[2] == 0 || a[2] != 0 && outranks(a[0], b[0], least):
						return a
					case a[2] == 0 || outranks(b[0], a[0], least) || b[1] < a[1]:
						return b
					}
					return a
				},
				Finish: func(value any, index *int, p Partial) {
					storeFloat(value, p[0])
					if index != nil {
						*index = int(p[1])
					}
				},
			},
		}
	})
}

// outranks reports whether a is the extremum of a and b wherever they stand.
func outranks(a, b float64, least bool) bool {
	switch {
	case math.IsNaN(b):
		return false
	case math.IsNaN(a):
		return true
	case a == b:
		return a == 0 && math.Signbit(a) != math.Signbit(b) && math.Signbit(a) == least
	}
	return (a < b) == least
}

func extremumCall[T Float](least bool) func(*Call) {
	find := greatest[T]
	if least {
		find = lowest[T]
	}
	return func(c *Call) {
		x := Slice[T](c, 0)
		at := find(x)
		if x[at] == 0 {
			at = firstZero(x, at, least)
		}
		c.Partial = Partial{float64(x[at]), float64(c.Lo + at), 1}
	}
}

// greatest is the place of the first NaN or of the first number that is not
// less than any other. It compares four numbers before it looks closer, which
// it has to do a few times only unless x ascends.
func greatest[T Float](x []T) int {
	best, at, i := x[0], 0, 0
	for ; i+4 <= len(x); i += 4 {
		if q := x[i:][:4]; q[0] <= best && q[1] <= best && q[2] <= best && q[3] <= best {
			continue
		}
		for j, v := range x[i:][:4] {
			if !(v <= best) { // it is greater, or one of them is NaN
				best, at = v, i+j
			}
			if best != best {
				return at
			}
		}
	}
	for ; i < len(x); i++ {
		if best == best && !(x[i] <= best) {
			best, at = x[i], i
		}
	}
	return at
}

// lowest is greatest in the other direction.
func lowest[T Float](x []T) int {
	best, at, i := x[0], 0, 0
	for ; i+4 <= len(x); i += 4 {
		if q := x[i:][:4]; q[0] >= best && q[1] >= best && q[2] >= best && q[3] >= best {
			continue
		}
		for j, v := range x[i:][:4] {
			if !(v >= best) { // it is less, or one of them is NaN
				best, at = v, i+j
			}
			if best != best {
				return at
			}
		}
	}
	for ; i < len(x); i++ {
		if best == best && !(x[i] >= best) {
			best, at = x[i], i
		}
	}
	return at
}

// firstZero is the place of the first zero that is negative, or that is not,
// given the first one of either kind; this one if there is no other.
func firstZero[T Float](x []T, first int, negative bool) int {
	for i, v := range x[first:] {
		if v == 0 && math.Signbit(float64(v)) == negative {
			return first + i
		}
	}
	return first
}

// Maximum is *result = the greatest element of x, as Go's built-in max has it: 0
// is above -0, and a NaN is above all. Unless index is nil, *index becomes the
// place of the first element that is as great: where there are NaNs, of the
// first NaN. x must have an element. The results are the same on all devices, but
// for the bits of a NaN.
func Maximum[T Float, X Vector[T]](result *T, index *int, x X) Launch {
	return extremum(maximumKernels, result, index, Of[T](x))
}

// Minimum is *result = the least element of x, as Go's built-in min has it: -0 is
// below 0, and a NaN is below all. For index and the rest see [Maximum].
func Minimum[T Float, X Vector[T]](result *T, index *int, x X) Launch {
	return extremum(minimumKernels, result, index, Of[T](x))
}

func extremum[T Float](k pair, result *T, index *int, x Operand) Launch {
	l := sumOf(k, result, x, 1)
	if x.n == 0 {
		l.Fail("x", fmt.Errorf("%w: no elements, want at least one", ErrShape))
	}
	l.SetResult(result, index)
	return l
}
