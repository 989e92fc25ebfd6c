package kmath

import "math"

// Sqrt is the square root of x, correctly rounded; that of a negative number is
// NaN. CUDA and llvmpipe round it so; the OpenGL specification lets others be some
// units in the last place off.
func Sqrt(x float32) float32 { return float32(math.Sqrt(float64(x))) }

// Abs is |x|.
func Abs(x float32) float32 { return math.Float32frombits(math.Float32bits(x) &^ (1 << 31)) }

// Floor is the greatest whole number that is not above x.
func Floor(x float32) float32 { return float32(math.Floor(float64(x))) }

// Ceil is the least whole number that is not below x.
func Ceil(x float32) float32 { return float32(math.Ceil(float64(x))) }

// Trunc is x without its fraction.
func Trunc(x float32) float32 { return float32(math.Trunc(float64(x))) }

// RoundToEven is the whole number next to x; between two it is the even one.
func RoundToEven(x float32) float32 { return float32(math.RoundToEven(float64(x))) }

// Copysign is the magnitude of x with the sign of y.
func Copysign(x, y float32) float32 {
	return math.Float32frombits(math.Float32bits(x)&^(1<<31) | math.Float32bits(y)&(1<<31))
}

// IsNaN reports whether x is not a number.
func IsNaN(x float32) bool { return x != x }
