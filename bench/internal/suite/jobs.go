package suite

import (
	"fmt"

	"github.com/tandem-go/tandem/kernels"
	"gonum.org/v1/gonum/blas"
)

// jobs is the grid of operations and sizes, from far below the crossover to
// well above it.
func jobs(quick bool) []job {
	lengths, orders, sides := []int{1 << 10, 1 << 14, 1 << 18, 1 << 22}, []int{32, 128, 512, 1024}, []int{128, 512, 1024}
	if quick {
		lengths, orders, sides = []int{1 << 14, 1 << 20}, []int{32, 256}, []int{256}
	}
	var all []job
	for _, n := range lengths {
		all = append(all, axpyJob(n), sumJob(n), expJob(n))
	}
	for _, n := range orders {
		all = append(all, gemvJob(n), gemmJob(n))
	}
	for _, n := range sides {
		all = append(all, stencilJob(n), mandelbrotJob(n))
	}
	for _, n := range orders {
		all = append(all, nbodyJob(n))
	}
	return all
}

func axpyJob(n int) job {
	// The factor is so small that y stays finite through all rounds.
	return job{
		op: "axpy", size: fmt.Sprint(n), launch: kernels.Axpy(float32(1e-9), ramp(n), ramp(n)),
		flops: 2 * float64(n), nbytes: 12 * float64(n),
	}
}

func sumJob(n int) job {
	return job{
		op: "sum", size: fmt.Sprint(n), launch: kernels.Sum(new(float32), ramp(n)),
		flops: float64(n), nbytes: 4 * float64(n),
	}
}

func expJob(n int) job {
	return job{
		op: "exp", size: fmt.Sprint(n), launch: kernels.Exp(ramp(n), ramp(n)),
		flops: 20 * float64(n), nbytes: 8 * float64(n),
	}
}

func gemvJob(n int) job {
	a := kernels.Dense(n, n, n, ramp(n*n))
	return job{
		op: "gemv", size: fmt.Sprintf("%d×%d", n, n),
		launch: kernels.Gemv(blas.NoTrans, 1, a, ramp(n), 0, ramp(n)),
		flops:  2 * float64(n) * float64(n), nbytes: 4 * float64(n) * float64(n),
	}
}

func gemmJob(n int) job {
	matrix := func() kernels.Matrix[float32] { return kernels.Dense(n, n, n, ramp(n*n)) }
	cube := float64(n) * float64(n) * float64(n)
	return job{
		op: "gemm", size: fmt.Sprintf("%d×%d×%d", n, n, n),
		launch: kernels.Gemm(blas.NoTrans, blas.NoTrans, 1, matrix(), matrix(), 0, matrix()),
		flops:  2 * cube, nbytes: 12 * float64(n) * float64(n),
	}
}

func stencilJob(n int) job {
	matrix := func() kernels.Matrix[float32] { return kernels.Dense(n, n, n, ramp(n*n)) }
	return job{
		op: "stencil5", size: fmt.Sprintf("%d×%d", n, n), launch: kernels.Stencil5(0.1, matrix(), matrix()),
		flops: 6 * float64(n) * float64(n), nbytes: 8 * float64(n) * float64(n),
	}
}

func mandelbrotJob(n int) job {
	const maxIter = 256
	view := kernels.View{Width: n, Height: n, CenterX: -0.75, Pixel: 3 / float64(n)}
	return job{
		op: "mandelbrot", size: fmt.Sprintf("%d×%d", n, n),
		launch: kernels.Mandelbrot(view, maxIter, make([]int32, n*n)),
		// A quarter of the pixels of this view never escape.
		flops: 10 * maxIter / 4 * float64(n) * float64(n), nbytes: 4 * float64(n) * float64(n),
	}
}

func nbodyJob(n int) job {
	return job{
		op: "nbody", size: fmt.Sprint(n), launch: kernels.NBody(float32(1), 0.01, ramp(4*n), ramp(4*n)),
		flops: 20 * float64(n) * float64(n), nbytes: 32 * float64(n),
	}
}

// ramp is n numbers that are neither zero nor denormal, and repeat themselves every
// thousand.
func ramp(n int) []float32 {
	const period = 1000
	x := make([]float32, n)
	for i := range x[:min(n, period)] {
		x[i] = 1 + float32(i)/period
	}
	for done := period; done < n; done *= 2 {
		copy(x[done:], x[:done])
	}
	return x
}
