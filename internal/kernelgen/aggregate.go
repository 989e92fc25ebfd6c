package kernelgen

import (
	"go/ast"
	"go/types"
)

// aggregate is a parameter of a kernel that is a structure with slices in it, or a
// member of one. It is no value of the language, and never on a device: its fields
// are arguments of their own, and those that the kernel does not use are none.
type aggregate struct {
	typ    types.Type
	label  string // as in Go: "p.X"
	path   string // without the parameter: ".X"
	name   string // for what it becomes
	fields []*aggregate

	used     ast.Expr // where it first is, nil if nowhere
	assigned bool

	// What a used one without fields became.
	buffer *Buffer
	value  *Var
}

// hasSlices reports whether a type is a structure with slices in it, or in structures
// that it has as fields.
func hasSlices(t types.Type) bool {
	s, ok := t.Underlying().(*types.Struct)
	if !ok {
		return false
	}
	for f := range s.Fields() {
		if _, slice := f.Type().Underlying().(*types.Slice); slice || hasSlices(f.Type()) {
			return true
		}
	}
	return false
}

// newAggregate makes one with all below it.
func newAggregate(t types.Type, label, path, name string) *aggregate {
	m := &aggregate{typ: t, label: label, path: path, name: name}
	if hasSlices(t) {
		for f := range t.Underlying().(*types.Struct).Fields() {
			m.fields = append(m.fields, newAggregate(f.Type(), label+"."+f.Name(), path+"."+f.Name(), name+"_"+f.Name()))
		}
	}
	return m
}

// memberOf is the part of an aggregate that an expression names, or nil.
func (l *lowering) memberOf(e ast.Expr) *aggregate {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		return l.aggregates[l.src.info.Uses[e]]
	case *ast.SelectorExpr:
		s := l.src.info.Selections[e]
		if s == nil || s.Kind() != types.FieldVal {
			return nil
		}
		m := l.memberOf(e.X)
		for _, i := range s.Index() {
			if m == nil || m.fields == nil {
				return nil
			}
			m = m.fields[i]
		}
		return m
	}
	return nil
}

// bufferOf is the slice that an expression names, or nil: a parameter of the kernel,
// or a field of one.
func (l *lowering) bufferOf(e ast.Expr) *Buffer {
	if b := l.buffers[l.object(e)]; b != nil {
		return b
	}
	if m := l.memberOf(e); m != nil {
		return m.buffer
	}
	return nil
}

// aggregate makes what a kernel gets for a parameter that has slices in it: one
// argument for each field that its body uses, in the order of their declaration.
func (l *lowering) aggregateParam(p *types.Var, name string, body *ast.BlockStmt) {
	root := newAggregate(p.Type(), name, "", name)
	l.aggregates[p] = root
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			if m := l.memberOf(n); m != nil && m.used == nil {
				m.used = n
			}
		case *ast.AssignStmt:
			for _, e := range n.Lhs {
				l.markAssigned(e)
			}
		case *ast.IncDecStmt:
			l.markAssigned(n.X)
		}
		return true
	})
	param := Param{Name: name, Go: p.Type(), Aggregate: true}
	l.realise(root, &param)
	l.k.Params = append(l.k.Params, param)
}

// markAssigned notes the field of an aggregate in which something is stored.
func (l *lowering) markAssigned(e ast.Expr) {
	for {
		if m := l.memberOf(e); m != nil {
			m.assigned = true
			return
		}
		switch x := ast.Unparen(e).(type) {
		case *ast.SelectorExpr:
			e = x.X
		case *ast.IndexExpr:
			e = x.X
		default:
			return
		}
	}
}

// realise makes the arguments for a member and all below it.
func (l *lowering) realise(m *aggregate, param *Param) {
	switch {
	case m.fields != nil:
		for _, f := range m.fields {
			l.realise(f, param)
		}
	case m.used == nil:
	default:
		if s, ok := m.typ.Underlying().(*types.Slice); ok {
			if m.buffer = l.newBuffer(s, m.used.Pos(), m.name, m.label); m.buffer != nil {
				param.Parts = append(param.Parts, Part{Path: m.path, Buffer: m.buffer, Go: m.typ})
			}
			return
		}
		m.value = l.newValue(m.typ, m.used.Pos(), m.name, m.path, m.assigned, param)
	}
}

// memberValue is a member as a value.
func (l *lowering) memberValue(m *aggregate, e ast.Expr) Expr {
	switch {
	case m.value != nil:
		return &Ref{m.value}
	case m.buffer != nil:
		l.refuse(e.Pos(), "the slice %s as a value", "use its elements and its length", m.label)
	case m.fields != nil:
		l.refuse(e.Pos(), "the structure %s, which has slices, as a value", "use its fields, and the slices' elements", m.label)
	}
	return nil
}

// memberTarget is a member that is assigned to.
func (l *lowering) memberTarget(m *aggregate, e ast.Expr) Expr {
	switch {
	case m.value != nil:
		m.value.Writes++
		return &Ref{m.value}
	case m.buffer != nil:
		l.refuse(e.Pos(), "an assignment to the slice %s", "store into its elements", m.label)
	case m.fields != nil:
		l.refuse(e.Pos(), "an assignment to the structure %s, which has slices", "store into the elements of the slices", m.label)
	}
	return nil
}
