package measure

import (
	"cmp"
	"math"
	"slices"
	"time"
)

// schedule has the blocks of a run take the time that there is. All rows are measured
// in the first. What that takes says in how many of the others a row is measured: in
// all of them, if there is time; or else what is slow is measured in fewer, no row
// having more time than another that would have wanted more, and in six, as long as
// that can be, since fewer have no interval.
//
// What samples say is never looked at: to go on until an interval is narrow would
// prefer those samples that happen to be alike, and the interval would hold the
// median less often than it says. How long a subject takes, its preparations and
// what doesn't count included, does depend on its samples, but there is one decision
// for a row and a block, for all samples alike.
type schedule struct {
	start   time.Time // of the first block
	began   time.Time // of this one
	block   int       // from 1; 0 is that nobody asked for blocks
	rows    []*share  // in the order in which they were first measured
	byName  map[string]*share
	spent   time.Duration // by the rows of this block
	apart   time.Duration // building and starting peers in the first block: not of the time that is shared
	around  time.Duration // what the last block took besides its rows
	planned time.Duration // what this block will take, about; 0 in the first
	later   time.Duration // what each of the blocks after it will
}

// share is a row's.
type share struct {
	cost   time.Duration // of the last block that measured it
	blocks int           // that have measured it
	part   float64       // of the coming blocks that will
	credit float64       // it is measured when it has saved up a whole block
}

// next ends a block and begins another. It is false if there were blocks enough, or
// if the time, 0 for as much as it takes, is over.
func (s *schedule) next(blocks int, limit time.Duration) bool {
	now := time.Now()
	if s.block == 0 {
		s.start, s.byName = now, map[string]*share{}
	} else {
		s.around = max(0, now.Sub(s.began)-s.spent)
		if s.block == 1 {
			s.around = max(0, s.around-s.apart)
		}
	}
	if s.block >= max(1, blocks) {
		return false
	}
	if s.block > 0 {
		rest := time.Duration(math.MaxInt64)
		if limit > 0 {
			rest = limit - s.used()
		}
		if !s.plan(blocks-s.block, rest) {
			return false
		}
	}
	s.block++
	s.began, s.spent = now, 0
	return true
}

// used is what of the time that is shared is over.
func (s *schedule) used() time.Duration { return time.Since(s.start) - s.apart }

// plan gives every row its part of so many blocks to come, which together may take
// rest, and says who is measured in the next of them.
func (s *schedule) plan(blocks int, rest time.Duration) bool {
	if rest < s.around || rest <= 0 {
		return false
	}
	if s.around > 0 {
		blocks = min(blocks, int(rest/s.around))
	}
	room := float64(rest)/float64(blocks) - float64(s.around)
	need := func(r *share) float64 {
		return min(1, max(0, float64(fewest-r.blocks))/float64(blocks))
	}
	more := func(r *share) float64 { return 1 - need(r) }
	needed := 0.0
	for _, r := range s.rows {
		needed += need(r) * float64(r.cost)
	}
	if needed <= room {
		most := level(s.rows, more, room-needed)
		for _, r := range s.rows {
			r.part = need(r) + more(r)*min(1, most/float64(max(1, r.cost)))
		}
	} else {
		most := level(s.rows, need, room)
		for _, r := range s.rows {
			r.part = need(r) * min(1, most/float64(max(1, r.cost)))
		}
	}
	next, later := float64(s.around), float64(s.around)
	for _, r := range s.rows {
		r.credit += r.part
		later += r.part * float64(r.cost)
		if r.due() {
			next += float64(r.cost)
		}
	}
	s.planned, s.later = time.Duration(next), time.Duration(later)
	return true
}

// level is the cost above which rows have no more time than that, so that all of them
// take the room that there is: the sum of weight times the smaller of cost and level.
func level(rows []*share, weight func(*share) float64, room float64) float64 {
	rising := slices.SortedFunc(slices.Values(rows), func(a, b *share) int { return cmp.Compare(a.cost, b.cost) })
	left := 0.0
	for _, r := range rising {
		left += weight(r)
	}
	for _, r := range rising {
		if left*float64(r.cost) >= room {
			return room / left
		}
		room -= weight(r) * float64(r.cost)
		left -= weight(r)
	}
	return math.Inf(1)
}

// due is whether the row is measured in this block.
func (r *share) due() bool { return r.blocks == 0 || r.credit >= 1-1e-9 }

// due is whether a row is measured in this block.
func (s *schedule) due(name string) bool {
	r := s.byName[name]
	return r == nil || r.due()
}

// charge is told what a row has taken in this block, and what to prepare it took.
func (s *schedule) charge(name string, took, prepared time.Duration) {
	if s.block == 0 {
		return
	}
	r := s.byName[name]
	if r == nil {
		// Those that take turns with a block begin in different ones.
		_, phase := math.Modf(float64(len(s.rows)) * math.Phi)
		r = &share{credit: phase}
		s.byName[name] = r
		s.rows = append(s.rows, r)
	} else {
		r.credit--
	}
	if s.block == 1 {
		s.apart += prepared
	} else {
		took += prepared
	}
	r.cost = took
	r.blocks++
	s.spent += took
}

// left is about how long it will take until all blocks are measured; false while
// nobody knows.
func (s *schedule) left(blocks int) (time.Duration, bool) {
	if s.block <= 1 {
		return 0, false
	}
	return max(0, s.planned-time.Since(s.began)) + time.Duration(blocks-s.block)*s.later, true
}
