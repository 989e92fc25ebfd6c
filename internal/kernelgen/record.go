package kernelgen

import (
	"go/constant"
	"go/token"
	"go/types"
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
	number.element = f.whole
	return &wide, number
}

// elemType is the type of an element in Go.
func (b *Buffer) elemType(qualify types.Qualifier) string {
	of := b.Elem
	if b.Record != nil {
		of = b.Record
	}
	if of.Go == nil {
		return kindNames[of.Kind]
	}
	return types.TypeString(of.Go, qualify)
}
