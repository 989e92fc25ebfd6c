package fft

import (
	"context"
	"sync"
	"sync/atomic"

	"gonum.org/v1/gonum/dsp/fourier"
)

// loop is the parallel loop of a [kernels.Launcher].
type loop func(ctx context.Context, n int, body func(lo, hi int)) error

// host computes transforms of one length in float64 on the CPU.
type host struct {
	n     int
	whole sync.Pool // *fourier.CmplxFFT of length n: one transform at a time uses one
	// spare is one that no transform uses, or nil: whoever takes it puts nil there. The
	// pool costs as much as a transform of eight numbers.
	spare atomic.Pointer[fourier.CmplxFFT]
	long  *matrix // for lengths that are worth dividing
	chirp *bluestein
	space sync.Pool // *[]complex128 of length n
}

func newHost(n int) *host {
	h := &host{n: n}
	h.whole.New = func() any { return fourier.NewCmplxFFT(n) }
	h.space.New = func() any {
		x := make([]complex128, n)
		return &x
	}
	switch {
	case chirps(n):
		h.chirp = newBluestein(n)
	case n >= divided:
		h.long = newMatrix(n)
	}
	return h
}

// gonums reports whether gonum's transform is used as it is.
func (h *host) gonums() bool { return h.chirp == nil && h.long == nil }

// forward transforms x in place.
func (h *host) forward(ctx context.Context, each loop, x []complex128) error {
	switch {
	case h.chirp != nil:
		return h.chirp.forward(ctx, each, x)
	case h.long != nil:
		return h.long.forward(ctx, each, x)
	}
	f := h.take()
	f.Coefficients(x, x)
	h.give(f)
	return nil
}

func (h *host) take() *fourier.CmplxFFT {
	if f := h.spare.Swap(nil); f != nil {
		return f
	}
	return h.whole.Get().(*fourier.CmplxFFT)
}

func (h *host) give(f *fourier.CmplxFFT) {
	if !h.spare.CompareAndSwap(nil, f) {
		h.whole.Put(f)
	}
}

// hostTransform transforms src to dst. The inverse is the conjugate of the transform
// of the conjugate.
func hostTransform[C Complex](ctx context.Context, each loop, h *host, dst, src []C, inverse bool) error {
	work, from, wide := wide(dst, src)
	if wide && h.gonums() {
		h.short(work, from, inverse)
		return nil
	}
	if !wide {
		space := h.space.Get().(*[]complex128)
		defer h.space.Put(space)
		work = *space
	}
	if h.n < divided {
		each = alone
	}
	if err := each(ctx, h.n, func(lo, hi int) { widen(work[lo:hi], src[lo:hi], inverse) }); err != nil {
		return err
	}
	if err := h.forward(ctx, each, work); err != nil {
		return err
	}
	if wide && !inverse {
		return nil
	}
	return each(ctx, h.n, func(lo, hi int) { narrow(dst[lo:hi], work[lo:hi], inverse, h.n) })
}

// short is gonum's transform as it is, or, where a call of that takes longer than the
// transform, the sums themselves.
func (h *host) short(dst, src []complex128, inverse bool) {
	if len(src) <= 2 || len(src) == 4 {
		fewest(dst, src, inverse)
		return
	}
	f := h.take()
	defer h.give(f)
	if !inverse {
		f.Coefficients(dst, src)
		return
	}
	f.Sequence(dst, src)
	scale := 1 / float64(h.n)
	for i, v := range dst {
		dst[i] = complex(real(v)*scale, imag(v)*scale)
	}
}

// fewest transforms 1, 2 or 4 numbers, of which it has read all before it writes.
func fewest(dst, src []complex128, inverse bool) {
	switch len(src) {
	case 1:
		dst[0] = src[0]
	case 2:
		a, b := src[0], src[1]
		dst[0], dst[1] = a+b, a-b
		if inverse {
			shrink(&dst[0], 0.5)
			shrink(&dst[1], 0.5)
		}
	case 4:
		dst, src = dst[:4], src[:4]
		even, odd := src[0]+src[2], src[1]+src[3]
		a, b := src[0]-src[2], src[1]-src[3]
		turned := complex(imag(b), -real(b)) // -i b
		if inverse {
			turned = -turned
		}
		dst[0], dst[1], dst[2], dst[3] = even+odd, a+turned, even-odd, a-turned
		if inverse {
			for i := range dst {
				shrink(&dst[i], 0.25)
			}
		}
	}
}

// shrink multiplies a number by a power of two.
func shrink(z *complex128, by float64) { *z = complex(real(*z)*by, imag(*z)*by) }

// widen copies numbers to float64, conjugated for the inverse.
func widen[C Complex](dst []complex128, src []C, inverse bool) {
	dst = dst[:len(src)]
	if !inverse {
		for i, v := range src {
			dst[i] = complex128(v)
		}
		return
	}
	for i, v := range src {
		z := complex128(v)
		dst[i] = complex(real(z), -imag(z))
	}
}

// narrow copies results from float64, conjugated and divided by n for the inverse.
func narrow[C Complex](dst []C, src []complex128, inverse bool, n int) {
	dst = dst[:len(src)]
	if !inverse {
		for i, v := range src {
			dst[i] = C(v)
		}
		return
	}
	scale := 1 / float64(n)
	for i, v := range src {
		dst[i] = C(complex(real(v)*scale, -imag(v)*scale))
	}
}

// alone is the loop on the calling goroutine.
func alone(_ context.Context, n int, body func(lo, hi int)) error {
	body(0, n)
	return nil
}
