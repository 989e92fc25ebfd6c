package kernelgen

import (
	"fmt"
	"go/token"
	"maps"
	"slices"
)

// site is a place where a kernel uses an element of a buffer.
type site struct {
	pos    token.Pos
	text   string // as in the program
	write  bool
	atomic bool
	always bool  // it is reached for every index, or once for all of what it may use
	early  bool  // a read that may come before the index has written
	form   *form // nil if the subscript is no sum of multiples of indices
	number *form // of the number alone, where an element has several
}

// accessKind is how a kernel uses a buffer; see kernels.Access.
type accessKind uint8

// The ways of access. They are this package's own: tandemgen writes a part of
// package kernels, and must build without it.
const (
	accessIn accessKind = 1 << iota
	accessOut
	accessInOut = accessIn | accessOut
)

func (a accessKind) String() string { return [...]string{"none", "In", "Out", "InOut"}[a] }

// footprint is what an index uses of a buffer; see kernels.Footprint. All
// polynomials are over parameters of the launch.
type footprint struct {
	whole  bool
	ragged bool // the last index may have fewer elements than the others
	per    poly
	widths []poly // the width is the greatest of these, but at most per
	// An index reads at most as many elements before its first one as the
	// greatest of before, and up to the greatest of ends, not included.
	before, ends []poly
	// needs are elements, counted from the last index's first one, that a
	// launch must have because every index reads them.
	needs []poly
}

// check is a condition of launches: atLeast must not be negative.
type check struct {
	atLeast poly
	buffer  *Buffer // nil: the parameter itself
	text    string
}

// spaceOf says where a one-dimensional launch takes the number of indices from.
type spaceOf struct {
	buffer *Buffer // nil: the constructor is told
	read   bool    // as many as the buffer has elements for, which is only read
}

// certainty is whether a statement is reached for every index.
type certainty int

const (
	perhaps certainty = iota
	ifTurns           // if the loops around it turn at all
	surely
)

// flow walks through a kernel's statements in the order of execution.
type flow struct {
	*lowering
	loops map[string]*Var
	open  map[string]bool // the variables of loops that are being walked through
	exits []coverage
}

func newFlow(l *lowering) *flow {
	fl := &flow{lowering: l, loops: map[string]*Var{}, open: map[string]bool{}}
	for _, v := range []*Var{l.k.Local, l.k.Subgroup, l.k.Lane} {
		if v != nil {
			fl.loops[v.Name] = v
		}
	}
	return fl
}

// coverage is what an index has surely written: intervals of the offsets from its
// first element, by buffer.
type coverage map[*Buffer]map[string]*form

func (c coverage) clone() coverage {
	d := coverage{}
	for b, set := range c {
		d[b] = map[string]*form{}
		for key, f := range set {
			d[b][key] = f
		}
	}
	return d
}

// meet is what two ways have both written: of elements that a loop around them goes
// through, no more than either has until now.
func (fl *flow) meet(c, d coverage) coverage {
	both := coverage{}
	for b, set := range c {
		for key, f := range set {
			g := d[b][key]
			switch {
			case g == nil:
			case f.whole.equal(g.whole) || !fl.unfinished(g):
				both.add(b, f)
			case !fl.unfinished(f):
				both.add(b, g)
			}
		}
	}
	return both
}

func (c coverage) add(b *Buffer, f *form) {
	if c[b] == nil {
		c[b] = map[string]*form{}
	}
	c[b][formKey(f)] = f
}

// has reports whether all that f may use has been written: of what a loop writes in the
// end, the turn that is walked through has written no more than one element.
func (fl *flow) has(c coverage, b *Buffer, f *form) bool {
	if f == nil {
		return false
	}
	for _, g := range c[b] {
		if !sameCoefficients(f, g) || fl.unfinished(g) && !f.whole.equal(g.whole) {
			continue
		}
		below, ok1 := f.lo.plus(g.lo, -1).value()
		above, ok2 := g.hi.plus(f.hi, -1).value()
		if ok1 && ok2 && below >= 0 && above >= 0 {
			return true
		}
	}
	return false
}

// unfinished reports whether a form is of elements that the loops around it go through:
// not all of them have been yet.
func (fl *flow) unfinished(f *form) bool {
	return !f.exact && slices.ContainsFunc(f.whole.symbols(), func(name string) bool { return fl.open[name] })
}

// written adds a store to what an index has written.
func (fl *flow) written(c coverage, b *Buffer, f *form) coverage {
	if f == nil || !f.exact && !f.dense {
		return c
	}
	if old := c[b][formKey(f)]; old != nil && !fl.unfinished(old) {
		return c
	}
	c = c.clone()
	c.add(b, f)
	return c
}

// finished is what has been written for good where a function ends.
func (fl *flow) finished(c coverage) coverage {
	done := coverage{}
	for b, set := range c {
		for _, f := range set {
			if !fl.unfinished(f) {
				done.add(b, f)
			}
		}
	}
	return done
}

func formKey(f *form) string { return fmt.Sprint(f.coef, f.lo, f.hi) }

func sameCoefficients(f, g *form) bool {
	for d := range f.coef {
		if !f.coef[d].equal(g.coef[d]) {
			return false
		}
	}
	return true
}

// analyse finds how a kernel uses its buffers, and refuses what two indices would
// do to one element.
func (l *lowering) analyse() {
	k := l.k
	fl := newFlow(l)
	end, falls := fl.block(k.Body, coverage{}, surely)
	if falls {
		fl.exits = append(fl.exits, end)
	}
	written := coverage{}
	for i, c := range fl.exits {
		if written = c; i > 0 {
			written = fl.meet(fl.exits[0], c)
			fl.exits[0] = written
		}
	}
	before := len(l.refusals)
	writes := false
	for _, b := range k.Buffers {
		l.buffer(b, written)
		writes = writes || b.Access&accessOut != 0
	}
	if len(l.refusals) > before {
		return
	}
	if k.Group > 0 {
		l.checkGroup()
	}
	if k.Fold != nil {
		l.foldSpace(writes)
		return
	}
	if !writes {
		l.refuse(k.Pos, "kernel %s, which writes nothing", "store results in the elements of a slice, as y[i] = ...", k.Name)
		return
	}
	if len(k.Indices) == 1 && k.Group == 0 {
		for _, b := range k.Buffers {
			if b.Access&accessOut != 0 && !b.Foot.whole {
				k.n = spaceOf{buffer: b}
				return
			}
		}
		k.readSpace()
	}
}

// arm walks through what is done where a condition holds, or does not. some are the
// variables of which the condition says nothing but a range.
func (fl *flow) arm(cond Expr, holds bool, list []Stmt, c coverage, always certainty) (after coverage, falls bool, some []*Var) {
	loops := maps.Clone(fl.loops)
	some, all := fl.guards(cond, holds)
	if !all {
		some, always = nil, perhaps
	}
	after, falls = fl.block(list, c.clone(), always)
	fl.loops = loops
	return after, falls, some
}

// block walks through statements. falls is false if their end is never reached.
func (fl *flow) block(list []Stmt, c coverage, always certainty) (coverage, bool) {
	loops := maps.Clone(fl.loops)
	defer func() { fl.loops = loops }()
	for _, s := range list {
		var falls bool
		if c, falls = fl.statement(s, c, always); !falls {
			return c, false
		}
		if mayLeave(s, true) {
			always = perhaps
		}
	}
	return c, true
}

// mayLeave reports whether a statement may end the function, or, if loop is set, the
// loop, the turn of the loop or the switch around it.
func mayLeave(s Stmt, loop bool) bool { return leaves([]Stmt{s}, loop, loop) }

// leaves reports whether a list may end the function, or, where those count, what is
// around it by a break or a continue.
func leaves(list []Stmt, breaks, continues bool) bool {
	for _, s := range list {
		found := false
		switch s := s.(type) {
		case *Return:
			found = true
		case *Break:
			found = breaks
		case *Continue:
			found = continues
		case *If:
			found = leaves(s.Then, breaks, continues) || leaves(s.Else, breaks, continues)
		case *Switch:
			found = leaves(s.Body, false, continues)
		case *For:
			found = leaves(s.Body, false, false)
		}
		if found {
			return true
		}
	}
	return false
}

func (fl *flow) statement(s Stmt, c coverage, always certainty) (coverage, bool) {
	switch s := s.(type) {
	case *Declare:
		fl.expr(s.Init, c, always)
	case *CallMany:
		for _, a := range s.Args {
			fl.expr(a, c, always)
		}
	case *Collective:
		fl.expr(s.Value, c, always)
	case *Atomic:
		for _, a := range s.Args {
			fl.expr(a, c, always)
		}
		if load, ok := s.Target.(*Load); ok {
			fl.subscripts(load, c, always)
			load.site.write = true
			fl.use(load, always)
		} else {
			fl.expr(s.Target, c, always)
		}
	case *Assign:
		fl.expr(s.Value, c, always)
		to := s.To
		if load, ok := to.(*Load); ok {
			fl.subscripts(load, c, always)
			load.site.write = true
			fl.use(load, always)
			return fl.written(c, load.Buffer, load.site.number), true
		}
		fl.expr(to, c, always)
	case *If:
		fl.expr(s.Cond, c, always)
		one := fl.k.oneInvocation(s.Cond)
		a, fallsA, some := fl.arm(s.Cond, true, s.Then, c, always)
		b, fallsB, _ := fl.arm(s.Cond, false, s.Else, c, always)
		if !fallsA {
			fl.guards(s.Cond, false)
		}
		if fl.k.Group > 0 && fallsA && fallsB {
			return fl.guarded(s.Cond, one, some, c, a, b), true
		}
		switch {
		case fallsA && fallsB:
			return fl.meet(a, b), true
		case fallsA:
			return a, true
		case fallsB:
			return b, true
		}
		return c, false
	case *Switch:
		after, falls := fl.block(s.Body, c.clone(), perhaps)
		if hasBreak(s.Body) || !falls {
			return c, true
		}
		return after, true
	case *For:
		return fl.loop(s, c, always)
	case *Return:
		for _, e := range s.Results {
			fl.expr(e, c, always)
		}
		fl.exits = append(fl.exits, fl.finished(c))
		return c, false
	case *Break, *Continue:
		return c, false
	}
	return c, true
}

// loop walks through a loop. What its body writes counts afterwards where the
// loop goes through all of a range that the writes depend on; a range of no
// elements then has nothing to write.
func (fl *flow) loop(s *For, c coverage, always certainty) (coverage, bool) {
	fl.expr(s.Init, c, always)
	turns := int64(0)
	if s.Var != nil && s.Var.Range != nil {
		fl.loops[s.Var.Name] = s.Var
		lo, ok1 := fl.k.affine(s.Var.Range.Lo)
		hi, ok2 := fl.k.affine(s.Var.Range.Hi)
		if ok1 && ok2 {
			turns, _ = hi.plus(lo, -1).value()
		}
	}
	leaves := false
	for _, b := range s.Body {
		leaves = leaves || mayLeave(b, true)
	}
	inside := perhaps
	switch {
	case leaves:
	case turns > 0:
		inside = always
	case s.Var != nil && s.Var.Range != nil:
		inside = min(always, ifTurns)
	}
	fl.expr(s.Cond, c, perhaps)
	if s.Var != nil {
		fl.open[s.Var.Name] = true
	}
	after, falls := fl.block(s.Body, c.clone(), inside)
	if s.Var != nil {
		delete(fl.open, s.Var.Name)
	}
	if s.Post != nil {
		fl.expr(s.Post.Value, after, perhaps)
	}
	if leaves || !falls || s.Var == nil || s.Var.Range == nil {
		return c, s.Cond != nil || hasBreak(s.Body)
	}
	kept := c.clone()
	for b, set := range after {
		for _, f := range set {
			// What depends on another loop's variable is not written at all if this
			// one does not turn; what depends on its own is then nothing.
			if turns > 0 || f.dense && !f.exact && slices.Contains(f.whole.symbols(), s.Var.Name) {
				kept.add(b, f)
			}
		}
	}
	return kept, true
}

// expr finds the elements that an expression reads.
func (fl *flow) expr(e Expr, c coverage, always certainty) {
	switch e := e.(type) {
	case nil:
	case *Load:
		fl.subscripts(e, c, always)
		fl.use(e, always)
		e.site.early = !fl.has(c, e.Buffer, e.site.number)
	case *Binary:
		fl.expr(e.X, c, always)
		if e.Op == token.LAND || e.Op == token.LOR {
			always = perhaps
		}
		fl.expr(e.Y, c, always)
	default:
		for _, part := range parts(e) {
			fl.expr(part, c, always)
		}
	}
}

// subscripts finds the elements that an element's subscripts read.
func (fl *flow) subscripts(e *Load, c coverage, always certainty) {
	for _, part := range parts(e) {
		fl.expr(part, c, always)
	}
}

func (fl *flow) use(e *Load, always certainty) {
	if e.site.form == nil {
		e.site.form, e.site.number = fl.k.forms(e, fl.loops)
	}
	e.site.always = always == surely
	if f := e.site.form; always == ifTurns && f != nil && !f.exact {
		// All elements from the first on that the loop may use; none, if it
		// does not turn.
		e.site.always = f.lo.is(0)
	}
	if !slices.Contains(e.Buffer.sites, e.site) {
		e.Buffer.sites = append(e.Buffer.sites, e.site)
	}
}
