package kmeans

import (
	"math"

	"github.com/tandem-go/tandem/kernels"
)

// On a host without vectors four centres are measured at once: their sums don't wait for
// each other.
// 1024 points, with 16 centres of eight coordinates, went from 132 µs with the generated
// loop to 95 µs, in different runs (two cores of an AMD EPYC, 2026-11).
func init() {
	assignFloat32Kernel.Go, assignFloat64Kernel.Go = onHost[float32], onHost[float64]
	useVectors()
}

// onHost is assign. The conversions keep Go from fusing products with sums.
func onHost[T kernels.Float](c *kernels.Call) {
	dims, k := c.Int(0), c.Int(1)
	n := c.Hi - c.Lo
	points, centers := kernels.Slice[T](c, 0)[c.Lo*dims-c.Base(0):][:n*dims], kernels.Slice[T](c, 1)
	labels := kernels.Slice[int32](c, 2)[c.Lo-c.Base(2):][:n]
	distances := kernels.Slice[T](c, 3)[c.Lo-c.Base(3):][:n]
	for i := range labels {
		p := points[i*dims:][:dims]
		best, nearest := T(math.Inf(1)), int32(-1)
		at := 0
		for ; at+4 <= k; at += 4 {
			d0, d1, d2, d3 := four(p, centers[at*dims:][:4*dims])
			if d0 < best {
				best, nearest = d0, int32(at)
			}
			if d1 < best {
				best, nearest = d1, int32(at+1)
			}
			if d2 < best {
				best, nearest = d2, int32(at+2)
			}
			if d3 < best {
				best, nearest = d3, int32(at+3)
			}
		}
		for ; at < k; at++ {
			sum := T(0)
			for d, v := range centers[at*dims:][:len(p)] {
				x := p[d] - v
				sum += T(x * x) //nolint:unconvert // the conversion keeps the product from being fused
			}
			if sum < best {
				best, nearest = sum, int32(at)
			}
		}
		labels[i], distances[i] = nearest, best
	}
}

// four is the squares of the distances of four centres from a point.
func four[T kernels.Float](p, centers []T) (d0, d1, d2, d3 T) {
	dims := len(p)
	c0, c1, c2, c3 := centers[:dims], centers[dims:][:dims], centers[2*dims:][:dims], centers[3*dims:][:dims]
	for d, v := range p {
		x0, x1, x2, x3 := v-c0[d], v-c1[d], v-c2[d], v-c3[d]
		d0 += T(x0 * x0) //nolint:unconvert // the conversion keeps the product from being fused
		d1 += T(x1 * x1) //nolint:unconvert // as above
		d2 += T(x2 * x2) //nolint:unconvert // as above
		d3 += T(x3 * x3) //nolint:unconvert // as above
	}
	return d0, d1, d2, d3
}
