// Package alias tells whether slices share memory.
package alias

import "unsafe"

// Overlap reports whether a and b have memory in common.
func Overlap[A, B any](a []A, b []B) bool {
	if len(a) == 0 || len(b) == 0 {
		return false
	}
	aLo, bLo := uintptr(unsafe.Pointer(unsafe.SliceData(a))), uintptr(unsafe.Pointer(unsafe.SliceData(b)))
	return aLo < bLo+uintptr(len(b))*unsafe.Sizeof(b[0]) && bLo < aLo+uintptr(len(a))*unsafe.Sizeof(a[0])
}

// Inexact reports whether they do without being the same slice.
func Inexact[T any](a, b []T) bool {
	return Overlap(a, b) && !(len(a) == len(b) && unsafe.SliceData(a) == unsafe.SliceData(b))
}

// Apart reports whether two slices of one length are the same or have no memory in
// common, in fewer instructions than [Inexact].
func Apart[T any](a, b []T) bool {
	behind := uintptr(unsafe.Pointer(unsafe.SliceData(a))) - uintptr(unsafe.Pointer(unsafe.SliceData(b)))
	nbytes := uintptr(len(a)) * unsafe.Sizeof(a[0])
	return behind == 0 || behind >= nbytes && -behind >= nbytes
}
