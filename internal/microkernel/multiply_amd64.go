package microkernel

import "golang.org/x/sys/cpu"

// Fast tells whether Multiply uses the vector units. It is set once.
var Fast = cpu.X86.HasAVX2 && cpu.X86.HasFMA

//go:noescape
func float64AVX2(k int, a, b, c *float64, ldc int)

//go:noescape
func float32AVX2(k int, a, b, c *float32, ldc int)

func multiply[T Float](k int, a, b, c []T, ldc int) {
	if !Fast {
		multiplyGo(k, a, b, c, ldc)
		return
	}
	switch a := any(&a[0]).(type) {
	case *float64:
		float64AVX2(k, a, any(&b[0]).(*float64), any(&c[0]).(*float64), ldc)
	case *float32:
		float32AVX2(k, a, any(&b[0]).(*float32), any(&c[0]).(*float32), ldc)
	}
}
