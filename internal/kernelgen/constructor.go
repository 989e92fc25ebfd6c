package kernelgen

import (
	"fmt"
	"go/types"
	"strings"
)

// value prints a polynomial in the constructor.
func (w *writer) value(p poly) string {
	return p.format(func(name string) string {
		if v, ok := w.paths[name]; ok {
			return v
		}
		panic("kernelgen: BUG: " + name + " is not known in the constructor")
	})
}

// greatest prints the greatest of some values, as a constant where it is one.
func (w *writer) greatest(list []poly, atLeast string) string {
	var values []string
	most := int64(0)
	constants := 0
	for _, p := range list {
		if v, ok := p.value(); ok {
			if most = max(most, v); constants == 0 {
				most = v
			}
			constants++
			continue
		}
		values = append(values, w.value(p))
	}
	if atLeast != "" {
		if constants == 0 || most < 0 {
			most = 0
		}
		constants++
	}
	if len(values) == 0 {
		return fmt.Sprint(most)
	}
	if constants > 0 {
		values = append([]string{fmt.Sprint(most)}, values...)
	}
	if len(values) == 1 {
		return values[0]
	}
	return "max(" + strings.Join(values, ", ") + ")"
}

// constructor prints the function that makes launches.
func (w *writer) constructor() {
	k := w.k
	names := w.constructorNames()
	fresh := names.name
	w.operands, w.paths = map[*Buffer]string{}, map[string]string{}
	given := make([]string, len(k.Params))
	for i, p := range k.Params {
		given[i] = fresh(p.Name)
	}
	launch := fresh("l")
	result, index := fresh("result"), fresh("index")

	// Type parameters, one for each buffer, or for those of an aggregate that its
	// type has one for: a slice or a resident buffer.
	var typeParams []typeParam
	var params []string
	count := fresh("n")
	if k.Group > 0 {
		count = fresh("groups")
		params = append(params, count+" int")
	}
	if len(k.Indices) > 1 {
		count = fresh("n" + k.Indices[0].Name)
		counts := []string{count}
		for i, e := range k.Extents {
			w.paths[e.Name] = fresh("n" + k.Indices[i+1].Name)
			counts = append(counts, w.paths[e.Name])
		}
		params = append(params, strings.Join(counts, ", ")+" int")
	}
	if k.Fold != nil {
		params = append(params, result+" *"+types.TypeString(k.Fold.Results[0], w.im.qualify))
		if len(k.Fold.Results) == 2 {
			params = append(params, index+" *int")
		}
	}
	if len(k.Indices) == 1 && k.Group == 0 && k.n.buffer == nil {
		params = append(params, count+" int")
	}
	vectors := map[*Buffer]string{} // where a launch takes them from
	partValues := map[*Var]string{}
	for i, p := range k.Params {
		name := given[i]
		if b := p.Buffer; b != nil {
			t := typeParam{names.typeName(exported(name)), b.elemType(w.im.qualify)}
			typeParams = append(typeParams, t)
			params = append(params, name+" "+t.name)
			vectors[b] = name
			continue
		}
		of := types.TypeString(p.Go, w.im.qualify)
		if p.Aggregate {
			of, typeParams = w.aggregateType(p.Go, name, names, typeParams)
		}
		params = append(params, name+" "+of)
		for _, part := range p.Parts {
			value := name + part.Path
			if b := part.Buffer; b != nil {
				vectors[b] = value
				if _, named := types.Unalias(part.Go).(*types.Named); named {
					vectors[b] = "[]" + b.elemType(w.im.qualify) + "(" + value + ")"
				}
				continue
			}
			partValues[part.Var] = value
			w.paths[part.Var.Name] = value
			if part.Var.Type.Kind != Int || !types.Identical(part.Var.Type.Go, types.Typ[types.Int]) {
				w.paths[part.Var.Name] = "int(" + value + ")"
			}
		}
	}
	for _, b := range k.Buffers {
		w.operands[b] = fresh(argumentName.Replace(b.title()) + "_arg")
		if b.Len != nil {
			w.paths[b.Len.Name] = w.operands[b] + ".Len()"
			if n := b.numbers(); n > 1 {
				w.paths[b.Len.Name] = fmt.Sprintf("(%s.Len() / %d)", w.operands[b], n)
			}
		}
	}

	w.docComment(count)
	w.line("func %s%s(%s) (%s kernels.Launch) {", k.Launch, typeParamList(typeParams), strings.Join(params, ", "), launch)
	for _, b := range k.Buffers {
		if elem, kind := b.elemType(w.im.qualify), kindNames[b.Elem.Kind]; elem != kind {
			w.line("\t%s := kernels.OfRecords[%s, %s](%s)", w.operands[b], elem, kind, vectors[b])
			continue
		}
		w.line("\t%s := kernels.Of[%s](%s)", w.operands[b], kindNames[b.Elem.Kind], vectors[b])
	}
	n := count
	if k.Group > 0 {
		n = count
	} else if len(k.Indices) == 1 && (k.n.read || k.n.buffer == nil) {
		if b := k.n.buffer; b != nil {
			n = w.operands[b] + ".Len()"
			if !b.Foot.per.is(1) {
				n += " / " + w.value(b.Foot.per)
			}
		}
	} else if len(k.Indices) == 1 {
		b := k.n.buffer
		per, width := w.value(b.Foot.per), w.greatest(b.Foot.widths, "")
		if b.Foot.per.is(1) {
			n = w.operands[b] + ".Len()"
		} else {
			n = fmt.Sprintf("kernels.Indices(%s.Len(), %s, %s)", w.operands[b], per, width)
		}
	} else {
		n = fmt.Sprintf("kernels.Rows(%s, %s)", count, w.extents())
	}
	w.line("\t%s.Start(%sKernel, %s)", launch, k.Name, n)
	w.checks(launch)
	for _, b := range k.Buffers {
		w.line("\t%s.AddArg(%s, %s)", launch, w.operands[b], w.footprint(b))
	}
	for _, v := range k.Scalars {
		w.scalar(launch, v, partValues)
	}
	w.needs(launch)
	if k.Fold != nil {
		w.result(launch, result, index)
	}
	w.cost(launch)
	if k.Undivided {
		w.line("\t%s.SetGrain(%s.N())", launch, launch)
	}
	w.line("\treturn %s\n}", launch)
}

// argumentName makes a name of what a slice is called: "p.X", "p[2]".
var argumentName = strings.NewReplacer(".", "_", "[", "_", "]", "")

// typeParam is a type parameter of a constructor: slices and buffers of such numbers.
type typeParam struct{ name, elem string }

func typeParamList(list []typeParam) string {
	if len(list) == 0 {
		return ""
	}
	var texts []string
	for i, t := range list {
		if i+1 < len(list) && list[i+1].elem == t.elem {
			texts = append(texts, t.name)
		} else {
			texts = append(texts, t.name+" kernels.Vector["+t.elem+"]")
		}
	}
	return "[" + strings.Join(texts, ", ") + "]"
}

// aggregateType is the type of an aggregate in the constructor. The kernel has slices
// where the declaration has a type parameter that is a kernels.Vector; the constructor
// has a type parameter there too, and for the slices of an array.
func (w *writer) aggregateType(t types.Type, name string, names *constructorNames, list []typeParam) (string, []typeParam) {
	if array, ok := types.Unalias(t).(*types.Array); ok {
		var of string
		if slice, ok := types.Unalias(array.Elem()).(*types.Slice); ok {
			p := typeParam{names.typeName(exported(name)), types.TypeString(slice.Elem(), w.im.qualify)}
			of, list = p.name, append(list, p)
		} else {
			of, list = w.aggregateType(array.Elem(), name, names, list)
		}
		return fmt.Sprintf("[%d]%s", array.Len(), of), list
	}
	named, ok := types.Unalias(t).(*types.Named)
	if !ok || named.TypeArgs().Len() == 0 {
		return types.TypeString(t, w.im.qualify), list
	}
	var args []string
	for i := range named.TypeArgs().Len() {
		arg, declared := named.TypeArgs().At(i), named.Origin().TypeParams().At(i)
		slice, ok := arg.(*types.Slice)
		if !ok || !isKernelsType(declared.Constraint(), "Vector") {
			args = append(args, types.TypeString(arg, w.im.qualify))
			continue
		}
		p := typeParam{names.typeName(declared.Obj().Name()), types.TypeString(slice.Elem(), w.im.qualify)}
		args, list = append(args, p.name), append(list, p)
	}
	return w.im.object(named.Obj()) + "[" + strings.Join(args, ", ") + "]", list
}

// result prints where a reduction stores its value.
func (w *writer) result(launch, result, index string) {
	if len(w.k.Fold.Results) < 2 {
		index = "nil"
	}
	if op := w.k.Fold.Op; op != nil && op.empty == "" {
		w.line("\t%s.RequireIndices()", launch)
	}
	w.line("\tif %s == nil {", result)
	w.line("\t\t%s.Fail(\"result\", kernels.ErrNil)", launch)
	w.line("\t}")
	w.line("\t%s.SetResult(%s, %s)", launch, result, index)
}

func (w *writer) extents() string {
	list := make([]string, len(w.k.Extents))
	for i, e := range w.k.Extents {
		list[i] = w.paths[e.Name]
	}
	return strings.Join(list, ", ")
}

func (w *writer) docComment(count string) {
	k := w.k
	if k.Group > 0 {
		w.line("// %s makes a launch of the kernel %s for work-groups of %d invocations, one for each index.", k.Launch, k.Name, k.Group)
	} else if b := k.n.buffer; b == nil && len(k.Indices) == 1 {
		w.line("// %s makes a launch of the kernel %s for all indices below %s.", k.Launch, k.Name, count)
	} else if len(k.Indices) == 1 {
		each := "element"
		if per := b.records(b.Foot.per); !per.is(1) {
			each = fmt.Sprintf("%s elements", per)
		}
		w.line("// %s makes a launch of the kernel %s, with an index for each %s of %s.", k.Launch, k.Name, each, b.title())
	} else {
		w.line("// %s makes a launch of the kernel %s for all indices below %s, %s.", k.Launch, k.Name, count, w.extents())
	}
	if k.Doc != "" {
		w.line("//")
		for _, l := range strings.Split(strings.TrimSpace(k.Doc), "\n") {
			w.line("%s", strings.TrimRight("// "+l, " "))
		}
	}
}

func (w *writer) scalar(launch string, v *Var, values map[*Var]string) {
	value, isPart := values[v]
	if !isPart {
		w.line("\t%s.AddInt(%s)", launch, w.paths[v.Name])
		return
	}
	plain := func(t string) string {
		if v.Type.Go != nil && types.Identical(v.Type.Go, types.Universe.Lookup(t).Type()) {
			return value
		}
		return t + "(" + value + ")"
	}
	switch v.Type.Kind {
	case Float32:
		w.line("\t%s.AddFloat(float64(%s))", launch, value)
	case Float64:
		w.line("\t%s.AddFloat(%s)", launch, plain("float64"))
	case Bool:
		w.line("\t%s.AddBool(%s)", launch, plain("bool"))
	case Uint32:
		w.line("\t%s.AddUint32(%s)", launch, plain("uint32"))
	case Int64:
		w.line("\t%s.AddInt64(%s)", launch, plain("int64"))
	case Uint64:
		w.line("\t%s.AddUint64(%s)", launch, plain("uint64"))
	case Int:
		w.line("\t%s.AddInt(%s)", launch, plain("int"))
	default:
		w.line("\t%s.AddInt(int(%s))", launch, value)
	}
}

// cost prints what an index costs.
func (w *writer) cost(launch string) {
	k := w.k
	m := meter{k: k, symbols: func(name string) string {
		if name == nSymbol {
			return launch + ".N()"
		}
		return w.paths[name]
	}}
	flops, bytes := m.count(k.Body)
	if k.Group > 0 {
		flops, bytes = flops.times(float64(k.Group), ""), bytes.times(float64(k.Group), "")
	}
	for _, e := range k.Extents {
		flops, bytes = flops.times(1, "float64("+w.paths[e.Name]+")"), bytes.times(1, "float64("+w.paths[e.Name]+")")
	}
	for _, b := range k.Buffers {
		if b.Foot.whole {
			continue
		}
		size := float64(b.Elem.size())
		if b.Access == accessInOut {
			size *= 2
		}
		if v, ok := constantGreatest(b.Foot.widths); ok {
			bytes.fixed += size * float64(v)
			continue
		}
		bytes.add(amount{terms: []string{fmt.Sprintf("%v*float64(%s)", size, w.greatest(b.Foot.widths, ""))}})
	}
	if flops.fixed == 0 && len(flops.terms) == 0 {
		flops.fixed = 1
	}
	w.line("\t%s.SetCost(kernels.Cost{Flops: %s, Bytes: %s})", launch, flops, bytes)
}
