package kernelgen

import (
	"fmt"
	"go/constant"
	"go/token"
	"math"
	"slices"
	"strconv"
	"strings"
)

// devicePrinter prints a kernel in GLSL or CUDA C, which are alike in most of
// what kernels have.
//
// GLSL lets a compiler compute with other roundings than were asked for unless
// the result is a `precise` variable. All variables of floating-point types are
// declared so; arithmetic whose result is no variable, in a condition or an
// argument, calls helpers, in which it is one.
type devicePrinter struct {
	k       *Kernel
	cuda    bool
	text    strings.Builder
	tabs    int
	helpers map[string]bool
	arrays  []arrayDecl // CUDA's array types, in the order of their use
	many    *Function
	temps   int
	zero    bool // k_zero is used

	collectives []*Collective // one of each kind that is used
	// elements says that the names of buffers are those of elements; see tiles.go.
	elements bool
}

// localSize is the number of invocations of a work-group: as many as the built-in
// element-wise kernels have, a multiple of every device's subgroups.
const localSize = 256

func (p *devicePrinter) line(format string, args ...any) {
	p.text.WriteString(strings.Repeat("\t", p.tabs))
	fmt.Fprintf(&p.text, format, args...)
	p.text.WriteByte('\n')
}

// deviceText is the text of a kernel after the prelude.
func deviceText(k *Kernel, cuda bool) string {
	p := &devicePrinter{k: k, cuda: cuda, helpers: map[string]bool{}}
	// What stands first is known last.
	for _, f := range k.Functions {
		p.function(f)
	}
	p.main()
	body := p.text.String()
	p.text.Reset()
	p.structures()
	types := p.text.String()
	var helpers strings.Builder
	p.writeHelpers(&helpers)
	zero := ""
	if p.zero {
		zero = zeroText
	}
	return p.arrayTypes() + types + zero + helpers.String() + body
}

// The names of scalar types, by kind.
var (
	glslTypes = [...]string{"bool", "int", "int", "uint", "int64_t", "uint64_t", "float", "double"}
	cudaTypes = [...]string{"bool", "int", "int", "unsigned", "long long", "unsigned long long", "float", "double"}
)

func (p *devicePrinter) typ(t *Type) string {
	switch {
	case t.Kind == Struct:
		return t.Name
	case t.Kind == Array && p.cuda:
		name := "s_array_" + strings.ReplaceAll(strings.TrimPrefix(p.typ(t.Elem), "s_"), " ", "_") + "_" + strconv.FormatInt(t.Len, 10)
		elem := p.typ(t.Elem)
		decl := arrayDecl{elem, fmt.Sprintf("struct %s { %s v[%d]; };\n", name, elem, t.Len)}
		if !slices.ContainsFunc(p.arrays, func(d arrayDecl) bool { return strings.HasPrefix(d.text, decl.text) }) {
			types, members := make([]string, t.Len), make([]string, t.Len)
			for i := range types {
				types[i], members[i] = elem, fmt.Sprintf("v[%d]", i)
			}
			decl.text += maker(name, types, members)
			p.arrays = append(p.arrays, decl)
		}
		return name
	case t.Kind == Array:
		return fmt.Sprintf("%s[%d]", p.typ(t.Elem), t.Len)
	case p.cuda:
		return cudaTypes[t.Kind]
	}
	return glslTypes[t.Kind]
}

// arrayDecl is a structure around an array.
type arrayDecl struct{ elem, text string }

// maker is a function of CUDA C that makes a structure of its members: not every
// dialect that NVRTC takes has expressions for it.
func maker(name string, types, members []string) string {
	params, body := make([]string, len(types)), ""
	for i, t := range types {
		params[i] = fmt.Sprintf("%s a%d", t, i)
		body += fmt.Sprintf(" r.%s = a%d;", members[i], i)
	}
	return fmt.Sprintf("static __device__ __forceinline__ %s %s_of(%s) { %s r;%s return r; }\n", name, name, strings.Join(params, ", "), name, body)
}

// arrayTypes are CUDA's structures around arrays of numbers: C copies no arrays.
// Those of structures stand behind the structures.
func (p *devicePrinter) arrayTypes() string {
	var b strings.Builder
	for _, d := range p.arrays {
		if !strings.HasPrefix(d.elem, "s_") {
			b.WriteString(d.text)
		}
	}
	return b.String()
}

func fieldName(name string) string { return "m_" + plainName(name) }

// plainName is a name with nothing in it that GLSL or C do not take.
func plainName(name string) string {
	n := namer{taken: map[string]bool{}}
	return n.name(name)
}

func (p *devicePrinter) structures() {
	for _, t := range p.k.Structs {
		p.line("struct %s {", t.Name)
		for _, f := range t.Fields {
			p.line("\t%s %s;", p.typ(f.Type), fieldName(f.Name))
		}
		p.line("};")
		if p.cuda {
			var types, members []string
			for _, f := range t.Fields {
				types, members = append(types, p.typ(f.Type)), append(members, fieldName(f.Name))
			}
			p.text.WriteString(maker(t.Name, types, members))
		}
		for _, d := range p.arrays {
			if d.elem == t.Name {
				p.text.WriteString(d.text)
			}
		}
	}
}

// declaration is a variable's type and name.
func (p *devicePrinter) declaration(v *Var) string {
	precise := ""
	if !p.cuda && hasFloat(v.Type) {
		precise = "precise "
	}
	return precise + p.typ(v.Type) + " " + v.Name
}

func hasFloat(t *Type) bool {
	switch t.Kind {
	case Array:
		return hasFloat(t.Elem)
	case Struct:
		for _, f := range t.Fields {
			if hasFloat(f.Type) {
				return true
			}
		}
		return false
	}
	return t.isFloat()
}

func (p *devicePrinter) function(f *Function) {
	var params []string
	for _, v := range f.Params {
		params = append(params, p.typ(v.Type)+" "+v.Name)
	}
	result := "void"
	if len(f.Results) == 1 {
		result = p.typ(f.Results[0])
	} else {
		for i, t := range f.Results {
			if p.cuda {
				params = append(params, fmt.Sprintf("%s &tandem_r%d", p.typ(t), i))
			} else {
				params = append(params, fmt.Sprintf("out %s tandem_r%d", p.typ(t), i))
			}
		}
	}
	head := fmt.Sprintf("%s %s(%s) {", result, f.Name, strings.Join(params, ", "))
	if p.cuda {
		head = "static __device__ __forceinline__ " + head
	}
	p.many = nil
	if len(f.Results) > 1 {
		p.many = f
	}
	p.line("%s", head)
	p.block(f.Body)
	p.line("}")
	p.line("")
	p.many = nil
}

func (p *devicePrinter) main() {
	k := p.k
	switch {
	case k.Fold != nil:
		p.foldMain()
		return
	case k.Group > 0:
		p.groupMain()
		return
	case p.cuda && k.tiled():
		p.tiles()
		return
	}
	uint := "uint"
	if p.cuda {
		uint = "unsigned"
		p.line("TANDEM_KERNEL {")
	} else {
		p.line("void main() {")
	}
	first := k.Indices[0].Name
	switch len(k.Indices) {
	case 1:
		p.line("\tif (tandem_index() >= tandem_n) return;")
		p.line("\tint %s = int(tandem_index() + tandem_lo);", first)
	default:
		// A first index has as many work-groups as its other indices fill.
		extent := k.Extents[0].Name
		if len(k.Indices) == 3 {
			extent += " * " + k.Extents[1].Name
		}
		local := p.local()
		p.line("\t%s tandem_across = (%s(%s) + %du) / %du;", uint, uint, extent, localSize-1, localSize)
		p.line("\t%s tandem_row = tandem_group() / tandem_across;", uint)
		p.line("\t%s tandem_rest = tandem_group() %% tandem_across * %du + %s;", uint, localSize, local)
		p.line("\tif (tandem_row >= tandem_n || tandem_rest >= %s(%s)) return;", uint, extent)
		p.line("\tint %s = int(tandem_row + tandem_lo);", first)
		if len(k.Indices) == 2 {
			p.line("\tint %s = int(tandem_rest);", k.Indices[1].Name)
		} else {
			p.line("\tint %s = int(tandem_rest / %s(%s));", k.Indices[1].Name, uint, k.Extents[1].Name)
			p.line("\tint %s = int(tandem_rest %% %s(%s));", k.Indices[2].Name, uint, k.Extents[1].Name)
		}
	}
	p.block(k.Body)
	p.line("}")
}

func (p *devicePrinter) local() string {
	if p.cuda {
		return "threadIdx.x"
	}
	return "gl_LocalInvocationID.x"
}

func (p *devicePrinter) block(list []Stmt) {
	p.tabs++
	for _, s := range list {
		p.statement(s)
	}
	p.tabs--
}

func (p *devicePrinter) statement(s Stmt) {
	switch s := s.(type) {
	case *Declare:
		if s.Init == nil {
			if s.Var.Type.isScalar() {
				p.line("%s = %s;", p.declaration(s.Var), p.expr(zero(s.Var.Type), true))
			} else {
				p.line("%s = %s;", p.declaration(s.Var), p.expr(zeroValue(s.Var.Type), true))
			}
			return
		}
		p.line("%s = %s;", p.declaration(s.Var), p.expr(s.Init, s.Var.Type.isScalar()))
	case *Assign:
		p.assign(s)
	case *CallMany:
		p.callMany(s)
	case *If:
		p.line("if (%s) {", p.expr(s.Cond, false))
		p.block(s.Then)
		if len(s.Else) > 0 {
			p.line("} else {")
			p.block(s.Else)
		}
		p.line("}")
	case *For:
		init, cond, post := "", "", ""
		if s.Var != nil {
			init = fmt.Sprintf("%s = %s", p.declaration(s.Var), p.expr(s.Init, true))
		}
		if s.Cond != nil {
			cond = " " + p.expr(s.Cond, false)
		}
		if s.Post != nil {
			post = fmt.Sprintf(" %s = %s", p.expr(s.Post.To, false), p.expr(s.Post.Value, true))
		}
		p.line("for (%s;%s;%s) {", init, cond, post)
		p.block(s.Body)
		p.line("}")
	case *Switch:
		p.line("switch (0) {")
		p.line("default:")
		p.block(s.Body)
		p.line("}")
	case *Barrier:
		p.line("%s;", p.barrier())
	case *Collective:
		p.line("%s = %s(%s);", p.declaration(s.To), p.collective(s), p.expr(s.Value, false))
	case *Atomic:
		p.atomic(s)
	case *Break:
		p.line("break;")
	case *Continue:
		p.line("continue;")
	case *Return:
		p.returns(s)
	}
}

// temp makes a variable for a value that is no variable yet.
func (p *devicePrinter) temp(e Expr) string {
	p.temps++
	v := &Var{Name: fmt.Sprintf("tandem_t%d", p.temps), Type: e.typ()}
	p.line("%s = %s;", p.declaration(v), p.expr(e, v.Type.isScalar()))
	return v.Name
}

func (p *devicePrinter) assign(s *Assign) {
	value := ""
	if _, isVar := s.To.(*Ref); !isVar && !p.cuda && rounds(s.Value) {
		value = p.temp(s.Value)
	} else {
		value = p.expr(s.Value, isVar && s.To.typ().isScalar())
	}
	p.line("%s = %s;", p.expr(s.To, false), value)
}

// rounds reports whether an expression is arithmetic whose rounding matters.
func rounds(e Expr) bool {
	switch e := e.(type) {
	case *Binary:
		return e.T.isFloat()
	case *Unary:
		return e.T.isFloat() && rounds(e.X)
	}
	return false
}

func (p *devicePrinter) returns(s *Return) {
	switch {
	case len(s.Results) == 0:
		p.line("return;")
	case p.many != nil:
		names := make([]string, len(s.Results))
		for i, e := range s.Results {
			names[i] = p.expr(e, false)
		}
		for i, n := range names {
			p.line("tandem_r%d = %s;", i, n)
		}
		p.line("return;")
	case !p.cuda && rounds(s.Results[0]):
		p.line("return %s;", p.temp(s.Results[0]))
	default:
		p.line("return %s;", p.expr(s.Results[0], false))
	}
}

func (p *devicePrinter) callMany(s *CallMany) {
	var args []string
	for _, a := range s.Args {
		args = append(args, p.expr(a, false))
	}
	results := []*Type{typeUint32, typeUint32}
	name := "k_mul32"
	if s.Fn != nil {
		results, name = s.Fn.Results, s.Fn.Name
	} else {
		p.need("mul32", typeUint32)
	}
	for i, v := range s.To {
		if v != nil {
			args = append(args, v.Name)
			continue
		}
		p.temps++
		unused := &Var{Name: fmt.Sprintf("tandem_t%d", p.temps), Type: results[i]}
		p.line("%s;", p.declaration(unused))
		args = append(args, unused.Name)
	}
	p.line("%s(%s);", name, strings.Join(args, ", "))
}

// expr prints an expression. exact says that it becomes the value of a precise
// variable, so that its operations need no helpers.
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
		return fmt.Sprintf("%s[%s + %s_at]", e.Buffer.Name, p.asUint(e.At), e.Buffer.Name)
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
		return p.expr(e.X, false) + "." + fieldName(e.X.typ().Fields[e.Field].Name)
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

var comparisonHelpers = map[token.Token]string{
	token.LSS: "less", token.LEQ: "leq", token.GTR: "greater", token.GEQ: "geq", token.EQL: "equal", token.NEQ: "noteq",
}

var arithmeticHelpers = map[token.Token]string{token.ADD: "add", token.SUB: "sub", token.MUL: "mul", token.QUO: "quo"}

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
		return call(comparisonHelpers[e.Op])
	case t.isFloat():
		if p.cuda || exact {
			return infix(e.Op.String())
		}
		return call(arithmeticHelpers[e.Op])
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
	case p.cuda && (t.Kind == Int32 || t.Kind == Int64) && arithmeticHelpers[e.Op] != "":
		return call(arithmeticHelpers[e.Op]) // signed overflow is undefined in C
	}
	return infix(e.Op.String())
}

// zeroText declares the zero that stands for the constant 0. Mesa's GLSL compiler
// takes x*0 for 0 and x+0 for x, `precise` or not, and so loses NaN and the sign
// of 0 (22.3.6): this zero is one that it does not know. There are never 2^32-1
// indices in a dispatch.
const zeroText = "float k_zero = uintBitsToFloat(tandem_n / 4294967295u);\n"

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
		return "k_neg(" + p.expr(e.X, exact) + ")"
	}
	return "-" + x
}

func (p *devicePrinter) convert(e *Convert) string {
	x := p.expr(e.X, false)
	if e.T.Kind == e.X.typ().Kind {
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
		return x
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
