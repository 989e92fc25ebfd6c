package kerneltest

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/tandem-go/tandem/device"
	"github.com/tandem-go/tandem/kernels"
)

// Runner computes launches on a device, without a scheduler. One goroutine at a
// time may use it.
type Runner struct {
	dev      device.Device // nil is the calling goroutine
	caps     device.Caps
	stream   device.Stream
	programs map[*kernels.Kernel]device.Program
	parts    int // computed so far
}

// Inline is the runner that calls the Go variants.
func Inline() *Runner {
	return &Runner{caps: device.Caps{Language: device.Go, Float64: true, HostCores: true}}
}

// NewRunner makes a runner for a device, which stays the caller's.
func NewRunner(dev device.Device) (*Runner, error) {
	stream, err := dev.NewStream()
	if err != nil {
		return nil, err
	}
	return &Runner{
		dev: dev, caps: dev.Info().Caps, stream: stream,
		programs: map[*kernels.Kernel]device.Program{},
	}, nil
}

// Close frees the runner's programs and its stream.
func (r *Runner) Close() error {
	if r.dev == nil {
		return nil
	}
	for _, p := range r.programs {
		if err := p.Close(); err != nil {
			return err
		}
	}
	return r.stream.Close()
}

// Run computes the whole launch in parts that end at the given cuts, which
// ascend and stand between 0 and the number of indices, and stores the result of
// a reduction. Outputs are complete when it returns.
func (r *Runner) Run(l *kernels.Launch, cuts []int) error {
	if err := l.Err(); err != nil {
		return err
	}
	var sum kernels.Partial
	lo := 0
	for _, hi := range append(append([]int{}, cuts...), l.N()) {
		if lo == hi {
			continue
		}
		p, err := r.part(l, lo, hi)
		if err != nil {
			return fmt.Errorf("indices %d to %d: %w", lo, hi, err)
		}
		switch {
		case l.Kernel().Reduction == nil:
		case lo == 0:
			sum = p
		default:
			sum = l.Kernel().Reduction.Combine(sum, p)
		}
		lo = hi
	}
	if red := l.Kernel().Reduction; red != nil {
		value, index := l.Result()
		red.Finish(value, index, sum)
	}
	return nil
}

// RandomCuts cuts the index space of a launch where its grain allows.
func RandomCuts(rng *rand.Rand, l *kernels.Launch) (cuts []int) {
	units := (l.N() + l.Grain() - 1) / l.Grain()
	if units < 2 {
		return nil
	}
	for range rng.IntN(5) {
		cuts = append(cuts, (1+rng.IntN(units-1))*l.Grain())
	}
	slices.Sort(cuts)
	return slices.Compact(cuts)
}

func (r *Runner) part(l *kernels.Launch, lo, hi int) (kernels.Partial, error) {
	if r.dev == nil {
		return l.Run(lo, hi), nil
	}
	w, launch, err := r.prepare(l, lo, hi)
	defer w.free()
	if err == nil {
		err = launch()
	}
	if err != nil {
		return kernels.Partial{}, err
	}
	return w.download(l, lo, hi)
}

// prepare moves what a part needs to the device. launch enqueues the part once.
func (r *Runner) prepare(l *kernels.Launch, lo, hi int) (w *windows, launch func() error, err error) {
	w = &windows{stream: r.stream, dev: r.dev}
	if err := l.Runnable(r.caps, hi-lo); err != nil {
		return w, nil, err
	}
	groups, err := l.Groups(r.caps.Language, r.caps, hi-lo)
	if err != nil {
		return w, nil, err
	}
	program, err := r.program(l.Kernel())
	if err != nil {
		return w, nil, err
	}
	for k := range l.Args() {
		if err := w.upload(l, k, lo, hi, r.guardBefore(k)); err != nil {
			return w, nil, err
		}
	}
	r.parts++
	if l.Kernel().Reduction != nil {
		if err := w.add(make([]byte, l.PartialBytes(r.caps.Language, groups)), 0); err != nil {
			return w, nil, err
		}
	}
	d := device.Dispatch{
		Groups: groups, Buffers: w.buffers, Scalars: l.Words(nil, r.caps.Language, lo, hi, w.offsets),
	}
	return w, func() error { return r.stream.Launch(program, d) }, nil
}

// Bench times the whole launch with its arguments on the device when it starts
// and its outputs there when it ends, and reports the bytes that its cost states.
func (r *Runner) Bench(b *testing.B, l *kernels.Launch) {
	b.Helper()
	once := func() error {
		l.Run(0, l.N())
		return nil
	}
	if r.dev != nil {
		w, launch, err := r.prepare(l, 0, l.N())
		defer w.free()
		if err != nil {
			b.Fatal(err)
		}
		once = func() error {
			if err := launch(); err != nil {
				return err
			}
			return r.stream.Synchronize(b.Context())
		}
		if err := once(); err != nil { // drivers compile when a program first runs
			b.Fatal(err)
		}
	}
	for b.Loop() {
		if err := once(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(l.Cost().Bytes*float64(l.N())*float64(b.N)/b.Elapsed().Seconds()/1e9, "GB/s")
}

func (r *Runner) program(k *kernels.Kernel) (device.Program, error) {
	if p, ok := r.programs[k]; ok {
		return p, nil
	}
	src, err := k.Source(r.caps.Language)
	if err != nil {
		return nil, err
	}
	p, err := r.dev.Compile(src)
	if err == nil {
		r.programs[k] = p
	}
	return p, err
}

// windows are the arguments of one part on the device. Each stands between
// guards.
type windows struct {
	dev     device.Device
	stream  device.Stream
	buffers []device.Buffer
	content [][]byte // as uploaded, guards included
	offsets []int    // of the windows, in elements
}

// The guard behind a window, in elements, and what guards and outputs are filled
// with.
const (
	guardAfter = 9
	poison     = 0xa5
)

// guardBefore is the number of elements before the window of argument k. Windows
// take turns: on boundaries of vectors, beside them by the same number, or each by
// its own.
func (r *Runner) guardBefore(k int) int {
	switch r.parts % 3 {
	case 0:
		return 16
	case 1:
		return 13
	}
	return 13 + k
}

func (w *windows) free() {
	for _, b := range w.buffers {
		_ = b.Free() // the stream's error has been reported
	}
}

func (w *windows) upload(l *kernels.Launch, k, lo, hi, guardBefore int) error {
	a := &l.Args()[k]
	size := a.Type().Size()
	from, to := a.Window(lo, hi)
	content := bytes.Repeat([]byte{poison}, (guardBefore+to-from+guardAfter)*size)
	if l.Access(k)&kernels.In != 0 {
		copy(content[guardBefore*size:], a.HostBytes(from, to))
	}
	return w.add(content, guardBefore)
}

func (w *windows) add(content []byte, offset int) error {
	b, err := w.dev.Alloc(int64(len(content)))
	if err != nil {
		return err
	}
	w.buffers = append(w.buffers, b)
	w.content = append(w.content, content)
	w.offsets = append(w.offsets, offset)
	return w.stream.Upload(b, 0, content)
}

// download takes back the elements of outputs that belong to the part. All else
// on the device must have stayed as it was.
func (w *windows) download(l *kernels.Launch, lo, hi int) (p kernels.Partial, err error) {
	after := make([][]byte, len(w.buffers))
	for k, b := range w.buffers {
		after[k] = make([]byte, len(w.content[k]))
		if err := w.stream.Download(after[k], b, 0); err != nil {
			return p, err
		}
	}
	if err := w.stream.Synchronize(context.Background()); err != nil {
		return p, err
	}
	for k := range l.Args() {
		a := &l.Args()[k]
		size := a.Type().Size()
		switch {
		case l.Access(k)&kernels.Out == 0:
		case a.Per == 0 || a.Ragged: // all, or all up to the array's end
			from, to := a.Window(lo, hi)
			got := after[k][w.offsets[k]*size:][:(to-from)*size]
			copy(w.content[k][w.offsets[k]*size:], got)
			copy(a.HostBytes(from, to), got)
		default:
			for i := lo; i < hi; i++ {
				at := (w.offsets[k] + (i-lo)*a.Per) * size
				got := after[k][at : at+a.Width*size]
				copy(w.content[k][at:], got)
				copy(a.HostBytes(i*a.Per, i*a.Per+a.Width), got)
			}
		}
		if !bytes.Equal(w.content[k], after[k]) {
			return p, fmt.Errorf("argument %s was written where it should not be", l.Kernel().Label(k))
		}
	}
	if l.Kernel().Reduction != nil {
		p = l.DecodePartials(w.dev.Info().Caps.Language, lo, after[len(after)-1])
	}
	return p, nil
}
