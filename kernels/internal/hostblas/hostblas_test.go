package hostblas_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"strconv"
	"sync"
	"testing"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/gonum"
	"gonum.org/v1/gonum/blas/testblas"

	"github.com/tandem-go/tandem/kernels/internal/hostblas"
)

// library is gonum's BLAS with the tested product in it.
type library struct{ gonum.Implementation }

func (library) Dgemm(tA, tB blas.Transpose, m, n, k int, alpha float64, a []float64, lda int, b []float64, ldb int, beta float64, c []float64, ldc int) {
	hostblas.Dgemm(tA, tB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc)
}

// TestDgemmByGonumsSuite holds Dgemm to what gonum holds its own to.
func TestDgemmByGonumsSuite(t *testing.T) {
	t.Log("multiplied by", hostblas.Name())
	testblas.TestDgemm(t, library{})
}

func seeded(t *testing.T) *rand.Rand {
	seed := rand.Uint64()
	if text := os.Getenv("TANDEM_SEED"); text != "" {
		seed, _ = strconv.ParseUint(text, 10, 64)
	}
	t.Logf("TANDEM_SEED=%d", seed)
	return rand.New(rand.NewPCG(seed, 1))
}

func TestSgemmAgainstDgemm(t *testing.T) {
	rng := seeded(t)
	var group sync.WaitGroup
	defer group.Wait()
	for range 60 {
		m, n, k := 1+rng.IntN(90), 1+rng.IntN(90), 1+rng.IntN(90)
		tA, tB := blas.Transpose("NT"[rng.IntN(2)]), blas.Transpose("NT"[rng.IntN(2)])
		a, a64 := numbers(rng, m*k)
		b, b64 := numbers(rng, k*n)
		c, c64 := numbers(rng, m*n)
		lda, ldb := k, n
		if tA == blas.Trans {
			lda = m
		}
		if tB == blas.Trans {
			ldb = k
		}
		beta := float32(rng.IntN(2))
		if beta == 0 {
			for i := range c {
				c[i] = float32(math.NaN())
			}
		}
		group.Go(func() { // at once with the others
			hostblas.Sgemm(tA, tB, m, n, k, 0.5, a, lda, b, ldb, beta, c, n)
			gonum.Implementation{}.Dgemm(tA, tB, m, n, k, 0.5, a64, lda, b64, ldb, float64(beta), c64, n)
			for i := range c {
				if d := math.Abs(float64(c[i]) - c64[i]); !(d <= float64(k+3)*math.Exp2(-24)*float64(k+1)) {
					t.Errorf("%c%c %d×%d×%d: element %d is %v, want %v", tA, tB, m, n, k, i, c[i], c64[i])
					return
				}
			}
		})
	}
}

func numbers(rng *rand.Rand, n int) ([]float32, []float64) {
	v, w := make([]float32, n), make([]float64, n)
	for i := range v {
		v[i] = 2*rng.Float32() - 1
		w[i] = float64(v[i])
	}
	return v, w
}

// BenchmarkRows shows what it costs to compute a product some rows at a time,
// as a launch does that is cut over workers.
func BenchmarkRows(b *testing.B) {
	b.Log(hostblas.Name())
	const n = 1024
	rng := rand.New(rand.NewPCG(1, 2))
	x, x64 := numbers(rng, n*n)
	y, y64 := numbers(rng, n*n)
	z, z64 := numbers(rng, n*n)
	for _, rows := range []int{16, 32, 64, 128, 256, n} {
		b.Run(fmt.Sprintf("type=float32/rows=%d", rows), func(b *testing.B) {
			for b.Loop() {
				hostblas.Sgemm(blas.NoTrans, blas.NoTrans, rows, n, n, 1, x, n, y, n, 0, z, n)
			}
			b.ReportMetric(2*float64(rows)*n*n*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
		})
		b.Run(fmt.Sprintf("type=float64/rows=%d", rows), func(b *testing.B) {
			for b.Loop() {
				hostblas.Dgemm(blas.NoTrans, blas.NoTrans, rows, n, n, 1, x64, n, y64, n, 0, z64, n)
			}
			b.ReportMetric(2*float64(rows)*n*n*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
		})
	}
}

// BenchmarkSmall shows where a call into C begins to pay.
func BenchmarkSmall(b *testing.B) {
	b.Log(hostblas.Name())
	rng := rand.New(rand.NewPCG(1, 2))
	_, x := numbers(rng, 1<<12)
	_, y := numbers(rng, 1<<12)
	z := make([]float64, 1<<12)
	for _, n := range []int{4, 6, 8, 12, 16, 32, 64} {
		b.Run(fmt.Sprintf("n=%d/by=hostblas", n), func(b *testing.B) {
			for b.Loop() {
				hostblas.Dgemm(blas.NoTrans, blas.NoTrans, n, n, n, 1, x, n, y, n, 0, z, n)
			}
		})
		b.Run(fmt.Sprintf("n=%d/by=gonum", n), func(b *testing.B) {
			for b.Loop() {
				gonum.Implementation{}.Dgemm(blas.NoTrans, blas.NoTrans, n, n, n, 1, x, n, y, n, 0, z, n)
			}
		})
	}
}
