package histogram

import (
	"context"
	"fmt"
	"math"
	"math/bits"
	"slices"

	"github.com/tandem-go/tandem/device"
	"github.com/tandem-go/tandem/internal/ways"
	"github.com/tandem-go/tandem/kernels"
)

// MaxBins is the greatest number of bins: float32 has each integer up to it.
const MaxBins = 1 << 24

// Uniform stores in counts[k] how many elements of x lie in bin k of len(counts) bins
// of one width between lo and hi. Bin k has the v for which the whole part of
// (v-lo) * (n/(hi-lo)), computed in T from the left, is k; the last bin has hi too.
// So an element within rounding of an edge may be counted on either side of it, and on
// the same one every time. NaN and what lies below lo or above hi are not counted:
// len(x) less the sum of counts is how many there were.
//
// There must be 1 to [MaxBins] bins, and lo, hi and n/(hi-lo) must be finite with
// lo < hi; a mistake gives a [*kernels.ArgumentError]. When ctx ends, Uniform returns
// its cause, and counts hold anything.
func Uniform[T kernels.Float, O any](ctx context.Context, s kernels.Launcher[O], counts []int, x []T, lo, hi T, opts ...O) error {
	b := newBins(len(counts), lo, hi)
	switch {
	case len(counts) < 1 || len(counts) > MaxBins:
		return wrong("counts", "%d bins, want 1 to %d", len(counts), MaxBins)
	case !(lo < hi):
		return wrong("hi", "%v is not above %v", hi, lo)
	case !finite(hi - lo):
		return wrong("hi", "%v to %v is no finite width", lo, hi)
	case !finite(b.scale):
		return wrong("hi", "%v is too close to %v for %d bins", hi, lo, len(counts))
	case ctx.Err() != nil:
		return context.Cause(ctx)
	}
	if len(x) < shared && len(opts) == 0 {
		clear(counts)
		count(b, counts, x)
		return nil
	}
	return countMany(ctx, s, b, counts, x, opts)
}

func countMany[T kernels.Float, O any](ctx context.Context, s kernels.Launcher[O], b bins[T], counts []int, x []T, opts []O) error {
	n := len(x)
	passes := func() error {
		clear(counts)
		return onDevices(ctx, func(l kernels.Launch) error { return s.Launch(ctx, l, opts...) }, b, counts, x)
	}
	if len(opts) > 0 {
		return passes()
	}
	choice := &choices[kernels.Of[T](x).Type()][bits.Len(uint(n))][bits.Len(uint(len(counts)))]
	alone := func() error {
		clear(counts)
		count(b, counts, x)
		return nil
	}
	host := func() error {
		if s.Workers() == 1 {
			return alone()
		}
		return choice.host.Do(alone, func() error {
			clear(counts)
			return onWorkers(func(n int, body func(lo, hi int)) error { return s.For(ctx, n, body) }, b, counts, x)
		})
	}
	if !slices.ContainsFunc(s.Devices(), func(d device.Info) bool { return !d.Caps.HostCores }) {
		return host()
	}
	return choice.device.Do(host, passes)
}

// choices are between one loop and the workers, and between the host and the
// launches, by the type of elements and the numbers of bits of the length and of the
// number of bins.
var choices [2][64][26]struct{ host, device ways.Choice }

// shared is the length from which more than one core may be worth it: one counts so
// many in about 60 µs.
const shared = 1 << 15

func finite[T kernels.Float](v T) bool { return !math.IsInf(float64(v), 0) && !math.IsNaN(float64(v)) }

func wrong(arg, format string, values ...any) error {
	return &kernels.ArgumentError{Kernel: "histogram.Uniform", Arg: arg, Err: fmt.Errorf("%w: "+format, append([]any{kernels.ErrShape}, values...)...)}
}
