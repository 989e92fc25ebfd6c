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

// routine is what of cuBLAS does the same as a program: products of matrices
// that are stored by rows. cuBLAS has them by columns and so sees each one's
// transpose; and the transpose of op(A)*op(B) is that of op(B) times that of op(A).
type routine struct {
	opA, opB cublas.Op
	factors  cublas.Type // of the elements of A and B
	kind     cublas.Type // of C's and of the factors alpha and beta
	compute  cublas.Compute
	words    *wordsOfGemm
}

// wordsOfGemm is where the scalar words of a routine stand, see device.Source. n and lo
// are the first two. alpha is the last of them; it and beta, which follows, take one word
// each in float32 and two in float64.
type wordsOfGemm struct {
	atA, atB, atC, rows, cols, depth, lda, ldb, ldc, strides, alpha int
	batch                                                           bool
}

var (
	oneGemm   = wordsOfGemm{atA: 2, atB: 3, atC: 4, cols: 5, depth: 6, lda: 7, ldb: 8, ldc: 9, alpha: 10}
	batchGemm = wordsOfGemm{atA: 2, atB: 3, atC: 4, rows: 5, cols: 6, depth: 7, lda: 8, ldb: 9, ldc: 10, strides: 11, alpha: 14, batch: true}
)

var gemms = map[string]routine{
	"gemm.float32":      {factors: cublas.Float32, kind: cublas.Float32, compute: cublas.Compute32F, words: &oneGemm},
	"gemm.float64":      {factors: cublas.Float64, kind: cublas.Float64, compute: cublas.Compute64F, words: &oneGemm},
	"gemm.tf32":         {factors: cublas.Float32, kind: cublas.Float32, compute: cublas.Compute32FFastTF32, words: &oneGemm},
	"gemm.float16":      {factors: cublas.Float16, kind: cublas.Float32, compute: cublas.Compute32F, words: &oneGemm},
	"gemm.bfloat16":     {factors: cublas.BFloat16, kind: cublas.Float32, compute: cublas.Compute32F, words: &oneGemm},
	"gemmbatch.float32": {factors: cublas.Float32, kind: cublas.Float32, compute: cublas.Compute32F, words: &batchGemm},
	"gemmbatch.float64": {factors: cublas.Float64, kind: cublas.Float64, compute: cublas.Compute64F, words: &batchGemm},
	"gemmbatch.tf32":    {factors: cublas.Float32, kind: cublas.Float32, compute: cublas.Compute32FFastTF32, words: &batchGemm},
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
	if !found || src.Buffers != 3 || src.Scalars != r.words.alpha+2*r.wordsOfScalar() {
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

func (r *routine) wordsOfScalar() int { return sizeOf(r.kind) / 4 }

func sizeOf(t cublas.Type) int {
	switch t {
	case cublas.Float64:
		return 8
	case cublas.Float16, cublas.BFloat16:
		return 2
	}
	return 4
}

// gemm is the call for a launch with these addresses and words. Places are
// modulo 2^32, like those of the text.
func (r *routine) gemm(addresses []uint64, words []uint32) cublas.Gemm {
	w := r.words
	matrix := func(buffer int, kind cublas.Type, element uint32, ld int) cublas.Matrix {
		return cublas.Matrix{At: addresses[buffer] + uint64(element)*uint64(sizeOf(kind)), Type: kind, LD: int(words[ld])}
	}
	n, lo := words[0], words[1]
	g := cublas.Gemm{
		OpA: r.opB, OpB: r.opA,
		M: int(words[w.cols]), N: int(n), K: int(words[w.depth]),
		Alpha: r.scalar(words[w.alpha:]), Beta: r.scalar(words[w.alpha+r.wordsOfScalar():]),
		Compute: r.compute,
	}
	fromA, fromB, fromC := lo*words[w.lda], uint32(0), lo*words[w.ldc] // of the first row
	if r.opA == cublas.Trans {
		fromA = lo
	}
	if w.batch {
		fromA, fromB, fromC = lo*words[w.strides], lo*words[w.strides+1], lo*words[w.strides+2]
		g.N, g.Batch = int(words[w.rows]), int(n)
	}
	g.A = matrix(1, r.factors, fromB+words[w.atB], w.ldb)
	g.B = matrix(0, r.factors, fromA+words[w.atA], w.lda)
	g.C = matrix(2, r.kind, fromC+words[w.atC], w.ldc)
	if w.batch {
		g.B.Stride, g.A.Stride, g.C.Stride = int(words[w.strides]), int(words[w.strides+1]), int(words[w.strides+2])
	}
	return g
}

func (r *routine) scalar(words []uint32) float64 {
	if r.kind == cublas.Float64 {
		return math.Float64frombits(uint64(words[1])<<32 | uint64(words[0]))
	}
	return float64(math.Float32frombits(words[0]))
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
