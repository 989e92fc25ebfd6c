package hybridblas

import "gonum.org/v1/gonum/blas"

func validUplo(ul blas.Uplo) bool { return ul == blas.Upper || ul == blas.Lower }

func validSide(s blas.Side) bool { return s == blas.Left || s == blas.Right }

func validDiag(d blas.Diag) bool { return d == blas.Unit || d == blas.NonUnit }

func validTrans(t blas.Transpose) bool {
	return t == blas.NoTrans || t == blas.Trans || t == blas.ConjTrans
}
