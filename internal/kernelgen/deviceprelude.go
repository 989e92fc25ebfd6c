package kernelgen

import (
	"fmt"
	"slices"
	"strings"
)

// The prelude are functions of GLSL and CUDA C that a kernel's text brings along
// where the language's own operation is not Go's. In their texts T is the type, U
// the unsigned type of the same width, W the width less one.
type preludeFunction struct{ glsl, cuda string }

var prelude = map[string]preludeFunction{
	"add":     {"T k_add(T a, T b) { precise T r = a + b; return r; }", "T k_add(T a, T b) { return (T)((U)a + (U)b); }"},
	"sub":     {"T k_sub(T a, T b) { precise T r = a - b; return r; }", "T k_sub(T a, T b) { return (T)((U)a - (U)b); }"},
	"mul":     {"T k_mul(T a, T b) { precise T r = a * b; return r; }", "T k_mul(T a, T b) { return (T)((U)a * (U)b); }"},
	"quo":     {"T k_quo(T a, T b) { precise T r = a / b; return r; }", ""},
	"less":    {"bool k_less(T a, T b) { precise bool r = a < b; return r; }", ""},
	"leq":     {"bool k_leq(T a, T b) { precise bool r = a <= b; return r; }", ""},
	"greater": {"bool k_greater(T a, T b) { precise bool r = a > b; return r; }", ""},
	"geq":     {"bool k_geq(T a, T b) { precise bool r = a >= b; return r; }", ""},
	"equal":   {"bool k_equal(T a, T b) { precise bool r = a == b; return r; }", ""},
	"noteq":   {"bool k_noteq(T a, T b) { precise bool r = a != b; return r; }", ""},
	"sqrt":    {"T k_sqrt(T x) { precise T r = sqrt(x); return r; }", ""},
	"floor":   {"T k_floor(T x) { precise T r = floor(x); return k_copysign(r, x); }", ""},
	"ceil":    {"T k_ceil(T x) { precise T r = ceil(x); return k_copysign(r, x); }", ""},
	"trunc":   {"T k_trunc(T x) { precise T r = trunc(x); return k_copysign(r, x); }", ""},
	// From 2^52 on all are whole, and Mesa 22.3.6 rounds odd ones of float64.
	"rint": {"T k_rint(T x) { if (!(abs(x) < T(4503599627370496.0))) return x; precise T r = roundEven(x); return k_copysign(r, x); }", ""},
	// Mesa 22.3.6 errs when it compares, by <, <=, > or >=, an int converted to
	// int64_t with a constant that fits an int. Unsigned numbers, of which the
	// least stands for the least signed one, it compares right.
	"ordered": {"U k_ordered(T x) { return U(x) ^ 9223372036854775808UL; }", ""},
	"count": {
		"uint k_count(T s) { return U(s) > U(64u) ? 64u : uint(s); }",
		"unsigned k_count(T s) { return (U)s > 64 ? 64 : (unsigned)s; }",
	},
	"rotl": {
		"uint k_rotl(uint x, int s) { uint n = uint(s) & 31u; return x << n | x >> (32u - n & 31u); }",
		"unsigned k_rotl(unsigned x, int s) { unsigned n = s & 31; return x << n | x >> (32 - n & 31); }",
	},
	"ctz": {
		"int k_ctz(uint x) { return x == 0u ? 32 : findLSB(x); }",
		"int k_ctz(unsigned x) { return x == 0 ? 32 : __ffs((int)x) - 1; }",
	},
	"swap": {
		"uint k_swap(uint x) { return x << 24 | (x & 0xff00u) << 8 | x >> 8 & 0xff00u | x >> 24; }",
		"unsigned k_swap(unsigned x) { return x << 24 | (x & 0xff00u) << 8 | x >> 8 & 0xff00u | x >> 24; }",
	},
	"ones64": {
		"int k_ones64(T x) { uvec2 w = unpackUint2x32(x); return bitCount(w.x) + bitCount(w.y); }",
		"int k_ones64(T x) { return __popc((unsigned)x) + __popc((unsigned)(x >> 32)); }",
	},
	"clz64": {
		"int k_clz64(T x) { uvec2 w = unpackUint2x32(x); return w.y != 0u ? 31 - findMSB(w.y) : 63 - findMSB(w.x); }",
		"int k_clz64(T x) { return x >> 32 ? __clz((int)(x >> 32)) : 32 + __clz((int)x); }",
	},
	"len64": {
		"int k_len64(T x) { uvec2 w = unpackUint2x32(x); return w.y != 0u ? 33 + findMSB(w.y) : 1 + findMSB(w.x); }",
		"int k_len64(T x) { return x >> 32 ? 64 - __clz((int)(x >> 32)) : 32 - __clz((int)x); }",
	},
	"ctz64": {
		"int k_ctz64(T x) { uvec2 w = unpackUint2x32(x); return w.x != 0u ? findLSB(w.x) : w.y != 0u ? 32 + findLSB(w.y) : 64; }",
		"int k_ctz64(T x) { return (unsigned)x ? __ffs((int)x) - 1 : x ? 31 + __ffs((int)(x >> 32)) : 64; }",
	},
	"reverse64": {
		"T k_reverse64(T x) { uvec2 w = unpackUint2x32(x); return packUint2x32(uvec2(bitfieldReverse(w.y), bitfieldReverse(w.x))); }",
		"T k_reverse64(T x) { return (T)__brev((unsigned)x) << 32 | __brev((unsigned)(x >> 32)); }",
	},
	"rotl64": {
		"T k_rotl64(T x, int s) { uint n = uint(s) & 63u; return x << n | x >> (64u - n & 63u); }",
		"T k_rotl64(T x, int s) { unsigned n = s & 63; return x << n | x >> (64 - n & 63); }",
	},
	"mul32": {
		"void k_mul32(uint a, uint b, out uint hi, out uint lo) { umulExtended(a, b, hi, lo); }",
		"void k_mul32(unsigned a, unsigned b, unsigned &hi, unsigned &lo) { hi = __umulhi(a, b); lo = a * b; }",
	},
}

// Those that differ by the kind of type. GLSL's own min and max of 64-bit integers
// end the process when Mesa 22.3.6 compiles them one in another with constants.
var preludeOfKinds = map[string]map[Kind]preludeFunction{
	"neg":      floats("T k_neg(T x) { return FROM(BITS(x) ^ SIGN); }", ""),
	"abs":      floats("", "T k_abs(T x) { return FROM(BITS(x) & ~SIGN); }"),
	"copysign": floats("T k_copysign(T x, T y) { return FROM(BITS(x) & ~SIGN | BITS(y) & SIGN); }", ""),
	"isnan":    floats("bool k_isnan(T x) { return (BITS(x) & ~SIGN) > INF; }", "bool k_isnan(T x) { return (BITS(x) & ~SIGN) > INF; }"),
	"min": extremum("<", floats(
		"T k_min(T a, T b) { precise T r = k_isnan(a) || k_isnan(b) ? a + b : a < b ? a : b < a ? b : FROM(BITS(a) | BITS(b)); return r; }",
		"T k_min(T a, T b) { return a != a || b != b ? a + b : a < b ? a : b < a ? b : FROM(BITS(a) | BITS(b)); }")),
	"max": extremum(">", floats(
		"T k_max(T a, T b) { precise T r = k_isnan(a) || k_isnan(b) ? a + b : a > b ? a : b > a ? b : FROM(BITS(a) & BITS(b)); return r; }",
		"T k_max(T a, T b) { return a != a || b != b ? a + b : a > b ? a : b > a ? b : FROM(BITS(a) & BITS(b)); }")),
	"div": integers(
		"U k_div(U a, U b) { return b == ZERO ? ZERO : a / b; }",
		// On magnitudes: neither language defines the quotient of the least
		// number by -1, nor GLSL that of negative numbers in all versions. s
		// and t are all ones for negative numbers; with ?: in their place Mesa
		// 22.3.6 gets the signs of 64-bit remainders wrong.
		"T k_div(T a, T b) { if (b == ZERO) return ZERO; U s = U(a >> W); U t = U(b >> W); U q = ((U(a) ^ s) - s) / ((U(b) ^ t) - t); return T((q ^ s ^ t) - (s ^ t)); }"),
	"rem": integers(
		"U k_rem(U a, U b) { return b == ZERO ? a : a % b; }",
		"T k_rem(T a, T b) { if (b == ZERO) return a; U s = U(a >> W); U t = U(b >> W); U r = ((U(a) ^ s) - s) % ((U(b) ^ t) - t); return T((r ^ s) - s); }"),
	"shl": integers("U k_shl(U x, N s) { return s > W ? ZERO : x << s; }", "T k_shl(T x, N s) { return s > W ? ZERO : T(U(x) << s); }"),
	"shr": integers("U k_shr(U x, N s) { return s > W ? ZERO : x >> s; }", "T k_shr(T x, N s) { return x >> (s > W ? W : s); }"),
}

func floats(glsl, cuda string) map[Kind]preludeFunction {
	set := map[Kind]preludeFunction{}
	for kind, words := range map[Kind][2][]string{
		Float32: {
			{"BITS", "floatBitsToUint", "FROM", "uintBitsToFloat", "SIGN", "0x80000000u", "INF", "0x7f800000u"},
			{"BITS", "__float_as_uint", "FROM", "__uint_as_float", "SIGN", "0x80000000u", "INF", "0x7f800000u"},
		},
		Float64: {
			{
				"FROM(BITS(x) ^ SIGN)", "packDouble2x32(unpackDouble2x32(x) ^ uvec2(0u, 0x80000000u))",
				"FROM(BITS(x) & ~SIGN | BITS(y) & SIGN)", "packDouble2x32(uvec2(unpackDouble2x32(x).x, unpackDouble2x32(x).y & 0x7fffffffu | unpackDouble2x32(y).y & 0x80000000u))",
				"(BITS(x) & ~SIGN) > INF", "(unpackDouble2x32(x).y & 0x7fffffffu) + (unpackDouble2x32(x).x != 0u ? 1u : 0u) > 0x7ff00000u",
				"FROM(BITS(a) | BITS(b))", "packDouble2x32(unpackDouble2x32(a) | unpackDouble2x32(b))",
				"FROM(BITS(a) & BITS(b))", "packDouble2x32(unpackDouble2x32(a) & unpackDouble2x32(b))",
			},
			{"BITS", "(unsigned long long)__double_as_longlong", "FROM", "__longlong_as_double", "SIGN", "0x8000000000000000ULL", "INF", "0x7ff0000000000000ULL"},
		},
	} {
		set[kind] = preludeFunction{replace(glsl, words[0]), replace(cuda, words[1])}
	}
	return set
}

// extremum adds to those of floats the ones of 64-bit integers: a is it where a op b.
func extremum(op string, set map[Kind]preludeFunction) map[Kind]preludeFunction {
	name := map[string]string{"<": "k_min", ">": "k_max"}[op]
	set[Int64] = preludeFunction{fmt.Sprintf("T %s(T a, T b) { return k_ordered(a) %s k_ordered(b) ? a : b; }", name, op), ""}
	set[Uint64] = preludeFunction{fmt.Sprintf("T %s(T a, T b) { return a %s b ? a : b; }", name, op), ""}
	return set
}

func integers(unsigned, signed string) map[Kind]preludeFunction {
	set := map[Kind]preludeFunction{}
	for _, kind := range []Kind{Int, Int32, Uint32, Int64, Uint64} {
		text := signed
		if kind == Uint32 || kind == Uint64 {
			text = unsigned
		}
		set[kind] = preludeFunction{text, text}
	}
	return set
}

func replace(text string, pairs []string) string { return strings.NewReplacer(pairs...).Replace(text) }

// need notes that one of them is used for a type.
func (p *devicePrinter) need(name string, t *Type) {
	switch name {
	case "min", "max":
		switch {
		case t.isFloat() && !p.cuda:
			p.need("isnan", t)
		case t.Kind == Int64:
			p.need("ordered", t)
		}
	case "floor", "ceil", "trunc", "rint": // llvmpipe loses the sign of a zero in float64
		p.need("copysign", t)
	}
	if t.Kind == Int {
		t = &Type{Kind: Int32}
	}
	if name == "rotl" || name == "ctz" || name == "swap" || name == "mul32" {
		t = typeUint32
	}
	p.needed[fmt.Sprintf("%s/%d", name, t.Kind)] = true
}

// writePrelude writes those that are used, in a fixed order.
func (p *devicePrinter) writePrelude(b *strings.Builder) {
	var keys []string
	for key := range p.needed {
		keys = append(keys, key)
	}
	// Those that others call stand first.
	rank := func(key string) int {
		if strings.HasPrefix(key, "isnan") || strings.HasPrefix(key, "copysign") || strings.HasPrefix(key, "ordered") {
			return 0
		}
		return 1
	}
	slices.SortFunc(keys, func(x, y string) int {
		if d := rank(x) - rank(y); d != 0 {
			return d
		}
		return strings.Compare(x, y)
	})
	for _, key := range keys {
		name, number, _ := strings.Cut(key, "/")
		kind := Kind(number[0] - '0')
		h, ok := prelude[name]
		if !ok {
			h = preludeOfKinds[name][kind]
		}
		t := &Type{Kind: kind}
		unsigned := &Type{Kind: Uint32}
		if t.bits() == 64 {
			unsigned = &Type{Kind: Uint64}
		}
		text, prefix := h.glsl, ""
		if p.cuda {
			text, prefix = h.cuda, "static __device__ __forceinline__ "
		}
		b.WriteString(prefix + replaceWords(text, map[string]string{
			"T": p.typ(t), "U": p.typ(unsigned), "N": p.unsigned(),
			"W": fmt.Sprintf("%du", t.bits()-1), "ZERO": p.expr(zero(t), true),
		}, p.cuda) + "\n")
	}
	if len(keys) > 0 {
		b.WriteString("\n")
	}
}

// replaceWords replaces whole words. A C type of several words that is called
// like a function becomes a cast.
func replaceWords(text string, words map[string]string, cuda bool) string {
	var b strings.Builder
	for i := 0; i < len(text); {
		j := i
		for j < len(text) && (text[j] >= 'a' && text[j] <= 'z' || text[j] >= 'A' && text[j] <= 'Z' || text[j] >= '0' && text[j] <= '9' || text[j] == '_') {
			j++
		}
		if j == i {
			b.WriteByte(text[i])
			i++
			continue
		}
		word := text[i:j]
		to, ok := words[word]
		switch {
		case !ok:
			b.WriteString(word)
		case cuda && j < len(text) && text[j] == '(' && strings.Contains(to, " "):
			b.WriteString("(" + to + ")")
		default:
			b.WriteString(to)
		}
		i = j
	}
	return b.String()
}
