package kernelgen

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// compiler turns the marked functions of a package into kernels.
type compiler struct {
	*loader
	refusals  Refusals
	functions map[string]*Function // by package and name
	// inlinables are the functions with slices.
	inlinables map[string]*Function
	compiling  map[string]bool // functions that are being compiled: a call of one is recursion
	structs    map[string]*Type
	names      *namer // of functions and structures
}

// generatedNames are those of Go and of package kernels that stand in generated Go as they
// are: a package must not mean something else by them.
var generatedNames = append(strings.Fields("min max len kernels"), kindNames[:Array]...)

// File is what was found in a file of a package.
type File struct {
	Name    string // of the file
	Kernels []*Kernel
	ast     *ast.File
	src     *source
}

// Compile reads the package in a folder and compiles its kernels. Mistakes in them
// are Refusals.
func Compile(dir string) ([]*File, error) {
	l := newLoader(dir)
	src, err := l.load()
	if err != nil {
		return nil, err
	}
	return l.compile(src)
}

// compile compiles the kernels of a package.
func (l *loader) compile(src *source) ([]*File, error) {
	c := &compiler{
		loader: l, functions: map[string]*Function{}, inlinables: map[string]*Function{}, compiling: map[string]bool{},
		structs: map[string]*Type{}, names: newNamer(),
	}
	var files []*File
	made := map[string]token.Pos{} // constructors
	for _, f := range src.files {
		c.strayDirectives(f)
		file := &File{Name: c.fset.Position(f.Pos()).Filename, ast: f, src: src}
		for _, d := range f.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			mark, ok := directiveOf(fn)
			if !ok || mark.verb != markKernel && mark.verb != markDevice {
				continue
			}
			if c.badTypes(src, fn) {
				continue
			}
			for _, inst := range src.instancesOf(fn) {
				if mark.verb == markDevice {
					c.deviceFunction(src, inst.decl)
					continue
				}
				k := c.kernel(src, inst, mark)
				if k == nil {
					break
				}
				if _, twice := made[k.Launch]; k.Launch != noConstructor && (twice || src.pkg.Scope().Lookup(k.Launch) != nil) {
					c.refuse(fn.Name.Pos(), "kernel %s, whose constructor %s would be there twice",
						"begin the function's name with a small letter, or name the constructor: //tandem:kernel NAME", k.Name, k.Launch)
				}
				made[k.Launch] = fn.Pos()
				file.Kernels = append(file.Kernels, k)
			}
		}
		files = append(files, file)
	}
	return files, c.sorted()
}

// badTypes refuses what the Go compiler would refuse in a function.
func (c *compiler) badTypes(src *source, fn *ast.FuncDecl) bool {
	bad := false
	for _, e := range src.errs {
		if e.Pos >= fn.Pos() && e.Pos < fn.End() && !e.Soft {
			c.refuse(e.Pos, "%s", "the Go compiler says so too", strings.Join(strings.Fields(e.Msg), " "))
			bad = true
		}
	}
	return bad
}

// deviceFunction compiles a device function of any kind.
func (c *compiler) deviceFunction(src *source, fn *ast.FuncDecl) *Function {
	if obj, ok := src.info.Defs[fn.Name].(*types.Func); ok && takesSlices(obj.Type().(*types.Signature)) {
		return c.inlinable(src, fn)
	}
	return c.function(src, fn)
}

// function compiles a device function, once. It returns nil if it was refused.
func (c *compiler) function(src *source, fn *ast.FuncDecl) *Function {
	name := nameOf(fn)
	key := src.path + "." + name
	if f, ok := c.functions[key]; ok {
		return f
	}
	c.compiling[key] = true
	defer delete(c.compiling, key)
	c.functions[key] = nil
	obj, _ := src.info.Defs[fn.Name].(*types.Func)
	if obj == nil {
		return nil
	}
	before := len(c.refusals)
	f := &Function{Name: "f_" + c.names.name(strings.ReplaceAll(name, ".", "_")), Obj: obj, Method: methodOf(name)}
	l := c.lowering(src)
	l.fn = f
	if !l.signature(fn) {
		return nil
	}
	sig := obj.Type().(*types.Signature)
	for _, p := range paramsOf(sig) {
		t := l.paramType(p, fn)
		if t == nil {
			continue
		}
		v := l.declare(p, t)
		v.Writes++ // the caller's value is unknown
		f.Params = append(f.Params, v)
	}
	l.results(f, sig)
	if sig.Results().Len() == 0 {
		c.refuse(fn.Name.Pos(), "device function %s without a result", "return what it computes: it can change nothing else", fn.Name.Name)
	}
	if len(c.refusals) > before {
		return nil
	}
	f.Body = append(l.namedResults(sig), l.block(fn.Body)...)
	if len(c.refusals) > before {
		return nil
	}
	c.functions[key] = f
	return f
}

// results are the types of a device function's results.
func (l *lowering) results(f *Function, sig *types.Signature) {
	for i := range sig.Results().Len() {
		r := sig.Results().At(i)
		if t := l.convertType(r.Type(), r.Pos()); t != nil {
			f.Results = append(f.Results, t)
		}
	}
}

// namedResults declares the results of a function that have names: a return without
// values returns them.
func (l *lowering) namedResults(sig *types.Signature) []Stmt {
	l.named = nil
	var list []Stmt
	for i := range sig.Results().Len() {
		r := sig.Results().At(i)
		if r.Name() == "" {
			return nil
		}
		t := l.convertType(r.Type(), r.Pos())
		if t == nil {
			return nil
		}
		v := l.declare(r, t)
		if t.isScalar() {
			v.Init = zero(t)
		}
		l.named = append(l.named, v)
		list = append(list, &Declare{v, v.Init})
	}
	return list
}

// kernel compiles a kernel. It returns nil if it was refused.
func (c *compiler) kernel(src *source, inst instance, mark directive) *Kernel {
	fn := inst.decl
	obj, _ := src.info.Defs[fn.Name].(*types.Func)
	if obj == nil {
		return nil
	}
	before := len(c.refusals)
	for _, name := range generatedNames {
		if other := src.pkg.Scope().Lookup(name); other != nil {
			c.refuse(other.Pos(), "the name %s in a package with kernels", "name it otherwise: it is Go's own, or package kernels, in what is generated", name)
			return nil
		}
	}
	k := &Kernel{Name: fn.Name.Name, Title: fn.Name.Name, Launch: mark.arg, Obj: obj, Pos: fn.Name.Pos()}
	if inst.args != nil {
		base, _, _ := strings.Cut(k.Name, "[")
		k.Name, k.Title = base, base
		for _, t := range inst.args {
			k.Name += exported(t)
			k.Title += "." + t
			if k.Launch != "" && k.Launch != noConstructor {
				k.Launch += exported(t)
			}
		}
	}
	if k.Launch == "" {
		k.Launch = exported(k.Name)
	} else if !token.IsIdentifier(k.Launch) {
		c.refuse(mark.pos, "%q, which is no name for a constructor", "write //tandem:kernel NAME", mark.arg)
	}
	if fn.Doc != nil {
		k.Doc = fn.Doc.Text()
	}
	l := c.lowering(src)
	l.k = k
	l.assigned = assignedObjects(src.info, fn.Body)
	if !l.signature(fn) {
		return nil
	}
	l.marks(fn)
	if len(c.refusals) > before {
		return nil
	}
	l.kernelParams(fn)
	l.scatterMark(fn)
	if len(c.refusals) > before {
		return nil
	}
	named := l.namedResults(obj.Type().(*types.Signature))
	body := l.block(fn.Body)
	k.Body = slices.Concat(l.prologue, named, body)
	if len(c.refusals) > before {
		return nil
	}
	l.finish()
	if len(c.refusals) > before {
		return nil
	}
	return k
}
