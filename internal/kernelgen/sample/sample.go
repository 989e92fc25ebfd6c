// Package sample has kernels that use what the kernel language has, for the tests
// of its compiler.
package sample

import (
	"math"
	"math/bits"
)

//go:generate go run github.com/tandem-go/tandem/cmd/tandemgen

// saxpy is y = a*x + y.
//
//tandem:kernel
func saxpy(i int, a float32, x, y []float32) { y[i] += a * x[i] }

// count stores each index.
//
//tandem:kernel
func count(i int, from int, y []int32) { y[i] = int32(from + i) }

// smooth is a mean of three neighbours, with the ends as they are.
//
//tandem:kernel
func smooth(i int, x, y []float64) {
	if i == 0 || i == len(x)-1 {
		y[i] = x[i]
		return
	}
	y[i] = (x[i-1] + x[i] + x[i+1]) / 3
}

// below negates a sum of constants that a driver may not add up first.
//
//tandem:kernel
func below(i int, y []float32) { y[i] = -((float32(i) + 2) + 1e-3) }

// signed converts twice to one type before a sign, which C++ may take for a cast.
//
//tandem:kernel
func signed(i int, x, y []float64) { y[i] = float64(float64(uint32(i))) + math.Sqrt(x[i]) }

// heat is a step of the heat equation on a grid of rows and columns.
//
//tandem:kernel
func heat(r, c int, rows, cols int, k float32, src, dst []float32) {
	at := r*cols + c
	s := src[at]
	if r > 0 && r < rows-1 && c > 0 && c < cols-1 {
		s += k * ((src[at-cols] + src[at+cols]) + (src[at-1] + src[at+1]) - 4*s)
	}
	dst[at] = s
}

// gray is the luminance of pixels of three values.
//
//tandem:kernel
func gray(i int, rgb, lum []float32) {
	lum[i] = 0.299*rgb[3*i] + 0.587*rgb[3*i+1] + 0.114*rgb[3*i+2]
}

// invert inverts the colours of pixels of four values, but not the last one.
//
//tandem:kernel
func invert(i int, pixels []uint32) {
	for c := range 3 {
		pixels[4*i+c] = 255 - pixels[4*i+c]
	}
}

// rowSums sums the rows of a matrix.
//
//tandem:kernel
func rowSums(i int, cols int, a []float64, sums []float64) {
	sum := 0.0
	for j := range cols {
		sum += a[i*cols+j]
	}
	sums[i] = sum
}

// scaleRows scales the rows of a matrix.
//
//tandem:kernel
func scaleRows(i int, cols int, by, a []float32) {
	for j := 0; j < cols; j++ {
		a[i*cols+j] *= by[i]
	}
}

// gather reads wherever it is told to.
//
//tandem:kernel
func gather(i int, at []uint32, x, y []int64) {
	if k := at[i]; k < uint32(len(x)) {
		y[i] = x[k]
	} else {
		y[i] = -1
	}
}

type vec struct{ x, y, z float32 }

//tandem:device
func dot(a, b vec) float32 { return a.x*b.x + a.y*b.y + a.z*b.z }

//tandem:device
func reflect(a, n vec) (vec2, bool) {
	d := dot(a, n)
	if d < 0 {
		return vec2{vec{a.x - 2*d*n.x, a.y - 2*d*n.y, a.z - 2*d*n.z}, d}, true
	}
	return vec2{v: a}, false
}

type vec2 struct {
	v vec
	d float32
}

// bounce uses structures, and a function with two results.
//
//tandem:kernel
func bounce(i int, normal vec, mask [2]bool, x, y, z, out []float32) {
	r, turned := reflect(vec{x[i], y[i], z[i]}, normal)
	switch {
	case turned && mask[0]:
		out[3*i], out[3*i+1], out[3*i+2] = r.v.x, r.v.y, r.v.z
	case mask[1]:
		out[3*i] = r.d
		fallthroughless := [3]float32{1, 2, 3}
		for k, v := range fallthroughless {
			if k > 0 {
				out[3*i+k] = v + r.v.x
			}
		}
	default:
		if x[i] > 0 {
			break
		}
		out[3*i], out[3*i+1] = out[3*i+1], out[3*i]
	}
}

// collatz counts the steps to 1.
//
//tandem:kernel
func collatz(i int, limit int, steps []int32) {
	n, k := uint64(i)+1, 0
	//tandem:turns limit
	for n != 1 {
		if k == limit {
			break
		}
		k++
		if n%2 == 0 {
			n /= 2
			continue
		}
		n = 3*n + 1
	}
	steps[i] = int32(k)
}

// integers has the operations that languages differ in.
//
//tandem:kernel
func integers(i int, a, b []int32, shift []uint32, out []int32) {
	x, y, s := a[i], b[i], shift[i]
	out[8*i] = x + y*x - y
	if y != 0 {
		out[8*i+1] = x / y
		out[8*i+2] = x % y
	} else {
		out[8*i+1], out[8*i+2] = 0, 0
	}
	out[8*i+3] = x << s
	out[8*i+4] = x >> s
	out[8*i+5] = x&^y | ^x ^ -y
	out[8*i+6] = int32(uint32(x) >> s)
	hi, lo := bits.Mul32(uint32(x), uint32(y))
	out[8*i+7] = int32(hi ^ lo ^ bits.RotateLeft32(uint32(x), 7))
}

// longs is integers for 64 bits.
//
//tandem:kernel
func longs(i int, a, b []int64, shift []uint32, out []int64) {
	x, y, s := a[i], b[i], uint64(shift[i])
	out[8*i] = x + y*x - y
	if y != 0 {
		out[8*i+1] = x / y
		out[8*i+2] = x % y
	} else {
		out[8*i+1], out[8*i+2] = 0, 0
	}
	out[8*i+3] = x << s
	out[8*i+4] = x >> s
	out[8*i+5] = x&^y | ^x ^ -y
	out[8*i+6] = int64(uint64(x) / (uint64(y) | 1))
	out[8*i+7] = int64(int32(x)) + int64(uint32(y))
}

// widened compares narrow integers, made wide, with constants, which Mesa's compiler
// narrows.
//
//tandem:kernel
func widened(i int, a []int32, b []uint32, out []uint32) {
	x, y, set := int64(a[i]), int64(b[i]), uint32(0)
	if x < 31 {
		set |= 1
	}
	if x <= -5 {
		set |= 2
	}
	if 1 < x {
		set |= 4
	}
	if x >= math.MaxInt32 {
		set |= 8
	}
	if z := x; z-x < int64(i) {
		set |= 16
	}
	if y > math.MaxInt32 {
		set |= 32
	}
	if y < 1<<40 && uint64(x) > 64 {
		set |= 64
	}
	//tandem:turns 3
	for k := int64(a[i] & 3); k < 3; k++ {
		set += 128
	}
	out[i] = set
}

// clamped nests the least and the greatest of 64-bit integers.
//
//tandem:kernel
func clamped(i int, a []int64, b []uint64, out []int64) {
	out[2*i] = min(a[i], max(min(a[i]+1, max(int64(i), -13)), math.MaxInt32))
	out[2*i+1] = int64(max(b[i], min(max(b[i]>>1, min(uint64(i), 13)), 1<<40)))
}

// whole rounds what is whole.
//
//tandem:kernel
func whole(i int, n []uint32, out []float64) { out[i] = math.RoundToEven(float64(n[i]) + 1<<52) }

// vanishing multiplies and adds integers that a compiler finds to be 0: a NaN, and
// the sign of a zero, stay.
//
//tandem:kernel
func vanishing(i int, x []float64, n []int64, out []float64) {
	m, width := n[i], uint32(64)
	out[4*i] = x[i] * float64(n[i]-m)
	out[4*i+1] = x[i] + float64(n[i]^m)
	out[4*i+2] = x[i] * float64(n[i]&^m)
	out[4*i+3] = x[i] + float64(uint64(n[i])>>width)
}

// floats has the operations that are the same everywhere.
//
//tandem:kernel
func floats(i int, a, b []float32, out []float32) {
	x, y := a[i], b[i]
	z := x * y
	out[8*i] = z + x
	out[8*i+1] = x/y - y*x
	out[8*i+2] = min(x, y, 1)
	out[8*i+3] = max(x, y)
	out[8*i+4] = float32(math.Sqrt(float64(x)))
	out[8*i+5] = math.Float32frombits(math.Float32bits(x) ^ 1<<31)
	if !(x*y+x < y) && !math.IsNaN(float64(y)) {
		out[8*i+6] = 1
	} else {
		out[8*i+6] = -1
	}
	out[8*i+7] = float32(math.Floor(float64(x)) + math.Abs(float64(y)))
}

// volume is a map over a box of cells.
//
//tandem:kernel
func volume(z, y, x int, ny, nx int, k float32, src, dst []float32) {
	at := (z*ny+y)*nx + x
	sum := src[at]
	if x > 0 {
		sum += k * src[at-1]
	}
	dst[at] = sum + float32(z-y)
}

// words has the functions of package bits, and what has no constants.
//
//tandem:kernel
func words(i int, x []uint64, out []uint64, low []float32) {
	v := x[i]
	n := bits.OnesCount64(v) ^ bits.LeadingZeros64(v>>uint32(i&63))<<7 ^ bits.TrailingZeros64(v<<uint32(i&63))<<14
	out[4*i] = uint64(n)
	out[4*i+1] = bits.RotateLeft64(v, n&127-64) ^ uint64(bits.Len64(v>>uint32(i&63)))
	out[4*i+2] = bits.Reverse64(v) + uint64(bits.ReverseBytes32(uint32(v)))
	out[4*i+3] = uint64(bits.Len32(uint32(v))) | uint64(bits.Len64(v>>32>>32))<<8
	least := float32(math.Inf(1))
	for k := range 4 {
		least = min(least, float32(v>>(8*k)&255))
	}
	widest := math.Inf(-1)
	if v&1 == 0 {
		widest = math.NaN()
	}
	if low[i] = float32(widest); i%3 > 0 {
		low[i] = max(least, float32(math.Inf(-1)))
	}
}

type not struct {
	and, in, out int32
	float        [2]float32
}

//tandem:device
func xor(compl not, or int32) not {
	compl.and ^= or
	compl.in += compl.out
	compl.float[0] *= 2
	return compl
}

// reserved has variables whose names mean something in other languages.
//
//tandem:kernel
func reserved(i int, half, input int32, in, sampler []int32, output []float32) {
	and, or, bitCount, mat2x3 := in[i], sampler[i]&7, bits.OnesCount32(uint32(in[i])), float32(half)
	union := xor(not{and: and, in: or, out: input, float: [2]float32{mat2x3}}, half)
	linux, unix, rint := union.and, union.in, bits.OnesCount32(uint32(or))
	//tandem:turns 7
	for bitand := range or {
		linux += bitand
	}
	output[i] = float32(linux) + float32(unix+union.out)*float32(bitCount+rint) + union.float[0]
}

// Spot is what a type parameter for the slice spot would be called.
type Spot struct{ x, y float32 }

// hiding has parameters named as what its constructor is made of.
//
//tandem:kernel
func hiding(i int, at Spot, l, n, result float32, spot, kernels []float32) {
	spot[i] = kernels[i]*l + n*at.x + result*at.y
}

// nought is +0 where n is: 0-0 is, and -0 is not.
//
//tandem:kernel
func nought(i int, n []uint32, out []float32) {
	k := n[i]
	out[i] = (float32(k) - float32(k)) - float32(k)
}
