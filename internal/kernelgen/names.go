package kernelgen

import (
	"fmt"
	"strings"
)

// reserved are words that no variable may be called in GLSL, CUDA C or the
// generated Go: keywords, types, and functions that the printers call.
var reserved = wordSet(`
active alignas alignof and and_eq asm atomic_uint attribute auto bitand bitor bool break buffer bvec2 bvec3 bvec4
case cast catch centroid char char16_t char32_t char8_t class co_await co_return co_yield coherent common compl
concept const const_cast consteval constexpr constinit continue decltype default delete discard do double dvec2
dvec3 dvec4 dynamic_cast else enum explicit export extern external false filter fixed flat float for friend fvec2
fvec3 fvec4 goto half highp hvec2 hvec3 hvec4 if iimage1D iimage2D iimage3D iimageBuffer iimageCube image1D
image2D image3D imageBuffer imageCube in inline inout input int int64_t interface invariant isampler1D isampler2D
isampler3D isamplerBuffer isamplerCube ivec2 ivec3 ivec4 layout linux long lowp main mediump mutable namespace new
noexcept noinline noperspective not not_eq nullptr operator or or_eq out output packed partition patch precise
precision private protected public readonly register reinterpret_cast requires resource restrict return row_major
sample sampler sampler1D sampler2D sampler3D samplerBuffer samplerCube shared short signed sizeof smooth static
static_assert static_cast struct subroutine superp switch template this thread_local throw true try typedef typeid
typename typeof uimage1D uimage2D uimage3D uimageBuffer uimageCube uint uint64_t uniform union unix unsigned
usampler1D usampler2D usampler3D usamplerBuffer usamplerCube using uvec2 uvec3 uvec4 varying vec2 vec3 vec4
virtual void volatile wchar_t while writeonly xor xor_eq
dmat2 dmat2x2 dmat2x3 dmat2x4 dmat3 dmat3x2 dmat3x3 dmat3x4 dmat4 dmat4x2 dmat4x3 dmat4x4
mat2 mat2x2 mat2x3 mat2x4 mat3 mat3x2 mat3x3 mat3x4 mat4 mat4x2 mat4x3 mat4x4
abs bitCount bitfieldReverse ceil clamp cos exp findLSB findMSB floatBitsToUint floor fma fmax fmin isinf isnan log
max min mod packDouble2x32 packUint2x32 pow rint round roundEven sign sin sqrt tan trunc uintBitsToFloat
umulExtended unpackDouble2x32 unpackUint2x32
atomicAdd atomicAnd atomicCAS atomicCompSwap atomicExch atomicExchange atomicMax atomicMin atomicOr atomicXor
barrier memoryBarrierShared
blockIdx blockDim threadIdx gridDim dim3 signbit copysign
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
		case strings.ContainsRune(".[], ", r): // of instances and methods: pair.first[float32]
			b.WriteByte('_')
		default:
			fmt.Fprintf(&b, "u%04x", r)
		}
	}
	base := strings.TrimRight(b.String(), "_")
	for strings.Contains(base, "__") { // GLSL keeps such names to itself
		base = strings.ReplaceAll(base, "__", "_")
	}
	for _, prefix := range []string{"f_", "s_", "tandem_", "gl_", "_"} {
		if strings.HasPrefix(base, prefix) {
			base = "v" + strings.TrimPrefix(base, "_")
		}
	}
	base = strings.TrimSuffix(base, "_at")
	switch {
	case base == "":
		base = "v"
	case reserved[base]:
		base += "_v"
	}
	got := base
	for i := 2; n.taken[got]; i++ {
		got = fmt.Sprintf("%s_%d", base, i)
	}
	n.taken[got] = true
	return got
}
