// Package scan computes prefix sums.
//
//	err := scan.Inclusive(ctx, s, dst, src) // dst[i] = src[0] + ... + src[i]
//	err = scan.Exclusive(ctx, s, dst, src)  // dst[i] = src[0] + ... + src[i-1]
//
// Sums are taken in two passes over blocks of 1024 elements, as reduce, then scan, in
// Blelloch, Prefix sums and their applications (1990): the first adds up each block,
// the second adds up within a block from what all before it have. Both passes are
// launches over the blocks, which devices share out. On the CPU they are loops over
// four blocks at once, or one loop over everything, whichever has been the faster for
// such a length: one core that is limited by memory gains nothing from another.
//
// Integers wrap. Floating-point numbers are added up within their block and then to
// the sum of the blocks before, in this order wherever they are added: results are the
// same on every device, bit by bit, and off by at most n/1024 + 1026 times 2^-24 (2^-53)
// of the sum of the magnitudes.
package scan
