package blastest

import (
	"regexp"
	"testing"

	"gonum.org/v1/gonum/blas/testblas"
)

// Gonum holds b to what gonum's conformance suite has for the routines whose names
// match. It covers float64 and complex128.
func Gonum(t *testing.T, b BLAS, match *regexp.Regexp) {
	for _, c := range []struct {
		routine string
		test    func(t *testing.T, b BLAS)
	}{
		{"Dasum", func(t *testing.T, b BLAS) { testblas.DasumTest(t, b) }},
		{"Daxpy", func(t *testing.T, b BLAS) { testblas.DaxpyTest(t, b) }},
		{"Dcopy", func(t *testing.T, b BLAS) { testblas.DcopyTest(t, b) }},
		{"Ddot", func(t *testing.T, b BLAS) { testblas.DdotTest(t, b) }},
		{"Dgbmv", func(t *testing.T, b BLAS) { testblas.DgbmvTest(t, b) }},
		{"Dgemm", func(t *testing.T, b BLAS) { testblas.TestDgemm(t, b) }},
		{"Dgemv", func(t *testing.T, b BLAS) { testblas.DgemvTest(t, b) }},
		{"Dger", func(t *testing.T, b BLAS) { testblas.DgerTest(t, b) }},
		{"Dnrm2", func(t *testing.T, b BLAS) { testblas.Dnrm2Test(t, b) }},
		{"Drot", func(t *testing.T, b BLAS) { testblas.DrotTest(t, b) }},
		{"Drotg", func(t *testing.T, b BLAS) { testblas.DrotgTest(t, b, false) }},
		{"Drotm", func(t *testing.T, b BLAS) { testblas.DrotmTest(t, b) }},
		{"Drotmg", func(t *testing.T, b BLAS) { testblas.DrotmgTest(t, b) }},
		{"Dsbmv", func(t *testing.T, b BLAS) { testblas.DsbmvTest(t, b) }},
		{"Dscal", func(t *testing.T, b BLAS) { testblas.DscalTest(t, b) }},
		{"Dspmv", func(t *testing.T, b BLAS) { testblas.DspmvTest(t, b) }},
		{"Dspr", func(t *testing.T, b BLAS) { testblas.DsprTest(t, b) }},
		{"Dspr2", func(t *testing.T, b BLAS) { testblas.Dspr2Test(t, b) }},
		{"Dswap", func(t *testing.T, b BLAS) { testblas.DswapTest(t, b) }},
		{"Dsymm", func(t *testing.T, b BLAS) { testblas.DsymmTest(t, b) }},
		{"Dsymv", func(t *testing.T, b BLAS) { testblas.DsymvTest(t, b) }},
		{"Dsyr", func(t *testing.T, b BLAS) { testblas.DsyrTest(t, b) }},
		{"Dsyr2", func(t *testing.T, b BLAS) { testblas.Dsyr2Test(t, b) }},
		{"Dsyr2k", func(t *testing.T, b BLAS) { testblas.Dsyr2kTest(t, b) }},
		{"Dsyrk", func(t *testing.T, b BLAS) { testblas.DsyrkTest(t, b) }},
		{"Dtbmv", func(t *testing.T, b BLAS) { testblas.DtbmvTest(t, b) }},
		{"Dtbsv", func(t *testing.T, b BLAS) { testblas.DtbsvTest(t, b) }},
		{"Dtpmv", func(t *testing.T, b BLAS) { testblas.DtpmvTest(t, b) }},
		{"Dtpsv", func(t *testing.T, b BLAS) { testblas.DtpsvTest(t, b) }},
		{"Dtrmm", func(t *testing.T, b BLAS) { testblas.DtrmmTest(t, b) }},
		{"Dtrmv", func(t *testing.T, b BLAS) { testblas.DtrmvTest(t, b) }},
		{"Dtrsm", func(t *testing.T, b BLAS) { testblas.DtrsmTest(t, b) }},
		{"Dtrsv", func(t *testing.T, b BLAS) { testblas.DtrsvTest(t, b) }},
		{"Dzasum", func(t *testing.T, b BLAS) { testblas.DzasumTest(t, b) }},
		{"Dznrm2", func(t *testing.T, b BLAS) { testblas.Dznrm2Test(t, b) }},
		{"Idamax", func(t *testing.T, b BLAS) { testblas.IdamaxTest(t, b) }},
		{"Izamax", func(t *testing.T, b BLAS) { testblas.IzamaxTest(t, b) }},
		{"Zaxpy", func(t *testing.T, b BLAS) { testblas.ZaxpyTest(t, b) }},
		{"Zcopy", func(t *testing.T, b BLAS) { testblas.ZcopyTest(t, b) }},
		{"Zdotc", func(t *testing.T, b BLAS) { testblas.ZdotcTest(t, b) }},
		{"Zdotu", func(t *testing.T, b BLAS) { testblas.ZdotuTest(t, b) }},
		{"Zdscal", func(t *testing.T, b BLAS) { testblas.ZdscalTest(t, b) }},
		{"Zgbmv", func(t *testing.T, b BLAS) { testblas.ZgbmvTest(t, b) }},
		{"Zgemm", func(t *testing.T, b BLAS) { testblas.ZgemmTest(t, b) }},
		{"Zgemv", func(t *testing.T, b BLAS) { testblas.ZgemvTest(t, b) }},
		{"Zgerc", func(t *testing.T, b BLAS) { testblas.ZgercTest(t, b) }},
		{"Zgeru", func(t *testing.T, b BLAS) { testblas.ZgeruTest(t, b) }},
		{"Zhbmv", func(t *testing.T, b BLAS) { testblas.ZhbmvTest(t, b) }},
		{"Zhemm", func(t *testing.T, b BLAS) { testblas.ZhemmTest(t, b) }},
		{"Zhemv", func(t *testing.T, b BLAS) { testblas.ZhemvTest(t, b) }},
		{"Zher", func(t *testing.T, b BLAS) { testblas.ZherTest(t, b) }},
		{"Zher2", func(t *testing.T, b BLAS) { testblas.Zher2Test(t, b) }},
		{"Zher2k", func(t *testing.T, b BLAS) { testblas.Zher2kTest(t, b) }},
		{"Zherk", func(t *testing.T, b BLAS) { testblas.ZherkTest(t, b) }},
		{"Zhpmv", func(t *testing.T, b BLAS) { testblas.ZhpmvTest(t, b) }},
		{"Zhpr", func(t *testing.T, b BLAS) { testblas.ZhprTest(t, b) }},
		{"Zhpr2", func(t *testing.T, b BLAS) { testblas.Zhpr2Test(t, b) }},
		{"Zscal", func(t *testing.T, b BLAS) { testblas.ZscalTest(t, b) }},
		{"Zswap", func(t *testing.T, b BLAS) { testblas.ZswapTest(t, b) }},
		{"Zsymm", func(t *testing.T, b BLAS) { testblas.ZsymmTest(t, b) }},
		{"Zsyr2k", func(t *testing.T, b BLAS) { testblas.Zsyr2kTest(t, b) }},
		{"Zsyrk", func(t *testing.T, b BLAS) { testblas.ZsyrkTest(t, b) }},
		{"Ztbmv", func(t *testing.T, b BLAS) { testblas.ZtbmvTest(t, b) }},
		{"Ztbsv", func(t *testing.T, b BLAS) { testblas.ZtbsvTest(t, b) }},
		{"Ztpmv", func(t *testing.T, b BLAS) { testblas.ZtpmvTest(t, b) }},
		{"Ztpsv", func(t *testing.T, b BLAS) { testblas.ZtpsvTest(t, b) }},
		{"Ztrmm", func(t *testing.T, b BLAS) { testblas.ZtrmmTest(t, b) }},
		{"Ztrmv", func(t *testing.T, b BLAS) { testblas.ZtrmvTest(t, b) }},
		{"Ztrsm", func(t *testing.T, b BLAS) { testblas.ZtrsmTest(t, b) }},
		{"Ztrsv", func(t *testing.T, b BLAS) { testblas.ZtrsvTest(t, b) }},
	} {
		if !match.MatchString(c.routine) {
			continue
		}
		t.Run(c.routine, func(t *testing.T) { c.test(t, b) })
	}
}
