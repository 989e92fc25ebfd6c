package kernelgen

// builtin is a function that every language has in its own way. In the texts $0
// and $1 are the arguments and T is the type; a text that begins with k_ is a
// call of a function of the prelude, see deviceprelude.go.
type builtin struct {
	name  string // as Go calls it: "math.Sqrt"
	glsl  string
	cuda  string
	flops float64
	// result has a type of its own, or is that of the first argument.
	result *Type
}

var (
	typeBool    = &Type{Kind: Bool}
	typeInt     = &Type{Kind: Int}
	typeUint32  = &Type{Kind: Uint32}
	typeUint64  = &Type{Kind: Uint64}
	typeFloat32 = &Type{Kind: Float32}
	typeFloat64 = &Type{Kind: Float64}
)

const kmathPath = "github.com/tandem-go/tandem/kernels/kmath"

// builtins are what kernels may call by the name of a package of Go's library,
// and the part of kmath that is no Go function of the kernel language.
var builtins = map[string]*builtin{}

func addBuiltin(b builtin) { builtins[b.name] = &b }

func init() {
	// What is correctly rounded, or exact, on every device. For float32 it is
	// kmath that has it.
	for _, pkg := range []string{"math", kmathPath} {
		addBuiltin(builtin{name: pkg + ".Sqrt", glsl: "k_sqrt($0)", cuda: "sqrt($0)", flops: 5})
		addBuiltin(builtin{name: pkg + ".Abs", glsl: "abs($0)", cuda: "k_abs($0)", flops: 1})
		addBuiltin(builtin{name: pkg + ".Floor", glsl: "k_floor($0)", cuda: "floor($0)", flops: 1})
		addBuiltin(builtin{name: pkg + ".Ceil", glsl: "k_ceil($0)", cuda: "ceil($0)", flops: 1})
		addBuiltin(builtin{name: pkg + ".Trunc", glsl: "k_trunc($0)", cuda: "trunc($0)", flops: 1})
		addBuiltin(builtin{name: pkg + ".RoundToEven", glsl: "k_rint($0)", cuda: "rint($0)", flops: 1})
		addBuiltin(builtin{name: pkg + ".IsNaN", glsl: "k_isnan($0)", cuda: "k_isnan($0)", flops: 1, result: typeBool})
		addBuiltin(builtin{name: pkg + ".Copysign", glsl: "k_copysign($0, $1)", cuda: "copysign($0, $1)", flops: 1})
	}
	addBuiltin(builtin{name: "math.Float32bits", glsl: "floatBitsToUint($0)", cuda: "__float_as_uint($0)", result: typeUint32})
	addBuiltin(builtin{name: "math.Float32frombits", glsl: "uintBitsToFloat($0)", cuda: "__uint_as_float($0)", result: typeFloat32})
	addBuiltin(builtin{name: "math.Float64bits", glsl: "packUint2x32(unpackDouble2x32($0))", cuda: "(unsigned long long)__double_as_longlong($0)", result: typeUint64})
	addBuiltin(builtin{name: "math.Float64frombits", glsl: "packDouble2x32(unpackUint2x32($0))", cuda: "__longlong_as_double((long long)($0))", result: typeFloat64})
	addBuiltin(builtin{name: "math/bits.OnesCount32", glsl: "bitCount($0)", cuda: "__popc($0)", flops: 1, result: typeInt})
	addBuiltin(builtin{name: "math/bits.LeadingZeros32", glsl: "(31 - findMSB($0))", cuda: "__clz((int)($0))", flops: 1, result: typeInt})
	addBuiltin(builtin{name: "math/bits.TrailingZeros32", glsl: "k_ctz($0)", cuda: "k_ctz($0)", flops: 1, result: typeInt})
	addBuiltin(builtin{name: "math/bits.Reverse32", glsl: "bitfieldReverse($0)", cuda: "__brev($0)", flops: 1})
	addBuiltin(builtin{name: "math/bits.RotateLeft32", glsl: "k_rotl($0, $1)", cuda: "k_rotl($0, $1)", flops: 2})
	addBuiltin(builtin{name: "math/bits.ReverseBytes32", glsl: "k_swap($0)", cuda: "k_swap($0)", flops: 5})
	addBuiltin(builtin{name: "math/bits.Len32", glsl: "(findMSB($0) + 1)", cuda: "(32 - __clz((int)($0)))", flops: 2, result: typeInt})
	addBuiltin(builtin{name: "math/bits.OnesCount64", glsl: "k_ones64($0)", cuda: "k_ones64($0)", flops: 3, result: typeInt})
	addBuiltin(builtin{name: "math/bits.LeadingZeros64", glsl: "k_clz64($0)", cuda: "k_clz64($0)", flops: 3, result: typeInt})
	addBuiltin(builtin{name: "math/bits.TrailingZeros64", glsl: "k_ctz64($0)", cuda: "k_ctz64($0)", flops: 3, result: typeInt})
	addBuiltin(builtin{name: "math/bits.Len64", glsl: "k_len64($0)", cuda: "k_len64($0)", flops: 3, result: typeInt})
	addBuiltin(builtin{name: "math/bits.Reverse64", glsl: "k_reverse64($0)", cuda: "k_reverse64($0)", flops: 3})
	addBuiltin(builtin{name: "math/bits.RotateLeft64", glsl: "k_rotl64($0, $1)", cuda: "k_rotl64($0, $1)", flops: 4})
	// Values of which there are no constants in Go; see special.
	addBuiltin(builtin{name: "math.Inf"})
	addBuiltin(builtin{name: "math.NaN"})
	// Two results; see CallMany.
	addBuiltin(builtin{name: "math/bits.Mul32", glsl: "umulExtended", cuda: "k_mul32", flops: 2})
	// Go's own; with more than two arguments they are nested.
	addBuiltin(builtin{name: "min", glsl: "k_min($0, $1)", cuda: "k_min($0, $1)", flops: 1})
	addBuiltin(builtin{name: "max", glsl: "k_max($0, $1)", cuda: "k_max($0, $1)", flops: 1})
}
