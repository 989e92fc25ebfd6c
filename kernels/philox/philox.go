// Package philox has random numbers for kernels: Philox4x32-10 of Salmon, Moraes,
// Dror and Shaw, Parallel random numbers: as easy as 1, 2, 3 (2011).
//
// A generator without state: the random numbers of an index are a function of a
// counter, which the index is part of, and a key, which is the seed. Every index of
// a kernel has a stream of its own, and the numbers are the same on every device
// and however the index space is cut:
//
//	r := philox.Four([4]uint32{uint32(i), step, 0, 0}, [2]uint32{seed, 0})
//	x := philox.Float32(r[0])
package philox

import "math/bits"

// Four is four random numbers.
//
//tandem:device
func Four(counter [4]uint32, key [2]uint32) [4]uint32 {
	// Variables, not an array: Go's compiler keeps those in registers, and an array of
	// several elements in memory, through which each round would wait for the one before.
	c0, c1, c2, c3 := counter[0], counter[1], counter[2], counter[3]
	k0, k1 := key[0], key[1]
	for range 10 {
		hi0, lo0 := bits.Mul32(0xd2511f53, c0)
		hi1, lo1 := bits.Mul32(0xcd9e8d57, c2)
		c0, c1, c2, c3 = hi1^c1^k0, lo1, hi0^c3^k1, lo0
		k0 += 0x9e3779b9
		k1 += 0xbb67ae85
	}
	return [4]uint32{c0, c1, c2, c3}
}

// Float32 is the number from 0 to 1, 1 not included, that random bits stand for; it
// is a multiple of 2^-24.
//
//tandem:device
func Float32(bits uint32) float32 { return float32(bits>>8) * 0x1p-24 }

// Float64 is the number from 0 to 1, 1 not included, that random bits stand for; it
// is a multiple of 2^-53.
//
//tandem:device
func Float64(hi, lo uint32) float64 {
	return (float64(hi>>5)*0x1p26 + float64(lo>>6)) * 0x1p-53
}
