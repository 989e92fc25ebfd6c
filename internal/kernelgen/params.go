package kernelgen

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// exported is a name with a capital letter.
func exported(name string) string {
	r, n := utf8.DecodeRuneInString(name)
	return string(unicode.ToUpper(r)) + name[n:]
}

// signature refuses what neither kernels nor device functions may have, and reports
// whether there was none of it.
func (l *lowering) signature(fn *ast.FuncDecl) bool {
	switch {
	case fn.Recv != nil && l.k != nil:
		l.refuse(fn.Recv.Pos(), "a kernel that is a method", "write a function and pass the receiver as a parameter; what a kernel calls may be methods")
	case fn.Recv != nil && isPointer(fn.Recv.List[0].Type):
		l.refuse(fn.Recv.Pos(), "a pointer as receiver", "have the value itself as receiver, and return what it becomes: kernels have no pointers")
	case fn.Recv != nil && len(receiverTypes(fn)) > 0:
		l.refuse(fn.Recv.Pos(), "a method of a type whose type parameters are not all numbers", "constrain them by unions of numbers' types: type vec[T interface{ float32 | float64 }]")
	case fn.Type.TypeParams != nil:
		l.refuse(fn.Type.TypeParams.Pos(), "type parameters", "constrain them by unions of numbers' types: [T interface{ float32 | float64 }]")
	case fn.Body == nil:
		l.refuse(fn.Name.Pos(), "a function without a body", "write it in Go")
	default:
		return true
	}
	return false
}

// paramType is the type of a parameter of a device function.
func (l *lowering) paramType(p *types.Var, fn *ast.FuncDecl) *Type {
	if sig := l.src.info.Defs[fn.Name].Type().(*types.Signature); sig.Variadic() && p == sig.Params().At(sig.Params().Len()-1) {
		l.refuse(p.Pos(), "a variadic parameter", "write the parameters out, or pass an array")
		return nil
	}
	if hasSlices(p.Type()) {
		l.refuse(p.Pos(), "a parameter of a device function that has slices in it", "have the function take the slices: f(p.x, p.y)")
		return nil
	}
	return l.convertType(p.Type(), p.Pos())
}

// kernelParams makes a kernel's indices, buffers and scalars.
func (l *lowering) kernelParams(fn *ast.FuncDecl) {
	k := l.k
	k.names = l.names
	sig := k.Obj.Type().(*types.Signature)
	params := sig.Params()
	indices := 0
	if k.Group > 0 {
		l.groupParam(params.At(0))
		for i := 1; i < params.Len(); i++ {
			l.kernelParam(params.At(i), fn.Body)
		}
		l.countBuffers()
		return
	}
	// The first parameters of type int that stand before any other type are
	// indices: those of one field of the list, so that scalars of type int
	// can follow.
	if len(fn.Type.Params.List) > 0 {
		first := fn.Type.Params.List[0]
		if t := l.src.info.Types[first.Type].Type; t != nil && types.Identical(t, types.Typ[types.Int]) {
			indices = max(1, len(first.Names))
		}
	}
	switch {
	case indices == 0:
		l.refuse(fn.Name.Pos(), "kernel %s, whose first parameter is no index", "begin the parameters with i int, or y, x int, or z, y, x int", k.Name)
		return
	case indices > 3:
		l.refuse(fn.Type.Params.List[0].Pos(), "%d indices", "a kernel has one to three; scalars of type int stand behind another int: i int, n int", indices)
		return
	case sig.Variadic():
		l.refuse(fn.Type.Params.Pos(), "a variadic parameter", "write the parameters out")
		return
	}
	for i := range indices {
		p := params.At(i)
		v := &Var{Name: l.names.name(orName(p.Name(), fmt.Sprint("index", i))), Type: typeInt, Index: i + 1}
		k.Indices = append(k.Indices, v)
		l.bind(p, v)
	}
	for i := indices; i < params.Len(); i++ {
		l.kernelParam(params.At(i), fn.Body)
	}
	for i := 1; i < indices; i++ {
		k.Extents = append(k.Extents, l.scalar("n"+k.Indices[i].Name, typeInt))
	}
	l.countBuffers()
}

func (l *lowering) countBuffers() {
	k := l.k
	if len(k.Buffers) > maxParams {
		l.refuse(k.Pos, "%d slices", fmt.Sprintf("a kernel has at most %d", maxParams), len(k.Buffers))
	}
}

func orName(name, other string) string {
	if name == "" || name == "_" {
		return other
	}
	return name
}

// kernelParam makes what a kernel with such a body gets for a parameter.
func (l *lowering) kernelParam(p *types.Var, body *ast.BlockStmt) {
	k := l.k
	name := orName(p.Name(), "unused")
	if s, ok := p.Type().Underlying().(*types.Slice); ok {
		if b := l.newBuffer(s, p.Pos(), name, p.Name()); b != nil {
			l.buffers[p] = b
			k.Params = append(k.Params, Param{Name: name, Go: p.Type(), Buffer: b})
		}
		return
	}
	if hasSlices(p.Type()) {
		l.aggregateParam(p, name, body)
		return
	}
	param := Param{Name: name, Go: p.Type()}
	v := l.newValue(p.Type(), p.Pos(), name, "", l.assigned[p], &param)
	if v == nil {
		return
	}
	l.bind(p, v)
	k.Params = append(k.Params, param)
}

// newBuffer adds an array to the kernel's launches. It returns nil for one that
// kernels don't have.
func (l *lowering) newBuffer(s *types.Slice, pos token.Pos, name, label string) *Buffer {
	k := l.k
	elem := l.convertType(s.Elem(), pos)
	var record *Type
	switch {
	case elem == nil:
		return nil
	case !elem.isScalar():
		number := l.recordNumber(elem, pos)
		if number == nil {
			return nil
		}
		elem, record = number, elem
	case elem.Kind == Bool:
		l.refuse(pos, "a slice of bool", "use []int32 or []uint32")
		return nil
	case elem.Kind == Int:
		l.refuse(pos, "a slice of int", "use []int32 or []int64: int has another size on devices")
		return nil
	}
	b := &Buffer{Name: l.names.name(name), Label: label, Elem: elem, Record: record, Pos: pos, Number: len(k.Buffers)}
	b.Base = l.names.name(name + "_base")
	k.Buffers = append(k.Buffers, b)
	return b
}

// newValue adds a value to the kernel's launches, as one scalar or several, which
// become parts of param: path leads to the value in it. It returns the variable that
// the kernel's body uses, or nil if the type was refused.
func (l *lowering) newValue(of types.Type, pos token.Pos, name, path string, assigned bool, param *Param) *Var {
	t := l.convertType(of, pos)
	if t == nil {
		return nil
	}
	var build func(t *Type, path, name string) Expr
	build = func(t *Type, path, name string) Expr {
		switch t.Kind {
		case Array:
			c := &Composite{T: t}
			for i := range t.Len {
				c.Elems = append(c.Elems, build(t.Elem, fmt.Sprintf("%s[%d]", path, i), fmt.Sprintf("%s_%d", name, i)))
			}
			return c
		case Struct:
			c := &Composite{T: t}
			if foreignTo(l.home, t.Go) && slices.ContainsFunc(t.Fields, func(f Field) bool { return !token.IsExported(f.Name) }) {
				l.refuse(pos, "the structure %s, of which not all has a capital letter, as a parameter", "have it in this package, or pass its numbers", types.TypeString(t.Go, l.qualify))
			}
			for _, f := range t.Fields {
				c.Elems = append(c.Elems, build(f.Type, path+"."+f.Name, name+"_"+f.Name))
			}
			return c
		}
		v := l.scalar(name, t)
		param.Parts = append(param.Parts, Part{Path: path, Var: v})
		return &Ref{v}
	}
	value := build(t, path, name)
	if ref, ok := value.(*Ref); ok && !assigned {
		return ref.Var
	}
	v := &Var{Name: l.names.name(name), Type: t, Init: value}
	l.prologue = append(l.prologue, &Declare{v, value})
	return v
}

// scalar adds a scalar argument to the kernel's launches.
func (l *lowering) scalar(name string, t *Type) *Var {
	v := &Var{Name: l.names.name(name), Type: t, Scalar: true}
	l.k.Scalars = append(l.k.Scalars, v)
	return v
}

// length is the scalar that holds a buffer's length.
func (l *lowering) length(b *Buffer) *Var {
	if b.Len == nil {
		b.Len = l.scalar(b.Name+"_len", typeInt)
	}
	return b.Len
}

// What a launch has room for, as kernels.MaxParams and kernels.MaxScalars say.
const (
	maxParams  = 8
	maxScalars = 128
)

// scalarType is the name of a scalar's type in package kernels.
func scalarType(t *Type) string {
	switch t.Kind {
	case Float32:
		return "Float32"
	case Float64:
		return "Float64"
	case Bool, Uint32:
		return "Uint32"
	case Int64:
		return "Int64"
	case Uint64:
		return "Uint64"
	}
	return "Int32"
}

// finish looks at the whole kernel.
func (l *lowering) finish() {
	k := l.k
	if len(k.Scalars) > maxScalars {
		l.refuse(k.Pos, "%d scalar values (%s)", fmt.Sprintf("a launch has room for %d, lengths and extents included: pass a slice", maxScalars),
			len(k.Scalars), k.scalarSources())
	}
	for _, f := range l.callees {
		addCallees(f, &k.Functions)
	}
	if k.Fold != nil {
		addCallees(k.Fold.Join, &k.Functions)
	}
	k.vars = map[string]*Var{}
	for _, list := range [][]*Var{k.Indices, k.Scalars, l.made} {
		for _, v := range list {
			k.vars[v.Name] = v
		}
	}
	l.collectStructs()
	l.analyse()
}

// scalarSources says where the scalars of a kernel come from: how many a parameter
// has, and which lengths and extents there are.
func (k *Kernel) scalarSources() string {
	var list []string
	of := map[*Var]bool{}
	for _, p := range k.Params {
		n := 0
		for _, part := range p.Parts {
			if part.Var != nil {
				of[part.Var] = true
				n++
			}
		}
		switch {
		case n > 1:
			list = append(list, fmt.Sprintf("%d of %s", n, p.Name))
		case n == 1:
			list = append(list, p.Name)
		}
	}
	for _, v := range k.Scalars {
		if !of[v] {
			list = append(list, v.Name)
		}
	}
	return strings.Join(list, ", ")
}

// addCallees appends a function after those that it calls.
func addCallees(f *Function, to *[]*Function) {
	for _, have := range *to {
		if have == f {
			return
		}
	}
	for _, g := range f.calls {
		addCallees(g, to)
	}
	*to = append(*to, f)
}
