package cpuexec_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/tandem-go/tandem/cpuexec"
)

func fibBoth(l *cpuexec.Lane[int, int], n int) int {
	if n < 2 {
		return n
	}
	a, b := l.Both(fibBoth, n-1, n-2)
	return a + b
}

// bush is a tree whose nodes have any number of nodes on either side, the same
// for the same seed.
type bush struct{ seed, nodes uint64 }

func (b bush) halves() (left, right bush) {
	part := b.seed * 0x9e3779b97f4a7c15 >> 20 % b.nodes // of the others, below b.nodes
	return bush{b.seed*3 + 1, part}, bush{b.seed*5 + 2, b.nodes - 1 - part}
}

// weight is not the same if a node is left out, done twice, or changes places.
func (b bush) weight(left, right uint64) uint64 { return (left*31+right)*31 + b.seed }

func weighSerially(b bush) uint64 {
	if b.nodes == 0 {
		return 0
	}
	left, right := b.halves()
	return b.weight(weighSerially(left), weighSerially(right))
}

func weigh(l *cpuexec.Lane[bush, uint64], b bush) uint64 {
	if b.nodes == 0 {
		return 0
	}
	left, right := b.halves()
	return b.weight(l.Both(weigh, left, right))
}

// weighAnyhow divides by whatever there is.
func weighAnyhow(br *cpuexec.Branch, b bush) uint64 {
	if b.nodes == 0 {
		return 0
	}
	left, right := b.halves()
	if b.seed%3 > 0 {
		return b.weight(cpuexec.Both(br, weighAnyhow, left, right))
	}
	x, text := cpuexec.Join(br,
		func(br *cpuexec.Branch) uint64 { return weighAnyhow(br, left) },
		func(br *cpuexec.Branch) string { return fmt.Sprint(weighAnyhow(br, right)) })
	var y uint64
	if _, err := fmt.Sscan(text, &y); err != nil {
		panic(err)
	}
	return b.weight(x, y)
}

func TestBothAgreesWithRecursion(t *testing.T) {
	random := seeded(t)
	for _, workers := range []int{1, 2, 4} {
		p := open(t, workers)
		for range 60 {
			b := bush{random.Uint64(), random.Uint64N(3000)}
			want := weighSerially(b)
			if got, err := cpuexec.Fork(t.Context(), p, weigh, b); err != nil || got != want {
				t.Fatalf("%d workers, %+v: %d, error %v, want %d", workers, b, got, err, want)
			}
			var got uint64
			err := p.Do(t.Context(), func(br *cpuexec.Branch) { got = weighAnyhow(br, b) })
			if err != nil || got != want {
				t.Fatalf("%d workers, %+v on a branch: %d, error %v, want %d", workers, b, got, err, want)
			}
		}
	}
}

// Halves of a computation that nobody works on yet are shared before anybody has
// asked: these two wait for each other.
func TestBothRunsHalvesAtOnce(t *testing.T) {
	p := open(t, 2)
	for range 50 {
		met := make(chan struct{})
		meet := func(_ *cpuexec.Lane[bool, struct{}], first bool) (none struct{}) {
			if first {
				met <- struct{}{}
			} else {
				<-met
			}
			return none
		}
		if _, err := cpuexec.Fork(t.Context(), p, func(l *cpuexec.Lane[bool, struct{}], _ bool) (none struct{}) {
			l.Both(meet, true, false)
			return none
		}, false); err != nil {
			t.Fatal(err)
		}
	}
}

func TestBothPanics(t *testing.T) {
	p := open(t, 3)
	cause := errors.New("the cause")
	for bad := range 64 {
		var f func(l *cpuexec.Lane[[2]int, int], span [2]int) int
		f = func(l *cpuexec.Lane[[2]int, int], span [2]int) int {
			lo, hi := span[0], span[1]
			if hi-lo == 1 {
				if lo == bad {
					panic(cause)
				}
				return 1
			}
			mid := (lo + hi) / 2
			a, b := l.Both(f, [2]int{lo, mid}, [2]int{mid, hi})
			return a + b
		}
		if _, err := cpuexec.Fork(t.Context(), p, f, [2]int{0, 64}); !errors.Is(err, cause) {
			t.Fatalf("leaf %d panics: error %v", bad, err)
		}
		if got, err := cpuexec.Fork(t.Context(), p, f, [2]int{64, 128}); err != nil || got != 64 {
			t.Fatalf("after a panic: %d, error %v", got, err)
		}
	}
}

func TestBothAllocatesNothing(t *testing.T) {
	p := open(t, 1)
	if n := testing.AllocsPerRun(100, func() {
		if _, err := cpuexec.Fork(context.Background(), p, fibBoth, 10); err != nil {
			t.Error(err)
		}
	}); n != 0 {
		t.Errorf("%v allocations on a lane", n)
	}
	// What little there is on a branch is not by the half.
	each := func(n int) float64 {
		return testing.AllocsPerRun(100, func() {
			if err := p.Do(context.Background(), func(b *cpuexec.Branch) { fibBranch(b, n) }); err != nil {
				t.Error(err)
			}
		})
	}
	if few, many := each(2), each(15); many > few {
		t.Errorf("%v allocations for fib(15) on a branch, %v for fib(2)", many, few)
	}
}

func fibBranch(b *cpuexec.Branch, n int) int {
	if n < 2 {
		return n
	}
	x, y := cpuexec.Both(b, fibBranch, n-1, n-2)
	return x + y
}

func ExampleLane_Both() {
	p, err := cpuexec.New(0)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer p.Close()
	fmt.Println(cpuexec.Fork(context.Background(), p, fibBoth, 20))
	// Output: 6765 <nil>
}
