package kernelgen

import (
	"fmt"
	"go/token"
	"strings"
)

// nSymbol stands for the number of a launch's first indices in polynomials.
const nSymbol = "#n"

// turnsOf is an upper bound for the iterations of a loop, over parameters of the
// launch; false if none is known.
func (k *Kernel) turnsOf(s *For) (poly, bool) {
	if s.Turns != nil {
		return *s.Turns, true
	}
	for _, r := range s.limits() {
		if p, ok := k.length(r); ok {
			return p, true
		}
	}
	return nil, false
}

// length is an upper bound for the steps through a range; false if none is known.
func (k *Kernel) length(r *Range) (poly, bool) {
	lo, ok1 := k.affine(r.Lo)
	hi, ok2 := k.affine(r.Hi)
	if !ok1 || !ok2 {
		return nil, false
	}
	p := hi.plus(lo, -1)
	loops := map[string]*Var{}
	for name, v := range k.vars {
		if v.Range != nil {
			loops[name] = v
		}
	}
	_, p, _, ok := k.bounds(p, loops) // the most that it is
	if !ok {
		return nil, false
	}
	for d, ix := range k.Indices {
		factor, rest, linear := p.split(ix.Name)
		if !linear {
			return nil, false
		}
		last := symbol(nSymbol).plus(constant64(1), -1)
		if d > 0 {
			last = k.last(d)
		}
		p = rest
		if v, isConst := factor.value(); !isConst && !factor.positiveTerms() {
			return nil, false
		} else if !isConst || v > 0 {
			p = p.plus(factor.times(last), 1)
		}
	}
	if v, ok := p.value(); ok {
		step := max(1, r.Step)
		p = constant64(max(0, (v+step-1)/step))
	}
	return p, true
}

// amount is a number that depends on a launch: fixed, and terms in Go.
type amount struct {
	fixed float64
	terms []string
}

func (a *amount) add(b amount) {
	a.fixed += b.fixed
	a.terms = append(a.terms, b.terms...)
}

// times multiplies with a factor, a number or a term.
func (a amount) times(n float64, term string) amount {
	if term != "" {
		if a.fixed == 0 && len(a.terms) == 0 {
			return amount{}
		}
		return amount{terms: []string{term + "*" + a.operand()}}
	}
	if n == 1 {
		return a
	}
	b := amount{fixed: a.fixed * n}
	for _, t := range a.terms {
		if n != 0 {
			b.terms = append(b.terms, fmt.Sprintf("%v*%s", n, t))
		}
	}
	return b
}

func (a amount) operand() string {
	text := a.String()
	if strings.ContainsAny(text, "+") {
		return "(" + text + ")"
	}
	return text
}

func (a amount) String() string {
	terms := a.terms
	if a.fixed != 0 || len(terms) == 0 {
		terms = append([]string{fmt.Sprint(a.fixed)}, terms...)
	}
	return strings.Join(terms, "+")
}

// meter counts what a kernel does for an index.
type meter struct {
	k *Kernel
	// symbols prints a polynomial's variable.
	symbols func(string) string
}

// guessedTurns stands for a loop whose iterations nobody knows. The scheduler
// measures; this is for its first guess.
const guessedTurns = 16

// count is the work of statements: operations, and bytes of arrays that are read
// as a whole.
func (m *meter) count(list []Stmt) (flops, bytes amount) {
	for _, s := range list {
		var f, b amount
		switch s := s.(type) {
		case *Declare:
			f, b = m.expr(s.Init)
		case *Assign:
			f, b = m.expr(s.Value)
			if load, ok := s.To.(*Load); ok {
				g, c := m.expr(load)
				f.add(g)
				b.add(c)
			}
		case *CallMany:
			if s.Fn != nil {
				f.fixed += s.Fn.work()
			}
			for _, a := range s.Args {
				g, c := m.expr(a)
				f.add(g)
				b.add(c)
			}
		case *If:
			f, b = m.expr(s.Cond)
			for _, arm := range [][]Stmt{s.Then, s.Else} {
				g, c := m.count(arm)
				f.add(g.times(0.5, ""))
				b.add(c.times(0.5, ""))
			}
		case *Switch:
			f, b = m.count(s.Body)
		case *Return:
			for _, e := range s.Results {
				g, c := m.expr(e)
				f.add(g)
				b.add(c)
			}
		case *For:
			f, b = m.count(s.Body)
			g, c := m.expr(s.Cond)
			f.add(g)
			b.add(c)
			n, term := float64(guessedTurns), ""
			if m.k != nil {
				if p, ok := m.k.turnsOf(s); ok {
					if v, ok := p.value(); ok {
						n = float64(v)
					} else {
						term = "float64(max(0, " + p.format(m.symbols) + "))"
					}
				}
			} else if v, ok := constantTurns(s); ok {
				n = float64(v)
			}
			f, b = f.times(n, term), b.times(n, term)
		}
		flops.add(f)
		bytes.add(b)
	}
	return flops, bytes
}

// expr is the work of an expression.
func (m *meter) expr(e Expr) (flops, bytes amount) {
	walkExpr(e, func(e Expr) {
		switch e := e.(type) {
		case *Binary:
			flops.fixed++
			if e.Op == token.QUO || e.Op == token.REM {
				flops.fixed += 4
			}
		case *Unary, *Convert:
			flops.fixed++
		case *Builtin:
			flops.fixed += e.Fn.flops
		case *Call:
			flops.fixed += e.Fn.work()
		case *Load:
			if e.Buffer.Foot.whole {
				bytes.fixed += float64(e.Buffer.Elem.size())
			}
		}
	})
	return flops, bytes
}

// work is the cost of a call.
func (f *Function) work() float64 {
	if f.cost == 0 {
		m := meter{}
		flops, _ := m.count(f.Body)
		f.cost = max(1, flops.fixed)
	}
	return f.cost
}

// constantTurns is the number of a loop's iterations where it is a constant.
func constantTurns(s *For) (int64, bool) {
	if s.Turns != nil {
		return s.Turns.value()
	}
	for _, r := range s.limits() {
		lo, ok1 := int64Of(r.Lo)
		hi, ok2 := int64Of(r.Hi)
		if ok1 && ok2 {
			step := max(1, r.Step)
			return max(0, (hi-lo+step-1)/step), true
		}
	}
	return 0, false
}

// iterations prints how often the loops of one invocation turn: "" if there are
// none, and false if that is not known.
func (m *meter) iterations(list []Stmt) (amount, bool) {
	var sum amount
	known := true
	walkLoops(list, func(s *For) {
		inner, ok := m.iterations(s.Body)
		known = known && ok
		inner.fixed++
		if m.k == nil {
			v, ok := constantTurns(s)
			known = known && ok
			sum.add(inner.times(float64(v), ""))
			return
		}
		p, ok := m.k.turnsOf(s)
		known = known && ok
		if v, isConst := p.value(); isConst {
			sum.add(inner.times(float64(v), ""))
		} else {
			sum.add(inner.times(0, "int64(max(0, "+p.format(m.symbols)+"))"))
		}
	}, func(f *Function) {
		fm := meter{}
		turns, ok := fm.iterations(f.Body)
		known = known && ok
		sum.add(turns)
	})
	return sum, known
}

// walkLoops visits the outermost loops of a list and the functions that are
// called outside of them.
func walkLoops(list []Stmt, loop func(*For), call func(*Function)) {
	calls := func(e Expr) {
		walkExpr(e, func(e Expr) {
			if c, ok := e.(*Call); ok {
				call(c.Fn)
			}
		})
	}
	for _, s := range list {
		switch s := s.(type) {
		case *For:
			calls(s.Init)
			loop(s)
			// A condition is evaluated once a turn; its calls count inside.
		case *If:
			calls(s.Cond)
			walkLoops(s.Then, loop, call)
			walkLoops(s.Else, loop, call)
		case *Switch:
			walkLoops(s.Body, loop, call)
		case *Declare:
			calls(s.Init)
		case *Assign:
			calls(s.To)
			calls(s.Value)
		case *CallMany:
			if s.Fn != nil {
				call(s.Fn)
			}
			for _, a := range s.Args {
				calls(a)
			}
		case *Return:
			for _, e := range s.Results {
				calls(e)
			}
		}
	}
}
