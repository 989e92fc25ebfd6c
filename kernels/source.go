package kernels

import (
	"encoding/binary"
	"fmt"
	"math"
	"strings"
	"unsafe"

	"github.com/tandem-go/tandem/device"
)

// Source is the kernel for a device that takes the given language, or an error
// that wraps device.ErrUnsupported.
//
// A GLSL variant stands after a prelude that declares, for the kernel's own
// names:
//
//	uint tandem_n        number of indices of this dispatch
//	uint tandem_lo       the first of them, modulo 2^32
//	uint tandem_index()  number of this invocation in the dispatch, from 0
//	uint tandem_group()  number of this work-group in the dispatch, from 0
//	TYPE NAME[]          each array; element e of the whole array stands at
//	                     NAME[e + NAME_at], modulo 2^32
//	TYPE NAME            each scalar
//	uint tandem_partial[] for a reduction: PartialWords words a work-group
//
// Dispatches may hold more invocations than indices; those at or above
// tandem_n must do nothing but take part in barriers.
func (k *Kernel) Source(lang device.Language) (device.Source, error) {
	switch {
	case lang == device.Go:
		return device.Source{Name: k.Name, Language: lang, Func: k.hostCall, Buffers: k.buffers(), Scalars: k.goWords()}, nil
	case lang == device.GLSL && k.GLSL != nil:
		return device.Source{
			Name: k.Name, Language: lang, Text: k.prelude() + k.GLSL.Text,
			Buffers: k.buffers(), Scalars: k.glslWords(),
		}, nil
	}
	return device.Source{}, &device.Error{Op: "source", Device: string(lang), Err: fmt.Errorf(
		"%w: kernel %s has no %s variant", device.ErrUnsupported, k.Name, lang)}
}

func (k *Kernel) buffers() int {
	if k.Reduction != nil {
		return len(k.Params) + 1
	}
	return len(k.Params)
}

func (k *Kernel) prelude() string {
	var b strings.Builder
	fmt.Fprintf(&b, "#version 430 core\nlayout(local_size_x = %d, local_size_y = %d, local_size_z = %d) in;\n",
		max(1, k.GLSL.Local[0]), max(1, k.GLSL.Local[1]), max(1, k.GLSL.Local[2]))
	fmt.Fprintf(&b, "layout(location = 0) uniform uint tandem_word[%d];\n", k.glslWords())
	b.WriteString("uint tandem_n = tandem_word[0], tandem_lo = tandem_word[1];\n")
	b.WriteString("uint tandem_group() { return gl_WorkGroupID.y * gl_NumWorkGroups.x + gl_WorkGroupID.x; }\n")
	b.WriteString("uint tandem_index() { return tandem_group() * gl_WorkGroupSize.x + gl_LocalInvocationID.x; }\n")
	for i, p := range k.Params {
		qualifier := ""
		if p.Access == In {
			qualifier = "readonly "
		}
		fmt.Fprintf(&b, "layout(std430, binding = %d) %sbuffer tandem_buffer_%d { %s %s[]; };\n", i, qualifier, i, p.Type.glsl(), p.Name)
		fmt.Fprintf(&b, "uint %s_at = tandem_word[%d];\n", p.Name, 2+i)
	}
	if k.Reduction != nil {
		fmt.Fprintf(&b, "layout(std430, binding = %d) writeonly buffer tandem_partials { uint tandem_partial[]; };\n", len(k.Params))
	}
	w := 2 + len(k.Params)
	for _, s := range k.Scalars {
		switch s.Type {
		case Float32:
			fmt.Fprintf(&b, "float %s = uintBitsToFloat(tandem_word[%d]);\n", s.Name, w)
		case Float64:
			fmt.Fprintf(&b, "double %s = packDouble2x32(uvec2(tandem_word[%d], tandem_word[%d]));\n", s.Name, w, w+1)
		case Int32:
			fmt.Fprintf(&b, "int %s = int(tandem_word[%d]);\n", s.Name, w)
		case Uint32:
			fmt.Fprintf(&b, "uint %s = tandem_word[%d];\n", s.Name, w)
		}
		w += s.Type.Size() / 4
	}
	b.WriteString("#line 1\n")
	return b.String()
}

// glslWords is the number of scalar words of a GLSL dispatch: n, lo, one shift
// for each array, the scalars.
func (k *Kernel) glslWords() int {
	w := 2 + len(k.Params)
	for _, s := range k.Scalars {
		w += s.Type.Size() / 4
	}
	return w
}

// goWords is the number of scalar words of a Go dispatch: lo and hi, for each
// array the offset in its buffer, the base and the length of its window, then
// the scalars, two words each.
func (k *Kernel) goWords() int { return 2 * (2 + 3*len(k.Params) + len(k.Scalars)) }

// Words appends to dst the scalar words for a dispatch of the indices [lo, hi)
// in the given language. offsets[k] is the position, in elements, of the first
// element of argument k's window in the buffer bound for it.
func (l *Launch) Words(dst []uint32, lang device.Language, lo, hi int, offsets []int) []uint32 {
	if lang == device.Go {
		dst = appendWide(dst, uint64(lo), uint64(hi))
		for k := range l.Args() {
			from, to := l.args[k].Window(lo, hi)
			dst = appendWide(dst, uint64(offsets[k]), uint64(from), uint64(to-from))
		}
		return appendWide(dst, l.scalars[:l.nscal]...)
	}
	dst = append(dst, uint32(hi-lo), uint32(lo))
	for k := range l.Args() {
		from, _ := l.args[k].Window(lo, hi)
		dst = append(dst, uint32(offsets[k]-from))
	}
	for k, s := range l.kernel.Scalars {
		dst = append(dst, uint32(l.scalars[k]))
		if s.Type == Float64 {
			dst = append(dst, uint32(l.scalars[k]>>32))
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
// fit gives device.ErrInvalid.
func (l *Launch) Groups(lang device.Language, caps device.Caps, n int) ([3]int, error) {
	if lang == device.Go {
		return [3]int{1, 1, 1}, nil
	}
	var g [3]int
	if s := l.kernel.GLSL; s.Groups != nil {
		g = s.Groups(l, n)
	} else {
		local := max(1, s.Local[0])
		g = [3]int{(n + local - 1) / local, 1, 1}
	}
	if limit := caps.MaxGroups[0]; g[0] > limit && g[1] == 1 {
		g[1] = (g[0] + limit - 1) / limit
		g[0] = (g[0] + g[1] - 1) / g[1]
	}
	for d := range g {
		if g[d] > caps.MaxGroups[d] {
			return g, fmt.Errorf("%w: %v work-groups of kernel %s, the device takes %v", device.ErrInvalid, g, l.kernel.Name, caps.MaxGroups)
		}
	}
	return g, nil
}

// PartialBytes is the size of the buffer that a reduction's dispatch with that
// many work-groups writes its partial values to.
func (l *Launch) PartialBytes(lang device.Language, groups [3]int) int {
	if lang == device.Go {
		return 8 * len(Partial{})
	}
	return 4 * l.kernel.GLSL.PartialWords * groups[0] * groups[1] * groups[2]
}

// DecodePartials combines, in order, what the work-groups of a dispatch whose
// first index was lo wrote.
func (l *Launch) DecodePartials(lang device.Language, lo int, b []byte) Partial {
	if lang == device.Go {
		return partialFromBytes(b)
	}
	r, size := l.kernel.Reduction, 4*l.kernel.GLSL.PartialWords
	words := make([]uint32, l.kernel.GLSL.PartialWords)
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

// Runnable reports whether a device with the given abilities can run n indices
// of the launch in one dispatch, and if not, why.
func (l *Launch) Runnable(caps device.Caps, n int) error {
	k := l.kernel
	refuse := func(format string, a ...any) error {
		return fmt.Errorf("%w: kernel %s %s", device.ErrUnsupported, k.Name, fmt.Sprintf(format, a...))
	}
	switch {
	case !k.Speaks(caps.Language):
		return refuse("has no %s variant", caps.Language)
	case k.Float64() && !caps.Float64:
		return refuse("needs float64")
	case caps.Language == device.Go:
		return nil
	}
	s := k.GLSL
	if size := max(1, s.Local[0]) * max(1, s.Local[1]) * max(1, s.Local[2]); size > caps.MaxGroupSize {
		return refuse("needs work-groups of %d", size)
	}
	if s.SharedMemory > caps.SharedMemory {
		return refuse("needs %d bytes of shared memory", s.SharedMemory)
	}
	if s.Iterations != nil && caps.MaxIterations > 0 {
		if turns := s.Iterations(l, n); turns > caps.MaxIterations {
			return refuse("needs %d loop iterations, the driver cuts at %d", turns, caps.MaxIterations)
		}
	}
	if n > math.MaxUint32 {
		return refuse("takes no dispatch of %d indices", n)
	}
	return nil
}
