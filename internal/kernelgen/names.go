package kernelgen

import (
	"fmt"
	"strings"
)

// reserved are words that no variable may be called in GLSL, CUDA C or the
// generated Go: keywords, types, and functions that the printers call.
var reserved = wordSet(`
active asm atomic_uint attribute auto bool break buffer bvec2 bvec3 bvec4 case cast catch centroid char class
coherent common const const_cast constexpr continue decltype default delete discard dmat2 dmat3 dmat4 do double
dvec2 dvec3 dvec4 dynamic_cast else enum explicit export extern external false filter fixed flat float for friend
goto half highp hvec2 hvec3 hvec4 if iimage2D image1D image2D image3D inline inout input int int64_t interface
invariant isampler2D ivec2 ivec3 ivec4 layout long lowp main mat2 mat3 mat4 mediump mutable namespace new
noexcept noinline noperspective nullptr operator out output packed partition patch precise precision private
protected public readonly register reinterpret_cast resource restrict return sample sampler1D sampler2D
sampler3D shared short signed sizeof smooth static static_assert static_cast struct subroutine superp switch
template this thread_local throw true try typedef typeid typename uint uint64_t uniform union unsigned using
uvec2 uvec3 uvec4 varying vec2 vec3 vec4 virtual void volatile wchar_t while writeonly
abs ceil clamp cos exp floor fma fmax fmin isinf isnan log max min mod pow round sign sin sqrt tan trunc
barrier blockIdx blockDim threadIdx gridDim dim3 signbit copysign
chan defer fallthrough func go import map package range select type var
nil iota len cap append make copy panic print println any error string byte rune bool int int32 uint32 float32
float64 uint64 uint8 uint16 int8 int16 uintptr call kernels kmath math bits unsafe residency
`)

func wordSet(text string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(text) {
		set[w] = true
	}
	return set
}

// namer gives out names that are unique and mean nothing else in any language.
type namer struct{ taken map[string]bool }

func newNamer() *namer { return &namer{taken: map[string]bool{}} }

// name is want, or something like it that is free.
func (n *namer) name(want string) string {
	var b strings.Builder
	for _, r := range want {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '_':
			b.WriteRune(r)
		default:
			fmt.Fprintf(&b, "u%04x", r)
		}
	}
	base := strings.ReplaceAll(b.String(), "__", "_u_")
	for _, prefix := range []string{"f_", "s_", "tandem_", "gl_", "_"} {
		if strings.HasPrefix(base, prefix) {
			base = "v" + strings.TrimPrefix(base, "_")
		}
	}
	base = strings.TrimSuffix(base, "_at")
	if reserved[base] || base == "" {
		base += "_v"
	}
	got := base
	for i := 2; n.taken[got]; i++ {
		got = fmt.Sprintf("%s_%d", base, i)
	}
	n.taken[got] = true
	return got
}
