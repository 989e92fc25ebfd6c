package kernelgen

import (
	"go/ast"
	"go/constant"
	"math"
)

// special is math.Inf or math.NaN: a float64 by its bits, as neither GLSL nor Go has
// constants of such values.
func (l *lowering) special(e *ast.CallExpr, b *builtin, args []Expr) Expr {
	value := math.NaN()
	if b.name == "math.Inf" {
		sign, ok := int64Of(args[0])
		if !ok {
			l.refuse(e.Args[0].Pos(), "an infinity whose sign is no constant", "write math.Inf(1) or math.Inf(-1)")
			return nil
		}
		if value = math.Inf(-1); sign >= 0 {
			value = math.Inf(1)
		}
	}
	bits := &Const{typeUint64, constant.MakeUint64(math.Float64bits(value))}
	return &Builtin{typeFloat64, builtins["math.Float64frombits"], []Expr{bits}}
}

// narrowedBits is the float32 of such a value. One of another's bits is converted when
// the kernel runs.
func narrowedBits(c *Const) Expr {
	n, exact := constant.Uint64Val(c.Val)
	value := math.Float64frombits(n)
	if !exact || !math.IsInf(value, 0) && value == value {
		return nil
	}
	bits := &Const{typeUint32, constant.MakeUint64(uint64(math.Float32bits(float32(value))))}
	return &Builtin{typeFloat32, builtins["math.Float32frombits"], []Expr{bits}}
}

// mathInstead is what to write in place of functions of package math that only look as
// if their digits mattered.
var mathInstead = map[string]string{
	"Max": "write max(a, b)", "Min": "write min(a, b)",
	"Round": "write math.RoundToEven(x), or math.Floor(x + 0.5)", "IsInf": "compare with math.MaxFloat64",
	"Signbit": "look at math.Float64bits(x) >> 63", "Mod": "write x - y*math.Trunc(x/y)", "Modf": "write math.Trunc(x) and x - math.Trunc(x)",
	"Dim": "write max(x-y, 0)", "FMA": "write x*y + z, which is rounded twice",
	"Hypot": "write math.Sqrt(x*x + y*y)", "Pow": "write kmath.Exp(y * kmath.Log(x)), or multiply",
}
