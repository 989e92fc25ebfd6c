//go:build opengl && linux && cgo

package opengl

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/tandem-go/tandem/device"
)

// addText adds tandem_word[1] to the first tandem_word[0] words of a buffer.
const addText = `#version 430 core
layout(local_size_x = 64) in;
layout(location = 0) uniform uint tandem_word[2];
layout(std430, binding = 0) buffer values { uint value[]; };
void main() {
	uint i = (gl_WorkGroupID.y * gl_NumWorkGroups.x + gl_WorkGroupID.x) * gl_WorkGroupSize.x + gl_LocalInvocationID.x;
	if (i < tandem_word[0]) value[i] += tandem_word[1];
}
`

var addSource = device.Source{Name: "add", Language: device.GLSL, Text: addText, Buffers: 1, Scalars: 2}

var modes = map[string]transferMode{"direct": direct, "staged": staged, "mapped": mapped}

// eachMode runs a test with each way of transfers.
func eachMode(t *testing.T, test func(t *testing.T, d *glDevice)) {
	for name, mode := range modes {
		t.Run(name, func(t *testing.T) {
			if a := found(t); mode != direct && !a.limits.storage {
				t.Skip("the driver has no GL_ARB_buffer_storage")
			}
			test(t, openMode(t, mode))
		})
	}
}

// must is for the parts of a test that are not what it tests.
func must[T any](v T, err error) func(t testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

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

func groupsFor(n int) [3]int { return [3]int{max(1, (n+63)/64), 1, 1} }

func add(t testing.TB, s device.Stream, p device.Program, b device.Buffer, n int, by uint32) {
	t.Helper()
	d := device.Dispatch{Groups: groupsFor(n), Buffers: []device.Buffer{b}, Scalars: []uint32{uint32(n), by}}
	if err := s.Launch(p, d); err != nil {
		t.Fatal(err)
	}
}

func TestRandomCommandsMatchAModel(t *testing.T) {
	eachMode(t, func(t *testing.T, d *glDevice) {
		rng := seed(t)
		ctx := t.Context()
		const nbytes = 3 * slotSize / 2 // transfers go round the ring
		p := must(d.Compile(addSource))(t)
		b := must(d.Alloc(nbytes))(t)
		var streams [3]device.Stream
		for i := range streams {
			streams[i] = must(d.NewStream())(t)
		}
		model := make([]byte, nbytes)
		if err := streams[0].Upload(b, 0, bytes.Clone(model)); err != nil {
			t.Fatal(err)
		}
		type check struct{ got, want []byte }
		var checks []check
		at := 0
		for range 60 {
			// Another stream goes on where this one is.
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
				src := make([]byte, n)
				for i := range src {
					src[i] = byte(rng.Uint32())
				}
				copy(model[from:], src)
				if err := s.Upload(b, int64(from), src); err != nil {
					t.Fatal(err)
				}
			case 1:
				c := check{got: make([]byte, n), want: bytes.Clone(model[from : from+n])}
				checks = append(checks, c)
				if err := s.Download(c.got, b, int64(from)); err != nil {
					t.Fatal(err)
				}
			case 2:
				count, by := n/4, rng.Uint32()
				for i := range count {
					binary.NativeEndian.PutUint32(model[4*i:], binary.NativeEndian.Uint32(model[4*i:])+by)
				}
				add(t, s, p, b, count, by)
			}
		}
		if err := streams[at].Synchronize(ctx); err != nil {
			t.Fatal(err)
		}
		for i, c := range checks {
			if !bytes.Equal(c.got, c.want) {
				t.Errorf("download %d of %d bytes differs", i, len(c.want))
			}
		}
	})
}

func TestUploadOfWhatIsBeingDownloaded(t *testing.T) {
	eachMode(t, func(t *testing.T, d *glDevice) {
		const nbytes = slotSize + 4
		p := must(d.Compile(addSource))(t)
		a, b := must(d.Alloc(nbytes))(t), must(d.Alloc(nbytes))(t)
		s := must(d.NewStream())(t)
		host, got := make([]byte, nbytes), make([]byte, nbytes)
		for _, err := range []error{
			s.Upload(a, 0, host),
			s.Launch(p, device.Dispatch{Groups: groupsFor(nbytes / 4), Buffers: []device.Buffer{a}, Scalars: []uint32{nbytes / 4, 7}}),
			s.Download(host, a, 0),
			s.Upload(b, 0, host), // in order, so it must see the downloaded bytes
			s.Download(got, b, 0),
			s.Synchronize(t.Context()),
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
	})
}

func TestManyStreamsFromManyGoroutines(t *testing.T) {
	eachMode(t, func(t *testing.T, d *glDevice) {
		p := must(d.Compile(addSource))(t)
		var wg sync.WaitGroup
		for g := range 8 {
			wg.Go(func() {
				errs := func() error {
					const n = 1000
					b, err := d.Alloc(4 * n)
					if err != nil {
						return err
					}
					s, err := d.NewStream()
					if err != nil {
						return err
					}
					host := make([]byte, 4*n)
					if err := s.Upload(b, 0, host); err != nil {
						return err
					}
					for range 100 {
						err := s.Launch(p, device.Dispatch{Groups: groupsFor(n), Buffers: []device.Buffer{b}, Scalars: []uint32{n, uint32(g)}})
						if err != nil {
							return err
						}
					}
					if err := errors.Join(s.Download(host, b, 0), b.Free(), s.Close()); err != nil {
						return err
					}
					for i, w := range words(host) {
						if w != uint32(100*g) {
							return fmt.Errorf("word %d is %d, want %d", i, w, 100*g)
						}
					}
					return nil
				}()
				if errs != nil {
					t.Errorf("goroutine %d: %v", g, errs)
				}
			})
		}
		wg.Wait()
		if stats := d.Memory(); stats.InUse != 0 || stats.Buffers != 0 {
			t.Errorf("leaked: %+v", stats)
		}
	})
}

func TestWaitForAStreamThatIsBehind(t *testing.T) {
	d := openFirst(t)
	p := must(d.Compile(addSource))(t)
	b := must(d.Alloc(4))(t)
	first, second := must(d.NewStream())(t), must(d.NewStream())(t)
	host := make([]byte, 4)
	if err := first.Upload(b, 0, make([]byte, 4)); err != nil {
		t.Fatal(err)
	}
	// More than a slice, so that the second stream has its turn in between.
	for range 10 * sliceCommands {
		add(t, first, p, b, 1, 1)
	}
	e := must(first.Record())(t)
	if err := second.WaitEvent(e); err != nil {
		t.Fatal(err)
	}
	if err := second.Download(host, b, 0); err != nil {
		t.Fatal(err)
	}
	if err := second.Synchronize(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := words(host)[0]; got != 10*sliceCommands {
		t.Errorf("the second stream saw %d of %d launches", got, 10*sliceCommands)
	}
}

func TestSynchronizeEndsWithItsContext(t *testing.T) {
	d := openFirst(t)
	s := must(d.NewStream())(t)
	release := make(chan struct{})
	stall(t, d, release)
	cause := errors.New("enough")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(cause)
	if err := s.Synchronize(ctx); !errors.Is(err, cause) {
		t.Errorf("Synchronize answers %v, want the context's cause", err)
	}
	close(release)
	if err := s.Synchronize(t.Context()); err != nil {
		t.Error(err)
	}
}

// stall keeps the thread busy until release is closed.
func stall(t testing.TB, d *glDevice, release <-chan struct{}) {
	t.Helper()
	entered := make(chan struct{})
	go d.call(func(*executor) error {
		close(entered)
		<-release
		return nil
	})
	<-entered
}

func TestRejectedArguments(t *testing.T) {
	d := openFirst(t)
	other := openFirst(t)
	p := must(d.Compile(addSource))(t)
	closed := must(d.Compile(addSource))(t)
	if err := closed.Close(); err != nil {
		t.Fatal(err)
	}
	b, foreign := must(d.Alloc(64))(t), must(other.Alloc(64))(t)
	freed := must(d.Alloc(64))(t)
	if err := freed.Free(); err != nil {
		t.Fatal(err)
	}
	s, alien := must(d.NewStream())(t), must(other.NewStream())(t)
	event := must(alien.Record())(t)
	launch := func(p device.Program, groups [3]int, scalars int, buffers ...device.Buffer) error {
		return s.Launch(p, device.Dispatch{Groups: groups, Buffers: buffers, Scalars: make([]uint32, scalars)})
	}
	one := [3]int{1, 1, 1}
	tests := map[string]struct{ err, want error }{
		"upload before the buffer":     {s.Upload(b, -1, make([]byte, 1)), device.ErrInvalid},
		"upload past the buffer":       {s.Upload(b, 60, make([]byte, 5)), device.ErrInvalid},
		"empty upload past the buffer": {s.Upload(b, 65, nil), device.ErrInvalid},
		"huge offset":                  {s.Upload(b, 1<<62, make([]byte, 1)), device.ErrInvalid},
		"download past the buffer":     {s.Download(make([]byte, 65), b, 0), device.ErrInvalid},
		"freed buffer":                 {s.Upload(freed, 0, make([]byte, 1)), device.ErrClosed},
		"no buffer":                    {s.Upload(nil, 0, make([]byte, 1)), device.ErrInvalid},
		"foreign buffer":               {s.Download(make([]byte, 1), foreign, 0), device.ErrInvalid},
		"no groups":                    {launch(p, [3]int{1, 0, 1}, 2, b), device.ErrInvalid},
		"too many groups":              {launch(p, [3]int{1, 1, d.info.Caps.MaxGroups[2] + 1}, 2, b), device.ErrInvalid},
		"too few buffers":              {launch(p, one, 2), device.ErrInvalid},
		"too many scalars":             {launch(p, one, 3, b), device.ErrInvalid},
		"freed buffer in a launch":     {launch(p, one, 2, freed), device.ErrClosed},
		"closed program":               {launch(closed, one, 2, b), device.ErrClosed},
		"no program":                   {launch(nil, one, 2, b), device.ErrInvalid},
		"foreign event":                {s.WaitEvent(event), device.ErrInvalid},
		"second free":                  {freed.Free(), device.ErrClosed},
		"second program close":         {closed.Close(), device.ErrClosed},
	}
	for name, test := range tests {
		if wrapped, ok := errors.AsType[*device.Error](test.err); !ok || !errors.Is(test.err, test.want) || wrapped.Device != "opengl:0" {
			t.Errorf("%s: %v, want a *device.Error with %q", name, test.err, test.want)
		}
	}
	if _, err := d.Compile(device.Source{Name: "x", Language: device.CUDA}); !errors.Is(err, device.ErrUnsupported) {
		t.Errorf("CUDA compiled: %v", err)
	}
	if _, err := d.Alloc(-1); !errors.Is(err, device.ErrInvalid) {
		t.Errorf("Alloc(-1): %v", err)
	}
	// None of it has harmed the stream.
	if err := s.Synchronize(t.Context()); err != nil {
		t.Error(err)
	}
}
