package radix

import (
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/tandem-go/tandem/hybrid"
	"github.com/tandem-go/tandem/internal/kernelgen/differential"
	"github.com/tandem-go/tandem/internal/machines"
	"github.com/tandem-go/tandem/kernels"
	"github.com/tandem-go/tandem/kernels/kerneltest"
)

// compare is the documented order, by comparisons.
func compare[K Key](a, b K) int {
	nanA, nanB := a != a, b != b
	switch {
	case nanA && nanB:
		x, y := words64(a), words64(b)
		if sa, sb := x>>63, y>>63; sa != sb {
			return cmp.Compare(sa, sb)
		} else if sa == 1 {
			return cmp.Compare(y, x)
		}
		return cmp.Compare(x, y)
	case nanA:
		return -1
	case nanB:
		return 1
	case a == 0 && b == 0:
		return cmp.Compare(words64(b)>>63, words64(a)>>63)
	}
	return cmp.Compare(a, b)
}

// words64 is the bits of a floating-point number, with those of a float32 at the top.
func words64[K Key](v K) uint64 {
	switch v := any(v).(type) {
	case float32:
		return uint64(math.Float32bits(v)) << 32
	case float64:
		return math.Float64bits(v)
	}
	return 0
}

// shapes are inputs that sorting algorithms take differently.
var shapes = []string{"random", "bits", "few", "special", "late", "equal", "up", "down", "nearly"}

func draw[K Key](rng *rand.Rand, shape string, n int) []K {
	x := make([]K, n)
	few := []K{0, 1, 2}
	switch few := any(&few).(type) {
	case *[]float32:
		*few = append(*few, float32(math.Copysign(0, -1)), float32(math.NaN()), math.Float32frombits(0xffc00001), float32(math.Inf(-1)))
	case *[]float64:
		*few = append(*few, math.Copysign(0, -1), math.NaN(), math.Float64frombits(0xfff8000000000001), math.Inf(-1))
	}
	for i := range x {
		switch shape {
		case "few":
			x[i] = K(rng.IntN(3))
		case "special":
			x[i] = few[rng.IntN(len(few))]
		case "late": // those that are looked at first are equal
			if x[i] = 7; i%max(1, n/sampled) != 0 {
				x[i] = differential.Number[K](rng)
			}
		case "equal":
			x[i] = 7
		case "up", "nearly":
			x[i] = K(i / 3)
		case "down":
			x[i] = K(n - i)
		default:
			x[i] = differential.Number[K](rng)
		}
	}
	if shape == "bits" { // NaN of all kinds among them
		for i := range x {
			word := rng.Uint64()
			if rng.IntN(3) == 0 {
				word |= 0x7ff0_0000_7f80_0000
			}
			switch p := any(&x[i]).(type) {
			case *float32:
				*p = math.Float32frombits(uint32(word))
			case *float64:
				*p = math.Float64frombits(word)
			default:
				x[i] = K(word)
			}
		}
	}
	if shape == "nearly" && n > 2 {
		x[rng.IntN(n)] = 1
	}
	return x
}

type pair[K Key] struct {
	key   K
	value int
}

// reference has the sorted keys and where each came from.
func reference[K Key](keys []K) (sorted []K, from []int) {
	all := make([]pair[K], len(keys))
	for i, k := range keys {
		all[i] = pair[K]{k, i}
	}
	slices.SortStableFunc(all, func(a, b pair[K]) int { return compare(a.key, b.key) })
	for _, p := range all {
		sorted, from = append(sorted, p.key), append(from, p.value)
	}
	return sorted, from
}

func identical[K Key](a, b []K) bool {
	return slices.EqualFunc(a, b, func(x, y K) bool { return x == y && words64(x) == words64(y) || x != x && words64(x) == words64(y) })
}

func try[K Key](t *testing.T, s *hybrid.Scheduler, seed uint64, opts []hybrid.LaunchOption) {
	t.Helper()
	rng := rand.New(rand.NewPCG(seed, 0))
	lengths := []int{0, 1, 2, 16, fewest, fewPairs + 1, repeatedFrom, 2*fewKeys + 1, elements, elements + 1, 3*elements + 77, shared + 5}
	for _, n := range lengths {
		for _, shape := range shapes {
			keys := draw[K](rng, shape, n)
			want, from := reference(keys)
			for range 4 { // so that each way is taken
				got := slices.Clone(keys)
				if err := Sort(t.Context(), s, got, opts...); err != nil {
					t.Fatal(err)
				}
				if !identical(got, want) {
					t.Fatalf("%d keys, %s: not sorted", n, shape)
				}
				got, values := slices.Clone(keys), make([]int, n)
				for i := range values {
					values[i] = i
				}
				if err := SortPairs(t.Context(), s, got, values, opts...); err != nil {
					t.Fatal(err)
				}
				if !identical(got, want) || !slices.Equal(values, from) {
					t.Fatalf("%d pairs, %s: not sorted, or not stable", n, shape)
				}
				if len(opts) > 0 {
					break
				}
			}
		}
	}
}

func TestSort(t *testing.T) {
	seed := kerneltest.Seed(t)
	machines.Each(t, func(t *testing.T, s *hybrid.Scheduler, opts ...hybrid.LaunchOption) {
		t.Run("uint32", func(t *testing.T) { try[uint32](t, s, seed, opts) })
		t.Run("int32", func(t *testing.T) { try[int32](t, s, seed, opts) })
		t.Run("float32", func(t *testing.T) { try[float32](t, s, seed, opts) })
		t.Run("uint64", func(t *testing.T) { try[uint64](t, s, seed, opts) })
		t.Run("int64", func(t *testing.T) { try[int64](t, s, seed, opts) })
		t.Run("float64", func(t *testing.T) { try[float64](t, s, seed, opts) })
	})
}

// TestOrder: what floating-point numbers become and come from.
func TestOrder(t *testing.T) {
	nan := float32(math.NaN())
	inf := float32(math.Inf(1))
	zero := float32(math.Copysign(0, -1))
	x := []float32{1, inf, 0, -float32(inf), zero, -1, nan, math.Float32frombits(0xffc00000)}
	want := []float32{nan, math.Float32frombits(0xffc00000), -inf, -1, zero, 0, 1, inf}
	s := machines.Open(t, hybrid.WithDevices("cpu"))
	if err := Sort(t.Context(), s, x); err != nil || !identical(x, want) {
		t.Errorf("%v, %v", x, err)
	}
}

// TestKernels compares both kernels with their functions on every device.
func TestKernels(t *testing.T) {
	differential.Each(t, func(t *testing.T, r *kerneltest.Runner) {
		kerneltest.Try(t, r,
			differential.Draw("digits", func(rng *rand.Rand, n int) kerneltest.Trial {
				x, shift := draw[uint64](rng, "bits", n), 4*rng.IntN(16)
				got, want := make([]uint32, radix*groups(n)), make([]uint32, radix*groups(n))
				return differential.Reference(newDigits(shift, kernels.Of[uint64](x), got), func() {
					kernels.EachGroup(groups(n), group, func(g kernels.Group) { digits(g, uint32(shift), x, want) })
				}, differential.Expect("counts", got, want))
			}),
			differential.Draw("scatter", func(rng *rand.Rand, n int) kerneltest.Trial {
				x, shift := draw[uint32](rng, "bits", n), 4*rng.IntN(8)
				numbers := n * rng.IntN(2)
				v := draw[uint32](rng, "bits", numbers)
				places := make([]uint32, radix*groups(n))
				kernels.EachGroup(groups(n), group, func(g kernels.Group) { digits(g, uint32(shift), x, places) })
				offsets32(places, n+1) // all of them, also where there is one digit only
				y, w, wantY, wantW := make([]uint32, n), make([]uint32, numbers), make([]uint32, n), make([]uint32, numbers)
				of := kernels.Of[uint32, []uint32]
				return differential.Reference(newScatter(shift, places, of(x), of(v), of(y), of(w)), func() {
					kernels.EachGroup(groups(n), group, func(g kernels.Group) {
						scatter(g, uint32(shift), numbers > 0, places, x, v, wantY, wantW)
					})
				}, differential.Expect("y", y, wantY), differential.Expect("w", w, wantW))
			}),
		)
	})
}

// TestWorkers sorts as the workers do, in any order of parts, whether or not that is
// chosen; and one that fails on the way loses no pair.
func TestWorkers(t *testing.T) {
	rng := rand.New(rand.NewPCG(kerneltest.Seed(t), 0))
	why := errors.New("enough")
	for _, n := range []int{1, 5, 1000, 30_000} {
		for _, shape := range shapes {
			keys := draw[uint32](rng, shape, n)
			want, from := reference(keys)
			for stop := range 10 {
				calls := 0
				each := func(n int, body func(lo, hi int)) error {
					if calls++; calls == stop {
						body(0, n/2)
						return why
					}
					cut := rng.IntN(n)
					body(cut, n)
					if cut > 0 {
						body(0, cut)
					}
					return nil
				}
				got, values := slices.Clone(keys), make([]int, n)
				for i := range values {
					values[i] = i
				}
				err := onWorkers(each, 3, got, values)
				switch {
				case err == nil && (!slices.Equal(got, want) || !slices.Equal(values, from)):
					t.Fatalf("%d pairs, %s: not sorted, or not stable", n, shape)
				case err != nil && !errors.Is(err, why):
					t.Fatal(err)
				}
				seen := make([]bool, n)
				for i, v := range values {
					if seen[v] || got[i] != keys[v] {
						t.Fatalf("%d pairs, %s, stopped at %d: value %d has lost its key", n, shape, stop, v)
					}
					seen[v] = true
				}
			}
		}
	}
}

func TestMistakes(t *testing.T) {
	s := machines.Open(t, hybrid.WithDevices("cpu"))
	x := make([]int64, 10)
	for _, c := range []struct {
		values   []int64
		sentinel error
	}{
		{make([]int64, 9), kernels.ErrShape},
		{nil, kernels.ErrShape},
		{x, kernels.ErrOverlap},
	} {
		var mistake *kernels.ArgumentError
		err := SortPairs(t.Context(), s, x, c.values)
		if !errors.As(err, &mistake) || mistake.Arg != "values" || !errors.Is(err, c.sentinel) {
			t.Errorf("%v", err)
		}
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	why := errors.New("enough")
	cancel(why)
	if err := Sort(ctx, s, x); !errors.Is(err, why) {
		t.Errorf("an ended context gives %v", err)
	}
}

// FuzzSort has keys of any bits: the result is in order, and has the keys it had. times
// repeats them, each time with others, and few makes them some distinct ones that come
// again and again, which Sort counts.
func FuzzSort(f *testing.F) {
	f.Add([]byte{1, 0, 0, 0, 0, 0, 0, 0}, uint8(1), false)
	f.Add([]byte{0, 0, 0xc0, 0x7f, 0, 0, 0x80, 0x7f, 0, 0, 0, 0x80, 0, 0, 0, 0}, uint8(200), false)
	f.Add([]byte{0, 0, 0, 0, 0, 0, 0xf8, 0x7f, 0, 0, 0, 0, 0, 0, 0, 0x80, 1, 0, 0, 0, 0, 0, 0xf8, 0xff}, uint8(2), true)
	f.Add([]byte{0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 0, 0, 0, 0, 0, 0, 0, 0x80}, uint8(255), true)
	s := machines.Open(f, hybrid.WithDevices("cpu"))
	f.Fuzz(func(t *testing.T, data []byte, times uint8, few bool) {
		var words []uint64
		for k := range int(times) {
			for i := 0; i+8 <= len(data); i += 8 {
				word := binary.LittleEndian.Uint64(data[i:])
				if !few {
					word += uint64(k) << 32 // the lower and the upper half change at once
					word += uint64(k)
				}
				words = append(words, word)
			}
		}
		narrow, wide := make([]float32, len(words)), make([]float64, len(words))
		for i, w := range words {
			narrow[i], wide[i] = math.Float32frombits(uint32(w)), math.Float64frombits(w)
		}
		sorted(t, s, narrow)
		sorted(t, s, wide)
		sorted(t, s, words)
	})
}

// sorted sorts copies of x by both functions and compares with the reference: those of
// at most so many keys as Sort has a way of its own for, too.
func sorted[K Key](t *testing.T, s *hybrid.Scheduler, x []K) {
	t.Helper()
	for _, n := range []int{min(len(x), fewest), len(x)} {
		want, from := reference(x[:n])
		keys, pairs, values := slices.Clone(x[:n]), slices.Clone(x[:n]), make([]int, n)
		for i := range values {
			values[i] = i
		}
		if err := Sort(t.Context(), s, keys); err != nil || !identical(keys, want) {
			t.Fatalf("%d keys: %v", n, err)
		}
		if err := SortPairs(t.Context(), s, pairs, values); err != nil || !identical(pairs, want) || !slices.Equal(values, from) {
			t.Fatalf("%d pairs: %v", n, err)
		}
	}
}

func BenchmarkSort(b *testing.B) {
	s := machines.Open(b, hybrid.WithDevices("cpu"))
	for _, n := range []int{16, 64, 128, 256, 512, 1 << 12, 1 << 16, 1 << 20} {
		bench[uint32](b, s, "uint32", n)
		bench[int32](b, s, "int32", n)
		bench[float64](b, s, "float64", n)
	}
}

func bench[K Key](b *testing.B, s *hybrid.Scheduler, typ string, n int) {
	for _, shape := range []string{"random", "few", "down"} {
		// Many inputs, so that the processor doesn't learn to predict one.
		rng := rand.New(rand.NewPCG(1, 2))
		x := make([][]K, max(1, min(256, 1<<18/n)))
		for i := range x {
			x[i] = draw[K](rng, shape, n)
		}
		y, turn := make([]K, n), 0
		next := func() {
			copy(y, x[turn])
			turn = (turn + 1) % len(x)
		}
		name := fmt.Sprintf("type=%s/n=%d/shape=%s/by=", typ, n, shape)
		b.Run(name+"tandem", func(b *testing.B) {
			for b.Loop() {
				next()
				if err := Sort(b.Context(), s, y); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(name+"slices", func(b *testing.B) {
			for b.Loop() {
				next()
				slices.Sort(y)
			}
		})
	}
}
