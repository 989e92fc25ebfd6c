package kernelgen

import (
	"fmt"
	"go/constant"
	"go/token"
	"go/types"
	"slices"
	"strconv"
	"strings"
)

// goPrinter prints a kernel's body in Go.
type goPrinter struct {
	k       *Kernel
	imports *imports
	text    strings.Builder
	tabs    int
	element func(e *Load) string // how an element of a buffer is reached
	slices  map[*Buffer]bool     // buffers that are needed
	used    map[*Var]bool
	loops   int    // around the statement, within the kernel's own
	label   string // of the loop over indices
	labeled bool   // the label is used
	fold    foldNames
	last    Stmt // after which nothing comes
	// whole are the loops and switches of what is printed, to which it can jump.
	whole map[*enclosing]bool
	// rename is what a variable is called, where that is not its name: then it
	// is declared elsewhere. It may be nil.
	rename func(v *Var) string
}

func (p *goPrinter) variable(v *Var) string {
	if p.rename != nil {
		return p.rename(v)
	}
	return v.Name
}

// define prints the declaration of a variable with a value.
func (p *goPrinter) define(v *Var, value string) {
	if name := p.variable(v); name != v.Name {
		p.line("%s = %s", name, value)
	} else {
		p.line("%s := %s", name, value)
	}
}

func (p *goPrinter) line(format string, args ...any) {
	p.text.WriteString(strings.Repeat("\t", p.tabs))
	fmt.Fprintf(&p.text, format, args...)
	p.text.WriteByte('\n')
}

func (p *goPrinter) typ(t *Type) string {
	switch t.Kind {
	case Array:
		return fmt.Sprintf("[%d]%s", t.Len, p.placeType(t.Elem))
	case Struct:
		return types.TypeString(t.Go, p.imports.qualify)
	}
	return kindNames[t.Kind]
}

func (p *goPrinter) block(list []Stmt) {
	p.tabs++
	for _, s := range list {
		p.statement(s)
	}
	p.tabs--
}

func (p *goPrinter) statement(s Stmt) {
	if p.stepOfJump(s) {
		return
	}
	switch s := s.(type) {
	case *Declare:
		switch name := p.variable(s.Var); {
		case s.Var.Stored && name == s.Var.Name:
		case s.Init == nil && name != s.Var.Name && !s.Var.Type.isScalar():
			p.line("%s = %s{}", name, p.typ(s.Var.Type))
		case s.Init == nil && name != s.Var.Name:
			p.line("%s = %s", name, p.expr(zero(s.Var.Type)))
		case name != s.Var.Name:
			p.line("%s = %s", name, p.expr(s.Init))
		case s.Init == nil:
			p.line("var %s %s", s.Var.Name, p.typ(s.Var.Type))
		case isConst(s.Init):
			p.line("var %s %s = %s", s.Var.Name, p.typ(s.Var.Type), p.expr(s.Init))
		default:
			p.line("%s := %s", s.Var.Name, p.expr(s.Init))
		}
	case *Assign:
		if s.all != nil {
			s = s.all
		}
		if !s.part {
			p.line("%s", p.assignment(s))
		}
	case *CallMany:
		to := make([]string, len(s.To))
		for i, v := range s.To {
			if to[i] = "_"; v != nil {
				to[i] = p.variable(v)
			}
		}
		p.callMany(s, to)
	case *If:
		then, other, cond := s.Then, s.Else, s.Cond
		if len(then) == 0 {
			then, other, cond = other, nil, &Unary{typeBool, token.NOT, cond}
		}
		p.line("if %s {", p.expr(cond))
		p.block(then)
		if len(other) > 0 {
			p.line("} else {")
			p.block(other)
		}
		p.line("}")
	case *For:
		p.loop(s)
	case *Atomic:
		p.atomic(s)
	case *Switch:
		p.labelOf(s.from, s.Body)
		p.line("switch {")
		p.line("default:")
		p.block(s.Body)
		p.line("}")
	case *Break:
		if p.jumps(s.leads) {
			p.jump(s.leads)
			return
		}
		p.line("break")
	case *Continue:
		p.line("continue")
	case *Return:
		if p.k.Fold != nil {
			p.yield(s.Results[0])
		}
		if s == p.last {
			return
		}
		if p.loops > 0 {
			p.line("continue %s", p.label)
			p.labeled = true
		} else {
			p.line("continue")
		}
	}
}

func (p *goPrinter) assignment(s *Assign) string {
	to := p.place(s.To)
	if to != p.expr(s.To) { // its type has a name of its own
		return to + " = " + p.kept(s.To.typ(), s.Value)
	}
	if b, ok := s.Value.(*Binary); ok && !comparison(b.Op) && b.Op != token.LAND && b.Op != token.LOR {
		if p.expr(b.X) == to {
			if c, ok := int64Of(b.Y); ok && c == 1 && (b.Op == token.ADD || b.Op == token.SUB) {
				return to + map[token.Token]string{token.ADD: "++", token.SUB: "--"}[b.Op]
			}
			y := p.operand(b.Y, b.Op, false)
			if isBinary(b.Y) && !strings.HasPrefix(y, p.typ(b.T)+"(") {
				y = p.expr(b.Y) // the whole right side is one operand
			}
			return fmt.Sprintf("%s %s= %s", to, b.Op, y)
		}
	}
	return to + " = " + p.expr(s.Value)
}

func (p *goPrinter) loop(s *For) {
	p.labelOf(s.from, s.Body)
	p.loopHead(s)
	p.loops++
	p.block(s.Body)
	p.loops--
	p.line("}")
}

func (p *goPrinter) loopHead(s *For) {
	cond, post, init := "", "", ""
	if s.Cond != nil {
		cond = p.expr(s.Cond)
	}
	if s.Post != nil {
		post = p.assignment(s.Post)
	}
	if s.Var != nil {
		value := p.expr(s.Init)
		if isConst(s.Init) && s.Var.Type.Kind != Int {
			value = p.typ(s.Var.Type) + "(" + value + ")"
		}
		init = s.Var.Name + " := " + value
	}
	switch {
	case init == "" && post == "":
		p.line("%s {", strings.TrimSpace("for "+cond))
	default:
		p.line("for %s; %s; %s {", init, cond, post)
	}
}

// atomic prints an atomic operation. Memory that a group shares belongs to one
// goroutine, where every operation is one.
func (p *goPrinter) atomic(s *Atomic) {
	target := p.place(s.Target)
	if _, isBuffer := s.Target.(*Load); isBuffer {
		call := fmt.Sprintf("%s.%s(&%s, %s)", p.imports.name(atomicsPath, "atomics"), s.Op, target, p.list(s.Args))
		if s.To != nil {
			p.define(s.To, call)
		} else {
			p.line("%s", call)
		}
		return
	}
	if s.To != nil {
		p.define(s.To, target)
	}
	value := p.expr(s.Args[0])
	switch s.Op {
	case "Min", "Max":
		p.line("%s = %s(%s, %s)", target, strings.ToLower(s.Op), target, value)
	case "Exchange":
		p.line("%s = %s", target, value)
	case "CompareAndSwap":
		p.line("if %s == %s {", target, p.operand(s.Args[0], token.EQL, true))
		p.line("\t%s = %s", target, p.expr(s.Args[1]))
		p.line("}")
	default:
		p.line("%s %s= %s", target, map[string]string{"Add": "+", "And": "&", "Or": "|", "Xor": "^"}[s.Op], value)
	}
}

func (p *goPrinter) list(args []Expr) string {
	text := make([]string, len(args))
	for i, a := range args {
		text[i] = p.expr(a)
	}
	return strings.Join(text, ", ")
}

// operand is an operand of op; a product is rounded before it is added to, which
// Go leaves open otherwise.
func (p *goPrinter) operand(e Expr, op token.Token, right bool) string {
	text := p.expr(e)
	inner := e
	if u, ok := inner.(*Unary); ok && u.Op == token.SUB {
		inner = u.X
	}
	if b, ok := inner.(*Binary); ok {
		if b.Op == token.MUL && b.T.isFloat() && (op == token.ADD || op == token.SUB) {
			return p.typ(b.T) + "(" + text + ")"
		}
	}
	if needsParentheses(e, op, right) {
		return "(" + text + ")"
	}
	return text
}

func (p *goPrinter) expr(e Expr) string {
	switch e := e.(type) {
	case *Const:
		return goConst(e)
	case *Ref:
		p.used[e.Var] = true
		return p.variable(e.Var)
	case *Load:
		if e.T != nil {
			return p.unnamed(e.T, p.element(e))
		}
		return p.element(e)
	case *Length:
		if e.Buffer.Foot.whole {
			p.slices[e.Buffer] = true // all of it: the compiler knows what len is
			return "len(" + e.Buffer.Name + ")"
		}
		p.used[e.Buffer.Len] = true
		return e.Buffer.Len.Name
	case *Binary:
		x, y := p.operand(e.X, e.Op, false), p.operand(e.Y, e.Op, true)
		if (e.Op == token.SHL || e.Op == token.SHR) && isConst(e.X) {
			x = p.typ(e.T) + "(" + x + ")"
		}
		return x + " " + e.Op.String() + " " + y
	case *Unary:
		return e.Op.String() + p.operand(e.X, token.ILLEGAL, true)
	case *Convert:
		return p.typ(e.T) + "(" + p.expr(e.X) + ")"
	case *Call:
		return p.unnamed(e.T, p.call(e.Fn, e.Args))
	case *Builtin:
		return p.imports.call(e.Fn.name) + "(" + p.list(e.Args) + ")"
	case *Select, *At:
		return p.unnamed(e.typ(), p.place(e))
	case *Composite:
		if e.place != nil {
			return p.element(e.place)
		}
		elems := make([]string, len(e.Elems))
		keyed := e.T.Kind == Struct && p.imports.foreign(e.T.Go)
		for i, x := range e.Elems {
			if elems[i] = p.kept(e.member(i), x); keyed {
				elems[i] = e.T.Fields[i].Name + ": " + elems[i]
			}
		}
		// What has no capital letter, nobody here can have given a value: functions of
		// other packages that do are called, or refused where they take slices.
		if keyed {
			elems = slices.DeleteFunc(elems, func(text string) bool { return !token.IsExported(text) })
		}
		return p.typ(e.T) + "{" + strings.Join(elems, ", ") + "}"
	}
	panic(fmt.Sprintf("kernelgen: BUG: no Go for %T", e))
}

func isBinary(e Expr) bool { _, ok := e.(*Binary); return ok }

// precedence has the operators that bind alike in Go, GLSL and C.
var precedence = map[token.Token]int{
	token.MUL: 5, token.QUO: 5, token.REM: 5, token.ADD: 4, token.SUB: 4,
	token.LSS: 3, token.LEQ: 3, token.GTR: 3, token.GEQ: 3, token.EQL: 3, token.NEQ: 3,
	token.LAND: 2, token.LOR: 1,
}

// needsParentheses reports whether an operand of op must stand in parentheses so
// that every language, and every reader, takes it for one.
func needsParentheses(e Expr, op token.Token, right bool) bool {
	switch e := e.(type) {
	case *Unary:
		return e.Op != token.NOT
	case *Binary:
		inner, outer := precedence[e.Op], precedence[op]
		return inner == 0 || outer == 0 || inner < outer || inner == outer && (right || outer == 3)
	}
	return false
}

// poly prints a polynomial over variables as an int.
func (p *goPrinter) poly(q poly) string {
	return q.format(func(name string) string {
		v := p.k.vars[name]
		p.used[v] = true
		if v.Type.Kind != Int {
			return "int(" + name + ")"
		}
		return name
	})
}

// goConst is a constant as Go reads it.
func goConst(c *Const) string {
	switch c.T.Kind {
	case Bool:
		return strconv.FormatBool(constant.BoolVal(c.Val))
	case Float32:
		v, _ := constant.Float32Val(c.Val)
		return strconv.FormatFloat(float64(v), 'g', -1, 32)
	case Float64:
		v, _ := constant.Float64Val(c.Val)
		return strconv.FormatFloat(v, 'g', -1, 64)
	}
	return constant.ToInt(c.Val).ExactString()
}
