package kernels_test

import (
	"errors"
	"fmt"
	"math"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"gonum.org/v1/gonum/floats"

	"github.com/tandem-go/tandem/kernels"
	"github.com/tandem-go/tandem/kernels/internal/rivals"
)

// match is a kernel as tandemgen makes it and as it would be written by hand.
type match struct {
	launch          kernels.Launch // of the built-in kernel
	generated, hand kernels.Kernel
}

// BenchmarkGenerated times what tandemgen makes of the built-in kernels' functions
// beside variants written by hand, in turns: hand/gen is the median of the ratios of
// their times, above 1 where what is generated is faster. 16,384 numbers fit in a
// core's caches, a million do not. -benchtime=100x takes a hundred pairs of samples. On
// the host, times are the thread's, so that what else the machine does matters little.
func BenchmarkGenerated(b *testing.B) {
	for _, size := range []int{1 << 14, 1 << 20} {
		for _, m := range slices.Concat(matches[float32](size), matches[float64](size), stencils[float32](size), stencils[float64](size),
			convolutions[float32](size), convolutions[float64](size), rivalry(b, size)) {
			n := m.launch.N()
			name := fmt.Sprintf("op=%s/n=%d", m.launch.Kernel().Name, size)
			hand, gen := m.launch.On(kernels.Define(m.hand)), m.launch.On(kernels.Define(m.generated))
			for _, l := range []kernels.Launch{hand, gen} {
				if err := l.Err(); err != nil {
					b.Fatal(err)
				}
			}
			b.Run(name+"/on=cpu", func(b *testing.B) {
				inTurns(b, threadTime, func() { hand.Run(0, n) }, func() { gen.Run(0, n) })
			})
			if m.hand.GLSL == nil {
				continue
			}
			for id, r := range runners(b) {
				dev, ok := r.(*machine)
				if !ok || dev.Info().Caps.Language != "glsl" {
					continue
				}
				caps := dev.Info().Caps
				if err := errors.Join(hand.Runnable(caps, n), gen.Runnable(caps, n)); err != nil {
					b.Logf("%s on %s: %v", name, id, err)
					continue
				}
				b.Run(name+"/on="+id, func(b *testing.B) {
					// Both on the same arguments: where those lie is worth a factor.
					w, err := dev.upload(&hand, 0, n)
					defer w.free()
					if err != nil {
						b.Fatal(err)
					}
					inTurns(b, wallTime, dev.launcher(b, &hand, w), dev.launcher(b, &gen, w))
				})
			}
		}
	}
}

// sampleTime is how long a sample takes at least: clocks and interrupts are less
// than a hundredth of it.
const sampleTime = 200 * time.Microsecond

var processStart = time.Now()

func wallTime() time.Duration { return time.Since(processStart) }

// inTurns reports the median ratio of the times of two functions by a clock.
func inTurns(b *testing.B, clock func() time.Duration, hand, gen func()) {
	b.Helper()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	hand()
	gen()
	begin := clock()
	hand()
	repeat := 1 + int(sampleTime/max(1, clock()-begin))
	sample := func(f func()) float64 {
		begin := clock()
		for range repeat {
			f()
		}
		return (clock() - begin).Seconds() / float64(repeat)
	}
	var ratios, times []float64
	for turn := 0; b.Loop(); turn++ {
		var h, g float64
		if turn%2 == 0 {
			h, g = sample(hand), sample(gen)
		} else {
			g, h = sample(gen), sample(hand)
		}
		ratios, times = append(ratios, h/g), append(times, g)
	}
	slices.Sort(ratios)
	slices.Sort(times)
	b.ReportMetric(ratios[len(ratios)/2], "hand/gen")
	b.ReportMetric(times[len(times)/2]*1e9, "gen-ns")
	b.ReportMetric(0, "ns/op")
}

// matches are those of the maps. Their shaders are statements for index i.
func matches[T kernels.Float](n int) []match {
	x, y, z := random[T](n), random[T](n), random[T](n)
	ox, oy, oz := kernels.Of[T](x), kernels.Of[T](y), kernels.Of[T](z)
	on := func(l kernels.Launch, statement string, hand func(c *kernels.Call)) match {
		k := *l.Kernel()
		m := match{launch: l, generated: k, hand: k}
		if g, ok := kernels.AsGenerated[k.Name]; ok {
			m.generated.Go = g.Go
		} else {
			m.hand.Go = hand
		}
		real := "float"
		if k.Params[0].Type == kernels.Float64 {
			real = "double"
		}
		m.hand.GLSL = &kernels.Shader{Local: [3]int{256}, Text: strings.ReplaceAll(`
void main() {
	uint i = tandem_index();
	if (i >= tandem_n) return;
	i += tandem_lo;
	`+statement+`
}`, "REAL", real)}
		return m
	}
	binary := func(l kernels.Launch, expression string, hand func(dst, x, y []T)) match {
		return on(l, "REAL a = x[i + x_at], b = y[i + y_at];\n\tprecise REAL r = "+expression+";\n\tdst[i + dst_at] = r;", func(c *kernels.Call) {
			hand(kernels.Slice[T](c, 2), kernels.Slice[T](c, 0), kernels.Slice[T](c, 1))
		})
	}
	unary := func(l kernels.Launch, expression string, hand func(dst, x []T)) match {
		return on(l, "REAL a = x[i + x_at];\n\tprecise REAL r = "+expression+";\n\tdst[i + dst_at] = r;", func(c *kernels.Call) {
			hand(kernels.Slice[T](c, 1), kernels.Slice[T](c, 0))
		})
	}
	both := "uintBitsToFloat(floatBitsToUint(a) %s floatBitsToUint(b))"
	if any(x[0]) == any(float64(x[0])) {
		both = "packDouble2x32(unpackDouble2x32(a) %s unpackDouble2x32(b))"
	}
	return []match{
		on(kernels.Axpy(T(1e-9), x, y), "precise REAL sum = a * x[i + x_at] + y[i + y_at];\n\tif (a != REAL(0)) y[i + y_at] = sum;", nil),
		on(kernels.Scal(T(-1), z), "x[i + x_at] *= a;", func(c *kernels.Call) {
			x, a := kernels.Slice[T](c, 0), T(c.Float32(0))
			for i := range x {
				x[i] *= a
			}
		}),
		on(kernels.Fill(T(3), z), "x[i + x_at] = a;", nil),
		on(kernels.Copy(oz, ox), "dst[i + dst_at] = x[i + x_at];", nil),
		binary(kernels.Add(oz, ox, oy), "a + b", func(dst, x, y []T) {
			x, y = x[:len(dst)], y[:len(dst)]
			for i := range dst {
				dst[i] = x[i] + y[i]
			}
		}),
		binary(kernels.Sub(oz, ox, oy), "a - b", func(dst, x, y []T) {
			x, y = x[:len(dst)], y[:len(dst)]
			for i := range dst {
				dst[i] = x[i] - y[i]
			}
		}),
		binary(kernels.Mul(oz, ox, oy), "a * b", func(dst, x, y []T) {
			if dst, ok := any(dst).([]float64); ok {
				floats.MulTo(dst, any(x).([]float64), any(y).([]float64))
				return
			}
			x, y = x[:len(dst)], y[:len(dst)]
			for i := range dst {
				dst[i] = x[i] * y[i]
			}
		}),
		binary(kernels.Div(oz, ox, oy), "a / b", func(dst, x, y []T) {
			x, y = x[:len(dst)], y[:len(dst)]
			for i := range dst {
				dst[i] = x[i] / y[i]
			}
		}),
		binary(kernels.Min(oz, ox, oy), "a != a || b != b ? a + b : a < b ? a : b < a ? b : "+fmt.Sprintf(both, "|"), func(dst, x, y []T) {
			x, y = x[:len(dst)], y[:len(dst)]
			for i := range dst {
				dst[i] = min(x[i], y[i])
			}
		}),
		binary(kernels.Max(oz, ox, oy), "a != a || b != b ? a + b : a > b ? a : b > a ? b : "+fmt.Sprintf(both, "&"), func(dst, x, y []T) {
			x, y = x[:len(dst)], y[:len(dst)]
			for i := range dst {
				dst[i] = max(x[i], y[i])
			}
		}),
		unary(kernels.Abs(oz, ox), "abs(a)", func(dst, x []T) {
			x = x[:len(dst)]
			for i := range dst {
				dst[i] = T(math.Abs(float64(x[i])))
			}
		}),
		unary(kernels.Sqrt(oz, ox), "sqrt(a)", func(dst, x []T) {
			x = x[:len(dst)]
			for i := range dst {
				dst[i] = T(math.Sqrt(float64(x[i])))
			}
		}),
	}
}

// stencils are a match on a square grid.
func stencils[T kernels.Float](size int) []match {
	n := int(math.Sqrt(float64(size)))
	src, dst := random[T](n*n), random[T](n*n)
	m := match{launch: kernels.Stencil5(T(0.2), kernels.Dense(n, n, n, src), kernels.Dense(n, n, n, dst))}
	m.generated = *m.launch.Kernel()
	m.hand = m.generated
	m.hand.Go = func(c *kernels.Call) {
		src, dst := kernels.Slice[T](c, 0), kernels.Slice[T](c, 1)
		for r := c.Lo; r < c.Hi; r++ {
			mid, out := src[r*n-c.Base(0):][:n], dst[r*n-c.Base(1):][:n]
			if r == 0 || r == n-1 {
				copy(out, mid)
				continue
			}
			up, down := src[(r-1)*n-c.Base(0):][:n], src[(r+1)*n-c.Base(0):][:n]
			out[0], out[n-1] = mid[0], mid[n-1]
			for i := 1; i < n-1; i++ {
				out[i] = mid[i] + T(0.2)*((up[i]+down[i])+(mid[i-1]+mid[i+1])-4*mid[i])
			}
		}
	}
	m.hand.GLSL = &kernels.Shader{Local: m.generated.GLSL.Local, Groups: m.generated.GLSL.Groups, Text: strings.ReplaceAll(`
void main() {
	uint across = (uint(cols) + gl_WorkGroupSize.x - 1u) / gl_WorkGroupSize.x;
	uint row = tandem_group() / across;
	uint col = tandem_group() % across * gl_WorkGroupSize.x + gl_LocalInvocationID.x;
	if (row >= tandem_n || col >= uint(cols)) return;
	row += tandem_lo;
	uint at = row * uint(srcStride) + col + src_at;
	precise REAL value = src[at];
	if (row > 0u && row < uint(rows) - 1u && col > 0u && col < uint(cols) - 1u) {
		precise REAL around = (src[at - uint(srcStride)] + src[at + uint(srcStride)]) + (src[at - 1u] + src[at + 1u]);
		value += k * (around - REAL(4) * value);
	}
	dst[row * uint(dstStride) + col + dst_at] = value;
}`, "REAL", map[bool]string{true: "double", false: "float"}[m.generated.Float64()])}
	return []match{m}
}

// convolutions are a match on a square image, with nine weights.
func convolutions[T kernels.Float](size int) []match {
	n := int(math.Sqrt(float64(size)))
	src, dst, weights := random[T](n*n), random[T](n*n), random[T](9)
	from, to := kernels.Dense(n, n, n, src), kernels.Dense(n, n, n, dst)
	var all []match
	for along, l := range map[bool]kernels.Launch{true: kernels.ConvolveRows(weights, 1, from, to), false: kernels.ConvolveCols(weights, 1, from, to)} {
		m := match{launch: l, generated: *l.Kernel(), hand: *l.Kernel()}
		m.generated.Go = kernels.AsGenerated[m.hand.Name].Go
		m.hand.GLSL = &kernels.Shader{
			Local: m.generated.GLSL.Local, Groups: m.generated.GLSL.Groups, Iterations: m.generated.GLSL.Iterations,
			Text: fmt.Sprintf("#define ALONG_ROWS %t\n", along) + strings.ReplaceAll(`
void main() {
	uint across = (uint(cols) + gl_WorkGroupSize.x - 1u) / gl_WorkGroupSize.x;
	uint row = tandem_group() / across;
	uint col = tandem_group() % across * gl_WorkGroupSize.x + gl_LocalInvocationID.x;
	if (row >= tandem_n || col >= uint(cols)) return;
	row += tandem_lo;
	int last = (ALONG_ROWS ? cols / channels : rows) - 1;
	int here = int(ALONG_ROWS ? col / uint(channels) : row);
	uint line = ALONG_ROWS ? row * uint(srcStride) + col % uint(channels) : col;
	uint by = uint(ALONG_ROWS ? channels : srcStride);
	REAL sum = REAL(0);
	for (int t = 0; t <= 2 * radius; t++) {
		uint p = uint(clamp(here + t - radius, 0, last));
		sum += weights[uint(t) + weights_at] * src[line + p * by + src_at];
	}
	dst[row * uint(dstStride) + col + dst_at] = sum;
}`, "REAL", map[bool]string{true: "double", false: "float"}[m.generated.Float64()]),
		}
		all = append(all, m)
	}
	return all
}

// rivalry is the kernels that stayed as they were written by hand, against what
// tandemgen makes of their functions.
func rivalry(b *testing.B, size int) []match {
	b.Helper()
	x, z := random[float32](size), random[float32](size)
	u, w := random[float64](size), random[float64](size)
	for i := range x {
		x[i], u[i] = 10*abs(x[i]), 10*abs(u[i])
	}
	n := int(math.Sqrt(float64(size)))
	view := kernels.View{Width: n, Height: n, CenterX: -0.7, Pixel: 3 / float64(n)}
	counts := make([]int32, n*n)
	bodies := min(size/4, 1024)
	var all []match
	generated := rivals.Kernels()
	add := func(l kernels.Launch) {
		g, ok := kernels.AsGenerated[l.Kernel().Name]
		if !ok {
			g, ok = generated[l.Kernel().Name]
		}
		if !ok {
			b.Fatalf("no rival of %s", l.Kernel().Name)
		}
		hand := *l.Kernel()
		if text, ok := kernels.ByHand[hand.Name]; ok {
			variant := g.Go
			g = hand
			g.Go, hand.GLSL = variant, text
		}
		all = append(all, match{launch: l, generated: g, hand: hand})
	}
	r, d := new(float32), new(float64)
	add(kernels.Sum(r, x))
	add(kernels.Sum(d, u))
	add(kernels.Asum(r, x))
	add(kernels.Asum(d, u))
	add(kernels.Dot(r, x, z))
	add(kernels.Dot(d, u, w))
	add(kernels.Nrm2(r, x))
	add(kernels.Nrm2(d, u))
	add(kernels.Maximum(r, nil, x))
	add(kernels.Maximum(d, nil, u))
	add(kernels.Exp(z, x))
	add(kernels.Exp(w, u))
	add(kernels.Log(z, x))
	add(kernels.Log(w, u))
	add(kernels.Tanh(z, x))
	add(kernels.Mandelbrot32(view, 200, counts))
	add(kernels.Mandelbrot(view, 200, counts))
	add(kernels.NBody[float32](1, 0.01, x[:4*bodies], z[:4*bodies]))
	add(kernels.NBody(1, 0.01, u[:4*bodies], w[:4*bodies]))
	return all
}

func abs[T kernels.Float](x T) T { return T(math.Abs(float64(x))) }
