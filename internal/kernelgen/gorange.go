package kernelgen

import (
	"fmt"
	"slices"
	"strings"
)

// The Go variant runs over all indices of a call. Where an element is reached
// through the innermost index alone, it is read from a view: a slice that begins
// at the loop's first element and is as long as the loop, so that the compiler
// needs no check of bounds in it. Indices whose views would begin before or end
// behind the array, and those on the far side of a condition such as i > 0, take
// the same body with plain subscripts.

// rangePrinter prints the Go variant of a kernel.
type rangePrinter struct {
	*goPrinter
	inner       *Var // the innermost index
	views       []*view
	windows     []*window
	from, to, u string // names in the generated function

	bases map[*Buffer]bool // buffers whose base is needed

	// A simple reduction has its body foldSums times, for values of their own
	// and views of as many elements.
	unrolled []string
	sums     []string
	four     map[*view]string

	turns []string // the body of a map, for neighbouring indices; see gounroll.go
}

// fresh is a name that the kernel does not use.
func (p *rangePrinter) fresh(name string) string { return p.k.names.name(name) }

func goRange(k *Kernel, im *imports, funcName string) string {
	p := &rangePrinter{
		goPrinter: &goPrinter{k: k, imports: im, used: map[*Var]bool{}, slices: map[*Buffer]bool{}},
		inner:     k.Indices[len(k.Indices)-1],
		bases:     map[*Buffer]bool{},
	}
	border := k.borders()
	fastBody := border.statements(k.Body)
	p.planAccess(fastBody)
	fastBody = prune(fastBody, func(e *Load) bool { return p.viewOf(e) != nil || p.windowOf(e) != nil })
	p.views, p.windows = nil, nil // again, for what is left
	p.planAccess(fastBody)
	for _, v := range p.views {
		v.name = p.fresh(v.buffer.Name + "_" + viewSuffix(v.rest))
	}
	for _, w := range p.windows {
		w.name = p.fresh(w.buffer.Name + "_own")
		if v, ok := w.start.multipleOf(p.inner.Name); ok && len(k.Indices) == 1 {
			w.stride, w.all = v, p.fresh(w.buffer.Name+"_all")
		}
	}
	slow := !border.empty()
	for _, v := range p.views {
		slow = slow || v.clip
	}

	p.from, p.to, p.u = p.fresh("from"), p.fresh("to"), p.fresh("u")
	if k.Fold != nil {
		p.fold = foldNames{p.fresh("value"), p.fresh("begun")}
		if !slow {
			p.unroll(2, fastBody)
		}
	}
	p.unrollMap(2+len(k.Indices)-1+btoi(slow), fastBody)
	// The loops are printed first: they say what has to stand before them.
	fast := p.print(2+len(k.Indices)-1+btoi(slow), fastBody, fastLabel, p.fastElement)
	fastUses := p.takeUsed()
	slowText := printed{}
	if slow {
		slowText = p.print(1+len(k.Indices), prune(k.Body, nil), slowLabel, p.checkedElement)
		p.merge(fastUses)
	} else {
		p.used = fastUses
	}
	p.text.Reset()
	if k.Fold != nil {
		p.tabs = 1
		p.foldBegin()
	}
	p.tabs = 0
	p.loopsText(border, fast, fastUses[p.inner], slowText, slow)
	if k.Fold != nil {
		p.tabs = 1
		p.foldEnd()
		p.tabs = 0
	}
	body := p.text.String()

	p.text.Reset()
	p.line("// %s computes the indices [call.Lo, call.Hi) of %s on the host.", funcName, k.Name)
	p.line("func %s(call *kernels.Call) {", funcName)
	p.tabs = 1
	p.arguments()
	p.tabs = 0
	p.text.WriteString(body)
	p.line("}")
	return p.text.String()
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (p *rangePrinter) takeUsed() map[*Var]bool {
	u := p.used
	p.used = map[*Var]bool{}
	return u
}

func (p *rangePrinter) merge(more map[*Var]bool) {
	for v := range more {
		p.used[v] = true
	}
}

// The labels of the loops over indices; labels are names apart.
const (
	fastLabel = "next"
	slowLabel = "border"
)

type printed struct {
	text    string
	labeled bool
}

func (p *rangePrinter) print(tabs int, body []Stmt, label string, element func(*Load) string) printed {
	p.text.Reset()
	p.tabs, p.label, p.labeled, p.element = tabs-1, label, false, element
	p.whole = enclosings(body)
	p.last = nil
	if len(body) > 0 {
		p.last = body[len(body)-1]
	}
	p.block(body)
	return printed{p.text.String(), p.labeled}
}

// loopsText prints the loops over all indices.
func (p *rangePrinter) loopsText(border *box, fast printed, needsIndex bool, slow printed, twoWays bool) {
	k := p.k
	p.tabs = 1
	outer := k.Indices[:len(k.Indices)-1]
	for d, ix := range outer {
		if d == 0 {
			p.line("for %s := call.Lo; %s < call.Hi; %s++ {", ix.Name, ix.Name, ix.Name)
		} else {
			p.line("for %s := range %s {", ix.Name, p.poly(symbol(k.Extents[d-1].Name)))
		}
		p.tabs++
	}
	first, last := "call.Lo", "call.Hi"
	if len(outer) > 0 {
		first, last = "0", p.poly(symbol(k.Extents[len(k.Extents)-1].Name))
	}
	p.line("%s, %s := %s, %s", p.from, p.to, first, last)
	inner := len(k.Indices) - 1
	p.limits(border.from[inner], border.to[inner])
	for d := range outer {
		var conds []string
		for _, f := range border.from[d] {
			conds = append(conds, fmt.Sprintf("%s < %s", outer[d].Name, p.poly(f)))
		}
		for _, t := range border.to[d] {
			conds = append(conds, fmt.Sprintf("%s >= %s", outer[d].Name, p.poly(t)))
		}
		if len(conds) > 0 {
			p.line("if %s {", strings.Join(conds, " || "))
			p.line("\t%s = %s", p.to, p.from)
			p.line("}")
		}
	}
	// Views that may leave their arrays shorten the loop.
	var starts []string
	for _, v := range p.views {
		start := p.poly(v.rest)
		if !v.buffer.Foot.whole {
			p.bases[v.buffer] = true
			if start += "-" + v.buffer.Base; v.rest.is(0) {
				start = "-" + v.buffer.Base
			}
		}
		p.slices[v.buffer] = true
		starts = append(starts, start)
		if v.clip {
			p.line("%s, %s = max(%s, -(%s)), min(%s, len(%s)-(%s))", p.from, p.to, p.from, start, p.to, v.buffer.Name, start)
		}
	}
	views := func() {
		for i, v := range p.views {
			from := p.from
			if starts[i] != "0" {
				from = strings.Replace(p.from+"+"+starts[i], "+-", "-", 1)
			}
			n := p.to + "-" + p.from
			if p.turns != nil && i > 0 {
				n = "len(" + p.views[0].name + ")"
			}
			p.line("%s := %s[%s:][:%s]", v.name, v.buffer.Name, from, n)
		}
	}
	loop := func() {
		views()
		counted := len(p.views) > 0
		for _, w := range p.windows {
			if w.all != "" {
				p.slices[w.buffer], p.bases[w.buffer], counted = true, true, true
				p.line("%s := %s[%d*%s-%s:]", w.all, w.buffer.Name, w.stride, p.from, w.buffer.Base)
			}
		}
		if fast.labeled {
			p.line("%s:", fastLabel)
		}
		windowIndex := false
		for _, w := range p.windows {
			windowIndex = windowIndex || w.all == "" && slices.Contains(w.start.symbols(), p.inner.Name)
		}
		switch {
		case p.unrolled != nil:
			p.line("%s := 0", p.u)
			p.unrolledLoop()
			p.line("for ; %s < %s-%s; %s++ {", p.u, p.to, p.from, p.u)
			if needsIndex {
				p.line("\t%s := %s + %s", p.inner.Name, p.from, p.u)
			}
		case p.turns != nil:
			p.turnsText(needsIndex)
		case !counted:
			p.line("for %s := %s; %s < %s; %s++ {", p.inner.Name, p.from, p.inner.Name, p.to, p.inner.Name)
		default:
			p.line("for %s := range %s - %s {", p.u, p.to, p.from)
			if needsIndex || windowIndex {
				p.line("\t%s := %s + %s", p.inner.Name, p.from, p.u)
			}
		}
		p.tabs++
		for _, w := range p.windows {
			if w.all != "" {
				p.line("%s := %s[%d*%s:][:%s]", w.name, w.all, w.stride, p.u, p.poly(w.width))
				continue
			}
			p.slices[w.buffer], p.bases[w.buffer] = true, true
			p.line("%s := %s[%s-%s:][:%s]", w.name, w.buffer.Name, p.poly(w.start), w.buffer.Base, p.poly(w.width))
		}
		p.tabs--
		p.text.WriteString(fast.text)
		p.line("}")
	}
	if !twoWays {
		loop()
	} else {
		if slow.labeled {
			p.line("%s:", slowLabel)
		}
		p.line("for %s := %s; %s < %s; %s++ {", p.inner.Name, first, p.inner.Name, last, p.inner.Name)
		p.tabs++
		p.line("if %s == %s && %s < %s {", p.inner.Name, p.from, p.from, p.to)
		p.tabs++
		loop()
		p.line("%s = %s - 1", p.inner.Name, p.to)
		p.line("continue")
		p.tabs--
		p.line("}")
		p.tabs--
		p.text.WriteString(slow.text)
		p.line("}")
	}
	for range outer {
		p.tabs--
		p.line("}")
	}
	p.tabs = 0
}

func (p *rangePrinter) limits(from, to []poly) {
	for _, f := range from {
		p.line("%s = max(%s, %s)", p.from, p.from, p.poly(f))
	}
	for _, t := range to {
		p.line("%s = min(%s, %s)", p.to, p.to, p.poly(t))
	}
}

// arguments takes from the call what the loops use.
func (p *rangePrinter) arguments() {
	k := p.k
	for i, v := range k.Scalars {
		if !p.used[v] {
			continue
		}
		switch v.Type.Kind {
		case Bool:
			p.line("%s := call.Uint(%d) != 0", v.Name, i)
		case Int:
			p.line("%s := call.Int(%d)", v.Name, i)
		case Int32:
			p.line("%s := int32(call.Int(%d))", v.Name, i)
		case Uint32:
			p.line("%s := uint32(call.Uint(%d))", v.Name, i)
		default:
			p.line("%s := call.%s(%d)", v.Name, exported(kindNames[v.Type.Kind]), i)
		}
	}
	for i, b := range k.Buffers {
		if p.slices[b] {
			of := "Slice[" + kindNames[b.Elem.Kind]
			if b.Record != nil {
				of = "Records[" + b.elemType(p.imports.qualify) + ", " + kindNames[b.Elem.Kind]
			}
			p.line("%s := kernels.%s](call, %d)", b.Name, of, i)
		}
		if p.bases[b] {
			by := ""
			if n := b.numbers(); n > 1 {
				by = fmt.Sprintf(" / %d", n)
			}
			p.line("%s := call.Base(%d)%s", b.Base, i, by)
		}
	}
}
