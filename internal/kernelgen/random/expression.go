package random

import (
	"fmt"
	"strings"
)

// expr is an expression that is no constant: Go would compute constants exactly,
// and refuse those that overflow.
func (p *program) expr(typ string, depth int) string {
	if depth == 0 || p.IntN(8) == 0 {
		return p.variableOf(typ)
	}
	switch {
	case typ == "bool":
		return p.condition(depth)
	case typ == "int":
		return p.variableOf("int")
	case strings.HasPrefix(typ, "float"):
		return p.floatExpr(typ, depth)
	}
	return p.intExpr(typ, depth)
}

// second is an operand that may be a constant.
func (p *program) second(typ string, depth int) string {
	if p.IntN(4) > 0 {
		return p.expr(typ, depth)
	}
	switch typ {
	case "float32", "float64":
		return pick(p, []string{"0.5", "2", "3.25", "1e-3", "-1", "1e10", "0.1"})
	case "int32", "int64":
		return pick(p, []string{"1", "-1", "7", "-13", "1000003", "-2147483648", "2147483647"})
	}
	return pick(p, []string{"1", "3", "255", "2654435769", "4294967295"})
}

// variableOf is something of a type that is there: a variable, an element of an
// input, or a conversion of one.
func (p *program) variableOf(typ string) string {
	var found []string
	for _, v := range p.scope {
		if v.typ == typ {
			found = append(found, v.name)
		}
	}
	for _, in := range p.inputs {
		if in.typ == typ && !in.ragged {
			found = append(found, p.element(in), p.element(in))
		}
		if v := p.numberOf(in, typ); v != "" && !in.ragged {
			found = append(found, v)
		}
	}
	if len(found) > 0 {
		return pick(p, found)
	}
	ix := pick(p, p.indices)
	switch typ {
	case "bool":
		return "(" + ix + " & 1 == 0)"
	case "int":
		return ix
	}
	return typ + "(" + ix + ")"
}

// subscript is that of an element of an input that is there.
func (p *program) subscript(in input) string {
	if in.per == 0 {
		return fmt.Sprintf("%s%%uint32(len(%s))", p.wide("uint32"), in.name)
	}
	return p.own(in.per, p.IntN(in.per))
}

// element is an element of an input that is there.
func (p *program) element(in input) string {
	switch {
	case in.length > 0 && p.IntN(2) == 0:
		return fmt.Sprintf("%s[(l+%d)%%%d]%s", in.name, p.IntN(40), in.length, in.field)
	case in.length > 0:
		return fmt.Sprintf("%s[%s%%%d]%s", in.name, p.wide("uint32"), in.length, in.field)
	case in.per == 0 && !p.bare && p.IntN(4) == 0:
		return fmt.Sprintf("someOf(%s, %s, %s)", in.name, p.wide("uint32"), pick(p, []string{"1", "3"}))
	case in.per == 0:
		return fmt.Sprintf("%s[%s]", in.name, p.subscript(in))
	}
	own := p.subscript(in)
	switch choice := p.IntN(8); {
	case choice == 0:
		return fmt.Sprintf("elementOf(%s, %s)", in.name, own)
	case choice == 1 && !p.bare:
		return fmt.Sprintf("sizeOf(%s, %s)", in.name, own)
	}
	return in.name + "[" + own + "]"
}

// wide is a variable of an unsigned type that does not read an input, which could
// go on for ever.
func (p *program) wide(typ string) string {
	for range 4 {
		if v := pick(p, p.scope); v.typ == typ {
			return v.name
		}
	}
	return typ + "(" + pick(p, p.indices) + ")"
}

// reader is a function that reads an element.
func (p *program) reader() string {
	if p.bare {
		return "elementOf"
	}
	return pick(p, []string{"elementOf", "sizeOf"})
}

func (p *program) condition(depth int) string {
	switch p.IntN(6) {
	case 0:
		return fmt.Sprintf("(%s && %s)", p.expr("bool", depth-1), p.expr("bool", depth-1))
	case 1:
		return fmt.Sprintf("(%s || !%s)", p.expr("bool", depth-1), p.expr("bool", depth-1))
	case 2:
		// Neighbours, where they are there: the border is part of the condition.
		for _, in := range p.inputs {
			f := p.field(in)
			if in.halo > 0 && len(p.indices) == 1 {
				if f == "" && p.IntN(3) == 0 {
					return fmt.Sprintf("(i >= %d && i < len(%s)-%d && elementOf(%s, i-%d) < %s(%s, i+%d))", in.halo, in.name, in.halo, in.name, in.halo, p.reader(), in.name, in.halo)
				}
				return fmt.Sprintf("(i >= %d && i < len(%s)-%d && %s[i-%d]%s < %s[i+%d]%s)", in.halo, in.name, in.halo, in.name, in.halo, f, in.name, in.halo, f)
			}
			if in.halo > 0 && len(p.indices) == 2 {
				return fmt.Sprintf("(r > 0 && c > 0 && c < nx-1 && %s[at-nx]%s <= %s[at-1]%s && %s[at-1]%s != %s[at+1]%s)", in.name, f, in.name, f, in.name, f, in.name, f)
			}
		}
	}
	typ := pick(p, elementTypes)
	return fmt.Sprintf("(%s %s %s)", p.expr(typ, depth-1), pick(p, []string{"<", "<=", ">", ">=", "==", "!="}), p.second(typ, depth-1))
}

func (p *program) floatExpr(typ string, depth int) string {
	x := func() string { return p.expr(typ, depth-1) }
	switch p.IntN(14) {
	case 0:
		return fmt.Sprintf("min(%s, %s)", x(), p.second(typ, depth-1))
	case 1:
		return fmt.Sprintf("max(%s, %s, %s)", x(), x(), p.second(typ, depth-1))
	case 2:
		from := pick(p, []string{"int32", "uint32", "int64", "uint64", "float32", "float64", "int"})
		return fmt.Sprintf("%s(%s)", typ, p.expr(from, depth-1))
	case 3:
		return "(-" + x() + ")"
	case 4:
		if typ == "float64" {
			return fmt.Sprintf("root(%s)", x())
		}
		return fmt.Sprintf("kmath.%s(%s)", pick(p, []string{"Sqrt", "Abs", "Floor", "Ceil", "Trunc", "RoundToEven"}), x())
	case 5:
		if typ == "float64" {
			return fmt.Sprintf("math.%s(%s)", pick(p, []string{"Floor", "Ceil", "Trunc", "RoundToEven"}), x())
		}
		return fmt.Sprintf("kmath.%s(%s)", pick(p, []string{"Exp", "Log", "Sin", "Cos", "Tanh"}), x())
	case 6:
		if typ == "float32" {
			return fmt.Sprintf("kmath.Copysign(%s, number(%s))", x(), x()) // a NaN's sign is anything
		}
		return fmt.Sprintf("kmath.%s(%s)", pick(p, []string{"Exp64", "Log64"}), x())
	case 7:
		return p.method(typ, depth)
	}
	return fmt.Sprintf("(%s %s %s)", x(), pick(p, []string{"+", "-", "*", "+", "*", "/"}), p.second(typ, depth-1))
}

func (p *program) intExpr(typ string, depth int) string {
	x := func() string { return p.expr(typ, depth-1) }
	switch p.IntN(16) {
	case 0:
		return fmt.Sprintf("(%s / (%s | 1))", x(), p.second(typ, depth-1))
	case 1:
		return fmt.Sprintf("(%s %% (%s | 1))", x(), p.second(typ, depth-1))
	case 2:
		return fmt.Sprintf("(%s << %s)", x(), p.expr("uint32", depth-1))
	case 3:
		return fmt.Sprintf("(%s >> %s)", x(), p.expr(pick(p, []string{"uint32", "uint64"}), depth-1))
	case 4:
		return fmt.Sprintf("(%s %s %d)", x(), pick(p, []string{"<<", ">>"}), p.IntN(70))
	case 5:
		from := pick(p, []string{"int32", "uint32", "int64", "uint64", "int"})
		return fmt.Sprintf("%s(%s)", typ, p.expr(from, depth-1))
	case 6:
		return fmt.Sprintf("%s(toInt32(float64(%s)))", typ, p.expr(pick(p, []string{"float32", "float64"}), depth-1))
	case 7:
		return "(" + pick(p, []string{"-", "^"}) + x() + ")"
	case 8:
		return fmt.Sprintf("min(%s, max(%s, %s))", x(), x(), p.second(typ, depth-1))
	case 9:
		switch typ {
		case "uint32":
			return fmt.Sprintf("math.Float32bits(%s*0)", "float32("+p.expr("int32", depth-1)+")")
		case "int32":
			count, width := pick(p, []string{"OnesCount", "LeadingZeros", "TrailingZeros", "Len"}), pick(p, []string{"32", "64"})
			return fmt.Sprintf("int32(bits.%s%s(%s))", count, width, p.expr("uint"+width, depth-1))
		case "uint64":
			return pick(p, []string{
				fmt.Sprintf("uint64(bits.Reverse32(%s))", p.expr("uint32", depth-1)),
				fmt.Sprintf("uint64(bits.ReverseBytes32(%s))", p.expr("uint32", depth-1)),
				fmt.Sprintf("bits.Reverse64(%s)", p.expr("uint64", depth-1)),
				fmt.Sprintf("bits.RotateLeft64(%s, int(int32(%s)))", p.expr("uint64", depth-1), p.expr("uint32", depth-1)),
			})
		}
	case 11:
		if typ == "int32" { // int has 32 bits on devices, which these do not leave
			return fmt.Sprintf("int32(%sint(%s&1023) %s int(%s%%1000))", pick(p, []string{"", "-", "2*"}), x(), pick(p, []string{"+", "-", "*", "&", "|", "^"}), p.expr("int32", depth-1))
		}
	case 10:
		if typ == "int32" {
			return fmt.Sprintf("int32(level(%s).up(%s).up(level(%s)))", x(), pick(p, []string{"7", "-1"}), x())
		}
		return p.method(typ, depth)
	}
	return fmt.Sprintf("(%s %s %s)", x(), pick(p, []string{"+", "-", "*", "&", "|", "^", "&^"}), p.second(typ, depth-1))
}

// method is what methods of a structure make of numbers.
func (p *program) method(typ string, depth int) string {
	x := func() string { return p.expr(typ, depth-1) }
	d := fmt.Sprintf("duo[%s]{%s, %s}", typ, x(), x())
	switch p.IntN(3) {
	case 0:
		return fmt.Sprintf("(%s.plus(duo[%s]{b: %s}).a)", d, typ, x())
	case 1:
		return fmt.Sprintf("(%s.first(%s))", d, p.second(typ, depth-1))
	}
	return fmt.Sprintf("(%s.plus(duo[%s]{}).first(%s))", d, typ, x())
}
