//go:build cuda && linux && cgo

package cublas

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"unsafe"
)

const envChild = "TANDEM_TEST_CHILD"

// TestMain runs the tests in a child process, where libraries are found that
// pass for the driver and for cuBLAS and compute on the host's memory.
func TestMain(m *testing.M) {
	switch os.Getenv(envChild) {
	case "tests":
		os.Exit(m.Run())
	case "create":
		_, err := Create(nil)
		fmt.Println(errors.Is(err, ErrNoLibrary), err)
		os.Exit(0)
	}
	os.Exit(parent())
}

func parent() int {
	dir, err := os.MkdirTemp("", "cublas")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	compiler := os.Getenv("CC")
	if compiler == "" {
		compiler = "gcc"
	}
	for library, source := range map[string]string{"libcuda.so.1": "../driver/testdata/libcuda.c", "libcublas.so.12": "testdata/libcublas.c"} {
		cmd := exec.Command(compiler, "-shared", "-fPIC", "-O1", "-o", filepath.Join(dir, library), source)
		if text, err := cmd.CombinedOutput(); err != nil {
			fmt.Fprintf(os.Stderr, "%s: %v\n%s", cmd, err, text)
			return 1
		}
	}
	cmd := exec.Command(os.Args[0], os.Args[1:]...)
	cmd.Env = append(os.Environ(), envChild+"=tests", EnvLibrary+"=", "LD_LIBRARY_PATH="+dir)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	if err := cmd.Run(); err != nil {
		return 1
	}
	return 0
}

// create answers a handle that the test closes.
func create(t *testing.T) *Handle {
	t.Helper()
	h, err := Create(nil)
	if err == nil {
		err = h.SetStream(nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(h.Close(), h.Close()); err != nil {
			t.Error(err)
		}
	})
	return h
}

// matrix is a column-major matrix of a slice, which stays where it is until the
// test ends.
func matrix[T any](t testing.TB, x []T, kind Type, ld, stride int) Matrix {
	var pinned runtime.Pinner
	pinned.Pin(unsafe.SliceData(x))
	t.Cleanup(pinned.Unpin)
	return Matrix{At: uint64(uintptr(unsafe.Pointer(unsafe.SliceData(x)))), Type: kind, LD: ld, Stride: stride}
}

func TestGemm(t *testing.T) {
	h := create(t)
	// A is 2×3, B is 3×2; 9s are padding that nobody may touch.
	t.Run("float32", func(t *testing.T) {
		a, b, c := []float32{1, 4, 9, 2, 5, 9, 3, 6, 9}, []float32{1, 0, 2, 0, 1, 1}, []float32{1, 1, 9, 1, 1, 9}
		err := h.Gemm(Gemm{
			M: 2, N: 2, K: 3, Alpha: 2, Beta: 0.5, Compute: Compute32F,
			A: matrix(t, a, Float32, 3, 0), B: matrix(t, b, Float32, 3, 0), C: matrix(t, c, Float32, 3, 0),
		})
		if want := []float32{14.5, 32.5, 9, 10.5, 22.5, 9}; err != nil || !slices.Equal(c, want) {
			t.Errorf("%v, want %v: %v", c, want, err)
		}
	})
	t.Run("float64 transposed", func(t *testing.T) {
		a, b, c := []float64{1, 2, 3, 4, 5, 6}, []float64{1, 0, 0, 1, 2, 1}, make([]float64, 4)
		err := h.Gemm(Gemm{
			OpA: Trans, OpB: Trans, M: 2, N: 2, K: 3, Alpha: 1, Compute: Compute64F,
			A: matrix(t, a, Float64, 3, 0), B: matrix(t, b, Float64, 2, 0), C: matrix(t, c, Float64, 2, 0),
		})
		if want := []float64{7, 16, 5, 11}; err != nil || !slices.Equal(c, want) {
			t.Errorf("%v, want %v: %v", c, want, err)
		}
	})
	t.Run("batched", func(t *testing.T) {
		a, b, c := []float32{1, 2, 3}, []float32{10, 0, 20, 0, 30}, make([]float32, 3)
		g := Gemm{
			M: 1, N: 1, K: 1, Alpha: 1, Compute: Compute32FFastTF32, Batch: 3,
			A: matrix(t, a, Float32, 1, 1), B: matrix(t, b, Float32, 1, 2), C: matrix(t, c, Float32, 1, 1),
		}
		if err := h.Gemm(g); err != nil || !slices.Equal(c, []float32{10, 40, 90}) {
			t.Errorf("%v, want 10 40 90: %v", c, err)
		}
	})
}

func TestErrors(t *testing.T) {
	h := create(t)
	x := []float32{1}
	m := matrix(t, x, Float32, 1, 0)
	half := m
	half.Type = Float16
	for name, test := range map[string]struct {
		err  error
		want string
	}{
		"a size below zero":  {h.Gemm(Gemm{M: -1, A: m, B: m, C: m}), "cublas: gemm answers CUBLAS_STATUS_INVALID_VALUE (7)"},
		"a size past 32 bit": {h.Gemm(Gemm{N: 1 << 31, A: m, B: m, C: m}), "cublas: gemm answers CUBLAS_STATUS_INVALID_VALUE (7)"},
		"types that differ":  {h.Gemm(Gemm{A: m, B: half, C: m, Compute: Compute32F}), "cublas: gemm answers CUBLAS_STATUS_NOT_SUPPORTED (15)"},
		"another status":     {&Error{Call: "gemm", Status: 99}, "cublas: gemm answers a status without a name (99)"},
	} {
		var failure *Error
		if !errors.As(test.err, &failure) || test.err.Error() != test.want || failure.OutOfMemory() {
			t.Errorf("%s: %v, want %s", name, test.err, test.want)
		}
	}
	// A context that the driver refuses: what the stand-in is to answer.
	refused := new(int32)
	*refused = 709
	var pinned runtime.Pinner
	defer pinned.Unpin()
	pinned.Pin(refused)
	var failure *Error
	if _, err := Create(unsafe.Pointer(refused)); !errors.As(err, &failure) || failure.Driver != 709 || !strings.Contains(err.Error(), "CUresult 709") {
		t.Errorf("in a context that is destroyed: %v", err)
	}
	t.Setenv("STANDIN_NO_MEMORY", "1")
	if _, err := Create(nil); !errors.As(err, &failure) || !failure.OutOfMemory() {
		t.Errorf("without memory: %v", err)
	}
}

func TestAbsent(t *testing.T) {
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), envChild+"=create", EnvLibrary+"=/nowhere/libcublas.so")
	out, err := cmd.CombinedOutput()
	want := "true cublas: the library is not installed: TANDEM_CUBLAS names /nowhere/libcublas.so, which is not there"
	if err != nil || !strings.Contains(string(out), want) {
		t.Errorf("%v: the child says %q, want %q", err, out, want)
	}
}

func BenchmarkGemmCall(b *testing.B) {
	h, err := Create(nil)
	if err != nil {
		b.Fatal(err)
	}
	defer h.Close()
	x := []float32{1}
	m := matrix(b, x, Float32, 1, 0)
	b.ReportAllocs()
	for b.Loop() {
		if err := h.Gemm(Gemm{M: 0, N: 0, K: 0, Compute: Compute32F, A: m, B: m, C: m}); err != nil {
			b.Fatal(err)
		}
	}
}
