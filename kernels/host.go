package kernels

import (
	"unsafe"

	"github.com/tandem-go/tandem/device"
)

// hostWords is the number of scalar words of a Go dispatch: lo and hi, for each
// array the offset in its buffer, the base and the length of its window, then
// the scalars, two words each.
func (k *Kernel) hostWords() int { return 2 * (2 + 3*len(k.Params) + len(k.Scalars)) }

// hostCall runs the Go variant for a dispatch on a device whose memory is the
// host's: the words are those of [Launch.Words].
func (k *Kernel) hostCall(h device.HostCall) {
	next := func() uint64 {
		v := uint64(h.Scalars[0]) | uint64(h.Scalars[1])<<32
		h.Scalars = h.Scalars[2:]
		return v
	}
	c := calls.Get().(*Call)
	c.Lo, c.Hi, c.Partial, c.nargs = int(next()), int(next()), Partial{}, len(k.Params)
	c.N = c.Hi - c.Lo
	for i, p := range k.Params {
		offset, base, n := int(next()), int(next()), int(next())
		c.windows[i] = window{base: base, n: n}
		if size := p.Type.Size(); n > 0 {
			c.windows[i].first = unsafe.Pointer(&h.Buffers[i][offset*size : (offset+n)*size][0])
		}
	}
	for i := range k.Scalars {
		c.scalars[i] = next()
	}
	k.Go(c)
	if k.Reduction != nil {
		c.Partial.putBytes(h.Buffers[len(k.Params)])
	}
	c.release()
}
