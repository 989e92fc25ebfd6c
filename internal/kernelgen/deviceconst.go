package kernelgen

import (
	"fmt"
	"go/constant"
	"math"
	"strconv"
	"strings"
)

// zeroText declares the zero that stands for the constant 0. Mesa's GLSL compiler
// takes x*0 for 0 and x+0 for x, `precise` or not, and so loses NaN and the sign
// of 0 (22.3.6): this zero is one that it does not know. There are never 2^32-1
// indices in a dispatch.
const zeroText = "float k_zero = uintBitsToFloat(tandem_n / 4294967295u);\n"

func (p *devicePrinter) constant(c *Const) string {
	switch c.T.Kind {
	case Bool:
		return strconv.FormatBool(constant.BoolVal(c.Val))
	case Float32:
		v, _ := constant.Float32Val(c.Val)
		if v == 0 && !p.cuda {
			p.zero = true
			return "k_zero"
		}
		if v != 0 && math.Abs(float64(v)) < 0x1p-126 {
			f := map[bool]string{true: "__uint_as_float", false: "uintBitsToFloat"}[p.cuda]
			return fmt.Sprintf("%s(0x%08xu)", f, math.Float32bits(v))
		}
		text := withPoint(strconv.FormatFloat(float64(v), 'g', -1, 32))
		if p.cuda {
			text += "f"
		}
		return negative(text)
	case Float64:
		v, _ := constant.Float64Val(c.Val)
		if v == 0 && !p.cuda {
			p.zero = true
			return "double(k_zero)"
		}
		text := withPoint(strconv.FormatFloat(v, 'g', -1, 64))
		if !p.cuda {
			text += "LF"
		}
		return negative(text)
	}
	v := constant.ToInt(c.Val)
	switch c.T.Kind {
	case Uint32:
		return v.ExactString() + "u"
	case Uint64:
		if p.cuda {
			return v.ExactString() + "ULL"
		}
		return v.ExactString() + "UL"
	case Int64:
		n, _ := constant.Int64Val(v)
		switch {
		case n == math.MinInt64 && p.cuda:
			return "(-9223372036854775807LL - 1)"
		case n == math.MinInt64:
			return "int64_t(9223372036854775808UL)"
		case p.cuda:
			return negative(v.ExactString() + "LL")
		}
		return negative(v.ExactString() + "L")
	}
	if n, _ := constant.Int64Val(v); n == math.MinInt32 {
		return "int(2147483648u)"
	}
	return negative(v.ExactString())
}

func withPoint(text string) string {
	if strings.ContainsAny(text, ".e") {
		return text
	}
	return text + ".0"
}

func negative(text string) string {
	if strings.HasPrefix(text, "-") {
		return "(" + text + ")"
	}
	return text
}
