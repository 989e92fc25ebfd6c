package main

import (
	"errors"
	"math"

	"gonum.org/v1/gonum/mat"
)

// regress is the coefficients, the constant first, that explain the last column
// with the least squares, by a QR factorisation.
func regress(t *data) ([]float64, error) {
	x := mat.NewDense(t.rows, t.cols+1, nil)
	for i := range t.rows {
		x.Set(i, 0, 1)
		for j := range t.cols {
			x.Set(i, j+1, t.at(i, j))
		}
	}
	var qr mat.QR
	qr.Factorize(x)
	var beta mat.Dense
	if err := qr.SolveTo(&beta, false, mat.NewDense(t.rows, 1, t.target())); err != nil {
		return nil, err
	}
	return mat.Col(nil, 0, &beta), nil
}

// components is the standard deviations along the principal components, by a
// singular value decomposition of the centred table.
func components(t *data) ([]float64, error) {
	var svd mat.SVD
	if !svd.Factorize(t.centred(), mat.SVDThin) {
		return nil, errors.New("the singular values do not converge")
	}
	values := svd.Values(nil)
	for i := range values {
		values[i] /= math.Sqrt(float64(t.rows - 1))
	}
	return values, nil
}

// ridge is the coefficients of a regression whose squares are kept small, from its
// normal equations, by a Cholesky factorisation.
func ridge(t *data) ([]float64, error) {
	const strength = 1e-3
	x := t.centred()
	var normal mat.SymDense
	normal.SymOuterK(1, x.T())
	for i := range t.cols {
		normal.SetSym(i, i, normal.At(i, i)+strength*float64(t.rows))
	}
	var factor mat.Cholesky
	if !factor.Factorize(&normal) {
		return nil, errors.New("the normal equations are not positive definite")
	}
	var right, beta mat.VecDense
	right.MulVec(x.T(), mat.NewVecDense(t.rows, t.target()))
	if err := factor.SolveVecTo(&beta, &right); err != nil {
		return nil, err
	}
	return beta.RawVector().Data, nil
}

// kmeans is the centres of clusters, by Lloyd's algorithm (IEEE Trans. Inf. Theory
// 28, 1982) from evenly chosen rows. Distances come from a product of the table
// and the centres, |x-c|² = |x|² - 2xc + |c|².
func kmeans(t *data, clusters int) []float64 {
	const steps = 20
	x := t.centred()
	centres := mat.NewDense(clusters, t.cols, nil)
	for c := range clusters {
		centres.SetRow(c, x.RawRowView(c*t.rows/clusters))
	}
	var products mat.Dense
	for range steps {
		products.Mul(x, centres.T())
		sums, counts := mat.NewDense(clusters, t.cols, nil), make([]float64, clusters)
		norms := make([]float64, clusters)
		for c := range norms {
			v := centres.RowView(c)
			norms[c] = mat.Dot(v, v)
		}
		for i := range t.rows {
			nearest, least := 0, math.Inf(1)
			for c := range clusters {
				if d := norms[c] - 2*products.At(i, c); d < least {
					nearest, least = c, d
				}
			}
			counts[nearest]++
			row := sums.RawRowView(nearest)
			for j, v := range x.RawRowView(i) {
				row[j] += v
			}
		}
		for c, n := range counts {
			if n > 0 {
				row := sums.RawRowView(c)
				for j := range row {
					row[j] /= n
				}
				centres.SetRow(c, row)
			}
		}
	}
	return centres.RawMatrix().Data
}
