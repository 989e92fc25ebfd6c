package kernelgen

import (
	"go/ast"
	"go/token"
	"go/types"
)

// clause is one of a switch.
type clause struct {
	cond    Expr // nil for the default
	other   bool // the default
	number  int
	body    []Stmt
	through bool // it goes on with the next one's body
}

func (l *lowering) switchStmt(s *ast.SwitchStmt) {
	around := l.enter(false)
	clauses, ok := l.clauses(s)
	l.leave()
	if !ok {
		return
	}
	through := false
	for _, c := range clauses {
		through = through || c.through
	}
	var list []Stmt
	if through {
		list = l.fallsThrough(clauses)
	} else {
		list = chain(clauses, func(c clause) []Stmt { return c.body })
	}
	body, set, behind := l.settle(around, list, false)
	if hasBreak(body) {
		body = []Stmt{&Switch{body, around}}
	}
	l.out = append(append(append(l.out, set...), body...), behind...)
}

// clauses lowers the clauses of a switch, false if there is nothing to switch over.
func (l *lowering) clauses(s *ast.SwitchStmt) ([]clause, bool) {
	if s.Init != nil {
		l.statement(s.Init)
	}
	var tag Expr
	if s.Tag != nil {
		if tag = l.expr(s.Tag); tag == nil {
			return nil, false
		}
		if !tag.typ().isScalar() {
			l.refuse(s.Tag.Pos(), "a switch over %s", "switch over numbers", types.TypeString(l.src.info.Types[s.Tag].Type, l.qualify))
			return nil, false
		}
		if _, ok := tag.(*Const); !ok {
			tag = l.temporary("tag", tag)
		}
	}
	var clauses []clause
	for _, stmt := range s.Body.List {
		from := stmt.(*ast.CaseClause)
		c := clause{other: from.List == nil, number: len(clauses)}
		for _, e := range from.List {
			l.pure++
			v := l.expr(e)
			l.pure--
			if v == nil {
				continue
			}
			if tag != nil {
				v = &Binary{typeBool, token.EQL, tag, v}
			}
			if c.cond == nil {
				c.cond = v
			} else {
				c.cond = &Binary{typeBool, token.LOR, c.cond, v}
			}
		}
		for _, s := range from.Body { // it is the last that is not empty
			b, ok := s.(*ast.BranchStmt)
			c.through = c.through || ok && b.Tok == token.FALLTHROUGH
		}
		c.body = l.statements(from.Body)
		clauses = append(clauses, c)
	}
	return clauses, true
}

// chain is the if and its else ifs that a switch is.
func chain(clauses []clause, body func(c clause) []Stmt) []Stmt {
	var list []Stmt
	for _, c := range clauses {
		if c.other {
			list = body(c)
		}
	}
	for i := len(clauses) - 1; i >= 0; i-- {
		if c := clauses[i]; c.cond != nil {
			list = []Stmt{&If{c.cond, body(c), list}}
		}
	}
	return list
}

// fallsThrough is a switch of which some clauses go on with the next one's body. First
// it finds which clause is meant; each row of clauses that go on is one arm then, in
// which all of those from that clause on are done.
func (l *lowering) fallsThrough(clauses []clause) []Stmt {
	from := &Var{Name: l.names.name("clause"), Type: typeInt, Init: intConst(int64(len(clauses)))}
	compare := func(op token.Token, n int) Expr { return &Binary{typeBool, op, &Ref{from}, intConst(int64(n))} }
	for _, c := range clauses {
		if c.other {
			from.Init = intConst(int64(c.number))
		}
	}
	find := chain(clauses, func(c clause) []Stmt {
		if c.other {
			return nil
		}
		from.Writes++
		return []Stmt{&Assign{To: &Ref{from}, Value: intConst(int64(c.number))}}
	})

	var rows []clause
	for i := 0; i < len(clauses); {
		first, last := i, i
		for clauses[last].through {
			last++
		}
		var row clause
		for ; i <= last; i++ {
			row.other = row.other || clauses[i].other
			if i < last {
				row.body = append(row.body, &If{Cond: compare(token.LEQ, i), Then: clauses[i].body})
			} else {
				row.body = append(row.body, clauses[i].body...)
			}
		}
		if !row.other {
			row.cond = compare(token.EQL, last)
			if first < last {
				row.cond = &Binary{typeBool, token.LAND, compare(token.GEQ, first), compare(token.LEQ, last)}
			}
		}
		rows = append(rows, row)
	}
	list := append([]Stmt{&Declare{from, from.Init}}, find...)
	return append(list, chain(rows, func(c clause) []Stmt { return c.body })...)
}
