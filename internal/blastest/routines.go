package blastest

import "gonum.org/v1/gonum/blas"

// routines are those that a BLAS may take over.
func routines() []routine {
	var all []routine
	for _, complex := range []bool{false, true} {
		add := func(name string, args func(g *generator) []any) {
			all = append(all, routine{name, complex, args})
		}
		add("gemm", gemm)
		add("symm", symm)
		add("trmm", func(g *generator) []any { return triangular(g, false) })
		add("trsm", func(g *generator) []any { return triangular(g, true) })
		add("gemv", gemv)
		add("trmv", trmv)
		add("axpy", func(g *generator) []any {
			n, x, y := g.size(), g.inc(), g.inc()
			return []any{n, g.scalar(), g.vector(n, x), x, g.vector(n, y), y}
		})
		add("scal", func(g *generator) []any {
			n, x := g.size(), 1+g.IntN(3)
			return []any{n, g.scalar(), g.vector(n, x), x}
		})
		if !complex {
			both := func(g *generator) blas.Transpose { return g.transOf(blas.Trans) }
			add("syrk", func(g *generator) []any { return rankK(g, both(g), g.scalar(), g.scalar(), 1) })
			add("syr2k", func(g *generator) []any { return rankK(g, both(g), g.scalar(), g.scalar(), 2) })
			add("symv", symv)
			add("ger", func(g *generator) []any { return ger(g, 1+g.IntN(3), 1) }) // gonum 0.17 takes negative increments wrongly
			add("syr", func(g *generator) []any { return syr(g, g.scalar(), 1) })
			add("syr2", func(g *generator) []any { return syr(g, g.scalar(), 2) })
			continue
		}
		add("hemm", symm)
		add("syrk", func(g *generator) []any { return rankK(g, g.transOf(blas.Trans), g.scalar(), g.scalar(), 1) })
		add("syr2k", func(g *generator) []any { return rankK(g, g.transOf(blas.Trans), g.scalar(), g.scalar(), 2) })
		add("herk", func(g *generator) []any { return rankK(g, g.transOf(blas.ConjTrans), g.real(), g.real(), 1) })
		add("her2k", func(g *generator) []any { return rankK(g, g.transOf(blas.ConjTrans), g.scalar(), g.real(), 2) })
		add("hemv", symv)
		add("geru", func(g *generator) []any { return ger(g, g.inc(), g.inc()) })
		add("gerc", func(g *generator) []any { return ger(g, g.inc(), g.inc()) })
		add("her", func(g *generator) []any { return syr(g, g.real(), 1) })
		add("her2", func(g *generator) []any { return syr(g, g.scalar(), 2) })
	}
	return all
}

func gemm(g *generator) []any {
	tA, tB, m, n, k := g.trans(), g.trans(), g.size(), g.size(), g.size()
	a, lda := g.operand(tA, m, k)
	b, ldb := g.operand(tB, k, n)
	beta, ldc := g.scalar(), g.stride(n)
	return []any{tA, tB, m, n, k, g.scalar(), a, lda, b, ldb, beta, g.output(beta, m, n, ldc), ldc}
}

// operand is a matrix of which op is rows×cols.
func (g *generator) operand(t blas.Transpose, rows, cols int) (a any, stride int) {
	if t != blas.NoTrans {
		rows, cols = cols, rows
	}
	stride = g.stride(cols)
	return g.matrix(rows, cols, stride), stride
}

func symm(g *generator) []any {
	s, ul, m, n := g.side(), g.uplo(), g.size(), g.size()
	order := m
	if s == blas.Right {
		order = n
	}
	lda, ldb, ldc, beta := g.stride(order), g.stride(n), g.stride(n), g.scalar()
	return []any{s, ul, m, n, g.scalar(), g.triangle(ul, false, order, lda, false), lda, g.matrix(m, n, ldb), ldb, beta, g.output(beta, m, n, ldc), ldc}
}

func rankK(g *generator, t blas.Transpose, alpha, beta any, matrices int) []any {
	ul, n, k := g.uplo(), g.size(), g.size()
	ldc := g.stride(n)
	args := []any{ul, t, n, k, alpha}
	for range matrices {
		a, lda := g.operand(t, n, k)
		args = append(args, a, lda)
	}
	c := g.triangle(ul, false, n, ldc, false)
	// gonum 0.17 reads C here: no NaNs can be the truth.
	reads := !g.complex && matrices == 1 && ul == blas.Lower && t != blas.NoTrans
	if (beta == 0.0 || beta == complex(0, 0)) && !reads {
		c = g.output(beta, n, n, ldc)
	}
	return append(args, beta, c, ldc)
}

func triangular(g *generator, solve bool) []any {
	s, ul, t, d, m, n := g.side(), g.uplo(), g.trans(), g.diag(), g.size(), g.size()
	order := m
	if s == blas.Right {
		order = n
	}
	lda, ldb := g.stride(order), g.stride(n)
	return []any{s, ul, t, d, m, n, g.scalar(), g.triangle(ul, d == blas.Unit, order, lda, solve), lda, g.matrix(m, n, ldb), ldb}
}

func gemv(g *generator) []any {
	t, m, n, incX, incY := g.trans(), g.size(), g.size(), g.inc(), g.inc()
	lda, lenX, lenY := g.stride(n), n, m
	if t != blas.NoTrans {
		lenX, lenY = m, n
	}
	return []any{t, m, n, g.scalar(), g.matrix(m, n, lda), lda, g.vector(lenX, incX), incX, g.scalar(), g.vector(lenY, incY), incY}
}

func symv(g *generator) []any {
	ul, n, incX, incY := g.uplo(), g.size(), g.inc(), g.inc()
	lda := g.stride(n)
	return []any{ul, n, g.scalar(), g.triangle(ul, false, n, lda, false), lda, g.vector(n, incX), incX, g.scalar(), g.vector(n, incY), incY}
}

func trmv(g *generator) []any {
	ul, t, d, n, incX := g.uplo(), g.trans(), g.diag(), g.size(), g.inc()
	lda := g.stride(n)
	return []any{ul, t, d, n, g.triangle(ul, d == blas.Unit, n, lda, false), lda, g.vector(n, incX), incX}
}

func ger(g *generator, incX, incY int) []any {
	m, n := g.size(), g.size()
	lda := g.stride(n)
	return []any{m, n, g.scalar(), g.vector(m, incX), incX, g.vector(n, incY), incY, g.matrix(m, n, lda), lda}
}

func syr(g *generator, alpha any, vectors int) []any {
	ul, n := g.uplo(), g.size()
	lda := g.stride(n)
	args := []any{ul, n, alpha}
	for range vectors {
		inc := g.inc()
		args = append(args, g.vector(n, inc), inc)
	}
	return append(args, g.triangle(ul, false, n, lda, false), lda)
}
