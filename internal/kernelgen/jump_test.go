package kernelgen

import (
	"go/ast"
	"go/parser"
	"testing"
)

// compileOne compiles a package of one kernel.
func compileOne(t *testing.T, l *loader, text string) *Kernel {
	t.Helper()
	f, err := parser.ParseFile(l.fset, "p.go", text, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	src, err := l.check(&listed{ImportPath: "p", Name: "p"}, []*ast.File{f})
	if err != nil {
		t.Fatal(err)
	}
	files, err := l.compile(src)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return files[0].Kernels[0]
}

// TestJumpsAnalysed: turns, accesses and the cost of loops that are left by a label.
func TestJumpsAnalysed(t *testing.T) {
	l := testLoader(t)
	for _, c := range []struct {
		name, body  string
		turns       string // "" if not known
		access      accessKind
		flops       string
		needsSwitch bool
	}{
		{
			"counted", `outer:
			for a := range n {
				for b := range 4 {
					if x[i] > float32(a*b) {
						continue outer
					}
				}
			}
			y[i] = 1`,
			"int64(max(0, n))*5", accessOut, "float64(max(0, n))*17", false,
		},
		{
			"one turn after another", `outer:
			for a := 0; a < 6; a += 2 {
				for b := 5; b > 0; b-- {
					if x[i] > float32(a*b) {
						break outer
					}
				}
				y[i] = 1
			}`,
			"18", accessInOut, "63", false,
		},
		{
			"marked above the label", `
			//tandem:turns 7
			outer:
			for x[i] > 3 {
				//tandem:turns n
				for {
					if y[i] > 3 {
						continue outer
					}
					y[i] += 2
				}
			}`,
			"7+7*int64(max(0, n))*1", accessInOut, "7+7*float64(max(0, n))*2", false,
		},
		{
			"not marked", `outer:
			for {
				for range 3 {
					if x[i] > 3 {
						break outer
					}
				}
				y[i] = 0
			}`,
			"", accessInOut, "", false,
		},
		{
			"not reached", `outer:
			for a := range 3 {
				for b := range 3 {
					y[i] = float32(b)
					continue outer
				}
				y[i] += x[i] + float32(a)
			}`,
			"12", accessInOut, "", false,
		},
		{
			"out of a switch", `outer:
			for a := range 3 {
				switch {
				case x[i] > float32(a):
					break outer
				case x[i] < 0:
					continue
				}
				y[i]++
			}`,
			"3", accessInOut, "", false,
		},
		{
			"out of a switch that has breaks", `outer:
			for a := range 3 {
				switch {
				case x[i] > float32(a):
					break outer
				case x[i] < 0:
					break
				}
				y[i]++
			}`,
			"3", accessInOut, "", true,
		},
		{
			"all clauses write", `switch {
			case x[i] > 3:
				y[i] = 2
			case x[i] > 2:
				n := x[i] * 3
				y[i] = n
				fallthrough
			default:
				y[i] = 1
			case x[i] < 0:
				_ = n
				fallthrough
			case x[i] < 1:
				y[i] = 0
			}`,
			"0", accessOut, "", false,
		},
		{
			"one clause does not write", `switch {
			case x[i] > 3:
				y[i] = 2
				fallthrough
			case x[i] > 2:
			default:
				y[i] = 1
			case x[i] < 1:
				fallthrough
			case x[i] < 0:
			}`,
			"0", accessInOut, "", false,
		},
		{
			"a comparison among others", `v := x[i]
			k := 0
			for ; k < n && v < 100; k++ {
				v *= 2
			}
			for a := 1; a <= 10; a++ {
				for b := a; x[i] > 0 && b > 0; b-- {
					v++
				}
			}
			y[i] = v + float32(k)`,
			"110+int64(max(0, n))*1", accessOut, "", false,
		},
		{
			"counted in the body", `v, k := x[i], int32(20)
			for k > 0 && v < 100 {
				if v > 50 {
					break
				}
				k -= 3
				v *= 2
			}
			y[i] = v`,
			"7", accessOut, "", false,
		},
		{
			"perhaps not counted in the body", `v, k := x[i], 0
			for k < 20 && v < 100 {
				v *= 2
				if v > 50 {
					continue
				}
				k++
			}
			y[i] = v`,
			"", accessOut, "", false,
		},
		{
			"counted twice", `v, k := x[i], 0
			for ; k < 20 && v < 100; k++ {
				if v *= 2; v > 50 {
					k--
				}
			}
			y[i] = v`,
			"", accessOut, "", false,
		},
		{
			"either of two", `v := x[i]
			for k := 0; k < 20 || v < 100; k++ {
				v *= 2
			}
			y[i] = v`,
			"", accessOut, "", false,
		},
	} {
		k := compileOne(t, l, "package p\n\n//tandem:kernel\nfunc k(i int, n int, x, y []float32) {\n_ = n\n"+c.body+"\n}\n")
		m := &meter{k: k, symbols: func(name string) string { return name }}
		turns, known := m.iterations(k.Body)
		if known != (c.turns != "") || known && turns.String() != c.turns {
			t.Errorf("%s: %s turns, %v, want %q", c.name, turns, known, c.turns)
		}
		if got := k.Buffers[1].Access; got != c.access {
			t.Errorf("%s: y is %s, want %s", c.name, got, c.access)
		}
		if flops, _ := m.count(k.Body); c.flops != "" && flops.String() != c.flops {
			t.Errorf("%s: %s operations, want %s", c.name, flops, c.flops)
		}
		switches := false
		walkTop(k.Body, func(s Stmt) {
			if _, ok := s.(*Switch); ok {
				switches = true
			}
			if j, ok := s.(jump); ok {
				t.Errorf("%s: a jump to %s is left", c.name, j.to.label)
			}
		}, func(Expr) {})
		if switches != c.needsSwitch {
			t.Errorf("%s: a switch: %v", c.name, switches)
		}
	}
}
