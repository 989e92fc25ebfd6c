// Package finance prices options in closed form, on every device.
//
// Its functions make launches, for slices and resident buffers alike:
//
//	err := s.Launch(ctx, finance.BlackScholes(0.03, 0, spot, strike, years, volatility, calls, puts))
//
// Functions without a number in their name are for float32, those with 64 for
// float64. They are written in the language of kernels, with the functions of
// package kmath: results are the same on every device, bit by bit. Prices by
// simulation are in package montecarlo.
package finance
