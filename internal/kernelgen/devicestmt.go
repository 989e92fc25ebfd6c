package kernelgen

import (
	"fmt"
	"strings"
)

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
		// What Mesa reads in the condition, or before it leaves a loop without one, it
		// takes for read behind the loop, of whichever turn; see docs/kernels.md.
		if !p.cuda && (s.Cond == nil || loads(s.Cond)) {
			p.line("for (%s; tandem_n != 0u;%s) {", init, post)
			if s.Cond != nil {
				p.line("\tif (!(%s)) break;", strings.TrimPrefix(cond, " "))
			}
		} else {
			p.line("for (%s;%s;%s) {", init, cond, post)
		}
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
	if load, ok := s.To.(*Load); ok && load.T != nil && !p.elements {
		p.line("%s = %s;", p.number(load, load.bounded()), p.bits(value, load.T, load.Buffer.Elem))
		return
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
