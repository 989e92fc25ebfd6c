package kernelgen

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// loader reads packages. What they import comes as the compiler's export data,
// which `go list -export` finds or makes: nothing but the Go command is needed,
// and what a package imports need not be type-checked again.
type loader struct {
	dir      string
	fset     *token.FileSet
	listed   map[string]*listed
	sources  map[string]*source
	texts    map[string][]byte // of files, by their paths
	importer types.Importer
}

// listed is what the Go command says about a package.
type listed struct {
	ImportPath string
	Name       string
	Dir        string
	Export     string
	GoFiles    []string
	ImportMap  map[string]string
	Module     *struct{ GoVersion string }
	Error      *struct{ Err string }
}

// source is a package with the text of its functions.
type source struct {
	path  string
	name  string
	dir   string
	files []*ast.File
	pkg   *types.Package
	info  *types.Info
	decls map[string]*ast.FuncDecl // functions by nameOf, instances of generic ones among them
	errs  []types.Error

	instances map[*ast.FuncDecl][]instance // of marked generic functions
}

func newLoader(dir string) *loader {
	l := &loader{dir: dir, fset: token.NewFileSet(), listed: map[string]*listed{}, sources: map[string]*source{}, texts: map[string][]byte{}}
	l.importer = importer.ForCompiler(l.fset, "gc", func(path string) (io.ReadCloser, error) {
		p := l.listed[path]
		if p == nil || p.Export == "" {
			return nil, fmt.Errorf("no export data for %s", path)
		}
		return os.Open(p.Export)
	})
	return l
}

// list runs the Go command over packages and keeps what it says.
func (l *loader) list(args ...string) ([]*listed, error) {
	args = append([]string{"list", "-e", "-json=ImportPath,Name,Dir,Export,GoFiles,ImportMap,Module,Error"}, args...)
	cmd := exec.Command("go", args...)
	cmd.Dir = l.dir
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go %s: %w: %s", strings.Join(args[:2], " "), err, bytes.TrimSpace(stderr.Bytes()))
	}
	var all []*listed
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		p := &listed{}
		if err := d.Decode(p); errors.Is(err, io.EOF) {
			return all, nil
		} else if err != nil {
			return nil, fmt.Errorf("go list: %w", err)
		}
		all = append(all, p)
	}
}

// load reads the package of the loader's folder, without the files that were
// generated here. Its type errors are kept, not returned: a package that uses its
// generated constructors before there are any has some.
func (l *loader) load() (*source, error) {
	found, err := l.list(".")
	if err != nil {
		return nil, err
	}
	if len(found) != 1 || len(found[0].GoFiles) == 0 {
		reason := "no Go files"
		if len(found) == 1 && found[0].Error != nil {
			reason = found[0].Error.Err
		}
		return nil, fmt.Errorf("%s: %s", l.dir, reason)
	}
	files, err := l.parse(found[0])
	if err != nil {
		return nil, err
	}
	if err := l.listImports(files, found[0].ImportMap); err != nil {
		return nil, err
	}
	return l.check(found[0], files)
}

// find reads the package of a path, which has been listed as a dependency.
func (l *loader) find(path string) (*source, error) {
	if s := l.sources[path]; s != nil {
		return s, nil
	}
	p := l.listed[path]
	if p == nil {
		return nil, fmt.Errorf("package %s is not among the dependencies", path)
	}
	files, err := l.parse(p)
	if err != nil {
		return nil, err
	}
	return l.check(p, files)
}

func (l *loader) parse(p *listed) ([]*ast.File, error) {
	var files []*ast.File
	for _, name := range p.GoFiles {
		path := filepath.Join(p.Dir, name)
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		if strings.HasSuffix(name, generatedSuffix) && bytes.HasPrefix(text, []byte(generatedHeader)) {
			continue
		}
		l.texts[path] = text
		f, err := parser.ParseFile(l.fset, path, text, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		files = append(files, f)
	}
	return files, nil
}

// listImports asks the Go command for all that the files import.
func (l *loader) listImports(files []*ast.File, importMap map[string]string) error {
	var paths []string
	for _, f := range files {
		for _, spec := range f.Imports {
			path := strings.Trim(spec.Path.Value, "`\"")
			if to := importMap[path]; to != "" {
				path = to
			}
			if path != "C" && path != "unsafe" && !slices.Contains(paths, path) {
				paths = append(paths, path)
			}
		}
	}
	if len(paths) == 0 {
		return nil
	}
	found, err := l.list(append([]string{"-export", "-deps"}, paths...)...)
	if err != nil {
		return err
	}
	for _, p := range found {
		l.listed[p.ImportPath] = p
	}
	for from, to := range importMap {
		l.listed[from] = l.listed[to]
	}
	return nil
}

// check type-checks a package: once more if it has generic kernels, with their
// instances.
func (l *loader) check(p *listed, files []*ast.File) (*source, error) {
	s := &source{
		path: p.ImportPath, name: p.Name, dir: p.Dir, files: files,
		decls: map[string]*ast.FuncDecl{}, instances: map[*ast.FuncDecl][]instance{},
	}
	l.checkTypes(p, s, files)
	copies, err := l.instantiate(s)
	if err != nil {
		return nil, err
	}
	if len(copies) > 0 {
		l.checkTypes(p, s, slices.Concat(files, copies))
	}
	for _, f := range slices.Concat(files, copies) {
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok {
				s.decls[nameOf(fn)] = fn
			}
		}
	}
	l.sources[p.ImportPath] = s
	return s, nil
}

// checkTypes finds what the names in a package's files mean.
func (l *loader) checkTypes(p *listed, s *source, files []*ast.File) {
	s.errs = nil
	s.info = &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{},
		Uses: map[*ast.Ident]types.Object{}, Selections: map[*ast.SelectorExpr]*types.Selection{},
		Instances: map[*ast.Ident]types.Instance{},
	}
	conf := types.Config{
		Importer: l.importer, FakeImportC: true, Sizes: types.SizesFor("gc", "amd64"),
		Error: func(err error) {
			var e types.Error
			if errors.As(err, &e) {
				s.errs = append(s.errs, e)
			}
		},
	}
	if p.Module != nil && p.Module.GoVersion != "" {
		conf.GoVersion = "go" + p.Module.GoVersion
	}
	s.pkg, _ = conf.Check(p.ImportPath, l.fset, files, s.info) // its errors are kept
}
