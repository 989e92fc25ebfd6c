package sample

import (
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/tandem-go/tandem/hybrid"
	"github.com/tandem-go/tandem/internal/kernelgen/differential"
	"github.com/tandem-go/tandem/kernels"
	"github.com/tandem-go/tandem/kernels/kerneltest"
)

// TestStructures: a structure's slices are arguments of their own on every device.
func TestStructures(t *testing.T) {
	differential.Each(t, func(t *testing.T, r *kerneltest.Runner) { kerneltest.Try(t, r, structures()...) })
}

func drawParticles(rng *rand.Rand, n int) particles[[]float32] {
	array := func() []float32 { return differential.Array[float32](rng, n) }
	return particles[[]float32]{
		X: array(), Y: array(), VX: array(), VY: array(),
		Drag: [2]float32{differential.Number[float32](rng), differential.Number[float32](rng)},
	}
}

func (p particles[V]) clone(of func(V) V) particles[V] {
	p.X, p.Y, p.VX, p.VY = of(p.X), of(p.Y), of(p.VX), of(p.VY)
	return p
}

// drawPicture is a picture and a copy of it. No kernel uses the planes that it has not.
func drawPicture(rng *rand.Rand, n int) (p, same picture[[]int32]) {
	for _, k := range []int{green, 3} {
		p.Planes[k], p.Gain[k] = differential.Array[int32](rng, n), rng.Int32N(32)
		same.Planes[k], same.Gain[k] = slices.Clone(p.Planes[k]), p.Gain[k]
	}
	return p, same
}

func structures() []kerneltest.Case {
	return []kerneltest.Case{
		differential.Draw("drift", func(rng *rand.Rand, n int) kerneltest.Trial {
			dt, p := differential.Number[float32](rng), drawParticles(rng, n)
			want := p.clone(slices.Clone)
			return differential.Reference(Drift(dt, p), func() {
				for i := range n {
					drift(i, dt, want)
				}
			}, differential.Expect("X", p.X, want.X), differential.Expect("Y", p.Y, want.Y),
				differential.Expect("VX", p.VX, want.VX), differential.Expect("VY", p.VY, want.VY))
		}),
		draw("fastest", func(rng *rand.Rand, n int) kerneltest.Trial {
			p, result := drawParticles(rng, n), new(float32)
			return exactly(Fastest(result, p), result, func() float32 {
				return folded(n, func(i int) float32 { return fastest(i, p) }, func(a, b float32) float32 { return max(a, b) })
			})
		}),
		differential.Draw("bend", func(rng *rand.Rand, n int) kerneltest.Trial {
			rows, cols := differential.Shape(rng, n)
			array := func(n int) []float64 { return differential.Array[float64](rng, n) }
			f := field{scale: 0.25, turns: int32(rng.IntN(9)), most: limits{-5, 40}, bounds: limits{low: -1}}
			f.in.U, f.out.U, f.out.V = array(1+rng.IntN(9)), array(rows*cols), array(rows*cols)
			f.tables.weight, f.tables.at = array(rng.IntN(9)), make([]uint32, rng.IntN(9))
			for i := range f.tables.at {
				f.tables.at[i] = uint32(rng.IntN(100))
			}
			want := f
			want.out = axes{slices.Clone(f.out.U), slices.Clone(f.out.V)}
			return differential.Reference(Bend(rows, cols, cols, f), func() {
				for r := range rows {
					for c := range cols {
						bend(r, c, cols, want)
					}
				}
			}, differential.Expect("out.U", f.out.U, want.out.U), differential.Expect("out.V", f.out.V, want.out.V))
		}),
		drawGroups("binned", 700, func(rng *rand.Rand, groups int) kerneltest.Trial {
			n := differential.Ragged(rng, 64*groups, 64)
			a := struct{ Words, Bins, Sums, Last []uint32 }{
				differential.Array[uint32](rng, n), make([]uint32, 8), make([]uint32, groups), make([]uint32, n),
			}
			want := a
			want.Bins, want.Sums, want.Last = make([]uint32, 8), make([]uint32, groups), make([]uint32, n)
			return differential.Reference(Binned(groups, a), func() {
				kernels.EachGroup(groups, 64, func(g kernels.Group) { binned(g, want) })
			}, differential.Expect("Bins", a.Bins, want.Bins), differential.Expect("Sums", a.Sums, want.Sums), differential.Expect("Last", a.Last, want.Last))
		}),
		differential.Draw("pull", func(rng *rand.Rand, n int) kerneltest.Trial {
			n = min(n, 300)
			array := func() []float32 { return differential.Array[float32](rng, n) }
			b := bodies{array(), array(), array(), array(), array(), array(), array()}
			want := b
			want.VX, want.VY, want.VZ = slices.Clone(b.VX), slices.Clone(b.VY), slices.Clone(b.VZ)
			return differential.Reference(Pull(0.25, 1e-3, b), func() {
				for i := range n {
					pull(i, 0.25, 1e-3, want)
				}
			}, differential.Expect("VX", b.VX, want.VX), differential.Expect("VY", b.VY, want.VY), differential.Expect("VZ", b.VZ, want.VZ))
		}),
		differential.Draw("luminance", func(rng *rand.Rand, n int) kerneltest.Trial {
			rows, cols := differential.Shape(rng, n)
			var planes [3][]float32
			for k := range planes {
				planes[k] = differential.Array[float32](rng, rows*cols)
			}
			weights, y := [3]float32{0.25, 0.5, 0.125}, differential.Array[float32](rng, rows*cols)
			return differential.Trial(Luminance(rows, cols, cols, weights, planes, y), y, func(r int, y []float32) {
				for c := range cols {
					luminance(r, c, cols, weights, planes, y)
				}
			})
		}),
		differential.Draw("fade", func(rng *rand.Rand, n int) kerneltest.Trial {
			p, want := drawPicture(rng, n)
			return differential.Reference(Fade(p), func() {
				for i := range n {
					fade(i, want)
				}
			}, differential.Expect("Planes[1]", p.Planes[1], want.Planes[1]), differential.Expect("Planes[3]", p.Planes[3], want.Planes[3]))
		}),
		differential.Draw("pick", func(rng *rand.Rand, n int) kerneltest.Trial {
			var g grid
			g[0][1].At, g[1][0].Text[0] = differential.Array[uint32](rng, rng.IntN(9)), differential.Array[float64](rng, rng.IntN(9))
			for i := range g[0][1].At {
				g[0][1].At[i] %= 100
			}
			counts, out := [2][]uint32{make([]uint32, 4), make([]uint32, n)}, make([]float64, n)
			wantCounts, wantOut := [2][]uint32{make([]uint32, 4), make([]uint32, n)}, make([]float64, n)
			return differential.Reference(Pick(g, counts, out), func() {
				for i := range n {
					pick(i, g, wantCounts, wantOut)
				}
			}, differential.Expect("counts[0]", counts[0], wantCounts[0]), differential.Expect("counts[1]", counts[1], wantCounts[1]),
				differential.Expect("out", out, wantOut))
		}),
		draw("eight", func(rng *rand.Rand, n int) kerneltest.Trial {
			x, result := [8][]uint32{}, new(uint32)
			for k := range x {
				x[k] = differential.Array[uint32](rng, n)
			}
			return exactly(Eight(result, x[0], x[1], x[2], x[3], x[4], x[5], x[6], x[7]), result, func() uint32 {
				return folded(n, func(i int) uint32 {
					return eight(i, x[0], x[1], x[2], x[3], x[4], x[5], x[6], x[7])
				}, func(a, b uint32) uint32 { return a + b })
			})
		}),
		differential.Draw("masked", func(rng *rand.Rand, n int) kerneltest.Trial {
			rows, cols := differential.Shape(rng, n)
			mask := [25]float64(differential.Array[float64](rng, 25))
			src, dst := differential.Array[float64](rng, rows*cols), differential.Array[float64](rng, rows*cols)
			return differential.Trial(Masked(rows, cols, rows, cols, mask, src, dst), dst, func(r int, dst []float64) {
				for c := range cols {
					masked(r, c, rows, cols, mask, src, dst)
				}
			})
		}),
		differential.Draw("looked", func(rng *rand.Rand, n int) kerneltest.Trial {
			table, last := [127]float32(differential.Array[float32](rng, 127)), rng.Uint64()
			at, y := differential.Array[int32](rng, n), differential.Array[float32](rng, n)
			return differential.Trial(Looked(table, last, at, y), y, func(i int, y []float32) { looked(i, table, last, at, y) })
		}),
	}
}

// TestStructuresOfBuffers runs kernels on structures of resident buffers, on each
// device and on all at once.
func TestStructuresOfBuffers(t *testing.T) {
	ctx := t.Context()
	s, err := hybrid.Open()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	ways := map[string]hybrid.LaunchOption{"every device": hybrid.EveryDevice()}
	for _, d := range s.Devices() {
		ways["on "+d.ID] = hybrid.On(d.ID)
	}
	for name, way := range ways {
		t.Run(name, func(t *testing.T) {
			const n, steps = 3000, 3
			rng := rand.New(rand.NewPCG(kerneltest.Seed(t), 1))
			want := drawParticles(rng, n)
			p := buffersOf(t, s, want)
			for range steps {
				if err := s.Launch(ctx, Drift(0.125, p), way); err != nil {
					t.Fatal(err)
				}
				for i := range n {
					drift(i, 0.125, want)
				}
			}
			// An array of buffers, one of them twice.
			gray, err := hybrid.NewBuffer[float32](s, n)
			if err != nil {
				t.Fatal(err)
			}
			weights, wantGray := [3]float32{0.25, 0.5, 2}, make([]float32, n)
			if err := s.Launch(ctx, Luminance(n/10, 10, 10, weights, [3]*hybrid.Buffer[float32]{p.X, p.VX, p.X}, gray), way); err != nil {
				t.Fatal(err)
			}
			for r := range n / 10 {
				for c := range 10 {
					luminance(r, c, 10, weights, [3][]float32{want.X, want.VX, want.X}, wantGray)
				}
			}
			for k, b := range []*hybrid.Buffer[float32]{p.X, p.Y, p.VX, p.VY, gray} {
				err := b.View(ctx, func(x []float32) {
					for i, v := range [][]float32{want.X, want.Y, want.VX, want.VY, wantGray}[k] {
						if x[i] != v && (x[i] == x[i] || v == v) {
							t.Fatalf("element %d of field %d is %v, want %v", i, k, x[i], v)
						}
					}
				})
				if err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

func buffersOf(t *testing.T, s *hybrid.Scheduler, p particles[[]float32]) particles[*hybrid.Buffer[float32]] {
	of := func(x []float32) *hybrid.Buffer[float32] {
		b, err := hybrid.BufferFrom(s, x)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	return particles[*hybrid.Buffer[float32]]{X: of(p.X), Y: of(p.Y), VX: of(p.VX), VY: of(p.VY), Drag: p.Drag}
}

// TestStructuresRefused: each field is held to what the kernel does with it, and is
// called by its name.
func TestStructuresRefused(t *testing.T) {
	fresh := func() particles[[]float32] {
		return particles[[]float32]{X: make([]float32, 8), Y: make([]float32, 8), VX: make([]float32, 8), VY: make([]float32, 8)}
	}
	short, missing, shared, apart := fresh(), fresh(), fresh(), fresh()
	short.VY = short.VY[:7]
	missing.Y = nil
	shared.VX = shared.X
	all := make([]float32, 16)
	apart.X, apart.Y = all[:8], all[8:]
	overlap := axes{U: make(column, 8)}
	overlap.V = overlap.U
	var out float32
	for name, c := range map[string]struct {
		launch kernels.Launch
		want   error
		text   string
	}{
		"too short":         {Drift(1, short), kernels.ErrShape, "argument p.VY: "},
		"no slice":          {Drift(1, missing), kernels.ErrNil, "argument p.Y: "},
		"one array twice":   {Drift(1, shared), kernels.ErrOverlap, "argument p.X: "},
		"parts of an array": {Drift(1, apart), nil, ""},
		"not used":          {Fastest(&out, missing), nil, ""},
		"in and out":        {Bend(1, 8, 8, field{in: overlap, out: overlap}), kernels.ErrNil, "argument f.tables.weight: "},
	} {
		err := c.launch.Err()
		if !errors.Is(err, c.want) || err != nil && !strings.Contains(err.Error(), c.text) {
			t.Errorf("%s: %v, want %v with %q", name, err, c.want, c.text)
		}
	}
}
