package kernels

import (
	_ "embed"
	"math"
)

// compensated is a sum that remembers what rounding has lost: hi is the sum as
// it comes out of rounded additions, lo their errors, which are numbers
// themselves (Knuth, The Art of Computer Programming, volume 2, 4.2.2, theorem
// B). Adding n terms leaves an error of at most u in the sum of hi and lo and of
// (n*u)^2 in the terms' magnitude (Ogita, Rump and Oishi, "Accurate sum and dot
// product", SIAM J. Sci. Comput. 26, 2005, algorithm 4.4).
type compensated struct{ hi, lo float64 }

func (c *compensated) add(v float64) {
	s := c.hi + v
	b := s - c.hi
	c.lo += (c.hi - (s - b)) + (v - b)
	c.hi = s
}

// value is the sum. An infinity or NaN makes lo a NaN; hi alone is right then.
func (c *compensated) value() float64 {
	if math.IsInf(c.hi, 0) || math.IsNaN(c.hi) {
		return c.hi
	}
	return c.hi + c.lo
}

// sumBlock is how many numbers are summed by rounded additions before the
// compensated one takes over. A call to gonum for 512 numbers costs less than
// 5 % over one for all of them.
const sumBlock = 512

// sumBlocks adds the sums of the blocks of n numbers.
func sumBlocks(n int, sum func(lo, hi int) float64) (c compensated) {
	for lo := 0; lo < n; lo += sumBlock {
		c.add(sum(lo, min(lo+sumBlock, n)))
	}
	return c
}

//go:embed compensated.glsl
var compensatedText string

// sumReduction is the reduction of a kernel whose partial is a compensated sum.
func sumReduction(t Type) *Reduction {
	return &Reduction{
		Decode: func(_ int, words []uint32) Partial {
			hi, words := float(t, words)
			lo, _ := float(t, words)
			return Partial{hi, lo}
		},
		Combine: func(a, b Partial) Partial {
			c := compensated{a[0], a[1]}
			c.add(b[0])
			c.lo += b[1]
			return Partial{c.hi, c.lo}
		},
		Finish: func(value any, _ *int, p Partial) {
			c := compensated{p[0], p[1]}
			storeFloat(value, c.value())
		},
	}
}

// sumKernels are kernels that add up a term for each index: with the shaders of kernels
// in the language, and an expression of CUDA C of the elements u and v of the first and
// the second parameter.
func sumKernels(name string, params []string, cudaTerm string, shaders [2]Kernel, f32, f64 func(c *Call) compensated) pair {
	return forFloats(func(t Type) Kernel {
		k := Kernel{
			Name:      name,
			GLSL:      shaders[0].GLSL,
			CUDA:      reduceFunction(t, "#define TERM(u, v) "+cudaTerm, 2*t.Size()/4, params, "compensated.cu", "sum.cu"),
			Reduction: sumReduction(t),
		}
		sum := f32
		if t == Float64 {
			k.GLSL, sum = shaders[1].GLSL, f64
		}
		k.Go = func(c *Call) {
			s := sum(c)
			c.Partial = Partial{s.hi, s.lo}
		}
		for _, p := range params {
			k.Params = append(k.Params, Param{p, t, In})
		}
		return k
	})
}
