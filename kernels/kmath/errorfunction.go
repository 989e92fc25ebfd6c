package kmath

import "math"

// The complementary error function by four pairs of polynomials, with the
// coefficients of FreeBSD's msun, s_erf.c (Sun Microsystems, 1993), which Go's
// math has too: in x^2 up to 0.84375, in |x|-1 up to 1.25, in 1/x^2 beyond.

const (
	nearest = 0.84375
	// erx is erf(1) as far as a float32 holds it.
	erx = 8.45062911510467529297e-01
)

// Erfc is 1 - erf(x), with an error of at most 6 units in the last place.
//
//tandem:device
func Erfc(x float32) float32 {
	if x != x {
		return x
	}
	if Abs(x) < nearest {
		return erfcNear(x, erfSmall(x))
	}
	return mirrored(x, erfcTail(Abs(x)))
}

// Erfc64 is 1 - erf(x), with an error of at most 8 units in the last place.
//
//tandem:device
func Erfc64(x float64) float64 {
	if x != x {
		return x
	}
	if math.Abs(x) < nearest {
		return erfcNear(x, erfSmall(x))
	}
	return mirrored(x, erfcTail64(math.Abs(x)))
}

// ErfcBoth is [Erfc] of x and of -x, which takes hardly longer than one of them.
//
//tandem:device
func ErfcBoth(x float32) (float32, float32) {
	if x != x {
		return x, x
	}
	if Abs(x) < nearest {
		small := erfSmall(x)
		return erfcNear(x, small), erfcNear(-x, -small)
	}
	y := erfcTail(Abs(x))
	return mirrored(x, y), mirrored(-x, y)
}

// ErfcBoth64 is [Erfc64] of x and of -x.
//
//tandem:device
func ErfcBoth64(x float64) (float64, float64) {
	if x != x {
		return x, x
	}
	if math.Abs(x) < nearest {
		small := erfSmall(x)
		return erfcNear(x, small), erfcNear(-x, -small)
	}
	y := erfcTail64(math.Abs(x))
	return mirrored(x, y), mirrored(-x, y)
}

// mirrored is erfc(x), of which y is erfc(|x|).
//
//tandem:device
func mirrored[T float32 | float64](x, y T) T {
	if x < 0 {
		return 2 - y
	}
	return y
}

// erfcTail is erfc(a) for a from nearest on.
//
//tandem:device
func erfcTail(a float32) float32 {
	if a < 1.25 {
		return erfcOne(a)
	}
	if !(a < 11) { // beyond, the result is 0
		return 0
	}
	// a^2 = h^2 + (a-h)(a+h), where h has so few bits that its square is exact.
	h := math.Float32frombits(math.Float32bits(a) & 0xffffe000)
	return Exp(-float32(h*h)-0.5625) * Exp(float32((h-a)*(h+a))+erfcFar(a)) / a
}

//tandem:device
func erfcTail64(a float64) float64 {
	if a < 1.25 {
		return erfcOne(a)
	}
	if !(a < 28) {
		return 0
	}
	h := math.Float64frombits(math.Float64bits(a) & 0xffffffff00000000)
	return Exp64(-float64(h*h)-0.5625) * Exp64(float64((h-a)*(h+a))+erfcFar(a)) / a
}

// erfSmall is erf(x) - x, for |x| below nearest.
//
//tandem:device
func erfSmall[T float32 | float64](x T) T {
	z := x * x
	return x * (erfNear(z) / erfNearOver(z))
}

// erfcNear is 1 - x - small, where the first difference is exact.
//
//tandem:device
func erfcNear[T float32 | float64](x, small T) T {
	if x < 0.25 {
		return 1 - (x + small)
	}
	return 0.5 - (x - 0.5 + small)
}

// erfcOne is erfc(a) near 1.
//
//tandem:device
func erfcOne[T float32 | float64](a T) T {
	s := a - 1
	return (1 - erx) - erfOne(s)/erfOneOver(s)
}

// erfcFar is ln(a erfc(a)) + a^2 + 0.5625, for a from 1.25 on.
//
//tandem:device
func erfcFar[T float32 | float64](a T) T {
	s := 1 / T(a*a)
	if a < 1/0.35 {
		return erfMid(s) / erfMidOver(s)
	}
	return erfFar(s) / erfFarOver(s)
}

//tandem:device
func erfNear[T float32 | float64](x T) T {
	p := T(-2.37630166566501626084e-05)
	p = T(p*x) - 5.77027029648944159157e-03
	p = T(p*x) - 2.84817495755985104766e-02
	p = T(p*x) - 3.25042107247001499370e-01
	p = T(p*x) + 1.28379167095512558561e-01
	return p
}

//tandem:device
func erfNearOver[T float32 | float64](x T) T {
	p := T(-3.96022827877536812320e-06)
	p = T(p*x) + 1.32494738004321644526e-04
	p = T(p*x) + 5.08130628187576562776e-03
	p = T(p*x) + 6.50222499887672944485e-02
	p = T(p*x) + 3.97917223959155352819e-01
	p = T(p*x) + 1
	return p
}

//tandem:device
func erfOne[T float32 | float64](x T) T {
	p := T(-2.16637559486879084300e-03)
	p = T(p*x) + 3.54783043256182359371e-02
	p = T(p*x) - 1.10894694282396677476e-01
	p = T(p*x) + 3.18346619901161753674e-01
	p = T(p*x) - 3.72207876035701323847e-01
	p = T(p*x) + 4.14856118683748331666e-01
	p = T(p*x) - 2.36211856075265944077e-03
	return p
}

//tandem:device
func erfOneOver[T float32 | float64](x T) T {
	p := T(1.19844998467991074170e-02)
	p = T(p*x) + 1.36370839120290507362e-02
	p = T(p*x) + 1.26171219808761642112e-01
	p = T(p*x) + 7.18286544141962662868e-02
	p = T(p*x) + 5.40397917702171048937e-01
	p = T(p*x) + 1.06420880400844228286e-01
	p = T(p*x) + 1
	return p
}

//tandem:device
func erfMid[T float32 | float64](x T) T {
	p := T(-9.81432934416914548592e+00)
	p = T(p*x) - 8.12874355063065934246e+01
	p = T(p*x) - 1.84605092906711035994e+02
	p = T(p*x) - 1.62396669462573470355e+02
	p = T(p*x) - 6.23753324503260060396e+01
	p = T(p*x) - 1.05586262253232909814e+01
	p = T(p*x) - 6.93858572707181764372e-01
	p = T(p*x) - 9.86494403484714822705e-03
	return p
}

//tandem:device
func erfMidOver[T float32 | float64](x T) T {
	p := T(-6.04244152148580987438e-02)
	p = T(p*x) + 6.57024977031928170135e+00
	p = T(p*x) + 1.08635005541779435134e+02
	p = T(p*x) + 4.29008140027567833386e+02
	p = T(p*x) + 6.45387271733267880336e+02
	p = T(p*x) + 4.34565877475229228821e+02
	p = T(p*x) + 1.37657754143519042600e+02
	p = T(p*x) + 1.96512716674392571292e+01
	p = T(p*x) + 1
	return p
}

//tandem:device
func erfFar[T float32 | float64](x T) T {
	p := T(-4.83519191608651397019e+02)
	p = T(p*x) - 1.02509513161107724954e+03
	p = T(p*x) - 6.37566443368389627722e+02
	p = T(p*x) - 1.60636384855821916062e+02
	p = T(p*x) - 1.77579549177547519889e+01
	p = T(p*x) - 7.99283237680523006574e-01
	p = T(p*x) - 9.86494292470009928597e-03
	return p
}

//tandem:device
func erfFarOver[T float32 | float64](x T) T {
	p := T(-2.24409524465858183362e+01)
	p = T(p*x) + 4.74528541206955367215e+02
	p = T(p*x) + 2.55305040643316442583e+03
	p = T(p*x) + 3.19985821950859553908e+03
	p = T(p*x) + 1.53672958608443695994e+03
	p = T(p*x) + 3.25792512996573918826e+02
	p = T(p*x) + 3.03380607434824582924e+01
	p = T(p*x) + 1
	return p
}
