package main

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tandem-go/tandem/examples/internal/cli"
	"github.com/tandem-go/tandem/examples/internal/npy"
)

// matmul runs the program in its own cache folder.
func matmul(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	t.Setenv("TANDEM_DEVICES", "")
	var out, errs bytes.Buffer
	code = cli.Run(t.Context(), "matmul", run, args, &out, &errs)
	return code, out.String(), errs.String()
}

func write[T float32 | float64](t *testing.T, path string, rows, cols int, data ...T) string {
	t.Helper()
	var b bytes.Buffer
	if err := npy.Write(&b, rows, cols, data); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func read[T float32 | float64](t *testing.T, path string) (npy.Header, []T) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	r := bytes.NewReader(b)
	h, err := npy.ReadHeader(r)
	if err != nil {
		t.Fatal(err)
	}
	data, err := npy.ReadData[T](r, h)
	if err != nil {
		t.Fatal(err)
	}
	return h, data
}

func files[T float32 | float64](t *testing.T) {
	t.Helper()
	dir := t.TempDir()
	a := write[T](t, filepath.Join(dir, "a.npy"), 2, 3, 1, 2, 3, 4, 5, 6)
	b := write[T](t, filepath.Join(dir, "b.npy"), 3, 1, 1, 0, -1)
	c := filepath.Join(dir, "c.npy")
	code, stdout, stderr := matmul(t, "-a", a, "-b", b, "-o", c)
	if code != cli.OK || stderr != "" {
		t.Fatalf("exit code %d\n%s%s", code, stdout, stderr)
	}
	if h, got := read[T](t, c); h.Rows != 2 || h.Cols != 1 || !slices.Equal(got, []T{-2, -2}) {
		t.Errorf("%d×%d: %v", h.Rows, h.Cols, got)
	}
}

func TestFiles(t *testing.T) {
	files[float32](t)
	files[float64](t)
}

func TestEmptyMatrices(t *testing.T) {
	dir := t.TempDir()
	a := write[float32](t, filepath.Join(dir, "a.npy"), 2, 0)
	b := write[float32](t, filepath.Join(dir, "b.npy"), 0, 3)
	c := filepath.Join(dir, "c.npy")
	if code, stdout, stderr := matmul(t, "-a", a, "-b", b, "-o", c); code != cli.OK {
		t.Fatalf("exit code %d\n%s%s", code, stdout, stderr)
	}
	if h, got := read[float32](t, c); h.Rows != 2 || h.Cols != 3 || !slices.Equal(got, make([]float32, 6)) {
		t.Errorf("%d×%d: %v", h.Rows, h.Cols, got)
	}
}

func TestGenerated(t *testing.T) {
	path := filepath.Join(t.TempDir(), "c.npy")
	for _, args := range [][]string{
		{"-n", "70"},
		{"-n", "300", "-m", "33", "-k", "5", "-type", "float64", "-every", "-o", path},
		{"-n", "70", "-devices", "cpu", "-gonum=false"},
	} {
		code, stdout, stderr := matmul(t, args...)
		if code != cli.OK || stderr != "" || !strings.Contains(stdout, "flop/s") {
			t.Errorf("%v: exit code %d\n%s%s", args, code, stdout, stderr)
		}
		if compared := strings.Contains(stdout, "gonum alone"); compared == slices.Contains(args, "-gonum=false") {
			t.Errorf("%v: compared: %v", args, compared)
		}
	}
	if h, _ := read[float64](t, path); h.Rows != 33 || h.Cols != 300 {
		t.Errorf("%d×%d, want 33×300", h.Rows, h.Cols)
	}
}

func TestBadInput(t *testing.T) {
	dir := t.TempDir()
	f32 := write[float32](t, filepath.Join(dir, "f32.npy"), 1, 2, 1, 2)
	f64 := write[float64](t, filepath.Join(dir, "f64.npy"), 2, 1, 1, 2)
	broken := filepath.Join(dir, "broken.npy")
	if err := os.WriteFile(broken, []byte("\x93NUMPY\x01\x00garbage"), 0o600); err != nil {
		t.Fatal(err)
	}
	short := filepath.Join(dir, "short.npy")
	whole, err := os.ReadFile(f32)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(short, whole[:len(whole)-1], 0o600); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args string
		want string
	}{
		{"-a " + f32, "-b"},
		{"-a " + f32 + " -b " + f64, "float64"},
		{"-a " + f32 + " -b " + f32, "1×2"},
		{"-a " + broken + " -b " + f32, broken},
		{"-a " + f64 + " -b " + short, "float32"},
		{"-a " + f32 + " -b " + filepath.Join(dir, "absent.npy"), "absent.npy"},
		{"-a " + dir + " -b " + f32, dir},
		{"-a " + f32 + " -b " + f32 + " -n 3", "-n"},
		{"-n 0", "-n 0"},
		{"-n -5", "-n -5"},
		{"-m 99999999 -k 99999999", "elements"},
		{"-n 99999999999999999999", "-n"},
		{"-type int8", "int8"},
		{"-seed x", "-seed"},
		{"-devices abacus", "abacus"},
		{"-o " + dir, dir},
		{"-n 8 -o " + dir + "/no/c.npy", "c.npy"},
	} {
		code, stdout, stderr := matmul(t, strings.Fields(c.args)...)
		if code != cli.Failed || stdout != "" || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, c.want) {
			t.Errorf("%s: exit code %d\n%s%s", c.args, code, stdout, stderr)
		}
	}
	column := write[float32](t, filepath.Join(dir, "f64.npy"), 2, 1, 1, 2)
	if code, _, stderr := matmul(t, "-a", short, "-b", column, "-o", filepath.Join(dir, "c.npy")); code != cli.Failed || !strings.Contains(stderr, "ends before") {
		t.Errorf("exit code %d\n%s", code, stderr)
	}
	if after, err := os.ReadDir(dir); err != nil || len(after) != len(before) {
		t.Errorf("files left: %v, %v", after, err)
	}
}
