// Package radix sorts numbers, alone or with values that go with them, by radix.
//
//	err := radix.Sort(ctx, s, keys)
//	err = radix.SortPairs(ctx, s, keys, values) // stable
//
// Keys are sorted as unsigned numbers of their order, digit by digit from the least on
// (Knuth, The Art of Computer Programming, volume 3, 5.2.5, algorithm R). On the CPU a
// digit has 8 bits; each worker counts the digits of its part, and moves it to where
// the counts of all say (Zagha and Blelloch, Radix sort for vector multiprocessors,
// 1991). Devices do the same for work-groups, with digits of 4 bits whose counts are
// in shared memory. Every pass is stable, so that all ways have one result. A digit
// that all keys have in common is passed over.
//
// Few keys are sorted by package slices, or by insertion if they have values; those
// that are in order, or in the reverse order, are found to be before any is moved.
package radix
