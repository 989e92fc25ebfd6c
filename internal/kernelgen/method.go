package kernelgen

import (
	"go/ast"
	"go/types"
	"strings"
)

// A method is a device function whose first parameter is its receiver. Its name is
// that of the receiver's type and its own, vec.add; an instance of a generic type's
// method is a function of that name, vec.add[float32], in the copy that is compiled.

// nameOf is a function's name in its package.
func nameOf(fn *ast.FuncDecl) string {
	if t, _ := receiver(fn); t != "" {
		return t + "." + fn.Name.Name
	}
	return fn.Name.Name
}

// methodOf is the name of the method itself, without its types; "" of a function.
func methodOf(name string) string {
	base, _, _ := strings.Cut(name, "[")
	_, method, _ := strings.Cut(base, ".")
	return method
}

// receiver is the name of a method's type, and what that type's parameters are
// called; nothing for a function.
func receiver(fn *ast.FuncDecl) (name string, params []*ast.Ident) {
	if fn.Recv == nil || len(fn.Recv.List) == 0 {
		return "", nil
	}
	var args []ast.Expr
	t := fn.Recv.List[0].Type
	for {
		switch e := t.(type) {
		case *ast.ParenExpr:
			t = e.X
			continue
		case *ast.StarExpr:
			t = e.X
			continue
		case *ast.IndexExpr:
			t, args = e.X, []ast.Expr{e.Index}
			continue
		case *ast.IndexListExpr:
			t, args = e.X, e.Indices
			continue
		case *ast.Ident:
			name = e.Name
		}
		for _, a := range args {
			if id, ok := a.(*ast.Ident); ok {
				params = append(params, id)
			}
		}
		return name, params
	}
}

// receiverTypes are the type parameters of a method's receiver.
func receiverTypes(fn *ast.FuncDecl) []*ast.Ident {
	_, params := receiver(fn)
	return params
}

func isPointer(e ast.Expr) bool {
	_, ok := ast.Unparen(e).(*ast.StarExpr)
	return ok
}

// receiverFirst makes a function of a method. Go has all parameters named or none.
func receiverFirst(fn *ast.FuncDecl) {
	if fn.Recv == nil {
		return
	}
	fn.Type.Params.List = append(fn.Recv.List, fn.Type.Params.List...)
	fn.Recv = nil
	for _, field := range fn.Type.Params.List {
		if len(field.Names) == 0 {
			field.Names = []*ast.Ident{{Name: "_", NamePos: field.Pos()}}
		}
	}
}

// paramsOf are the parameters of a device function, a receiver first.
func paramsOf(sig *types.Signature) []*types.Var {
	var all []*types.Var
	if r := sig.Recv(); r != nil {
		all = append(all, r)
	}
	for i := range sig.Params().Len() {
		all = append(all, sig.Params().At(i))
	}
	return all
}

// method compiles the method that a call calls; nil if it was refused.
func (l *lowering) method(e *ast.CallExpr, f *ast.SelectorExpr, s *types.Selection) *Function {
	fn, ok := s.Obj().(*types.Func)
	if !ok {
		l.refuse(e.Pos(), "a call of a function value", "call a //tandem:device function by its name")
		return nil
	}
	recv := types.Unalias(fn.Type().(*types.Signature).Recv().Type())
	_, pointer := recv.(*types.Pointer)
	switch {
	case s.Kind() == types.MethodExpr:
		l.refuse(e.Pos(), "a call of the method expression %s", "call the method of its first argument: a.method(b)", types.ExprString(f))
		return nil
	case types.IsInterface(recv):
		l.refuse(e.Pos(), "a call of %s, a method of an interface", "call a method of the type itself: what it calls must be known when the kernel is compiled", f.Sel.Name)
		return nil
	case pointer:
		l.refuse(e.Pos(), "a call of %s, a method of a pointer", "have the value itself as receiver, and return what it becomes: kernels have no pointers", f.Sel.Name)
		return nil
	case len(s.Index()) > 1 && isSlice(recv):
		l.refuse(e.Pos(), "a call of %s, a method of an embedded slice", "name the slice on the way to it", f.Sel.Name)
		return nil
	case len(s.Index()) > 1 && hasSlices(s.Recv()):
		l.refuse(e.Pos(), "a call of %s, a method of what is embedded in a structure with slices", "name it on the way", f.Sel.Name)
		return nil
	}
	named, ok := recv.(*types.Named)
	if !ok || fn.Pkg() == nil {
		l.refuse(e.Pos(), "a call of the method %s", "call a method of a named structure, array or number", f.Sel.Name)
		return nil
	}
	name := named.Obj().Name() + "." + fn.Name()
	inst := name
	if n := named.TypeArgs().Len(); n > 0 {
		args := make([]string, n)
		for i := range args {
			args[i] = types.TypeString(named.TypeArgs().At(i), nil)
		}
		inst = instanceName(name, args)
	}
	return l.calledFunction(e, fn, name, inst)
}
