package kernels

import (
	"embed"
	"fmt"
	"strings"
)

//go:embed *.cu
var cudaFiles embed.FS

// cudaText is CUDA C: definitions, and files behind them.
func cudaText(definitions string, files ...string) string {
	var b strings.Builder
	b.WriteString(definitions)
	for _, name := range files {
		text, err := cudaFiles.ReadFile(name)
		if err != nil {
			panic("kernels: BUG: " + err.Error())
		}
		fmt.Fprintf(&b, "#line 1 %q\n%s", name, text)
	}
	return b.String()
}

// cudaReal makes CUDA C for either type: REAL is the type, MATH(f) the function f
// of it, BITS an unsigned integer of its size. BITS_OR and BITS_AND combine the
// bits of two numbers.
var cudaReal = map[Type]string{
	Float32: `#define REAL float
#define MATH(name) name##f
#define BITS unsigned
#define TO_BITS(x) __float_as_uint(x)
#define OF_BITS(b) __uint_as_float(b)
#define EXPONENT_BITS 8
` + cudaBits,
	Float64: `#define REAL double
#define MATH(name) name
#define BITS unsigned long long
#define TO_BITS(x) (BITS)__double_as_longlong(x)
#define OF_BITS(b) __longlong_as_double((long long)(b))
#define EXPONENT_BITS 11
` + cudaBits,
}

const cudaBits = `#define BITS_OR(a, b) OF_BITS(TO_BITS(a) | TO_BITS(b))
#define BITS_AND(a, b) OF_BITS(TO_BITS(a) & TO_BITS(b))
`
