package sample

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os/exec"
	"regexp"
	"strconv"
	"testing"
)

// TestFastLoopsHaveNoChecks asks the Go compiler which subscripts it checks: none
// in the loops for the indices away from borders, u from 0 on, but for those that
// read their subscripts, as gather does.
func TestFastLoopsHaveNoChecks(t *testing.T) {
	const file = "sample_kernel.go"
	out, err := exec.Command("go", "build", "-gcflags=-d=ssa/check_bce", ".").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	checked := map[int]bool{}
	for _, m := range regexp.MustCompile(file+`:(\d+):\d+: Found IsInBounds`).FindAllSubmatch(out, -1) {
		line, err := strconv.Atoi(string(m[1]))
		if err != nil {
			t.Fatal(err)
		}
		checked[line] = true
	}
	if len(checked) == 0 {
		t.Fatalf("the compiler names no checks at all, not even those at borders:\n%s", out)
	}
	files := token.NewFileSet()
	parsed, err := parser.ParseFile(files, file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	fast := 0
	for _, d := range parsed.Decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok || f.Name.Name == "gatherRange" {
			continue
		}
		ast.Inspect(f, func(n ast.Node) bool {
			loop, ok := n.(*ast.RangeStmt)
			if !ok {
				return true
			}
			if key, ok := loop.Key.(*ast.Ident); !ok || key.Name != "u" {
				return true
			}
			fast++
			for line := files.Position(loop.Pos()).Line; line <= files.Position(loop.End()).Line; line++ {
				if checked[line] {
					t.Errorf("%s:%d: %s checks a subscript in its fast loop", file, line, f.Name.Name)
				}
			}
			return true
		})
	}
	if fast == 0 {
		t.Error("no fast loop found")
	}
	t.Logf("%d fast loops", fast)
}
