package kernels

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/blas/blas32"
	"gonum.org/v1/gonum/blas/blas64"

	"github.com/tandem-go/tandem/kernels/half"
	"github.com/tandem-go/tandem/residency"
)

// MatrixElement is what a matrix may have as its elements.
type MatrixElement interface {
	Float | half.Number
}

// Matrix is a matrix or image argument, stored by rows: element (r, c) is
// element r*Stride+c of its memory. The Stride-Cols elements between two rows
// are padding, which no operation reads or writes. It is made by [Dense],
// [Resident], [General32] or [General64]. Of 16-bit numbers it is for [GemmHalf].
type Matrix[T MatrixElement] struct {
	Rows, Cols int
	Stride     int // elements from one row to the next, at least max(1, Cols)
	data       Operand
}

// Dense is a matrix in a slice of the host. The slice needs
// (rows-1)*stride+cols elements; more are ignored. A matrix that does not fit
// is answered by the Err of the launch it is used in.
func Dense[T MatrixElement](rows, cols, stride int, data []T) Matrix[T] {
	return Matrix[T]{Rows: rows, Cols: cols, Stride: stride, data: ofSlice(data)}
}

// Resident is a matrix in a resident buffer; see [Dense] for its size.
func Resident[T MatrixElement](rows, cols, stride int, data *residency.Buffer[T]) Matrix[T] {
	return Matrix[T]{Rows: rows, Cols: cols, Stride: stride, data: ofBuffer(data)}
}

// Unplaced is a matrix that has a shape but no memory on the host. A launch with
// such arguments is for who hands it to a device himself, with buffers of his
// own: it gives the kernel, the words and the groups of a dispatch. It can't be
// run, nor given to a scheduler.
func Unplaced[T MatrixElement](rows, cols, stride int) Matrix[T] {
	n := 0
	if rows > 0 {
		n = (rows-1)*stride + cols
	}
	return Matrix[T]{Rows: rows, Cols: cols, Stride: stride, data: Operand{kind: kind{typ: typeOf[T]()}, n: n}}
}

// General32 is gonum's float32 matrix, whose memory it shares.
func General32(g blas32.General) Matrix[float32] { return Dense(g.Rows, g.Cols, g.Stride, g.Data) }

// General64 is gonum's float64 matrix, whose memory it shares.
func General64(g blas64.General) Matrix[float64] { return Dense(g.Rows, g.Cols, g.Stride, g.Data) }

// untyped is the matrix without its element type, so that the constructors of
// launches need not be instantiated for each.
func (m Matrix[T]) untyped() matrix {
	m.data.typ = typeOf[T]() // also of the zero Matrix
	return matrix{rows: m.Rows, cols: m.Cols, stride: m.Stride, data: m.data}
}

type matrix struct {
	rows, cols, stride int
	data               Operand
}

// check keeps a mistake in the description of m, and cuts its operand to the
// elements that the matrix has.
func (m *matrix) check(l *Launch, arg string) {
	switch {
	case m.rows < 0 || m.cols < 0:
		l.Fail(arg, fmt.Errorf("%w: %d×%d elements", ErrShape, m.rows, m.cols))
	case m.stride < max(1, m.cols):
		l.Fail(arg, fmt.Errorf("%w: stride %d, want at least %d", ErrShape, m.stride, max(1, m.cols)))
	case m.rows == 0 || m.cols == 0:
		m.data = m.data.nothing()
	case m.data.null:
		l.Fail(arg, ErrNil)
	case m.rows-1 > (math.MaxInt-m.cols)/m.stride || m.data.n < (m.rows-1)*m.stride+m.cols:
		l.Fail(arg, fmt.Errorf("%w: %d elements are too few for %d×%d with stride %d",
			ErrShape, m.data.n, m.rows, m.cols, m.stride))
	default:
		m.data.n = (m.rows-1)*m.stride + m.cols
	}
}

// wantShape keeps a mistake unless m has the given shape.
func (m *matrix) wantShape(l *Launch, arg string, rows, cols int) {
	if m.rows != rows || m.cols != cols {
		l.Fail(arg, fmt.Errorf("%w: %d×%d, want %d×%d", ErrShape, m.rows, m.cols, rows, cols))
	}
}

// byRow is the footprint of an index that is a row of m.
func (m *matrix) byRow() Footprint { return Footprint{Per: m.stride, Width: m.cols} }

// apart keeps a mistake if arguments out and in share memory, for a kernel that
// reads other elements of an index than those it has just written.
func (l *Launch) apart(out, in int) {
	if shareMemory(&l.Args()[out], &l.Args()[in]) {
		l.Fail(l.kernel.Label(out), fmt.Errorf("%w with argument %s", ErrOverlap, l.kernel.Label(in)))
	}
}

// nothing is an operand of o's type with no elements: what a kernel that will
// not read o is given, so that nothing is moved.
func (o Operand) nothing() Operand { return Operand{kind: kind{typ: o.typ}} }
