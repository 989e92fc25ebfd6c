package kernelgen

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strconv"
	"strings"
)

// Work-group kernels. The index of such a kernel is that of a group; the number of
// an invocation in its group is a variable that goes through the group's size, as
// that of a loop does, so that footprints come out as for a loop over the group.

const (
	subgroupSize = 32
	maxGroup     = 1024
	// maxShared is the shared memory that OpenGL 4.3 promises a group.
	maxShared = 32 << 10
)

// Barrier waits for all invocations of the group.
type Barrier struct{ pos token.Pos }

// Collective joins a value of every invocation of a group, or of a sub-group.
type Collective struct {
	To       *Var
	Op       *namedFold
	Value    Expr
	Subgroup bool
	join     *Function
	pos      token.Pos
}

// Atomic is an indivisible change of an element, a Load or an At. To gets the old
// value; it may be nil.
type Atomic struct {
	To     *Var
	Op     string // of package atomics
	Target Expr
	Args   []Expr
	pos    token.Pos
}

func (*Barrier) stmt()    {}
func (*Collective) stmt() {}
func (*Atomic) stmt()     {}

// groupMark reads "//tandem:group SIZE" and compares it with the first parameter.
func (l *lowering) groupMark(fn *ast.FuncDecl) {
	k := l.k
	params := k.Obj.Type().(*types.Signature).Params()
	isGroup := params.Len() > 0 && isKernelsType(params.At(0).Type(), "Group")
	d, marked := besides(fn, markGroup)
	switch {
	case !marked && isGroup:
		l.refuse(fn.Name.Pos(), "kernel %s of a group whose size is not stated", "say how many invocations a group has: //tandem:group 256", k.Name)
	case marked && !isGroup:
		l.refuse(d.pos, "a %s%s mark at a kernel whose first parameter is no kernels.Group", "write func %s(g kernels.Group, ...)", markPrefix, markGroup)
		l.refusals[len(l.refusals)-1].Instead = fmt.Sprintf("write func %s(g kernels.Group, ...)", k.Name)
	case marked:
		n, err := strconv.Atoi(d.arg)
		if err != nil || n < subgroupSize || n > maxGroup || n%subgroupSize != 0 {
			l.refuse(d.pos, "a group of %s invocations", fmt.Sprintf("write a multiple of %d up to %d", subgroupSize, maxGroup), strconv.Quote(d.arg))
			return
		}
		k.Group = n
		if _, reduces := besides(fn, markReduce); reduces {
			l.refuse(d.pos, "a reduction of groups", "mark it either: reduce joins the values of single indices")
		}
	}
}

// groupParam makes the variables that stand for a group.
func (l *lowering) groupParam(p *types.Var) {
	k := l.k
	l.groupObj = p
	k.Indices = []*Var{{Name: l.names.name("group"), Type: typeInt, Index: 1}}
	k.Local = &Var{Name: l.names.name("local"), Type: typeInt, Range: &Range{Lo: intConst(0), Hi: intConst(int64(k.Group)), Step: 1}}
	l.made = append(l.made, k.Local)
}

// kernelsFunction is the function of package kernels that a call calls, perhaps with
// type arguments, or "".
func (l *lowering) packageFunction(e *ast.CallExpr, path string) string {
	f := ast.Unparen(e.Fun)
	if ix, ok := f.(*ast.IndexExpr); ok {
		f = ast.Unparen(ix.X)
	}
	var obj types.Object
	switch f := f.(type) {
	case *ast.Ident:
		obj = l.src.info.Uses[f]
	case *ast.SelectorExpr:
		if l.src.info.Selections[f] != nil {
			return ""
		}
		obj = l.src.info.Uses[f.Sel]
	}
	if fn, ok := obj.(*types.Func); ok && fn.Pkg() != nil && fn.Pkg().Path() == path {
		return fn.Name()
	}
	return ""
}

// groupMethod is the method of kernels.Group that a call calls, or "".
func (l *lowering) groupMethod(e *ast.CallExpr) string {
	sel, ok := ast.Unparen(e.Fun).(*ast.SelectorExpr)
	if !ok {
		return ""
	}
	if s := l.src.info.Selections[sel]; s == nil || !isKernelsType(s.Recv(), "Group") {
		return ""
	}
	return sel.Sel.Name
}

// groupValue lowers a method of a group that gives a number.
func (l *lowering) groupValue(e *ast.CallExpr, name string) Expr {
	if l.k == nil || l.k.Local == nil || l.object(ast.Unparen(e.Fun).(*ast.SelectorExpr).X) != l.groupObj {
		l.refuse(e.Pos(), "a group that is not the kernel's own", "use the kernel's first parameter")
		return nil
	}
	group, local := &Ref{l.k.Indices[0]}, &Ref{l.k.Local}
	size := intConst(int64(l.k.Group))
	switch name {
	case "Index":
		return group
	case "Local":
		return local
	case "Size":
		return size
	case "Global":
		return &Binary{typeInt, token.ADD, &Binary{typeInt, token.MUL, group, size}, local}
	case "Subgroup":
		return l.ofLocal(&l.k.Subgroup, "subgroup", int64(l.k.Group/subgroupSize))
	case "Lane":
		return l.ofLocal(&l.k.Lane, "lane", subgroupSize)
	}
	l.refuse(e.Pos(), "g.%s as a value", "write it as a statement of its own", name)
	return nil
}

// ofLocal is a part of the invocation's number that stays below n.
func (l *lowering) ofLocal(v **Var, name string, n int64) Expr {
	if *v == nil {
		*v = &Var{Name: l.names.name(name), Type: typeInt, Range: &Range{Lo: intConst(0), Hi: intConst(n), Step: 1}}
		l.made = append(l.made, *v)
	}
	return &Ref{*v}
}

var collectives = map[string]struct {
	op       string
	subgroup bool
}{
	"GroupSum": {"sum", false}, "GroupMin": {"min", false}, "GroupMax": {"max", false},
	"SubgroupSum": {"sum", true}, "SubgroupMin": {"min", true}, "SubgroupMax": {"max", true},
}

var atomicOps = map[string]int{ // with the number of operands behind the pointer
	"Add": 1, "And": 1, "Or": 1, "Xor": 1, "Min": 1, "Max": 1, "Exchange": 1, "CompareAndSwap": 2,
}

// effect lowers a call that does something to others: a barrier, a reduction of a
// group, an atomic operation. It returns false if the call is none of these.
func (l *lowering) effect(e *ast.CallExpr, used bool) (value Expr, ok bool) {
	if name := l.packageFunction(e, atomicsPath); name != "" {
		return l.atomic(e, name, used), true
	}
	if l.groupMethod(e) == "Barrier" {
		if l.mayAct(e, "a barrier") {
			l.out = append(l.out, &Barrier{e.Pos()})
		}
		return nil, true
	}
	name := l.packageFunction(e, kernelsPath)
	c, ok := collectives[name]
	if !ok {
		if name == "Shared" {
			l.refuse(e.Pos(), "kernels.Shared in the middle of a statement", "declare it in the outermost block: part := kernels.Shared[[256]float32](g)")
			return nil, true
		}
		return nil, false
	}
	if len(e.Args) != 2 || l.groupObj == nil || l.object(e.Args[0]) != l.groupObj {
		l.refuse(e.Pos(), "a group that is not the kernel's own", "use the kernel's first parameter")
		return nil, true
	}
	if !l.mayAct(e, "kernels."+name) {
		return nil, true
	}
	x := l.expr(e.Args[1])
	if x == nil {
		return nil, true
	}
	var op *namedFold
	for _, f := range namedFolds {
		if f.name == c.op {
			op = f
		}
	}
	t := l.convertType(l.src.info.Types[e].Type, e.Pos())
	if t == nil {
		return nil, true
	}
	if k, isConst := x.(*Const); isConst {
		x = &Const{t, k.Val}
	}
	join := l.joins[c.op+kindNames[t.Kind]]
	if join == nil {
		join = l.namedJoin(op, t)
		if l.joins == nil {
			l.joins = map[string]*Function{}
		}
		l.joins[c.op+kindNames[t.Kind]] = join
		l.callees = append(l.callees, join)
	}
	to := &Var{Name: l.names.name("all"), Type: t, Writes: 1}
	l.out = append(l.out, &Collective{To: to, Op: op, Value: x, Subgroup: c.subgroup, join: join, pos: e.Pos()})
	return &Ref{to}, true
}

// mayAct refuses an effect where it might happen more or less often than is written.
func (l *lowering) mayAct(e *ast.CallExpr, what string) bool {
	if l.fn != nil {
		l.refuse(e.Pos(), "%s in a device function", "write it in the kernel: device functions compute values", what)
		return false
	}
	if l.pure+l.lazy > 0 {
		l.refuse(e.Pos(), "%s in a condition of a loop, or behind && or ||", "assign its result to a variable first", what)
		return false
	}
	return true
}

func (l *lowering) atomic(e *ast.CallExpr, name string, used bool) Expr {
	if !l.mayAct(e, "atomics."+name) {
		return nil
	}
	operands, known := atomicOps[name]
	if !known || len(e.Args) != operands+1 {
		l.refuse(e.Pos(), "a call of atomics.%s", "see docs/kernels.md for the atomic operations", name)
		return nil
	}
	address, ok := ast.Unparen(e.Args[0]).(*ast.UnaryExpr)
	var element ast.Expr
	if ok && address.Op == token.AND {
		element = ast.Unparen(address.X)
	}
	if !l.isElement(element) {
		l.refuse(e.Args[0].Pos(), "an atomic operation on this", "give the address of an element of a slice or of shared memory: atomics.Add(&y[k], 1)")
		return nil
	}
	target := l.target(element, true)
	if target == nil {
		return nil
	}
	t := target.typ()
	if t.Kind != Int32 && t.Kind != Uint32 {
		l.refuse(e.Args[0].Pos(), "an atomic operation on %s", "use int32 or uint32; what depends on the order of its terms has no exact sum: see kernels.GroupSum and //tandem:reduce", kindNames[t.Kind])
		return nil
	}
	if load, isLoad := target.(*Load); isLoad && t.Kind != load.Buffer.Elem.Kind {
		l.refuse(e.Args[0].Pos(), "an atomic operation on a number of a structure that has others, of another type", "give all its numbers one type, or pass them as a slice of their own")
		return nil
	}
	a := &Atomic{Op: name, Target: target, pos: e.Pos()}
	for _, arg := range e.Args[1:] {
		x := l.expr(arg)
		if x == nil {
			return nil
		}
		if c, isConst := x.(*Const); isConst {
			x = &Const{t, c.Val}
		}
		a.Args = append(a.Args, x)
	}
	if load, isLoad := target.(*Load); isLoad {
		load.site.atomic = true
	}
	l.out = append(l.out, a)
	if !used {
		return nil
	}
	a.To = &Var{Name: l.names.name("was"), Type: t, Writes: 1}
	return &Ref{a.To}
}

// isElement reports whether an expression is an element of a slice or of shared memory,
// or a number of a slice's element.
func (l *lowering) isElement(e ast.Expr) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.IndexExpr:
		return l.bufferOf(e.X) != nil || l.isShared(e.X) || l.isPartOfElement(e.X)
	case *ast.SelectorExpr:
		return l.isPartOfElement(e.X)
	}
	return false
}

// isPartOfElement reports whether what is in an expression is in an element of a slice.
func (l *lowering) isPartOfElement(e ast.Expr) bool {
	return l.pointers[l.object(e)] != nil || l.isElement(e) && !l.isShared(root(e))
}

// root is the variable of which an expression is a part.
func root(e ast.Expr) ast.Expr {
	switch e := ast.Unparen(e).(type) {
	case *ast.IndexExpr:
		return root(e.X)
	case *ast.SelectorExpr:
		return root(e.X)
	}
	return e
}

func (l *lowering) isShared(e ast.Expr) bool {
	v := l.vars[l.object(e)]
	return v != nil && v.Shared
}

// sharedDecl takes "part := kernels.Shared[[256]float32](g)", and reports whether the
// statement is one.
func (l *lowering) sharedDecl(s *ast.AssignStmt) bool {
	if len(s.Rhs) != 1 || len(s.Lhs) != 1 {
		return false
	}
	call, ok := ast.Unparen(s.Rhs[0]).(*ast.CallExpr)
	if !ok || l.packageFunction(call, kernelsPath) != "Shared" {
		return false
	}
	id, ok := s.Lhs[0].(*ast.Ident)
	obj := types.Object(nil)
	if ok {
		obj = l.src.info.Defs[id]
	}
	pointer, _ := l.src.info.Types[call].Type.(*types.Pointer)
	switch {
	case l.k == nil || l.k.Local == nil:
		l.refuse(call.Pos(), "shared memory in a function that is no kernel of groups", "declare it in a kernel whose first parameter is a kernels.Group")
		return true
	case obj == nil || pointer == nil || l.depth > 1:
		l.refuse(call.Pos(), "kernels.Shared in the middle of a statement", "declare it in the outermost block: part := kernels.Shared[[256]float32](g)")
		return true
	}
	array, ok := pointer.Elem().Underlying().(*types.Array)
	if !ok || array.Len() == 0 {
		l.refuse(call.Pos(), "shared memory that is no array", "write kernels.Shared[[256]float32](g)")
		return true
	}
	elem := l.convertType(array.Elem(), call.Pos())
	if elem == nil {
		return true
	}
	if elem.Kind == Array || elem.Kind == Bool {
		l.refuse(call.Pos(), "a shared array of %s", "use one array of numbers, or of structures, with a computed subscript", types.TypeString(array.Elem(), l.qualify))
		return true
	}
	if elem.isScalar() {
		elem = &Type{Kind: elem.Kind}
	}
	t := &Type{Kind: Array, Len: array.Len(), Elem: elem, Go: pointer.Elem()}
	v := &Var{Name: l.names.name(id.Name), Type: t, Shared: true, Writes: 1}
	l.bind(obj, v)
	l.k.Shared = append(l.k.Shared, v)
	if n := l.k.sharedBytes(); n > maxShared {
		l.refuse(call.Pos(), "%d bytes of shared memory", fmt.Sprintf("a group has %d on every device: share less, or use smaller groups", maxShared), n)
	}
	return true
}

// sharedBytes is what the declared arrays take in a group's shared memory.
func (k *Kernel) sharedBytes() int64 {
	n := int64(0)
	for _, v := range k.Shared {
		n += v.Type.Len * v.Type.Elem.bytes()
	}
	return n
}

// bytes is the room that devices need for a value.
func (t *Type) bytes() int64 {
	if t.Kind != Struct {
		return int64(t.size())
	}
	n := int64(0)
	for _, f := range t.Fields {
		if f.Type.Kind == Array {
			n += f.Type.Len * f.Type.Elem.bytes()
		} else {
			n += f.Type.bytes()
		}
	}
	return (n + 7) &^ 7
}

// scatterMark reads the names of slices that the kernel writes wherever it likes.
func (l *lowering) scatterMark(fn *ast.FuncDecl) {
	d, ok := besides(fn, markScatter)
	if !ok {
		return
	}
	names := strings.Fields(d.arg)
	if len(names) == 0 {
		l.refuse(d.pos, "a %s%s mark without a slice", "name the slices that are written anywhere", markPrefix, markScatter)
	}
	for _, name := range names {
		found := false
		for _, b := range l.k.Buffers {
			if b.Label == name {
				b.Scatter, found = true, true
			}
		}
		if !found {
			l.refuse(d.pos, "%q, which is no slice of the kernel", "name slices that the kernel is given", name)
		}
	}
}

func posOf(s Stmt) token.Pos {
	switch s := s.(type) {
	case *Barrier:
		return s.pos
	case *Collective:
		return s.pos
	}
	return token.NoPos
}
