//go:build opengl && linux && cgo

package opengl

// opcode tells the commands of a stream apart.
type opcode uint8

const (
	opUpload opcode = iota
	opDownload
	opLaunch
	opRecord
	opWait
)

func (op opcode) String() string {
	return [...]string{"upload", "download", "launch", "record", "wait"}[op]
}

// command is one entry of a stream's queue. Which fields count depends on op.
type command struct {
	op      opcode
	buffer  *buffer
	offset  int64
	host    []byte
	program *program
	groups  [3]uint32
	buffers stretch // of batch.buffers
	words   stretch // of batch.words
	event   *event
}

// stretch is a part [from, to) of one of a batch's lists.
type stretch struct{ from, to int }

// batch is a run of commands with the lists they refer to. A stream has two:
// callers fill one under the device's lock while the thread executes the other,
// and both keep their memory, so that queueing allocates nothing.
type batch struct {
	commands []command
	buffers  []*buffer
	words    []uint32
}

// reset empties the batch and lets go of everything it refers to.
func (b *batch) reset() {
	clear(b.commands)
	clear(b.buffers)
	b.commands, b.buffers, b.words = b.commands[:0], b.buffers[:0], b.words[:0]
}

// useLocked counts the command among the users of what it refers to, or with a
// delta of -1 no longer. The device's lock is held.
func (b *batch) useLocked(c *command, delta int) {
	if c.buffer != nil {
		c.buffer.users += delta
	}
	for _, used := range b.buffers[c.buffers.from:c.buffers.to] {
		used.users += delta
	}
	if c.program != nil {
		c.program.t.users += delta
	}
}
