package hybrid

import (
	"fmt"

	"github.com/tandem-go/tandem/device"
	"github.com/tandem-go/tandem/kernels"
)

// largestChunk is how many indices a chunk of the launch may have on a device:
// as many as its memory holds, inFlight times, as one buffer may show, and as
// its loops may turn for. It is an error if not even one grain fits.
func largestChunk(l *kernels.Launch, m *member) (int, error) {
	caps := m.info.Caps
	n := max(1, l.N())
	var perIndex int64
	for k := range l.Args() {
		a := &l.Args()[k]
		size := int64(a.Type().Size())
		switch {
		case a.Memory() != nil, a.Per == 0:
			if int64(a.Len())*size > caps.MaxBuffer {
				return 0, &device.Error{Op: "launch", Device: m.info.ID, Err: fmt.Errorf(
					"%w: an argument of %d bytes, a kernel sees %d", device.ErrUnsupported, int64(a.Len())*size, caps.MaxBuffer)}
			}
		default:
			n = min(n, max(1, int((caps.MaxBuffer/size-2*int64(a.Halo))/int64(a.Per))))
			perIndex += int64(a.Per) * size
		}
	}
	if perIndex > 0 {
		n = min(n, max(1, int(m.memory.available()/(2*inFlight*perIndex))))
	}
	for ; n > l.Grain(); n = max(n/2, l.Grain()) {
		if l.Runnable(caps, n) == nil {
			if _, err := l.Groups(caps.Language, caps, n); err == nil {
				break
			}
		}
	}
	if err := l.Runnable(caps, n); err != nil {
		return 0, &device.Error{Op: "launch", Device: m.info.ID, Err: err}
	}
	return n, nil
}

// uploadWhole brings the arguments that every index may read to the device, once
// for the launch. Those that any index may write wait for the chunk: until the device
// has it, another may be writing them.
func (f *feeder) uploadWhole() error {
	for k := range f.r.l.Args() {
		a := &f.r.l.Args()[k]
		if a.Per != 0 || a.Memory() != nil || f.r.l.Access(k)&kernels.Out != 0 {
			continue
		}
		if err := f.uploadAll(k); err != nil {
			return err
		}
	}
	return nil
}

// uploadAll brings all of an argument to the device.
func (f *feeder) uploadAll(k int) error {
	a := &f.r.l.Args()[k]
	host := a.HostBytes(0, a.Len())
	if f.whole[k] == nil {
		var err error
		if f.whole[k], err = f.m.memory.get(int64(len(host))); err != nil {
			return err
		}
	}
	f.uploading = true
	var copied hostMemory
	err := f.lane.up.Upload(f.whole[k], 0, copied.of(f.m, host, host))
	copied.free()
	if err != nil {
		return err
	}
	f.p.uploaded += int64(len(host))
	return nil
}

// issue hands a chunk to the device: upload, compute and download, each on its
// stream and ordered by events. The way back goes through staging memory: a device
// that is given up on never again writes to what is the caller's.
func (f *feeder) issue(s span) error {
	c := f.idle[len(f.idle)-1]
	c.span, c.start = s, f.r.since()
	f.idle = f.idle[:len(f.idle)-1]
	f.flying = append(f.flying, c)
	if !f.settled && f.scout == nil {
		f.scout = c
	}
	lo, hi := f.r.space.Indices(s.first, s.last)
	f.last = hi - lo
	var err error
	if c.groups, err = f.r.l.Groups(f.m.info.Caps.Language, f.m.info.Caps, hi-lo); err != nil {
		return &device.Error{Op: "launch", Device: f.m.info.ID, Err: err}
	}
	offsets, err := f.bind(c, lo, hi)
	if err != nil {
		return err
	}
	if err := f.compute(c, lo, hi, offsets); err != nil {
		return err
	}
	return f.fetch(c, lo, hi)
}

// bind finds or makes the buffers of a chunk and enqueues what they lack. The
// offsets are those of the windows' first elements.
func (f *feeder) bind(c *slot, lo, hi int) (offsets [kernels.MaxParams]int, err error) {
	f.buffers = f.buffers[:0]
	for k := range f.r.l.Args() {
		a := &f.r.l.Args()[k]
		from, to := a.Window(lo, hi)
		size := a.Type().Size()
		reads := f.r.l.Access(k)&kernels.In != 0
		switch {
		case a.Memory() != nil:
			b, moved, err := a.Memory().Acquire(f.ctx, f.m.site, f.lane.up, int64(from*size), int64(to*size), reads)
			if err != nil {
				return offsets, err
			}
			f.p.uploaded += moved
			f.buffers = append(f.buffers, b)
			offsets[k] = from
			continue
		case a.Per == 0:
			if f.r.l.Access(k)&kernels.Out != 0 {
				if err := f.uploadAll(k); err != nil {
					return offsets, err
				}
			}
			f.buffers = append(f.buffers, f.whole[k])
			continue
		}
		if err := f.window(c, k, int64((to-from)*size)); err != nil {
			return offsets, err
		}
		if reads {
			src := c.outbox[k].of(f.m, a.HostBytes(0, a.Len()), a.HostBytes(from, to))
			if err := f.lane.up.Upload(c.windows[k], 0, src); err != nil {
				return offsets, err
			}
			f.p.uploaded += int64(len(src))
		}
		f.buffers = append(f.buffers, c.windows[k])
	}
	c.uploads, err = f.lane.up.Record()
	return offsets, err
}

// window makes sure that the slot's buffer k has nbytes.
func (f *feeder) window(c *slot, k int, nbytes int64) error {
	if b := c.windows[k]; b != nil {
		if b.Size() >= nbytes {
			return nil
		}
		f.m.memory.put(b)
		c.windows[k] = nil
	}
	var err error
	c.windows[k], err = f.m.memory.get(nbytes)
	return err
}

// compute enqueues the execution behind the uploads.
func (f *feeder) compute(c *slot, lo, hi int, offsets [kernels.MaxParams]int) error {
	if err := f.lane.compute.WaitEvent(c.uploads); err != nil {
		return err
	}
	language := f.m.info.Caps.Language
	if f.r.l.Kernel().Reduction != nil {
		k := len(f.r.l.Args())
		if err := f.window(c, k, int64(f.r.l.PartialBytes(language, c.groups))); err != nil {
			return err
		}
		f.buffers = append(f.buffers, c.windows[k])
	}
	f.words = f.r.l.Words(f.words[:0], language, lo, hi, offsets[:])
	err := f.lane.compute.Launch(f.prog.p, device.Dispatch{Groups: c.groups, Buffers: f.buffers, Scalars: f.words})
	if err != nil {
		return err
	}
	computed, err := f.lane.compute.Record()
	if err != nil {
		return err
	}
	return f.lane.down.WaitEvent(computed)
}

// fetch enqueues the way back of what the chunk has written.
func (f *feeder) fetch(c *slot, lo, hi int) error {
	for k := range f.r.l.Args() {
		a := &f.r.l.Args()[k]
		if f.r.l.Access(k)&kernels.Out == 0 || a.Memory() != nil {
			continue
		}
		from, to := a.Window(lo, hi)
		b := c.windows[k]
		if a.Per == 0 {
			b = f.whole[k]
		}
		if err := f.download(c, k, b, (to-from)*a.Type().Size()); err != nil {
			return err
		}
	}
	if f.r.l.Kernel().Reduction != nil {
		k := len(f.r.l.Args())
		if err := f.download(c, k, c.windows[k], f.r.l.PartialBytes(f.m.info.Caps.Language, c.groups)); err != nil {
			return err
		}
	}
	var err error
	c.done, err = f.lane.down.Record()
	return err
}

func (f *feeder) download(c *slot, k int, from device.Buffer, nbytes int) error {
	c.staging[k].resize(f.m, nbytes)
	f.p.downloaded += int64(nbytes)
	return f.lane.down.Download(c.staging[k].bytes, from, 0)
}

// store moves a finished chunk's results to where the caller wants them. Until
// here the device had nothing of the caller's to write to.
func (f *feeder) store(c *slot) (kernels.Partial, error) {
	lo, hi := f.r.space.Indices(c.first, c.last)
	for k := range f.r.l.Args() {
		a := &f.r.l.Args()[k]
		if f.r.l.Access(k)&kernels.Out == 0 {
			continue
		}
		from, to := a.Window(lo, hi)
		size := a.Type().Size()
		if mem := a.Memory(); mem != nil {
			mem.Commit(f.m.site, int64(from*size), int64(to*size))
			continue
		}
		host := a.HostBytes(from, to)
		if a.Width == a.Per {
			copy(host, c.staging[k].bytes)
			continue
		}
		for row := 0; row < len(host); row += a.Per * size {
			copy(host[row:row+a.Width*size], c.staging[k].bytes[row:])
		}
	}
	if f.r.l.Kernel().Reduction == nil {
		return kernels.Partial{}, nil
	}
	return f.r.l.DecodePartials(f.m.info.Caps.Language, lo, c.staging[len(f.r.l.Args())].bytes), nil
}
