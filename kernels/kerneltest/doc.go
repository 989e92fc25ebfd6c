// Package kerneltest holds every variant of every operation to the error bound
// that package kernels documents for it.
//
// A backend calls [All] from a test, beside package devicetest:
//
//	func TestKernels(t *testing.T) { kerneltest.All(t, dev) }
//
// Each [Case] draws launches on random arguments: arrays of 0, 1 and 2 elements,
// of primes, of a work-group more or less, of a million; numbers of all
// magnitudes, NaN, infinities, -0 and denormals among them. A [Runner] computes a
// launch in parts, cut at random, on arrays that hold nothing but what a part may
// touch, between guards; the case compares with a reference of higher precision.
//
// A failing test prints its seed; TANDEM_SEED=n repeats it.
package kerneltest
