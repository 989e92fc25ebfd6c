package kernels_test

import (
	"fmt"
	"math"
	"testing"

	"gonum.org/v1/gonum/blas/gonum"
	"gonum.org/v1/gonum/floats"

	"github.com/tandem-go/tandem/kernels"
	"github.com/tandem-go/tandem/kernels/kerneltest"
)

// contender is an operation, and what a user would write without it.
type contender struct {
	name   string
	launch kernels.Launch
	plain  func()
}

// BenchmarkVector times the operations on vectors inline, beside a plain loop or
// gonum in the same run, and on every OpenGL device. 16,384 numbers fit in a
// core's caches, a million do not.
func BenchmarkVector(b *testing.B) {
	devices := map[string]*kerneltest.Runner{}
	for id, r := range runners(b) {
		m, ok := r.(*machine)
		if !ok || m.Info().Caps.Language == "go" {
			continue
		}
		r, err := kerneltest.NewRunner(m.Device)
		if err != nil {
			b.Fatal(err)
		}
		devices[id] = r
	}
	for _, n := range []int{1 << 14, 1 << 20} {
		for _, c := range append(singles(n), doubles(n)...) {
			name := fmt.Sprintf("op=%s/n=%d", c.launch.Kernel().Name, n)
			if err := c.launch.Err(); err != nil {
				b.Fatal(err)
			}
			b.Run(name+"/by=tandem", func(b *testing.B) { kerneltest.Inline().Bench(b, &c.launch) })
			b.Run(name+"/by="+c.name, func(b *testing.B) {
				for b.Loop() {
					c.plain()
				}
				b.ReportMetric(c.launch.Cost().Bytes*float64(n)*float64(b.N)/b.Elapsed().Seconds()/1e9, "GB/s")
			})
			for id, r := range devices {
				b.Run(name+"/dev="+id, func(b *testing.B) { r.Bench(b, &c.launch) })
			}
		}
	}
}

func singles(n int) []contender {
	x, y, z := random[float32](n), random[float32](n), random[float32](n)
	var native gonum.Implementation
	var result float32
	var index int
	each := func(f func(float64) float64) func() {
		return func() {
			for i, v := range x {
				z[i] = float32(f(float64(v)))
			}
		}
	}
	return []contender{
		{"gonum", kernels.Saxpy(1e-9, x, y), func() { native.Saxpy(n, 1e-9, x, 1, y, 1) }},
		{"gonum", kernels.Scal[float32](-1, z), func() { native.Sscal(n, -1, z, 1) }},
		{"gonum", kernels.Swap(x, z), func() { native.Sswap(n, x, 1, z, 1) }},
		{"gonum", kernels.Rot[float32](0.6, 0.8, x, z), func() { native.Srot(n, x, 1, z, 1, 0.6, 0.8) }},
		{"loop", kernels.Fill[float32](3, z), func() {
			for i := range z {
				z[i] = 3
			}
		}},
		{"copy", kernels.Copy(z, x), func() { copy(z, x) }},
		{"loop", kernels.Add(z, x, y), func() {
			for i := range z {
				z[i] = x[i] + y[i]
			}
		}},
		{"loop", kernels.Div(z, x, y), func() {
			for i := range z {
				z[i] = x[i] / y[i]
			}
		}},
		{"loop", kernels.Max(z, x, y), func() {
			for i := range z {
				z[i] = max(x[i], y[i])
			}
		}},
		{"loop", kernels.Abs(z, x), each(math.Abs)},
		{"loop", kernels.Sqrt(z, x), each(math.Sqrt)},
		{"loop", kernels.Exp(z, x), each(math.Exp)},
		{"loop", kernels.Log(z, x), each(math.Log)},
		{"loop", kernels.Tanh(z, x), each(math.Tanh)},
		{"loop", kernels.Sum(&result, x), func() {
			result = 0
			for _, v := range x {
				result += v
			}
		}},
		{"gonum", kernels.Asum(&result, x), func() { result = native.Sasum(n, x, 1) }},
		{"gonum", kernels.Dot(&result, x, y), func() { result = native.Sdot(n, x, 1, y, 1) }},
		{"gonum", kernels.Nrm2(&result, x), func() { result = native.Snrm2(n, x, 1) }},
		{"loop", kernels.Maximum(&result, &index, x), func() {
			index = 0
			for i, v := range x {
				if v > x[index] {
					index = i
				}
			}
		}},
		{"gonum", kernels.Amax(&result, &index, x), func() { index = native.Isamax(n, x, 1) }},
	}
}

func doubles(n int) []contender {
	x, y, z := random[float64](n), random[float64](n), random[float64](n)
	var native gonum.Implementation
	var result float64
	var index int
	each := func(f func(float64) float64) func() {
		return func() {
			for i, v := range x {
				z[i] = f(v)
			}
		}
	}
	return []contender{
		{"gonum", kernels.Daxpy(1e-9, x, y), func() { native.Daxpy(n, 1e-9, x, 1, y, 1) }},
		{"gonum", kernels.Scal[float64](-1, z), func() { native.Dscal(n, -1, z, 1) }},
		{"gonum", kernels.Swap(x, z), func() { native.Dswap(n, x, 1, z, 1) }},
		{"gonum", kernels.Rot(0.6, 0.8, x, z), func() { native.Drot(n, x, 1, z, 1, 0.6, 0.8) }},
		{"loop", kernels.Fill[float64](3, z), func() {
			for i := range z {
				z[i] = 3
			}
		}},
		{"copy", kernels.Copy(z, x), func() { copy(z, x) }},
		{"gonum", kernels.Add(z, x, y), func() { floats.AddTo(z, x, y) }},
		{"gonum", kernels.Sub(z, x, y), func() { floats.SubTo(z, x, y) }},
		{"gonum", kernels.Mul(z, x, y), func() { floats.MulTo(z, x, y) }},
		{"gonum", kernels.Div(z, x, y), func() { floats.DivTo(z, x, y) }},
		{"loop", kernels.Max(z, x, y), func() {
			for i := range z {
				z[i] = max(x[i], y[i])
			}
		}},
		{"loop", kernels.Abs(z, x), each(math.Abs)},
		{"loop", kernels.Sqrt(z, x), each(math.Sqrt)},
		{"loop", kernels.Exp(z, x), each(math.Exp)},
		{"loop", kernels.Log(z, x), each(math.Log)},
		{"loop", kernels.Tanh(z, x), each(math.Tanh)},
		{"gonum", kernels.Sum(&result, x), func() { result = floats.Sum(x) }},
		{"gonum", kernels.Asum(&result, x), func() { result = native.Dasum(n, x, 1) }},
		{"gonum", kernels.Dot(&result, x, y), func() { result = native.Ddot(n, x, 1, y, 1) }},
		{"gonum", kernels.Nrm2(&result, x), func() { result = native.Dnrm2(n, x, 1) }},
		{"gonum", kernels.Maximum(&result, &index, x), func() { index = floats.MaxIdx(x) }},
		{"gonum", kernels.Amax(&result, &index, x), func() { index = native.Idamax(n, x, 1) }},
	}
}
