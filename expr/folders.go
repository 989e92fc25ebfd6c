package expr

import (
	"math"
	"unsafe"
)

func elements[T any](p unsafe.Pointer, n int) []T { return unsafe.Slice((*T)(p), n) }

var sumFolders = [kinds]folder{
	float32s: func(a *accumulator, x unsafe.Pointer, n, _ int) { a.sum.add(sum32(x, n)) },
	float64s: func(a *accumulator, x unsafe.Pointer, n, _ int) { a.sum.add(sum64(x, n)) },
	int32s:   sumWhole[uint32], uint32s: sumWhole[uint32],
	int64s: sumWhole[uint64], uint64s: sumWhole[uint64],
}

var squareFolders = [kinds]folder{
	// Squares of float32 neither overflow nor vanish in float64.
	float32s: func(a *accumulator, x unsafe.Pointer, n, _ int) { a.sum.add(squares32(x, n)) },
	float64s: func(a *accumulator, x unsafe.Pointer, n, _ int) {
		a.addSquares(elements[float64](x, n), squares64(x, n))
	},
}

var countFolders = [kinds]folder{mask32: countTrue[uint32], mask64: countTrue[uint64]}

var (
	minFolders = extremes(true)
	maxFolders = extremes(false)
)

func extremes(least bool) [kinds]folder {
	return [kinds]folder{
		float32s: extreme[float32](float32s, least), float64s: extreme[float64](float64s, least),
		int32s: extreme[int32](int32s, least), uint32s: extreme[uint32](uint32s, least),
		int64s: extreme[int64](int64s, least), uint64s: extreme[uint64](uint64s, least),
	}
}

// The sums of n numbers, and of their squares, in float64.
var (
	sum32     = func(x unsafe.Pointer, n int) float64 { return wideSum(elements[float32](x, n)) }
	sum64     = func(x unsafe.Pointer, n int) float64 { return wideSum(elements[float64](x, n)) }
	squares32 = func(x unsafe.Pointer, n int) float64 { return wideSquares(elements[float32](x, n)) }
	squares64 = func(x unsafe.Pointer, n int) float64 { return wideSquares(elements[float64](x, n)) }
)

// sumWhole adds modulo 2^64; the result's own bits are the lower ones.
func sumWhole[T uint32 | uint64](a *accumulator, p unsafe.Pointer, n, _ int) {
	var s uint64
	for _, v := range elements[T](p, n) {
		s += uint64(v)
	}
	a.whole += s
}

func countTrue[T uint32 | uint64](a *accumulator, p unsafe.Pointer, n, _ int) {
	var s T
	for _, v := range elements[T](p, n) {
		s -= v // all ones are -1; a block has fewer than 2^32
	}
	a.whole += uint64(s)
}

// wideSum adds in float64, in four sums that a processor works on at a time.
func wideSum[T Float](x []T) float64 {
	var a, b, c, d float64
	for ; len(x) >= 4; x = x[4:] {
		a += float64(x[0])
		b += float64(x[1])
		c += float64(x[2])
		d += float64(x[3])
	}
	for _, v := range x {
		a += float64(v)
	}
	return (a + b) + (c + d)
}

// wideSquares is wideSum of the squares. The conversions keep Go from fusing a
// product with a sum.
func wideSquares[T Float](x []T) float64 {
	var a, b, c, d float64
	for ; len(x) >= 4; x = x[4:] {
		a += float64(float64(x[0]) * float64(x[0]))
		b += float64(float64(x[1]) * float64(x[1]))
		c += float64(float64(x[2]) * float64(x[2]))
		d += float64(float64(x[3]) * float64(x[3]))
	}
	for _, v := range x {
		a += float64(float64(v) * float64(v))
	}
	return (a + b) + (c + d)
}

// extreme keeps the highest rank and its first index.
func extreme[T Element](k kind, least bool) folder {
	return func(a *accumulator, p unsafe.Pointer, n, lo int) {
		x := elements[T](p, n)
		at := greatestOf(x)
		if least {
			at = leastOf(x)
		}
		if x[at] == 0 && k.isFloat() {
			at = firstZero(x, at, least)
		}
		if r := rank(k, least, bitsOf(x[at])); !a.any || r > a.whole {
			a.whole, a.index, a.any = r, lo+at, true
		}
	}
}

// greatestOf is the place of the first NaN, or of the first number that is not less
// than any other.
func greatestOf[T Element](x []T) int {
	best, at := x[0], 0
	for i, v := range x {
		if !(v <= best) { // it is greater, or one of them is NaN
			if best != best {
				return at
			}
			best, at = v, i
		}
	}
	return at
}

// leastOf is greatestOf in the other direction.
func leastOf[T Element](x []T) int {
	best, at := x[0], 0
	for i, v := range x {
		if !(v >= best) {
			if best != best {
				return at
			}
			best, at = v, i
		}
	}
	return at
}

// firstZero is the place of the first zero that is negative, or that is not, given
// the first one of either kind; this one if there is no other.
func firstZero[T Element](x []T, first int, negative bool) int {
	for i, v := range x[first:] {
		if v == 0 && math.Signbit(float64(v)) == negative {
			return first + i
		}
	}
	return first
}

// rank makes the bits of a number order as unsigned integers: the greatest has the
// highest rank, or the least if that is wanted, and NaN the highest of all. Devices
// compute the same ranks.
func rank(k kind, least bool, bits uint64) uint64 {
	size := 8 * k.size()
	all := uint64(math.MaxUint64) >> (64 - size)
	sign := uint64(1) << (size - 1)
	switch {
	case k.isFloat() && bits&^sign > infinity(k):
		return all
	case k.isFloat() && bits&sign != 0:
		bits = ^bits & all
	case k != uint32s && k != uint64s:
		bits ^= sign
	}
	if least {
		bits = ^bits & all
	}
	return bits
}

// unrank is the number of a rank.
func unrank(k kind, least bool, r uint64) uint64 {
	size := 8 * k.size()
	all := uint64(math.MaxUint64) >> (64 - size)
	sign := uint64(1) << (size - 1)
	if k.isFloat() && r == all {
		return infinity(k) | infinity(k)>>1 // quiet
	}
	if least {
		r = ^r & all
	}
	switch {
	case k == uint32s || k == uint64s:
		return r
	case k.isFloat() && r&sign == 0:
		return ^r & all
	}
	return r ^ sign
}

func infinity(k kind) uint64 {
	if k == float64s {
		return 0x7ff0000000000000
	}
	return 0x7f800000
}
