package kernelgen

import (
	"go/ast"
	"go/types"
	"strings"
)

// lengthOf is len of a buffer.
func (l *lowering) lengthOf(b *Buffer) Expr {
	l.length(b)
	return &Length{b, typeInt}
}

// call lowers a call with one result, a conversion among them.
func (l *lowering) call(e *ast.CallExpr) Expr {
	if l.src.info.Types[e.Fun].IsType() {
		return l.conversion(e)
	}
	if id, ok := ast.Unparen(e.Fun).(*ast.Ident); ok {
		if b, ok := l.src.info.Uses[id].(*types.Builtin); ok {
			return l.goBuiltin(e, b.Name())
		}
	}
	if name := l.groupMethod(e); name != "" && name != "Barrier" {
		return l.groupValue(e, name)
	}
	if value, ok := l.effect(e, true); ok {
		if value == nil && l.groupMethod(e) == "Barrier" {
			l.refuse(e.Pos(), "g.Barrier() as a value", "write it as a statement of its own")
		}
		return value
	}
	fn, b := l.callee(e)
	if fn == nil && b == nil {
		return nil
	}
	if fn != nil && fn.inline != nil {
		return l.inlinedValue(e, fn)
	}
	args := l.arguments(e, fn)
	if args == nil {
		return nil
	}
	if b != nil {
		if b.name == "math/bits.Mul32" {
			l.refuse(e.Pos(), "a call with two results as a value", "assign them: hi, lo := bits.Mul32(a, b)")
			return nil
		}
		if b.cuda == "" {
			return l.special(e, b, args)
		}
		t := b.result
		if t == nil {
			t = args[0].typ()
		}
		return &Builtin{t, b, args}
	}
	if len(fn.Results) != 1 {
		l.refuse(e.Pos(), "a call with %d results as a value", "assign them to variables", len(fn.Results))
		return nil
	}
	return &Call{fn.Results[0], fn, args}
}

// arguments are those of a call; a method's receiver is the first of them.
func (l *lowering) arguments(e *ast.CallExpr, fn *Function) []Expr {
	args := make([]Expr, len(e.Args))
	for i, a := range e.Args {
		if args[i] = l.expr(a); args[i] == nil {
			return nil
		}
	}
	if sig, ok := l.src.info.Types[e.Fun].Type.Underlying().(*types.Signature); ok && sig.Params().Len() != len(args) {
		l.refuse(e.Pos(), "a call whose arguments are what another call returns", "assign the results to variables first")
		return nil
	}
	if fn != nil && fn.Method != "" {
		receiver := l.receiver(e)
		if receiver == nil {
			return nil
		}
		args = append([]Expr{receiver}, args...)
	}
	return args
}

// receiver is what a method is called of: the value, or a structure that is embedded in
// it.
func (l *lowering) receiver(e *ast.CallExpr) Expr {
	f := ast.Unparen(e.Fun).(*ast.SelectorExpr)
	var x Expr
	if p, ok := l.placeOf(f.X, asIs); ok {
		x = p.value()
	} else {
		x = l.expr(f.X)
	}
	if x == nil {
		return nil
	}
	path := l.src.info.Selections[f].Index()
	return selected(x, path[:len(path)-1])
}

// callee is what a call calls: a device function, or a builtin.
func (l *lowering) callee(e *ast.CallExpr) (*Function, *builtin) {
	var obj types.Object
	var name *ast.Ident
	called := ast.Unparen(e.Fun)
	switch f := called.(type) { // what is called with its types written out
	case *ast.IndexExpr:
		called = ast.Unparen(f.X)
	case *ast.IndexListExpr:
		called = ast.Unparen(f.X)
	}
	switch f := called.(type) {
	case *ast.Ident:
		name = f
		obj = l.src.info.Uses[f]
	case *ast.SelectorExpr:
		if s := l.src.info.Selections[f]; s != nil {
			return l.method(e, f, s), nil
		}
		name = f.Sel
		obj = l.src.info.Uses[f.Sel]
	case *ast.FuncLit:
		l.refuse(e.Pos(), "a closure", "write its statements here, or a //tandem:device function")
		return nil, nil
	}
	if b, ok := obj.(*types.Builtin); ok {
		l.refuse(e.Pos(), "the built-in function %s", "it has no place here", b.Name())
		return nil, nil
	}
	fn, ok := obj.(*types.Func)
	if !ok {
		l.refuse(e.Pos(), "a call of a function value", "call a //tandem:device function by its name")
		return nil, nil
	}
	full := fn.Pkg().Path() + "." + fn.Name()
	if b := builtins[full]; b != nil {
		return nil, b
	}
	inst := fn.Name()
	if fn.Type().(*types.Signature).TypeParams() != nil {
		var args []string
		for i := range l.src.info.Instances[name].TypeArgs.Len() {
			args = append(args, types.TypeString(l.src.info.Instances[name].TypeArgs.At(i), nil))
		}
		inst = instanceName(inst, args)
	}
	return l.calledFunction(e, fn, fn.Name(), inst), nil
}

// calledFunction compiles the function that a call calls: name is as nameOf has it,
// inst the same with the types for which a generic one is called.
func (l *lowering) calledFunction(e *ast.CallExpr, fn *types.Func, name, inst string) *Function {
	path := fn.Pkg().Path()
	if path == "math" {
		if instead := mathInstead[fn.Name()]; instead != "" {
			l.refuse(e.Pos(), "a call of math.%s, which is no function of kernels", instead, fn.Name())
			return nil
		}
		l.refuse(e.Pos(), "math.%s, whose last digits are another matter on every device",
			"kernels/kmath has functions with one result everywhere, and their errors; see docs/kernels.md", fn.Name())
		return nil
	}
	src := l.src
	if path != l.src.path {
		var err error
		if src, err = l.find(path); err != nil {
			l.refuse(e.Pos(), "a call of %s.%s, whose source was not found (%v)", "call functions of packages that the Go command finds", fn.Pkg().Name(), fn.Name(), err)
			return nil
		}
	}
	decl := src.decls[inst]
	if generic := src.decls[name]; decl == nil && generic != nil {
		if mark, _ := directiveOf(generic); mark.verb == markDevice {
			l.refuse(e.Pos(), "a call of %s, whose type parameters are not all numbers", "constrain them by a union of types: interface{ float32 | float64 }", inst)
			return nil
		}
	}
	mark := directive{}
	if decl != nil {
		mark, _ = directiveOf(decl)
	}
	if mark.verb != markDevice {
		if path != l.src.path {
			name = fn.Pkg().Name() + "." + name
		}
		instead := "mark it //tandem:device if it is written in the language of kernels"
		if path == "sync/atomic" {
			instead = "use a function of kernels/atomics"
		} else if first, _, _ := strings.Cut(path, "/"); path != l.src.path && !strings.Contains(first, ".") {
			instead = "use a function of kernels/kmath, math/bits or one of your own; see docs/kernels.md"
		}
		l.refuse(e.Pos(), "a call of %s, which is no function of kernels", instead, name)
		return nil
	}
	if l.compiling[src.path+"."+inst] {
		l.refuse(e.Pos(), "a recursive call of %s", "devices have no stack for it: write a loop", name)
		return nil
	}
	before := len(l.refusals)
	if l.badTypes(src, decl) {
		return nil
	}
	var f *Function
	if takesSlices(fn.Type().(*types.Signature)) || l.fn == nil && l.outside(fn) {
		f = l.inlinable(src, decl)
	} else {
		f = l.function(src, decl)
	}
	if f == nil {
		if len(l.refusals) == before {
			l.refuse(e.Pos(), "a call of %s, which was refused", "correct that first", name)
		}
		return nil
	}
	if f.inline != nil {
		return f
	}
	if l.fn != nil {
		l.fn.calls = append(l.fn.calls, f)
	} else {
		l.callees = append(l.callees, f)
	}
	return f
}

func (l *lowering) goBuiltin(e *ast.CallExpr, name string) Expr {
	switch name {
	case "len":
		arg := e.Args[0]
		if b := l.bufferOf(arg); b != nil {
			return l.lengthOf(b)
		}
		if before := len(l.refusals); l.expr(arg) != nil || len(l.refusals) == before {
			l.refuse(e.Pos(), "the length of this", "len takes the slices that the kernel is given, and arrays")
		}
	case "min", "max":
		args := l.arguments2(e)
		if args == nil {
			return nil
		}
		if !args[0].typ().isScalar() || args[0].typ().Kind == Bool {
			l.refuse(e.Pos(), "%s of what is no number", "compare numbers", name)
			return nil
		}
		x := args[0]
		for _, y := range args[1:] {
			x = &Builtin{x.typ(), builtins[name], []Expr{x, y}}
		}
		return x
	case "append":
		l.refuse(e.Pos(), "append", "store into an element: slices do not grow in a kernel")
	case "make", "new":
		l.refuse(e.Pos(), "%s", "declare an array, var buf [8]float32: kernels have no heap", name)
	case "copy":
		l.refuse(e.Pos(), "copy", "write a loop")
	case "panic":
		l.refuse(e.Pos(), "panic", "store a code into a slice, and check it after the launch")
	case "print", "println":
		l.refuse(e.Pos(), "%s", "test the function on the host, where it can print", name)
	case "cap":
		l.refuse(e.Pos(), "cap", "use len")
	default:
		l.refuse(e.Pos(), "the built-in function %s", "see docs/kernels.md for those that kernels have", name)
	}
	return nil
}

// arguments2 are the arguments of one of Go's own functions.
func (l *lowering) arguments2(e *ast.CallExpr) []Expr {
	t := l.convertType(l.src.info.Types[e].Type, e.Pos())
	if t == nil {
		return nil
	}
	var args []Expr
	for _, a := range e.Args {
		x := l.expr(a)
		if x == nil {
			return nil
		}
		if c, ok := x.(*Const); ok {
			x = &Const{t, c.Val}
		}
		args = append(args, x)
	}
	return args
}

func (l *lowering) conversion(e *ast.CallExpr) Expr {
	to := l.convertType(l.src.info.Types[e.Fun].Type, e.Fun.Pos())
	if to == nil {
		return nil
	}
	x := l.expr(e.Args[0])
	if x == nil {
		return nil
	}
	from := x.typ()
	if !to.isScalar() || !from.isScalar() {
		if to == from {
			return x
		}
		l.refuse(e.Pos(), "a conversion of a structure or an array", "convert their members")
		return nil
	}
	if to.Kind == Int && from.Kind != Int && from.Kind != Int32 {
		l.refuse(e.Pos(), "a conversion from %s to int, which has 32 bits on devices", "convert to int32, which can be a subscript, or write int(int32(x))", kindNames[from.Kind])
		return nil
	}
	if to.Kind == from.Kind && !to.isFloat() {
		return x
	}
	if e := narrowed(to, x); e != nil {
		return e
	}
	return &Convert{to, x}
}

// narrowed is float32(math.Sqrt(float64(x))), and its like, of a float32 x, in which
// nothing needs 64 bits: the functions of kmath are defined by that.
func narrowed(to *Type, e Expr) Expr {
	b, ok := e.(*Builtin)
	if !ok || to.Kind != Float32 || len(b.Args) != 1 || b.T.Kind != Float64 {
		return nil
	}
	if c, ok := b.Args[0].(*Const); ok && b.Fn == builtins["math.Float64frombits"] {
		return narrowedBits(c)
	}
	wide, ok := b.Args[0].(*Convert)
	if !ok || wide.T.Kind != Float64 || wide.X.typ().Kind != Float32 {
		return nil
	}
	narrow := builtins[kmathPath+strings.TrimPrefix(b.Fn.name, mathPath)]
	if narrow == nil {
		return nil
	}
	return &Builtin{to, narrow, []Expr{wide.X}}
}
