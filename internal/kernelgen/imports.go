package kernelgen

import (
	"fmt"
	"go/types"
	"path"
	"slices"
	"strings"
)

// imports are those of a generated file.
type imports struct {
	own   string            // path of the file's package
	names map[string]string // by path
	taken func(name string) bool
}

// name is what a package is called in the file.
func (im *imports) name(importPath, want string) string {
	if n := im.names[importPath]; n != "" {
		return n
	}
	n := want
	for i := 2; im.taken(n) || im.has(n); i++ {
		n = fmt.Sprintf("%s%d", want, i)
	}
	im.names[importPath] = n
	return n
}

func (im *imports) has(name string) bool {
	for _, n := range im.names {
		if n == name {
			return true
		}
	}
	return false
}

func (im *imports) qualify(p *types.Package) string {
	if p.Path() == im.own {
		return ""
	}
	return im.name(p.Path(), p.Name())
}

// foreign reports whether a named type is another package's, whose fields may be
// given in any order but by name.
func (im *imports) foreign(t types.Type) bool {
	named, ok := types.Unalias(t).(*types.Named)
	return ok && named.Obj().Pkg() != nil && named.Obj().Pkg().Path() != im.own
}

// object is a name of another package, or of this one.
func (im *imports) object(obj types.Object) string {
	if q := im.qualify(obj.Pkg()); q != "" {
		return q + "." + obj.Name()
	}
	return obj.Name()
}

// call is the name of a builtin: "math.Sqrt" from "math.Sqrt" or "min".
func (im *imports) call(full string) string {
	dot := strings.LastIndex(full, ".")
	if dot < 0 {
		return full
	}
	p := full[:dot]
	if p == im.own {
		return full[dot+1:]
	}
	return im.name(p, path.Base(p)) + full[dot:]
}

// text is the import declaration.
func (im *imports) text() string {
	var paths []string
	for p := range im.names {
		paths = append(paths, p)
	}
	slices.SortFunc(paths, func(a, b string) int {
		if x, y := strings.Contains(a, "."), strings.Contains(b, "."); x != y {
			if y {
				return -1
			}
			return 1
		}
		return strings.Compare(a, b)
	})
	if len(paths) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("import (\n")
	std := true
	for i, p := range paths {
		if std && strings.Contains(p, ".") {
			std = false
			if i > 0 {
				b.WriteByte('\n')
			}
		}
		alias := ""
		if n := im.names[p]; n != path.Base(p) {
			alias = n + " "
		}
		fmt.Fprintf(&b, "\t%s%q\n", alias, p)
	}
	b.WriteString(")\n")
	return b.String()
}
