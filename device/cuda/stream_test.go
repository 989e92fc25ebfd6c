//go:build cuda && linux && cgo

package cuda

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/tandem-go/tandem/device"
	"github.com/tandem-go/tandem/device/cuda/cudatest"
	"github.com/tandem-go/tandem/device/cuda/internal/testkernels"
)

func seed(t testing.TB) *rand.Rand {
	t.Helper()
	s := uint64(time.Now().UnixNano())
	if text := os.Getenv("TANDEM_SEED"); text != "" {
		s = must(strconv.ParseUint(text, 10, 64))(t)
	}
	t.Logf("TANDEM_SEED=%d", s)
	return rand.New(rand.NewPCG(s, s))
}

func words(b []byte) []uint32 {
	w := make([]uint32, len(b)/4)
	for i := range w {
		w[i] = binary.NativeEndian.Uint32(b[4*i:])
	}
	return w
}

func groupsFor(n int) [3]int {
	return [3]int{max(1, (n+testkernels.Threads-1)/testkernels.Threads), 1, 1}
}

// affine is x = factor*x + term for the first n words of b.
func affine(b device.Buffer, n int, factor, term uint32) device.Dispatch {
	return device.Dispatch{Groups: groupsFor(n), Buffers: []device.Buffer{b}, Scalars: []uint32{uint32(n), factor, term}}
}

// TestRandomCommandsMatchAModel moves bytes and adds to them on three streams
// that wait for each other, through page-locked and ordinary memory, and compares
// with the same done at once.
func TestRandomCommandsMatchAModel(t *testing.T) {
	eachDriver(t, func(t *testing.T, _ cudatest.Config) {
		rng := seed(t)
		d := openFirst(t)
		d.slotSize = smallSlot
		const nbytes = 3 * smallSlot / 2 // so that transfers go round the ring
		p := must(d.Compile(testkernels.Source("affine", 1, 3)))(t)
		b := must(d.Alloc(nbytes))(t)
		var streams [3]device.Stream
		for i := range streams {
			streams[i] = must(d.NewStream())(t)
		}
		var locked []device.HostMemory
		memory := func(n int) []byte {
			if rng.IntN(2) == 0 {
				return make([]byte, n)
			}
			m := must(d.AllocHost(int64(n)))(t)
			locked = append(locked, m)
			return m.Bytes()
		}
		model := make([]byte, nbytes)
		if err := streams[0].Upload(b, 0, bytes.Clone(model)); err != nil {
			t.Fatal(err)
		}
		type check struct{ got, want []byte }
		var checks []check
		at := 0
		for range 60 {
			if next := rng.IntN(len(streams)); next != at {
				e := must(streams[at].Record())(t)
				if err := streams[next].WaitEvent(e); err != nil {
					t.Fatal(err)
				}
				at = next
			}
			s := streams[at]
			from := rng.IntN(nbytes)
			n := rng.IntN(nbytes - from + 1)
			if rng.IntN(2) == 0 {
				n = min(n, rng.IntN(300))
			}
			switch rng.IntN(3) {
			case 0:
				src := memory(n)
				for i := range src {
					src[i] = byte(rng.Uint32())
				}
				copy(model[from:], src)
				if err := s.Upload(b, int64(from), src); err != nil {
					t.Fatal(err)
				}
			case 1:
				c := check{got: memory(n), want: bytes.Clone(model[from : from+n])}
				checks = append(checks, c)
				if err := s.Download(c.got, b, int64(from)); err != nil {
					t.Fatal(err)
				}
			case 2:
				count, by := n/4, rng.Uint32()
				for i := range count {
					binary.NativeEndian.PutUint32(model[4*i:], binary.NativeEndian.Uint32(model[4*i:])+by)
				}
				if err := s.Launch(p, affine(b, count, 1, by)); err != nil {
					t.Fatal(err)
				}
			}
		}
		if err := streams[at].Synchronize(waiting(t)); err != nil {
			t.Fatal(err)
		}
		for i, c := range checks {
			if !bytes.Equal(c.got, c.want) {
				t.Errorf("download %d of %d bytes differs", i, len(c.want))
			}
		}
		for _, m := range locked {
			if err := m.Free(); err != nil {
				t.Error(err)
			}
		}
	})
}

// TestUploadOfWhatIsBeingDownloaded is in order on one stream, so the upload
// must see the downloaded bytes, in whichever memory.
func TestUploadOfWhatIsBeingDownloaded(t *testing.T) {
	eachDriver(t, func(t *testing.T, _ cudatest.Config) {
		d := openFirst(t)
		const nbytes = slotSize + 4
		locked := must(d.AllocHost(nbytes))(t)
		for _, host := range [][]byte{make([]byte, nbytes), locked.Bytes()} {
			clear(host)
			p := must(d.Compile(testkernels.Source("affine", 1, 3)))(t)
			a, b := must(d.Alloc(nbytes))(t), must(d.Alloc(nbytes))(t)
			s := must(d.NewStream())(t)
			got := make([]byte, nbytes)
			for _, err := range []error{
				s.Upload(a, 0, host), s.Launch(p, affine(a, nbytes/4, 1, 7)), s.Download(host, a, 0),
				s.Upload(b, 0, host), s.Download(got, b, 0), s.Synchronize(waiting(t)),
			} {
				if err != nil {
					t.Fatal(err)
				}
			}
			for i, w := range words(got) {
				if w != 7 {
					t.Fatalf("word %d is %d, want 7", i, w)
				}
			}
		}
	})
}

// TestBatch enqueues launches whose order shows in the result, in batches.
func TestBatch(t *testing.T) {
	eachDriver(t, func(t *testing.T, _ cudatest.Config) {
		d := openFirst(t)
		p := must(d.Compile(testkernels.Source("affine", 1, 3)))(t)
		b := must(d.Alloc(4))(t)
		s := must(d.NewStream())(t)
		batches := s.(device.BatchStream)
		if err := s.Upload(b, 0, make([]byte, 4)); err != nil {
			t.Fatal(err)
		}
		want := uint32(0)
		var all []device.Execution
		for i := range uint32(100) {
			all = append(all, device.Execution{Program: p, Dispatch: affine(b, 1, 3, i)})
			want = 3*want + i
		}
		if err := batches.LaunchBatch(all); err != nil {
			t.Fatal(err)
		}
		bad := append(all[:10:10], device.Execution{Program: p, Dispatch: device.Dispatch{Groups: [3]int{1, 1, 1}}})
		if err := batches.LaunchBatch(bad); !errors.Is(err, device.ErrInvalid) {
			t.Errorf("a batch with a bad launch gives %v", err)
		}
		if err := batches.LaunchBatch(nil); err != nil {
			t.Errorf("an empty batch gives %v", err)
		}
		got := make([]byte, 4)
		if err := errors.Join(s.Download(got, b, 0), s.Synchronize(waiting(t))); err != nil {
			t.Fatal(err)
		}
		if words(got)[0] != want {
			t.Errorf("the result is %d, want %d: a refused batch must do nothing", words(got)[0], want)
		}
	})
}

func TestEventsThatNobodyWaitsForArePutAway(t *testing.T) {
	machine(t, cudatest.Config{Late: true, Seed: 5})
	d := openFirst(t)
	p := must(d.Compile(testkernels.Source("affine", 1, 3)))(t)
	b := must(d.Alloc(4))(t)
	s := must(d.NewStream())(t)
	for range 5000 {
		if err := s.Launch(p, affine(b, 1, 1, 1)); err != nil {
			t.Fatal(err)
		}
		must(s.Record())(t)
	}
	if err := s.Synchronize(waiting(t)); err != nil {
		t.Fatal(err)
	}
	q := &s.(*stream).queue
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.marks) != 0 {
		t.Errorf("%d marks are kept of a stream that is done", len(q.marks))
	}
}

func TestManyGoroutinesWaitForOneEvent(t *testing.T) {
	eachDriver(t, func(t *testing.T, _ cudatest.Config) {
		d := openFirst(t)
		p := must(d.Compile(testkernels.Source("slow", 1, 1)))(t)
		b := must(d.Alloc(4))(t)
		s := must(d.NewStream())(t)
		for range 20 {
			if err := s.Launch(p, device.Dispatch{Groups: [3]int{1, 1, 1}, Buffers: []device.Buffer{b}, Scalars: []uint32{1}}); err != nil {
				t.Fatal(err)
			}
			e := must(s.Record())(t)
			var all sync.WaitGroup
			for range 8 {
				all.Go(func() {
					if err := device.Wait(waiting(t), e); err != nil {
						t.Error(err)
					}
				})
			}
			all.Wait()
			if testing.Short() {
				return
			}
		}
	})
}

func TestRejectedArguments(t *testing.T) {
	machine(t, cudatest.Config{Late: true, Seed: 6})
	d, other := openFirst(t), openFirst(t)
	p, closed := must(d.Compile(testkernels.Source("affine", 1, 3)))(t), must(d.Compile(testkernels.Source("affine", 1, 3)))(t)
	if err := closed.Close(); err != nil {
		t.Fatal(err)
	}
	b, foreign, freed := must(d.Alloc(64))(t), must(other.Alloc(64))(t), must(d.Alloc(64))(t)
	if err := freed.Free(); err != nil {
		t.Fatal(err)
	}
	locked := must(d.AllocHost(64))(t)
	if err := locked.Free(); err != nil {
		t.Fatal(err)
	}
	s, alien := must(d.NewStream())(t), must(other.NewStream())(t)
	event := must(alien.Record())(t)
	peer := s.(device.PeerStream)
	launch := func(p device.Program, groups [3]int, scalars int, buffers ...device.Buffer) error {
		return s.Launch(p, device.Dispatch{Groups: groups, Buffers: buffers, Scalars: make([]uint32, scalars)})
	}
	compile := func(change func(src *device.Source)) error {
		src := testkernels.Source("affine", 1, 3)
		change(&src)
		return second(d.Compile(src))
	}
	one := [3]int{1, 1, 1}
	for name, test := range map[string]struct{ err, want error }{
		"upload before the buffer":     {s.Upload(b, -1, make([]byte, 1)), device.ErrInvalid},
		"upload past the buffer":       {s.Upload(b, 60, make([]byte, 5)), device.ErrInvalid},
		"empty upload past the buffer": {s.Upload(b, 65, nil), device.ErrInvalid},
		"huge offset":                  {s.Upload(b, 1<<62, make([]byte, 1)), device.ErrInvalid},
		"download past the buffer":     {s.Download(make([]byte, 65), b, 0), device.ErrInvalid},
		"freed buffer":                 {s.Upload(freed, 0, make([]byte, 1)), device.ErrClosed},
		"no buffer":                    {s.Upload(nil, 0, make([]byte, 1)), device.ErrInvalid},
		"foreign buffer":               {s.Download(make([]byte, 1), foreign, 0), device.ErrInvalid},
		"no groups":                    {launch(p, [3]int{1, 0, 1}, 3, b), device.ErrInvalid},
		"too many groups":              {launch(p, [3]int{1, 1, d.info.Caps.MaxGroups[2] + 1}, 3, b), device.ErrInvalid},
		"too few buffers":              {launch(p, one, 3), device.ErrInvalid},
		"too many scalars":             {launch(p, one, 4, b), device.ErrInvalid},
		"freed buffer in a launch":     {launch(p, one, 3, freed), device.ErrClosed},
		"closed program":               {launch(closed, one, 3, b), device.ErrClosed},
		"no program":                   {launch(nil, one, 3, b), device.ErrInvalid},
		"foreign event":                {s.WaitEvent(event), device.ErrInvalid},
		"second free":                  {freed.Free(), device.ErrClosed},
		"second free of host memory":   {locked.Free(), device.ErrClosed},
		"negative host memory":         {second(d.AllocHost(-1)), device.ErrInvalid},
		"second program close":         {closed.Close(), device.ErrClosed},
		"a peer's copy of its own":     {peer.CopyPeer(b, 0, b, 0, 1), device.ErrInvalid},
		"a peer's copy past the end":   {peer.CopyPeer(b, 0, foreign, 60, 5), device.ErrInvalid},
		"a peer's copy past the start": {peer.CopyPeer(b, 60, foreign, 0, 5), device.ErrInvalid},
		"GLSL":                         {compile(func(src *device.Source) { src.Language = device.GLSL }), device.ErrUnsupported},
		"no entry":                     {compile(func(src *device.Source) { src.Block.Entry = "" }), device.ErrInvalid},
		"too large a block":            {compile(func(src *device.Source) { src.Block.Size[0] = 1025 }), device.ErrUnsupported},
		"too many threads":             {compile(func(src *device.Source) { src.Block.Size = [3]int{64, 64, 1} }), device.ErrUnsupported},
		"too much shared memory":       {compile(func(src *device.Source) { src.Block.Shared = 1 << 20 }), device.ErrUnsupported},
		"too many buffer slots":        {compile(func(src *device.Source) { src.Buffers = 65 }), device.ErrUnsupported},
		"too many words":               {compile(func(src *device.Source) { src.Scalars = 1024 }), device.ErrUnsupported},
		"fewer than no words":          {compile(func(src *device.Source) { src.Scalars = -1 }), device.ErrInvalid},
	} {
		if wrapped, ok := errors.AsType[*device.Error](test.err); !ok || !errors.Is(test.err, test.want) || wrapped.Device != "cuda:0" {
			t.Errorf("%s: %v, want a *device.Error with %q", name, test.err, test.want)
		}
	}
	if err := compile(func(src *device.Source) { src.Block.Entry = "missing" }); !asCompileError(err) {
		t.Errorf("an entry that is not in the text gives %v", err)
	}
	// None of it has harmed the stream.
	if err := s.Synchronize(waiting(t)); err != nil {
		t.Error(err)
	}
}

func asCompileError(err error) bool {
	_, ok := errors.AsType[*device.CompileError](err)
	return ok
}

// TestDownloadsAreHandedRoundOnce has two streams wait for each other by turns
// while a download is under way: each owes it once, however often it comes round.
func TestDownloadsAreHandedRoundOnce(t *testing.T) {
	inProcess(t, late)
	d := openFirst(t)
	b := must(d.Alloc(4096))(t)
	cudatest.Hang("cuMemcpyDtoHAsync_v2", 1) // so that nothing is passed before the end
	a, z := must(d.NewStream())(t).(*stream), must(d.NewStream())(t).(*stream)
	if err := a.Download(make([]byte, 4096), b, 0); err != nil {
		t.Fatal(err)
	}
	for range 20 {
		for _, way := range [][2]*stream{{a, z}, {z, a}} {
			if err := way[1].WaitEvent(must(way[0].Record())(t)); err != nil {
				t.Fatal(err)
			}
		}
		for _, s := range []*stream{a, z} {
			s.queue.mu.Lock()
			if n := len(s.queue.debts); n != 1 {
				t.Errorf("a stream owes %d downloads, want 1", n)
			}
			s.queue.mu.Unlock()
		}
	}
	cudatest.Release()
	if err := z.Synchronize(waiting(t)); err != nil {
		t.Error(err)
	}
}
