package main

import (
	"bytes"
	"strings"
	"testing"
)

// TestKernel compares the launch with the function itself.
func TestKernel(t *testing.T) {
	const side = 37
	got, want := make([]float32, side*side), make([]float32, side*side)
	l := Ripple(side, side, side, 1.5, pond(side), got)
	if err := l.Err(); err != nil {
		t.Fatal(err)
	}
	l.Run(0, l.N())
	for y := range side {
		for x := range side {
			ripple(y, x, side, 1.5, pond(side), want)
		}
	}
	for i := range want {
		if got[i] != want[i] {
			t.Fatalf("cell %d is %v, want %v", i, got[i], want[i])
		}
	}
}

func TestRun(t *testing.T) {
	var out, errs bytes.Buffer
	if err := run(t.Context(), []string{"-side", "64", "-steps", "3", "-devices", "cpu"}, &out, &errs); err != nil {
		t.Fatal(err, errs.String())
	}
	if !strings.Contains(out.String(), "the highest wave is") {
		t.Error(out.String())
	}
}
