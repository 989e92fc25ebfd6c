package residency

import (
	"context"
	"fmt"
	"reflect"
	"unsafe"

	"github.com/tandem-go/tandem/device"
)

// Element is a number that buffers hold, by itself or in structures and arrays. Types of
// 16 bits are the floating-point numbers of package half in kernels.
type Element interface {
	float32 | float64 | int32 | uint32 | int64 | uint64 | ~uint16
}

// Buffer is typed memory with a home on the host and replicas on devices. It may
// be used by any number of goroutines; launches and calls that would disturb
// each other wait. T is an [Element], or a structure or an array of them: without
// pointers, since what devices send back replaces it.
type Buffer[T any] struct {
	mem Memory
}

// New returns a buffer of n zeros. It panics, as make does, if n is negative, and if
// [Holds] has something against T.
func New[T any](n int) *Buffer[T] { return wrap(make([]T, n)) }

// From returns a buffer with a copy of x. It panics if [Holds] has something against T.
func From[T any](x []T) *Buffer[T] {
	return wrap(append(make([]T, 0, len(x)), x...))
}

// Holds returns nil if a buffer can hold a T, and otherwise why it can't:
// device.ErrInvalid, wrapped.
func Holds[T any]() error {
	t := reflect.TypeFor[T]()
	if found := foreign(t); found != nil {
		return fmt.Errorf("residency: a buffer of %v: %w: it has a %v; want numbers of 32 or 64 bits or uint16, or structures or arrays of them", t, device.ErrInvalid, found)
	}
	if t.Size() == 0 {
		return fmt.Errorf("residency: a buffer of %v: %w: it has no numbers", t, device.ErrInvalid)
	}
	return nil
}

// foreign is a type in t that is nothing for a device; nil if there is none.
func foreign(t reflect.Type) reflect.Type {
	switch t.Kind() {
	case reflect.Float32, reflect.Float64, reflect.Int32, reflect.Uint32, reflect.Int64, reflect.Uint64, reflect.Uint16:
		return nil
	case reflect.Array:
		return foreign(t.Elem())
	case reflect.Struct:
		for i := range t.NumField() {
			if found := foreign(t.Field(i).Type); found != nil {
				return found
			}
		}
		return nil
	}
	return t
}

// wrap takes a slice as a buffer's home.
func wrap[T any](home []T) *Buffer[T] {
	if err := Holds[T](); err != nil {
		panic(err)
	}
	var zero T
	first := (*byte)(unsafe.Pointer(unsafe.SliceData(home)))
	return &Buffer[T]{mem: newMemory(unsafe.Slice(first, len(home)*int(unsafe.Sizeof(zero))))}
}

// Len is the number of elements.
func (b *Buffer[T]) Len() int {
	var zero T
	return len(b.mem.home) / max(1, int(unsafe.Sizeof(zero)))
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
