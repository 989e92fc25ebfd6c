package kernelgen

// walk calls stmt for every statement and expr for every expression of a list,
// outer ones first.
func walk(list []Stmt, stmt func(Stmt), expr func(Expr)) {
	walkTop(list, stmt, func(e Expr) { walkExpr(e, expr) })
}

// walkTop is walk that leaves out the parts of expressions.
func walkTop(list []Stmt, stmt func(Stmt), expr func(Expr)) {
	for _, s := range list {
		if stmt != nil {
			stmt(s)
		}
		for _, e := range expressions(s) {
			if e != nil {
				expr(e)
			}
		}
		switch s := s.(type) {
		case *If:
			walkTop(s.Then, stmt, expr)
			walkTop(s.Else, stmt, expr)
		case *For:
			walkTop(s.Body, stmt, expr)
		case *Switch:
			walkTop(s.Body, stmt, expr)
		}
	}
}

// expressions are those that stand in a statement itself.
func expressions(s Stmt) []Expr {
	switch s := s.(type) {
	case *Declare:
		return []Expr{s.Init}
	case *Assign:
		return []Expr{s.To, s.Value}
	case *CallMany:
		return s.Args
	case *Collective:
		return []Expr{s.Value}
	case *Atomic:
		return append([]Expr{s.Target}, s.Args...)
	case *If:
		return []Expr{s.Cond}
	case *For:
		if s.Post != nil {
			return []Expr{s.Init, s.Cond, s.Post.To, s.Post.Value}
		}
		return []Expr{s.Init, s.Cond}
	case *Return:
		return s.Results
	}
	return nil
}

// walkExpr calls visit for an expression and all in it, outer ones first.
func walkExpr(e Expr, visit func(Expr)) {
	if e == nil || visit == nil {
		return
	}
	visit(e)
	for _, part := range parts(e) {
		walkExpr(part, visit)
	}
}

// parts are the operands of an expression.
func parts(e Expr) []Expr {
	switch e := e.(type) {
	case *Load:
		all := []Expr{e.At}
		for _, s := range e.Steps {
			if s.at != nil {
				all = append(all, s.at)
			}
		}
		return all
	case *Binary:
		return []Expr{e.X, e.Y}
	case *Unary:
		return []Expr{e.X}
	case *Convert:
		return []Expr{e.X}
	case *Call:
		return e.Args
	case *Builtin:
		return e.Args
	case *Select:
		return []Expr{e.X}
	case *At:
		return []Expr{e.X, e.At}
	case *Composite:
		return e.Elems
	}
	return nil
}

// clone is an expression of its own that is alike.
func clone(e Expr) Expr {
	switch e := e.(type) {
	case *Ref:
		return &Ref{e.Var}
	case *Load:
		return e.again()
	case *Binary:
		return &Binary{e.T, e.Op, clone(e.X), clone(e.Y)}
	case *Unary:
		return &Unary{e.T, e.Op, clone(e.X)}
	case *Convert:
		return &Convert{e.T, clone(e.X)}
	case *Call:
		return &Call{e.T, e.Fn, cloneAll(e.Args)}
	case *Builtin:
		return &Builtin{e.T, e.Fn, cloneAll(e.Args)}
	case *Select:
		return &Select{clone(e.X), e.Field}
	case *At:
		return &At{clone(e.X), clone(e.At)}
	case *Composite:
		c := &Composite{T: e.T, Elems: cloneAll(e.Elems)}
		c.isAt(e.place)
		return c
	}
	return e // a constant or a length
}

// again is an expression of its own that is alike.
func (e *Load) again() *Load {
	own := *e
	own.At, own.site = clone(e.At), &site{pos: e.site.pos, text: e.site.text}
	own.Steps = append([]step{}, e.Steps...)
	for i, s := range own.Steps {
		if s.at != nil {
			own.Steps[i].at = clone(s.at)
		}
	}
	return &own
}

// cloneStatements are statements of their own that are alike: those of a step.
func cloneStatements(list []Stmt) []Stmt {
	all := make([]Stmt, len(list))
	for i, s := range list {
		switch s := s.(type) {
		case *Declare:
			d := &Declare{Var: s.Var}
			if s.Init != nil {
				d.Init = clone(s.Init)
			}
			all[i] = d
		case *Assign:
			a := &Assign{To: clone(s.To), Value: clone(s.Value), pos: s.pos, part: s.part}
			if s.all != nil {
				a.all = &Assign{To: clone(s.all.To), Value: clone(s.all.Value), pos: s.pos}
			}
			all[i] = a
		case *CallMany:
			c := *s
			c.Args = cloneAll(s.Args)
			all[i] = &c
		case *If:
			all[i] = &If{clone(s.Cond), cloneStatements(s.Then), cloneStatements(s.Else)}
		default:
			all[i] = s
		}
	}
	return all
}

// loads reports whether an expression reads an element of a buffer.
func loads(e Expr) bool {
	found := false
	walkExpr(e, func(e Expr) {
		if _, ok := e.(*Load); ok {
			found = true
		}
	})
	return found
}

func cloneAll(list []Expr) []Expr {
	all := make([]Expr, len(list))
	for i, e := range list {
		all[i] = clone(e)
	}
	return all
}
