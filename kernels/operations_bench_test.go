package kernels_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/gonum"

	"github.com/tandem-go/tandem/kernels"
)

// contest times a launch inline and what a user would write without it, in one
// run, so that their ratio can be read: flops of the whole launch.
func contest(b *testing.B, name string, flops float64, l kernels.Launch, plainName string, plain func()) {
	b.Helper()
	if err := l.Err(); err != nil {
		b.Fatal(err)
	}
	each := func(by string, f func()) {
		b.Run(name+"/by="+by, func(b *testing.B) {
			for b.Loop() {
				f()
			}
			b.ReportMetric(flops*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
		})
	}
	each("tandem", func() { l.Run(0, l.N()) })
	each(plainName, plain)
}

// onDevices times a launch on every device but the host, with its arguments on
// the device when it starts and its result there when it ends.
func onDevices(b *testing.B, name string, flops float64, l kernels.Launch) {
	b.Helper()
	for id, r := range runners(b) {
		m, ok := r.(*machine)
		if !ok || m.Info().Caps.Language == "go" {
			continue
		}
		b.Run(name+"/dev="+id, func(b *testing.B) {
			launch, done := m.resident(b, &l)
			defer done()
			launch()
			for b.Loop() {
				launch()
			}
			b.ReportMetric(flops*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
		})
	}
}

func BenchmarkGemm(b *testing.B) {
	benchmarkGemm(b, "float32", gonum.Implementation{}.Sgemm)
	benchmarkGemm(b, "float64", gonum.Implementation{}.Dgemm)
}

func benchmarkGemm[T kernels.Float](b *testing.B, typ string,
	plain func(tA, tB blas.Transpose, m, n, k int, alpha T, a []T, lda int, b []T, ldb int, beta T, c []T, ldc int),
) {
	for _, n := range []int{64, 512} {
		x, y, z := random[T](n*n), random[T](n*n), random[T](n*n)
		for _, tr := range []struct{ a, b blas.Transpose }{{'N', 'N'}, {'N', 'T'}, {'T', 'N'}, {'T', 'T'}} {
			l := kernels.Gemm(tr.a, tr.b, 1, kernels.Dense(n, n, n, x), kernels.Dense(n, n, n, y), 0, kernels.Dense(n, n, n, z))
			flops := 2 * float64(n) * float64(n) * float64(n)
			name := fmt.Sprintf("type=%s/trans=%c%c/n=%d", typ, tr.a, tr.b, n)
			contest(b, name, flops, l, "gonum", func() { plain(tr.a, tr.b, n, n, n, 1, x, n, y, n, 0, z, n) })
			onDevices(b, name, flops, l)
		}
	}
}

func BenchmarkGemv(b *testing.B) {
	benchmarkGemv(b, "float32", gonum.Implementation{}.Sgemv)
	benchmarkGemv(b, "float64", gonum.Implementation{}.Dgemv)
}

func benchmarkGemv[T kernels.Float](b *testing.B, typ string,
	plain func(tA blas.Transpose, m, n int, alpha T, a []T, lda int, x []T, incX int, beta T, y []T, incY int),
) {
	const n = 2048
	a, x, y := random[T](n*n), random[T](n), random[T](n)
	for _, tA := range []blas.Transpose{'N', 'T'} {
		l := kernels.Gemv(tA, 1, kernels.Dense(n, n, n, a), x, 0, y)
		name := fmt.Sprintf("type=%s/trans=%c/n=%d", typ, tA, n)
		contest(b, name, 2*n*n, l, "gonum", func() { plain(tA, n, n, 1, a, n, x, 1, 0, y, 1) })
		onDevices(b, name, 2*n*n, l)
	}
}

func BenchmarkSymv(b *testing.B) {
	benchmarkSymv(b, "float32", gonum.Implementation{}.Ssymv)
	benchmarkSymv(b, "float64", gonum.Implementation{}.Dsymv)
}

func benchmarkSymv[T kernels.Float](b *testing.B, typ string,
	plain func(ul blas.Uplo, n int, alpha T, a []T, lda int, x []T, incX int, beta T, y []T, incY int),
) {
	for _, n := range []int{16, 64, 256, 2048} {
		a, x, y := random[T](n*n), random[T](n), random[T](n)
		for _, ul := range []blas.Uplo{'U', 'L'} {
			l := kernels.Symv(ul, 1, kernels.Dense(n, n, n, a), x, 0, y)
			name, flops := fmt.Sprintf("type=%s/uplo=%c/n=%d", typ, ul, n), 2*float64(n)*float64(n)
			contest(b, name, flops, l, "gonum", func() { plain(ul, n, 1, a, n, x, 1, 0, y, 1) })
			onDevices(b, name, flops, l)
		}
	}
}

func BenchmarkGer(b *testing.B) {
	benchmarkGer(b, "float32", gonum.Implementation{}.Sger)
	benchmarkGer(b, "float64", gonum.Implementation{}.Dger)
}

func benchmarkGer[T kernels.Float](b *testing.B, typ string,
	plain func(m, n int, alpha T, x []T, incX int, y []T, incY int, a []T, lda int),
) {
	const n = 2048
	a, x, y := random[T](n*n), random[T](n), random[T](n)
	l := kernels.Ger(1e-9, x, y, kernels.Dense(n, n, n, a))
	name := fmt.Sprintf("type=%s/n=%d", typ, n)
	contest(b, name, 2*n*n, l, "gonum", func() { plain(n, n, 1e-9, x, 1, y, 1, a, n) })
	onDevices(b, name, 2*n*n, l)
}

func BenchmarkStencil5(b *testing.B) {
	benchmarkStencil5[float32](b, "float32")
	benchmarkStencil5[float64](b, "float64")
}

func benchmarkStencil5[T kernels.Float](b *testing.B, typ string) {
	const n = 1024
	src, dst := random[T](n*n), random[T](n*n)
	l := kernels.Stencil5(T(0.2), kernels.Dense(n, n, n, src), kernels.Dense(n, n, n, dst))
	name := fmt.Sprintf("type=%s/n=%d", typ, n)
	contest(b, name, 7*n*n, l, "loop", func() {
		for r := 1; r < n-1; r++ {
			for c := 1; c < n-1; c++ {
				i := r*n + c
				dst[i] = src[i] + 0.2*(src[i-n]+src[i+n]+src[i-1]+src[i+1]-4*src[i])
			}
		}
	})
	onDevices(b, name, 7*n*n, l)
}

func BenchmarkConvolve(b *testing.B) {
	const n, taps = 1024, 9
	src, dst, w := random[float32](n*n), random[float32](n*n), random[float32](taps)
	flops := 2.0 * taps * n * n
	rows := kernels.ConvolveRows(w, 1, kernels.Dense(n, n, n, src), kernels.Dense(n, n, n, dst))
	contest(b, "pass=rows", flops, rows, "loop", func() {
		for r := range n {
			in, out := src[r*n:][:n], dst[r*n:][:n]
			for c := range out {
				var sum float32
				for t, w := range w {
					sum += w * in[min(max(0, c+t-taps/2), n-1)]
				}
				out[c] = sum
			}
		}
	})
	onDevices(b, "pass=rows", flops, rows)
	cols := kernels.ConvolveCols(w, 1, kernels.Dense(n, n, n, src), kernels.Dense(n, n, n, dst))
	contest(b, "pass=cols", flops, cols, "loop", func() {
		for r := range n {
			for c := range n {
				var sum float32
				for t, w := range w {
					sum += w * src[min(max(0, r+t-taps/2), n-1)*n+c]
				}
				dst[r*n+c] = sum
			}
		}
	})
	onDevices(b, "pass=cols", flops, cols)
}

func BenchmarkMandelbrot(b *testing.B) {
	const w, h = 320, 240
	v := kernels.View{Width: w, Height: h, CenterX: -0.7, Pixel: 3.0 / w}
	counts := make([]int32, w*h)
	for _, limit := range []int{50, 1000} {
		iterations := 0
		l := kernels.Mandelbrot(v, limit, counts)
		l.Run(0, l.N())
		for _, n := range counts {
			iterations += int(n)
		}
		flops := 8 * float64(iterations)
		name := fmt.Sprintf("type=float64/limit=%d", limit)
		contest(b, name, flops, l, "loop", func() {
			for i := range counts {
				cx := v.CenterX + v.Pixel*(float64(i%w)-w/2+0.5)
				cy := v.CenterY - v.Pixel*(float64(i/w)-h/2+0.5)
				counts[i] = plainCount(cx, cy, limit)
			}
		})
		onDevices(b, name, flops, l)
		onDevices(b, fmt.Sprintf("type=float32/limit=%d", limit), flops, kernels.Mandelbrot32(v, limit, counts))
	}
}

func BenchmarkNBody(b *testing.B) {
	benchmarkNBody[float32](b, "float32")
	benchmarkNBody[float64](b, "float64")
}

func benchmarkNBody[T kernels.Float](b *testing.B, typ string) {
	const n = 2048
	bodies, field := random[T](4*n), random[T](4*n)
	l := kernels.NBody(1, T(0.01), bodies, field)
	if err := l.Err(); err != nil {
		b.Fatal(err)
	}
	name := fmt.Sprintf("type=%s/n=%d", typ, n)
	b.Run(name+"/by=tandem", func(b *testing.B) {
		for b.Loop() {
			l.Run(0, n)
		}
		b.ReportMetric(20*n*n*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
	})
	onDevices(b, name, 20*n*n, l)
}

func random[T kernels.Float](n int) []T {
	rng := rand.New(rand.NewPCG(1, 2))
	v := make([]T, n)
	for i := range v {
		v[i] = T(2*rng.Float64() - 1)
	}
	return v
}
