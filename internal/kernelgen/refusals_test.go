package kernelgen

import (
	"flag"
	"go/ast"
	"go/parser"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite testdata/refusals.txt with what the compiler says")

const refusalsFile = "testdata/refusals.txt"

// program is an entry of testdata/refusals.txt: after "== name" the text of a
// package, then lines "=> " with the messages for it.
type program struct {
	name, text string
	want       []string
}

func readPrograms(t *testing.T) []program {
	t.Helper()
	data, err := os.ReadFile(refusalsFile)
	if err != nil {
		t.Fatal(err)
	}
	var all []program
	for _, entry := range strings.Split("\n"+string(data), "\n== ")[1:] {
		name, rest, _ := strings.Cut(entry, "\n")
		p := program{name: name}
		for line := range strings.Lines(rest) {
			if message, ok := strings.CutPrefix(line, "=> "); ok {
				p.want = append(p.want, strings.TrimSuffix(message, "\n"))
			} else {
				p.text += line
			}
		}
		all = append(all, p)
	}
	return all
}

// TestRefusals has a program for everything that is no part of the language, and
// holds the compiler to the place and the words of its message.
func TestRefusals(t *testing.T) {
	l := testLoader(t)
	programs := readPrograms(t)
	if len(programs) < 60 {
		t.Fatalf("%d programs", len(programs))
	}
	var rewritten strings.Builder
	for _, p := range programs {
		got := messages(t, l, p)
		rewritten.WriteString("== " + p.name + "\n" + strings.TrimRight(p.text, "\n") + "\n")
		for _, m := range got {
			rewritten.WriteString("=> " + m + "\n")
		}
		rewritten.WriteString("\n")
		if !*update && strings.Join(got, "\n") != strings.Join(p.want, "\n") {
			t.Errorf("%s:\n%s\nthe compiler says\n%s\nwant\n%s", p.name, p.text, strings.Join(got, "\n"), strings.Join(p.want, "\n"))
		}
		if len(got) == 0 {
			t.Errorf("%s was not refused", p.name)
		}
	}
	if *update {
		if err := os.WriteFile(refusalsFile, []byte(rewritten.String()), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// testLoader is a loader that knows what the programs of tests import.
func testLoader(t *testing.T) *loader {
	t.Helper()
	l := newLoader(".")
	found, err := l.list("-export", "-deps", "math", "math/bits", "strings", "os", "sync/atomic", kernelsPath, atomicsPath,
		"github.com/tandem-go/tandem/internal/kernelgen/sample/geometry")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range found {
		l.listed[p.ImportPath] = p
	}
	return l
}

// messages compiles a program and returns what is refused in it.
func messages(t *testing.T, l *loader, p program) []string {
	t.Helper()
	f, err := parser.ParseFile(l.fset, p.name+".go", p.text, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		t.Fatalf("%s: %v", p.name, err)
	}
	l.texts[p.name+".go"] = []byte(p.text)
	src, err := l.check(&listed{ImportPath: "p", Name: "p"}, []*ast.File{f})
	if err != nil {
		t.Fatalf("%s: %v", p.name, err)
	}
	if _, err = l.compile(src); err != nil {
		return strings.Split(err.Error(), "\n")
	}
	return nil
}
