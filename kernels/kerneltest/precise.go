package kerneltest

import (
	"math"
	"math/big"

	"github.com/tandem-go/tandem/kernels"
)

// digits is the precision, in bits, of references: twice that of float64, and
// some for what the functions below lose.
const digits = 160

func wideFloat(v float64) *big.Float { return new(big.Float).SetPrec(digits).SetFloat64(v) }

// expOf is e^x: the Taylor series of x/2^10, squared ten times. Where every
// format overflows or vanishes, it is a number that does.
func expOf(x *big.Float) *big.Float {
	if x.Cmp(wideFloat(800)) > 0 {
		return new(big.Float).SetMantExp(wideFloat(1), 2000)
	}
	if x.Cmp(wideFloat(-800)) < 0 {
		return new(big.Float).SetMantExp(wideFloat(1), -2000)
	}
	r := new(big.Float).SetPrec(digits).SetMantExp(x, -10)
	sum, term := wideFloat(1), wideFloat(1)
	for n := 1.0; n < 30; n++ {
		term.Mul(term, r).Quo(term, wideFloat(n))
		sum.Add(sum, term)
	}
	for range 10 {
		sum.Mul(sum, sum)
	}
	return sum
}

// logOf is ln x for finite x > 0: one step of Newton's method, with the second
// term of the series, from the logarithm in float64.
func logOf(x float64) *big.Float {
	mantissa, exponent := math.Frexp(x)
	near := math.Log(mantissa) + float64(exponent)*math.Ln2
	if exponent == 0 || exponent == 1 {
		near = math.Log(x) // nothing cancels
	}
	// x e^-near = 1 + d, and ln (1+d) is d - d^2/2 but for d^3/3, below 1e-38.
	d := new(big.Float).SetPrec(digits).Mul(wideFloat(x), expOf(wideFloat(-near)))
	d.Sub(d, wideFloat(1))
	square := new(big.Float).SetPrec(digits).Mul(d, d)
	d.Sub(d, square.Mul(square, wideFloat(0.5)))
	return d.Add(d, wideFloat(near))
}

// tanhOf is the hyperbolic tangent of a finite x.
func tanhOf(x float64) *big.Float {
	switch a := math.Abs(x); {
	case a < 1e-9: // x - x^3/3 but for the fourth power of x
		cube := new(big.Float).SetPrec(digits).Mul(wideFloat(x), wideFloat(x))
		cube.Mul(cube, wideFloat(x)).Quo(cube, wideFloat(3))
		return cube.Sub(wideFloat(x), cube)
	case a > 300:
		return wideFloat(math.Copysign(1, x))
	}
	e := expOf(wideFloat(2 * x))
	return new(big.Float).SetPrec(digits).Quo(
		new(big.Float).SetPrec(digits).Sub(e, wideFloat(1)),
		new(big.Float).SetPrec(digits).Add(e, wideFloat(1)))
}

// ulps is the distance of got from a finite reference, in units in the last
// place that numbers of the reference's magnitude have. An infinity stands for
// the first number beyond the range, and is right for what is greater still.
func ulps[T kernels.Float](got T, want *big.Float) float64 {
	f := formatOf[T]()
	exponent := max(want.MantExp(nil)-f.mantissa, f.least)
	if want.Sign() == 0 {
		exponent = f.least
	}
	value := new(big.Float).SetPrec(digits)
	if math.IsInf(float64(got), 0) {
		sign := int(math.Copysign(1, float64(got)))
		value.SetMantExp(wideFloat(float64(sign)), f.top+1)
		if want.Cmp(value)*sign >= 0 {
			return 0
		}
	} else {
		value.SetFloat64(float64(got))
	}
	value.Sub(value, want)
	d, _ := value.SetMantExp(value, -exponent).Float64()
	return math.Abs(d)
}
