// Package scan computes prefix sums.
//
//	err := scan.Inclusive(ctx, s, dst, src) // dst[i] = src[0] + ... + src[i]
//	err = scan.Exclusive(ctx, s, dst, src)  // dst[i] = src[0] + ... + src[i-1]
//
// Sums are taken in two passes over blocks of 1024 elements, as reduce, then scan, in
// Blelloch, Prefix sums and their applications (1990): the first adds up each block,
// the second adds up within a block from what all before it have. Both passes are
// launches over the blocks, which devices share out; what is between them, one number
// for each block, is added up on the host, since the blocks may lie on several devices.
// (A pass over the data less, decoupled look-back, as in Merrill and Garland, Single-pass
// parallel prefix scan with decoupled look-back (2016), has groups wait for each other,
// which neither GLSL nor Go promises to let come to an end.)
//
// On a device a block is a work-group's: each of 64 invocations adds up a run of 16
// elements in shared memory, eight of them each a row of eight runs, and each then what
// the rows before its own have; where all devices compute on the host's cores, an
// invocation has a block to itself, and adds up in the same order. On the CPU passes are loops over blocks, on the workers,
// or one loop over everything, whichever has been the faster for such a length: one core
// that is limited by memory gains nothing from another.
//
// Integers wrap. Floating-point numbers are added up within their run, runs within their
// row, rows within their block, and blocks, wherever they are added: results are the same
// on every device, bit by bit, and off by at most n/1024 + 34 times 2^-24 (2^-53) of the
// sum of the magnitudes.
package scan
