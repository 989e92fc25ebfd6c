package npy

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"strings"
	"unsafe"
)

// block is how many elements are converted at once.
const block = 1 << 14

// ReadData reads the elements after the header h, which must be of type T, to
// the end of r.
func ReadData[T float32 | float64](r io.Reader, h Header) ([]T, error) {
	if size := int(unsafe.Sizeof(T(0))); size != h.Size {
		return nil, fmt.Errorf("%w: its elements have %d bytes, want %d", ErrUnsupported, h.Size, size)
	}
	n := h.Rows * h.Cols
	// A wrong shape must not ask for memory that the file has no bytes for.
	data := make([]T, 0, min(n, block))
	buf := make([]T, block)
	for len(data) < n {
		part := buf[:min(block, n-len(data))]
		if err := binary.Read(r, h.order, part); err != nil {
			return nil, fmt.Errorf("%w: it ends before element %d of %d", ErrFormat, len(data)+len(part), n)
		}
		data = append(data, part...)
	}
	if _, err := io.ReadFull(r, make([]byte, 1)); err != io.EOF {
		return nil, fmt.Errorf("%w: it goes on after its %d elements", ErrFormat, n)
	}
	return data, nil
}

// Write writes a matrix of rows×cols elements, stored by rows without gaps.
func Write[T float32 | float64](w io.Writer, rows, cols int, data []T) error {
	if len(data) != rows*cols {
		return fmt.Errorf("npy: %d elements for %d×%d", len(data), rows, cols)
	}
	text := fmt.Sprintf("{'descr': '<f%d', 'fortran_order': False, 'shape': (%d, %d), }", unsafe.Sizeof(T(0)), rows, cols)
	// The elements begin at a multiple of 64 bytes, so that they can be mapped.
	const before = len(magic) + 4
	text += strings.Repeat(" ", 63-(before+len(text))%64) + "\n"

	out := bufio.NewWriter(w)
	// An error of writing stays in out, and Flush answers it.
	fmt.Fprintf(out, "%s\x01\x00", magic)
	if err := binary.Write(out, binary.LittleEndian, uint16(len(text))); err != nil {
		return err
	}
	fmt.Fprint(out, text)
	for len(data) > 0 {
		part := data[:min(block, len(data))]
		if err := binary.Write(out, binary.LittleEndian, part); err != nil {
			return err
		}
		data = data[len(part):]
	}
	return out.Flush()
}
