package random

import "fmt"

// atomicOps are operations of which any number may change one element at the same
// time: the order does not matter to what becomes of it. The last two do so as long as
// their operands are always the same ones.
var atomicOps = []string{"Add", "And", "Or", "Xor", "Min", "Max", "Exchange", "CompareAndSwap"}

// atomic writes an atomic operation on an output, perhaps on a condition or in a loop.
// Old values are used only where they don't depend on who comes first.
func (p *program) atomic(out output) {
	switch out.way {
	case counted:
		v := p.fresh()
		op := pick(p, atomicOps)
		p.line("%s := atomics.%s(&%s[i], %s)\n_ = %s", v, op, out.name, p.operands(op, out.typ), v)
		p.scope = append(p.scope, variable{v, out.typ, false})
	case tickets:
		v := p.fresh()
		p.line("if %s {\n%s := atomics.Add(&%s[0], 1)\natomics.Add(&%s[1], %s*(%s|3))\n}", p.expr("bool", 2), v, out.name, out.name, v, v)
	default:
		p.spread(out.name, fmt.Sprintf("uint32(len(%s))", out.name), out.op, out.typ)
	}
}

// spread writes an operation on any element of an array.
func (p *program) spread(name, length, op, typ string) {
	operands := p.operands(op, typ)
	switch op {
	case "Exchange":
		operands = "7"
	case "CompareAndSwap":
		operands = "1, 2"
	}
	change := fmt.Sprintf("atomics.%s(&%s[%s%%%s], %s)", op, name, p.expr("uint32", 2), length, operands)
	switch p.IntN(4) {
	case 0:
		p.line("if %s {\n%s\n}", p.expr("bool", 2), change)
	case 1:
		p.line("for range %d {\n%s\n}", 1+p.IntN(3), change)
	default:
		p.line("%s", change)
	}
}

// operands are those of an operation, behind the element's address.
func (p *program) operands(op, typ string) string {
	if op == "CompareAndSwap" {
		return p.expr(typ, 1) + ", " + p.expr(typ, 2)
	}
	return p.expr(typ, 2)
}
