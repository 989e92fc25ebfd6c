package microkernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// TestMultiply compares with sums in float64, for every depth up to a few vectors
// and with guards round the tile.
func TestMultiply(t *testing.T) {
	t.Run("float64", func(t *testing.T) { compare[float64](t, 0x1p-53) })
	t.Run("float32", func(t *testing.T) { compare[float32](t, 0x1p-24) })
}

func compare[T Float](t *testing.T, ulp float64) {
	rng := rand.New(rand.NewPCG(1, 2))
	cols := Cols[T]()
	for _, k := range []int{0, 1, 2, 3, 7, 64, 257} {
		for _, ldc := range []int{cols, cols + 1, cols + 5} {
			a, b := numbers[T](rng, k*Rows), numbers[T](rng, k*cols)
			c := numbers[T](rng, Rows*ldc)
			want := append([]T(nil), c...)
			byGo := append([]T(nil), c...)
			multiplyGo(k, a, b, byGo, ldc)
			for i := range Rows {
				for j := range cols {
					sum := float64(c[i*ldc+j])
					for l := range k {
						sum += float64(a[l*Rows+i]) * float64(b[l*cols+j])
					}
					want[i*ldc+j] = T(sum)
				}
			}
			Multiply(k, a, b, c, ldc)
			bound := float64(k+1) * float64(k+2) * ulp
			for i := range c {
				for name, got := range map[string]T{"Multiply": c[i], "Go": byGo[i]} {
					if d := math.Abs(float64(got - want[i])); !(d <= bound) {
						t.Fatalf("%s, depth %d, stride %d: number %d is %v, want %v", name, k, ldc, i, got, want[i])
					}
					if i%ldc >= cols && got != want[i] {
						t.Fatalf("%s, depth %d, stride %d: wrote beside the tile", name, k, ldc)
					}
				}
			}
		}
	}
}

func numbers[T Float](rng *rand.Rand, n int) []T {
	v := make([]T, n)
	for i := range v {
		v[i] = T(2*rng.Float64() - 1)
	}
	return v
}

func TestShortSlicesPanic(t *testing.T) {
	const k = 4
	cols := Cols[float64]()
	for at := range 3 {
		size := []int{k * Rows, k * cols, Rows * cols}
		size[at]--
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("slice %d too short: no panic", at)
				}
			}()
			Multiply(k, make([]float64, size[0]), make([]float64, size[1]), make([]float64, size[2]), cols)
		}()
	}
}

// BenchmarkMultiply is the rate of one processor, and of all of them at once:
// what they share bounds every product.
func BenchmarkMultiply(b *testing.B) {
	b.Run("type=float64", benchmark[float64])
	b.Run("type=float32", benchmark[float32])
}

func benchmark[T Float](b *testing.B) {
	const k = 256
	cols := Cols[T]()
	rate := func(b *testing.B) {
		b.ReportMetric(2*k*float64(Rows*cols)*float64(b.N)/b.Elapsed().Seconds()/1e9, fmt.Sprintf("GFLOP/s(fast=%v)", Fast))
	}
	b.Run("processors=1", func(b *testing.B) {
		x, y, z := make([]T, k*Rows), make([]T, k*cols), make([]T, Rows*cols)
		for b.Loop() {
			Multiply(k, x, y, z, cols)
		}
		rate(b)
	})
	b.Run("processors=all", func(b *testing.B) {
		b.RunParallel(func(pb *testing.PB) {
			x, y, z := make([]T, k*Rows), make([]T, k*cols), make([]T, Rows*cols)
			for pb.Next() {
				Multiply(k, x, y, z, cols)
			}
		})
		rate(b)
	})
}
