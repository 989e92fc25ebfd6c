//go:build cuda && linux && cgo

package kernels_test

import (
	"errors"
	"fmt"
	"testing"

	"gonum.org/v1/gonum/blas"

	"github.com/tandem-go/tandem/device"
	"github.com/tandem-go/tandem/kernels"
	"github.com/tandem-go/tandem/kernels/half"
)

// BenchmarkCode has the kernels that arithmetic limits run as they were compiled ahead,
// for the oldest GPUs, and as the NVRTC of this machine compiles them for the device's
// own generation, on data that lie there: what tells whether newer code is worth having.
// Where the driver only passes for one, it tells nothing.
func BenchmarkCode(b *testing.B) {
	for _, found := range device.Probe() {
		for _, info := range found.Devices {
			if info.Backend == "cuda" {
				b.Run("dev="+info.ID, func(b *testing.B) { benchmarkCode(b, info.ID) })
			}
		}
	}
}

func benchmarkCode(b *testing.B, id string) {
	n, bodies := 2048, 1<<15
	if testing.Short() || !onRealGPU {
		n, bodies = 64, 512
	}
	for _, l := range []kernels.Launch{
		gemmOf[float32](n), gemmOf[float64](n), batchOf[float32](n), halfOf[half.Float16](n), nbodyOf[float32](bodies), nbodyOf[float64](bodies),
	} {
		src, err := l.Kernel().Source(device.CUDA)
		if err != nil {
			b.Fatal(err)
		}
		codes := map[string]string{"archived": src.Text, "native": l.Kernel().CUDAText()}
		for _, code := range []string{"archived", "native"} {
			b.Run(fmt.Sprintf("kernel=%s/code=%s", l.Kernel().Name, code), func(b *testing.B) {
				m := openMachine(b, id)
				own := src
				own.Text, own.Library = codes[code], ""
				p, err := m.Compile(own)
				if code == "native" && errors.Is(err, device.ErrUnsupported) {
					b.Skipf("there is no compiler here: %v", err)
				}
				if err != nil {
					b.Fatal(err)
				}
				m.programs[l.Kernel()] = p
				run, done := m.resident(b, &l)
				defer done()
				run()
				for b.Loop() {
					run()
				}
				b.ReportMetric(l.Cost().Flops*float64(l.N())*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
			})
		}
	}
}

func squareOf[T kernels.Float](n int) kernels.Matrix[T] {
	return kernels.Dense(n, n, n, make([]T, n*n))
}

func gemmOf[T kernels.Float](n int) kernels.Launch {
	return kernels.Gemm(blas.NoTrans, blas.NoTrans, 1, squareOf[T](n), squareOf[T](n), 0, squareOf[T](n))
}

func batchOf[T kernels.Float](n int) kernels.Launch {
	side := n / 16
	all := func() kernels.Batch[T] {
		return kernels.Batch[T]{Matrix: kernels.Dense(side, side, side, make([]T, n*n)), Apart: side * side}
	}
	return kernels.GemmBatch(blas.NoTrans, blas.NoTrans, 1, all(), all(), 0, all(), 256)
}

func halfOf[T half.Number](n int) kernels.Launch {
	a := kernels.Dense(n, n, n, make([]T, n*n))
	return kernels.GemmHalf(blas.NoTrans, blas.NoTrans, 1, a, a, 0, squareOf[float32](n))
}

func nbodyOf[T kernels.Float](n int) kernels.Launch {
	bodies := make([]T, 4*n)
	for i := range bodies {
		bodies[i] = T(i%997) / 997
	}
	return kernels.NBody[T](1, 0.01, bodies, make([]T, 4*n))
}
