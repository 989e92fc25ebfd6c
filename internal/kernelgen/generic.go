package kernelgen

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/types"
	"path/filepath"
	"slices"
	"strings"
)

// A marked function with type parameters is compiled once for each of the types
// that its constraints name: from a copy of its declaration, in which the type
// stands in the parameter's place. A copy is called what Go calls the instance,
// add[float32], and is type-checked with the package.

// instance is such a copy.
type instance struct {
	decl *ast.FuncDecl
	args []string // names of types
}

func instanceName(name string, args []string) string {
	return name + "[" + strings.Join(args, ", ") + "]"
}

// instancesOf are the declarations to compile for a marked function.
func (s *source) instancesOf(fn *ast.FuncDecl) []instance {
	if copies := s.instances[fn]; len(copies) > 0 {
		return copies
	}
	return []instance{{decl: fn}} // itself; type parameters that are left are refused
}

// instantiate makes the copies for the marked functions of a package that has been
// type-checked, and the files that they stand in.
func (l *loader) instantiate(s *source) ([]*ast.File, error) {
	var files []*ast.File
	for _, f := range s.files {
		for _, d := range f.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || fn.Type.TypeParams == nil && len(receiverTypes(fn)) == 0 || fn.Body == nil {
				continue
			}
			if mark, ok := directiveOf(fn); !ok || mark.verb != markKernel && mark.verb != markDevice || fn.Recv != nil && mark.verb == markKernel {
				continue
			}
			for _, args := range s.typeArguments(fn) {
				file, decl, err := l.copyOf(f, fn, args)
				if err != nil {
					return nil, err
				}
				s.instances[fn] = append(s.instances[fn], instance{decl, args})
				files = append(files, file)
			}
		}
	}
	return files, nil
}

// typeArguments are the lists of types that a function's parameters may stand for:
// none if a constraint is no union of numbers' types.
func (s *source) typeArguments(fn *ast.FuncDecl) [][]string {
	obj, ok := s.info.Defs[fn.Name].(*types.Func)
	if !ok {
		return nil
	}
	lists := [][]string{nil}
	sig := obj.Type().(*types.Signature)
	params := sig.TypeParams()
	if sig.Recv() != nil {
		params = sig.RecvTypeParams()
	}
	for i := range params.Len() {
		var longer [][]string
		for _, list := range lists {
			for _, t := range typeSet(params.At(i).Constraint()) {
				longer = append(longer, append(slices.Clone(list), t))
			}
		}
		lists = longer
	}
	return lists
}

// typeSet is the names of the types of a constraint, in their order there, or
// nothing unless all of them are numbers of kernels.
func typeSet(constraint types.Type) []string {
	switch u := constraint.Underlying().(type) {
	case *types.Basic:
		if _, ok := basicKinds[u.Kind()]; ok {
			return []string{u.Name()}
		}
	case *types.Union:
		var set []string
		for i := range u.Len() {
			terms := typeSet(u.Term(i).Type())
			if len(terms) == 0 {
				return nil
			}
			set = append(set, terms...)
		}
		return set
	case *types.Interface:
		if u.NumMethods() == 0 && u.NumEmbeddeds() == 1 {
			return typeSet(u.EmbeddedType(0))
		}
	}
	return nil
}

// copyOf reads the file of a function again and leaves of it the imports and the
// function, with types for its type parameters. Places in it are those of the
// original.
func (l *loader) copyOf(f *ast.File, fn *ast.FuncDecl, args []string) (*ast.File, *ast.FuncDecl, error) {
	name := l.fset.Position(f.Pos()).Filename
	again, err := parser.ParseFile(l.fset, name, l.texts[name], parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, nil, err
	}
	var decl *ast.FuncDecl
	again.Decls = slices.DeleteFunc(again.Decls, func(d ast.Decl) bool {
		if g, ok := d.(*ast.FuncDecl); ok {
			if nameOf(g) == nameOf(fn) {
				decl = g
			}
			return g != decl
		}
		g, ok := d.(*ast.GenDecl)
		return !ok || len(g.Specs) > 0 && !isImport(g.Specs[0])
	})
	if decl == nil {
		return nil, nil, fmt.Errorf("%s: BUG: no function %s any more", filepath.Base(name), fn.Name.Name)
	}
	names := receiverTypes(decl)
	if decl.Recv == nil {
		for _, field := range decl.Type.TypeParams.List {
			names = append(names, field.Names...)
		}
	}
	typeOf := map[string]string{}
	for i, p := range names {
		typeOf[p.Name] = args[i]
	}
	decl.Type.TypeParams = nil
	decl.Name.Name = instanceName(nameOf(fn), args)
	receiverFirst(decl)
	rename := func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			ast.Inspect(n.X, func(n ast.Node) bool { return renameType(n, typeOf) })
			return false // its field may be called as the type parameter
		default:
			return renameType(n, typeOf)
		}
	}
	ast.Inspect(decl.Type, rename)
	ast.Inspect(decl.Body, rename)
	return again, decl, nil
}

func isImport(s ast.Spec) bool {
	_, ok := s.(*ast.ImportSpec)
	return ok
}

func renameType(n ast.Node, typeOf map[string]string) bool {
	if id, ok := n.(*ast.Ident); ok {
		if t := typeOf[id.Name]; t != "" {
			id.Name = t
		}
	}
	return true
}
