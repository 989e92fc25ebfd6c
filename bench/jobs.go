package main

import (
	"fmt"

	"github.com/tandem-go/tandem/kernels"
)

// jobs is the grid of operations and sizes.
func jobs(quick bool) []job {
	var all []job
	lengths := []int{1 << 10, 1 << 14, 1 << 18, 1 << 22}
	if quick {
		lengths = []int{1 << 14, 1 << 20}
	}
	for _, n := range lengths {
		x, y := ramp(n), ramp(n)
		all = append(all, job{
			op: "axpy", size: fmt.Sprint(n), launch: kernels.Axpy(float32(1e-9), x, y),
			flops: 2 * float64(n), nbytes: 12 * float64(n),
		})
	}
	return all
}

// ramp is n numbers that are neither zero nor denormal.
func ramp(n int) []float32 {
	x := make([]float32, n)
	for i := range x {
		x[i] = 1 + float32(i%1000)/1000
	}
	return x
}
