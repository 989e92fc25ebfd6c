package radix

import (
	"context"
	"fmt"
	"math/bits"
	"slices"
	"unsafe"

	"github.com/tandem-go/tandem/device"
	"github.com/tandem-go/tandem/internal/ways"
	"github.com/tandem-go/tandem/kernels"
	"github.com/tandem-go/tandem/kernels/internal/alias"
)

// Sort sorts keys in ascending order. Of floating-point numbers NaN come first, by
// their bits, those without a sign before those with one; -0 comes before +0. When ctx
// ends, Sort returns its cause, and keys has the keys it had, in any order. More than
// 2^30 keys are sorted on the CPU, whatever opts say.
func Sort[K Key, O any](ctx context.Context, s kernels.Launcher[O], keys []K, opts ...O) error {
	return sort(ctx, s, keys, make([]struct{}, len(keys)), false, opts)
}

// SortPairs is [Sort] that moves each value with its key: values of equal keys stay in
// their order. There must be as many as keys, and neither may overlap the other; a
// mistake gives a [*kernels.ArgumentError].
func SortPairs[K Key, V, O any](ctx context.Context, s kernels.Launcher[O], keys []K, values []V, opts ...O) error {
	switch {
	case len(values) != len(keys):
		return &kernels.ArgumentError{Kernel: "radix.SortPairs", Arg: "values", Err: fmt.Errorf("%w: %d elements, want %d", kernels.ErrShape, len(values), len(keys))}
	case alias.Overlap(keys, values):
		return &kernels.ArgumentError{Kernel: "radix.SortPairs", Arg: "values", Err: fmt.Errorf("%w with argument keys", kernels.ErrOverlap)}
	}
	return sort(ctx, s, keys, values, true, opts)
}

func sort[K Key, V, O any](ctx context.Context, s kernels.Launcher[O], keys []K, values []V, paired bool, opts []O) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	var zero K
	if unsafe.Sizeof(zero) == 4 {
		return sortWords(ctx, s, keys, words[uint32](keys), values, paired, opts)
	}
	return sortWords(ctx, s, keys, words[uint64](keys), values, paired, opts)
}

// sortWords sorts keys, whose memory bits is.
func sortWords[K Key, U word, V, O any](ctx context.Context, s kernels.Launcher[O], keys []K, bits []U, values []V, paired bool, opts []O) error {
	if len(opts) == 0 {
		if !paired && len(keys) <= fewest {
			sortFewest(keys, bits)
			return nil
		}
		if ordered(keys, bits, values, paired) {
			return nil
		}
	}
	encode[K](bits)
	defer decode[K](bits)
	if len(opts) == 0 && (!paired && repeated(bits) || few(bits, values, paired)) {
		return nil
	}
	return sortMany(ctx, s, bits, values, paired, opts)
}

// choices are between one worker and all, and between the host and the launches, by
// the size of keys, whether there are values, and the number of bits of the length.
var choices [2][2][64]struct{ host, device ways.Choice }

// shared is the length from which more than one core may be worth it: one sorts so
// many in about 100 µs.
const shared = 1 << 14

func sortMany[U word, V, O any](ctx context.Context, s kernels.Launcher[O], keys []U, values []V, paired bool, opts []O) error {
	n := len(keys)
	launch := func(l kernels.Launch) error { return s.Launch(ctx, l, opts...) }
	passes := func() error { return onDevices(ctx, launch, keys, values, paired) }
	if len(opts) > 0 && n <= most {
		return passes()
	}
	alone := func() error {
		serial(keys, values)
		return nil
	}
	if n < shared {
		return alone()
	}
	pair := 0
	if paired {
		pair = 1
	}
	choice := &choices[wide[U]()][pair][bits.Len(uint(n))]
	host := func() error {
		if s.Workers() == 1 {
			return alone()
		}
		return choice.host.Do(alone, func() error {
			return onWorkers(func(n int, body func(lo, hi int)) error { return s.For(ctx, n, body) }, s.Workers(), keys, values)
		})
	}
	if n > most || !slices.ContainsFunc(s.Devices(), func(d device.Info) bool { return !d.Caps.HostCores }) {
		return host()
	}
	return choice.device.Do(host, passes)
}
