package expr

import (
	"fmt"
	"strings"

	"github.com/tandem-go/tandem/kernels"
)

// Blocks of threads. A thread of a map has one index; one of a reduction goes
// through the indices by steps of the whole grid, whose number of blocks is that of
// package kernels' own reductions.
const (
	cudaBlock = 256
	cudaTurns = 32
)

var cudaTypes = [kinds]string{"float", "double", "int", "unsigned", "long long", "unsigned long long", "bool", "bool"}

// function is the CUDA variant of a structure. The value of an index is a function
// object within the kernel, which sees its arguments.
func function(as fold, steps []step) *kernels.Function {
	root := steps[len(steps)-1].typ
	var b strings.Builder
	if as != foldNothing {
		b.WriteString(as.definitions(root, cudaTypes[:]))
		b.WriteString(cudaFunctions(root))
	}
	for k := range kinds {
		if !k.isMask() && (as == foldNothing || k != root) && uses(steps, k) {
			b.WriteString(cudaFunctions(k))
		}
	}
	if as != foldNothing {
		b.WriteString(text(as.file() + ".cu"))
	}
	b.WriteString("TANDEM_KERNEL {\n\tauto term = [&](unsigned i) {\n")
	values := cudaBody(&b, steps)
	fmt.Fprintf(&b, "\treturn %s;\n\t};\n", values[len(values)-1])
	if as == foldNothing {
		b.WriteString("\tunsigned i = tandem_index();\n\tif (i >= tandem_n) return;\n\ti += tandem_lo;\n\tdst[i + dst_at] = term(i);\n}\n")
		return &kernels.Function{Text: b.String(), Block: [3]int{cudaBlock}}
	}
	b.WriteString(text("reduce.cu"))
	_, words := as.words(root)
	return &kernels.Function{
		Text: b.String(), Block: [3]int{cudaBlock}, PartialWords: words,
		Groups: func(_ *kernels.Launch, n int) [3]int {
			return [3]int{min(reduceGroups, (n+cudaBlock*cudaTurns-1)/(cudaBlock*cudaTurns)), 1, 1}
		},
	}
}

func uses(steps []step, k kind) bool {
	for i := range steps {
		if steps[i].typ == k {
			return true
		}
	}
	return false
}

func cudaBody(b *strings.Builder, steps []step) []string {
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
			e = fill(cudaExpression(s, steps), s, values)
		}
		fmt.Fprintf(b, "\tconst %s %s = %s;\n", cudaTypes[s.typ], values[k], e)
	}
	return values
}

func cudaExpression(s *step, steps []step) string {
	from := steps[s.args[0]].typ
	switch {
	case s.op == opConvert && s.typ.isMask():
		return "$0"
	case s.op == opConvert:
		return "(" + cudaTypes[s.typ] + ")$0"
	case s.typ.isMask() && from.isMask():
		return map[op]string{opAnd: "$0 && $1", opOr: "$0 || $1", opXor: "$0 != $1", opNot: "!$0"}[s.op]
	case !s.typ.isMask() && !s.typ.isFloat():
		switch s.op {
		case opAdd, opSub, opMul: // signed overflow is undefined
			u := "(" + cudaTypes[s.typ.unsigned()] + ")"
			e := strings.NewReplacer("$0", u+"$0", "$1", u+"$1").Replace(infix[s.op])
			return "(" + cudaTypes[s.typ] + ")(" + e + ")"
		case opDiv:
			return functionNames[opDiv]
		}
	}
	if e, ok := infix[s.op]; ok {
		return e
	}
	return functionNames[s.op]
}

// cudaFunctions are operations of a type that CUDA C has not, or not as Go does, or
// by another name for each type.
func cudaFunctions(k kind) string {
	t, u := cudaTypes[k], cudaTypes[k.unsigned()]
	if k.isFloat() {
		suffix := map[kind]string{float32s: "f", float64s: ""}[k]
		bits := map[kind]string{float32s: "__float_as_uint(x)", float64s: "(unsigned long long)__double_as_longlong(x)"}[k]
		of := map[kind]string{float32s: "__uint_as_float(b)", float64s: "__longlong_as_double((long long)b)"}[k]
		return strings.NewReplacer("TYPE", t, "WORD", u, "SUFFIX", suffix, "TO", bits, "OF", of,
			"SIGN", fmt.Sprintf("%#xull", uint64(1)<<(8*k.size()-1)), "INF", fmt.Sprintf("%#xull", infinity(k))).Replace(`
#define E_FUNCTION static __device__ __forceinline__
E_FUNCTION WORD e_bits(TYPE x) { return TO; }
E_FUNCTION TYPE e_of(WORD b) { return OF; }
E_FUNCTION bool e_nan(TYPE x) { return (e_bits(x) & ~(WORD)SIGN) > INF; }
E_FUNCTION TYPE e_neg(TYPE x) { return e_of(e_bits(x) ^ (WORD)SIGN); }
E_FUNCTION TYPE e_abs(TYPE x) { return e_of(e_bits(x) & ~(WORD)SIGN); }
E_FUNCTION TYPE e_min(TYPE a, TYPE b) { if (e_nan(a)) return a; if (e_nan(b)) return b; if (a == b) return e_of(e_bits(a) | e_bits(b)); return a < b ? a : b; }
E_FUNCTION TYPE e_max(TYPE a, TYPE b) { if (e_nan(a)) return a; if (e_nan(b)) return b; if (a == b) return e_of(e_bits(a) & e_bits(b)); return a > b ? a : b; }
E_FUNCTION TYPE e_floor(TYPE x) { return floorSUFFIX(x); }
E_FUNCTION TYPE e_ceil(TYPE x) { return ceilSUFFIX(x); }
E_FUNCTION TYPE e_trunc(TYPE x) { return truncSUFFIX(x); }
E_FUNCTION TYPE e_round(TYPE x) { return rintSUFFIX(x); }
E_FUNCTION TYPE e_sqrt(TYPE x) { return sqrtSUFFIX(x); }
E_FUNCTION TYPE tandem_exp(TYPE x) { return expSUFFIX(x); }
E_FUNCTION TYPE tandem_log(TYPE x) { return logSUFFIX(x); }
E_FUNCTION TYPE tandem_tanh(TYPE x) { return tanhSUFFIX(x); }
`)
	}
	common := `
#define E_FUNCTION static __device__ __forceinline__
E_FUNCTION TYPE e_neg(TYPE x) { return (TYPE)((WORD)0 - (WORD)x); }
E_FUNCTION TYPE e_min(TYPE a, TYPE b) { return a < b ? a : b; }
E_FUNCTION TYPE e_max(TYPE a, TYPE b) { return a > b ? a : b; }
E_FUNCTION TYPE e_shl(TYPE x, TYPE s) { return (WORD)s >= BITS ? (TYPE)0 : (TYPE)((WORD)x << (unsigned)s); }
`
	own := `
E_FUNCTION TYPE e_abs(TYPE x) { return x; }
E_FUNCTION TYPE e_shr(TYPE x, TYPE s) { return s >= BITS ? (TYPE)0 : x >> (unsigned)s; }
E_FUNCTION TYPE e_div(TYPE a, TYPE b) { return b == 0 ? 0 : a / b; }
E_FUNCTION TYPE e_rem(TYPE a, TYPE b) { return b == 0 ? a : a % b; }
`
	if k == int32s || k == int64s {
		// The least number by -1 is undefined: -1 is done apart.
		own = `
E_FUNCTION TYPE e_abs(TYPE x) { return x < 0 ? e_neg(x) : x; }
E_FUNCTION TYPE e_shr(TYPE x, TYPE s) { return x >> ((WORD)s >= BITS ? BITS - 1 : (unsigned)s); }
E_FUNCTION TYPE e_div(TYPE a, TYPE b) { return b == 0 ? 0 : b == -1 ? e_neg(a) : a / b; }
E_FUNCTION TYPE e_rem(TYPE a, TYPE b) { return b == 0 ? a : b == -1 ? 0 : a % b; }
`
	}
	return strings.NewReplacer("TYPE", t, "WORD", u, "BITS", fmt.Sprint(8*k.size())).Replace(common + own)
}
