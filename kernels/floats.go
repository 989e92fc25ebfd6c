package kernels

import (
	"fmt"
	"sync"
)

// pair is a kernel for float32 and one for float64. Each is defined when it is first
// asked for: the texts of all kernels are some megabytes, and a program uses a few.
type pair [2]func() *Kernel

func (p pair) of(t Type) *Kernel {
	if t == Float64 {
		return p[1]()
	}
	return p[0]()
}

// lazily defines a kernel when it is first asked for.
func lazily(describe func() Kernel) func() *Kernel {
	return sync.OnceValue(func() *Kernel { return Define(describe()) })
}

// forFloats is a kernel for both floating-point types: REAL stands for the type in the
// texts of its variants.
func forFloats(describe func(t Type) Kernel) pair {
	define := func(t Type) func() *Kernel {
		return lazily(func() Kernel {
			k := describe(t)
			k.Name += "." + t.String()
			if k.GLSL != nil {
				shader := *k.GLSL
				shader.Text = realText[t] + "#line 1\n" + shader.Text
				k.GLSL = &shader
			}
			if k.CUDA != nil {
				function := *k.CUDA
				function.Text = cudaReal[t] + function.Text
				k.CUDA = &function
			}
			return k
		})
	}
	return pair{define(Float32), define(Float64)}
}

// generated has the kernels that tandemgen made of one function.
func generated(name string, f32, f64 Kernel) pair {
	f32.Name, f64.Name = name+"."+Float32.String(), name+"."+Float64.String()
	return pair{lazily(func() Kernel { return f32 }), lazily(func() Kernel { return f64 })}
}

// onHost is a kernel with a Go variant of its own.
func onHost(k Kernel, variant func(*Call)) Kernel {
	k.Go = variant
	return k
}

// realText makes shaders for either type: REAL is the type, and BITS_OR and
// BITS_AND combine the bits of two numbers.
var realText = map[Type]string{
	Float32: `#define REAL float
#define BITS_OR(a, b) uintBitsToFloat(floatBitsToUint(a) | floatBitsToUint(b))
#define BITS_AND(a, b) uintBitsToFloat(floatBitsToUint(a) & floatBitsToUint(b))
`,
	Float64: `#define REAL double
#define REAL_IS_DOUBLE
#define BITS_OR(a, b) packDouble2x32(unpackDouble2x32(a) | unpackDouble2x32(b))
#define BITS_AND(a, b) packDouble2x32(unpackDouble2x32(a) & unpackDouble2x32(b))
`,
}

// byFloat picks the Go variant for a type.
func byFloat(t Type, f32, f64 func(*Call)) func(*Call) {
	if t == Float64 {
		return f64
	}
	return f32
}

// wantLen keeps a mistake unless o has n elements.
func (l *Launch) wantLen(arg string, o Operand, n int) {
	if o.n != n {
		l.Fail(arg, fmt.Errorf("%w: %d elements, want %d", ErrShape, o.n, n))
	}
}
