package kernelgen

import (
	"fmt"
	"go/types"
	"strings"
)

// foldSums is how many values a simple reduction keeps on the host, so that a
// processor need not wait for one addition before it begins the next.
const foldSums = 4

// foldText prints what package kernels has to know about a reduction.
func (w *writer) foldText() {
	k, f := w.k, w.k.Fold
	state := w.goType(f.State)
	w.line("var %sReduction = &kernels.Reduction{", k.Name)
	w.line("\tDecode: func(_ int, words []uint32) kernels.Partial {")
	var slots []string
	at := 0
	for _, l := range f.leaves {
		slots = append(slots, w.decodeLeaf(l, at))
		at += l.words()
	}
	if f.Op != nil {
		slots = append(slots, "1")
	}
	w.line("\t\treturn kernels.Partial{%s}", strings.Join(slots, ", "))
	w.line("\t},")
	w.line("\tCombine: func(a, b kernels.Partial) kernels.Partial {")
	x, y := k.Name+"State(a)", k.Name+"State(b)"
	switch {
	case f.Op != nil && f.Op.builtin != "":
		w.line("\t\treturn %sPartial(%s(%s, %s))", k.Name, f.Op.builtin, x, y)
	case f.Op != nil:
		w.line("\t\treturn %sPartial(%s %s %s)", k.Name, x, f.Op.op, y)
	default:
		w.line("\t\treturn %sPartial(%s(%s, %s))", k.Name, w.im.object(f.Join.Obj), x, y)
	}
	w.line("\t},")
	index := "_"
	if len(f.Results) == 2 {
		index = "index"
	}
	w.line("\tFinish: func(value any, %s *int, p kernels.Partial) {", index)
	if f.Op != nil && f.Op.identity(f.State) != "0" && f.Op.empty != "" && f.Op.name != "sum" {
		w.line("\t\tif p[1] == 0 { // there was no index")
		w.line("\t\t\tp = %sPartial(%s)", k.Name, w.identity())
		w.line("\t\t}")
	}
	result := k.Name + "State(p)"
	if f.Finish != nil {
		result = w.im.object(f.Finish) + "(" + result + ")"
	}
	to := "*value.(*" + types.TypeString(f.Results[0], w.im.qualify) + ")"
	if len(f.Results) == 2 {
		w.line("\t\tresult, at := %s", result)
		w.line("\t\t%s = result", to)
		w.line("\t\tif index != nil {")
		w.line("\t\t\t*index = at")
		w.line("\t\t}")
	} else {
		w.line("\t\t%s = %s", to, result)
	}
	w.line("\t},")
	w.line("}")
	w.line("\n// %sPartial and %sState turn a value of %s into what schedulers carry, and back.", k.Name, k.Name, k.Name)
	w.line("func %sPartial(s %s) kernels.Partial {", k.Name, state)
	slots = nil
	for _, l := range f.leaves {
		slots = append(slots, w.slotOf(l))
	}
	if f.Op != nil {
		slots = append(slots, "1")
	}
	w.line("\treturn kernels.Partial{%s}", strings.Join(slots, ", "))
	w.line("}")
	w.line("\nfunc %sState(p kernels.Partial) (s %s) {", k.Name, state)
	for i, l := range f.leaves {
		w.line("\ts%s = %s", l.path, w.ofSlot(l, fmt.Sprintf("p[%d]", i)))
	}
	w.line("\treturn s")
	w.line("}\n")
}

func (w *writer) goType(t *Type) string {
	p := goPrinter{imports: w.im}
	return p.typ(t)
}

func (w *writer) leafType(l leaf) string { return types.TypeString(l.typ.Go, w.im.qualify) }

func (w *writer) math() string { return w.im.name(mathPath, "math") }

// identity is the value of no index.
func (w *writer) identity() string {
	return w.im.identity(w.k.Fold)
}

// identity imports package math only if the value is of it.
func (im *imports) identity(f *Fold) string {
	value, ok := strings.CutPrefix(f.Op.identity(f.State), "math.")
	if ok {
		return im.name(mathPath, "math") + "." + value
	}
	return value
}

// slotOf is the float64 of a kernels.Partial that stands for a leaf of s. Those of
// 64-bit integers have their bits.
func (w *writer) slotOf(l leaf) string {
	value := "s" + l.path
	switch l.typ.Kind {
	case Int64, Uint64:
		return w.math() + ".Float64frombits(uint64(" + value + "))"
	case Bool:
		return "kernels.Truth(" + value + ")"
	}
	return "float64(" + value + ")"
}

// ofSlot is slotOf backwards.
func (w *writer) ofSlot(l leaf, slot string) string {
	switch l.typ.Kind {
	case Int64, Uint64:
		return w.leafType(l) + "(" + w.math() + ".Float64bits(" + slot + "))"
	case Bool:
		return slot + " != 0"
	}
	return w.leafType(l) + "(" + slot + ")"
}

// decodeLeaf is the slot for what a device stored from a word on.
func (w *writer) decodeLeaf(l leaf, at int) string {
	word := fmt.Sprintf("words[%d]", at)
	wide := fmt.Sprintf("%s.Float64frombits(uint64(words[%d]) | uint64(words[%d])<<32)", "MATH", at, at+1)
	switch l.typ.Kind {
	case Float32:
		return "float64(" + w.math() + ".Float32frombits(" + word + "))"
	case Float64, Int64, Uint64:
		return strings.Replace(wide, "MATH", w.math(), 1)
	case Uint32, Bool:
		return "float64(" + word + ")"
	}
	return "float64(int32(" + word + "))"
}

// foldNames are the variables of a reduction's Go variant.
type foldNames struct{ value, begun string }

// yield prints what a reduction does with the value of an index.
func (p *goPrinter) yield(e Expr) {
	f := p.k.Fold
	to := p.fold.value
	value := p.expr(e)
	switch {
	case f.Op != nil && f.Op.builtin != "":
		p.line("%s = %s(%s, %s)", to, f.Op.builtin, to, value)
	case f.Op != nil:
		if _, plain := e.(*Binary); plain && f.State.isFloat() {
			value = p.typ(f.State) + "(" + value + ")" // rounded before it is added
		}
		p.line("%s %s= %s", to, f.Op.op, value)
	default:
		p.line("if %s {", p.fold.begun)
		p.line("\t%s = %s(%s, %s)", to, p.imports.object(f.Join.Obj), to, value)
		p.line("} else {")
		p.line("\t%s, %s = %s, true", to, p.fold.begun, value)
		p.line("}")
	}
}

// foldBegin and foldEnd stand around the loops of a reduction's Go variant.
func (p *rangePrinter) foldBegin() {
	f := p.k.Fold
	if f.Op == nil {
		p.line("var %s %s", p.fold.value, p.typ(f.State))
		p.line("%s := false", p.fold.begun)
		return
	}
	first := p.imports.identity(f)
	if f.State.isFloat() && strings.Contains(first, "(") {
		p.line("%s := %s(%s)", p.fold.value, p.typ(f.State), first)
	} else {
		p.line("var %s %s = %s", p.fold.value, p.typ(f.State), first)
	}
	if p.unrolled != nil {
		names := make([]string, foldSums-1)
		values := make([]string, foldSums-1)
		for i := range names {
			names[i], values[i] = p.sums[i+1], p.fold.value
		}
		p.line("%s := %s", strings.Join(names, ", "), strings.Join(values, ", "))
	}
}

func (p *rangePrinter) foldEnd() {
	f := p.k.Fold
	if p.unrolled != nil {
		form := fmt.Sprintf("(%%s %s %%s) %s (%%s %s %%s)", f.Op.op, f.Op.op, f.Op.op)
		if f.Op.builtin != "" {
			form = fmt.Sprintf("%[1]s(%[1]s(%%s, %%s), %[1]s(%%s, %%s))", f.Op.builtin)
		}
		p.line("%s = "+form, p.sums[0], p.sums[0], p.sums[1], p.sums[2], p.sums[3])
	}
	p.line("call.Partial = %sPartial(%s)", p.k.Name, p.fold.value)
}

// unroll prints the body of a simple reduction for foldSums indices at a time, each
// with a value of its own: one that runs straight through and reaches its elements
// through views.
func (p *rangePrinter) unroll(tabs int, body []Stmt) {
	if p.k.Fold == nil || p.k.Fold.Op == nil || len(body) == 0 || len(p.windows) > 0 || len(p.views) == 0 {
		return
	}
	straight := true
	for i, s := range body {
		switch s := s.(type) {
		case *Declare:
		case *Assign:
		case *Return:
			straight = straight && i == len(body)-1
		default:
			_ = s
			straight = false
		}
	}
	walk(body, nil, func(e Expr) {
		if load, ok := e.(*Load); ok && p.viewOf(load) == nil {
			straight = false
		}
	})
	if _, ok := body[len(body)-1].(*Return); !ok || !straight {
		return
	}
	p.sums = []string{p.fold.value}
	for range foldSums - 1 {
		p.sums = append(p.sums, p.fresh(p.fold.value))
	}
	four := map[*view]string{}
	for _, v := range p.views {
		four[v] = p.fresh(v.name + "_4")
	}
	used := p.takeUsed()
	for i := range foldSums {
		p.fold.value = p.sums[i]
		text := p.print(tabs, body, fastLabel, func(e *Load) string { return fmt.Sprintf("%s[%d]", four[p.viewOf(e)], i) + p.stepsText(e) })
		if p.used[p.inner] {
			text.text = strings.Repeat("\t", tabs) + fmt.Sprintf("%s := %s + %s + %d\n", p.inner.Name, p.from, p.u, i) + text.text
		}
		if len(body) > 1 || p.used[p.inner] {
			text.text = strings.Repeat("\t", tabs) + "{\n" + text.text + strings.Repeat("\t", tabs) + "}\n"
		}
		p.unrolled = append(p.unrolled, text.text)
	}
	p.fold.value = p.sums[0]
	p.used = used
	p.four = four
}

// unrolledLoop prints the loop over foldSums indices at a time. It takes what it has
// done off the front of the views, and asks all of them how much is left: so the Go
// compiler knows that what the body reaches is there.
func (p *rangePrinter) unrolledLoop() {
	var enough, rest []string
	for _, v := range p.views {
		p.line("%s := %s", p.four[v], v.name)
		enough = append(enough, fmt.Sprintf("len(%s) >= %d", p.four[v], foldSums))
		rest = append(rest, fmt.Sprintf("%s[%d:]", p.four[v], foldSums))
	}
	p.line("for ; %s; %s += %d {", strings.Join(enough, " && "), p.u, foldSums)
	for _, text := range p.unrolled {
		p.text.WriteString(text)
	}
	names := make([]string, len(rest))
	for i, r := range rest {
		names[i], _, _ = strings.Cut(r, "[")
	}
	p.line("\t%s = %s", strings.Join(names, ", "), strings.Join(rest, ", "))
	p.line("}")
}
