package kernelgen

import "fmt"

// checks prints the conditions that the analysis left to launches.
func (w *writer) checks(launch string) {
	k := w.k
	for _, e := range k.Extents {
		w.line("\t%s.Require(%s >= 0, %q, \"below 0\")", launch, w.paths[e.Name], w.paths[e.Name])
	}
	for _, c := range k.checks {
		label, text := "launch", "below 0"
		if c.buffer != nil {
			label, text = c.buffer.title(), c.text
		} else if s := c.atLeast.symbols(); len(s) > 0 {
			label = s[0]
		}
		cond := fmt.Sprintf("%s >= 0", w.value(c.atLeast))
		w.line("\t%s.Require(%s, %q, %q)", launch, cond, label, text)
	}
	for _, b := range k.Buffers {
		per, ok := b.Foot.per.value()
		width, ok2 := constantGreatest(b.Foot.widths)
		if len(k.Indices) == 1 && k.Group == 0 && k.n.buffer == b && ok && ok2 && per == width && per > b.numbers() {
			w.line("\t%s.Require(%s.Len()%%%d == 0, %q, \"the number of elements is no multiple of %d\")", launch, w.operands[b], per, b.title(), per/b.numbers())
		}
	}
	if k.usesIndexValue() {
		w.line("\t%s.RequireInt32()", launch)
	}
}

// usesIndexValue reports whether the first index is more than a part of
// subscripts, which devices compute modulo 2^32.
func (k *Kernel) usesIndexValue() bool {
	found := false
	var look func(e Expr)
	look = func(e Expr) {
		switch e := e.(type) {
		case *Load:
			if e.site != nil && e.site.form != nil && !e.Buffer.Foot.whole {
				for _, part := range parts(e)[1:] {
					look(part)
				}
				return
			}
		case *Ref:
			if e.Var.Index == 1 {
				found = true
			}
			return
		}
		for _, part := range parts(e) {
			look(part)
		}
	}
	walkTop(k.Body, nil, look)
	return found
}
