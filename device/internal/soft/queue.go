package soft

import "github.com/tandem-go/tandem/device"

// queued is a command in a stream's queue.
type queued struct {
	op   Op
	mark any

	buffer *buffer // of a transfer
	offset int64
	host   []byte

	program *program // of a launch; its lists lie in the batch
	groups  [3]int
	buffers stretch
	words   stretch

	event *event // recorded or waited for
}

// stretch is a part [from, to) of one of a batch's lists.
type stretch struct{ from, to int }

// batch is a run of commands. Its lists are used again, so that a steady
// stream allocates nothing for its commands.
type batch struct {
	commands []queued
	buffers  []*buffer
	words    []uint32
}

// reset empties the batch without keeping anything alive.
func (b *batch) reset() {
	clear(b.commands)
	clear(b.buffers)
	b.commands, b.buffers, b.words = b.commands[:0], b.buffers[:0], b.words[:0]
}

// holdLocked counts the buffers of a queued command as used.
func (b *batch) holdLocked(q *queued) {
	if q.buffer != nil {
		q.buffer.users++
	}
	for _, used := range b.buffers[q.buffers.from:q.buffers.to] {
		used.users++
	}
}

// dropLocked undoes holdLocked.
func (b *batch) dropLocked(d *Device, q *queued) {
	if q.buffer != nil {
		d.dropLocked(q.buffer)
	}
	for _, used := range b.buffers[q.buffers.from:q.buffers.to] {
		d.dropLocked(used)
	}
}

// event is a mark in a stream. err is written before done is closed.
type event struct {
	dev  *Device
	done chan struct{}
	err  error
}

var _ device.Event = (*event)(nil)

// Done implements device.Event.
func (e *event) Done() <-chan struct{} { return e.done }

// Err implements device.Event.
func (e *event) Err() error {
	select {
	case <-e.done:
		return e.err
	default:
		return nil
	}
}
