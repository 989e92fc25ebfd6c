//go:build linux

package peer

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// startInC starts the program for cuBLAS on libraries of these names, which pass for
// CUDA's driver and for cuBLAS.
func startInC(t *testing.T, libraries ...string) *Program {
	t.Helper()
	source, dir := filepath.Join("..", "..", "peers", "cublas"), t.TempDir()
	program := filepath.Join(dir, "cublas")
	builds := [][]string{{"-O2", "-Wall", "-Wextra", "-Werror", "-o", program, filepath.Join(source, "main.c"), "-ldl", "-lm"}}
	for _, name := range libraries {
		builds = append(builds, []string{"-shared", "-fPIC", "-O2", "-o", filepath.Join(dir, name), filepath.Join(source, "testdata", "standin.c")})
	}
	for _, args := range builds {
		if text, err := exec.CommandContext(t.Context(), "gcc", args...).CombinedOutput(); err != nil {
			t.Fatalf("gcc: %v\n%s", err, text)
		}
	}
	p, err := Start(t.Context(), []string{"env", "LD_LIBRARY_PATH=" + dir, program}, 1)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p
}

// The program for cuBLAS does every job, and finds every result right. What it can't do
// it says, and does the next.
func TestCuBLAS(t *testing.T) {
	p := startInC(t, "libcuda.so.1", "libcublas.so.12")
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
		if took, err := p.Time(job); err != nil || took < 0 {
			t.Fatalf("%s: %v, %v", job, took, err)
		}
	}
	for job, want := range map[string]string{
		"nonsense 1 device":        "no such job",
		"copy 400000000000 device": "out of memory",
	} {
		if _, err := p.Time(job); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", job, err, want)
		}
		if _, err := p.Repeated(job, 3); err == nil {
			t.Errorf("%s was done several times", job)
		}
		if took, err := p.Time("copy 10 device"); err != nil || took < 0 {
			t.Errorf("after %s: %v, %v", job, took, err)
		}
	}
}

// Without cuBLAS there is still what limits a GPU.
func TestDriverAlone(t *testing.T) {
	p := startInC(t, "libcuda.so.1")
	if _, err := p.Time("gemm 8 device"); err == nil || !strings.Contains(err.Error(), "no cuBLAS here") {
		t.Errorf("gemm: %v", err)
	}
	for _, job := range []string{"copy 1000 device", "fill 1000 host", "transfer 1000 4000", "peak 123456789"} {
		if took, err := p.Time(job); err != nil || took < 0 {
			t.Errorf("%s: %v, %v", job, took, err)
		}
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
