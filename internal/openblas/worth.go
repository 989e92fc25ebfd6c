//go:build openblas && linux && cgo

package openblas

// worth tells whether so many operations are worth a call into C.
func worth(least float64, sizes ...int) bool {
	work := 1.0
	for _, n := range sizes {
		work *= float64(n)
	}
	return work >= least
}
