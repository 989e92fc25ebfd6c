package kernelgen

import "slices"

// buffer finds the access and the footprint of a buffer from the places where it
// is used. written is what every index has written when it ends.
func (l *lowering) buffer(b *Buffer, written coverage) {
	k := l.k
	reads, writes := false, false
	for _, s := range b.sites {
		reads = reads || !s.write
		writes = writes || s.write
	}
	switch {
	case !reads && !writes && b.Len == nil:
		l.refuse(b.Pos, "the slice %s, which is not used", "leave it out", b.Label)
		return
	case !writes:
		b.Access = accessIn
		l.readFootprint(b)
		return
	}
	if b.Scatter || slices.ContainsFunc(b.sites, func(s *site) bool { return s.atomic }) {
		l.anyElement(b)
		return
	}
	if !l.ownElements(b) {
		return
	}
	per := b.sites[firstWrite(b)].form.coef[0]
	b.Foot = footprint{per: per, ragged: k.Group > 0}
	needsOld := false
	for _, s := range b.sites {
		b.Foot.ragged = b.Foot.ragged && !s.always
	}
	for _, s := range b.sites {
		if !s.write && s.early {
			needsOld = true
		}
		b.Foot.addWidth(k.reach(s.form).plus(constant64(1), 1))
	}
	if width, ok := b.Foot.width(); !needsOld && ok && k.covers(b, written[b], width) {
		b.Access = accessOut
	} else {
		b.Access = accessInOut
	}
}

// anyElement is the footprint of a buffer of which any index may change any element:
// one by one by atomic operations, or as the program answers for.
func (l *lowering) anyElement(b *Buffer) {
	for _, s := range b.sites {
		switch {
		case s.atomic || b.Scatter:
		case s.write:
			l.refuse(s.pos, "a data race: %s is stored into while other indices change it by atomic operations", "use atomics.Exchange", s.text)
			return
		default:
			l.refuse(s.pos, "a data race: %s is read while other indices change it by atomic operations", "use the result of the operation, or atomics.Add(&x[i], 0)", s.text)
			return
		}
	}
	b.Access, b.Foot = accessInOut, footprint{whole: true}
	l.k.Undivided = true
}

func writesFirst(x, y *site) int { return btoi(y.write) - btoi(x.write) }

func firstWrite(b *Buffer) int {
	for i, s := range b.sites {
		if s.write {
			return i
		}
	}
	return -1
}

// last is the greatest value of the d-th index after the first.
func (k *Kernel) last(d int) poly {
	return symbol(k.Extents[d-1].Name).plus(constant64(1), -1)
}

// reach is the greatest offset, from the first element of a first index, that a
// subscript has for any second and third index.
func (k *Kernel) reach(f *form) poly {
	r := f.hi
	for d := 1; d < len(k.Indices); d++ {
		r = r.plus(f.coef[d].times(k.last(d)), 1)
	}
	return r
}

// addWidth makes the footprint at least as wide as p, leaving out what is surely
// less than another.
func (f *footprint) addWidth(p poly) { f.widths = addGreatest(f.widths, p) }

func addGreatest(list []poly, p poly) []poly {
	for i, q := range list {
		if d, ok := p.plus(q, -1).value(); ok {
			if d > 0 {
				list[i] = p
			}
			return list
		}
	}
	return append(list, p)
}

func (f *footprint) width() (poly, bool) {
	if len(f.widths) == 1 {
		return f.widths[0], true
	}
	return nil, false
}

// ownElements refuses a buffer that is written, unless each index provably stays
// within elements of its own. What depends on parameters becomes a check of
// launches.
func (l *lowering) ownElements(b *Buffer) bool {
	k := l.k
	first := b.sites[firstWrite(b)]
	indices := k.Indices[0].Name
	for _, ix := range k.Indices[1:] {
		indices += ", " + ix.Name
	}
	// What is stored is looked at first: a store that is a race explains a read
	// that is one.
	for _, s := range slices.SortedStableFunc(slices.Values(b.sites), writesFirst) {
		verb := "a read of"
		if s.write {
			verb = "a store into"
		}
		switch {
		case s.form == nil && s.write:
			l.refuse(s.pos, "%s %s, which other indices may write too: its subscript is no sum of multiples of %s",
				"have each index compute an element of its own: gather instead of scatter", verb, s.text, indices)
			return false
		case s.form == nil:
			l.refuse(s.pos, "%s %s while the kernel writes %s: another index may be writing the element",
				"read from one slice and write to another", verb, s.text, b.Label)
			return false
		case s.write && len(s.form.coef[0]) == 0 && len(k.Indices) == 1:
			l.refuse(s.pos, "a data race: every index writes %s",
				"have each index write elements of its own, as y[i]; sums over all are reductions", s.text)
			return false
		}
		for d := range k.Indices {
			if s.write && len(s.form.coef[d]) == 0 {
				l.refuse(s.pos, "a data race: all values of index %s write %s",
					"have each index write elements of its own, as y[row*width+col]", k.Indices[d].Name, s.text)
				return false
			}
		}
		if !sameCoefficients(s.form, first.form) {
			l.refuse(s.pos, "a data race: %s is not among the elements that the same index writes by %s",
				"use the same multiples of %s for both, or two slices", s.text, first.text)
			l.refusals[len(l.refusals)-1].Instead = "use the same multiples of " + indices + " for both, or two slices"
			return false
		}
		if !l.within(b, s) {
			return false
		}
	}
	// An index must own what lies behind the innermost stride: stride by
	// stride, all of the indices within must fit.
	inner := len(k.Indices) - 1
	span := k.innerSpan(b)
	for d := inner; d >= 1; d-- {
		span = span.plus(first.form.coef[d].times(k.last(d)), 1)
		room := first.form.coef[d-1].plus(span, -1)
		_, fixed := first.form.coef[d-1].value()
		_, innerFixed := first.form.coef[d].value()
		upside := fixed && !innerFixed || first.form.coef[d-1].equal(first.form.coef[d])
		if v, ok := room.value(); ok && v < 0 || upside {
			l.refuse(first.pos, "a data race: %s is the same element for several values of %s",
				"make the multiple of the first index the largest: y[row*width+col]", first.text, indices)
			return false
		} else if !ok {
			k.checks = append(k.checks, check{room, b, "elements of different indices overlap"})
		}
	}
	return true
}

// innerSpan is how many elements the innermost index uses.
func (k *Kernel) innerSpan(b *Buffer) poly {
	var spans []poly
	for _, s := range b.sites {
		spans = addGreatest(spans, s.form.hi.plus(constant64(1), 1))
	}
	return spans[0]
}

// within refuses a place that leaves the elements of the innermost index.
func (l *lowering) within(b *Buffer, s *site) bool {
	k := l.k
	stride := s.form.coef[len(k.Indices)-1]
	room := stride.plus(s.form.hi, -1).plus(constant64(1), -1)
	for _, p := range []poly{s.form.lo, room} {
		v, ok := p.value()
		switch {
		case ok && v < 0 && s.write && s.form.exact:
			l.refuse(s.pos, "a data race: %s is an element of another index",
				"have index i write from its own first element on: y[k*i] to y[k*i+k-1]", s.text)
			return false
		case ok && v < 0 && s.write:
			l.refuse(s.pos, "a data race: %s reaches elements of another index",
				"have index i write from its own first element on: y[k*i] to y[k*i+k-1]", s.text)
			return false
		case ok && v < 0:
			l.refuse(s.pos, "a data race: %s is read while another index may be writing it",
				"read from one slice and write to another", s.text)
			return false
		case !ok:
			k.checks = append(k.checks, check{p, b, "elements of different indices overlap"})
		}
	}
	return true
}

// readFootprint is that of a buffer that is only read.
func (l *lowering) readFootprint(b *Buffer) {
	k := l.k
	var per poly
	for _, s := range b.sites {
		if s.form == nil || len(s.form.coef[0]) == 0 || per != nil && !per.equal(s.form.coef[0]) {
			b.Foot = footprint{whole: true}
			return
		}
		per = s.form.coef[0]
		if v, ok := per.value(); ok && v < 0 || !ok && !per.positiveTerms() {
			b.Foot = footprint{whole: true}
			return
		}
		for d := 1; d < len(k.Indices); d++ {
			c := s.form.coef[d]
			if v, ok := c.value(); ok && v < 0 || !ok && !c.positiveTerms() {
				b.Foot = footprint{whole: true}
				return
			}
			if _, ok := c.value(); !ok {
				k.assume(c)
			}
		}
	}
	if per == nil { // only its length is asked for
		b.Foot = footprint{whole: true}
		return
	}
	if _, ok := per.value(); !ok {
		k.assume(per)
	}
	b.Foot = footprint{per: per}
	always := false
	for _, s := range b.sites {
		always = always || s.always
	}
	b.Foot.ragged = k.Group > 0 && !always
	for _, s := range b.sites {
		end := k.reach(s.form).plus(constant64(1), 1)
		b.Foot.before = addGreatest(b.Foot.before, poly{}.plus(s.form.lo, -1))
		b.Foot.ends = addGreatest(b.Foot.ends, end)
		if s.always == always {
			b.Foot.widths = addGreatest(b.Foot.widths, end)
		}
		if !s.always {
			continue
		}
		if v, ok := s.form.lo.value(); ok && v < 0 && s.form.exact && len(k.Indices) == 1 {
			l.refuse(s.pos, "%s, which is outside of %s for the first index", "read it only where it is there: if i > 0 { ... }", s.text, b.Label)
			return
		}
		b.Foot.needs = addGreatest(b.Foot.needs, end)
	}
}

// covers reports whether an index has written all of its elements.
func (k *Kernel) covers(b *Buffer, written map[string]*form, width poly) bool {
	stride := b.sites[firstWrite(b)].form.coef[len(k.Indices)-1]
	span := width
	if len(k.Indices) > 1 {
		// The innermost index owns as many elements as its stride.
		span = stride
		if !stride.equal(k.innerSpan(b)) {
			return false
		}
		if len(k.Indices) > 2 {
			return false // there may be gaps between rows, whose content must be kept
		}
	}
	have := constant64(0) // the offsets below are written
	for range len(written) + 1 {
		if have.equal(span) {
			return true
		}
		next := have
		for _, f := range written {
			below, ok1 := have.plus(f.lo, -1).value()
			if !ok1 || below < 0 {
				continue
			}
			end := f.hi.plus(constant64(1), 1)
			d, ok2 := end.plus(next, -1).value()
			if !ok2 {
				if f.lo.equal(have) {
					next = end
				}
			} else if d > 0 {
				next = end
			}
		}
		if next.equal(have) {
			return false
		}
		have = next
	}
	return have.equal(span)
}
