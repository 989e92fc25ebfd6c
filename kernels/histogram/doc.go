// Package histogram counts how many numbers lie in each of many intervals.
//
//	counts := make([]int, 100)
//	err := histogram.Uniform(ctx, s, counts, x, -3, 3)
//
// On the CPU it is one loop, or one table for each worker, added up at the end,
// whichever has been the faster for such a length and number of bins. Devices have a
// table in the shared memory of each work-group, and the host adds those up; tables
// that don't fit there are one in the device's memory. All use atomic additions of
// integers: the counts are exact, and the same wherever they were counted.
package histogram
