package kmath

import "math"

// pi/2 in three parts, the first two with 22 bits: their products with numbers of
// 31 bits are exact in float64.
const (
	halfPi1 = 0x3243f6p-21
	halfPi2 = 0x2a2216p-44
	halfPi3 = math.Pi/2 - halfPi1 - halfPi2
	twoOver = 2 / math.Pi

	largestAngle = 1 << 31
)

// quarter takes a multiple k of pi/2 from x so that at most pi/4 is left, and returns
// that and k modulo 4.
//
//tandem:device
func quarter(x float32) (float32, uint32) {
	v := float64(x)
	k := math.RoundToEven(v * twoOver)
	r := ((v - float64(k*halfPi1)) - float64(k*halfPi2)) - float64(k*halfPi3)
	return float32(r), uint32(int32(k)) & 3
}

//tandem:device
func sinSeries(r float32) float32 {
	z := r * r
	p := float32(z*-1.9515295891e-4) + 8.3321608736e-3
	p = float32(p*z) - 1.6666654611e-1
	return r + float32(float32(p*z)*r)
}

//tandem:device
func cosSeries(r float32) float32 {
	z := r * r
	p := float32(z*2.443315711809948e-5) - 1.388731625493765e-3
	p = float32(p*z) + 4.166664568298827e-2
	return 1 - (float32(0.5*z) - float32(float32(p*z)*z))
}

// Sin is the sine of x radians, with an error of at most 2 units in the last place
// for |x| < 2^31; beyond, where neighbouring numbers are many periods apart, it is
// NaN. It computes with float64 in between.
//
//tandem:device
func Sin(x float32) float32 {
	if !(Abs(x) < largestAngle) {
		return math.Float32frombits(nan)
	}
	if x == 0 {
		return x
	}
	r, k := quarter(x)
	y := sinSeries(r)
	if k&1 != 0 {
		y = cosSeries(r)
	}
	if k > 1 {
		return -y
	}
	return y
}

// Cos is the cosine of x radians, as [Sin].
//
//tandem:device
func Cos(x float32) float32 {
	if !(Abs(x) < largestAngle) {
		return math.Float32frombits(nan)
	}
	r, k := quarter(x)
	y := cosSeries(r)
	if k&1 != 0 {
		y = sinSeries(r)
	}
	if k == 1 || k == 2 {
		return -y
	}
	return y
}
