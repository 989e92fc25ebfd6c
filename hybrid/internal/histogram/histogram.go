// Package histogram counts durations in buckets of equal relative width, from
// any number of goroutines.
package histogram

import (
	"iter"
	"math/bits"
	"sync/atomic"
	"time"
)

// Buckets are a binary order of magnitude cut into 2^fine parts, so a bucket is
// at most 1/2^fine wide, relative to where it begins. HDR histograms (Tene, 2012)
// are cut in the same way.
const (
	fine    = 3
	buckets = (64 - fine + 1) << fine
)

// Histogram counts durations. The zero Histogram is empty. Adding costs one
// atomic addition.
type Histogram struct {
	counts [buckets]atomic.Int64
}

// bucket is the index of the bucket that holds n nanoseconds.
func bucket(n uint64) int {
	if n < 1<<fine {
		return int(n)
	}
	shift := bits.Len64(n) - fine - 1
	return (shift+1)<<fine + int(n>>shift)&(1<<fine-1)
}

// floor is the least number of nanoseconds in a bucket.
func floor(i int) uint64 {
	if i < 1<<fine {
		return uint64(i)
	}
	shift := i>>fine - 1
	return uint64(1<<fine+i&(1<<fine-1)) << shift
}

// Add counts d. Negative durations count as 0.
func (h *Histogram) Add(d time.Duration) {
	h.counts[bucket(uint64(max(0, d)))].Add(1)
}

// Snapshot is the counts at one moment.
func (h *Histogram) Snapshot() Snapshot {
	var s Snapshot
	for i := range h.counts {
		s.counts[i] = h.counts[i].Load()
		s.Count += s.counts[i]
	}
	return s
}

// Snapshot is what a [Histogram] has counted.
type Snapshot struct {
	Count  int64 // of all durations
	counts [buckets]int64
}

// Merge adds what other has counted.
func (s *Snapshot) Merge(other Snapshot) {
	s.Count += other.Count
	for i, n := range other.counts {
		s.counts[i] += n
	}
}

// Quantile is the duration that the part q of all did not exceed, with q from 0
// to 1: 0.5 is the median. It is too long by at most an eighth. Of nothing it is
// 0.
func (s *Snapshot) Quantile(q float64) time.Duration {
	rank := int64(q*float64(s.Count) + 0.5)
	rank = min(max(rank, 1), s.Count)
	var seen int64
	for i, n := range s.counts {
		if seen += n; n > 0 && seen >= rank {
			return time.Duration(floor(i+1) - 1)
		}
	}
	return 0
}

// Bucket is the durations from From, inclusive, to To, exclusive.
type Bucket struct {
	From, To time.Duration
	Count    int64
}

// Buckets yields the buckets that are not empty, shortest durations first.
func (s *Snapshot) Buckets() iter.Seq[Bucket] {
	return func(yield func(Bucket) bool) {
		for i, n := range s.counts {
			if n > 0 && !yield(Bucket{time.Duration(floor(i)), time.Duration(floor(i + 1)), n}) {
				return
			}
		}
	}
}
