package kernelgen

import "go/ast"

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

// hasBreak reports whether statements leave the loop or the switch around them.
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
	if len(s.Results) == 0 && len(l.named) == want {
		for _, v := range l.named {
			r.Results = append(r.Results, &Ref{v})
		}
		l.out = append(l.out, r)
		return
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
