package montecarlo

import (
	"math/bits"

	"github.com/tandem-go/tandem/kernels"
)

// insideOnHost is insideCircle. Philox's rounds wait for each other, so it makes the
// numbers of several counters side by side: of eight in vectors, where the processor has
// AVX2, and otherwise of two. The keys of the rounds are the same for all.
func insideOnHost(c *kernels.Call) {
	keys := roundKeys(uint32(c.Uint(0)), uint32(c.Uint(1)))
	batch, full, rest := uint64(uint32(c.Uint(2))), c.Int(3), c.Int(4)
	counts := kernels.Slice[uint32](c, 0)[c.Lo-c.Base(0):][:c.Hi-c.Lo]
	for u := range counts {
		i, n := c.Lo+u, pointsOfIndex
		if i >= full {
			n = rest
		}
		counts[u] = inside(&keys, uint64(uint32(i)), batch, n)
	}
}

// rounds is how many Philox4x32-10 has.
const rounds = 10

// roundKeys are the two words of the key of each round.
func roundKeys(k0, k1 uint32) (keys [rounds][2]uint64) {
	for r := range keys {
		keys[r] = [2]uint64{uint64(k0), uint64(k1)}
		k0 += 0x9e3779b9
		k1 += 0xbb67ae85
	}
	return keys
}

// pointsAtOnce is how many points eight counters are.
const pointsAtOnce = 16

// inside counts which of n points are in the circle: two for each even k below n, of
// the numbers at the counter (i, k, batch, 0).
func inside(keys *[rounds][2]uint64, i, batch uint64, n int) uint32 {
	k := n / pointsAtOnce * pointsAtOnce
	count := uint32(uint64(k) - manyBeyond(keys, i, batch, k))
	for ; k < n; k += 2 {
		a0, a1, a2, a3 := i, uint64(k), batch, uint64(0)
		for r := range keys {
			p, q := a0*0xd2511f53, a2*0xcd9e8d57
			a0, a1, a2, a3 = q>>32^a1^keys[r][0], uint64(uint32(q)), p>>32^a3^keys[r][1], uint64(uint32(p))
		}
		count += uint32(1 - beyond(a0, a1))
		if k+1 < n {
			count += uint32(1 - beyond(a2, a3))
		}
	}
	return count
}

// manyBeyondGo is manyBeyond of a processor without AVX2.
func manyBeyondGo(keys *[rounds][2]uint64, i, batch uint64, n int) uint64 {
	out := uint64(0)
	for k := 0; k+4 <= n; k += 4 {
		a0, a1, a2, a3 := i, uint64(k), batch, uint64(0)
		b0, b1, b2, b3 := i, uint64(k+2), batch, uint64(0)
		for r := range keys {
			k0, k1 := keys[r][0], keys[r][1]
			p, q := a0*0xd2511f53, a2*0xcd9e8d57
			a0, a1, a2, a3 = q>>32^a1^k0, uint64(uint32(q)), p>>32^a3^k1, uint64(uint32(p))
			p, q = b0*0xd2511f53, b2*0xcd9e8d57
			b0, b1, b2, b3 = q>>32^b1^k0, uint64(uint32(q)), p>>32^b3^k1, uint64(uint32(p))
		}
		out += beyond(a0, a1) + beyond(a2, a3) + beyond(b0, b1) + beyond(b2, b3)
	}
	return out
}

// beyond is 1 if x^2 + y^2 is 2^64 or more, and otherwise 0; both are below 2^32.
func beyond(x, y uint64) uint64 {
	_, carry := bits.Add64(x*x, y*y, 0)
	return carry
}
