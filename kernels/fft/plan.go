package fft

import (
	"context"
	"fmt"
	"math"
	"slices"
	"unsafe"

	"github.com/tandem-go/tandem/device"
	"github.com/tandem-go/tandem/internal/ways"
	"github.com/tandem-go/tandem/kernels"
	"github.com/tandem-go/tandem/kernels/internal/alias"
)

// Complex is a type of numbers to transform.
type Complex interface{ complex64 | complex128 }

// Plan is what transforms of one length have in common. It may be used by several
// goroutines at once.
type Plan[C Complex] struct {
	n      int
	host   *host
	choice ways.Choice
	device onDevices
}

// MaxLength bounds the length of a transform, so that all subscripts of its passes
// fit 32 bits on devices.
const MaxLength = 1 << 28

// NewPlan makes a plan for transforms of n numbers, 1 to [MaxLength]; otherwise the
// error is a [*kernels.ArgumentError]. It takes about as long as some transforms.
func NewPlan[C Complex](n int) (*Plan[C], error) {
	if n < 1 || n > MaxLength {
		return nil, wrong("NewPlan", "n", "%d, want 1 to %d", n, MaxLength)
	}
	return &Plan[C]{n: n, host: newHost(n)}, nil
}

// Len is the length of the plan's transforms.
func (p *Plan[C]) Len() int { return p.n }

// Free gives back the tables that the plan has on devices. No transform may be under
// way; a later one puts them there again.
func (p *Plan[C]) Free() { p.device.free() }

// Forward transforms src to dst; both have the plan's length, and may be the same
// slice but not overlap otherwise. Mistakes in the arguments give a
// [*kernels.ArgumentError]; when ctx ends, Forward returns its cause, and dst is
// partly written.
func Forward[C Complex, O any](ctx context.Context, s kernels.Launcher[O], p *Plan[C], dst, src []C, opts ...O) error {
	return transform(ctx, s, p, dst, src, false, opts)
}

// Inverse is the inverse of [Forward].
func Inverse[C Complex, O any](ctx context.Context, s kernels.Launcher[O], p *Plan[C], dst, src []C, opts ...O) error {
	return transform(ctx, s, p, dst, src, true, opts)
}

func transform[C Complex, O any](ctx context.Context, s kernels.Launcher[O], p *Plan[C], dst, src []C, inverse bool, opts []O) error {
	name := "Forward"
	if inverse {
		name = "Inverse"
	}
	switch {
	case p == nil:
		return &kernels.ArgumentError{Kernel: "fft." + name, Arg: "p", Err: kernels.ErrNil}
	case len(dst) != p.n:
		return wrong(name, "dst", "%d elements, want %d", len(dst), p.n)
	case len(src) != p.n:
		return wrong(name, "src", "%d elements, want %d", len(src), p.n)
	case alias.Inexact(dst, src):
		return &kernels.ArgumentError{Kernel: "fft." + name, Arg: "dst", Err: fmt.Errorf("%w with argument src", kernels.ErrOverlap)}
	case ctx.Err() != nil:
		return context.Cause(ctx)
	}
	if len(opts) == 0 && p.host.gonums() && p.n < shortest {
		if to, from, ok := wide(dst, src); ok {
			p.host.short(to, from, inverse)
			return nil
		}
	}
	onHost := func() error { return hostTransform(ctx, s.For, p.host, dst, src, inverse) }
	passes := func() error { return deviceTransform(ctx, s, p, dst, src, inverse, opts) }
	switch {
	case len(opts) > 0:
		return passes()
	case p.n < shortest || !slices.ContainsFunc(s.Devices(), func(d device.Info) bool { return !d.Caps.HostCores }):
		return onHost()
	}
	return p.choice.Do(onHost, passes)
}

// wide is the same slices, if they are of complex128.
func wide[C Complex](dst, src []C) (to, from []complex128, ok bool) {
	if unsafe.Sizeof(dst[0]) != unsafe.Sizeof(complex128(0)) {
		return nil, nil, false
	}
	// The header of a slice that goes into an interface would be allocated.
	return *(*[]complex128)(unsafe.Pointer(&dst)), *(*[]complex128)(unsafe.Pointer(&src)), true
}

// shortest is the length below which the host alone computes. Its transform takes
// about 50 µs here, as long as a launch on a GPU and back; there are some ten.
const shortest = 1 << 13

func wrong(function, arg, format string, values ...any) error {
	return &kernels.ArgumentError{Kernel: "fft." + function, Arg: arg, Err: fmt.Errorf("%w: "+format, append([]any{kernels.ErrShape}, values...)...)}
}

// root is exp(-2πi k/n) with exact symmetries; its error is about a unit in the last
// place, since the angle is at most an eighth of the circle.
func root(k, n int) complex128 {
	k %= n
	switch {
	case 2*k > n:
		w := root(n-k, n)
		return complex(real(w), -imag(w))
	case 4*k > n: // exp(-iπ) of the conjugate
		w := angle(n-2*k, 2*n)
		return complex(-real(w), imag(w))
	}
	return angle(k, n)
}

// angle is exp(-2πi k/n) for a quarter of the circle.
func angle(k, n int) complex128 {
	if 8*k > n { // the sine of the rest is the cosine
		sin, cos := math.Sincos(2 * math.Pi * float64(n-4*k) / float64(4*n))
		return complex(sin, -cos)
	}
	sin, cos := math.Sincos(2 * math.Pi * float64(k) / float64(n))
	return complex(cos, -sin)
}
