package kernelgen

import (
	"go/token"
	"go/types"
	"strings"
)

// Numbers whose type has a name of its own are plain numbers in a generated loop, as
// they are on devices. Fields, elements of arrays, parameters and results of the
// functions that a kernel calls have their type there: it is converted to and from.

// named is the type of such a number, or "".
func (p *goPrinter) named(t *Type) string {
	if t.Go == nil || !t.isScalar() {
		return ""
	}
	if _, ok := types.Unalias(t.Go).(*types.Named); !ok {
		return ""
	}
	return types.TypeString(t.Go, p.imports.qualify)
}

// placeType is the type of an element of an array.
func (p *goPrinter) placeType(t *Type) string {
	if name := p.named(t); name != "" {
		return name
	}
	return p.typ(t)
}

// kept is a value for a place of the type.
func (p *goPrinter) kept(t *Type, e Expr) string {
	if name := p.named(t); name != "" && !isConst(e) {
		return name + "(" + p.expr(e) + ")"
	}
	return p.expr(e)
}

// unnamed is what a place of the type has, as a plain number.
func (p *goPrinter) unnamed(t *Type, text string) string {
	if p.named(t) == "" {
		return text
	}
	return p.typ(t) + "(" + text + ")"
}

// place is a variable, a field or an element, to store into.
func (p *goPrinter) place(e Expr) string {
	switch e := e.(type) {
	case *Select:
		return p.expr(e.X) + p.field(e.X.typ(), e.Field)
	case *At:
		return p.expr(e.X) + "[" + p.expr(e.At) + "]"
	case *Load:
		return p.element(e)
	}
	return p.expr(e)
}

// field is the step to a field of a structure. One of another package that has no capital
// letter is an embedded structure, whose fields are reached without it.
func (p *goPrinter) field(t *Type, i int) string {
	name := t.Fields[i].Name
	if p.imports.foreign(t.Go) && !token.IsExported(name) {
		return ""
	}
	return "." + name
}

// member is the type of a member of a structure or an array.
func (e *Composite) member(i int) *Type {
	if e.T.Kind == Struct {
		return e.T.Fields[i].Type
	}
	return e.T.Elem
}

// call is a call of a device function: of a method by its receiver, which the
// compiler puts into the caller also where the type is generic.
func (p *goPrinter) call(f *Function, args []Expr) string {
	list := make([]string, len(args))
	for i, a := range args {
		list[i] = p.kept(f.Params[i].Type, a)
	}
	if f.Method == "" {
		return p.imports.object(f.Obj) + "(" + strings.Join(list, ", ") + ")"
	}
	text := list[0]
	switch receiver := f.Params[0].Type; {
	case receiver.Kind == Array || isConst(args[0]): // its type has no name here
		text = types.TypeString(receiver.Go, p.imports.qualify) + "(" + text + ")"
	case receiver.Kind == Struct && !operand(args[0]):
		text = "(" + text + ")"
	}
	return text + "." + f.Method + "(" + strings.Join(list[1:], ", ") + ")"
}

// operand reports whether a method can be called of what an expression prints.
func operand(e Expr) bool {
	switch e.(type) {
	case *Ref, *Select, *At, *Call:
		return true
	}
	return false
}

// callMany prints a call with several results.
func (p *goPrinter) callMany(s *CallMany, to []string) {
	if s.Fn == nil {
		p.line("%s = %s(%s)", strings.Join(to, ", "), p.imports.call(s.Mul.name), p.list(s.Args))
		return
	}
	call := p.call(s.Fn, s.Args)
	var after []string
	made := false
	for i, t := range s.Fn.Results {
		if p.named(t) == "" || s.To[i] == nil {
			continue
		}
		name := p.k.names.name("t")
		after = append(after, to[i]+" = "+p.unnamed(t, name))
		to[i], made = name, true
	}
	if !made {
		p.line("%s = %s", strings.Join(to, ", "), call)
		return
	}
	for i, t := range s.Fn.Results { // those that are made and those that are there
		if p.named(t) == "" && to[i] != "_" {
			name := p.k.names.name("t")
			after = append(after, to[i]+" = "+name)
			to[i] = name
		}
	}
	p.line("%s := %s", strings.Join(to, ", "), call)
	for _, line := range after {
		p.line("%s", line)
	}
}
