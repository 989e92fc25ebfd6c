package fft

import (
	"context"
	"math"
	"sync"

	"gonum.org/v1/gonum/dsp/fourier"
)

// divided is the length from which transforms are divided over the workers. On two
// cores they then take 0.73 times as long as whole ones, and those of half the length
// 1.0 to 1.3 times (AMD EPYC, 2026-11).
const divided = 1 << 15

// matrix divides a transform of n = rows*cols numbers into short ones: number j is
// in row j / cols, and result k in column k / rows of the transposed matrix.
//
//	X[k1 + rows k2] = Σ w^(j2 k1) (Σ x[j1 cols + j2] v^(j1 k1)) u^(j2 k2)
//
// where w, v and u are the roots of n, rows and cols.
type matrix struct {
	n, rows, cols int
	short         [2]sync.Pool // *fourier.CmplxFFT for columns and for rows
	coarse, fine  []complex128 // roots of n: w^e is coarse[e/len(fine)] fine[e%len(fine)]
	between       sync.Pool    // *[]complex128 of n numbers
	strips        sync.Pool    // *[]complex128 of strip columns, or rows
}

// strip is how many columns are transformed at once: two lines of the cache.
const strip = 8

// newMatrix divides n nearly into a square; nil if it can't be.
func newMatrix(n int) *matrix {
	rows := int(math.Sqrt(float64(n)))
	for rows > 1 && n%rows != 0 {
		rows--
	}
	if rows < 32 {
		return nil
	}
	m := &matrix{n: n, rows: rows, cols: n / rows}
	for i, length := range [2]int{m.rows, m.cols} {
		m.short[i].New = func() any { return fourier.NewCmplxFFT(length) }
	}
	m.fine, m.coarse = make([]complex128, m.cols), make([]complex128, m.rows)
	for i := range m.fine {
		m.fine[i] = root(i, n)
	}
	for i := range m.coarse {
		m.coarse[i] = root(i, m.rows)
	}
	m.between.New = func() any {
		x := make([]complex128, n)
		return &x
	}
	m.strips.New = func() any {
		x := make([]complex128, strip*m.cols)
		return &x
	}
	return m
}

func (m *matrix) forward(ctx context.Context, each loop, x []complex128) error {
	space := m.between.Get().(*[]complex128)
	defer m.between.Put(space)
	between := *space
	if err := each(ctx, (m.cols+strip-1)/strip, func(lo, hi int) {
		m.columns(between, x, lo*strip, min(hi*strip, m.cols))
	}); err != nil {
		return err
	}
	return each(ctx, (m.rows+strip-1)/strip, func(lo, hi int) {
		m.transposedRows(x, between, lo*strip, min(hi*strip, m.rows))
	})
}

// columns transforms the columns from lo to hi, and turns their numbers by w.
func (m *matrix) columns(dst, src []complex128, lo, hi int) {
	fft := m.short[0].Get().(*fourier.CmplxFFT)
	defer m.short[0].Put(fft)
	space := m.strips.Get().(*[]complex128)
	defer m.strips.Put(space)
	for ; lo < hi; lo += strip {
		width := min(strip, hi-lo)
		for j1 := range m.rows {
			for j, v := range src[j1*m.cols+lo:][:width] {
				(*space)[j*m.rows+j1] = v
			}
		}
		for j := range width {
			column := (*space)[j*m.rows:][:m.rows]
			fft.Coefficients(column, column)
			c, f := 0, 0 // of the exponent (lo+j)*k1
			for k1, v := range column {
				dst[k1*m.cols+lo+j] = v * (m.coarse[c] * m.fine[f])
				if f += lo + j; f >= m.cols {
					f -= m.cols
					c++
				}
			}
		}
	}
}

// transposedRows transforms the rows from lo to hi into columns of dst.
func (m *matrix) transposedRows(dst, src []complex128, lo, hi int) {
	fft := m.short[1].Get().(*fourier.CmplxFFT)
	defer m.short[1].Put(fft)
	space := m.strips.Get().(*[]complex128)
	defer m.strips.Put(space)
	for ; lo < hi; lo += strip {
		width := min(strip, hi-lo)
		for r := range width {
			fft.Coefficients((*space)[r*m.cols:][:m.cols], src[(lo+r)*m.cols:][:m.cols])
		}
		for k2 := range m.cols {
			to := dst[k2*m.rows+lo:][:width]
			for r := range to {
				to[r] = (*space)[r*m.cols+k2]
			}
		}
	}
}
