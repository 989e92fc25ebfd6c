package main

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestResume measures a few cells, and then the others beside them.
func TestResume(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	dir := t.TempDir()
	file, picture := filepath.Join(dir, "cells.jsonl"), filepath.Join(dir, "cells.png")
	blas := func(args ...string) string {
		t.Helper()
		var out strings.Builder
		if err := run(t.Context(), append([]string{"-cell", "1ms", "-most", "3", "-o", file}, args...), &out, io.Discard); err != nil {
			t.Fatal(err)
		}
		return out.String()
	}
	if out := blas("-routines", "^D(axpy|ger)$"); !strings.Contains(out, "6 of 6 cells are measured") || !strings.Contains(out, "the worst:") {
		t.Errorf("at first:\n%s", out)
	}
	before, err := readResults(file)
	if err != nil || len(before) != 6 {
		t.Fatalf("%d cells in the file, %v", len(before), err)
	}
	if out := blas("-routines", "^D(axpy|ger|scal)$", "-resume", "-plot", picture); !strings.Contains(out, "9 cells, 6 measured before") || !strings.Contains(out, "9 of 9 cells are measured") {
		t.Errorf("resumed:\n%s", out)
	}
	after, err := readResults(file)
	if err != nil || len(after) != 9 {
		t.Fatalf("%d cells in the file, %v", len(after), err)
	}
	for i, c := range before {
		if after[i] != c {
			t.Errorf("cell %+v was measured again: %+v", c, after[i])
		}
	}
	if info, err := os.Stat(picture); err != nil || info.Size() == 0 {
		t.Errorf("no plot: %v", err)
	}
	var out strings.Builder
	if err := run(t.Context(), []string{"-from", file, "-routines", "scal"}, &out, io.Discard); err != nil || !strings.Contains(out.String(), "3 of 3") {
		t.Errorf("from the file: %v\n%s", err, out.String())
	}
}

// TestAgain measures once more the cells over a limit, and no others.
func TestAgain(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	file := filepath.Join(t.TempDir(), "cells.jsonl")
	lines := `{"routine":"Dscal","n":1,"pairs":9,"ratio":1.2}
{"routine":"Dscal","n":4,"pairs":9,"ratio":1.01}
{"routine":"Dscal","n":9,"pairs":9,"ratio":1.3}
{"routine":"Dscal","n":9,"pairs":9,"ratio":1}
`
	if err := os.WriteFile(file, []byte(lines), 0o644); err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if err := run(t.Context(), []string{"-most", "4", "-o", file, "-again", "1.05"}, &out, io.Discard); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "1 of 1 cells are measured") {
		t.Errorf("measured:\n%s", out.String())
	}
	after, err := readResults(file)
	if err != nil || len(after) != 3 || after[0].Pairs != repeatedPairs || after[1].Pairs != pairs || after[2].Ratio != 1 {
		t.Errorf("%+v, %v", after, err)
	}
	if err := run(t.Context(), []string{"-again", "1.05"}, &out, io.Discard); err == nil {
		t.Error("-again without a file: no error")
	}
}

// TestTimeIsKept has no time at all: nothing is measured, and that is said.
func TestTimeIsKept(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	var out strings.Builder
	if err := run(t.Context(), []string{"-time", "1ns", "-routines", "Dgemm", "-most", "4"}, &out, io.Discard); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "0 of 16 cells are measured; for want of time 16 are not") {
		t.Error(out.String())
	}
	if err := run(t.Context(), []string{"-resume"}, &out, io.Discard); err == nil || !strings.Contains(err.Error(), "-o") {
		t.Errorf("-resume without a file: %v", err)
	}
}

// TestPlanOrder has the first variant of every routine of a size before any second.
func TestPlanOrder(t *testing.T) {
	seen := map[string]int{}
	most := 0
	for _, c := range plan([]int{5}) {
		seen[routine(c.Name)]++
		if seen[routine(c.Name)] < most {
			t.Fatalf("%s comes after the variants of rank %d", c.Name, most)
		}
		most = max(most, seen[routine(c.Name)])
	}
	if len(seen) < 60 || seen["Dtrsm"] != 16 {
		t.Errorf("%d routines, %d variants of Dtrsm", len(seen), seen["Dtrsm"])
	}
}
