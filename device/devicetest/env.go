package devicetest

import (
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/tandem-go/tandem/device"
)

// patience is after how long a device that does not answer fails the suite.
const patience = 30 * time.Second

// env is one subtest: a device, and what the subtest made with it.
type env struct {
	*testing.T
	ctx      context.Context
	open     func(t *testing.T) device.Device
	programs Programs
	dev      device.Device
	id       string
	running  goleak.Option // the goroutines that were there before

	streams  []device.Stream
	buffers  []device.Buffer
	compiled []device.Program
}

func newEnv(t *testing.T, open func(t *testing.T) device.Device, programs Programs) *env {
	t.Helper()
	x := &env{T: t, open: open, programs: programs, running: goleak.IgnoreCurrent()}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)
	x.ctx = ctx
	x.dev = open(t)
	x.id = x.dev.Info().ID
	t.Cleanup(func() { _ = x.dev.Close() }) // after a failure; finish has closed it otherwise
	return x
}

// finish frees what the subtest made through x and checks that nothing is left.
func (x *env) finish() {
	x.Helper()
	x.release()
	if err := goleak.Find(x.running); err != nil {
		x.Errorf("after Close: %v", err)
	}
}

// release frees what was made through x and closes the device.
func (x *env) release() {
	x.Helper()
	for _, s := range x.streams {
		x.ok(s.Close())
	}
	for _, p := range x.compiled {
		x.ok(p.Close())
	}
	for _, b := range x.buffers {
		x.ok(b.Free())
	}
	x.wantIdle()
	x.ok(x.dev.Close())
	x.wantIdle()
}

// forget leaves it to the subtest to free what it made.
func (x *env) forget() { x.streams, x.buffers, x.compiled = nil, nil, nil }

// wantIdle waits until no memory is in use.
func (x *env) wantIdle() {
	x.Helper()
	x.eventually("all memory is given back", func() bool {
		m := x.dev.Memory()
		return m.InUse == 0 && m.Buffers == 0
	})
}

// eventually waits for what a device may do a moment after it was asked.
func (x *env) eventually(what string, holds func() bool) {
	x.Helper()
	for deadline := time.Now().Add(patience); !holds(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			x.Fatalf("%s: not after %v; memory %+v", what, patience, x.dev.Memory())
		}
	}
}

func (x *env) ok(err error) {
	x.Helper()
	if err != nil {
		x.Fatal(err)
	}
}

// wantError checks that err is a *device.Error of this device and of the
// operation op, if op is not empty, and wraps want.
func (x *env) wantError(err error, op string, want error) {
	x.Helper()
	if !errors.Is(err, want) {
		x.Errorf("%s: the error is %v, want one that wraps %q", op, err, want)
		return
	}
	e, ok := errors.AsType[*device.Error](err)
	switch {
	case !ok:
		x.Errorf("%s: the error %v is no *device.Error", op, err)
	case e.Device != x.id:
		x.Errorf("%s: the error names device %q, want %q: %v", op, e.Device, x.id, err)
	case e.Op == "" || op != "" && e.Op != op:
		x.Errorf("%s: the error names operation %q: %v", op, e.Op, err)
	}
}

func (x *env) stream() device.Stream {
	x.Helper()
	s, err := x.dev.NewStream()
	x.ok(err)
	x.streams = append(x.streams, s)
	return s
}

func (x *env) alloc(nbytes int64) device.Buffer {
	x.Helper()
	b, err := x.dev.Alloc(nbytes)
	x.ok(err)
	if b.Size() != nbytes {
		x.Fatalf("Alloc(%d) gave a buffer of %d bytes", nbytes, b.Size())
	}
	x.buffers = append(x.buffers, b)
	return b
}

// filled is a buffer that holds content.
func (x *env) filled(s device.Stream, content []byte) device.Buffer {
	x.Helper()
	b := x.alloc(int64(len(content)))
	x.ok(s.Upload(b, 0, content))
	x.sync(s)
	return b
}

func (x *env) compile(src device.Source) device.Program {
	x.Helper()
	p, err := x.dev.Compile(src)
	x.ok(err)
	x.compiled = append(x.compiled, p)
	return p
}

func (x *env) sync(s device.Stream) {
	x.Helper()
	x.ok(s.Synchronize(x.ctx))
}

func (x *env) record(s device.Stream) device.Event {
	x.Helper()
	e, err := s.Record()
	x.ok(err)
	return e
}

// content is what b holds once the commands of s are done.
func (x *env) content(s device.Stream, b device.Buffer) []byte {
	x.Helper()
	got := make([]byte, b.Size())
	x.ok(s.Download(got, b, 0))
	x.sync(s)
	return got
}

// fill is the dispatch of Programs.Fill.
func (x *env) fill(b device.Buffer, n, first int, value int32) device.Dispatch {
	return device.Dispatch{
		Groups: x.programs.groups(n), Buffers: []device.Buffer{b},
		Scalars: []uint32{uint32(n), uint32(first), uint32(value)},
	}
}

// affine is the dispatch of Programs.Affine.
func (x *env) affine(b device.Buffer, n int, factor, term int32) device.Dispatch {
	return device.Dispatch{
		Groups: x.programs.groups(n), Buffers: []device.Buffer{b},
		Scalars: []uint32{uint32(n), uint32(factor), uint32(term)},
	}
}

// copying is the dispatch of Programs.Copy.
func (x *env) copying(from, to device.Buffer, n int) device.Dispatch {
	return device.Dispatch{
		Groups: x.programs.groups(n), Buffers: []device.Buffer{from, to},
		Scalars: []uint32{uint32(n)},
	}
}

// slow is the dispatch of Programs.Slow.
func (x *env) slow(b device.Buffer, value int32) device.Dispatch {
	return device.Dispatch{
		Groups: x.programs.slowGroups(), Buffers: []device.Buffer{b},
		Scalars: []uint32{uint32(value)},
	}
}

// random is a source of random numbers whose seed is told when the test fails.
func (x *env) random() *rand.Rand {
	x.Helper()
	seed := rand.Uint64()
	if text := os.Getenv("TANDEM_SEED"); text != "" {
		var err error
		if seed, err = strconv.ParseUint(text, 0, 64); err != nil {
			x.Fatalf("TANDEM_SEED: %v", err)
		}
	}
	x.Cleanup(func() {
		if x.Failed() {
			x.Logf("replay with TANDEM_SEED=%d", seed)
		}
	})
	return rand.New(rand.NewPCG(seed, 0))
}
