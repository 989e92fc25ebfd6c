package steal

// SetPositions puts an empty deque's positions at pos, so that tests need not
// push 2^64 items to see them wrap around.
func (d *Deque[T]) SetPositions(pos uint64) {
	d.top.Store(pos)
	d.bottom.Store(pos)
}

// Patience is the bound that the injector's tests check.
const Patience = patience

// Block is how many items of a lane lie together.
const Block = block
