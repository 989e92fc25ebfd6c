package finance

import (
	"math"

	"github.com/tandem-go/tandem/kernels"
	"github.com/tandem-go/tandem/kernels/kmath"
)

//go:generate go run github.com/tandem-go/tandem/cmd/tandemgen

// blackScholes is the price of European options on a share that pays a steady
// dividend, after Black and Scholes, The pricing of options and corporate
// liabilities (1973), and Merton, Theory of rational option pricing (1973):
//
//	call = spot e^(-yield years) N(d1) - strike e^(-rate years) N(d2)
//	put  = strike e^(-rate years) N(-d2) - spot e^(-yield years) N(-d1)
//	d1   = (ln(spot/strike) + (rate - yield) years) / v + v/2, d2 = d1 - v
//	v    = volatility sqrt(years)
//
// where N is the normal distribution. Rates and volatility are those of a year, as
// fractions: 0.05 is 5 %. All arrays have an element for each option; calls and
// puts are written. An option without time or volatility has the value that it would have
// if it were exercised. A negative spot, strike, time or volatility gives NaN.
//
// The error of a price is at most 16 e (1 + 1/v) times spot plus strike, each
// discounted, where e is 2^-24; it is the same on every device.
//
//tandem:kernel
func blackScholes(i int, rate, yield float32, spot, strike, years, volatility, calls, puts []float32) {
	t := years[i]
	s := spot[i] * kmath.Exp(-yield*t)
	k := strike[i] * kmath.Exp(-rate*t)
	v := volatility[i] * kmath.Sqrt(t)
	d1, d2 := places(spot[i], strike[i], v, kmath.Log(spot[i]/strike[i])+(rate-yield)*t, s-k)
	above1, below1 := kmath.ErfcBoth(d1 * sqrtHalf)
	above2, below2 := kmath.ErfcBoth(d2 * sqrtHalf)
	calls[i] = s*(0.5*below1) - k*(0.5*below2)
	puts[i] = k*(0.5*above2) - s*(0.5*above1)
}

// blackScholes64 is blackScholes for float64, with e = 2^-53.
//
//tandem:kernel
func blackScholes64(i int, rate, yield float64, spot, strike, years, volatility, calls, puts []float64) {
	t := years[i]
	s := spot[i] * kmath.Exp64(-yield*t)
	k := strike[i] * kmath.Exp64(-rate*t)
	v := volatility[i] * math.Sqrt(t)
	d1, d2 := places(spot[i], strike[i], v, kmath.Log64(spot[i]/strike[i])+(rate-yield)*t, s-k)
	above1, below1 := kmath.ErfcBoth64(d1 * sqrtHalf)
	above2, below2 := kmath.ErfcBoth64(d2 * sqrtHalf)
	calls[i] = s*(0.5*below1) - k*(0.5*below2)
	puts[i] = k*(0.5*above2) - s*(0.5*above1)
}

// sqrtHalf turns a place of the normal distribution into one of the error function: what
// is below x is erfc(-x sqrtHalf)/2, and erfc(x sqrtHalf)/2 above.
const sqrtHalf = 0.70710678118654752440

// places are d1 and d2, of the drift ln(spot/strike) + (rate - yield) years, and of what
// a call would gain if its price were certain.
//
//tandem:device
func places[T kernels.Float](spot, strike, v, drift, gain T) (T, T) {
	d1 := drift/v + 0.5*v
	d2 := d1 - v
	if v == 0 || spot == 0 || strike == 0 {
		d1 = certain(gain)
		d2 = d1
	}
	if v < 0 || spot < 0 {
		d1 = T(math.Sqrt(float64(min(v, spot)))) // NaN
	}
	return d1, d2
}

// certain is a place of the normal distribution where all or nothing of it is
// below, by the sign of gain.
//
//tandem:device
func certain[T kernels.Float](gain T) T {
	if gain > 0 {
		return 100
	} else if gain <= 0 {
		return -100
	}
	return gain
}
