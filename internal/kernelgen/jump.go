package kernelgen

import (
	"cmp"
	"go/ast"
	"go/constant"
	"go/token"
	"slices"
)

// A break or a continue that names a statement further out becomes one of the
// innermost loop or switch, GLSL having no other: it sets a variable, by which what
// stands behind that loop or switch goes on to the next. All that comes after has to do
// with innermost ones only. Go's printer takes the jump itself: loops with short ones
// inside took 1.6 times as long with the variables.

// enclosing is a loop or a switch around the statement that is lowered.
type enclosing struct {
	label string // "" if it has none
	loop  bool
	name  string // of the label in Go
	// posted says that a continue has statements of its own before it.
	posted bool
}

// jump is a break, or a continue if next is set, on its way out to a statement.
type jump struct {
	to   *enclosing
	next bool
}

func (jump) stmt() {}

// enter is what a loop or a switch begins its body with; leave ends that.
func (l *lowering) enter(loop bool) *enclosing {
	e := &enclosing{label: l.label, loop: loop}
	l.label = ""
	l.around = append(l.around, e)
	return e
}

func (l *lowering) leave() { l.around = l.around[:len(l.around)-1] }

// labelled lowers a statement with a label, which is of use to loops and switches.
func (l *lowering) labelled(s *ast.LabeledStmt) {
	switch s.Stmt.(type) {
	case *ast.ForStmt, *ast.RangeStmt, *ast.SwitchStmt:
		l.label = s.Label.Name
		l.labelPos = s.Pos()
	}
	l.statement(s.Stmt)
	l.label = ""
}

func (l *lowering) branch(s *ast.BranchStmt) {
	switch s.Tok {
	case token.GOTO:
		l.refuse(s.Pos(), "goto", "use for, if and switch")
	case token.FALLTHROUGH: // at the end of a clause: the switch has seen it
	case token.BREAK, token.CONTINUE:
		next := s.Tok == token.CONTINUE
		for _, e := range slices.Backward(l.around) {
			if (s.Label == nil || s.Label.Name == e.label) && (e.loop || !next) {
				l.out = append(l.out, jump{e, next})
				return
			}
		}
	}
}

// settle makes the jumps in the body of a loop or a switch, which has been left, breaks
// and continues of it. What stands before it are variables, and behind it jumps that
// lead further out.
func (l *lowering) settle(e *enclosing, body []Stmt, endless bool) (settled, before, behind []Stmt) {
	// A continue goes through a switch of its loop as it is. One within another switch
	// llvmpipe takes for one of that (Mesa 22.3.6).
	passes := jump{next: true}
	if n := len(l.around); !e.loop && n > 0 && l.around[n-1].loop {
		passes.to = l.around[n-1]
	}
	var ways []jump
	own := false
	visitJumps(body, func(j jump) []Stmt {
		if j.to != e && j != passes && !slices.Contains(ways, j) {
			ways = append(ways, j)
		}
		own = own || j == jump{to: e}
		return []Stmt{j}
	})
	if !e.loop && !own { // no switch is needed: its arms are an if
		return body, nil, nil
	}
	set := map[jump]*Assign{}
	for i, j := range ways {
		if endless && !own && i == len(ways)-1 {
			behind = append(behind, j) // nothing else leads there
			break
		}
		word, label := "break_", cmp.Or(j.to.label, "loop")
		if j.next {
			word = "continue_"
		}
		v := &Var{Name: l.names.name(word + label), Type: typeBool, Writes: 1, leads: &j}
		if j.to.name == "" {
			j.to.name = l.names.name(label)
		}
		before = append(before, &Declare{Var: v})
		behind = append(behind, &If{Cond: &Ref{v}, Then: []Stmt{j}})
		set[j] = &Assign{To: &Ref{v}, Value: &Const{typeBool, constant.MakeBool(true)}}
	}
	settled = visitJumps(body, func(j jump) []Stmt {
		switch {
		case j == passes:
			return []Stmt{j}
		case j == jump{e, true}:
			return []Stmt{&Continue{}}
		case set[j] != nil:
			return []Stmt{set[j], &Break{leads: &j}}
		}
		return []Stmt{&Break{}}
	})
	return settled, before, behind
}

// visitJumps puts other statements in the place of the jumps in a list. Those in the
// loops and switches of the list have been settled, but for what passes a switch.
func visitJumps(list []Stmt, visit func(j jump) []Stmt) []Stmt {
	var out []Stmt
	for _, s := range list {
		switch s := s.(type) {
		case jump:
			out = append(out, visit(s)...)
			continue
		case *If:
			s.Then, s.Else = visitJumps(s.Then, visit), visitJumps(s.Else, visit)
		case *Switch:
			s.Body = visitJumps(s.Body, visit)
		}
		out = append(out, s)
	}
	return out
}
