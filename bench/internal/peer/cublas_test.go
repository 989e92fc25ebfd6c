//go:build linux

package peer

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The program for cuBLAS does every job, and finds every result right, on a
// library that passes for CUDA's driver and for cuBLAS.
func TestCuBLAS(t *testing.T) {
	source, dir := filepath.Join("..", "..", "peers", "cublas"), t.TempDir()
	program := filepath.Join(dir, "cublas")
	for _, args := range [][]string{
		{"-O2", "-Wall", "-Wextra", "-Werror", "-o", program, filepath.Join(source, "main.c"), "-ldl", "-lm"},
		{"-shared", "-fPIC", "-O2", "-o", filepath.Join(dir, "libcuda.so.1"), filepath.Join(source, "testdata", "standin.c")},
		{"-shared", "-fPIC", "-O2", "-o", filepath.Join(dir, "libcublas.so.12"), filepath.Join(source, "testdata", "standin.c")},
	} {
		if text, err := exec.CommandContext(t.Context(), "gcc", args...).CombinedOutput(); err != nil {
			t.Fatalf("gcc: %v\n%s", err, text)
		}
	}
	p, err := Start(t.Context(), []string{"env", "LD_LIBRARY_PATH=" + dir, program}, 1)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	var jobs []string
	for _, n := range []int{1, 30, 90, 60} {
		for _, op := range []string{"axpy", "scal", "sum", "dot", "fill", "copy", "gemv", "gemm"} {
			for _, where := range []string{"device", "host"} {
				jobs = append(jobs, fmt.Sprint(op, " ", n, " ", where))
			}
		}
	}
	jobs = append(jobs, "transfer 1000 4000", "transfer 0 10000", "transfer 10 0", "peak 123456789")
	for _, job := range jobs {
		// It answers with a time, or ends.
		if took, err := p.Time(job); err != nil || took < 0 {
			t.Fatalf("%s: %v, %v", job, took, err)
		}
	}
	if _, err := p.Time("nonsense 1 device"); err == nil {
		t.Error("a job that there is none of was done")
	}
}

// Where no GPU is, the peers say so.
func TestNoGPU(t *testing.T) {
	t.Chdir(filepath.Join("..", "..", ".."))
	for _, name := range []string{"cublas", "cupy", "torch"} {
		t.Setenv("TANDEM_NO_INSTALL", "1")
		if _, err := Build(t.Context(), name); err != nil && strings.TrimSpace(err.Error()) == "" {
			t.Errorf("%s is missing without a reason", name)
		}
	}
}
