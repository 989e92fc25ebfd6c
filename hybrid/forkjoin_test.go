package hybrid_test

import (
	"cmp"
	"errors"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/tandem-go/tandem/hybrid"
)

func TestParallelSort(t *testing.T) {
	s := workers(t, 2)
	type pair struct{ key, number int }
	byKey := func(a, b pair) int { return cmp.Compare(a.key, b.key) }
	sortAll := func() ([]int, []pair, []pair, error) {
		random := rand.New(rand.NewPCG(1, 1))
		keys, stable := make([]int, 50_000), make([]pair, 50_000)
		for i := range keys {
			keys[i] = random.IntN(1000)
			stable[i] = pair{keys[i], i}
		}
		unstable := slices.Clone(stable)
		return keys, unstable, stable, errors.Join(
			hybrid.ParallelSort(t.Context(), s, keys),
			hybrid.ParallelSortFunc(t.Context(), s, unstable, byKey),
			hybrid.ParallelSortStableFunc(t.Context(), s, stable, byKey),
		)
	}
	keys, unstable, stable, err := sortAll()
	if err != nil || !slices.IsSorted(keys) || !slices.IsSortedFunc(unstable, byKey) {
		t.Errorf("not sorted, error %v", err)
	}
	if !slices.IsSortedFunc(stable, func(a, b pair) int { return cmp.Or(byKey(a, b), cmp.Compare(a.number, b.number)) }) {
		t.Error("equal elements have changed their order")
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, _, _, err := sortAll(); !errors.Is(err, hybrid.ErrClosed) {
		t.Errorf("error %v of a closed scheduler, want ErrClosed", err)
	}
}
