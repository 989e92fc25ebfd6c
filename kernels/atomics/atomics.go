// Package atomics has operations on elements that other invocations of a kernel use
// at the same time. Each is one indivisible step, and returns the old value:
//
//	atomics.Add(&histogram[bin], 1)
//
// In a kernel the pointer is the address of an element of a slice parameter or of
// memory that a work-group shares; tandemgen turns the call into the operation of the
// device. Called from Go, they are those of sync/atomic.
//
// No operation orders any other access. There is none on floating-point numbers: a
// sum of those depends on the order of its terms, which differs from run to run.
package atomics

import (
	"sync/atomic"
	"unsafe"
)

// Integer is what the operations take.
type Integer interface{ int32 | uint32 }

func word[T Integer](p *T) *uint32 { return (*uint32)(unsafe.Pointer(p)) }

// Add adds v to *p, modulo 2^32, and returns the old value.
func Add[T Integer](p *T, v T) T { return T(atomic.AddUint32(word(p), uint32(v)) - uint32(v)) }

// And makes *p the bits that are set in it and in v, and returns the old value.
func And[T Integer](p *T, v T) T { return T(atomic.AndUint32(word(p), uint32(v))) }

// Or sets the bits of v in *p, and returns the old value.
func Or[T Integer](p *T, v T) T { return T(atomic.OrUint32(word(p), uint32(v))) }

// Xor inverts the bits of v in *p, and returns the old value.
func Xor[T Integer](p *T, v T) T { return update(p, func(old T) T { return old ^ v }) }

// Min makes *p the lesser of it and v, and returns the old value.
func Min[T Integer](p *T, v T) T { return update(p, func(old T) T { return min(old, v) }) }

// Max makes *p the greater of it and v, and returns the old value.
func Max[T Integer](p *T, v T) T { return update(p, func(old T) T { return max(old, v) }) }

// Exchange stores v in *p, and returns the old value.
func Exchange[T Integer](p *T, v T) T { return T(atomic.SwapUint32(word(p), uint32(v))) }

// CompareAndSwap stores v in *p if old stands there, and returns what stood there.
func CompareAndSwap[T Integer](p *T, old, v T) T {
	for {
		if atomic.CompareAndSwapUint32(word(p), uint32(old), uint32(v)) {
			return old
		}
		if was := T(atomic.LoadUint32(word(p))); was != old {
			return was
		}
	}
}

func update[T Integer](p *T, change func(T) T) T {
	for {
		old := atomic.LoadUint32(word(p))
		if atomic.CompareAndSwapUint32(word(p), old, uint32(change(T(old)))) {
			return T(old)
		}
	}
}
