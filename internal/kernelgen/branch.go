package kernelgen

import (
	"go/ast"
	"go/token"
	"go/types"
)

func (l *lowering) ifStmt(s *ast.IfStmt) {
	if s.Init != nil {
		l.statement(s.Init)
	}
	cond := l.expr(s.Cond)
	then := l.block(s.Body)
	var other []Stmt
	if s.Else != nil {
		other = l.statements([]ast.Stmt{s.Else})
	}
	if cond != nil {
		l.out = append(l.out, &If{cond, then, other})
	}
}

func (l *lowering) switchStmt(s *ast.SwitchStmt) {
	if s.Init != nil {
		l.statement(s.Init)
	}
	var tag Expr
	if s.Tag != nil {
		if tag = l.expr(s.Tag); tag == nil {
			return
		}
		if !tag.typ().isScalar() {
			l.refuse(s.Tag.Pos(), "a switch over %s", "switch over numbers", types.TypeString(l.src.info.Types[s.Tag].Type, l.qualify))
			return
		}
		if _, ok := tag.(*Const); !ok {
			tag = l.temporary("tag", tag)
		}
	}
	type arm struct {
		cond Expr
		body []Stmt
	}
	var arms []arm
	var other []Stmt
	breaks := false
	for _, clause := range s.Body.List {
		clause := clause.(*ast.CaseClause)
		var cond Expr
		for _, e := range clause.List {
			l.pure++
			c := l.expr(e)
			l.pure--
			if c == nil {
				continue
			}
			if tag != nil {
				c = &Binary{typeBool, token.EQL, tag, c}
			}
			if cond == nil {
				cond = c
			} else {
				cond = &Binary{typeBool, token.LOR, cond, c}
			}
		}
		body := l.statements(clause.Body)
		breaks = breaks || hasBreak(body)
		if clause.List == nil {
			other = body
		} else {
			arms = append(arms, arm{cond, body})
		}
	}
	for i := len(arms) - 1; i >= 0; i-- {
		if arms[i].cond != nil {
			other = []Stmt{&If{arms[i].cond, arms[i].body, other}}
		}
	}
	if breaks {
		other = []Stmt{&Switch{other}}
	}
	l.out = append(l.out, other...)
}

// hasBreak reports whether statements leave the switch around them.
func hasBreak(list []Stmt) bool {
	for _, s := range list {
		switch s := s.(type) {
		case *Break:
			return true
		case *If:
			if hasBreak(s.Then) || hasBreak(s.Else) {
				return true
			}
		}
	}
	return false
}

func (l *lowering) branch(s *ast.BranchStmt) {
	switch {
	case s.Label != nil:
		l.refuse(s.Pos(), "%s with a label", "move the inner loop into a //tandem:device function and return from it", s.Tok)
	case s.Tok == token.GOTO:
		l.refuse(s.Pos(), "goto", "use for, if and switch")
	case s.Tok == token.FALLTHROUGH:
		l.refuse(s.Pos(), "fallthrough", "list the values in one case, or call a function from both")
	case s.Tok == token.BREAK:
		l.out = append(l.out, &Break{})
	case s.Tok == token.CONTINUE:
		l.out = append(l.out, &Continue{})
	}
}

func (l *lowering) returnStmt(s *ast.ReturnStmt) {
	r := &Return{}
	want := 0
	switch {
	case l.inlining != nil:
		want = len(l.inlining.fn.Results)
	case l.fn != nil:
		want = len(l.fn.Results)
	case l.k.Fold != nil:
		want = 1
	}
	if len(s.Results) != want {
		l.refuse(s.Pos(), "a return of what another call returns", "assign the results to variables first")
		return
	}
	if len(s.Results) == 1 {
		l.whole = ast.Unparen(s.Results[0])
	}
	for _, e := range s.Results {
		v := l.expr(e)
		if v == nil {
			return
		}
		r.Results = append(r.Results, v)
	}
	l.out = append(l.out, r)
}
