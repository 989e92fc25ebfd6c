package cpuexec_test

import (
	"errors"
	"fmt"
	"math"
	"testing"

	"github.com/tandem-go/tandem/cpuexec"
)

// Parts must be combined in order: concatenation shows any other.
func TestReduceKeepsOrder(t *testing.T) {
	random := seeded(t)
	p := open(t, 4)
	for range 200 {
		n, grain := random.IntN(300), random.IntN(20)
		got, err := cpuexec.Reduce(t.Context(), p, n, grain, func(lo, hi int) string {
			text := ""
			for i := lo; i < hi; i++ {
				text += fmt.Sprintf("%d ", i)
			}
			return text
		}, func(a, b string) string { return a + b })
		want := ""
		for i := range n {
			want += fmt.Sprintf("%d ", i)
		}
		if err != nil || got != want {
			t.Fatalf("n %d, grain %d: %q, error %v", n, grain, got, err)
		}
	}
}

// A sum of floating-point numbers must be the same each time and on any number
// of workers.
func TestReduceIsDeterministic(t *testing.T) {
	x := make([]float64, 100_000)
	random := seeded(t)
	for i := range x {
		x[i] = math.Exp(40 * random.Float64())
	}
	var want float64
	for _, workers := range []int{1, 2, 3, 7} {
		p := open(t, workers)
		for range 10 {
			got, err := cpuexec.Reduce(t.Context(), p, len(x), 1000, func(lo, hi int) float64 {
				sum := 0.0
				for _, v := range x[lo:hi] {
					sum += v
				}
				return sum
			}, func(a, b float64) float64 { return a + b })
			if err != nil {
				t.Fatal(err)
			}
			if want == 0 {
				want = got
			}
			if got != want {
				t.Fatalf("%d workers: %v, want %v", workers, got, want)
			}
		}
	}
}

func TestReduceFails(t *testing.T) {
	p := open(t, 2)
	cause := errors.New("the cause")
	_, err := cpuexec.Reduce(t.Context(), p, 10, 1, func(int, int) int { panic(cause) }, func(a, _ int) int { return a })
	if !errors.Is(err, cause) {
		t.Errorf("error %v, want the cause", err)
	}
	got, err := cpuexec.Reduce(t.Context(), p, -1, 1, func(int, int) int { panic(cause) }, func(a, _ int) int { return a })
	if got != 0 || err != nil {
		t.Errorf("%d, error %v for nothing", got, err)
	}
}
