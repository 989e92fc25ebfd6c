package scan

import (
	"context"
	"fmt"
	"math/bits"
	"slices"

	"github.com/tandem-go/tandem/device"
	"github.com/tandem-go/tandem/internal/ways"
	"github.com/tandem-go/tandem/kernels"
	"github.com/tandem-go/tandem/kernels/internal/alias"
)

// Number is a type of numbers to add up.
type Number interface {
	int32 | uint32 | int64 | uint64 | float32 | float64
}

// Inclusive stores in dst[i] the sum of src up to its element i. dst and src have the
// same length, and may be the same slice but not overlap otherwise; a mistake gives a
// [*kernels.ArgumentError]. When ctx ends, Inclusive returns its cause, and dst is
// partly written.
func Inclusive[T Number, O any](ctx context.Context, s kernels.Launcher[O], dst, src []T, opts ...O) error {
	if len(opts) == 0 && few(dst, src) && ctx.Err() == nil {
		straight(dst, src, 0, false)
		return nil
	}
	return scan(ctx, s, "Inclusive", dst, src, false, opts)
}

// Exclusive is [Inclusive] without element i itself: dst[0] is 0.
func Exclusive[T Number, O any](ctx context.Context, s kernels.Launcher[O], dst, src []T, opts ...O) error {
	if len(opts) == 0 && few(dst, src) && ctx.Err() == nil {
		straight(dst, src, 0, true)
		return nil
	}
	return scan(ctx, s, "Exclusive", dst, src, true, opts)
}

// few reports whether there is nothing to prepare for a scan: it is of one run, whose
// sum is that of a loop, and its slices are the same or apart.
func few[T Number](dst, src []T) bool {
	return len(src) <= run && len(dst) == len(src) && alias.Apart(dst, src)
}

// choices are between one loop and the workers, and between the host and the
// launches, by the type of elements and the number of bits of the length.
var choices [6][64]struct{ host, device ways.Choice }

// shared is the length from which more than one core may be worth it: one adds up so
// many in about 30 µs.
const shared = 1 << 15

func scan[T Number, O any](ctx context.Context, s kernels.Launcher[O], name string, dst, src []T, exclusive bool, opts []O) error {
	n := len(src)
	switch {
	case len(dst) != n:
		return &kernels.ArgumentError{Kernel: "scan." + name, Arg: "dst", Err: fmt.Errorf("%w: %d elements, want %d", kernels.ErrShape, len(dst), n)}
	case alias.Inexact(dst, src):
		return &kernels.ArgumentError{Kernel: "scan." + name, Arg: "dst", Err: fmt.Errorf("%w with argument src", kernels.ErrOverlap)}
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case n < shared && len(opts) == 0:
		serial(dst, src, 0, exclusive)
		return nil
	}
	gpu, by := slices.ContainsFunc(s.Devices(), func(d device.Info) bool { return !d.Caps.HostCores }), &byInvocations
	if gpu {
		by = &byGroups
	}
	launches := func() error {
		return onDevices(func(l kernels.Launch) error { return s.Launch(ctx, l, opts...) }, by, dst, src, exclusive)
	}
	if len(opts) > 0 {
		return launches()
	}
	choice := &choices[kernels.Of[T](src).Type()][bits.Len(uint(n))]
	alone := func() error {
		serial(dst, src, 0, exclusive)
		return nil
	}
	host := func() error {
		if s.Workers() == 1 {
			return alone()
		}
		each := func(n int, body func(lo, hi int)) error { return s.For(ctx, n, body) }
		return choice.host.Do(alone, func() error { return onWorkers(each, dst, src, exclusive) })
	}
	if !gpu {
		return host()
	}
	return choice.device.Do(host, launches)
}

// carry turns the sums of blocks into those of all blocks before, and returns that
// of all.
func carry[T Number](sums []T) T {
	total := T(0)
	for i, v := range sums {
		sums[i] = total
		total += v
	}
	return total
}

// onDevices has launches do the whole blocks, and the host what is left.
func onDevices[T Number](launch func(kernels.Launch) error, by *passes, dst, src []T, exclusive bool) error {
	whole := len(src) / block * block
	total := T(0)
	if whole > 0 {
		sums := make([]T, whole/block)
		if err := launch(newSums(by, src[:whole], sums)); err != nil {
			return err
		}
		total = carry(sums)
		if err := launch(newScan(by, exclusive, sums, src[:whole], dst[:whole])); err != nil {
			return err
		}
	}
	serial(dst[whole:], src[whole:], total, exclusive)
	return nil
}
