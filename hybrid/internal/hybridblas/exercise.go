package hybridblas

import (
	"math/rand/v2"

	"gonum.org/v1/gonum/blas"
)

// exercise returns a function that does the call c one way or the other, on
// operands of its own.
func (b *BLAS) exercise(c call) func(w way) {
	w := b.Wrapped()
	return b.exerciseOf(w.Float32, w.Float64, w.Complex64, w.Complex128, c)
}

// exerciseMethods is exercise with the methods of b in the place of the wrapped
// routines.
func (b *BLAS) exerciseMethods(c call) func(w way) { return b.exerciseOf(b, b, b, b, c) }

func (b *BLAS) exerciseOf(s blas.Float32, d blas.Float64, cs blas.Complex64, z blas.Complex128, c call) func(w way) {
	switch c.kind {
	case kindS:
		r := routines32(s)
		return exercise(&b.s, &r, c)
	case kindD:
		r := routines64(d)
		return exercise(&b.d, &r, c)
	case kindC:
		r := routinesC64(cs)
		return exercise(&b.c, &r, c)
	}
	r := routinesC128(z)
	return exercise(&b.z, &r, c)
}

// exercise calls routines so that no number grows however often it is done:
// products with triangles that are nearly identities, small updates.
func exercise[T number](l *library[T], r *routines[T], c call) func(w way) {
	m, n, k := c.m, c.n, c.k
	bit := func(at, width uint8) uint8 { return c.variant >> at & (1<<width - 1) }
	side := [2]blas.Side{blas.Left, blas.Right}
	uplo := [2]blas.Uplo{blas.Upper, blas.Lower}
	diag := [2]blas.Diag{blas.NonUnit, blas.Unit}
	trans := [4]blas.Transpose{blas.NoTrans, blas.Trans, blas.ConjTrans, blas.ConjTrans}
	one := T(1)
	small := T(1) / 1024

	// do runs ours with the way forced, or the routine of r.
	do := func(ours func(l *library[T]), wrappedRoutine func()) func(w way) {
		return func(w way) {
			if w == wrapped {
				wrappedRoutine()
				return
			}
			ours(l.going(w))
		}
	}
	switch c.op {
	case opGemm:
		tA, tB := trans[bit(0, 2)], trans[bit(2, 2)]
		a, lda := sample[T](tA, m, k)
		x, ldb := sample[T](tB, k, n)
		y, ldc := sample[T](blas.NoTrans, m, n)
		return do(func(l *library[T]) { l.gemm(tA, tB, m, n, k, one, a, lda, x, ldb, 0, y, ldc) },
			func() { r.gemm(tA, tB, m, n, k, one, a, lda, x, ldb, 0, y, ldc) })
	case opSymm, opHemm:
		s, ul := side[bit(0, 1)], uplo[bit(1, 1)]
		a, lda := sample[T](blas.NoTrans, k, k)
		x, ldb := sample[T](blas.NoTrans, m, n)
		y, ldc := sample[T](blas.NoTrans, m, n)
		f := r.symm
		if c.op == opHemm {
			f = r.hemm
		}
		return do(func(l *library[T]) { l.symmetric(c.op, s, ul, m, n, one, a, lda, x, ldb, 0, y, ldc) },
			func() { f(s, ul, m, n, one, a, lda, x, ldb, 0, y, ldc) })
	case opSyrk, opHerk, opSyr2k, opHer2k:
		ul, t := uplo[bit(0, 1)], trans[bit(1, 2)]
		a, lda := sample[T](t, n, k)
		y, ldc := sample[T](blas.NoTrans, n, n)
		if c.op == opSyrk || c.op == opHerk {
			f := r.syrk
			if c.op == opHerk {
				f = r.herk
			}
			return do(func(l *library[T]) { l.rankK(c.op, ul, t, n, k, one, a, lda, nil, 0, 0, y, ldc) },
				func() { f(ul, t, n, k, one, a, lda, 0, y, ldc) })
		}
		x, ldb := sample[T](t, n, k)
		f := r.syr2k
		if c.op == opHer2k {
			f = r.her2k
		}
		return do(func(l *library[T]) { l.rankK(c.op, ul, t, n, k, one, a, lda, x, ldb, 0, y, ldc) },
			func() { f(ul, t, n, k, one, a, lda, x, ldb, 0, y, ldc) })
	case opTrmm, opTrsm:
		s, ul, t, d := side[bit(0, 1)], uplo[bit(1, 1)], trans[bit(2, 2)], diag[bit(4, 1)]
		a, lda := nearIdentity[T](k)
		x, ldb := sample[T](blas.NoTrans, m, n)
		f := r.trmm
		if c.op == opTrsm {
			f = r.trsm
		}
		return do(func(l *library[T]) { l.triangular(c.op, s, ul, t, d, m, n, one, a, lda, x, ldb) },
			func() { f(s, ul, t, d, m, n, one, a, lda, x, ldb) })
	case opGemv:
		t := trans[bit(0, 2)]
		a, lda := sample[T](blas.NoTrans, m, n)
		x, y := line[T](max(m, n)), line[T](max(m, n))
		return do(func(l *library[T]) { l.gemv(t, m, n, one, a, lda, x, 1, 0, y, 1) },
			func() { r.gemv(t, m, n, one, a, lda, x, 1, 0, y, 1) })
	case opHemv:
		ul := uplo[bit(0, 1)]
		a, lda := sample[T](blas.NoTrans, n, n)
		x, y := line[T](n), line[T](n)
		return do(func(l *library[T]) { l.hemv(ul, n, one, a, lda, x, 1, 0, y, 1) },
			func() { r.hemv(ul, n, one, a, lda, x, 1, 0, y, 1) })
	case opTrmv:
		ul, t, d := uplo[bit(1, 1)], trans[bit(2, 2)], diag[bit(4, 1)]
		a, lda := nearIdentity[T](n)
		x := line[T](n)
		return do(func(l *library[T]) { l.trmv(ul, t, d, n, a, lda, x, 1) },
			func() { r.trmv(ul, t, d, n, a, lda, x, 1) })
	case opGer, opGerc:
		a, lda := sample[T](blas.NoTrans, m, n)
		x, y := line[T](m), line[T](n)
		f := r.ger
		if c.op == opGerc {
			f = r.gerc
		}
		return do(func(l *library[T]) { l.rank1(c.op, m, n, small, x, 1, y, 1, a, lda) },
			func() { f(m, n, small, x, 1, y, 1, a, lda) })
	case opHer, opHer2:
		ul := uplo[bit(0, 1)]
		a, lda := sample[T](blas.NoTrans, n, n)
		x, y := line[T](n), line[T](n)
		if c.op == opHer {
			return do(func(l *library[T]) { l.her(ul, n, small, x, 1, a, lda) },
				func() { r.her(ul, n, small, x, 1, a, lda) })
		}
		return do(func(l *library[T]) { l.her2(ul, n, small, x, 1, y, 1, a, lda) },
			func() { r.her2(ul, n, small, x, 1, y, 1, a, lda) })
	}
	return exerciseLevel1(r, c, do)
}

func exerciseLevel1[T number](r *routines[T], c call, do func(ours func(l *library[T]), wrappedRoutine func()) func(w way)) func(w way) {
	n, inc := c.m, 1+int(c.variant)
	x, y := line[T](n*inc), line[T](n*inc)
	switch c.op {
	case opAxpy:
		return do(func(l *library[T]) { l.axpy(n, T(1)/1024, x, inc, y, inc) }, func() { r.axpy(n, T(1)/1024, x, inc, y, inc) })
	case opScal:
		return do(func(l *library[T]) { l.scal(n, -1, x, inc) }, func() { r.scal(n, -1, x, inc) })
	case opDotc:
		return do(func(l *library[T]) { l.dotc(n, x, inc, y, inc) }, func() { r.dotc(n, x, inc, y, inc) })
	}
	return do(func(l *library[T]) { l.dot(n, x, inc, y, inc) }, func() { r.dot(n, x, inc, y, inc) })
}

// going is l with every call going one way.
func (l *library[T]) going(w way) *library[T] {
	e := *l.engine
	e.forced, e.least3, e.least2, e.least1 = w, 1, 1, 1
	forced := *l
	forced.engine = &e
	return &forced
}

// sample is a matrix whose op is rows×cols, of numbers between -1 and 1.
func sample[T number](t blas.Transpose, rows, cols int) (data []T, stride int) {
	data = line[T](rows * cols)
	if t != blas.NoTrans {
		return data, rows
	}
	return data, cols
}

// period is after how many numbers those of an operand begin again: a gigabyte of
// them is copied in the time that a tenth of it would be made in. It is a prime, so
// that rows differ.
const period = 65521

func line[T number](n int) []T { return numbers[T](n, 1) }

// numbers is n numbers between -most and most.
func numbers[T number](n int, most float64) []T {
	rng := rand.New(rand.NewPCG(1, uint64(n)))
	v := make([]T, n)
	for i := range min(n, period) {
		v[i] = fromReal[T]((2*rng.Float64() - 1) * most)
	}
	for done := period; done < n; {
		done += copy(v[done:], v[:done])
	}
	return v
}

// nearIdentity has ones on the diagonal and so little beside it that products
// with it, and with its inverse, stay what they are.
func nearIdentity[T number](n int) (data []T, stride int) {
	data = numbers[T](n*n, 1.0/(1<<20))
	for i := range n {
		data[i*n+i] = 1
	}
	return data, n
}
