package kernelgen

import (
	"fmt"
	"go/token"
	"math"
	"strconv"
	"strings"
)

// expr prints an expression. exact says that it becomes the value of a precise
// variable, so that its operations need no functions.
func (p *devicePrinter) expr(e Expr, exact bool) string {
	switch e := e.(type) {
	case *Const:
		return p.constant(e)
	case *Ref:
		if e.Var.Scalar && e.Var.Type.Kind == Bool {
			return "(" + e.Var.Name + " != 0u)"
		}
		return e.Var.Name
	case *Load:
		if p.elements {
			return e.Buffer.Name
		}
		return p.bits(p.number(e, e.flat()), e.Buffer.Elem, e.typ())
	case *Length:
		return e.Buffer.Len.Name
	case *Binary:
		return p.binary(e, exact)
	case *Unary:
		return p.unary(e, exact)
	case *Convert:
		return p.convert(e)
	case *Call:
		return e.Fn.Name + "(" + p.args(e.Args) + ")"
	case *Builtin:
		return p.builtin(e)
	case *Select:
		return p.expr(e.X, false) + "." + e.X.typ().Fields[e.Field].member
	case *At:
		x := p.expr(e.X, false)
		if ref, ok := e.X.(*Ref); p.cuda && !(ok && ref.Var.Shared) {
			x += ".v"
		}
		return x + "[" + p.asInt(e.At) + "]"
	case *Composite:
		return p.composite(e)
	}
	panic(fmt.Sprintf("kernelgen: BUG: no device text for %T", e))
}

// number is an element of a buffer, or one of its numbers, as the buffer has it.
func (p *devicePrinter) number(e *Load, at Expr) string {
	return fmt.Sprintf("%s[%s + %s_at]", e.Buffer.Name, p.asUint(at), e.Buffer.Name)
}

// bits is a number of a record as what the array has on a device, its bits, and back.
func (p *devicePrinter) bits(text string, from, to *Type) string {
	if from.Kind == to.Kind {
		return text
	}
	function := map[[2]Kind]string{
		{Float32, Uint32}: "math.Float32bits", {Uint32, Float32}: "math.Float32frombits",
		{Float64, Uint64}: "math.Float64bits", {Uint64, Float64}: "math.Float64frombits",
	}[[2]Kind{from.Kind, to.Kind}]
	if function == "" { // signed or not
		return p.conversion(to) + "(" + text + ")"
	}
	template := builtins[function].glsl
	if p.cuda {
		template = builtins[function].cuda
	}
	return strings.ReplaceAll(template, "$0", text)
}

func (p *devicePrinter) conversion(t *Type) string {
	if p.cuda && t.size() == 8 {
		return "(" + p.typ(t) + ")"
	}
	return p.typ(t)
}

func (p *devicePrinter) args(list []Expr) string {
	var text []string
	for _, a := range list {
		text = append(text, p.expr(a, false))
	}
	return strings.Join(text, ", ")
}

func (p *devicePrinter) composite(e *Composite) string {
	var elems []string
	for _, v := range e.Elems {
		elems = append(elems, p.expr(v, false))
	}
	list := strings.Join(elems, ", ")
	if p.cuda {
		return p.typ(e.T) + "_of(" + list + ")"
	}
	return p.typ(e.T) + "(" + list + ")"
}

func (p *devicePrinter) unsigned() string {
	if p.cuda {
		return "unsigned"
	}
	return "uint"
}

// asUint is a subscript modulo 2^32, as a buffer wants it.
func (p *devicePrinter) asUint(e Expr) string {
	if c, ok := int64Of(e); ok {
		return strconv.FormatUint(uint64(uint32(c)), 10) + "u"
	}
	text := p.expr(e, false)
	if e.typ().Kind == Uint32 {
		return parenthesise(e, text)
	}
	return p.unsigned() + "(" + text + ")"
}

// asInt is a subscript of an array.
func (p *devicePrinter) asInt(e Expr) string {
	text := p.expr(e, false)
	if e.typ().bits() == 64 {
		return "int(" + text + ")"
	}
	return text
}

// parenthesise is an expression as the only operand of an operator.
func parenthesise(e Expr, text string) string {
	if needsParentheses(e, token.ILLEGAL, true) {
		return "(" + text + ")"
	}
	return text
}

func (p *devicePrinter) operand(e Expr, exact bool) string {
	return parenthesise(e, p.expr(e, exact))
}

// side is an operand of a binary operator.
func (p *devicePrinter) side(e Expr, op token.Token, right, exact bool) string {
	text := p.expr(e, exact)
	if needsParentheses(e, op, right) {
		return "(" + text + ")"
	}
	return text
}

var comparisonFunctions = map[token.Token]string{
	token.LSS: "less", token.LEQ: "leq", token.GTR: "greater", token.GEQ: "geq", token.EQL: "equal", token.NEQ: "noteq",
}

var arithmeticFunctions = map[token.Token]string{token.ADD: "add", token.SUB: "sub", token.MUL: "mul", token.QUO: "quo"}

func (p *devicePrinter) binary(e *Binary, exact bool) string {
	t := e.X.typ()
	infix := func(op string) string {
		return p.side(e.X, e.Op, false, exact) + " " + op + " " + p.side(e.Y, e.Op, true, exact)
	}
	call := func(name string) string {
		p.need(name, t)
		return fmt.Sprintf("k_%s(%s, %s)", name, p.expr(e.X, false), p.expr(e.Y, false))
	}
	switch {
	case t.isFloat() && comparison(e.Op):
		if p.cuda {
			return infix(e.Op.String())
		}
		return call(comparisonFunctions[e.Op])
	case t.isFloat():
		if p.cuda || exact {
			return infix(e.Op.String())
		}
		return call(arithmeticFunctions[e.Op])
	case e.Op == token.SHL || e.Op == token.SHR:
		return p.shift(e)
	case e.Op == token.QUO || e.Op == token.REM:
		name := map[token.Token]string{token.QUO: "div", token.REM: "rem"}[e.Op]
		if c, ok := int64Of(e.Y); ok && c > 0 && (t.isUnsigned() || e.Op == token.QUO || p.cuda) {
			return infix(e.Op.String())
		}
		return call(name)
	case e.Op == token.AND_NOT:
		return p.operand(e.X, false) + " & ~" + p.operand(e.Y, false)
	case !p.cuda && t.Kind == Int64 && (e.Op == token.LSS || e.Op == token.LEQ || e.Op == token.GTR || e.Op == token.GEQ):
		p.need("ordered", t)
		return fmt.Sprintf("k_ordered(%s) %s k_ordered(%s)", p.expr(e.X, false), e.Op, p.expr(e.Y, false))
	case p.cuda && (t.Kind == Int32 || t.Kind == Int64) && arithmeticFunctions[e.Op] != "":
		return call(arithmeticFunctions[e.Op]) // signed overflow is undefined in C
	}
	return infix(e.Op.String())
}

// shift is a shift by any count.
func (p *devicePrinter) shift(e *Binary) string {
	width := e.T.bits()
	name := "shl"
	if e.Op == token.SHR {
		name = "shr"
	}
	if c, ok := int64Of(e.Y); ok {
		switch {
		case c < width && e.Op == token.SHL && p.cuda && !e.T.isUnsigned():
			// On the bits: a negative number must not be shifted in C.
		case c < width:
			return fmt.Sprintf("%s %s %d", p.operand(e.X, false), e.Op, c)
		}
		p.need(name, e.T)
		return fmt.Sprintf("k_%s(%s, %du)", name, p.expr(e.X, false), min(c, math.MaxUint32))
	}
	p.need(name, e.T)
	count := p.expr(e.Y, false)
	switch y := e.Y.typ(); {
	case y.bits() == 64:
		p.need("count", y)
		count = "k_count(" + count + ")"
	case y.Kind != Uint32:
		count = p.unsigned() + "(" + count + ")"
	}
	return fmt.Sprintf("k_%s(%s, %s)", name, p.expr(e.X, false), count)
}

func (p *devicePrinter) unary(e *Unary, exact bool) string {
	x := p.operand(e.X, exact)
	switch e.Op {
	case token.XOR:
		return "~" + x
	case token.NOT:
		return "!" + x
	}
	if e.T.isInteger() && p.cuda && !e.T.isUnsigned() && e.T.Kind != Int {
		p.need("sub", e.T) // signed overflow is undefined in C
		return "k_sub(" + p.expr(zero(e.T), false) + ", " + p.expr(e.X, false) + ")"
	}
	if e.T.isFloat() && !p.cuda {
		p.need("neg", e.T)
		return "k_neg(" + p.expr(e.X, false) + ")" // precise does not reach through a call
	}
	return "-" + x
}

func (p *devicePrinter) convert(e *Convert) string {
	x := p.expr(e.X, false)
	if e.T.Kind == e.X.typ().Kind {
		// C++ takes (double(n)) before a sign for a cast to a type of functions.
		if inner, ok := e.X.(*Convert); ok && p.typ(inner.T) != p.typ(inner.X.typ()) {
			return x
		}
		return "(" + x + ")"
	}
	t := p.typ(e.T)
	if e.T.isFloat() && e.X.typ().isInteger() && !p.cuda && !varies(e.X) {
		p.zero = true // the integer may become the constant 0 when a loop is unrolled
		p.need("add", e.T)
		return fmt.Sprintf("k_add(%s(%s), %s(k_zero))", t, x, t)
	}
	if strings.Contains(t, " ") {
		return "(" + t + ")(" + x + ")"
	}
	if t == p.typ(e.X.typ()) {
		return parenthesise(e.X, x)
	}
	return t + "(" + x + ")"
}

// varies reports whether no compiler can take an expression for a constant: it is
// a value of the launch, to which constants are added. Any other operation may lose
// the value, as x-x, x>>64 and x&0 do.
func varies(e Expr) bool {
	switch e := e.(type) {
	case *Load, *Length:
		return true
	case *Ref:
		return e.Var.Index > 0 || e.Var.Scalar
	case *Convert:
		return varies(e.X)
	case *Binary:
		if e.Op != token.ADD && e.Op != token.SUB {
			return false
		}
		_, left := int64Of(e.X)
		_, right := int64Of(e.Y)
		return left && varies(e.Y) || right && varies(e.X)
	}
	return false
}

func (p *devicePrinter) builtin(e *Builtin) string {
	text := e.Fn.glsl
	if p.cuda {
		text = e.Fn.cuda
	}
	if e.T.isInteger() && (e.Fn.name == "min" || e.Fn.name == "max") && (p.cuda || e.T.bits() == 32) {
		text = e.Fn.name + "($0, $1)"
	}
	if name, ok := strings.CutPrefix(text, "k_"); ok {
		p.need(name[:strings.IndexByte(name, '(')], e.Args[0].typ())
	}
	for i, a := range e.Args {
		text = strings.ReplaceAll(text, "$"+strconv.Itoa(i), p.expr(a, false))
	}
	return text
}
