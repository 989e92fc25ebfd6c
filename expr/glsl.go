package expr

import (
	"embed"
	"fmt"
	"slices"
	"strings"

	"github.com/tandem-go/tandem/kernels"
)

//go:embed *.glsl *.cu
var texts embed.FS

func text(name string) string {
	b, err := texts.ReadFile(name)
	if err != nil {
		panic("expr: BUG: " + err.Error())
	}
	return "#line 1\n" + string(b)
}

// A shader's reduction: the numbers are those of package kernels' own.
const (
	reduceLanes  = 128
	reduceGroups = 1024
	reduceTurns  = 64
)

var glslTypes = [kinds]string{"float", "double", "int", "uint", "int64_t", "uint64_t", "bool", "bool"}

// shader is the GLSL variant of a structure.
func shader(as fold, steps []step) *kernels.Shader {
	root := steps[len(steps)-1].typ
	var b strings.Builder
	b.WriteString(glslPrelude(steps))
	fmt.Fprintf(&b, "%s term(uint i) {\n", glslTypes[root])
	values := glslBody(&b, steps)
	fmt.Fprintf(&b, "\treturn %s;\n}\n", values[len(values)-1])
	if as == foldNothing {
		b.WriteString("void main() {\n\tuint i = tandem_index();\n\tif (i >= tandem_n) return;\n\ti += tandem_lo;\n\tdst[i + dst_at] = term(i);\n}\n")
		return &kernels.Shader{Text: b.String(), Local: [3]int{256}}
	}
	state, words := as.words(root)
	b.WriteString(as.definitions(root, glslTypes[:]))
	b.WriteString(text(as.file() + ".glsl"))
	b.WriteString(text("reduce.glsl"))
	return &kernels.Shader{
		Text: b.String(), Local: [3]int{reduceLanes}, SharedMemory: 4 * state * reduceLanes, PartialWords: words,
		Groups: func(_ *kernels.Launch, n int) [3]int {
			return [3]int{min(reduceGroups, (n+reduceLanes*reduceTurns-1)/(reduceLanes*reduceTurns)), 1, 1}
		},
		Iterations: func(_ *kernels.Launch, n int) int64 {
			return int64(max(reduceTurns, (n+reduceLanes*reduceGroups-1)/(reduceLanes*reduceGroups))) + 16 // and the turns of the tree
		},
	}
}

// file is the name of the text with a fold's state.
func (f fold) file() string {
	switch f {
	case foldSum, foldMean:
		return "sum"
	case foldNrm2:
		return "nrm2"
	case foldCount:
		return "count"
	}
	return "extremum"
}

// words is how many 32-bit words the state of a fold has in shared memory, and how
// many of them a work-group leaves.
func (f fold) words(root kind) (state, stored int) {
	size := root.size() / 4
	switch {
	case f == foldCount:
		return 1, 1
	case f == foldMin || f == foldMax:
		return 3, 3
	case f == foldNrm2:
		return 2*size + 1, 2*size + 1
	case root.isFloat():
		return 2 * size, 2 * size
	}
	return size, size
}

// definitions are the macros by which the texts of folds tell types apart.
func (f fold) definitions(root kind, names []string) string {
	if root.isMask() {
		return ""
	}
	var b strings.Builder
	fmt.Fprintf(&b, "#define REAL %s\n#define %s\n", names[root], strings.ToUpper(root.String()))
	fmt.Fprintf(&b, "#define UNSIGNED %s\n#define WORDS %d\n", names[root.unsigned()], root.size()/4)
	if root.isFloat() {
		b.WriteString("#define IS_FLOAT\n")
	}
	if root == int32s || root == int64s {
		b.WriteString("#define IS_SIGNED\n")
	}
	if f == foldMin {
		b.WriteString("#define LEAST\n")
	}
	return b.String()
}

// glslBody declares the value of each step, for index i, and returns their names.
func glslBody(b *strings.Builder, steps []step) []string {
	values := make([]string, len(steps))
	for k := range steps {
		s := &steps[k]
		if s.op == opScalar {
			values[k] = scalarName(int(s.args[0]))
			continue
		}
		values[k] = fmt.Sprintf("t%d", k)
		e := ""
		if s.op == opArray {
			name := arrayName(int(s.args[0]))
			e = fmt.Sprintf("%s[i + %s_at]", name, name)
		} else {
			e = fill(glslExpression(s, steps), s, values)
		}
		precise := "precise "
		if !s.typ.isFloat() && !s.typ.isMask() {
			precise = ""
		}
		fmt.Fprintf(b, "\t%s%s %s = %s;\n", precise, glslTypes[s.typ], values[k], e)
	}
	return values
}

// fill puts the names of the inputs where $0, $1 and $2 stand.
func fill(template string, s *step, values []string) string {
	var pairs []string
	for i, a := range s.inputs() {
		pairs = append(pairs, fmt.Sprintf("$%d", i), values[a])
	}
	return strings.NewReplacer(pairs...).Replace(template)
}

var infix = map[op]string{
	opAdd: "$0 + $1", opSub: "$0 - $1", opMul: "$0 * $1", opDiv: "$0 / $1",
	opAnd: "$0 & $1", opOr: "$0 | $1", opXor: "$0 ^ $1", opNot: "~$0",
	opLess: "$0 < $1", opLessEqual: "$0 <= $1", opEqual: "$0 == $1", opNotEqual: "$0 != $1",
	opWhere: "$0 ? $1 : $2",
}

var functionNames = map[op]string{
	opMin: "e_min($0, $1)", opMax: "e_max($0, $1)", opDiv: "e_div($0, $1)", opRem: "e_rem($0, $1)",
	opShl: "e_shl($0, $1)", opShr: "e_shr($0, $1)", opNeg: "e_neg($0)", opAbs: "e_abs($0)",
	opFloor: "e_floor($0)", opCeil: "e_ceil($0)", opTrunc: "e_trunc($0)", opRound: "e_round($0)",
	opExp: "tandem_exp($0)", opLog: "tandem_log($0)", opTanh: "tandem_tanh($0)", opSqrt: "e_sqrt($0)",
}

func glslExpression(s *step, steps []step) string {
	from := s.typ
	if len(s.inputs()) > 0 {
		from = steps[s.args[0]].typ
	}
	switch {
	case s.op == opConvert && s.typ.isMask():
		return "$0"
	case s.op == opConvert && hidesZero(s, steps):
		return glslTypes[s.typ] + "($0) + " + glslTypes[s.typ] + "(e_zero)"
	case s.op == opConvert:
		return glslTypes[s.typ] + "($0)"
	case s.typ.isMask() && from.isMask():
		return map[op]string{opAnd: "$0 && $1", opOr: "$0 || $1", opXor: "$0 != $1", opNot: "!$0"}[s.op]
	case s.op == opDiv && !s.typ.isFloat():
		return functionNames[opDiv]
	case from == int64s && (s.op == opLess || s.op == opLessEqual):
		// Mesa 22.3.6 compares some signed 64-bit numbers wrongly, unsigned ones
		// rightly; see docs/kernels.md.
		return strings.NewReplacer("$0", "e_ordered($0)", "$1", "e_ordered($1)").Replace(infix[s.op])
	}
	if e, ok := infix[s.op]; ok {
		return e
	}
	return functionNames[s.op]
}

// zeroText declares a zero of which no compiler knows, as there are never 2^32-1
// indices in a dispatch.
const zeroText = "float e_zero = uintBitsToFloat(tandem_n / 4294967295u);\n"

// hidesZero reports whether a step makes a floating-point number of a computed
// integer. Where Mesa 22.3.6 finds that to be 0, as n-n is, it takes x*0 for 0 and x+0
// for x, although that loses NaN and the sign of 0: adding e_zero hides it.
func hidesZero(s *step, steps []step) bool {
	if s.op != opConvert || !s.typ.isFloat() {
		return false
	}
	from := steps[s.args[0]]
	return !from.typ.isFloat() && !from.typ.isMask() && from.op != opArray && from.op != opScalar
}

// glslPrelude is the functions that the steps use.
func glslPrelude(steps []step) string {
	var b strings.Builder
	if slices.ContainsFunc(steps, func(s step) bool { return hidesZero(&s, steps) }) {
		b.WriteString(zeroText)
	}
	var done [kinds]bool
	mathematics := false
	for _, s := range steps {
		if k := s.typ; !k.isMask() && !done[k] {
			done[k] = true
			b.WriteString(strings.NewReplacer("TYPE", glslTypes[k], "UNSIGNED", glslTypes[k.unsigned()]).Replace(glslFunctions[k]))
		}
		mathematics = mathematics || s.op == opExp || s.op == opLog || s.op == opTanh
	}
	if mathematics {
		for _, k := range []kind{float32s, float64s} {
			if done[k] {
				b.WriteString(kernels.TranscendentalGLSL(kernels.Type(k)))
			}
		}
	}
	return b.String()
}

// glslFunctions are operations that GLSL has not, or not as Go does; see
// docs/kernels.md for the faults of drivers that they avoid.
var glslFunctions = func() [kinds]string {
	const (
		rounding = `
TYPE e_floor(TYPE x) { precise TYPE r = floor(x); return e_sign(r, x); }
TYPE e_ceil(TYPE x) { precise TYPE r = ceil(x); return e_sign(r, x); }
TYPE e_trunc(TYPE x) { precise TYPE r = trunc(x); return e_sign(r, x); }
TYPE e_round(TYPE x) { if (!(abs(x) < TYPE(4503599627370496.0))) return x; precise TYPE r = roundEven(x); return e_sign(r, x); }
TYPE e_abs(TYPE x) { return abs(x); }
TYPE e_sqrt(TYPE x) { precise TYPE r = sqrt(x); return r; }
TYPE e_min(TYPE a, TYPE b) { if (e_nan(a)) return a; if (e_nan(b)) return b; if (a == b) return e_either(a, b); return a < b ? a : b; }
TYPE e_max(TYPE a, TYPE b) { if (e_nan(a)) return a; if (e_nan(b)) return b; if (a == b) return e_both(a, b); return a > b ? a : b; }
`
		shifts = `
TYPE e_shl(TYPE x, TYPE s) { return UNSIGNED(s) >= UNSIGNED(BITS) ? TYPE(0) : x << uint(s); }
`
		signed = `
TYPE e_neg(TYPE x) { return -x; }
TYPE e_abs(TYPE x) { TYPE s = x >> LAST; return (x ^ s) - s; }
TYPE e_shr(TYPE x, TYPE s) { return x >> (UNSIGNED(s) >= UNSIGNED(BITS) ? uint(LAST) : uint(s)); }
TYPE e_div(TYPE a, TYPE b) { if (b == TYPE(0)) return TYPE(0); UNSIGNED s = UNSIGNED(a >> LAST); UNSIGNED t = UNSIGNED(b >> LAST); UNSIGNED q = ((UNSIGNED(a) ^ s) - s) / ((UNSIGNED(b) ^ t) - t); return TYPE((q ^ s ^ t) - (s ^ t)); }
TYPE e_rem(TYPE a, TYPE b) { if (b == TYPE(0)) return a; UNSIGNED s = UNSIGNED(a >> LAST); UNSIGNED t = UNSIGNED(b >> LAST); UNSIGNED r = ((UNSIGNED(a) ^ s) - s) % ((UNSIGNED(b) ^ t) - t); return TYPE((r ^ s) - s); }
`
		unsigned = `
TYPE e_neg(TYPE x) { return TYPE(0) - x; }
TYPE e_abs(TYPE x) { return x; }
TYPE e_shr(TYPE x, TYPE s) { return s >= TYPE(BITS) ? TYPE(0) : x >> uint(s); }
TYPE e_div(TYPE a, TYPE b) { return b == TYPE(0) ? TYPE(0) : a / b; }
TYPE e_rem(TYPE a, TYPE b) { return b == TYPE(0) ? a : a % b; }
`
		compared = `
TYPE e_min(TYPE a, TYPE b) { return ORDERED(a) < ORDERED(b) ? a : b; }
TYPE e_max(TYPE a, TYPE b) { return ORDERED(a) > ORDERED(b) ? a : b; }
`
	)
	wide := strings.NewReplacer("BITS", "64", "LAST", "63")
	narrow := strings.NewReplacer("BITS", "32", "LAST", "31")
	plain := strings.NewReplacer("ORDERED(a)", "a", "ORDERED(b)", "b")
	return [kinds]string{
		float32s: `
bool e_nan(float x) { return (floatBitsToUint(x) & 0x7fffffffu) > 0x7f800000u; }
float e_sign(float x, float y) { return uintBitsToFloat(floatBitsToUint(x) & 0x7fffffffu | floatBitsToUint(y) & 0x80000000u); }
float e_either(float a, float b) { return uintBitsToFloat(floatBitsToUint(a) | floatBitsToUint(b)); }
float e_both(float a, float b) { return uintBitsToFloat(floatBitsToUint(a) & floatBitsToUint(b)); }
float e_neg(float x) { return uintBitsToFloat(floatBitsToUint(x) ^ 0x80000000u); }` + rounding,
		float64s: `
bool e_nan(double x) { uvec2 w = unpackDouble2x32(x); return (w.y & 0x7fffffffu) + (w.x != 0u ? 1u : 0u) > 0x7ff00000u; }
double e_sign(double x, double y) { return packDouble2x32(uvec2(unpackDouble2x32(x).x, unpackDouble2x32(x).y & 0x7fffffffu | unpackDouble2x32(y).y & 0x80000000u)); }
double e_either(double a, double b) { return packDouble2x32(unpackDouble2x32(a) | unpackDouble2x32(b)); }
double e_both(double a, double b) { return packDouble2x32(unpackDouble2x32(a) & unpackDouble2x32(b)); }
double e_neg(double x) { return packDouble2x32(unpackDouble2x32(x) ^ uvec2(0u, 0x80000000u)); }` + rounding,
		int32s:  narrow.Replace(shifts + signed + plain.Replace(compared)),
		uint32s: narrow.Replace(shifts + unsigned + plain.Replace(compared)),
		int64s: wide.Replace("\nuint64_t e_ordered(int64_t x) { return uint64_t(x) ^ 9223372036854775808UL; }" +
			shifts + signed + strings.ReplaceAll(compared, "ORDERED", "e_ordered")),
		uint64s: wide.Replace(shifts + unsigned + plain.Replace(compared)),
	}
}()
