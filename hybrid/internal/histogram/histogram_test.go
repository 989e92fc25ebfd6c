package histogram

import (
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"
)

func TestBucketsHoldTheirDurations(t *testing.T) {
	check := func(n uint64) {
		i := bucket(n)
		if floor(i) > n || i+1 < buckets && floor(i+1) <= n {
			t.Fatalf("%d is in bucket %d, which begins at %d", n, i, floor(i))
		}
	}
	for n := range uint64(1 << 16) {
		check(n)
	}
	rng := rand.New(rand.NewPCG(1, 2))
	for range 100000 {
		check(rng.Uint64() >> 1 >> rng.IntN(63))
	}
	check(math.MaxInt64)
	for i := 1; i < bucket(math.MaxInt64); i++ {
		from, to := floor(i), floor(i+1)
		if to <= from || i >= 1<<fine && float64(to-from)/float64(from) > 1.0/(1<<fine) {
			t.Fatalf("bucket %d is from %d to %d", i, from, to)
		}
	}
}

func TestQuantiles(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	var h Histogram
	all := make([]time.Duration, 20000)
	var wg sync.WaitGroup
	for i := range all {
		all[i] = time.Duration(math.Exp(rng.Float64() * 25))
	}
	for part := range slices.Chunk(all, 5000) {
		wg.Go(func() {
			for _, d := range part {
				h.Add(d)
			}
		})
	}
	wg.Wait()
	s := h.Snapshot()
	if s.Count != int64(len(all)) {
		t.Fatalf("%d counted, want %d", s.Count, len(all))
	}
	slices.Sort(all)
	for _, q := range []float64{0, 0.01, 0.5, 0.9, 0.99, 1} {
		want := all[min(max(int(q*float64(len(all))+0.5), 1), len(all))-1]
		got := s.Quantile(q)
		if got < want || float64(got) > float64(want)*1.125 {
			t.Errorf("quantile %v is %v, want %v or up to an eighth more", q, got, want)
		}
	}
	var sum int64
	last := time.Duration(-1)
	for b := range s.Buckets() {
		if b.From <= last || b.To <= b.From {
			t.Errorf("bucket from %v to %v after one that began at %v", b.From, b.To, last)
		}
		last = b.From
		sum += b.Count
	}
	if sum != s.Count {
		t.Errorf("buckets hold %d, want %d", sum, s.Count)
	}
}

func TestEmpty(t *testing.T) {
	var h Histogram
	s := h.Snapshot()
	if got := s.Quantile(0.5); got != 0 {
		t.Errorf("the median of nothing is %v", got)
	}
	h.Add(-time.Second)
	s = h.Snapshot()
	if got := s.Quantile(1); got != 0 || s.Count != 1 {
		t.Errorf("a negative duration counts as %v, %d times", got, s.Count)
	}
}
