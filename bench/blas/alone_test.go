package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/gonum"

	"github.com/tandem-go/tandem/hybrid"
)

// sleepFor names the variable that says how long a process that calls the wrapped
// routine sleeps in it: "never" has it fail instead.
const sleepFor = "TANDEM_TEST_SLEEP"

// TestMain makes of this program what callAlone starts, over a BLAS that sleeps.
func TestMain(m *testing.M) {
	if len(os.Args) < 2 || os.Args[1] != "-alone" {
		os.Exit(m.Run())
	}
	set, err := parse(os.Args[1:])
	if err == nil {
		err = serveAlone(os.Stdout, os.Stdin, set.alone, set.most, hybrid.OverBLAS(nil, sleeping{}, nil, nil))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// sleeping is gonum's BLAS, whose Dgemm sleeps instead.
type sleeping struct{ gonum.Implementation }

func (sleeping) Dgemm(tA, tB blas.Transpose, m, n, k int, alpha float64, a []float64, lda int, b []float64, ldb int, beta float64, c []float64, ldc int) {
	d, err := time.ParseDuration(os.Getenv(sleepFor))
	if err != nil {
		panic("no sleep tonight")
	}
	time.Sleep(d)
}

// TestBound gives a wrapped routine up that would take a thousand hours, keeps that as
// a bound, and doesn't measure it again.
func TestBound(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	t.Setenv(sleepFor, "1000h")
	dir := t.TempDir()
	file, picture := filepath.Join(dir, "cells.jsonl"), filepath.Join(dir, "cells.png")
	var out, status strings.Builder
	args := []string{"-routines", "^Dgemm (NN|TT)$", "-least", "32", "-most", "64", "-bound", "1ns", "-o", file, "-resume", "-plot", picture}
	for _, a := range [][]string{{"-routines", "^Dgemm NN$"}, nil} {
		out.Reset()
		if err := run(t.Context(), append(args, a...), &out, &status); err != nil {
			t.Fatal(err)
		}
	}
	cells, err := readResults(file)
	if err != nil || len(cells) != 4 {
		t.Fatalf("%d cells, %v", len(cells), err)
	}
	for _, c := range cells {
		if !c.Bound || c.Ratio > 0.5 || c.Ratio <= 0 || c.Wrapped < 2*c.Tandem || c.Pairs != leastPairs {
			t.Errorf("not a bound of 2 times: %+v", c)
		}
	}
	for _, want := range []string{"4 of 4 cells are measured", "4 cells are bounds (<)", "median <0."} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is missing:\n%s", want, out.String())
		}
	}
	if !strings.Contains(status.String(), "cell 1 of 2, Dgemm NN of order 32; about") {
		t.Errorf("progress:\n%s", status.String())
	}
	if info, err := os.Stat(picture); err != nil || info.Size() == 0 {
		t.Errorf("no plot: %v", err)
	}
}

// TestEndsBeforeTheBound has a wrapped routine end in time: its cell is exact.
func TestEndsBeforeTheBound(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	t.Setenv(sleepFor, "1ms")
	file := filepath.Join(t.TempDir(), "cells.jsonl")
	args := []string{"-routines", "^Dgemm NN$", "-least", "32", "-most", "32", "-bound", "1ns", "-times", "1e9", "-cell", "1ms", "-o", file}
	if err := run(t.Context(), args, io.Discard, io.Discard); err != nil {
		t.Fatal(err)
	}
	cells, err := readResults(file)
	if err != nil || len(cells) != 1 || cells[0].Bound || cells[0].Pairs < leastPairs {
		t.Errorf("%+v, %v", cells, err)
	}
}

// TestAloneFails has the process that calls the wrapped routine panic.
func TestAloneFails(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	t.Setenv(sleepFor, "never")
	err := run(t.Context(), []string{"-routines", "^Dgemm NN$", "-least", "32", "-most", "32", "-bound", "1ns", "-times", "1e9"}, io.Discard, io.Discard)
	if err == nil || !strings.Contains(err.Error(), "no sleep tonight") {
		t.Errorf("the error is %v", err)
	}
	if err := run(t.Context(), []string{"-alone", "Dfoo"}, io.Discard, io.Discard); err == nil {
		t.Error("a call that doesn't exist: no error")
	}
	if err := run(t.Context(), []string{"-times", "0.5"}, io.Discard, io.Discard); err == nil {
		t.Error("half the time as a bound: no error")
	}
}

// TestFollow reads what a process may say.
func TestFollow(t *testing.T) {
	killed := errors.New("killed")
	for _, c := range []struct {
		said string
		took time.Duration
		fine bool
	}{
		{"begun\nended 17\n", 17, true},
		{"", 0, false},
		{"hello\n", 0, false},
		{"begun\n", 0, false},
		{"begun\nended soon\n", 0, false},
	} {
		took, ended, err := follow(strings.NewReader(c.said), time.Hour, func() error { return killed })
		if took != c.took || ended != c.fine || (err == nil) != c.fine {
			t.Errorf("%q: %v, %v, %v", c.said, took, ended, err)
		}
	}
}

// TestForecast expects of a cell that its routine is given up where it was slow
// before, and what that takes.
func TestForecast(t *testing.T) {
	f := newForecast(settings{bound: 20 * time.Millisecond, times: 2, cell: 300 * time.Millisecond})
	cells := plan([]int{256, 512, 1024})
	gemm := cells[0]
	later := map[int]planned{}
	for _, c := range cells {
		if c.Name == gemm.Name {
			later[c.order] = c
		}
	}
	if got := f.cost(later[1024]); got != 0 {
		t.Errorf("nothing is known: %v", got)
	}
	f.learn(later[256], cell{Wrapped: 0.1, Tandem: 0.01})
	if got := f.cost(later[512]); got.Round(10*time.Millisecond) != 400*time.Millisecond {
		t.Errorf("order 512, five times 80 ms: %v", got)
	}
	if got := f.cost(later[1024]).Round(10 * time.Millisecond); got != 1930*time.Millisecond {
		t.Errorf("order 1024, three times 640 ms and the operands: %v", got)
	}
	if got, want := f.sum([]planned{later[512], later[1024]}), f.cost(later[512])+f.cost(later[1024]); got != want {
		t.Errorf("both: %v, want %v", got, want)
	}
}
