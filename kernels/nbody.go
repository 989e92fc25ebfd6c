package kernels

import (
	_ "embed"
	"fmt"
	"math"
)

//go:embed nbody.glsl
var nbodyText string

// The shader keeps nbodyTile bodies in shared memory at once and computes
// nbodyStep of them in one turn of its inner loop, for nbodyOwn bodies in each
// invocation: 4 took 0.3 of the time of 1 on llvmpipe, whose reads of shared
// memory are slow.
const (
	nbodyTile = 64
	nbodyStep = 8
	nbodyOwn  = 4
)

// The threads of a block of nbody.cu, and how many bodies each has where there are
// nbodyMany: fewer would not fill a large GPU, 132 multiprocessors of 2048 threads.
// The threads take 56 registers for sm_90 in float32 and 99 in float64, whatever
// number they have.
const (
	nbodyBlock   = 128
	nbodyThreads = 4
	nbodyMany    = 132 * 2048 * nbodyThreads / 2
)

// All variants are by hand. What tandemgen makes of a loop over all bodies takes 1.03
// (float32) and 1.01 times as long as the Go variant (BenchmarkGenerated), and reads
// every body from memory for each index, where those for devices share tiles.
var nbodyKernels = forFloats(func(t Type) Kernel {
	return Kernel{
		Name:    "nbody",
		Params:  []Param{{"bodies", t, In}, {"field", t, Out}},
		Scalars: []Scalar{{"count", Uint32}, {"gravity", t}, {"soft", t}},
		GLSL: &Shader{
			Text:         nbodyText,
			Local:        [3]int{nbodyTile},
			SharedMemory: 4 * nbodyTile * t.Size(),
			Groups: func(_ *Launch, n int) [3]int {
				return [3]int{ceilDiv(n, nbodyTile*nbodyOwn), 1, 1}
			},
			Iterations: func(l *Launch, _ int) int64 {
				return int64(ceilDiv(l.uint(0), nbodyTile))*(1+nbodyTile/nbodyStep) + nbodyTile
			},
		},
		CUDA: &Function{
			Text: cudaText("", "vector.cu", "nbody.cu"), Block: [3]int{nbodyBlock},
			Groups: func(_ *Launch, n int) [3]int {
				if n >= nbodyMany {
					return [3]int{ceilDiv(n, nbodyBlock*nbodyThreads), 1, 1}
				}
				return [3]int{ceilDiv(n, nbodyBlock), 1, 1}
			},
		},
		Go: byFloat(t, nbodyCall[float32], nbodyCall[float64]),
	}
})

// NBody computes the gravitational field that bodies feel from each other. Body
// i is x, y, z and mass in bodies[4*i:4*i+4]; field[4*i:4*i+4] becomes its
// acceleration and its potential:
//
//	a = g * sum over j != i of m[j] * (r[j]-r[i]) / d^3
//	p = -g * sum over j != i of m[j] / d,  d = sqrt(|r[j]-r[i]|^2 + eps^2)
//
// by direct summation, with Plummer's softening length eps >= 0. A pair whose d
// is 0 adds nothing. field has as many elements as bodies and overlaps nothing.
//
// An index is a body.
//
// The error of each number is at most (n+24)u times the sum of the magnitudes
// of its terms, n being the number of bodies and u 2^-24 for float32, 2^-53 for
// float64, where d^2 neither overflows nor underflows: n additions in any order
// (see [Gemm]), and a term whose last factor passes through at most 24 roundings
// where a device's square root and division are within two units of the last
// place, which GLSL asks of float32 and llvmpipe keeps in both. CUDA has one
// function for both, rsqrt, which is (CUDA C++ Programming Guide, appendix on
// mathematical functions).
func NBody[T Float, B, F Vector[T]](gravity, eps T, bodies B, field F) Launch {
	return nbody(float64(gravity), float64(eps), Of[T](bodies), Of[T](field))
}

func nbody(gravity, eps float64, bodies, field Operand) Launch {
	count := bodies.n / 4
	l := NewLaunch(nbodyKernels.of(field.typ), count)
	if bodies.n%4 != 0 {
		l.Fail("bodies", fmt.Errorf("%w: %d elements, want four for each body", ErrShape, bodies.n))
	}
	l.wantLen("field", field, bodies.n)
	if !(eps >= 0) || math.IsInf(eps, 0) {
		l.Fail("eps", fmt.Errorf("%w: softening %v, want a length of at least 0", ErrShape, eps))
	}
	l.AddArg(bodies, Whole)
	l.AddArg(field, Footprint{Per: 4})
	l.AddInt(count)
	l.AddFloat(gravity)
	l.AddFloat(eps * eps)
	l.SetCost(Cost{Flops: 20 * float64(count), Bytes: 8 * float64(field.typ.Size())})
	return l
}

func nbodyCall[T Float](c *Call) {
	bodies, field := Slice[T](c, 0), Slice[T](c, 1)
	gravity, soft := real[T](c, 1), real[T](c, 2)
	for i := c.Lo; i < c.Hi; i++ {
		x, y, z := bodies[4*i], bodies[4*i+1], bodies[4*i+2]
		var sum [4]T
		pull(&sum, x, y, z, soft, bodies[:4*i])
		pull(&sum, x, y, z, soft, bodies[4*i+4:])
		f := field[4*(i-c.Lo):][:4]
		f[0], f[1], f[2], f[3] = gravity*sum[0], gravity*sum[1], gravity*sum[2], -(gravity * sum[3])
	}
}

// pull adds what bodies do to the point (x, y, z).
func pull[T Float](sum *[4]T, x, y, z, soft T, bodies []T) {
	ax, ay, az, pot := sum[0], sum[1], sum[2], sum[3]
	for len(bodies) >= 4 {
		dx, dy, dz, mass := bodies[0]-x, bodies[1]-y, bodies[2]-z, bodies[3]
		bodies = bodies[4:]
		d2 := dx*dx + dy*dy + dz*dz + soft
		if d2 == 0 {
			continue
		}
		inv := 1 / T(math.Sqrt(float64(d2)))
		p := mass * inv
		f := p * (inv * inv)
		ax += f * dx
		ay += f * dy
		az += f * dz
		pot += p
	}
	sum[0], sum[1], sum[2], sum[3] = ax, ay, az, pot
}
