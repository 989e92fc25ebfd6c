package kernelgen

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/types"
)

// aggregate is a parameter of a kernel that is a structure or an array with slices in
// it, or a member of one. It is no value of the language, and never on a device: its
// members are arguments of their own, and those that the kernel does not use are none.
type aggregate struct {
	typ     types.Type
	label   string // as in Go: "p.X", "p[2]"
	path    string // without the parameter: ".X", "[2]"
	name    string // for what it becomes
	members []*aggregate

	used     ast.Expr // where it first is, nil if nowhere
	assigned bool

	// What a used one without members became.
	buffer *Buffer
	value  *Var
}

// hasSlices reports whether a type is a structure or an array with slices in it, or in
// what it has of these.
func hasSlices(t types.Type) bool {
	slices := func(t types.Type) bool {
		_, slice := t.Underlying().(*types.Slice)
		return slice || hasSlices(t)
	}
	switch t := t.Underlying().(type) {
	case *types.Array:
		return slices(t.Elem())
	case *types.Struct:
		for f := range t.Fields() {
			if slices(f.Type()) {
				return true
			}
		}
	}
	return false
}

// longestArray is the greatest length of an array with slices in a type.
func longestArray(t types.Type) (longest int64) {
	if !hasSlices(t) {
		return 0
	}
	switch t := t.Underlying().(type) {
	case *types.Array:
		return max(t.Len(), longestArray(t.Elem()))
	case *types.Struct:
		for f := range t.Fields() {
			longest = max(longest, longestArray(f.Type()))
		}
	}
	return longest
}

// newAggregate makes one with all below it.
func newAggregate(t types.Type, label, path, name string) *aggregate {
	m := &aggregate{typ: t, label: label, path: path, name: name}
	if !hasSlices(t) {
		return m
	}
	add := func(t types.Type, step, suffix string) {
		m.members = append(m.members, newAggregate(t, label+step, path+step, name+"_"+suffix))
	}
	switch t := t.Underlying().(type) {
	case *types.Array:
		for i := range t.Len() {
			add(t.Elem(), fmt.Sprintf("[%d]", i), fmt.Sprint(i))
		}
	case *types.Struct:
		for f := range t.Fields() {
			add(f.Type(), "."+f.Name(), f.Name())
		}
	}
	return m
}

// nouns are what an aggregate with members is called, and what these are.
func (m *aggregate) nouns() (whole, parts string) {
	if _, ok := m.typ.Underlying().(*types.Array); ok {
		return "array", "elements"
	}
	return "structure", "fields"
}

// memberOf is the part of an aggregate that an expression names, or nil.
func (l *lowering) memberOf(e ast.Expr) *aggregate {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		return l.aggregates[l.src.info.Uses[e]]
	case *ast.SelectorExpr:
		if m, path := l.field(e); len(path) == 0 {
			return m
		}
	case *ast.IndexExpr:
		m := l.memberOf(e.X)
		if m == nil || m.members == nil {
			return nil
		}
		at := l.src.info.Types[e.Index].Value
		if at == nil {
			return nil
		}
		i, _ := constant.Int64Val(constant.ToInt(at))
		return m.members[i]
	}
	return nil
}

// field is the part of an aggregate that a field is, or in which it is by the path that
// is left; nil if it is in none.
func (l *lowering) field(e *ast.SelectorExpr) (m *aggregate, path []int) {
	s := l.src.info.Selections[e]
	if s == nil || s.Kind() != types.FieldVal {
		return nil, nil
	}
	m, path = l.memberOf(e.X), s.Index()
	for m != nil && m.members != nil && len(path) > 0 {
		m, path = m.members[path[0]], path[1:]
	}
	return m, path
}

// choosesMember reports whether a subscript chooses among the members of an aggregate
// while the kernel runs, and refuses that.
func (l *lowering) choosesMember(e *ast.IndexExpr) bool {
	m := l.memberOf(e.X)
	if m == nil || m.members == nil {
		return false
	}
	l.refuse(e.Index.Pos(), "the subscript %s that chooses a slice", "write the slices out, with constants: "+m.members[0].label, types.ExprString(e.Index))
	return true
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
// argument for each member that its body uses, in the order of their declaration.
func (l *lowering) aggregateParam(p *types.Var, name string, body *ast.BlockStmt) {
	if n := longestArray(p.Type()); n > maxParams {
		l.refuse(p.Pos(), "an array of %d slices", fmt.Sprintf("a kernel has at most %d", maxParams), n)
		return
	}
	root := newAggregate(p.Type(), name, "", name)
	l.aggregates[p] = root
	use := func(e ast.Expr) {
		m := l.memberOf(e)
		if sel, ok := e.(*ast.SelectorExpr); ok {
			m, _ = l.field(sel)
		}
		if m != nil && m.used == nil {
			m.used = e
		}
	}
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			use(n)
		case *ast.IndexExpr:
			use(n)
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

// markAssigned notes the member of an aggregate in which something is stored.
func (l *lowering) markAssigned(e ast.Expr) {
	for {
		if m := l.memberOf(e); m != nil {
			m.assigned = true
			return
		}
		switch x := ast.Unparen(e).(type) {
		case *ast.SelectorExpr:
			if m, _ := l.field(x); m != nil {
				m.assigned = true
				return
			}
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
	case m.members != nil:
		for _, f := range m.members {
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
	case m.members != nil:
		whole, parts := m.nouns()
		l.refuse(e.Pos(), "the %s %s, which has slices, as a value", "use its "+parts+", and the slices' elements", whole, m.label)
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
	case m.members != nil:
		whole, _ := m.nouns()
		l.refuse(e.Pos(), "an assignment to the %s %s, which has slices", "store into the elements of the slices", whole, m.label)
	}
	return nil
}
