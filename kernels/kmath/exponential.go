package kmath

import "math"

// The reduction of arguments and the summation of what remains follow Cody and
// Waite, Software Manual for the Elementary Functions (1980), chapters 5, 6 and 13.
// Products that are added to are converted to their own type: the language leaves
// it to the compiler to round them otherwise.

const (
	infinity = 0x7f800000 // bits of a float32
	nan      = 0x7fc00000

	infinity64 = 0x7ff << 52
	nan64      = 0x7ff8 << 48

	// ln 2 in two parts: products of the first with exponents are exact.
	ln2Hi   = 6.93145751953125e-1
	ln2Lo   = 1.42860682030941723212e-6
	ln2Hi64 = 6.93147180369123816490e-01
	ln2Lo64 = 1.90821492927058770002e-10
	invLn2  = 1.44269504088896338700
)

//tandem:device
func power2(n int32) float32 { return math.Float32frombits(uint32(n+127) << 23) }

//tandem:device
func power264(n int32) float64 { return math.Float64frombits(uint64(n+1023) << 52) }

// Exp is e^x, with an error of at most 2 units in the last place.
//
//tandem:device
func Exp(x float32) float32 {
	if x != x {
		return x
	}
	if x < -105 { // below, the results are 0 anyway
		x = -105
	}
	if x > 90 { // above, they are infinite
		x = 90
	}
	// The nearest whole number: what is converted is positive, so that its fraction is
	// cut off downwards. Its rounding may move r by 2^-16 beyond ln(2)/2.
	n := int32(float32(x*invLn2)+160.5) - 160
	k := float32(n)
	// r is hi-lo, but for what is lost by its rounding.
	hi, lo := x-float32(k*ln2Hi), k*ln2Lo
	r := hi - lo
	lost := (hi - r) - lo
	p := float32(1.9875691500e-4)
	p = float32(p*r) + 1.3981999507e-3
	p = float32(p*r) + 8.3334519073e-3
	p = float32(p*r) + 4.1665795894e-2
	p = float32(p*r) + 1.6666665459e-1
	p = float32(p*r) + 5.0000001201e-1
	y := 1 + (r + (float32(float32(p*r)*r) + lost))
	// In two steps, so that neither factor leaves the range of normal numbers.
	half := n >> 1
	return y * power2(half) * power2(n-half)
}

// Exp64 is e^x, with an error of at most 3 units in the last place.
//
//tandem:device
func Exp64(x float64) float64 {
	if x != x {
		return x
	}
	if x < -746 {
		x = -746
	}
	if x > 710 {
		x = 710
	}
	n := int32(float64(x*invLn2)+1100.5) - 1100
	k := float64(n)
	hi, lo := x-float64(k*ln2Hi64), k*ln2Lo64
	r := hi - lo
	lost := (hi - r) - lo
	// (e^r - 1 - r) / r by way of the odd function r (e^r + 1) / (e^r - 1).
	t := r * r
	q := float64(t*4.13813679705723846039e-08) - 1.65339022054652515390e-06
	q = float64(t*q) + 6.61375632143793436117e-05
	q = float64(t*q) - 2.77777777770155933842e-03
	q = float64(t*q) + 1.66666666666666019037e-01
	c := r - float64(t*q)
	y := 1 + (r + (float64(r*c)/(2-c) + lost))
	half := n >> 1
	return y * power264(half) * power264(n-half)
}

// Log is the natural logarithm of x, with an error of at most 2 units in the last
// place. That of 0 is -Inf, that of a negative number NaN.
//
//tandem:device
func Log(x float32) float32 {
	if x != x || x == math.Float32frombits(infinity) {
		return x
	}
	if x < 0 {
		return math.Float32frombits(nan)
	}
	if x == 0 {
		return -math.Float32frombits(infinity)
	}
	k := int32(0)
	if x < 0x1p-126 {
		x *= 0x1p60
		k = -60
	}
	// x becomes a number from sqrt(1/2) to sqrt(2).
	w := math.Float32bits(x) + (0x3f800000 - 0x3f3504f3)
	k += int32(w>>23) - 127
	f := math.Float32frombits(w&0x007fffff+0x3f3504f3) - 1
	// ln(1+f) = f - f^2/2 + s (f^2/2 + series) with s = f/(2+f).
	s := f / (2 + f)
	z := s * s
	zz := z * z
	series := float32(z*(0.66666662693+float32(zz*0.28498786688))) + float32(zz*(0.40000972152+float32(zz*0.24279078841)))
	half := 0.5 * f * f
	e := float32(k)
	small := float32(s*(half+series)) + float32(e*ln2Lo)
	return float32(e*ln2Hi) + (f - (half - small))
}

// Log64 is the natural logarithm of x, with an error of at most 2 units in the last
// place and the special cases of [Log].
//
//tandem:device
func Log64(x float64) float64 {
	if x != x || x == math.Float64frombits(infinity64) {
		return x
	}
	if x < 0 {
		return math.Float64frombits(nan64)
	}
	if x == 0 {
		return -math.Float64frombits(infinity64)
	}
	k := int32(0)
	if x < 0x1p-1022 {
		x *= 0x1p60
		k = -60
	}
	w := math.Float64bits(x) + (0x3ff00000-0x3fe6a09e)<<32
	k += int32(w>>52) - 1023
	f := math.Float64frombits(w&(1<<52-1)+0x3fe6a09e<<32) - 1
	s := f / (2 + f)
	z := s * s
	zz := z * z
	even := float64(zz*1.531383769920937332e-01) + 2.222219843214978396e-01
	even = zz * (float64(zz*even) + 3.999999999940941908e-01)
	odd := float64(zz*1.479819860511658591e-01) + 1.818357216161805012e-01
	odd = float64(zz*odd) + 2.857142874366239149e-01
	odd = z * (float64(zz*odd) + 6.666666666666735130e-01)
	half := 0.5 * f * f
	e := float64(k)
	small := float64(s*(half+(even+odd))) + float64(e*ln2Lo64)
	return float64(e*ln2Hi64) + (f - (half - small))
}

// Tanh is the hyperbolic tangent of x, with an error of at most 3 units in the last
// place.
//
//tandem:device
func Tanh(x float32) float32 {
	a := Abs(x)
	if x != x || a == 0 {
		return x
	}
	t := float32(1)
	if a < 0.625 {
		s := a * a
		p := float32(-5.70498872745e-3)
		p = float32(p*s) + 2.06390887954e-2
		p = float32(p*s) - 5.37397155531e-2
		p = float32(p*s) + 1.33314422036e-1
		p = float32(p*s) - 3.33332819422e-1
		t = a + float32(a*float32(p*s))
	} else if a < 22 {
		t = 1 - 2/(Exp(a+a)+1)
	}
	return Copysign(t, x)
}
