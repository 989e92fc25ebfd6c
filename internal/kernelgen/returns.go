package kernelgen

import (
	"go/constant"
	"go/token"
	"go/types"
)

// returning gives the statements of a function the results in variables in the place
// of returns. What follows an if with a return goes into the arm that goes on; where
// there is none, as behind a loop, into an if of a variable that says whether the
// function has returned.
type returning struct {
	l       *lowering
	results []*Var
	done    *Var // nil if nothing needs it
}

// statementsOf compiles the body of a function that is called, and returns its results.
func (l *lowering) statementsOf(f *Function) []Expr {
	before := len(l.refusals)
	body := append(l.namedResults(f.Obj.Type().(*types.Signature)), l.block(f.inline.decl.Body)...)
	if len(l.refusals) > before {
		return nil
	}
	if n := len(body); n > 0 && !returns(body[:n-1]) {
		if last, ok := body[n-1].(*Return); ok {
			l.out = append(l.out, body[:n-1]...)
			if f.inline.changes {
				l.hold(last.Results) // others may change what they are made of
			}
			return last.Results
		}
	}
	r := &returning{l: l}
	var results []Expr
	for _, t := range f.Results {
		v := &Var{Name: l.names.name("result"), Type: t, Writes: 1}
		r.results = append(r.results, v)
		l.out = append(l.out, &Declare{v, nil})
		results = append(results, &Ref{v})
	}
	list := r.list(body, false)
	if r.done != nil {
		l.out = append(l.out, &Declare{r.done, zero(typeBool)})
	}
	l.out = append(l.out, list...)
	return results
}

// keep stores the results of a return.
func (r *returning) keep(s *Return, flag bool) []Stmt {
	var list []Stmt
	for i, e := range s.Results {
		list = append(list, &Assign{To: &Ref{r.results[i]}, Value: e})
	}
	if flag {
		list = append(list, &Assign{To: r.over(), Value: &Const{typeBool, constant.MakeBool(true)}})
	}
	return list
}

// over is whether the function has returned.
func (r *returning) over() *Ref {
	if r.done == nil {
		r.done = &Var{Name: r.l.names.name("done"), Type: typeBool, Writes: 1}
	}
	return &Ref{r.done}
}

// list is a list outside of loops and switches. flag says that what follows it must
// know whether it has returned.
func (r *returning) list(list []Stmt, flag bool) []Stmt {
	var out []Stmt
	for i, s := range list {
		if !returns([]Stmt{s}) {
			out = append(out, s)
			continue
		}
		rest := list[i+1:]
		switch s := s.(type) {
		case *Return:
			return append(out, r.keep(s, flag)...)
		case *If:
			then, other := s.Then, s.Else
			switch {
			case len(rest) == 0:
			case !falls(then) && !falls(other):
			case !falls(then):
				other = joined(other, rest)
			case !falls(other):
				then = joined(then, rest)
			default:
				out = append(out, &If{s.Cond, r.list(then, true), r.list(other, true)})
				return r.unlessOver(out, rest, flag)
			}
			return append(out, &If{s.Cond, r.list(then, flag), r.list(other, flag)})
		default:
			out = append(out, r.within(s))
			if !falls([]Stmt{s}) {
				return out
			}
			return r.unlessOver(out, rest, flag)
		}
	}
	return out
}

func joined(a, b []Stmt) []Stmt { return append(append([]Stmt{}, a...), b...) }

func (r *returning) unlessOver(out, rest []Stmt, flag bool) []Stmt {
	if len(rest) == 0 {
		return out
	}
	return append(out, &If{&Unary{typeBool, token.NOT, r.over()}, r.list(rest, flag), nil})
}

// within is a statement in a loop or a switch, or one of those: a return leaves it.
func (r *returning) within(s Stmt) Stmt {
	switch s := s.(type) {
	case *If:
		return &If{s.Cond, r.leaving(s.Then), r.leaving(s.Else)}
	case *For:
		s.Body = r.leaving(s.Body)
	case *Switch:
		s.Body = r.leaving(s.Body)
	}
	return s
}

// leaving is a list in a loop or a switch.
func (r *returning) leaving(list []Stmt) []Stmt {
	var out []Stmt
	for _, s := range list {
		if !returns([]Stmt{s}) {
			out = append(out, s)
			continue
		}
		switch s := s.(type) {
		case *Return:
			return append(append(out, r.keep(s, true)...), &Break{})
		case *If:
			out = append(out, r.within(s))
		default:
			out = append(out, r.within(s), &If{r.over(), []Stmt{&Break{}}, nil})
		}
	}
	return out
}

// falls reports whether the end of a list may be reached.
func falls(list []Stmt) bool {
	for _, s := range list {
		on := true
		switch s := s.(type) {
		case *Return, *Break, *Continue:
			on = false
		case *If:
			on = falls(s.Then) || falls(s.Else)
		case *Switch:
			on = hasBreak(s.Body) || falls(s.Body)
		case *For:
			on = s.Cond != nil || hasBreak(s.Body)
		}
		if !on {
			return false
		}
	}
	return true
}
