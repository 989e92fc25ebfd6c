package process

import (
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// The places of what a program is waited for.
const (
	output = iota
	complaints
	input
	program
)

// wires are the descriptors between us and a program; -1 is none.
type wires struct {
	wait  [4]unix.PollFd // our ends, and the process descriptor
	child [3]uintptr     // the program's ends
	mine  [3]bool        // whether the program's end is ours to close
	text  []byte         // what is left of the input
}

// open makes the pipes. After a failure there may be something to close, too.
func (w *wires) open(stdin io.Reader) error {
	for i := range w.wait {
		w.wait[i] = unix.PollFd{Fd: -1, Events: unix.POLLIN}
	}
	w.wait[input].Events = unix.POLLOUT
	if err := w.openInput(stdin); err != nil {
		return err
	}
	for i := range 2 {
		var ends [2]int
		if err := unix.Pipe2(ends[:], unix.O_CLOEXEC); err != nil {
			return os.NewSyscallError("pipe2", err)
		}
		w.wait[i].Fd = int32(ends[0])
		w.child[1+i], w.mine[1+i] = uintptr(ends[1]), true
	}
	return nil
}

func (w *wires) openInput(stdin io.Reader) error {
	if file, ok := stdin.(*os.File); ok {
		w.child[0] = file.Fd()
		return nil
	}
	if stdin != nil {
		var err error
		if w.text, err = io.ReadAll(stdin); err != nil {
			return fmt.Errorf("reading Command.Stdin: %w", err)
		}
	}
	if len(w.text) == 0 {
		null, err := devNull()
		w.child[0] = uintptr(null)
		return err
	}
	var ends [2]int
	if err := unix.Pipe2(ends[:], unix.O_CLOEXEC); err != nil {
		return os.NewSyscallError("pipe2", err)
	}
	w.child[0], w.mine[0] = uintptr(ends[0]), true
	w.wait[input].Fd = int32(ends[1])
	// Only our end: a program may not expect its input not to wait.
	return os.NewSyscallError("fcntl", unix.SetNonblock(ends[1], true))
}

func (w *wires) close() {
	w.closeChild()
	for i := range w.wait {
		w.drop(i)
	}
}

func (w *wires) closeChild() {
	for i, mine := range w.mine {
		if mine {
			_ = unix.Close(int(w.child[i])) // a pipe: nothing to be lost
			w.mine[i] = false
		}
	}
}

func (w *wires) drop(i int) {
	if fd := w.wait[i].Fd; fd >= 0 {
		_ = unix.Close(int(fd)) // a pipe or a process descriptor
		w.wait[i].Fd = -1
	}
}

// buffers are what output is read into: as large as a pipe holds.
var buffers = sync.Pool{New: func() any { return new([64 << 10]byte) }}

// serve writes the program's input and reads its output until both ends of the
// output are closed, or the program has ended and its descendants have kept
// them open for the time of grace.
func (w *wires) serve(g *group, stdout, stderr *capture) error {
	buffer := buffers.Get().(*[64 << 10]byte)
	defer buffers.Put(buffer)
	kept := [2]*capture{stdout, stderr}
	var until time.Time // when to give up, once the program has ended
	for w.wait[output].Fd >= 0 || w.wait[complaints].Fd >= 0 || w.wait[input].Fd >= 0 {
		timeout := -1
		if !until.IsZero() {
			left := time.Until(until)
			if left <= 0 {
				return nil
			}
			timeout = int((left + time.Millisecond - 1) / time.Millisecond)
		}
		if err := retry(func() error {
			_, err := unix.Poll(w.wait[:], timeout)
			return err
		}); err != nil {
			return os.NewSyscallError("poll", err)
		}
		for i, into := range kept {
			if err := w.read(i, into, buffer[:]); err != nil {
				return err
			}
			if into.over {
				g.end(ErrOutputLimit)
			}
		}
		if w.wait[input].Revents != 0 {
			w.feed()
		}
		if w.wait[program].Revents != 0 {
			w.drop(program)
			until = time.Now().Add(g.patience())
		}
	}
	return nil
}

// read takes what is there. A pipe that has hung up and holds nothing is at its
// end, which takes no call to find out.
func (w *wires) read(i int, into *capture, buffer []byte) error {
	events := w.wait[i].Revents
	if w.wait[i].Fd < 0 || events == 0 {
		return nil
	}
	if events&unix.POLLIN == 0 {
		w.drop(i)
		return nil
	}
	n := 0
	err := retry(func() (err error) {
		n, err = unix.Read(int(w.wait[i].Fd), buffer)
		return err
	})
	if err != nil {
		return os.NewSyscallError("read", err)
	}
	if n == 0 {
		w.drop(i)
	}
	into.add(buffer[:n])
	return nil
}

// feed writes what fits into the pipe. A program need not read its input: that
// nobody is left who could is no failure.
func (w *wires) feed() {
	n := 0
	err := retry(func() (err error) {
		n, err = unix.Write(int(w.wait[input].Fd), w.text)
		return err
	})
	if errors.Is(err, unix.EAGAIN) {
		return
	}
	w.text = w.text[max(0, n):]
	if err != nil || len(w.text) == 0 {
		w.drop(input)
	}
}
