package fft

import (
	"context"
	"sync"

	"gonum.org/v1/gonum/dsp/fourier"
)

// loop is the parallel loop of a [kernels.Launcher].
type loop func(ctx context.Context, n int, body func(lo, hi int)) error

// host computes transforms of one length in float64 on the CPU.
type host struct {
	n     int
	whole sync.Pool // *fourier.CmplxFFT of length n: one transform at a time uses one
	long  *matrix   // for lengths that are worth dividing
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
	f := h.whole.Get().(*fourier.CmplxFFT)
	f.Coefficients(x, x)
	h.whole.Put(f)
	return nil
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

// short is gonum's transform as it is.
func (h *host) short(dst, src []complex128, inverse bool) {
	f := h.whole.Get().(*fourier.CmplxFFT)
	defer h.whole.Put(f)
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
