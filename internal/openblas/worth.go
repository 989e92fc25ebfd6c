package openblas

//go:generate go run generate.go

// The work below which gonum is faster than a call into C, which takes 40 ns.
const (
	least1 = 256
	least2 = 16 * 16
	least3 = 4 * 4 * 4
)

// worth tells whether so many operations are worth a call into C.
func worth(least float64, sizes ...int) bool {
	work := 1.0
	for _, n := range sizes {
		work *= float64(n)
	}
	return work >= least
}
