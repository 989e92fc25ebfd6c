package kernelgen

import "go/token"

// limits are ranges that a loop's turns do not exceed: that of the variable of a counted
// loop, or of another variable that every turn counts on while one of the conditions
// that && joins is a comparison with it. That one may be declared outside of the loop,
// and stand further on when the loop begins.
func (s *For) limits() []*Range {
	if s.Var != nil && s.Var.Range != nil {
		return []*Range{s.Var.Range}
	}
	var steps []*Assign
	if s.Post != nil {
		steps = append(steps, s.Post)
	}
	if !hasContinue(s.Body) { // which might leave it out
		for _, b := range s.Body {
			if a, ok := b.(*Assign); ok {
				steps = append(steps, a)
			}
		}
	}
	var all []*Range
	for _, step := range steps {
		ref, ok := step.To.(*Ref)
		if !ok || ref.Var.Writes != 1 { // nothing else may change it
			continue
		}
		first := ref.Var.Init
		if ref.Var == s.Var {
			first = s.Init
		}
		for _, cond := range conjunction(s.Cond) {
			if r := counted(ref.Var, first, cond, step); first != nil && r != nil {
				all = append(all, r)
			}
		}
	}
	return all
}

// hasContinue reports whether statements go on with the loop around them.
func hasContinue(list []Stmt) bool {
	for _, s := range list {
		found := false
		switch s := s.(type) {
		case *Continue:
			found = true
		case *If:
			found = hasContinue(s.Then) || hasContinue(s.Else)
		case *Switch:
			found = hasContinue(s.Body)
		}
		if found {
			return true
		}
	}
	return false
}

// conjunction are the conditions that && joins.
func conjunction(e Expr) []Expr {
	if b, ok := e.(*Binary); ok && b.Op == token.LAND {
		return append(conjunction(b.X), conjunction(b.Y)...)
	}
	return []Expr{e}
}
