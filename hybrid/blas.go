package hybrid

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"gonum.org/v1/gonum/blas"

	"github.com/tandem-go/tandem/device"
	"github.com/tandem-go/tandem/hybrid/internal/hybridblas"
	"github.com/tandem-go/tandem/kernels"
)

// BLAS is gonum's BLAS for all four element types. What is in use from it on
// everything that gonum builds on BLAS:
//
//	b := s.BLAS()
//	blas32.Use(b)
//	blas64.Use(b)
//	cblas64.Use(b)
//	cblas128.Use(b)
//
// Its routines take the arguments of gonum's and panic as the wrapped ones do.
// They may be called by any number of goroutines. After Close of the scheduler
// they go on with the wrapped routines alone.
//
// Sums are added in another order than in the wrapped routines. Which of them do a
// call, and where devices take part also who computes which tile, changes from run
// to run, so that results agree to rounding, not to the bit. With beta 0 nothing
// is read of what is written. Where a factor is 0, a NaN or an infinity of the
// other one may or may not show, as in gonum's own routines.
//
// Devices take part in level 3 alone. Levels 1 and 2 use each element of a slice once
// or twice; to send it to a device is to read it from memory, which is all that the
// CPU takes time for, so that no size repays it. Data that stays on devices is a
// [Buffer], and has launches of its own: kernels.Gemv, Symv, Ger, Axpy, Scal, Swap,
// Rot, Copy, Dot, Asum, Nrm2 and Amax.
type BLAS = hybridblas.BLAS

// BLASCall is a call that [BLAS.Calibrate] can measure; [BLASPlan] makes them.
type BLASCall = hybridblas.Call

// BLASOperands are what [BLAS.Alone] and [BLAS.Chosen] work on: the zero value is made
// by the first of them, and shared by the other.
type BLASOperands = hybridblas.Operands

// BLASCrossover is what Calibrate has found for a call.
type BLASCrossover = hybridblas.Crossover

// BLASPlan is the calls of every routine that a BLAS may take over, in every type
// and variant, with square matrices of each of the orders.
func BLASPlan(orders []int) []BLASCall { return hybridblas.Plan(orders) }

// GemmBatch is C[i] = alpha*op(A[i])*op(B[i]) + beta*C[i] for every i: op(A[i]) is
// m×k, op(B[i]) is k×n and C[i] is m×n, stored by rows, and all have the same
// strides. The C must not overlap each other nor any A or B.
//
// Small products are spread over the CPU workers, each done by the wrapped
// routine; large ones are each done as Gemm would. Where there are GPUs, the batch may
// go to those and the workers as one launch, if that was the faster for its like;
// matrices that lie apart are copied together for it. Complex ones go as their real and
// their imaginary parts, in four launches, and are of the same bound as one by one.
// Data on devices are [kernels.GemmBatch]'s. Mistakes give an [*ArgumentError] before
// any work. When ctx ends, no further product is begun, and its cause is returned.
func GemmBatch[T hybridblas.Number](ctx context.Context, b *BLAS, tA, tB blas.Transpose, m, n, k int,
	alpha T, a [][]T, lda int, x [][]T, ldb int, beta T, c [][]T, ldc int,
) error {
	return hybridblas.GemmBatch(ctx, b, tA, tB, m, n, k, alpha, a, lda, x, ldb, beta, c, ldc)
}

// GemmStridedBatch is [GemmBatch] for count matrices that lie in one slice each:
// those of A begin strideA elements apart, and so on. strideA or strideB may be 0
// for one that all products share.
func GemmStridedBatch[T hybridblas.Number](ctx context.Context, b *BLAS, tA, tB blas.Transpose, m, n, k int,
	alpha T, a []T, lda, strideA int, x []T, ldb, strideB int, beta T, c []T, ldc, strideC, count int,
) error {
	return hybridblas.GemmStridedBatch(ctx, b, tA, tB, m, n, k, alpha, a, lda, strideA, x, ldb, strideB, beta, c, ldc, strideC, count)
}

// BLASOption configures [Scheduler.BLAS].
type BLASOption interface {
	applyBLAS(*hybridblas.Config) error
}

type blasOptionFunc func(*hybridblas.Config) error

func (f blasOptionFunc) applyBLAS(c *hybridblas.Config) error { return f(c) }

// OverBLAS has BLAS wrap the given implementations instead of those that are in
// use. Nil ones are left as they are.
func OverBLAS(s blas.Float32, d blas.Float64, c blas.Complex64, z blas.Complex128) BLASOption {
	return blasOptionFunc(func(cfg *hybridblas.Config) error {
		w := &cfg.Wrapped
		if s != nil {
			w.Float32 = s
		}
		if d != nil {
			w.Float64 = d
		}
		if c != nil {
			w.Complex64 = c
		}
		if z != nil {
			w.Complex128 = z
		}
		return nil
	})
}

// AlwaysTiled has every call cut into tiles of the given order, whether it pays or
// not, and given to the devices in use, or to the CPU workers if there is no
// other. It is for tests: small tiles take every path.
func AlwaysTiled(order int) BLASOption {
	return blasOptionFunc(func(cfg *hybridblas.Config) error {
		if order < 1 {
			return fmt.Errorf("hybrid: AlwaysTiled: %w: tiles of order %d, want at least 1", device.ErrInvalid, order)
		}
		cfg.Tile = order
		return nil
	})
}

// BLAS returns a BLAS that wraps the one in use, as blas32.Implementation and its
// siblings tell, and takes over the calls for which others than the calling
// goroutine were measured to be faster: on the CPU workers, or on devices. It
// panics if an option is invalid.
//
// In a build with the tag openblas, where gonum's own is in use and the machine has
// OpenBLAS, that is wrapped instead, with as many threads as there are workers, or
// fewer if OPENBLAS_NUM_THREADS says so. The scheduler's log names what is wrapped.
//
// The library itself registers nothing: that is the application's to do, at its
// start, since gonum's Use is not synchronised.
//
// What is faster is measured in the background when a kind of call first occurs,
// and kept where [WithModelFile] says. Until it is known the wrapped routine does
// the work, so that nothing ever takes longer than before. It is measured again from
// time to time, for a hundredth of the time of such calls at most, since the machine
// may have been busy.
func (s *Scheduler) BLAS(opts ...BLASOption) *BLAS {
	cfg := hybridblas.Config{
		Workers: s.pool.Workers(), CPU: s.cpu != nil, Model: s.model,
		Loop: func(n int, body func(lo, hi int)) error { return s.loop(context.Background(), n, 1, body) },
	}
	cfg.Enter, cfg.Leave = s.enter, s.running.Done
	for _, m := range s.devices {
		if !m.isCPU() {
			cfg.Devices = append(cfg.Devices, blasDevice{m, s, &staging{}})
		}
		if !m.isCPU() && !m.info.Caps.HostCores {
			cfg.Batch = s.launchBatch
		}
	}
	for _, o := range opts {
		if err := o.applyBLAS(&cfg); err != nil {
			panic(err)
		}
	}
	s.wrap(&cfg)
	b := hybridblas.New(cfg)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		b.Close()
	} else {
		s.blas = append(s.blas, b)
	}
	return b
}

// launchBatch launches l, unless the scheduler is closed.
func (s *Scheduler) launchBatch(ctx context.Context, l kernels.Launch, every bool) (done bool, err error) {
	if s.enter() != nil {
		return false, nil
	}
	defer s.running.Done()
	return true, s.launch(ctx, &l, launchConfig{every: every})
}

// blasDevice is a member as the tiles of a BLAS see it.
type blasDevice struct {
	m       *member
	s       *Scheduler
	staging *staging
}

// mostStaged is how much page-locked memory a BLAS keeps for a device between
// calls. It takes milliseconds to get; four tiles of the largest order in float64
// on their way there and two back are 200 MB.
const mostStaged = 256 << 20

// staging is page-locked memory that no command uses. Its device frees it when it
// is closed.
type staging struct {
	mu     sync.Mutex // guards the rest
	free   []hybridblas.HostMemory
	nbytes int
}

// take returns memory of at least nbytes, but not of twice as much.
func (s *staging) take(nbytes int) (h hybridblas.HostMemory, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, h := range s.free {
		if n := len(h.Bytes); nbytes <= n && n < 2*nbytes {
			s.free = slices.Delete(s.free, i, i+1)
			s.nbytes -= n
			return h, true
		}
	}
	return h, false
}

// keep reports whether there is room for h.
func (s *staging) keep(h hybridblas.HostMemory) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.nbytes+len(h.Bytes) > mostStaged {
		return false
	}
	s.free = append(s.free, h)
	s.nbytes += len(h.Bytes)
	return true
}

func (d blasDevice) Info() device.Info       { return d.m.info }
func (d blasDevice) Key() string             { return d.m.key }
func (d blasDevice) Usable() error           { return d.m.usable() }
func (d blasDevice) Deadline() time.Duration { return d.s.cfg.deadline }
func (d blasDevice) Available() int64        { return d.m.memory.available() }
func (d blasDevice) Recycle(b device.Buffer) { d.m.memory.put(b) }
func (d blasDevice) Drop(b device.Buffer)    { d.m.memory.drop(b) }

func (d blasDevice) Alloc(nbytes int64) (device.Buffer, error) { return d.m.memory.get(nbytes) }

func (d blasDevice) HostMemory(nbytes int) hybridblas.HostMemory {
	if h, ok := d.staging.take(nbytes); ok {
		return h
	}
	var h hostMemory
	h.resize(d.m, nbytes)
	return hybridblas.HostMemory{Bytes: h.bytes, Locked: h.locked}
}

func (d blasDevice) FreeHost(h hybridblas.HostMemory) {
	if h.Locked != nil && !d.staging.keep(h) {
		_ = h.Locked.Free() // a device that is closed has freed it itself
	}
}

func (d blasDevice) Fail(err error) {
	if d.m.fail(err) {
		d.s.log.Warn("tandem: a device failed and is used no more; its work is done by the others",
			"device", d.m.info.ID, "error", err)
	}
}

func (d blasDevice) Program(k *kernels.Kernel, stop <-chan struct{}) (device.Program, error) {
	p := d.m.program(k)
	if err := p.wait(context.Background(), stop); err != nil {
		return nil, err
	}
	return p.p, nil
}

func (d blasDevice) Lane() (hybridblas.Lane, error) {
	l, err := d.m.lane()
	if err != nil {
		return hybridblas.Lane{}, err
	}
	return hybridblas.Lane{Up: l.up, Compute: l.compute, Down: l.down}, nil
}

func (d blasDevice) Release(l hybridblas.Lane) { d.m.release(&lane{l.Up, l.Compute, l.Down}) }

func (d blasDevice) Abandon(l hybridblas.Lane, after func()) {
	d.m.abandon(&lane{l.Up, l.Compute, l.Down}, d.s, after)
}

func (d blasDevice) Count(t hybridblas.Tally) {
	c := &d.m.counts
	c.chunks.Add(t.Tiles)
	c.failures.Add(t.Failures)
	c.uploaded.Add(t.Uploaded)
	c.downloaded.Add(t.Downloaded)
	c.busy.Add(int64(t.Busy))
}
