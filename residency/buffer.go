package residency

import "unsafe"

// Element is what a buffer can hold.
type Element interface {
	float32 | float64 | int32
}

// Memory is a buffer without its element type: what a launch and the scheduler
// handle. Positions and sizes are in bytes.
type Memory struct {
	home []byte // aligned for every Element
}

// Size is the number of bytes.
func (m *Memory) Size() int64 { return int64(len(m.home)) }

// Home is the memory's place on the host. Its content is valid only where the
// host's copy is.
func (m *Memory) Home() []byte { return m.home }

// Buffer is typed memory with a home on the host and replicas on devices.
type Buffer[T Element] struct {
	mem Memory
}

// New returns a buffer of n zeros.
func New[T Element](n int) *Buffer[T] {
	home := make([]T, n)
	var zero T
	return &Buffer[T]{mem: Memory{
		home: unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(home))), n*int(unsafe.Sizeof(zero))),
	}}
}

// Len is the number of elements.
func (b *Buffer[T]) Len() int {
	var zero T
	return len(b.mem.home) / int(unsafe.Sizeof(zero))
}

// Memory is the buffer without its type.
func (b *Buffer[T]) Memory() *Memory { return &b.mem }
