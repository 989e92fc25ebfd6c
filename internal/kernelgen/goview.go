package kernelgen

import "fmt"

// view is the elements of a buffer that a subscript reaches in the innermost loop.
type view struct {
	buffer *Buffer
	rest   poly // the subscript without the innermost index
	clip   bool // it may leave the array, where the kernel doesn't use it
	name   string
}

// window is a stretch of a buffer around what one index uses.
type window struct {
	buffer *Buffer
	start  poly
	width  poly
	name   string
	// stride is set in one dimension where it is a constant: then the windows
	// are cut from a slice, called all, that begins at the loop's first index.
	stride int64
	all    string
}

// planAccess decides how each element is reached in the fast loop.
func (p *rangePrinter) planAccess(body []Stmt) {
	walk(body, nil, func(e Expr) {
		load, ok := e.(*Load)
		if !ok || load.site.form == nil {
			return
		}
		if v := p.viewOf(load); v != nil {
			return
		}
		p.windowOf(load)
	})
}

// viewOf is the view through which an element is reached, or nil.
func (p *rangePrinter) viewOf(e *Load) *view {
	f := e.site.form
	if f == nil || len(f.coef[0]) == 0 || e.Buffer.Foot.whole && e.Buffer.Access != accessIn {
		return nil
	}
	factor, rest, ok := f.whole.split(p.inner.Name)
	if !ok || !factor.is(1) {
		return nil
	}
	for _, name := range rest.symbols() {
		v := p.k.vars[name]
		if v == nil || !v.Scalar && v.Index == 0 {
			return nil
		}
	}
	for _, v := range p.views {
		if v.buffer == e.Buffer && v.rest.equal(rest) {
			if !e.site.write && !p.surelyInside(e) {
				v.clip = true
			}
			return v
		}
	}
	v := &view{buffer: e.Buffer, rest: rest, clip: !p.surelyInside(e)}
	p.views = append(p.views, v)
	return v
}

// viewSuffix tells views of a buffer apart where their distance is a number.
func viewSuffix(rest poly) string {
	switch v, ok := rest.value(); {
	case ok && v < 0:
		return fmt.Sprintf("m%d", -v)
	case ok && v > 0:
		return fmt.Sprintf("p%d", v)
	}
	return "here"
}

// surelyInside reports whether launches are refused if the element is not there
// for some index.
func (p *rangePrinter) surelyInside(e *Load) bool {
	f := e.site.form
	if e.Buffer.Foot.whole {
		return false
	}
	if e.Buffer.Access&accessOut != 0 {
		return true
	}
	lo, ok := f.lo.value()
	return ok && lo >= 0 && (e.site.always || len(p.k.Indices) == 1 && f.hi.is(e.Buffer.numbers()-1))
}

// windowOf is the window in which an element lies, or nil.
func (p *rangePrinter) windowOf(e *Load) *window {
	f := e.site.form
	if f == nil || e.Buffer.Foot.whole || len(f.coef[len(p.k.Indices)-1]) == 0 {
		return nil
	}
	var spans []poly
	for _, s := range e.Buffer.sites {
		if s.form == nil || !s.always && e.Buffer.Access == accessIn {
			return nil
		}
		if lo, ok := s.form.lo.value(); !ok || lo < 0 {
			return nil
		}
		spans = addGreatest(spans, e.Buffer.records(s.form.hi.plus(constant64(1), 1)))
	}
	if len(spans) != 1 || !sameCoefficients(f, e.Buffer.sites[0].form) {
		return nil
	}
	start := poly{}
	for d, ix := range p.k.Indices {
		start = start.plus(e.Buffer.records(f.coef[d]).times(symbol(ix.Name)), 1)
	}
	for _, w := range p.windows {
		if w.buffer == e.Buffer && w.start.equal(start) {
			return w
		}
	}
	w := &window{buffer: e.Buffer, start: start, width: spans[0]}
	p.windows = append(p.windows, w)
	return w
}

// fastElement reaches an element in the fast loop.
func (p *rangePrinter) fastElement(e *Load) string {
	if v := p.viewOf(e); v != nil {
		return v.name + "[" + p.u + "]" + p.stepsText(e)
	}
	if w := p.windowOf(e); w != nil {
		return w.name + "[" + p.poly(e.site.form.whole.plus(w.start, -1)) + "]" + p.stepsText(e)
	}
	return p.checkedElement(e)
}

// checkedElement reaches an element anywhere: Go checks the subscript.
func (p *rangePrinter) checkedElement(e *Load) string {
	p.slices[e.Buffer] = true
	at := p.expr(e.At)
	if e.At.typ().Kind != Int && !e.Buffer.Foot.whole {
		at = "int(" + at + ")"
	}
	if !e.Buffer.Foot.whole {
		p.bases[e.Buffer] = true
		if _, simple := e.At.(*Ref); !simple {
			at = "(" + at + ")"
		}
		at += "-" + e.Buffer.Base
	}
	return e.Buffer.Name + "[" + at + "]" + p.stepsText(e)
}

// stepsText is the way from an element to the number in Go.
func (p *goPrinter) stepsText(e *Load) string {
	text := ""
	for _, s := range e.Steps {
		if s.at == nil {
			text += p.field(s.of, s.field)
		} else {
			text += "[" + p.expr(s.at) + "]"
		}
	}
	return text
}
