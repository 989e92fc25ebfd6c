// Package half has the two floating-point formats of 16 bits that GPUs multiply
// matrices of: as types that slices and buffers may hold, with conversions. What
// computes with them is [github.com/tandem-go/tandem/kernels.GemmHalf].
//
//	a := half.Round(make([]half.BFloat16, len(x)), x)
//	l := kernels.GemmHalf(blas.NoTrans, blas.NoTrans, 1, kernels.Dense(m, k, k, a), b, 0, c)
//
// Both are float32 with fewer bits, so that every number of theirs is one of float32.
// Numbers of float32 are rounded to the nearest, and of two that are as near to the one
// whose last bit is 0; beyond the largest they become infinite, and NaNs stay NaNs.
package half

import (
	"math"

	"github.com/x448/float16"
)

// Float16 is the bits of a number of IEEE 754's binary16: 10 bits behind the point,
// magnitudes from 2^-14 (with fewer bits 2^-24) to 65504.
type Float16 uint16

// BFloat16 is the bits of a number with float32's range and 7 bits behind the point:
// the upper half of a float32.
type BFloat16 uint16

// Number is either format.
type Number interface{ Float16 | BFloat16 }

// ToFloat16 is x, rounded.
func ToFloat16(x float32) Float16 { return Float16(float16.Fromfloat32(x)) }

// ToBFloat16 is x, rounded.
func ToBFloat16(x float32) BFloat16 {
	bits := math.Float32bits(x)
	if x != x {
		const quiet = 1 << 6 // so that it stays one if its payload was below
		return BFloat16(bits>>16 | quiet)
	}
	// Half of a last place, less a bit where the last place is even.
	return BFloat16((bits + 0x7fff + bits>>16&1) >> 16)
}

// Float32 is the number.
func (h Float16) Float32() float32 { return float16.Float16(h).Float32() }

// Float32 is the number.
func (h BFloat16) Float32() float32 { return math.Float32frombits(uint32(h) << 16) }

// Round rounds the elements of src into dst, as many as the shorter one has, and
// returns dst.
func Round[T Number](dst []T, src []float32) []T {
	n := min(len(dst), len(src))
	switch d := any(dst).(type) {
	case []Float16:
		for i, x := range src[:n] {
			d[i] = ToFloat16(x)
		}
	case []BFloat16:
		for i, x := range src[:n] {
			d[i] = ToBFloat16(x)
		}
	}
	return dst
}

// Widen puts the elements of src into dst as they are, as many as the shorter one
// has, and returns dst.
func Widen[T Number](dst []float32, src []T) []float32 {
	n := min(len(dst), len(src))
	switch s := any(src).(type) {
	case []Float16:
		for i, h := range s[:n] {
			dst[i] = h.Float32()
		}
	case []BFloat16:
		for i, h := range s[:n] {
			dst[i] = h.Float32()
		}
	}
	return dst
}
