package fft

import "github.com/tandem-go/tandem/kernels"

//go:generate go run github.com/tandem-go/tandem/cmd/tandemgen

// The passes of a transform on devices. A complex number is two elements, the real
// part first. Read all of x, write all of y: passes take turns with two arrays.

// quarters is a pass of radix 4. Index i takes the numbers i, i+n/4, i+n/2 and i+3n/4
// of x, and its results are those from 4i on. done is the product of the radices of
// earlier passes, w the roots of n. sign is -1 to take the conjugate of x.
//
//tandem:kernel newQuarters
func quarters[T kernels.Float](i int, quarter int, done uint32, sign T, w, x, y []T) {
	ar, ai := x[2*i], sign*x[2*i+1]
	br, bi := x[2*(i+quarter)], sign*x[2*(i+quarter)+1]
	cr, ci := x[2*(i+2*quarter)], sign*x[2*(i+2*quarter)+1]
	dr, di := x[2*(i+3*quarter)], sign*x[2*(i+3*quarter)+1]
	e := uint32(i) &^ (done - 1) // the exponent of w
	pr, pi, mr, mi := ar+cr, ai+ci, ar-cr, ai-ci
	qr, qi, nr, ni := br+dr, bi+di, br-dr, bi-di
	y[8*i] = pr + qr
	y[8*i+1] = pi + qi
	// -i times b-d is (ni, -nr).
	wr, wi := w[2*e], w[2*e+1]
	r, s := mr+ni, mi-nr
	y[8*i+2] = r*wr - s*wi
	y[8*i+3] = r*wi + s*wr
	wr, wi = w[4*e], w[4*e+1]
	r, s = pr-qr, pi-qi
	y[8*i+4] = r*wr - s*wi
	y[8*i+5] = r*wi + s*wr
	wr, wi = w[6*e], w[6*e+1]
	r, s = mr-ni, mi+nr
	y[8*i+6] = r*wr - s*wi
	y[8*i+7] = r*wi + s*wr
}

// halves is the last pass, of radix 2, where n is no power of 4.
//
//tandem:kernel newHalves
func halves[T kernels.Float](i int, half int, sign T, x, y []T) {
	ar, ai := x[2*i], sign*x[2*i+1]
	br, bi := x[2*(i+half)], sign*x[2*(i+half)+1]
	y[4*i] = ar + br
	y[4*i+1] = ai + bi
	y[4*i+2] = ar - br
	y[4*i+3] = ai - bi
}

// reorder puts results in their order: the digits of their subscripts are reversed,
// of base 4 and, if odd is 1, one of base 2. They are multiplied by scale, and the
// imaginary parts by sign.
//
//tandem:kernel newReorder
func reorder[T kernels.Float](i int, digits int, odd uint32, scale, sign T, x, y []T) {
	k, from := uint32(i), uint32(0)
	for range digits {
		from = from<<2 | k&3
		k >>= 2
	}
	if odd == 1 {
		from = from<<1 | k&1
	}
	y[2*i] = scale * x[2*from]
	y[2*i+1] = sign * (scale * x[2*from+1])
}

// modulate multiplies x, or its conjugate where sign is -1, by the chirp, and
// appends zeros: n is the length of x.
//
//tandem:kernel newModulate
func modulate[T kernels.Float](i int, n int, sign T, chirp, x, y []T) {
	r, s := T(0), T(0)
	if i < n {
		k := min(i, n-1) // no multiple of i: devices get all of x and the chirp
		a, b, c, d := x[2*k], sign*x[2*k+1], chirp[2*k], chirp[2*k+1]
		r, s = a*c-b*d, a*d+b*c
	}
	y[2*i] = r
	y[2*i+1] = s
}

// multiply is the conjugate of x times y; all are complex.
//
//tandem:kernel newMultiply
func multiply[T kernels.Float](i int, x, y, product []T) {
	a, b, c, d := x[2*i], x[2*i+1], y[2*i], y[2*i+1]
	product[2*i] = a*c - b*d
	product[2*i+1] = -(a*d + b*c)
}

// demodulate multiplies the conjugate of the convolution by the chirp and by
// scale, and the imaginary part by sign.
//
//tandem:kernel newDemodulate
func demodulate[T kernels.Float](i int, scale, sign T, chirp, x, y []T) {
	a, b, c, d := x[2*i], -x[2*i+1], chirp[2*i], chirp[2*i+1]
	y[2*i] = scale * (a*c - b*d)
	y[2*i+1] = sign * (scale * (a*d + b*c))
}
