package soft

import "github.com/tandem-go/tandem/device"

// Op is a kind of operation, as [device.Error] names it.
type Op string

// The operations that a [Model] hears of.
const (
	Alloc    Op = "alloc"
	Compile  Op = "compile"
	Upload   Op = "upload"
	Download Op = "download"
	Launch   Op = "launch"
)

// The commands that a stream executes without asking its Model.
const (
	record    Op = "record"
	waitEvent Op = "wait"
)

// Model decides how a device behaves: what its operations cost and which fail.
// Its methods are called from many goroutines at once.
type Model interface {
	// Admit is asked, in the order of the calls, about an operation whose
	// arguments are right. Its error refuses the operation; one that wraps
	// device.ErrLost loses the device. What it answers besides is handed to
	// Execute. It is called with the device's lock held.
	Admit(op Op) (mark any, err error)
	// Execute carries out a transfer or a launch when its turn has come. It
	// calls c.Perform for the effect. Its error fails the stream; one that
	// wraps device.ErrLost loses the device.
	Execute(c *Command) error
}

// Command is a transfer or a launch that a [Model] executes. It is valid during
// Execute only.
type Command struct {
	Op     Op
	Mark   any      // from Admit
	Bytes  int64    // of a transfer
	Words  []uint32 // of a launch
	Stream int      // number of the stream, from 0 in the order of NewStream
	Index  int      // number of the command among those of its stream, from 1

	stream *stream
	queued *queued
}

// Perform copies the bytes or calls the program. An error is the program's panic.
func (c *Command) Perform() error { return c.stream.perform(c.queued) }

// Spoil fills the destination of a transfer with poison, as a transfer that
// fails half way may leave it.
func (c *Command) Spoil() {
	q := c.queued
	if q.buffer == nil || q.buffer.data == nil {
		return
	}
	switch q.op {
	case Upload:
		poison(q.buffer.data[q.offset:][:len(q.host)])
	case Download:
		poison(q.host)
	}
}

// Lost is closed when the device is lost.
func (c *Command) Lost() <-chan struct{} { return c.stream.dev.isLost }

// Closing is closed when the device is being closed.
func (c *Command) Closing() <-chan struct{} { return c.stream.dev.isClosing }

// poisonByte fills memory whose content nobody may rely on.
const poisonByte = 0xA5

func poison(b []byte) {
	if len(b) == 0 {
		return
	}
	b[0] = poisonByte
	for done := 1; done < len(b); done *= 2 {
		copy(b[done:], b[:done])
	}
}

// wrapped is err as the error of an operation on the device with that ID.
func wrapped(op Op, id string, err error) error {
	return &device.Error{Op: string(op), Device: id, Err: err}
}
