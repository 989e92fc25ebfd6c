package residency

import (
	"context"
	"fmt"
	"unsafe"

	"github.com/tandem-go/tandem/device"
)

// Element is what a buffer can hold. Types of 16 bits are the floating-point numbers
// of package half in kernels.
type Element interface {
	float32 | float64 | int32 | uint32 | int64 | uint64 | ~uint16
}

// Buffer is typed memory with a home on the host and replicas on devices. It may
// be used by any number of goroutines; launches and calls that would disturb
// each other wait.
type Buffer[T Element] struct {
	mem Memory
}

// New returns a buffer of n zeros. It panics, as make does, if n is negative.
func New[T Element](n int) *Buffer[T] { return wrap(make([]T, n)) }

// From returns a buffer with a copy of x.
func From[T Element](x []T) *Buffer[T] {
	return wrap(append(make([]T, 0, len(x)), x...))
}

// wrap takes a slice as a buffer's home.
func wrap[T Element](home []T) *Buffer[T] {
	var zero T
	first := (*byte)(unsafe.Pointer(unsafe.SliceData(home)))
	return &Buffer[T]{mem: newMemory(unsafe.Slice(first, len(home)*int(unsafe.Sizeof(zero))))}
}

// Len is the number of elements.
func (b *Buffer[T]) Len() int {
	var zero T
	return len(b.mem.home) / int(unsafe.Sizeof(zero))
}

// Memory is the buffer without its type.
func (b *Buffer[T]) Memory() *Memory { return &b.mem }

// home is the buffer's place on the host as elements.
func (b *Buffer[T]) home() []T {
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(b.mem.home))), b.Len())
}

// View calls f with the buffer's elements, which f must not write or keep.
// Launches that write the buffer wait until f returns.
func (b *Buffer[T]) View(ctx context.Context, f func(x []T)) error {
	unlock, err := Lock(ctx, []*Memory{&b.mem}, nil)
	if err != nil {
		return err
	}
	defer unlock()
	if _, err := b.mem.AcquireHost(ctx, 0, b.mem.Size(), true); err != nil {
		return err
	}
	f(b.home())
	return nil
}

// Update calls f with the buffer's elements, which f may write and must not keep.
// Launches that use the buffer wait until f returns.
func (b *Buffer[T]) Update(ctx context.Context, f func(x []T)) error {
	return b.update(ctx, true, f)
}

func (b *Buffer[T]) update(ctx context.Context, read bool, f func(x []T)) error {
	unlock, err := Lock(ctx, nil, []*Memory{&b.mem})
	if err != nil {
		return err
	}
	defer unlock()
	if _, err := b.mem.AcquireHost(ctx, 0, b.mem.Size(), read); err != nil {
		return err
	}
	// Before f, for f may panic when it has written.
	b.mem.CommitHost(0, b.mem.Size())
	f(b.home())
	return nil
}

// CopyTo copies the buffer's elements to dst, which must have as many.
func (b *Buffer[T]) CopyTo(ctx context.Context, dst []T) error {
	if err := b.sameLen("dst", len(dst)); err != nil {
		return err
	}
	return b.View(ctx, func(x []T) { copy(dst, x) })
}

// CopyFrom makes src, which must have as many elements, the buffer's content.
func (b *Buffer[T]) CopyFrom(ctx context.Context, src []T) error {
	if err := b.sameLen("src", len(src)); err != nil {
		return err
	}
	return b.update(ctx, false, func(x []T) { copy(x, src) })
}

func (b *Buffer[T]) sameLen(arg string, n int) error {
	if n != b.Len() {
		return fmt.Errorf("residency: %s has %d elements, the buffer %d: %w", arg, n, b.Len(), device.ErrInvalid)
	}
	return nil
}

// Free gives up the buffer's replicas. It waits for nobody: launches under way
// that use the buffer fail. It is idempotent; later use gives device.ErrClosed.
func (b *Buffer[T]) Free() { b.mem.free() }
