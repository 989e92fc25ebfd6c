package expr

import (
	"errors"
	"fmt"

	"github.com/tandem-go/tandem/kernels"
)

// ErrTooLarge is wrapped by a [*LimitError].
var ErrTooLarge = errors.New("expression too large")

// The size of what becomes one kernel. What is written counts among the arrays. So
// many arrays and scalars a launch has room for in itself.
const (
	MaxArrays  = 6
	MaxScalars = 12
	// MaxOperations bounds the operations, and so how deep they are nested.
	// Common ones count once.
	MaxOperations = 64
)

// LimitError is an expression that one kernel cannot hold. Store a part of it in an
// array of its own.
type LimitError struct {
	What string // "arrays", "scalars" or "operations"
	Max  int
}

// Error implements error.
func (e *LimitError) Error() string {
	return fmt.Sprintf("%v: more than %d %s; store a part of it first", ErrTooLarge, e.Max, e.What)
}

// Unwrap returns ErrTooLarge.
func (e *LimitError) Unwrap() error { return ErrTooLarge }

// ShapeError is an array whose length is not that of the others.
type ShapeError struct {
	// Operand is the name of the array, or the place of its first use among
	// the expression's arrays: "array 0" is the leftmost.
	Operand   string
	Len, Want int
}

// Error implements error.
func (e *ShapeError) Error() string {
	return fmt.Sprintf("%v: %s has %d elements, want %d", kernels.ErrShape, e.Operand, e.Len, e.Want)
}

// Unwrap returns [kernels.ErrShape].
func (e *ShapeError) Unwrap() error { return kernels.ErrShape }
