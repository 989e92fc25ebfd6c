package kernelgen

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"strings"
)

// A slice of structures or arrays is one of numbers to devices, with those of a
// structure, its record, next to each other: p[i].x is number 3*i+1. On the host it is
// what it is. For that, the numbers of a record have one size: Go leaves no gaps
// between them.

// step is a field or an element on the way from a record to a number of it.
type step struct {
	field int
	at    Expr // the subscript of an array; nil for a field
	of    *Type
}

// numbers is how many of them a value of the type has.
func (t *Type) numbers() int64 {
	switch t.Kind {
	case Array:
		return t.Len * t.Elem.numbers()
	case Struct:
		n := int64(0)
		for _, f := range t.Fields {
			n += f.Type.numbers()
		}
		return n
	}
	return 1
}

// leaves calls visit for every number of the type.
func (t *Type) leaves(visit func(t *Type)) {
	switch t.Kind {
	case Array:
		for range t.Len {
			t.Elem.leaves(visit)
		}
	case Struct:
		for _, f := range t.Fields {
			f.Type.leaves(visit)
		}
	default:
		visit(t)
	}
}

// recordNumber is the type of numbers that an array of records is one of: that of its
// numbers, or, if they have several of one size, of their bits. It is nil if it was
// refused.
func (l *lowering) recordNumber(record *Type, pos token.Pos) *Type {
	name := types.TypeString(record.Go, l.qualify)
	if n := record.numbers(); n > maxArray {
		l.refuse(pos, "a slice of %s, of %d numbers each", "pass its longest arrays as slices of their own", name, n)
		return nil
	}
	var number *Type
	refused := false
	record.leaves(func(t *Type) {
		switch {
		case refused:
		case t.Kind == Bool || t.Kind == Int:
			l.refuse(pos, "a slice of %s, which has a number of type %s", "use int32 or uint32: it has the same size everywhere", name, kindNames[t.Kind])
			refused = true
		case number == nil:
			number = t
		case number.size() != t.size():
			l.refuse(pos, "a slice of %s, which has numbers of 4 and of 8 bytes", "give its numbers one size, or pass a slice for each size", name)
			refused = true
		case number.Kind != t.Kind:
			number = &Type{Kind: Uint32}
			if t.size() == 8 {
				number = &Type{Kind: Uint64}
			}
		}
	})
	if refused {
		return nil
	}
	return &Type{Kind: number.Kind}
}

// numbers is how many of them an element has.
func (b *Buffer) numbers() int64 {
	if b.Record == nil {
		return 1
	}
	return b.Record.numbers()
}

// records is a number of numbers as one of elements; the terms of p are multiples of
// what an element has.
func (b *Buffer) records(p poly) poly {
	q := poly{}
	for key, v := range p {
		q[key] = v / b.numbers()
	}
	return q
}

// flat is the subscript of the number on devices.
func (e *Load) flat() Expr { return e.flattened(func(s step) Expr { return s.at }) }

// bounded is flat of a number that is stored: a subscript that leaves its array, which
// ends a program on the host, stores into none but the same element on a device, which
// is that of the same index.
func (e *Load) bounded() Expr {
	return e.flattened(func(s step) Expr {
		if ref, ok := s.at.(*Ref); ok && ref.Var.Range != nil {
			lo, ok1 := int64Of(ref.Var.Range.Lo)
			hi, ok2 := int64Of(ref.Var.Range.Hi)
			if ok1 && ok2 && lo >= 0 && hi <= s.of.Len {
				return s.at
			}
		}
		last := &Const{typeUint32, constant.MakeInt64(s.of.Len - 1)}
		return &Convert{typeInt, &Builtin{typeUint32, builtins["min"], []Expr{&Convert{typeUint32, s.at}, last}}}
	})
}

func (e *Load) flattened(within func(step) Expr) Expr {
	if e.Buffer.Record == nil {
		return e.At
	}
	at := e.At
	if at.typ().Kind != Int {
		at = &Convert{typeInt, at}
	}
	at = product(at, e.Buffer.numbers())
	fixed := int64(0)
	for _, s := range e.Steps {
		if s.at == nil {
			for _, f := range s.of.Fields[:s.field] {
				fixed += f.Type.numbers()
			}
			continue
		}
		each := s.of.Elem.numbers()
		if v, ok := int64Of(s.at); ok {
			fixed += v * each
			continue
		}
		inside := within(s)
		if inside.typ().Kind != Int {
			inside = &Convert{typeInt, inside}
		}
		at = &Binary{typeInt, token.ADD, at, product(inside, each)}
	}
	if fixed == 0 {
		return at
	}
	return &Binary{typeInt, token.ADD, at, intConst(fixed)}
}

func product(e Expr, n int64) Expr {
	if v, ok := int64Of(e); ok {
		return intConst(v * n)
	}
	if n == 1 {
		return e
	}
	return &Binary{typeInt, token.MUL, intConst(n), e}
}

// forms are those of an element for what an index touches, which is whole records, and
// of the number alone, for what it has surely written.
func (k *Kernel) forms(e *Load, loops map[string]*Var) (touched, number *form) {
	f, ok := k.formOf(e.At, loops)
	if !ok || e.Buffer.Record == nil {
		return f, f
	}
	n := constant64(e.Buffer.numbers())
	wide := *f
	for d := range wide.coef {
		wide.coef[d] = f.coef[d].times(n)
	}
	wide.lo = f.lo.times(n)
	wide.hi = f.hi.times(n).plus(n, 1).plus(constant64(1), -1)
	number, ok = k.formOf(e.flat(), loops)
	if !ok {
		return &wide, nil
	}
	// What is asked of it as a whole is which element it is in.
	number.whole = f.whole
	for _, s := range e.Steps {
		if s.at == nil || isConst(s.at) {
			continue
		}
		at, ok := k.affine(s.at)
		if !ok {
			return &wide, nil
		}
		number.whole = number.whole.plus(at, 1)
	}
	return &wide, number
}

// place is an element of a buffer, or a part of one.
type place struct {
	load *Load // has the steps to it
	typ  *Type
}

// placeOf is what an expression names of a slice of structures or arrays; ok is false
// if it names nothing of one, and the place nil if it was refused. keep is what becomes
// of subscripts.
func (l *lowering) placeOf(e ast.Expr, keep func(Expr) Expr) (p *place, ok bool) {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		p := l.pointers[l.src.info.Uses[e]]
		return p, p != nil
	case *ast.StarExpr:
		return l.placeOf(e.X, keep)
	case *ast.IndexExpr:
		if b := l.bufferOf(e.X); b != nil {
			if b.Record == nil {
				return nil, false
			}
			at := l.subscript(e.Index)
			if at == nil {
				return nil, true
			}
			return &place{&Load{Buffer: b, At: keep(at), site: l.siteOf(e)}, b.Record}, true
		}
		p, ok := l.placeOf(e.X, keep)
		if p == nil {
			return nil, ok
		}
		at := l.subscript(e.Index)
		if at == nil {
			return nil, true
		}
		return p.then(step{at: keep(at), of: p.typ}, p.typ.Elem, l.siteOf(e)), true
	case *ast.SelectorExpr:
		s := l.src.info.Selections[e]
		if s == nil || s.Kind() != types.FieldVal {
			return nil, false
		}
		p, ok := l.placeOf(e.X, keep)
		if p == nil {
			return nil, ok
		}
		for _, i := range s.Index() {
			p = p.then(step{field: i, of: p.typ}, p.typ.Fields[i].Type, l.siteOf(e))
		}
		return p, true
	}
	return nil, false
}

// pointer takes "b := &balls[i]", after which b.x is balls[i].x and *b all of it, and
// reports whether the statement is one. There are no pointers to be had otherwise.
func (l *lowering) pointer(s *ast.AssignStmt) bool {
	if s.Tok != token.DEFINE || len(s.Lhs) != 1 || len(s.Rhs) != 1 {
		return false
	}
	id, isIdent := s.Lhs[0].(*ast.Ident)
	address, isAddress := ast.Unparen(s.Rhs[0]).(*ast.UnaryExpr)
	if !isIdent || !isAddress || address.Op != token.AND {
		return false
	}
	p, ok := l.placeOf(address.X, func(at Expr) Expr {
		switch at.(type) {
		case *Const:
			return at
		}
		return l.temporary("at", at)
	})
	if !ok {
		return false
	}
	if obj := l.src.info.Defs[id]; obj != nil && p != nil {
		if p.typ.isScalar() {
			l.refuse(address.Pos(), "the address of a number", "take that of the structure that it is in, or use the number: p[i].x")
			return true
		}
		l.pointers[obj] = p
	}
	return true
}

// then is the place a step further.
func (p *place) then(s step, t *Type, at *site) *place {
	load := &Load{Buffer: p.load.Buffer, At: p.load.At, Steps: append(append([]step{}, p.load.Steps...), s), site: at}
	return &place{load, t}
}

// value is what is there: a number, or a structure or an array of what it has.
func (p *place) value() Expr {
	if p == nil {
		return nil
	}
	if p.typ.isScalar() {
		e := p.load
		e.T = p.typ
		return e
	}
	c := &Composite{T: p.typ}
	p.members(func(m *place) { c.Elems = append(c.Elems, m.value()) })
	c.isAt(p.load)
	return c
}

// isAt says that all of c is in a place of a buffer: of that the host has no need to
// take its numbers one by one. How it is reached is found for the first of them.
func (c *Composite) isAt(p *Load) {
	if p == nil {
		return
	}
	var first Expr = c
	for {
		inner, ok := first.(*Composite)
		if !ok {
			break
		}
		first = inner.Elems[0]
	}
	own := *p
	own.site = first.(*Load).site
	c.place = &own
}

// again is an expression of its own that is alike.
func (e *Load) again() *Load {
	own := *e
	own.At, own.site = clone(e.At), &site{pos: e.site.pos, text: e.site.text}
	own.Steps = append([]step{}, e.Steps...)
	for i, s := range own.Steps {
		if s.at != nil {
			own.Steps[i].at = clone(s.at)
		}
	}
	return &own
}

// members visits the places of what is in a structure or an array.
func (p *place) members(visit func(*place)) {
	own := func() *site { return &site{pos: p.load.site.pos, text: p.load.site.text} }
	if p.typ.Kind == Array {
		for i := range p.typ.Len {
			visit(p.then(step{at: intConst(i), of: p.typ}, p.typ.Elem, own()))
		}
		return
	}
	for i, f := range p.typ.Fields {
		visit(p.then(step{field: i, of: p.typ}, f.Type, own()))
	}
}

// storeAll stores a structure or an array in a place, number by number. The value is
// there before the first of them is changed.
func (l *lowering) storeAll(to *Composite, value Expr, pos token.Pos) {
	whole := value
	if _, ok := value.(*Ref); !ok {
		held := l.temporary("t", value).(*Ref)
		held.Var.Stored, value = true, held
	}
	first := len(l.out)
	l.storePart(to, value, pos)
	for _, s := range l.out[first:] {
		s.(*Assign).part = true
	}
	s := l.out[first].(*Assign)
	s.all, s.part = &Assign{To: to, Value: whole, pos: pos}, false
}

// storePart stores a part of a variable.
func (l *lowering) storePart(to, value Expr, pos token.Pos) {
	c, ok := to.(*Composite)
	if !ok {
		l.store(to, value, pos)
		return
	}
	for i, m := range c.Elems {
		var part Expr = &Select{clone(value), i}
		if c.T.Kind == Array {
			part = &At{clone(value), intConst(int64(i))}
		}
		l.storePart(m, part, pos)
	}
}

func asIs(e Expr) Expr { return e }

// stepsText is the way from an element to the number in Go.
func (p *goPrinter) stepsText(e *Load) string {
	text := ""
	for _, s := range e.Steps {
		if s.at == nil {
			text += "." + s.of.Fields[s.field].Name
		} else {
			text += "[" + p.expr(s.at) + "]"
		}
	}
	return text
}

// elemType is the type of an element in Go.
func (b *Buffer) elemType(qualify types.Qualifier) string {
	if b.Record == nil {
		return kindNames[b.Elem.Kind]
	}
	return types.TypeString(b.Record.Go, qualify)
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
