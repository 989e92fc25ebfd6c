package kernelgen

import (
	"fmt"
	"go/types"
	"strings"
)

// constructorNames gives out the names of a constructor, which is Go alone: a parameter
// keeps its own, also where GLSL or CUDA C mean something else by it.
type constructorNames struct {
	pkg   *types.Scope
	taken map[string]bool
}

func (w *writer) constructorNames() *constructorNames {
	n := &constructorNames{pkg: w.src.pkg.Scope(), taken: wordSet("kernels min max bool float32 float64 int int32 int64 uint32 uint64 nil _")}
	n.taken[w.k.Name+"Kernel"] = true
	for _, p := range w.src.pkg.Imports() {
		n.taken[p.Name()] = true
	}
	return n
}

// name is want, or something like it that is free.
func (n *constructorNames) name(want string) string {
	got := want
	for i := 2; n.taken[got] || n.isType(got); i++ {
		got = fmt.Sprintf("%s%d", want, i)
	}
	n.taken[got] = true
	return got
}

// isType reports whether the package has a type of that name: an element's type may
// stand in the constructor.
func (n *constructorNames) isType(name string) bool {
	_, ok := n.pkg.Lookup(name).(*types.TypeName)
	return ok
}

// typeName is a name that hides no type of the package: the types of parameters are
// looked up where type parameters are known already.
func (n *constructorNames) typeName(want string) string {
	want = strings.TrimLeft(want, "_")
	if want == "" {
		want = "V"
	}
	got := n.name(want)
	for n.pkg.Lookup(got) != nil {
		got = n.name(want)
	}
	return got
}
