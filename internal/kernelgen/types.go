package kernelgen

import (
	"fmt"
	"go/token"
	"go/types"
	"strings"
)

var kindNames = [...]string{"bool", "int", "int32", "uint32", "int64", "uint64", "float32", "float64", "array", "struct"}

var basicKinds = map[types.BasicKind]Kind{
	types.Bool: Bool, types.UntypedBool: Bool, types.Int: Int, types.Int32: Int32, types.Uint32: Uint32,
	types.Int64: Int64, types.Uint64: Uint64, types.Float32: Float32, types.Float64: Float64,
	types.UntypedInt: Int, types.UntypedFloat: Float64, types.UntypedRune: Int32,
}

// instead is what to use in place of a basic type that kernels don't have.
var basicInstead = map[types.BasicKind]string{
	types.Int8: "use int32", types.Int16: "use int32", types.Uint8: "use uint32", types.Uint16: "use uint32",
	types.Uint: "use uint32 or uint64", types.Uintptr: "use uint64",
	types.Complex64: "use a structure of two float32", types.Complex128: "use a structure of two float64",
	types.UntypedComplex: "use a structure of two float64",
	types.String:         "kernels compute with numbers", types.UntypedString: "kernels compute with numbers",
	types.UnsafePointer: "use slices and values", types.UntypedNil: "kernels have no pointers",
}

// maxArray keeps arrays where devices keep them: in registers, or close by.
const maxArray = 256

// convertType is a type of the kernel language for one of Go; nil if it was
// refused.
func (l *lowering) convertType(t types.Type, pos token.Pos) *Type {
	text := types.TypeString(t, l.qualify)
	if isKernelsType(t, "Group") {
		l.refuse(pos, "a %s here", "it is the first parameter of a kernel that is marked //tandem:group, and stays there", text)
		return nil
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		if kind, ok := basicKinds[u.Kind()]; ok {
			return &Type{Kind: kind, Go: t}
		}
		if u.Kind() == types.Invalid {
			l.refuse(pos, "a type that the Go compiler refuses", "correct what it says")
			return nil
		}
		l.refuse(pos, "the type %s", basicInstead[u.Kind()], text)
	case *types.Array:
		if u.Len() == 0 || u.Len() > maxArray {
			l.refuse(pos, "an array of %d elements", fmt.Sprintf("arrays have 1 to %d; longer ones are slices", maxArray), u.Len())
			return nil
		}
		elem := l.convertType(u.Elem(), pos)
		if elem == nil {
			return nil
		}
		if elem.Kind == Array {
			l.refuse(pos, "an array of arrays", "use one array with a computed subscript")
			return nil
		}
		return &Type{Kind: Array, Len: u.Len(), Elem: elem, Go: t}
	case *types.Struct:
		return l.structType(t, u, pos)
	case *types.Slice:
		l.refuse(pos, "the slice type %s", "slices are parameters of kernels; inside use an array, [8]float32", text)
	case *types.Map:
		l.refuse(pos, "the map type %s", "use a slice with a computed subscript", text)
	case *types.Chan:
		l.refuse(pos, "the channel type %s", "indices of a kernel cannot talk to each other", text)
	case *types.Pointer:
		l.refuse(pos, "the pointer type %s", "use values: copying a structure costs nothing on devices", text)
	case *types.Interface:
		l.refuse(pos, "the interface type %s", "use the type itself", text)
	case *types.Signature:
		l.refuse(pos, "the function type %s", "call a //tandem:device function by its name", text)
	default:
		l.refuse(pos, "the type %s", "see docs/kernels.md for the types of kernels", text)
	}
	return nil
}

func (l *lowering) structType(t types.Type, u *types.Struct, pos token.Pos) *Type {
	named, ok := types.Unalias(t).(*types.Named)
	if !ok {
		l.refuse(pos, "a structure type without a name", "declare it: type point struct{ x, y float32 }")
		return nil
	}
	if p := named.Obj().Pkg(); p != nil && named.Obj().Parent() != p.Scope() {
		l.refuse(pos, "the structure type %s, which is declared in a function", "declare it outside of functions", named.Obj().Name())
		return nil
	}
	name := named.Obj().Name()
	for i := range named.TypeArgs().Len() {
		name += "_" + types.TypeString(named.TypeArgs().At(i), func(*types.Package) string { return "" })
	}
	key := types.TypeString(t, nil)
	if s := l.structs[key]; s != nil {
		return s
	}
	if u.NumFields() == 0 {
		l.refuse(pos, "a structure without fields", "give it one")
		return nil
	}
	if strings.HasPrefix(name, "array_") || strings.HasSuffix(name, "_of") {
		name = "type_" + name + "_" // what arrays and their makers are called in CUDA C
	}
	s := &Type{Kind: Struct, Name: "s_" + l.compiler.names.name(name), Go: t}
	fields := namer{taken: map[string]bool{}}
	for i := range u.NumFields() {
		f := u.Field(i)
		ft := l.convertType(f.Type(), pos)
		if ft == nil {
			return nil
		}
		if f.Name() == "_" {
			l.refuse(pos, "a field without a name in %s", "give it one", named.Obj().Name())
			return nil
		}
		s.Fields = append(s.Fields, Field{f.Name(), ft, "m_" + fields.name(f.Name())})
	}
	l.structs[key] = s
	return s
}

// collectStructs lists the structures of a kernel, members first.
func (l *lowering) collectStructs() {
	k := l.k
	var add func(t *Type)
	add = func(t *Type) {
		switch t.Kind {
		case Array:
			add(t.Elem)
		case Struct:
			for _, have := range k.Structs {
				if have == t {
					return
				}
			}
			for _, f := range t.Fields {
				add(f.Type)
			}
			k.Structs = append(k.Structs, t)
		}
	}
	visit := func(list []Stmt) {
		walk(list, func(s Stmt) {
			if d, ok := s.(*Declare); ok {
				add(d.Var.Type)
			}
		}, func(e Expr) { add(e.typ()) })
	}
	for _, f := range k.Functions {
		for _, p := range f.Params {
			add(p.Type)
		}
		for _, t := range f.Results {
			add(t)
		}
		visit(f.Body)
	}
	visit(k.Body)
	for _, v := range k.Shared {
		add(v.Type)
	}
}
