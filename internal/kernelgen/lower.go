package kernelgen

import (
	"go/ast"
	"go/token"
	"go/types"
)

// lowering turns one Go function into the kernel language.
type lowering struct {
	*compiler
	src *source
	k   *Kernel   // nil in a device function
	fn  *Function // nil in a kernel

	home     string                // the path of the package that is compiled
	inlining *inlining             // the call of a function with slices that is being compiled
	calls    int                   // of such functions
	values   map[types.Object]Expr // parameters of such functions that are no variables
	whole    ast.Expr              // the right side of the statement that is being compiled

	names   *namer
	vars    map[types.Object]*Var
	buffers map[types.Object]*Buffer
	// aggregates are parameters of the kernel that have slices in them.
	aggregates map[types.Object]*aggregate
	assigned   map[types.Object]bool
	pointers   map[types.Object]*place // to structures in slices
	prologue   []Stmt
	callees    []*Function
	turns      map[int]ast.Comment // marks of loops, by line
	out        []Stmt              // the block that is being made
	made       []*Var              // variables of counted loops

	around   []*enclosing // the loops and switches that are being made, outer ones first
	label    string       // of the statement that comes next
	labelPos token.Pos
	named    []*Var // the results of the function that have names

	groupObj types.Object         // the parameter of type kernels.Group
	joins    map[string]*Function // of reductions of groups
	pure     int                  // around an expression that may be evaluated more or less often than once
	lazy     int                  // around one behind && or ||, before which statements can stand
	depth    int                  // of blocks
}

func (c *compiler) lowering(src *source) *lowering {
	names := newNamer()
	for _, name := range src.pkg.Scope().Names() {
		names.taken[name] = true // what the package declares keeps its meaning
	}
	return &lowering{
		compiler: c, src: src, home: src.path, names: names, values: map[types.Object]Expr{},
		vars: map[types.Object]*Var{}, buffers: map[types.Object]*Buffer{},
		aggregates: map[types.Object]*aggregate{}, assigned: map[types.Object]bool{},
		pointers: map[types.Object]*place{},
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
		l.labelled(s)
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
	l.whole = call
	if l.changing(call) {
		return
	}
	// Whatever is wrong with the call is the better message.
	if before := len(l.refusals); l.call(call) == nil || len(l.refusals) > before {
		return
	}
	l.refuse(s.Pos(), "a call whose result is dropped", "leave it out: it changes nothing")
}
