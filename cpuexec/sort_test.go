package cpuexec_test

import (
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/tandem-go/tandem/cpuexec"
)

// card is something to sort of which some are equal, and which can be told apart.
type card struct{ rank, number int }

func byRank(a, b card) int { return cmp.Compare(a.rank, b.rank) }

// deck has n cards of so many ranks, numbered from 0, in one of the orders that sorting
// algorithms treat differently.
func deck(random *rand.Rand, n, ranks int) []card {
	x := make([]card, n)
	order := random.IntN(5)
	for i := range x {
		rank := i * ranks / n
		switch order {
		case 0:
			rank = random.IntN(ranks)
		case 1: // sorted
		case 2:
			rank = ranks - 1 - rank
		case 3: // up and down
			rank = min(2*rank, max(0, 2*(ranks-1-rank)))
		case 4: // sorted but for a few
			if random.IntN(100) == 0 {
				rank = random.IntN(ranks)
			}
		}
		x[i] = card{rank, i}
	}
	return x
}

// complete tells whether x has each number of a deck once.
func complete(x []card) bool {
	seen := make([]bool, len(x))
	for _, c := range x {
		if seen[c.number] {
			return false
		}
		seen[c.number] = true
	}
	return true
}

// rounds is n, or fewer for a short test.
func rounds(n int) int {
	if testing.Short() {
		return n / 6
	}
	return n
}

func TestParallelSortAgreesWithSlices(t *testing.T) {
	random := seeded(t)
	for _, workers := range []int{1, 2, 3, 9} {
		p := open(t, workers)
		for range rounds(60) {
			n := random.IntN(1 << (4 + random.IntN(14)))
			cards := deck(random, n, 1+random.IntN(2+n))
			stable, unstable := slices.Clone(cards), slices.Clone(cards)
			ranks, texts := make([]int, n), make([]string, n)
			for i, c := range cards {
				ranks[i], texts[i] = c.rank, fmt.Sprint(c.rank)
			}
			wantTexts := slices.Sorted(slices.Values(texts))
			if err := errors.Join(
				cpuexec.ParallelSortStableFunc(t.Context(), p, stable, byRank),
				cpuexec.ParallelSortFunc(t.Context(), p, unstable, byRank),
				cpuexec.ParallelSort(t.Context(), p, ranks),
				cpuexec.ParallelSort(t.Context(), p, texts),
			); err != nil {
				t.Fatal(err)
			}
			want := slices.Clone(cards)
			slices.SortStableFunc(want, byRank)
			if !slices.Equal(stable, want) {
				t.Fatalf("%d cards on %d workers: not as slices.SortStableFunc has them", n, workers)
			}
			if !slices.IsSortedFunc(unstable, byRank) || !complete(unstable) {
				t.Fatalf("%d cards on %d workers: not sorted, or cards were lost", n, workers)
			}
			for i, c := range want {
				if ranks[i] != c.rank {
					t.Fatalf("%d numbers on %d workers: %d at %d, want %d", n, workers, ranks[i], i, c.rank)
				}
			}
			if !slices.Equal(texts, wantTexts) {
				t.Fatalf("%d texts on %d workers: not as slices.Sort has them", n, workers)
			}
		}
	}
}

// floatsFrom makes numbers of bytes, with many NaNs, zeros and equal ones among them.
func floatsFrom(text []byte) []float64 {
	var x []float64
	for len(text) >= 2 {
		v := float64(int16(binary.LittleEndian.Uint16(text)))
		switch text[0] % 16 {
		case 0:
			v = math.NaN()
		case 1:
			v = math.Copysign(0, v)
		case 2:
			v = math.Inf(int(v))
		}
		x, text = append(x, v), text[2:]
	}
	return x
}

func checkFloats(t *testing.T, p *cpuexec.Pool, x []float64) {
	t.Helper()
	want := slices.Clone(x)
	slices.Sort(want)
	count := func(x []float64) map[uint64]int { // NaNs of all kinds, and zeros of both signs
		m := map[uint64]int{}
		for _, v := range x {
			m[math.Float64bits(v)]++
		}
		return m
	}
	before := count(x)
	if err := cpuexec.ParallelSort(t.Context(), p, x); err != nil {
		t.Fatal(err)
	}
	if slices.CompareFunc(x, want, cmp.Compare) != 0 {
		t.Fatalf("%d numbers on %d workers: not in order", len(x), p.Workers())
	}
	if !maps.Equal(count(x), before) {
		t.Fatalf("%d numbers on %d workers: some were lost or doubled", len(x), p.Workers())
	}
}

func TestParallelSortFloats(t *testing.T) {
	random := seeded(t)
	p := open(t, 3)
	for range rounds(50) {
		text := make([]byte, random.IntN(1<<17))
		for i := range text {
			text[i] = byte(random.Uint32())
		}
		checkFloats(t, p, floatsFrom(text))
	}
	nan := slices.Repeat([]float64{math.NaN()}, 10_000)
	checkFloats(t, p, nan)
	checkFloats(t, p, append(nan, 1, -1))
}

func FuzzParallelSort(f *testing.F) {
	f.Add([]byte{}, uint16(0))
	f.Add([]byte{0, 1, 1, 0, 2, 2, 9, 9, 8, 8}, uint16(900))
	p, err := cpuexec.New(3)
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(p.Close)
	f.Fuzz(func(t *testing.T, text []byte, times uint16) {
		x := floatsFrom(text)
		x = slices.Repeat(x, min(int(times), 1+20_000/max(1, len(x)))) // long enough to be cut
		cards := make([]card, len(x))
		for i, v := range x {
			cards[i] = card{int(math.Float64bits(v) >> 48), i}
		}
		checkFloats(t, p, x)
		want := slices.Clone(cards)
		slices.SortStableFunc(want, byRank)
		if err := cpuexec.ParallelSortStableFunc(t.Context(), p, cards, byRank); err != nil || !slices.Equal(cards, want) {
			t.Fatalf("%d cards: not as slices.SortStableFunc has them, error %v", len(cards), err)
		}
	})
}

// sorts are the forms that call a function of the caller's.
var sorts = map[string]func(context.Context, *cpuexec.Pool, []card, func(a, b card) int) error{
	"unstable": cpuexec.ParallelSortFunc[[]card],
	"stable":   cpuexec.ParallelSortStableFunc[[]card],
}

// Whenever a comparison panics, ends its goroutine or ends the context, that must be
// told, and every element be there still.
func TestParallelSortInterrupted(t *testing.T) {
	random := seeded(t)
	cause := errors.New("the cause")
	for name, sort := range sorts {
		t.Run(name, func(t *testing.T) {
			p := open(t, 3)
			told := map[string]int{}
			for range rounds(300) {
				x := deck(random, 9000+random.IntN(10_000), 1+random.IntN(1000))
				ctx, cancel := context.WithCancelCause(t.Context())
				var comparisons atomic.Int64
				last, way := 1+random.Int64N(200_000), random.IntN(3)
				var err error
				var wg sync.WaitGroup
				wg.Go(func() {
					err = cpuexec.ErrGoexit // unless sort returns
					err = sort(ctx, p, x, func(a, b card) int {
						if comparisons.Add(1) == last {
							switch way {
							case 0:
								panic(cause)
							case 1:
								cancel(cause)
							case 2:
								runtime.Goexit()
							}
						}
						return byRank(a, b)
					})
				})
				wg.Wait()
				cancel(nil)
				switch {
				case err == nil:
					if way != 1 && comparisons.Load() >= last {
						t.Fatal("a failure was not told")
					}
					if !slices.IsSortedFunc(x, byRank) {
						t.Fatal("not sorted")
					}
				case way == 2 && !errors.Is(err, cpuexec.ErrGoexit), way != 2 && !errors.Is(err, cause):
					t.Fatalf("error %v", err)
				default:
					told[fmt.Sprint(way)]++
				}
				if !complete(x) {
					t.Fatalf("elements were lost or doubled, error %v", err)
				}
			}
			if len(told) != 3 {
				t.Errorf("ways to fail that were met: %v, want all 3", told)
			}
		})
	}
}

// An order that contradicts itself has no result, but loses nothing.
func TestParallelSortOfNoOrder(t *testing.T) {
	random := seeded(t)
	p := open(t, 4)
	for name, sort := range sorts {
		for range rounds(30) {
			x := deck(random, 9000+random.IntN(30_000), 1000)
			var state atomic.Uint64
			err := sort(t.Context(), p, x, func(a, b card) int {
				return int((state.Add(1)*0x9E3779B97F4A7C15)>>33)%3 - 1
			})
			var panicked *cpuexec.PanicError
			if err != nil && !errors.As(err, &panicked) {
				t.Fatalf("%s: %v", name, err)
			}
			if !complete(x) {
				t.Fatalf("%s: elements were lost or doubled, error %v", name, err)
			}
		}
	}
}

func TestParallelSortRefuses(t *testing.T) {
	cause := errors.New("the cause")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(cause)
	p := open(t, 2)
	if err := cpuexec.ParallelSort(ctx, p, []int{2, 1}); !errors.Is(err, cause) {
		t.Errorf("error %v, want the cause", err)
	}
	p.Close()
	if err := cpuexec.ParallelSort(t.Context(), p, []int{2, 1}); !errors.Is(err, cpuexec.ErrClosed) {
		t.Errorf("error %v, want ErrClosed", err)
	}
}

// Sorting inside tasks that keep all workers busy must come to its end.
func TestParallelSortInTasks(t *testing.T) {
	p := open(t, 2)
	if err := p.Scope(t.Context(), func(s *cpuexec.Scope) {
		for i := range 8 {
			s.Spawn(nil, func(*cpuexec.Worker) {
				random := rand.New(rand.NewPCG(1, uint64(i)))
				x := random.Perm(20_000)
				if err := cpuexec.ParallelSort(t.Context(), p, x); err != nil || !slices.IsSorted(x) {
					t.Errorf("not sorted, error %v", err)
				}
			})
		}
	}); err != nil {
		t.Fatal(err)
	}
}

func ExampleParallelSort() {
	p, err := cpuexec.New(0)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer p.Close()
	names := []string{"Noether", "Hopper", "Lovelace"}
	err = cpuexec.ParallelSort(context.Background(), p, names)
	fmt.Println(names, err)
	// Output: [Hopper Lovelace Noether] <nil>
}

// BenchmarkParallelSort is beside what package slices does on one core.
func BenchmarkParallelSort(b *testing.B) {
	p, err := cpuexec.New(2)
	if err != nil {
		b.Fatal(err)
	}
	defer p.Close()
	random := rand.New(rand.NewPCG(1, 1))
	for _, n := range []int{1 << 13, 1 << 16, 1 << 20} {
		x := make([]float64, n)
		for i := range x {
			x[i] = random.NormFloat64()
		}
		byValue := cmp.Compare[float64]
		work := make([]float64, n)
		for _, form := range []struct {
			name string
			sort func()
		}{
			{"way=slices.Sort", func() { slices.Sort(work) }},
			{"way=ParallelSort", func() { err = cpuexec.ParallelSort(b.Context(), p, work) }},
			{"way=slices.SortFunc", func() { slices.SortFunc(work, byValue) }},
			{"way=ParallelSortFunc", func() { err = cpuexec.ParallelSortFunc(b.Context(), p, work, byValue) }},
			{"way=slices.SortStableFunc", func() { slices.SortStableFunc(work, byValue) }},
			{"way=ParallelSortStableFunc", func() { err = cpuexec.ParallelSortStableFunc(b.Context(), p, work, byValue) }},
		} {
			b.Run(fmt.Sprintf("n=%d/%s", n, form.name), func(b *testing.B) {
				for b.Loop() {
					copy(work, x)
					if form.sort(); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/element")
			})
		}
	}
}
