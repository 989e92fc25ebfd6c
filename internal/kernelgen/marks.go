package kernelgen

import (
	"go/ast"
	"go/types"
)

// marks reads what stands beside a kernel's mark.
func (l *lowering) marks(fn *ast.FuncDecl) {
	k := l.k
	if d, ok := besides(fn, markHost); ok {
		l.hostMark(d)
	}
	l.groupMark(fn)
	results := k.Obj.Type().(*types.Signature).Results()
	if d, ok := besides(fn, markReduce); ok {
		l.reduceMark(d, fn, results)
	} else if results.Len() > 0 {
		l.refuse(fn.Type.Results.Pos(), "kernel %s with a result", "store results in the elements of a slice; to join the results of all indices, mark it //tandem:reduce sum", k.Name)
	}
}

// hostMark takes a function that someone has written as the Go variant.
func (l *lowering) hostMark(d directive) {
	obj, ok := l.src.pkg.Scope().Lookup(d.arg).(*types.Func)
	if !ok {
		l.refuse(d.pos, "%q, which is no function of this package", "write //tandem:host and the name of a func(*kernels.Call)", d.arg)
		return
	}
	sig := obj.Type().(*types.Signature)
	if sig.Params().Len() != 1 || sig.Results().Len() != 0 || sig.TypeParams() != nil || !isKernelsPointer(sig.Params().At(0).Type(), "Call") {
		l.refuse(d.pos, "%s as the Go variant, which is no func(*kernels.Call)", "see kernels.Kernel.Go for what it is given", d.arg)
		return
	}
	l.k.Host = d.arg
}

func isKernelsPointer(t types.Type, name string) bool {
	p, ok := types.Unalias(t).(*types.Pointer)
	return ok && isKernelsType(p.Elem(), name)
}

// isKernelsType reports whether a type is the named one of package kernels.
func isKernelsType(t types.Type, name string) bool {
	named, ok := types.Unalias(t).(*types.Named)
	if !ok {
		return false
	}
	obj := named.Obj()
	return obj.Name() == name && obj.Pkg() != nil && obj.Pkg().Path() == kernelsPath
}
