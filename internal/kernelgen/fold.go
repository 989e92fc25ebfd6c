package kernelgen

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// Fold is how the values of a reduction's indices become one.
type Fold struct {
	State *Type
	Op    *namedFold // nil: Join is a function of the program
	Join  *Function
	// Finish makes the results of the last state, on the host; nil if they
	// are it. Results are the types of what the constructor gets pointers to:
	// a number, and perhaps an index.
	Finish  *types.Func
	Results []types.Type

	pos    token.Pos
	leaves []leaf
}

// leaf is a number of a state, with the way to it.
type leaf struct {
	path   string
	member string // the way to it in GLSL and CUDA C
	typ    *Type
}

// namedFold is an operation that every Go programmer knows.
type namedFold struct {
	name     string
	op       token.Token // or a builtin
	builtin  string
	integers bool // only of those
	// empty says what the value of no index is; "" if there is none.
	empty string
}

var namedFolds = []*namedFold{
	{name: "sum", op: token.ADD, empty: "0"},
	{name: "product", op: token.MUL, empty: "1"},
	{name: "min", builtin: "min"},
	{name: "max", builtin: "max"},
	{name: "and", op: token.AND, integers: true, empty: "all ones"},
	{name: "or", op: token.OR, integers: true, empty: "0"},
	{name: "xor", op: token.XOR, integers: true, empty: "0"},
}

// maxLeaves is how many numbers a kernels.Partial holds.
const maxLeaves = 4

// reduceMark reads "//tandem:reduce OP" or "//tandem:reduce JOIN FINISH".
func (l *lowering) reduceMark(d directive, fn *ast.FuncDecl, results *types.Tuple) {
	if results.Len() != 1 {
		l.refuse(fn.Name.Pos(), "a reduction with %d results", "return the value of the index: func(i int, ...) float32", results.Len())
		return
	}
	state := l.convertType(results.At(0).Type(), fn.Type.Results.Pos())
	if state == nil {
		return
	}
	if _, named := types.Unalias(state.Go).(*types.Named); named && state.isScalar() {
		l.refuse(fn.Type.Results.Pos(), "a reduction to %s", "return what it is made of: "+kindNames[state.Kind], types.TypeString(state.Go, l.qualify))
		return
	}
	f := &Fold{State: state, pos: d.pos, Results: []types.Type{state.Go}}
	if !f.collect(state, "", "") || len(f.leaves) > maxLeaves {
		l.refuse(fn.Type.Results.Pos(), "a reduction to %s", fmt.Sprintf("reduce to a number, or to a structure of at most %d", maxLeaves),
			types.TypeString(state.Go, l.qualify))
		return
	}
	words := strings.Fields(d.arg)
	if len(words) == 0 || len(words) > 2 {
		l.refuse(d.pos, "a %s%s mark of %d words", "write //tandem:reduce sum, or the names of a function that joins two values and of one that makes the result of the last", markPrefix, markReduce, len(words))
		return
	}
	for _, op := range namedFolds {
		if op.name == words[0] {
			f.Op = op
		}
	}
	switch {
	case f.Op == nil:
		f.Join = l.joinFunction(d, words[0], f.State)
	case !state.isScalar() || state.Kind == Bool || f.Op.integers && !state.isInteger():
		l.refuse(d.pos, "the reduction %s of %s", "name a //tandem:device function that joins two of them", f.Op.name, types.TypeString(state.Go, l.qualify))
		return
	default:
		f.Join = l.namedJoin(f.Op, state)
	}
	if len(words) == 2 && !l.finishFunction(f, d, words[1]) || f.Join == nil {
		return
	}
	l.k.Fold = f
}

// collect finds the numbers of a state.
func (f *Fold) collect(t *Type, path, member string) bool {
	switch t.Kind {
	case Array:
		return false
	case Struct:
		for _, field := range t.Fields {
			if !f.collect(field.Type, path+"."+field.Name, member+"."+field.member) {
				return false
			}
		}
		return true
	}
	f.leaves = append(f.leaves, leaf{path, member, t})
	return true
}

// joinFunction is a device function of this package that joins two states.
func (l *lowering) joinFunction(d directive, name string, state *Type) *Function {
	decl := l.src.decls[name]
	mark := directive{}
	if decl != nil && decl.Recv == nil {
		mark, _ = directiveOf(decl)
	}
	if mark.verb != markDevice {
		l.refuse(d.pos, "the reduction %s, which is neither sum, product, min, max, and, or, xor nor a function of kernels",
			"write func %s(a, b T) T, marked //tandem:device", name)
		l.refusals[len(l.refusals)-1].Instead = fmt.Sprintf("write func %s(a, b T) T, marked //tandem:device", name)
		return nil
	}
	for _, inst := range l.src.instancesOf(decl) {
		sig := l.src.info.Defs[inst.decl.Name].Type().(*types.Signature)
		is := func(v *types.Var) bool { return types.Identical(v.Type(), state.Go) }
		if sig.Params().Len() == 2 && sig.Results().Len() == 1 && is(sig.Params().At(0)) && is(sig.Params().At(1)) && is(sig.Results().At(0)) {
			return l.function(l.src, inst.decl) // nil if it was refused
		}
	}
	l.refuse(d.pos, "%s, which does not join two values of the kernel", "give it two parameters and a result of the type that the kernel returns", name)
	return nil
}

// finishFunction takes an ordinary function of this package.
func (l *lowering) finishFunction(f *Fold, d directive, name string) bool {
	obj, ok := l.src.pkg.Scope().Lookup(name).(*types.Func)
	if !ok {
		l.refuse(d.pos, "%q, which is no function of this package", "name a function that makes the result of the last value", name)
		return false
	}
	sig := obj.Type().(*types.Signature)
	results := sig.Results()
	fits := sig.TypeParams() == nil && sig.Params().Len() == 1 && types.Identical(sig.Params().At(0).Type(), f.State.Go) &&
		(results.Len() == 1 || results.Len() == 2 && types.Identical(results.At(1).Type(), types.Typ[types.Int]))
	if !fits {
		l.refuse(d.pos, "%s, which makes no result of the last value", "write func(last T) R, or func(last T) (R, int) where the second is an index", name)
		return false
	}
	f.Finish, f.Results = obj, nil
	for i := range results.Len() {
		f.Results = append(f.Results, results.At(i).Type())
	}
	return true
}

// namedJoin is a device function for an operation.
func (l *lowering) namedJoin(op *namedFold, t *Type) *Function {
	a, b := &Var{Name: "a", Type: t, Writes: 1}, &Var{Name: "b", Type: t, Writes: 1}
	var value Expr = &Binary{t, op.op, &Ref{a}, &Ref{b}}
	if op.builtin != "" {
		value = &Builtin{t, builtins[op.builtin], []Expr{&Ref{a}, &Ref{b}}}
	}
	return &Function{
		Name: "f_" + l.compiler.names.name("join_"+op.name), Params: []*Var{a, b}, Results: []*Type{t},
		Body: []Stmt{&Return{[]Expr{value}}},
	}
}

// identity is what a named operation begins with on the host, in Go: joined with
// any value, it gives that value.
func (op *namedFold) identity(t *Type) string {
	limit := map[Kind][2]string{
		Int: {"math.MinInt", "math.MaxInt"}, Int32: {"math.MinInt32", "math.MaxInt32"}, Uint32: {"0", "math.MaxUint32"},
		Int64: {"math.MinInt64", "math.MaxInt64"}, Uint64: {"0", "math.MaxUint64"},
		Float32: {"math.Inf(-1)", "math.Inf(1)"}, Float64: {"math.Inf(-1)", "math.Inf(1)"},
	}[t.Kind]
	switch op.name {
	case "sum":
		if t.isFloat() {
			return "math.Copysign(0, -1)" // -0: 0 would make 0 of the sum of -0 alone
		}
		return "0"
	case "product":
		return "1"
	case "max":
		return limit[0]
	case "min":
		return limit[1]
	case "and":
		if t.Kind == Uint32 || t.Kind == Uint64 {
			return limit[1]
		}
		return "-1"
	}
	return "0"
}

// foldSpace finds where a reduction's number of indices comes from.
func (l *lowering) foldSpace(writes bool) {
	k := l.k
	switch {
	case writes:
		for _, b := range k.Buffers {
			if i := firstWrite(b); i >= 0 {
				l.refuse(b.sites[i].pos, "a store into %s in a reduction", "return the value of the index; write a second kernel for what is stored", b.sites[i].text)
				return
			}
		}
	case len(k.Indices) > 1:
		l.refuse(k.Pos, "a reduction over %d indices", "use one index, and divide it: row, col := i/width, i%%width", len(k.Indices))
		l.refusals[len(l.refusals)-1].Instead = "use one index, and divide it: row, col := i/width, i%width"
		return
	}
	k.readSpace()
}

// readSpace takes the number of indices from the first array of which each index reads
// elements of its own.
func (k *Kernel) readSpace() {
	for _, b := range k.Buffers {
		if b.Foot.whole {
			continue
		}
		if per, ok := b.Foot.per.value(); ok && per > 0 {
			k.n = spaceOf{buffer: b, read: true}
			return
		}
	}
}
