package records

import (
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/tandem-go/tandem/hybrid"
	"github.com/tandem-go/tandem/internal/kernelgen/differential"
	"github.com/tandem-go/tandem/internal/kernelgen/sample/geometry"
	"github.com/tandem-go/tandem/kernels"
	"github.com/tandem-go/tandem/kernels/kerneltest"
	"github.com/tandem-go/tandem/residency"
)

// TestRecords: a slice of structures is the same on every device.
func TestRecords(t *testing.T) {
	differential.Each(t, func(t *testing.T, r *kerneltest.Runner) { kerneltest.Try(t, r, all()...) })
}

func TestCUDACompiles(t *testing.T) { differential.CUDACompiles(t, all()) }

// inPlace makes a case of a kernel that changes one slice.
func inPlace[T any](name string, factor int, launch func([]T) kernels.Launch, call func(i int, x []T)) kerneltest.Case {
	return differential.Draw(name, func(rng *rand.Rand, n int) kerneltest.Trial {
		x := differential.Records[T](rng, factor*n)
		want := slices.Clone(x)
		return differential.Reference(launch(x), func() {
			for i := range n {
				call(i, want)
			}
		}, differential.ExpectRecords(name, x, want))
	})
}

// each makes a case of a kernel from one slice to another.
func each[T, U any](name string, launch func([]T, []U) kernels.Launch, call func(i int, x []T, y []U)) kerneltest.Case {
	return differential.Draw(name, func(rng *rand.Rand, n int) kerneltest.Trial {
		x, y := differential.Records[T](rng, n), differential.Records[U](rng, n)
		want := slices.Clone(y)
		return differential.Reference(launch(x, y), func() {
			for i := range n {
				call(i, x, want)
			}
		}, differential.ExpectRecords(name, y, want))
	})
}

func all() []kerneltest.Case {
	m := [9]float32{0.5, -1, 2, 0.25, 3, -0.125, 1, 1, 0}
	return []kerneltest.Case{
		inPlace("throw", 1, func(x []ball) kernels.Launch { return Throw(0.25, x) }, func(i int, x []ball) { throw(i, 0.25, x) }),
		inPlace("bounce", 1, func(x []ball) kernels.Launch { return Bounce(-2, x) }, func(i int, x []ball) { bounce(i, -2, x) }),
		inPlace("swap", 2, func(x []ball) kernels.Launch { return Swap(x) }, swap),
		differential.Draw("book", func(rng *rand.Rand, n int) kerneltest.Trial {
			x := differential.Records[ledger](rng, n)
			for i := range x {
				x[i].value = rng.NormFloat64() // the bits of NaN may differ
			}
			want := slices.Clone(x)
			return differential.Reference(Book(1.25, x), func() {
				for i := range n {
					book(i, 1.25, want)
				}
			}, differential.ExpectRecords("book", x, want))
		}),
		inPlace("rotate", 1, func(x [][3]float32) kernels.Launch { return Rotate(m, x) }, func(i int, x [][3]float32) { rotate(i, m, x) }),
		inPlace("conjugate.float32", 1, func(x []pair[float32]) kernels.Launch { return ConjugateFloat32(x) }, conjugate),
		inPlace("conjugate.float64", 1, func(x []pair[float64]) kernels.Launch { return ConjugateFloat64(x) }, conjugate),
		inPlace("weave", 1, func(x []chain) kernels.Launch { return Weave(x) }, weave),
		differential.Draw("choose", func(rng *rand.Rand, n int) kerneltest.Trial {
			x, out := differential.Records[reading](rng, n), make([]int32, n)
			for i := range x {
				x[i].flags %= 5
			}
			want, wantOut := slices.Clone(x), slices.Clone(out)
			return differential.Reference(Choose(x, out), func() {
				for i := range n {
					choose(i, want, wantOut)
				}
			}, differential.ExpectRecords("x", x, want), differential.Expect("out", out, wantOut))
		}),
		differential.Draw("scores", func(rng *rand.Rand, groups int) kerneltest.Trial {
			groups = min(groups, 60)
			x := differential.Records[[32]float32](rng, groups)
			want := slices.Clone(x)
			return differential.Reference(Scores(groups, x), func() {
				kernels.EachGroup(groups, 32, func(g kernels.Group) { scores(g, want) })
			}, differential.ExpectRecords("x", x, want))
		}),
		differential.Draw("unsure", func(rng *rand.Rand, n int) kerneltest.Trial {
			c, x, y := differential.Array[float32](rng, n), differential.Records[[4]float32](rng, n), make([]float32, n)
			want, wantY := slices.Clone(x), slices.Clone(y)
			return differential.Reference(Unsure(c, x, y), func() {
				for i := range n {
					unsure(i, c, want, wantY)
				}
			}, differential.ExpectRecords("x", x, want), differential.Expect("y", y, wantY))
		}),
		each("gauged", func(x, y []geometry.Gauge) kernels.Launch { return Gauged(x, y) }, gauged),
		inPlace("climb", 1, func(x []reading) kernels.Launch { return Climb(x) }, climb),
		differential.Draw("unread", func(rng *rand.Rand, n int) kerneltest.Trial {
			x, z, y := differential.Records[[4]float32](rng, n), differential.Array[float32](rng, 4*n), make([]float32, n)
			want, wantZ, wantY := slices.Clone(x), slices.Clone(z), slices.Clone(y)
			return differential.Reference(Unread(x, z, y), func() {
				for i := range n {
					unread(i, want, wantZ, wantY)
				}
			}, differential.ExpectRecords("x", x, want), differential.Expect("z", z, wantZ), differential.Expect("y", y, wantY))
		}),
		differential.Draw("gone", func(rng *rand.Rand, n int) kerneltest.Trial {
			x, y := differential.Records[[4]float32](rng, n), differential.Array[float32](rng, n)
			want, wantY := slices.Clone(x), slices.Clone(y)
			return differential.Reference(Gone(x, y), func() {
				for i := range n {
					gone(i, want, wantY)
				}
			}, differential.ExpectRecords("x", x, want), differential.Expect("y", y, wantY))
		}),
		differential.Draw("idle", func(rng *rand.Rand, n int) kerneltest.Trial {
			turns := rng.IntN(3)
			x, z, y := differential.Records[[4]float32](rng, n), differential.Records[[4]float32](rng, n), make([]float32, n)
			want, wantZ, wantY := slices.Clone(x), slices.Clone(z), slices.Clone(y)
			return differential.Reference(Idle(turns, x, z, y), func() {
				for i := range n {
					idle(i, turns, want, wantZ, wantY)
				}
			}, differential.ExpectRecords("x", x, want), differential.ExpectRecords("z", z, wantZ))
		}),
		differential.Draw("rows", func(rng *rand.Rand, n int) kerneltest.Trial {
			n = min(n, 1000)
			turns, m := rng.IntN(3), 1+rng.IntN(5)
			x, z, y := differential.Array[float32](rng, m*n), differential.Array[float32](rng, m*n), make([]float32, n)
			want, wantZ, wantY := slices.Clone(x), slices.Clone(z), slices.Clone(y)
			return differential.Reference(Rows(turns, m, x, z, y), func() {
				for i := range n {
					rows(i, turns, m, want, wantZ, wantY)
				}
			}, differential.Expect("x", x, want), differential.Expect("z", z, wantZ))
		}),
		differential.Draw("temper", func(rng *rand.Rand, n int) kerneltest.Trial {
			in, heat, out, warm := differential.Records[alone](rng, n+1), differential.Array[float32](rng, n+1), make([]alone, n), make([]only, n)
			want, wantWarm := slices.Clone(out), slices.Clone(warm)
			return differential.Reference(Temper(in, heat, out, warm), func() {
				for i := range n {
					temper(i, in, heat, want, wantWarm)
				}
			}, differential.ExpectRecords("out", out, want), differential.ExpectRecords("warm", warm, wantWarm))
		}),
		differential.Draw("hide", func(rng *rand.Rand, n int) kerneltest.Trial {
			points, cells := differential.Records[point](rng, n), differential.Records[cell](rng, n)
			want := slices.Clone(points)
			return differential.Reference(Hide(0.5, points, cells), func() {
				for i := range n {
					hide(i, 0.5, want, cells)
				}
			}, differential.ExpectRecords("points", points, want))
		}),
		differential.Draw("centres", func(rng *rand.Rand, n int) kerneltest.Trial {
			boxes, out, moved := differential.Records[geometry.Box](rng, n), differential.Records[geometry.Vector[float32]](rng, n), differential.Records[geometry.Box](rng, n)
			want, wantMoved := slices.Clone(out), slices.Clone(moved)
			return differential.Reference(Centres(boxes, out, moved), func() {
				for i := range n {
					centres(i, boxes, want, wantMoved)
				}
			}, differential.ExpectRecords("out", out, want), differential.ExpectRecords("moved", moved, wantMoved))
		}),
		each("smooth", func(x, y []point) kernels.Launch { return Smooth(x, y) }, smooth),
		each("raise", func(x, y []ball) kernels.Launch { return Raise(3, x, y) }, func(i int, x, y []ball) { raise(i, 3, x, y) }),
		each("note", func(x []float32, y []reading) kernels.Launch { return Note(1.5, x, y) }, func(i int, x []float32, y []reading) { note(i, 1.5, x, y) }),
		each("double", func(x, y []alone) kernels.Launch { return Double(x, y) }, double),
		differential.Draw("ahead", func(rng *rand.Rand, n int) kerneltest.Trial {
			x, y := differential.Records[point](rng, n+1), differential.Records[point](rng, n)
			want := slices.Clone(y)
			return differential.Reference(Ahead(x, y), func() {
				for i := range n {
					ahead(i, x, want)
				}
			}, differential.ExpectRecords("ahead", y, want))
		}),
		differential.Draw("attract", func(rng *rand.Rand, n int) kerneltest.Trial {
			n = min(n, 300)
			balls, force := differential.Records[ball](rng, n), differential.Records[point](rng, n)
			want := slices.Clone(force)
			return differential.Reference(Attract(balls, force), func() {
				for i := range n {
					attract(i, balls, want)
				}
			}, differential.ExpectRecords("force", force, want))
		}),
		differential.Draw("tally", func(rng *rand.Rand, n int) kerneltest.Trial {
			in, sums, out := differential.Records[reading](rng, n), make([]int32, n), differential.Records[reading](rng, n)
			wantSums, want := slices.Clone(sums), slices.Clone(out)
			return differential.Reference(Tally(in, sums, out), func() {
				for i := range n {
					tally(i, in, wantSums, want)
				}
			}, differential.Expect("sums", sums, wantSums), differential.ExpectRecords("out", out, want))
		}),
		differential.Draw("count", func(rng *rand.Rand, n int) kerneltest.Trial {
			points, cells := differential.Records[point](rng, n), make([]cell, 7)
			for i := range points {
				points[i].x = rng.Float32()
			}
			want := slices.Clone(cells)
			return differential.Reference(Count(points, cells), func() {
				for i := range n {
					count(i, points, want)
				}
			}, differential.ExpectRecords("cells", cells, want))
		}),
		differential.Draw("momentum", func(rng *rand.Rand, n int) kerneltest.Trial {
			balls, result := differential.Records[ball](rng, n), new(float32)
			if n == 0 {
				return kerneltest.Trial{Launch: Momentum(result, append(balls, ball{})), Verify: func() error { return nil }}
			}
			return differential.Joined(Momentum(result, balls), result, func(i int) float32 { return momentum(i, balls) },
				func(a, b float32) float32 { return max(a, b) }, func(v float32) float32 { return v })
		}),
		differential.Draw("blockMost", func(rng *rand.Rand, groups int) kerneltest.Trial {
			groups = min(groups, 40)
			balls, most := differential.Records[ball](rng, differential.Ragged(rng, 64*groups, 64)), make([]point, groups)
			want := slices.Clone(most)
			return differential.Reference(BlockMost(groups, balls, most), func() {
				kernels.EachGroup(groups, 64, func(g kernels.Group) { blockMost(g, balls, want) })
			}, differential.ExpectRecords("most", most, want))
		}),
		differential.Draw("gray", func(rng *rand.Rand, n int) kerneltest.Trial {
			rows, cols := differential.Shape(rng, n)
			pixels, out := differential.Records[point](rng, rows*cols), make([]float32, rows*cols)
			want := slices.Clone(out)
			return differential.Reference(Gray(rows, cols, cols, pixels, out), func() {
				for r := range rows {
					for c := range cols {
						gray(r, c, cols, pixels, want)
					}
				}
			}, differential.Expect("out", out, want))
		}),
		differential.Draw("deposit", func(rng *rand.Rand, n int) kerneltest.Trial {
			to := make([]int32, n)
			for i, at := range rng.Perm(n + 5)[:n] {
				to[i] = int32(at)
			}
			in, out := differential.Records[ball](rng, n), differential.Records[ball](rng, n+5)
			want := slices.Clone(out)
			return differential.Reference(Deposit(to, in, out), func() {
				for i := range n {
					deposit(i, to, in, want)
				}
			}, differential.ExpectRecords("out", out, want))
		}),
		differential.Draw("roll", func(rng *rand.Rand, n int) kerneltest.Trial {
			own, more, pebbles := differential.Records[pebble](rng, 1)[0], differential.Array[int32](rng, n), differential.Records[pebble](rng, n)
			want := slices.Clone(pebbles)
			return differential.Reference(Roll(own, more, pebbles), func() {
				for i := range n {
					roll(i, own, more, want)
				}
			}, differential.ExpectRecords("pebbles", pebbles, want))
		}),
		differential.Draw("near", func(rng *rand.Rand, n int) kerneltest.Trial {
			pebbles, out := differential.Records[pebble](rng, 2*n), make([]float32, n)
			return differential.Trial(Near(pebbles, out), out, func(i int, out []float32) { near(i, pebbles, out) })
		}),
		differential.Draw("pile", func(rng *rand.Rand, n int) kerneltest.Trial {
			h := heap{point{1, 2, 3}, differential.Records[pebble](rng, n)}
			want := h
			want.pebbles = slices.Clone(h.pebbles)
			return differential.Reference(Pile(h), func() {
				for i := range n {
					pile(i, want)
				}
			}, differential.ExpectRecords("pebbles", h.pebbles, want.pebbles))
		}),
		differential.Draw("survey", func(rng *rand.Rand, n int) kerneltest.Trial {
			marks, places := differential.Records[geometry.Mark](rng, n), differential.Records[geometry.Vector[float32]](rng, n)
			near, out := make([]int32, n), differential.Records[geometry.Mark](rng, n)
			wantNear, want := slices.Clone(near), slices.Clone(out)
			return differential.Reference(Survey(marks, places, near, out), func() {
				for i := range n {
					survey(i, marks, places, wantNear, want)
				}
			}, differential.Expect("near", near, wantNear), differential.ExpectRecords("out", out, want))
		}),
		differential.Draw("merge", func(rng *rand.Rand, n int) kerneltest.Trial {
			from, out := layers{differential.Records[point](rng, n), differential.Records[point](rng, n)}, make([]point, n)
			resident := [2]*residency.Buffer[point]{residency.From(from[0]), residency.From(from[1])}
			want := slices.Clone(out)
			l := Merge(from, out)
			if n > 0 && rng.IntN(2) == 0 {
				l = Merge(resident, out)
			}
			return differential.Reference(l, func() {
				for i := range n {
					merge(i, from, want)
				}
			}, differential.ExpectRecords("out", out, want))
		}),
		differential.Draw("sail", func(rng *rand.Rand, n int) kerneltest.Trial {
			c := cloud[[]point, []float32]{
				At: differential.Records[point](rng, n), Way: differential.Records[point](rng, n),
				Mass: differential.Array[float32](rng, n), Step: 0.5,
			}
			want := c
			want.At = slices.Clone(c.At)
			return differential.Reference(Sail(c), func() {
				for i := range n {
					sail(i, want)
				}
			}, differential.ExpectRecords("At", c.At, want.At))
		}),
	}
}

// TestResident: buffers of structures stay on devices as others do.
func TestResident(t *testing.T) {
	s, err := hybrid.Open(hybrid.WithModelFile(""))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	rng := rand.New(rand.NewPCG(1, 2))
	balls := make([]ball, 5000)
	for i := range balls {
		draw := func() float32 { return float32(rng.NormFloat64()) }
		balls[i] = ball{point{draw(), draw(), draw()}, point{draw(), draw(), draw()}, draw()}
	}
	for _, info := range s.Devices() {
		t.Run(info.ID, func(t *testing.T) {
			b, err := hybrid.BufferFrom(s, balls)
			if err != nil {
				t.Fatal(err)
			}
			defer b.Free()
			force, err := hybrid.NewBuffer[point](s, 100)
			if err != nil {
				t.Fatal(err)
			}
			defer force.Free()
			want, wantForce := slices.Clone(balls), make([]point, 100)
			for range 3 {
				if err := s.Launch(t.Context(), Throw(0.25, b), hybrid.On(info.ID)); err != nil {
					t.Fatal(err)
				}
				for i := range want {
					throw(i, 0.25, want)
				}
			}
			if err := s.Launch(t.Context(), Attract(b, force), hybrid.On(info.ID)); err != nil {
				t.Fatal(err)
			}
			for i := range wantForce {
				attract(i, want, wantForce)
			}
			got, gotForce := make([]ball, len(balls)), make([]point, len(wantForce))
			if err := errors.Join(b.CopyTo(t.Context(), got), force.CopyTo(t.Context(), gotForce)); err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(got, want) {
				t.Error("the balls are elsewhere")
			}
			if !slices.Equal(gotForce, wantForce) {
				t.Error("the forces are others")
			}
		})
	}
}

// TestAllocations: a launch of structures is made and run without memory of its own.
func TestAllocations(t *testing.T) {
	balls, resident := make([]ball, 100), residency.New[ball](100)
	if n := testing.AllocsPerRun(100, func() {
		l := Throw(1, balls)
		l.Run(0, l.N())
		l = Throw(1, resident)
		l.Run(0, l.N())
	}); n != 0 {
		t.Errorf("two launches allocate %v times", n)
	}
}

// TestMistakes: what messages say of lengths is in elements.
func TestMistakes(t *testing.T) {
	points := make([]point, 4)
	for _, c := range []struct {
		launch kernels.Launch
		want   string
	}{
		{Ahead(points, make([]point, 4)), "argument in: wrong shape: 4 elements, want 5"},
		{Gray(2, 3, 3, points, make([]float32, 6)), "4 elements, want 6"},
		{Double(make([]alone, 2), make([]alone, 3)), "2 elements, want 3"},
		{Swap(make([]ball, 3)), "no multiple of 2"},
		{Throw(1, []ball(nil)), "nil"},
		{Throw(1, (*residency.Buffer[ball])(nil)), "nil"},
	} {
		var argument *kernels.ArgumentError
		if err := c.launch.Err(); !errors.As(err, &argument) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("the mistake is %v, want %q", err, c.want)
		}
	}
}
