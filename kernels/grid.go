package kernels

import (
	"encoding/binary"
	"fmt"
	"math"

	"github.com/tandem-go/tandem/device"
)

// grid is what the variants for devices have in common, whatever language they
// are written in: work-groups, which CUDA calls blocks. It is immutable.
type grid struct {
	local        [3]int // zero dimensions count as 1
	shared       int    // bytes of shared memory that the device must have
	partialWords int
	groups       func(l *Launch, n int) [3]int
	iterations   func(l *Launch, n int) int64
}

// makeGrids describes the variants that k has.
func (k *Kernel) makeGrids() {
	if s := k.GLSL; s != nil {
		k.glslGrid = &grid{s.Local, s.SharedMemory, s.PartialWords, s.Groups, s.Iterations}
	}
	if f := k.CUDA; f != nil {
		k.cudaGrid = &grid{f.Block, f.Shared, f.PartialWords, f.Groups, nil}
	}
}

// grid is the variant in the given language, or nil if there is none, and for
// Go, where a dispatch is one call.
func (k *Kernel) grid(lang device.Language) *grid {
	switch lang {
	case device.GLSL:
		return k.glslGrid
	case device.CUDA:
		return k.cudaGrid
	}
	return nil
}

// size is the number of invocations of a work-group.
func (g *grid) size() int { return max(1, g.local[0]) * max(1, g.local[1]) * max(1, g.local[2]) }

// Words appends to dst the scalar words for a dispatch of the indices [lo, hi)
// in the given language. offsets[k] is the position, in elements, of the first
// element of argument k's window in the buffer bound for it.
func (l *Launch) Words(dst []uint32, lang device.Language, lo, hi int, offsets []int) []uint32 {
	if lang == device.Go {
		dst = appendWide(dst, uint64(lo), uint64(hi))
		for k := range l.Args() {
			from, to := l.Args()[k].Window(lo, hi)
			dst = appendWide(dst, uint64(offsets[k]), uint64(from), uint64(to-from))
		}
		for k := range l.nscal {
			dst = appendWide(dst, l.scalar(k))
		}
		return dst
	}
	dst = append(dst, uint32(hi-lo), uint32(lo))
	for k := range l.Args() {
		from, _ := l.Args()[k].Window(lo, hi)
		dst = append(dst, uint32(offsets[k]-from))
	}
	for k, s := range l.kernel.Scalars {
		dst = append(dst, uint32(l.scalar(k)))
		if s.Type.Size() == 8 {
			dst = append(dst, uint32(l.scalar(k)>>32))
		}
	}
	return dst
}

func appendWide(dst []uint32, values ...uint64) []uint32 {
	for _, v := range values {
		dst = append(dst, uint32(v), uint32(v>>32))
	}
	return dst
}

// Groups is the number of work-groups, by dimension, for a dispatch of n
// indices in the given language on a device with the given limits. More groups
// than one dimension holds are folded into the second; a dispatch that does not
// fit gives device.ErrInvalid, and a language that the kernel does not speak
// device.ErrUnsupported.
func (l *Launch) Groups(lang device.Language, caps device.Caps, n int) ([3]int, error) {
	if lang == device.Go {
		return [3]int{1, 1, 1}, nil
	}
	v := l.kernel.grid(lang)
	if v == nil {
		return [3]int{}, l.kernel.silent(lang)
	}
	g := [3]int{ceilDiv(n, max(1, v.local[0])), 1, 1}
	if v.groups != nil {
		g = v.groups(l, n)
	}
	if limit := caps.MaxGroups[0]; g[0] > limit && g[1] == 1 {
		g[1] = ceilDiv(g[0], limit)
		g[0] = ceilDiv(g[0], g[1])
	}
	for d := range g {
		if g[d] > caps.MaxGroups[d] {
			return g, fmt.Errorf("%w: %v work-groups of kernel %s, the device takes %v", device.ErrInvalid, g, l.kernel.Name, caps.MaxGroups)
		}
	}
	return g, nil
}

// PartialBytes is the size of the buffer that a reduction's dispatch with that
// many work-groups writes its partial values to. The kernel must speak the
// language.
func (l *Launch) PartialBytes(lang device.Language, groups [3]int) int {
	if lang == device.Go {
		return 8 * len(Partial{})
	}
	return 4 * l.kernel.grid(lang).partialWords * groups[0] * groups[1] * groups[2]
}

// DecodePartials combines, in order, what the work-groups of a dispatch whose
// first index was lo wrote.
func (l *Launch) DecodePartials(lang device.Language, lo int, b []byte) Partial {
	if lang == device.Go {
		return partialFromBytes(b)
	}
	r := l.kernel.Reduction
	words := make([]uint32, l.kernel.grid(lang).partialWords)
	size := 4 * len(words)
	var sum Partial
	for at := 0; at < len(b); at += size {
		for i := range words {
			words[i] = binary.NativeEndian.Uint32(b[at+4*i:])
		}
		if at == 0 {
			sum = r.Decode(lo, words)
		} else {
			sum = r.Combine(sum, r.Decode(lo, words))
		}
	}
	return sum
}

// Runnable reports whether a device with the given abilities can run n indices
// of the launch in one dispatch, and if not, why.
func (l *Launch) Runnable(caps device.Caps, n int) error {
	k := l.kernel
	v := k.grid(caps.Language)
	refuse := func(format string, a ...any) error {
		return fmt.Errorf("%w: kernel %s %s", device.ErrUnsupported, k.Name, fmt.Sprintf(format, a...))
	}
	switch {
	case !k.Speaks(caps.Language):
		return k.silent(caps.Language)
	case k.Float64() && !caps.Float64:
		return refuse("needs float64")
	case k.Int64() && caps.Language == device.GLSL && !caps.Int64:
		return refuse("needs int64")
	case v == nil: // a Go function takes any number of indices
		return nil
	case v.size() > caps.MaxGroupSize:
		return refuse("needs work-groups of %d", v.size())
	case caps.MaxBuffers > 0 && k.buffers() > caps.MaxBuffers:
		return refuse("needs %d buffers, the device takes %d", k.buffers(), caps.MaxBuffers)
	case v.shared > caps.SharedMemory:
		return refuse("needs %d bytes of shared memory", v.shared)
	case n > math.MaxUint32:
		return refuse("takes no dispatch of %d indices", n)
	}
	if v.iterations != nil && caps.MaxIterations > 0 {
		if turns := v.iterations(l, n); turns > caps.MaxIterations {
			return refuse("needs %d loop iterations, the driver cuts at %d", turns, caps.MaxIterations)
		}
	}
	return nil
}
