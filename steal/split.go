package steal

import "sync/atomic"

// Split is the deque of fork-join computations, after Lace (van Dijk and van de
// Pol 2014) and the private deques of Acar, Charguéraud and Rainey (PPoPP 2013).
// It counts positions and leaves the items to its user, who keeps them in a
// table by position.
//
// The positions from 0 up to the head are divided:
//
//	0 ........ tail ........ split ........ head
//	  stolen        shared         private
//
// The owner pushes and pops private positions with plain loads and stores: no
// fence and no atomic operation that locks. A thief that finds nothing shared
// may ask, and the owner shares half of what it has at its next push. Tail and
// split lie in one word that is changed by compare-and-swap:
//
//	 63        32 31         0
//	+------------+------------+
//	|    tail    |    split   |   nothing shared: tail == split
//	+------------+------------+
//
// A word that changed and came back (ABA) does no harm: equal words mean that
// the same positions are there to be stolen, whatever items lie there by now,
// and a thief looks at an item only after it has won its position. A winner
// sees everything that was written to the item before it was shared.
//
// A Split must be opened before use, and not be copied.
type Split struct {
	head  uint32 // owner only
	split uint32 // owner only: the split in word
	room  uint32 // owner only: how far head may go
	_     [116]byte

	word atomic.Uint64 // the owner moves split, and tail back; thieves move tail on
	// limit is room, or 0 when a thief has asked. One comparison of the owner
	// finds out both that it is full and that it should share.
	limit atomic.Uint32
	// wanted is the head from which on there is a surplus: unlimited when a thief
	// has asked, and 0 when it has waived that.
	wanted atomic.Uint32
	_      [112]byte
}

// reserve is how many positions that nobody has stolen are enough. Their items
// are the oldest and usually the largest, and each theft leaves time for more.
const reserve = 2

const unlimited = 1<<32 - 1

// Open makes d empty, with positions up to room. Owner only.
func (d *Split) Open(room uint32) {
	d.head, d.split, d.room = 0, 0, room
	d.word.Store(0)
	d.limit.Store(room)
	d.wanted.Store(reserve)
}

// Surplus reports that d holds enough for the thieves that there have been: they
// have left 2 positions, as far as the owner knows, and none has asked since. An
// owner whose items are so small that a push counts need not push more. It costs
// two loads and a comparison. Owner only.
func (d *Split) Surplus() bool { return d.head >= d.wanted.Load() }

// Head is the next position to be pushed. Owner only.
func (d *Split) Head() uint32 { return d.head }

// Push returns a new position, which is private. If ok is false there is no new
// position: a thief has asked, and the owner should Rearm, PushAsked, write the
// item and Answer, or d is full. Owner only.
func (d *Split) Push() (pos uint32, ok bool) {
	pos = d.head
	if pos >= d.limit.Load() {
		return pos, false
	}
	d.head = pos + 1
	return pos, true
}

// PushAsked is Push whether or not a thief has asked: ok is false only if d is
// full. Owner only.
func (d *Split) PushAsked() (pos uint32, ok bool) {
	if pos = d.head; pos >= d.room {
		return pos, false
	}
	d.head = pos + 1
	return pos, true
}

// Pop removes the last position, pos, if it is private. Otherwise the owner must
// try to Reclaim it. Owner only.
func (d *Split) Pop(pos uint32) bool {
	if pos < d.split || pos+1 != d.head {
		return false
	}
	d.head = pos
	return true
}

// Rearm takes back the thieves' request. They may ask again at once. Owner only.
func (d *Split) Rearm() { d.limit.Store(d.room) }

// Answer shares half of the private positions, rounded up, and returns how many
// are now shared. The items must have been written. Owner only.
func (d *Split) Answer() int { return d.share(d.split + (d.head-d.split+1)/2) }

// ShareAll shares all positions: an owner that is going to wait must not keep
// them to itself. It returns how many are now shared. Owner only.
func (d *Split) ShareAll() int { return d.share(d.head) }

func (d *Split) share(split uint32) int {
	for {
		old := d.word.Load()
		tail, _ := unpack(old)
		if d.word.CompareAndSwap(old, pack(tail, split)) {
			d.split = split
			d.want(tail + reserve)
			return int(split - tail)
		}
	}
}

// Reclaim removes the last position, pos, from those shared and reports whether
// it did: if not, a thief has it, and the position stays until Release. Owner
// only.
func (d *Split) Reclaim(pos uint32) bool {
	for {
		old := d.word.Load()
		tail, split := unpack(old)
		if tail > pos {
			return false
		}
		if pos >= split { // it was private all along
			d.head = pos
			return true
		}
		if d.word.CompareAndSwap(old, pack(tail, pos)) {
			d.split, d.head = pos, pos
			return true
		}
	}
}

// Release removes the last position, pos, which was stolen, when its thief is
// done with it. Positions are stolen in order, so all that remain are stolen
// too. Owner only.
func (d *Split) Release(pos uint32) {
	d.head, d.split = pos, pos
	d.word.Store(pack(pos, pos)) // nothing is shared: no thief interferes
	if d.wanted.Load() != unlimited {
		d.want(pos + reserve)
	}
}

// want sets the head from which on there is a surplus. A thief that has waived its
// request, be it at this moment, wants nothing however much is left of what it has
// stolen.
func (d *Split) want(head uint32) {
	if wanted := d.wanted.Load(); wanted != 0 {
		d.wanted.CompareAndSwap(wanted, head)
	}
}

// Steal takes the oldest shared position. If there is none, Empty, the thief may
// Ask for some. Any goroutine may call it.
func (d *Split) Steal() (pos uint32, outcome Outcome) { return d.StealFrom(0) }

// StealFrom is Steal restricted to positions from least on.
func (d *Split) StealFrom(least uint32) (pos uint32, outcome Outcome) {
	old := d.word.Load()
	tail, split := unpack(old)
	switch {
	case tail == split || tail < least:
		return 0, Empty
	case d.word.CompareAndSwap(old, pack(tail+1, split)):
		return tail, Stolen
	}
	return 0, Lost
}

// Waive takes a request back: until the next one, whatever d holds is a surplus.
// Any goroutine may call it.
func (d *Split) Waive() { d.wanted.Store(0) }

// Relax is Waive by the owner, unless a thief has asked. Owner only.
func (d *Split) Relax() {
	if wanted := d.wanted.Load(); wanted != unlimited {
		d.wanted.CompareAndSwap(wanted, 0)
	}
}

// Ask requests that the owner share what it has. Any goroutine may call it.
func (d *Split) Ask() {
	// Each is looked at, since an owner that answers at the same time may have
	// taken back only the other; and before it is written, since many thieves
	// must not fight for the owner's line.
	if d.limit.Load() != 0 {
		d.limit.Store(0)
	}
	if d.wanted.Load() != unlimited {
		d.wanted.Store(unlimited)
	}
}
