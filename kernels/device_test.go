package kernels_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/tandem-go/tandem/device"
	_ "github.com/tandem-go/tandem/device/host"
	_ "github.com/tandem-go/tandem/device/opengl"
	"github.com/tandem-go/tandem/kernels"
)

// runner computes a part of a launch.
type runner interface {
	run(l *kernels.Launch, lo, hi int) error
}

// inline is the calling goroutine.
type inline struct{}

func (inline) run(l *kernels.Launch, lo, hi int) error {
	l.Run(lo, hi)
	return nil
}

// runners are the calling goroutine and every device of this machine.
func runners(t testing.TB) map[string]runner {
	all := map[string]runner{"inline": inline{}}
	for _, found := range device.Probe() {
		if errors.Is(found.Err, device.ErrUnsupported) && strings.Contains(found.Err.Error(), "tag") {
			continue // this build is without the backend
		}
		if found.Err != nil && os.Getenv("CI") == "true" {
			t.Fatalf("CI needs a device of %s: %v", found.Backend, found.Err)
		}
		for _, info := range found.Devices {
			all[info.ID] = openMachine(t, info.ID)
		}
	}
	return all
}

// machine is a device that runs one part of a launch at a time.
type machine struct {
	device.Device
	stream   device.Stream
	programs map[*kernels.Kernel]device.Program
	parts    int // uploaded so far
	// regroup, if not nil, changes the number of work-groups of a dispatch.
	regroup func(k *kernels.Kernel, n int, groups [3]int) [3]int
}

func openMachine(t testing.TB, id string) *machine {
	t.Helper()
	d, err := device.Open(id)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Errorf("closing %s: %v", id, err)
		}
	})
	stream, err := d.NewStream()
	if err != nil {
		t.Fatal(err)
	}
	return &machine{Device: d, stream: stream, programs: map[*kernels.Kernel]device.Program{}}
}

func (m *machine) program(k *kernels.Kernel) (device.Program, error) {
	if p, ok := m.programs[k]; ok {
		return p, nil
	}
	src, err := k.Source(m.Info().Caps.Language)
	if err != nil {
		return nil, err
	}
	p, err := m.Compile(src)
	m.programs[k] = p
	return p, err
}

// guard is how many elements stand behind a window; nothing may write them.
const guard = 16

// guardBefore is how many stand before the window of argument k: so many that it
// begins on a boundary of vectors, beside one as all others do, or in its own place.
func (m *machine) guardBefore(k int) int { return []int{16, 13, 13 + k}[m.parts%3] }

// resident moves the arguments of a launch to the device. It returns a function that
// runs the whole launch there once, and one that frees the arguments.
func (m *machine) resident(b testing.TB, l *kernels.Launch) (launch, done func()) {
	b.Helper()
	w, err := m.upload(l, 0, l.N())
	if err != nil {
		b.Fatal(err)
	}
	return m.launcher(b, l, w), w.free
}

// launcher is a function that runs the whole launch once on arguments that are on the
// device, which further launches may have, too.
func (m *machine) launcher(b testing.TB, l *kernels.Launch, shared *windows) func() {
	b.Helper()
	w := *shared
	if l.Kernel().Reduction != nil {
		caps := m.Info().Caps
		groups, err := l.Groups(caps.Language, caps, l.N())
		if err != nil {
			b.Fatal(err)
		}
		partial, err := m.Alloc(int64(l.PartialBytes(caps.Language, groups)))
		if err != nil {
			b.Fatal(err)
		}
		w.buffers, w.offsets = append(slices.Clip(w.buffers), partial), append(slices.Clip(w.offsets), 0)
		shared.partials = append(shared.partials, partial)
	}
	return func() {
		if err := m.dispatch(l, 0, l.N(), &w); err != nil {
			b.Fatal(err)
		}
		if err := m.stream.Synchronize(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}

// windows are the arguments' elements of a part of a launch, on a device.
type windows struct {
	buffers  []device.Buffer
	content  [][]byte // as uploaded
	offsets  []int
	partials []device.Buffer // of launchers
}

func (w *windows) free() {
	for _, b := range slices.Concat(w.buffers, w.partials) {
		b.Free()
	}
}

func (m *machine) upload(l *kernels.Launch, lo, hi int) (*windows, error) {
	w := &windows{}
	args := l.Args()
	for k := range args {
		size := args[k].Type().Size()
		from, to := args[k].Window(lo, hi)
		before := m.guardBefore(k)
		content := bytes.Repeat([]byte{0xa5}, (before+to-from+guard)*size)
		if l.Access(k)&kernels.In != 0 {
			copy(content[before*size:], args[k].HostBytes(from, to))
		}
		b, err := m.Alloc(int64(len(content)))
		if err != nil {
			return w, err
		}
		w.buffers = append(w.buffers, b)
		w.content = append(w.content, content)
		w.offsets = append(w.offsets, before)
		if err := m.stream.Upload(b, 0, content); err != nil {
			return w, err
		}
	}
	m.parts++
	return w, nil
}

func (m *machine) dispatch(l *kernels.Launch, lo, hi int, w *windows) error {
	caps := m.Info().Caps
	if err := l.Runnable(caps, hi-lo); err != nil {
		return err
	}
	p, err := m.program(l.Kernel())
	if err != nil {
		return err
	}
	groups, err := l.Groups(caps.Language, caps, hi-lo)
	if err != nil {
		return err
	}
	if m.regroup != nil {
		groups = m.regroup(l.Kernel(), hi-lo, groups)
	}
	return m.stream.Launch(p, device.Dispatch{
		Groups: groups, Buffers: w.buffers, Scalars: l.Words(nil, caps.Language, lo, hi, w.offsets),
	})
}

// run moves the windows of the arguments to the device and, of outputs, the
// elements that belong to the part back. What stands between those and around
// the window must stay as it was.
func (m *machine) run(l *kernels.Launch, lo, hi int) error {
	w, err := m.upload(l, lo, hi)
	defer w.free()
	if err != nil {
		return err
	}
	if err := m.dispatch(l, lo, hi, w); err != nil {
		return err
	}
	args := l.Args()
	for k := range args {
		after := make([]byte, len(w.content[k]))
		if err := m.stream.Download(after, w.buffers[k], 0); err != nil {
			return err
		}
		if err := m.stream.Synchronize(context.Background()); err != nil {
			return err
		}
		if l.Access(k)&kernels.Out != 0 {
			takeBack(&args[k], lo, hi, w.offsets[k], w.content[k], after)
		}
		if !bytes.Equal(w.content[k], after) {
			return fmt.Errorf("argument %s was written where it should not be", l.Kernel().Params[k].Name)
		}
	}
	return nil
}

// takeBack copies the elements of the indices [lo, hi) from a window to the
// host, and makes the window's old content agree with them.
func takeBack(a *kernels.Arg, lo, hi, offset int, before, after []byte) {
	size := a.Type().Size()
	for i := lo; i < hi; i++ {
		at := (offset + (i-lo)*a.Per) * size
		width := min(a.Width, a.Len()-i*a.Per) // less of the last index, where the array ends
		got := after[at : at+width*size]
		copy(before[at:], got)
		copy(a.HostBytes(i*a.Per, i*a.Per+width), got)
	}
}
