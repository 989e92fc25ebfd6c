//go:build !amd64

package microkernel

// Fast tells whether Multiply uses the vector units.
var Fast = false

func multiply[T Float](k int, a, b, c []T, ldc int) { multiplyGo(k, a, b, c, ldc) }
