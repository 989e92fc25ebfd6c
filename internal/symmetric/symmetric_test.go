package symmetric

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/gonum"
)

// TestProduct adds up the parts of random cuts, with NaN in the triangle that is not
// stored, and compares them with a loop in float64.
func TestProduct(t *testing.T) {
	t.Run("float32", func(t *testing.T) { testProduct(t, Single, 0x1p-24) })
	t.Run("float64", func(t *testing.T) { testProduct(t, Double, 0x1p-53) })
}

func testProduct[T float32 | float64](t *testing.T, product Product[T], unit float64) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	rng := rand.New(rand.NewPCG(seed, 1))
	for _, n := range []int{1, 2, 7, 8, 9, 24, 25, 64, 65, 130} {
		for _, ul := range []blas.Uplo{blas.Upper, blas.Lower} {
			lda := n + rng.IntN(3)
			a, x, y := numbers[T](rng, n*lda), numbers[T](rng, n), numbers[T](rng, n)
			want, size := make([]float64, n), make([]float64, n)
			for i := range n {
				want[i], size[i] = float64(y[i]), math.Abs(float64(y[i]))
				for j := range n {
					r, c := min(i, j), max(i, j)
					if ul == blas.Lower {
						r, c = c, r
					}
					v := 1.5 * float64(a[r*lda+c]) * float64(x[j])
					want[i] += v
					size[i] += math.Abs(v)
				}
			}
			for i := range n {
				for j := range i {
					if ul == blas.Upper {
						a[i*lda+j] = T(math.NaN())
					} else {
						a[j*lda+i] = T(math.NaN())
					}
				}
			}
			for lo := 0; lo < n; {
				hi := lo + 1 + rng.IntN(n-lo)
				product(ul, n, lo, hi, 1.5, a, lda, x, y)
				lo = hi
			}
			for i, v := range y {
				if bound := float64(n+4) * unit * size[i]; !(math.Abs(float64(v)-want[i]) <= bound) {
					t.Fatalf("order %d, %c: element %d is %v, want %v", n, ul, i, v, want[i])
				}
			}
		}
	}
}

func numbers[T float32 | float64](rng *rand.Rand, n int) []T {
	v := make([]T, n)
	for i := range v {
		v[i] = T(2*rng.Float64() - 1)
	}
	return v
}

// BenchmarkProduct has gonum's Dsymv and Ssymv beside it.
func BenchmarkProduct(b *testing.B) {
	for _, n := range []int{16, 32, 64, 128, 512, 2048} {
		compare(b, n, "float32", Single, gonum.Implementation{}.Ssymv)
		compare(b, n, "float64", Double, gonum.Implementation{}.Dsymv)
	}
}

func compare[T float32 | float64](b *testing.B, n int, typ string, product Product[T],
	symv func(ul blas.Uplo, n int, alpha T, a []T, lda int, x []T, incX int, beta T, y []T, incY int),
) {
	rng := rand.New(rand.NewPCG(1, 2))
	a, x, y := numbers[T](rng, n*n), numbers[T](rng, n), make([]T, n)
	for _, ul := range []blas.Uplo{blas.Upper, blas.Lower} {
		name := fmt.Sprintf("type=%s/n=%d/uplo=%c/by=", typ, n, ul)
		b.Run(name+"tandem", func(b *testing.B) {
			for b.Loop() {
				clear(y)
				product(ul, n, 0, n, 1, a, n, x, y)
			}
		})
		b.Run(name+"gonum", func(b *testing.B) {
			for b.Loop() {
				symv(ul, n, 1, a, n, x, 1, 0, y, 1)
			}
		})
	}
}
