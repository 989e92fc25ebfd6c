package kernels

import "fmt"

// pair is a kernel for float32 and one for float64.
type pair [2]*Kernel

func (p pair) of(t Type) *Kernel {
	if t == Float64 {
		return p[1]
	}
	return p[0]
}

// forFloats defines a kernel for both floating-point types: REAL stands for the
// type in the texts of its variants.
func forFloats(describe func(t Type) Kernel) pair {
	var p pair
	for i, t := range []Type{Float32, Float64} {
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
		p[i] = Define(k)
	}
	return p
}

// generated defines the kernels that tandemgen made of one function.
func generated(name string, f32, f64 Kernel) pair {
	f32.Name, f64.Name = name+"."+Float32.String(), name+"."+Float64.String()
	return pair{Define(f32), Define(f64)}
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
