package kernelgen

import (
	"go/ast"
	"go/token"
	"go/types"
	"strconv"
)

// lowering turns one Go function into the kernel language.
type lowering struct {
	*compiler
	src *source
	k   *Kernel   // nil in a device function
	fn  *Function // nil in a kernel

	names    *namer
	vars     map[types.Object]*Var
	buffers  map[types.Object]*Buffer
	assigned map[types.Object]bool
	prologue []Stmt
	callees  []*Function
	turns    map[int]ast.Comment // marks of loops, by line
	out      []Stmt              // the block that is being made
	made     []*Var              // variables of counted loops

	groupObj types.Object         // the parameter of type kernels.Group
	joins    map[string]*Function // of reductions of groups
	pure     int                  // around an expression that may be evaluated more or less often than once
	depth    int                  // of blocks
}

func (c *compiler) lowering(src *source) *lowering {
	names := newNamer()
	for _, name := range src.pkg.Scope().Names() {
		names.taken[name] = true // what the package declares keeps its meaning
	}
	return &lowering{
		compiler: c, src: src, names: names,
		vars: map[types.Object]*Var{}, buffers: map[types.Object]*Buffer{}, assigned: map[types.Object]bool{},
	}
}

func (l *lowering) qualify(p *types.Package) string {
	if p == nil || p.Path() == l.src.path {
		return ""
	}
	return p.Name()
}

func (l *lowering) bind(obj types.Object, v *Var) { l.vars[obj] = v }

// declare makes a variable for an object of the Go program.
func (l *lowering) declare(obj types.Object, t *Type) *Var {
	v := &Var{Name: l.names.name(obj.Name()), Type: t}
	l.bind(obj, v)
	return v
}

// temporary makes a variable with a value and returns a reference to it.
func (l *lowering) temporary(name string, value Expr) Expr {
	v := &Var{Name: l.names.name(name), Type: value.typ(), Init: value}
	l.out = append(l.out, &Declare{v, value})
	return &Ref{v}
}

// block lowers a block into statements of their own.
func (l *lowering) block(b *ast.BlockStmt) []Stmt { return l.statements(b.List) }

func (l *lowering) statements(list []ast.Stmt) []Stmt {
	outer := l.out
	l.out = nil
	l.depth++
	for _, s := range list {
		l.statement(s)
	}
	l.depth--
	made := l.out
	l.out = outer
	return made
}

func (l *lowering) statement(s ast.Stmt) {
	switch s := s.(type) {
	case *ast.EmptyStmt:
	case *ast.BlockStmt:
		l.out = append(l.out, l.block(s)...) // names are unique: no scope is needed
	case *ast.DeclStmt:
		l.declStmt(s)
	case *ast.AssignStmt:
		l.assign(s)
	case *ast.IncDecStmt:
		l.incDec(s)
	case *ast.IfStmt:
		l.ifStmt(s)
	case *ast.ForStmt:
		l.forStmt(s)
	case *ast.RangeStmt:
		l.rangeStmt(s)
	case *ast.SwitchStmt:
		l.switchStmt(s)
	case *ast.BranchStmt:
		l.branch(s)
	case *ast.ReturnStmt:
		l.returnStmt(s)
	case *ast.ExprStmt:
		l.exprStmt(s)
	case *ast.GoStmt:
		l.refuse(s.Pos(), "a go statement", "leave it out: a kernel's indices run at the same time already")
	case *ast.DeferStmt:
		l.refuse(s.Pos(), "a defer statement", "write the statements where the function ends")
	case *ast.SelectStmt:
		l.refuse(s.Pos(), "a select statement", "kernels have no channels; indices cannot wait for each other")
	case *ast.SendStmt:
		l.refuse(s.Pos(), "a send to a channel", "store into a slice")
	case *ast.TypeSwitchStmt:
		l.refuse(s.Pos(), "a type switch", "kernels have no interfaces; write one kernel for each type")
	case *ast.LabeledStmt:
		l.refuse(s.Pos(), "the label %s", "move the inner loop into a //tandem:device function and return from it", s.Label.Name)
	default:
		l.refuse(s.Pos(), "a statement that kernels don't have", "see docs/kernels.md for those they have")
	}
}

func (l *lowering) exprStmt(s *ast.ExprStmt) {
	call, ok := ast.Unparen(s.X).(*ast.CallExpr)
	if !ok {
		l.refuse(s.Pos(), "a receive from a channel", "read from a slice")
		return
	}
	if _, ok := l.effect(call, false); ok {
		return
	}
	// Whatever is wrong with the call is the better message.
	if before := len(l.refusals); l.call(call) == nil || len(l.refusals) > before {
		return
	}
	l.refuse(s.Pos(), "a call whose result is dropped", "leave it out: functions of kernels change nothing")
}

func (l *lowering) declStmt(s *ast.DeclStmt) {
	decl := s.Decl.(*ast.GenDecl)
	switch decl.Tok {
	case token.CONST: // constants arrive where they are used
	case token.TYPE: // so do types
	case token.VAR:
		for _, spec := range decl.Specs {
			spec := spec.(*ast.ValueSpec)
			if len(spec.Values) == 1 && len(spec.Names) > 1 {
				lhs := make([]ast.Expr, len(spec.Names))
				for i, n := range spec.Names {
					lhs[i] = n
				}
				l.callMany(lhs, spec.Values[0], true)
				continue
			}
			values := make([]Expr, len(spec.Names))
			for i := range spec.Values {
				if values[i] = l.expr(spec.Values[i]); values[i] == nil {
					return
				}
			}
			if len(values) > 1 && len(spec.Values) > 0 {
				l.hold(values)
			}
			for i, name := range spec.Names {
				obj := l.src.info.Defs[name]
				if obj == nil || name.Name == "_" {
					continue
				}
				t := l.convertType(obj.Type(), name.Pos())
				if t == nil {
					return
				}
				v := l.declare(obj, t)
				v.Init = values[i]
				if v.Init == nil && t.isScalar() {
					v.Init = zero(t)
				}
				l.out = append(l.out, &Declare{v, v.Init})
			}
		}
	}
}

// hold puts values into temporaries where a store that comes first could change
// them.
func (l *lowering) hold(values []Expr) {
	for i, v := range values {
		if _, ok := v.(*Const); !ok {
			values[i] = l.temporary("t", v)
		}
	}
}

func (l *lowering) assign(s *ast.AssignStmt) {
	switch s.Tok {
	case token.ASSIGN, token.DEFINE:
	default:
		l.opAssign(s.Lhs[0], s.TokPos, assignOps[s.Tok], l.expr(s.Rhs[0]))
		return
	}
	if l.sharedDecl(s) {
		return
	}
	if len(s.Rhs) == 1 && len(s.Lhs) > 1 {
		l.callMany(s.Lhs, s.Rhs[0], s.Tok == token.DEFINE)
		return
	}
	values := make([]Expr, len(s.Rhs))
	failed := false
	for i, e := range s.Rhs {
		if obj := l.object(s.Lhs[i]); obj != nil && l.isIndexObject(obj) {
			l.refuse(s.Lhs[i].Pos(), "an assignment to the index %s", "declare a variable with its value", obj.Name())
			failed = true
		}
		values[i] = l.expr(e)
		failed = failed || values[i] == nil
	}
	if failed {
		return
	}
	targets := make([]Expr, len(s.Lhs)) // nil where a variable is made, or nothing is kept
	for i, e := range s.Lhs {
		if id, ok := ast.Unparen(e).(*ast.Ident); ok && (id.Name == "_" || l.src.info.Defs[id] != nil) {
			continue
		}
		if targets[i] = l.target(e, len(s.Lhs) > 1); targets[i] == nil {
			return
		}
	}
	if len(values) > 1 {
		l.hold(values)
	}
	for i, e := range s.Lhs {
		if targets[i] != nil {
			l.store(targets[i], values[i], e.Pos())
			continue
		}
		id := ast.Unparen(e).(*ast.Ident)
		if id.Name == "_" {
			continue
		}
		obj := l.src.info.Defs[id]
		t := l.convertType(obj.Type(), id.Pos())
		if t == nil {
			return
		}
		v := l.declare(obj, t)
		v.Init = values[i]
		l.out = append(l.out, &Declare{v, values[i]})
	}
}

func (l *lowering) object(e ast.Expr) types.Object {
	if id, ok := ast.Unparen(e).(*ast.Ident); ok {
		return l.src.info.Uses[id]
	}
	return nil
}

func (l *lowering) isIndexObject(obj types.Object) bool {
	v := l.vars[obj]
	return v != nil && v.Index > 0
}

// target is where an assignment stores. held says that subscripts must be
// evaluated now, because other stores of the statement come first.
func (l *lowering) target(e ast.Expr, held bool) Expr {
	keep := func(at Expr) Expr {
		if _, ok := at.(*Const); held && !ok {
			return l.temporary("at", at)
		}
		return at
	}
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		obj := l.src.info.Uses[e]
		if l.buffers[obj] != nil {
			l.refuse(e.Pos(), "an assignment to the slice %s", "store into its elements", e.Name)
			return nil
		}
		v := l.vars[obj]
		switch {
		case obj != nil && obj == l.groupObj:
			l.refuse(e.Pos(), "an assignment to the group", "leave it as it is")
			return nil
		case v != nil && v.Shared:
			l.refuse(e.Pos(), "an assignment to the shared array %s", "store into its elements", e.Name)
			return nil
		case v == nil:
			l.refuse(e.Pos(), "an assignment to the package variable %s", "store into a slice that the kernel is given", e.Name)
			return nil
		case v.Index > 0:
			l.refuse(e.Pos(), "an assignment to the index %s", "declare a variable with its value", e.Name)
			return nil
		}
		v.Writes++
		return &Ref{v}
	case *ast.SelectorExpr, *ast.IndexExpr:
		var x Expr
		if ix, ok := e.(*ast.IndexExpr); ok {
			if b := l.buffers[l.object(ix.X)]; b != nil {
				at := l.subscript(ix.Index)
				if at == nil {
					return nil
				}
				load := &Load{Buffer: b, At: keep(at), site: &site{pos: ix.Pos(), text: types.ExprString(ix)}}
				return load
			}
			if l.isShared(ix.X) {
				x = &Ref{l.vars[l.object(ix.X)]}
			} else if x = l.target(ix.X, held); x == nil {
				return nil
			}
			at := l.subscript(ix.Index)
			if at == nil {
				return nil
			}
			if x.typ().Kind != Array {
				l.refuse(e.Pos(), "a store into what is no array", "store into arrays, structures and slices")
				return nil
			}
			return &At{x, keep(at)}
		}
		sel := e.(*ast.SelectorExpr)
		if s := l.src.info.Selections[sel]; s == nil || s.Kind() != types.FieldVal {
			l.refuse(e.Pos(), "an assignment to a variable of another package", "store into a slice that the kernel is given")
			return nil
		}
		if x = l.target(sel.X, held); x == nil {
			return nil
		}
		return l.selectField(x, sel)
	case *ast.StarExpr:
		l.refuse(e.Pos(), "a store through a pointer", "assign to a variable, or to an element of a slice")
	default:
		l.refuse(e.Pos(), "an assignment to this", "assign to variables, fields and elements")
	}
	return nil
}

func (l *lowering) store(to, value Expr, pos token.Pos) {
	l.out = append(l.out, &Assign{To: to, Value: value, pos: pos})
}

var assignOps = map[token.Token]token.Token{
	token.ADD_ASSIGN: token.ADD, token.SUB_ASSIGN: token.SUB, token.MUL_ASSIGN: token.MUL, token.QUO_ASSIGN: token.QUO,
	token.REM_ASSIGN: token.REM, token.AND_ASSIGN: token.AND, token.OR_ASSIGN: token.OR, token.XOR_ASSIGN: token.XOR,
	token.SHL_ASSIGN: token.SHL, token.SHR_ASSIGN: token.SHR, token.AND_NOT_ASSIGN: token.AND_NOT,
}

func (l *lowering) opAssign(lhs ast.Expr, opPos token.Pos, op token.Token, value Expr) {
	if value == nil {
		return
	}
	if obj := l.object(lhs); obj != nil && l.isIndexObject(obj) {
		l.refuse(lhs.Pos(), "an assignment to the index %s", "declare a variable with its value", obj.Name())
		return
	}
	to := l.target(lhs, false)
	if to == nil {
		return
	}
	old := to
	if load, ok := to.(*Load); ok {
		old = &Load{Buffer: load.Buffer, At: load.At, site: &site{pos: load.site.pos, text: load.site.text}}
	}
	if v := l.binary(opPos, op, old.typ(), old, value); v != nil {
		l.store(to, v, lhs.Pos())
	}
}

func (l *lowering) incDec(s *ast.IncDecStmt) {
	op := token.ADD
	if s.Tok == token.DEC {
		op = token.SUB
	}
	t := l.convertType(l.src.info.Types[s.X].Type, s.X.Pos())
	if t == nil {
		return
	}
	l.opAssign(s.X, s.TokPos, op, one(t))
}

// callMany is an assignment of a call's several results.
func (l *lowering) callMany(lhs []ast.Expr, rhs ast.Expr, define bool) {
	call, ok := ast.Unparen(rhs).(*ast.CallExpr)
	if !ok {
		l.expr(rhs) // a map, a channel, an assertion
		return
	}
	fn, b := l.callee(call)
	if fn == nil && b == nil {
		return
	}
	if b != nil && b.name != "math/bits.Mul32" {
		l.refuse(call.Pos(), "a call with one result where several are wanted", "assign it to one variable")
		return
	}
	args := l.arguments(call)
	if args == nil {
		return
	}
	s := &CallMany{Fn: fn, Mul: b, Args: args}
	results := []*Type{typeUint32, typeUint32}
	if fn != nil {
		results = fn.Results
	}
	var after []Stmt
	for i, e := range lhs {
		id, isIdent := ast.Unparen(e).(*ast.Ident)
		if isIdent && id.Name == "_" {
			s.To = append(s.To, nil)
			continue
		}
		if isIdent && define && l.src.info.Defs[id] != nil {
			v := l.declare(l.src.info.Defs[id], results[i])
			v.Writes++
			l.out = append(l.out, &Declare{v, nil})
			s.To = append(s.To, v)
			continue
		}
		to := l.target(e, true)
		if to == nil {
			return
		}
		v := &Var{Name: l.names.name("t"), Type: results[i], Writes: 1}
		l.out = append(l.out, &Declare{v, nil})
		s.To = append(s.To, v)
		after = append(after, &Assign{To: to, Value: &Ref{v}, pos: e.Pos()})
	}
	l.out = append(append(l.out, s), after...)
}

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
	case l.fn != nil:
		want = len(l.fn.Results)
	case l.k.Fold != nil:
		want = 1
	}
	if len(s.Results) != want {
		l.refuse(s.Pos(), "a return of what another call returns", "assign the results to variables first")
		return
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

// turnsMark is what a //tandem:turns mark in the line above a loop states.
func (l *lowering) turnsMark(pos token.Pos) *poly {
	if l.turns == nil {
		l.turns = map[int]ast.Comment{}
		for _, f := range l.src.files {
			if f.FileStart <= pos && pos < f.FileEnd {
				for _, g := range f.Comments {
					for _, c := range g.List {
						if d, ok := parseDirective(c); ok && d.verb == markTurns {
							l.turns[l.fset.Position(c.Pos()).Line] = *c
						}
					}
				}
			}
		}
	}
	c, ok := l.turns[l.fset.Position(pos).Line-1]
	if !ok {
		return nil
	}
	d, _ := parseDirective(&c)
	if n, err := strconv.ParseInt(d.arg, 10, 32); err == nil && n >= 0 {
		p := constant64(n)
		return &p
	}
	for obj, v := range l.vars {
		if obj.Name() == d.arg && v.Scalar && v.Type.Kind == Int {
			p := symbol(v.Name)
			return &p
		}
	}
	l.refuse(c.Pos(), "%q iterations", "write a whole number, or the name of a parameter of type int that is not assigned to", d.arg)
	return nil
}

func (l *lowering) forStmt(s *ast.ForStmt) {
	mark := l.turnsMark(s.Pos())
	f := &For{Turns: mark}
	var v *Var
	if s.Init != nil {
		before := len(l.out)
		l.statement(s.Init)
		// One variable that the loop declares is printed as its own.
		if len(l.out) == before+1 {
			if d, ok := l.out[before].(*Declare); ok && d.Var.Type.isScalar() && d.Init != nil && s.Post != nil {
				f.Var, f.Init = d.Var, d.Init
				v = d.Var
				l.out = l.out[:before]
			}
		}
	}
	if s.Cond != nil {
		outer := l.out
		l.out = nil
		l.pure++
		f.Cond = l.expr(s.Cond)
		l.pure--
		l.out = outer
	}
	outer := l.out
	l.out = nil
	if s.Post != nil {
		l.pure++
		l.statement(s.Post)
		l.pure--
	}
	post := l.out
	l.out = outer
	writesByPost := 0
	if v != nil {
		writesByPost = v.Writes
	}
	f.Body = l.block(s.Body)
	simple := false
	if len(post) == 1 {
		if a, ok := post[0].(*Assign); ok {
			if ref, ok := a.To.(*Ref); ok && ref.Var.Type.isScalar() {
				f.Post, simple = a, true
			}
		}
	}
	if len(post) > 0 && !simple {
		// continue means the post statement and then the next iteration.
		for i, s := range f.Body {
			if _, ok := s.(*Continue); ok {
				f.Body = f.Body[:i] // what follows is never reached
				break
			}
		}
		f.Body = append(beforeContinue(f.Body, post), post...)
	}
	if v != nil && f.Post != nil && v.Writes == writesByPost && writesByPost == 1 {
		l.countedLoop(v, f)
	}
	if f.Cond != nil || s.Cond == nil {
		l.out = append(l.out, f)
	}
}

// beforeContinue puts statements in front of each continue of the innermost loop.
func beforeContinue(list, put []Stmt) []Stmt {
	var out []Stmt
	for _, s := range list {
		switch s := s.(type) {
		case *Continue:
			out = append(out, put...)
		case *If:
			s.Then, s.Else = beforeContinue(s.Then, put), beforeContinue(s.Else, put)
		case *Switch:
			s.Body = beforeContinue(s.Body, put)
		}
		out = append(out, s)
	}
	return out
}

// countedLoop finds what the variable of a loop goes through, where the loop is
// one that counts.
func (l *lowering) countedLoop(v *Var, f *For) {
	step, ok := f.Post.Value.(*Binary)
	cond, isBinary := f.Cond.(*Binary)
	if !ok || !isBinary || !v.Type.isInteger() {
		return
	}
	ref, isRef := step.X.(*Ref)
	by, isConst := step.Y.(*Const)
	left, isLeft := cond.X.(*Ref)
	if !isRef || ref.Var != v || !isConst || !isLeft || left.Var != v || f.Post.To.(*Ref).Var != v {
		return
	}
	n, exact := int64Of(by)
	if !exact || n < 1 {
		return
	}
	plusOne := func(e Expr) Expr { return &Binary{e.typ(), token.ADD, e, one(e.typ())} }
	r := &Range{}
	switch {
	case step.Op == token.ADD && cond.Op == token.LSS:
		r.Lo, r.Hi = f.Init, cond.Y
	case step.Op == token.ADD && cond.Op == token.LEQ:
		r.Lo, r.Hi = f.Init, plusOne(cond.Y)
	case step.Op == token.SUB && cond.Op == token.GEQ && !v.Type.isUnsigned():
		r.Lo, r.Hi = cond.Y, plusOne(f.Init)
	case step.Op == token.SUB && cond.Op == token.GTR:
		r.Lo, r.Hi = plusOne(cond.Y), plusOne(f.Init)
	default:
		return
	}
	r.Step = n
	v.Writes, v.Init, v.Range = 0, nil, r
	l.made = append(l.made, v)
}

func (l *lowering) rangeStmt(s *ast.RangeStmt) {
	over := l.src.info.Types[s.X].Type
	if over == nil {
		return
	}
	mark := l.turnsMark(s.Pos())
	keyObj, valueObj := l.rangeObject(s.Key), l.rangeObject(s.Value)
	if s.Tok == token.ASSIGN && (keyObj != nil || valueObj != nil) {
		l.refuse(s.Pos(), "a range over variables that are there before", "let the loop declare them with :=")
		return
	}
	var hi Expr
	var elem func(at Expr) Expr
	counter := typeInt
	switch u := over.Underlying().(type) {
	case *types.Basic:
		if u.Info()&types.IsInteger == 0 {
			l.refuse(s.X.Pos(), "a range over %s", "range over an integer, an array or a slice", types.TypeString(over, l.qualify))
			return
		}
		if hi = l.expr(s.X); hi == nil {
			return
		}
		counter = hi.typ()
		if _, ok := hi.(*Const); !ok {
			hi = l.temporary("n", hi)
		}
	case *types.Array:
		t := l.convertType(over, s.X.Pos())
		if t == nil {
			return
		}
		hi = intConst(u.Len())
		if valueObj != nil {
			x := l.expr(s.X)
			if x == nil {
				return
			}
			x = l.temporary("a", x) // Go ranges over a copy
			elem = func(at Expr) Expr { return &At{x, at} }
		}
	case *types.Slice:
		b := l.buffers[l.object(s.X)]
		if b == nil {
			l.refuse(s.X.Pos(), "a range over this slice", "range over a parameter of the kernel")
			return
		}
		hi = l.lengthOf(b)
		if valueObj != nil {
			elem = func(at Expr) Expr {
				return &Load{Buffer: b, At: at, site: &site{pos: s.X.Pos(), text: "a range over " + b.Label}}
			}
		}
	default:
		l.refuse(s.X.Pos(), "a range over %s", "range over an integer, an array or a slice", types.TypeString(over, l.qualify))
		return
	}
	name := "k"
	if keyObj != nil {
		name = keyObj.Name()
	}
	v := &Var{Name: l.names.name(name), Type: counter, Range: &Range{Lo: zero(counter), Hi: hi, Step: 1}}
	l.made = append(l.made, v)
	f := &For{
		Var: v, Init: zero(counter), Turns: mark,
		Cond: &Binary{typeBool, token.LSS, &Ref{v}, hi},
		Post: &Assign{To: &Ref{v}, Value: &Binary{counter, token.ADD, &Ref{v}, one(counter)}},
	}
	// A body that assigns to its key does not change the loop.
	var first []Stmt
	if keyObj != nil {
		if assignedObjects(l.src.info, s.Body)[keyObj] {
			own := l.declare(keyObj, counter)
			own.Init = &Ref{v}
			first = append(first, &Declare{own, own.Init})
		} else {
			l.bind(keyObj, v)
		}
	}
	if elem != nil {
		value := elem(&Ref{v})
		own := l.declare(valueObj, value.typ())
		own.Init = value
		first = append(first, &Declare{own, value})
	}
	f.Body = append(first, l.block(s.Body)...)
	l.out = append(l.out, f)
}

// rangeObject is the variable that a range loop declares, or nil.
func (l *lowering) rangeObject(e ast.Expr) types.Object {
	id, ok := e.(*ast.Ident)
	if !ok || id.Name == "_" {
		return nil
	}
	if obj := l.src.info.Defs[id]; obj != nil {
		return obj
	}
	return l.src.info.Uses[id]
}

// assignedObjects are the variables that a piece of a program assigns to.
func assignedObjects(info *types.Info, n ast.Node) map[types.Object]bool {
	set := map[types.Object]bool{}
	if n == nil {
		return set
	}
	var root func(e ast.Expr)
	root = func(e ast.Expr) {
		switch e := ast.Unparen(e).(type) {
		case *ast.Ident:
			if obj := info.Uses[e]; obj != nil {
				set[obj] = true
			}
		case *ast.SelectorExpr:
			root(e.X)
		case *ast.IndexExpr:
			root(e.X)
		}
	}
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for _, e := range n.Lhs {
				root(e)
			}
		case *ast.IncDecStmt:
			root(n.X)
		}
		return true
	})
	return set
}
