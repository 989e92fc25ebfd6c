//go:build cuda && linux && cgo

package cuda

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"unsafe"

	"github.com/tandem-go/tandem/device"
	"github.com/tandem-go/tandem/device/cuda/internal/cublas"
)

// routine is what of cuBLAS does the same as a program: a product of matrices
// that are stored by rows. cuBLAS has them by columns and so sees each one's
// transpose; and the transpose of op(A)*op(B) is that of op(B) times that of op(A).
type routine struct {
	opA, opB cublas.Op
	kind     cublas.Type
	compute  cublas.Compute
}

// Words of a gemm before alpha, see device.Source. alpha and beta follow, one
// word each in float32 and two in float64.
const (
	gemmRows = iota
	gemmFirst
	gemmAtA
	gemmAtB
	gemmAtC
	gemmCols
	gemmDepth
	gemmLDA
	gemmLDB
	gemmLDC
	gemmAlpha
)

var gemms = map[string]routine{
	"gemm.float32": {kind: cublas.Float32, compute: cublas.Compute32F},
	"gemm.float64": {kind: cublas.Float64, compute: cublas.Compute64F},
	"gemm.tf32":    {kind: cublas.Float32, compute: cublas.Compute32FFastTF32},
}

// findRoutine is the routine of a name, or nil where there is none or no cuBLAS:
// the text does the same. The program's buffers and words must be those of the
// routine.
func findRoutine(src device.Source) *routine {
	n := strings.LastIndexByte(src.Library, '.')
	if n < 0 || len(src.Library) != n+len(".nn") {
		return nil
	}
	r, found := gemms[src.Library[:n]]
	if !found || src.Buffers != 3 || src.Scalars != gemmAlpha+2*r.wordsOfScalar() {
		return nil
	}
	for i, op := range []*cublas.Op{&r.opA, &r.opB} {
		switch src.Library[n+1+i] {
		case 'n':
		case 't':
			*op = cublas.Trans
		default:
			return nil
		}
	}
	if cublas.Load() != nil {
		return nil
	}
	return &r
}

func (r *routine) wordsOfScalar() int { return r.size() / 4 }

func (r *routine) size() int {
	if r.kind == cublas.Float64 {
		return 8
	}
	return 4
}

// gemm is the call for a launch with these addresses and words. Places are
// modulo 2^32, like those of the text.
func (r *routine) gemm(addresses []uint64, words []uint32) cublas.Gemm {
	place := func(buffer int, row, ld, at uint32, op cublas.Op, width int) cublas.Matrix {
		element := row*ld + at
		if op == cublas.Trans {
			element = row + at
		}
		return cublas.Matrix{At: addresses[buffer] + uint64(element)*uint64(r.size()), Type: r.kind, LD: width}
	}
	first := words[gemmFirst]
	a := place(0, first, words[gemmLDA], words[gemmAtA], r.opA, int(words[gemmLDA]))
	b := place(1, 0, words[gemmLDB], words[gemmAtB], cublas.NoTrans, int(words[gemmLDB]))
	c := place(2, first, words[gemmLDC], words[gemmAtC], cublas.NoTrans, int(words[gemmLDC]))
	return cublas.Gemm{
		OpA: r.opB, OpB: r.opA,
		M: int(words[gemmCols]), N: int(words[gemmRows]), K: int(words[gemmDepth]),
		Alpha: r.scalar(words[gemmAlpha:]), Beta: r.scalar(words[gemmAlpha+r.wordsOfScalar():]),
		A: b, B: a, C: c, Compute: r.compute,
	}
}

func (r *routine) scalar(words []uint32) complex128 {
	if r.kind == cublas.Float64 {
		return complex(math.Float64frombits(uint64(words[1])<<32|uint64(words[0])), 0)
	}
	return complex(float64(math.Float32frombits(words[0])), 0)
}

// declined are the answers of cuBLAS (cublasStatus_t) that it gives before it
// has begun: no memory, sizes it does not take, no code for this GPU, and no such
// types.
var declined = map[int]bool{3: true, 7: true, 8: true, 15: true}

// libraryCall is a launch that a routine may do instead.
type libraryCall struct {
	index   int // among the launches of the call under way
	routine *routine
	scalars int
}

// callLibrary has the routine do a launch, and reports whether it has: cuBLAS may
// lack the memory, or the kind of matrix. The stream's lock is held, as the
// handle wants it.
func (s *stream) callLibrary(c libraryCall) (done bool, err error) {
	if s.blas == nil {
		if s.noBLAS {
			return false, nil
		}
		if err := s.openBLAS(); err != nil {
			s.noBLAS = true // the stream's launches run the text from now on
			return false, fatalOf(err)
		}
	}
	l := &s.launches[c.index]
	args := s.args[l.args:]
	words := unsafe.Slice((*uint32)(unsafe.Pointer(&args[l.buffers])), c.scalars)
	err = s.blas.Gemm(c.routine.gemm(args[:l.buffers], words))
	if e, ok := errors.AsType[*cublas.Error](err); ok && e.Driver == 0 && declined[e.Status] {
		return false, nil
	}
	if err != nil {
		return false, ofBLAS(err)
	}
	s.dirty = true
	return true, nil
}

// openBLAS makes the stream's handle. One handle a stream: its memory must not
// be used by two products at once.
func (s *stream) openBLAS() error {
	h, err := call(s.dev, func() (*cublas.Handle, error) { return cublas.Create(handle(s.dev.ctx.h).pointer()) })
	if err != nil {
		return err
	}
	if err := h.SetStream(s.h.pointer()); err != nil {
		_ = h.Close()
		return err
	}
	s.blas = h
	return nil
}

// fatalOf is err if the device is lost by it, nil if the text can do without.
func fatalOf(err error) error {
	err = ofBLAS(err)
	if code, ok := codeOf(err); ok && code.fatal() || errors.Is(err, device.ErrLost) {
		return err
	}
	return nil
}

// ofBLAS gives an error of cuBLAS what errors of this package have.
func ofBLAS(err error) error {
	e, ok := errors.AsType[*cublas.Error](err)
	switch {
	case !ok:
		return err
	case e.Driver != 0:
		return newCallError("cublas "+e.Call, result(e.Driver))
	case e.OutOfMemory():
		return fmt.Errorf("%w: %w", device.ErrOutOfMemory, err)
	}
	// It may have been given a part of its work: nobody knows what holds.
	return fmt.Errorf("%w: %w", device.ErrInvalid, err)
}
