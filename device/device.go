package device

import "context"

// Device owns memory and executes programs.
type Device interface {
	// Info describes the device; it never changes and never fails.
	Info() Info
	// Memory reports the device's accounts at this moment.
	Memory() MemoryStats
	// Alloc returns a buffer of nbytes bytes whose content is undefined.
	// Zero bytes are a valid buffer. It fails with ErrInvalid for a negative
	// size and with ErrOutOfMemory when the budget does not allow it; a
	// failed Alloc changes no account.
	Alloc(nbytes int64) (Buffer, error)
	// Compile translates src for this device. A source the compiler rejects
	// gives an [*Error] that wraps a [*CompileError] with the compiler's own
	// log; a language the device doesn't speak gives ErrUnsupported.
	// Compiling the same source twice may return the same translation from a
	// cache, but each returned Program is closed by itself.
	Compile(src Source) (Program, error)
	// NewStream opens a stream with nothing in it.
	NewStream() (Stream, error)
	// Close waits for commands already enqueued, then frees everything the
	// device still holds. It is idempotent. Every later call on the device
	// or on anything made by it gives ErrClosed.
	Close() error
}

// Buffer is a contiguous piece of one device's memory.
type Buffer interface {
	// Size is the number of bytes asked for.
	Size() int64
	// Free gives the memory back once the commands already enqueued that use
	// it are done. A second Free gives ErrClosed, as does any later use.
	Free() error
}

// Program is a kernel compiled for one device.
type Program interface {
	// Close frees the program. A second Close gives ErrClosed.
	Close() error
}

// Stream executes commands in order, asynchronously to its caller. One
// goroutine at a time may use it.
type Stream interface {
	// Upload copies src to dst, starting offset bytes into it.
	// A range outside dst gives ErrInvalid at once. Zero bytes are allowed.
	Upload(dst Buffer, offset int64, src []byte) error
	// Download copies len(dst) bytes out of src, starting offset bytes into it.
	Download(dst []byte, src Buffer, offset int64) error
	// Launch enqueues one execution of p. The slices in d may be reused as
	// soon as Launch returns.
	Launch(p Program, d Dispatch) error
	// Record returns an event that fires when everything enqueued so far has
	// been executed, or has failed.
	Record() (Event, error)
	// WaitEvent makes commands enqueued from now on wait for e, an event of
	// any stream of the same device. A failed event fails this stream too.
	WaitEvent(e Event) error
	// Synchronize waits until everything enqueued has been executed and
	// returns the stream's error, if it has one. When ctx ends first it
	// returns the context's cause; the commands go on.
	Synchronize(ctx context.Context) error
	// Close waits for the stream's commands and frees it. It is idempotent
	// and returns the stream's error, if it has one.
	Close() error
}

// Event marks a place in a stream.
type Event interface {
	// Done is closed when the event has fired. Err is valid from then on.
	Done() <-chan struct{}
	// Err is nil before the event has fired and after it has fired with
	// success; otherwise it is what went wrong.
	Err() error
}

// Wait waits until e has fired and returns its error, or the cause of ctx when
// that ends first. A fired event beats an ended context.
func Wait(ctx context.Context, e Event) error {
	select {
	case <-e.Done():
		return e.Err()
	default:
	}
	select {
	case <-e.Done():
		return e.Err()
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// Dispatch is one execution of a program.
type Dispatch struct {
	// Groups is the number of work-groups in each dimension. A dimension
	// below 1 gives ErrInvalid; one above what the device states in
	// [Caps.MaxGroups] gives ErrInvalid too.
	Groups [3]int
	// Buffers are bound in order to the program's buffer slots 0, 1, ...
	Buffers []Buffer
	// Scalars are the program's scalar words: tandem_word[] in GLSL. A
	// 64-bit value takes two words, low word first.
	Scalars []uint32
}

// Language is what a [Source] is written in.
type Language string

// The languages that devices speak.
const (
	GLSL Language = "glsl" // a complete OpenGL 4.3 compute shader
	CUDA Language = "cuda" // CUDA C or PTX
	Go   Language = "go"   // a Go function, for devices that are the host or imitate one
)

// Source is a program before it is compiled.
type Source struct {
	Name     string // of the kernel, for messages
	Language Language
	Text     string         // for GLSL and CUDA
	Newer    []Code         // for CUDA: the same for newer GPUs, with the same Block
	Func     func(HostCall) // for Go
	Buffers  int            // number of buffer slots
	Scalars  int            // number of scalar words
	Block    Block          // for CUDA
	// Library names a routine that does the same with the same buffers and
	// words, "" if there is none: a device whose vendor's library has it may
	// call that in place of the text. Others run the text, so Library never
	// makes a source fail.
	//
	// The routines are "gemm.float32.XY" and "gemm.float64.XY", X and Y being n
	// or t: C = alpha*op(A)*op(B) + beta*C on matrices stored by rows, where
	// op(A) is A for X = n and its transpose for t, and op(B) follows Y. The
	// buffers are A, B and C. The words are n and lo, the number of C's rows to
	// compute and the first of them; a_at, b_at and c_at, the places of the
	// matrices' first elements in their buffers; cols, depth, lda, ldb, ldc;
	// alpha and beta, in float64 two words each. All are modulo 2^32: element
	// (r, c) of A stands at r*lda + c + a_at, modulo 2^32, which is below 2^32
	// for the rows that are computed and need not be for row 0. With beta 0, C
	// must not be read, and with depth 0 neither A nor B.
	//
	// "gemm.float16.XY" and "gemm.bfloat16.XY" are "gemm.float32.XY" of an A and a B
	// of 16-bit numbers: IEEE 754's, or the upper halves of float32.
	//
	// "gemmbatch.float32.XY" and "gemmbatch.float64.XY" are many products of one
	// shape. n and lo count products; before cols stands rows, and before alpha
	// strideA, strideB and strideC, the elements from one matrix to the next:
	// matrix i of A begins at i*strideA + a_at, and so on.
	//
	// "gemm.tf32.XY" is "gemm.float32.XY" in which elements of A and B may be
	// rounded to TF32, which has 10 bits behind the point, before they are
	// multiplied, and "gemmbatch.tf32.XY" likewise.
	Library string
}

// Code is a program for devices from a compute capability on.
type Code struct {
	Capability int    // 90 for 9.0
	Text       string // PTX
}

// Block is what a CUDA source leaves to its launch and a compute shader states
// in its text.
//
// The function takes a pointer for each buffer, in order, and then the scalar
// words as one structure by value:
//
//	extern "C" __global__ void ENTRY(T0 *b0, T1 *b1, ..., struct { unsigned w[SCALARS]; } words)
type Block struct {
	Entry  string // name of the function in the text
	Size   [3]int // threads a block, by dimension; zero counts as 1
	Shared int    // bytes of dynamic shared memory
}

// HostCall is one execution of a Go program over the memory of the device it
// runs on. The slices are valid for the call only.
type HostCall struct {
	Groups  [3]int
	Buffers [][]byte // 8-byte aligned
	Scalars []uint32
}
