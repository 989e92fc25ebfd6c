//go:build cuda && linux && cgo

package hybrid_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/gonum"

	"github.com/tandem-go/tandem/device/cuda/cudatest"
	"github.com/tandem-go/tandem/hybrid"
	"github.com/tandem-go/tandem/kernels"
	"github.com/tandem-go/tandem/kernels/half"
)

type hybridNumber interface {
	float32 | float64 | complex64 | complex128
}

// number is re, and in complex types re + im*i.
func number[T hybridNumber](re, im float64) (x T) {
	switch x := any(&x).(type) {
	case *float32:
		*x = float32(re)
	case *float64:
		*x = re
	case *complex64:
		*x = complex(float32(re), float32(im))
	case *complex128:
		*x = complex(re, im)
	}
	return x
}

// batchOf is operands of count products, and what gonum makes of them.
type batchOf[T hybridNumber] struct {
	m, n, k, count, ldc int
	tA, tB              blas.Transpose
	alpha, beta         T
	a, b, c, want       []T
}

func newBatch[T hybridNumber](m, n, k, count, padding int, tA, tB blas.Transpose, beta T) *batchOf[T] {
	g := &batchOf[T]{m: m, n: n, k: k, count: count, ldc: n + padding, tA: tA, tB: tB, alpha: number[T](2, 1), beta: beta}
	fill := func(nelem, period int) []T {
		x := make([]T, nelem)
		for i := range x {
			x[i] = number[T](float64(i%period)-3, float64(i%(period+1))-2)
		}
		return x
	}
	g.a, g.b, g.c = fill(m*k*count, 7), fill(k*n*count, 5), fill(m*g.ldc*count, 9)
	if beta == 0 {
		for i := range g.c {
			g.c[i] = number[T](math.NaN(), math.NaN())
		}
	}
	g.want = slices.Clone(g.c)
	if k == 0 { // gonum wants elements of A and B for it
		for i := range g.want {
			g.want[i] *= beta
		}
		return g
	}
	lda, ldb := g.strides()
	for i := range count {
		a, b, c := g.a[i*m*k:], g.b[i*k*n:], g.want[i*m*g.ldc:]
		var native gonum.Implementation
		switch c := any(c).(type) {
		case []float32:
			native.Sgemm(tA, tB, m, n, k, any(g.alpha).(float32), any(a).([]float32), lda, any(b).([]float32), ldb, any(beta).(float32), c, g.ldc)
		case []float64:
			native.Dgemm(tA, tB, m, n, k, any(g.alpha).(float64), any(a).([]float64), lda, any(b).([]float64), ldb, any(beta).(float64), c, g.ldc)
		case []complex64:
			native.Cgemm(tA, tB, m, n, k, any(g.alpha).(complex64), any(a).([]complex64), lda, any(b).([]complex64), ldb, any(beta).(complex64), c, g.ldc)
		case []complex128:
			native.Zgemm(tA, tB, m, n, k, any(g.alpha).(complex128), any(a).([]complex128), lda, any(b).([]complex128), ldb, any(beta).(complex128), c, g.ldc)
		}
	}
	return g
}

func (g *batchOf[T]) strides() (lda, ldb int) {
	lda, ldb = g.k, g.n
	if g.tA != blas.NoTrans {
		lda = g.m
	}
	if g.tB != blas.NoTrans {
		ldb = g.k
	}
	return max(1, lda), max(1, ldb)
}

// check compares c with gonum's; all numbers are small integers, so that sums are exact.
func (g *batchOf[T]) check(c []T) error {
	for i, v := range c {
		if v != g.want[i] && (v == v || g.want[i] == g.want[i]) {
			return fmt.Errorf("%d of %d×%d×%d: element %d is %v, want %v", g.count, g.m, g.n, g.k, i, v, g.want[i])
		}
	}
	return nil
}

func (g *batchOf[T]) strided(t *testing.T, b *hybrid.BLAS) error {
	lda, ldb := g.strides()
	c := slices.Clone(g.c)
	if err := hybrid.GemmStridedBatch(t.Context(), b, g.tA, g.tB, g.m, g.n, g.k, g.alpha, g.a, lda, g.m*g.k, g.b, ldb, g.k*g.n,
		g.beta, c, g.ldc, g.m*g.ldc, g.count); err != nil {
		return err
	}
	return g.check(c)
}

func (g *batchOf[T]) scattered(t *testing.T, b *hybrid.BLAS) error {
	lda, ldb := g.strides()
	c := slices.Clone(g.c)
	var as, bs, cs [][]T
	for i := range g.count {
		as, bs, cs = append(as, g.a[i*g.m*g.k:]), append(bs, g.b[i*g.k*g.n:]), append(cs, c[i*g.m*g.ldc:])
	}
	if err := hybrid.GemmBatch(t.Context(), b, g.tA, g.tB, g.m, g.n, g.k, g.alpha, as, lda, bs, ldb, g.beta, cs, g.ldc); err != nil {
		return err
	}
	return g.check(c)
}

// TestCUDABatch has GPUs do batches: by force, and where the calls' own times tell. The
// shapes have padding in C, NaN that must not be read, and nothing at all.
func TestCUDABatch(t *testing.T) {
	s := cudaMachine(t, twoGPUs)
	forced, chosen := s.BLAS(hybrid.AlwaysTiled(32)), s.BLAS()
	for _, g := range []*batchOf[float32]{
		newBatch[float32](5, 6, 7, 40, 0, blas.NoTrans, blas.NoTrans, 0),
		newBatch[float32](5, 6, 7, 40, 2, blas.Trans, blas.NoTrans, 0),
		newBatch[float32](33, 1, 9, 11, 0, blas.NoTrans, blas.Trans, -1),
		newBatch[float32](1, 70, 2, 3, 1, blas.Trans, blas.Trans, 2),
		newBatch[float32](3, 4, 0, 5, 0, blas.NoTrans, blas.NoTrans, 2),
		newBatch[float32](3, 4, 5, 0, 0, blas.NoTrans, blas.NoTrans, 0),
	} {
		if err := g.strided(t, forced); err != nil {
			t.Error(err)
		}
		if err := g.scattered(t, forced); err != nil {
			t.Error(err)
		}
	}
	d := newBatch[float64](32, 32, 32, 130, 1, blas.NoTrans, blas.NoTrans, 1)
	for range 5 { // either way three times at least
		if err := d.strided(t, chosen); err != nil {
			t.Error(err)
		}
		if err := d.scattered(t, chosen); err != nil {
			t.Error(err)
		}
	}
	// In a single launch a GPU that is late may find that the others have done it all.
	launches := func() int { return cudatest.Calls("cuLaunchKernel") }
	for _, batch := range []func(*testing.T, *hybrid.BLAS) error{d.strided, d.scattered} {
		before := launches()
		for tries := 0; !onRealGPU && launches() == before; tries++ {
			if tries == 50 {
				t.Fatal("GPUs did nothing in 50 batches")
			}
			if err := batch(t, forced); err != nil {
				t.Error(err)
			}
		}
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if err := d.strided(t, forced); err != nil {
		t.Errorf("after Close: %v", err)
	}
	if err := d.scattered(t, forced); err != nil {
		t.Errorf("after Close: %v", err)
	}
}

// TestCUDAComplexBatch has GPUs do batches of complex numbers, every way of storing them.
func TestCUDAComplexBatch(t *testing.T) {
	s := cudaMachine(t, twoGPUs)
	forced := s.BLAS(hybrid.AlwaysTiled(32))
	ways := []blas.Transpose{blas.NoTrans, blas.Trans, blas.ConjTrans}
	for i, tA := range ways {
		for j, tB := range ways {
			c := newBatch[complex64](5, 6, 7, 12, i, tA, tB, 0)
			z := newBatch[complex128](9, 4, 3, 8, j, tA, tB, 1-2i)
			for _, do := range []func(*testing.T, *hybrid.BLAS) error{c.strided, c.scattered, z.strided, z.scattered} {
				if err := do(t, forced); err != nil {
					t.Errorf("%c%c: %v", tA, tB, err)
				}
			}
		}
	}
	launches := func() int { return cudatest.Calls("cuLaunchKernel") }
	z := newBatch[complex128](20, 30, 10, 130, 0, blas.NoTrans, blas.ConjTrans, 1)
	before := launches()
	for tries := 0; !onRealGPU && launches() == before; tries++ {
		if tries == 50 {
			t.Fatal("GPUs did nothing in 50 batches")
		}
		if err := z.strided(t, forced); err != nil {
			t.Error(err)
		}
	}
}

// TestCUDABatchFaults has the GPU fail within a batch: the result is right all the same.
func TestCUDABatchFaults(t *testing.T) {
	if onRealGPU {
		t.Skip("a real GPU cannot be made to do this")
	}
	for name, fault := range map[string]func(){
		"illegal address": func() { cudatest.Fault("cuLaunchKernel", 1, 700) },
		"upload":          func() { cudatest.Fault("cuMemcpyHtoDAsync_v2", 2, 719) },
		"refused launch":  func() { cudatest.Fail("cuLaunchKernel", 1, 701) },
		"no memory":       func() { cudatest.Fail("cuMemAllocFromPoolAsync", 1, 2) },
		"no module":       func() { cudatest.Fail("cuModuleLoadDataEx", 1, 2) },
	} {
		t.Run(name, func(t *testing.T) {
			s := cudaMachine(t, twoGPUs)
			b := s.BLAS(hybrid.AlwaysTiled(32))
			g := newBatch[float32](20, 20, 20, 50, 0, blas.NoTrans, blas.NoTrans, 3)
			z := newBatch[complex128](20, 20, 20, 50, 0, blas.ConjTrans, blas.NoTrans, 3i)
			fault()
			if err := z.strided(t, b); err != nil {
				t.Error(err)
			}
			for range 2 {
				if err := g.strided(t, b); err != nil {
					t.Error(err)
				}
				if err := g.scattered(t, b); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

// TestCUDAHalves multiplies 16-bit numbers on each device, and on all at once, of slices
// and of buffers whose length is odd.
func TestCUDAHalves(t *testing.T) {
	s := cudaMachine(t, twoGPUs)
	t.Run("float16", func(t *testing.T) { halves[half.Float16](t, s) })
	t.Run("bfloat16", func(t *testing.T) { halves[half.BFloat16](t, s) })
}

func halves[T half.Number](t *testing.T, s *hybrid.Scheduler) {
	const m, n, k = 301, 35, 21
	x, y := make([]float32, m*k), make([]float32, k*n)
	for i := range x {
		x[i] = float32(i%17) - 8
	}
	for i := range y {
		y[i] = float32(i%13) - 6
	}
	want := make([]float32, m*n)
	var native gonum.Implementation
	native.Sgemm(blas.NoTrans, blas.NoTrans, m, n, k, 1, x, k, y, n, 0, want, n)
	a, b := half.Round(make([]T, m*k), x), half.Round(make([]T, k*n), y)
	bufferA, err := hybrid.BufferFrom(s, a)
	if err != nil {
		t.Fatal(err)
	}
	defer bufferA.Free()
	bufferB, err := hybrid.BufferFrom(s, b)
	if err != nil {
		t.Fatal(err)
	}
	defer bufferB.Free()
	for name, opts := range ways(s) {
		for what, ab := range map[string][2]kernels.Matrix[T]{
			"slices":  {kernels.Dense(m, k, k, a), kernels.Dense(k, n, n, b)},
			"buffers": {kernels.Resident(m, k, k, bufferA), kernels.Resident(k, n, n, bufferB)},
		} {
			c := make([]float32, m*n)
			l := kernels.GemmHalf(blas.NoTrans, blas.NoTrans, 1, ab[0], ab[1], 0, kernels.Dense(m, n, n, c))
			if err := s.Launch(t.Context(), l, opts...); err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(c, want) {
				t.Errorf("%s, of %s: the product is wrong", name, what)
			}
		}
	}
}
