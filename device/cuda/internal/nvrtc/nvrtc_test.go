//go:build cuda && linux && cgo

package nvrtc

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

const envChild = "TANDEM_TEST_CHILD"

// TestMain also is the main function of child processes: what has been loaded
// cannot be unloaded.
func TestMain(m *testing.M) {
	if os.Getenv(envChild) != "" {
		major, _, err := Version()
		fmt.Println("version", major, errors.Is(err, ErrNoLibrary), err)
		os.Exit(0)
	}
	m.Run()
}

// standIn makes a library that passes for NVRTC, or for a driver.
func standIn(t *testing.T, file, source string, flags ...string) {
	t.Helper()
	compiler := os.Getenv("CC")
	if compiler == "" {
		compiler = "gcc"
	}
	args := append([]string{"-shared", "-fPIC", "-O1", "-o", file, source}, flags...)
	if text, err := exec.CommandContext(t.Context(), compiler, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", file, err, text)
	}
}

func TestSearch(t *testing.T) {
	dir := t.TempDir()
	standIn(t, filepath.Join(dir, "libcuda.so.1"), "../driver/testdata/libcuda.c")
	for file, major := range map[string]string{"13": "13", "12": "12", "11.2": "11"} {
		standIn(t, filepath.Join(dir, "libnvrtc.so."+file), "testdata/libnvrtc.c", "-DMAJOR="+major)
	}
	broken, alone := t.TempDir(), t.TempDir()
	for _, version := range []string{".13", ".12", ".11.2", ""} {
		if err := os.WriteFile(filepath.Join(broken, "libnvrtc.so"+version), []byte("no library"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	standIn(t, filepath.Join(alone, "libnvrtc.so"), "testdata/libnvrtc.c", "-DMAJOR=10")
	type test struct {
		env  []string
		want string
	}
	tests := map[string]test{
		"the newest that the driver knows": {[]string{"LD_LIBRARY_PATH=" + dir, "STANDIN_VERSION=12080"}, "version 12 false <nil>"},
		"an older driver":                  {[]string{"LD_LIBRARY_PATH=" + dir, "STANDIN_VERSION=11080"}, "version 11 false <nil>"},
		"a path":                           {[]string{EnvLibrary + "=" + filepath.Join(dir, "libnvrtc.so.13")}, "version 13 false <nil>"},
		"a path to nothing":                {[]string{EnvLibrary + "=/nowhere/libnvrtc.so"}, "is not installed: TANDEM_NVRTC names /nowhere/libnvrtc.so, which is not there"},
		"a path to something else":         {[]string{EnvLibrary + "=" + filepath.Join(dir, "libcuda.so.1")}, "libcuda.so.1 has no nvrtcVersion"},
		"no library":                       {[]string{"LD_LIBRARY_PATH=" + broken}, "version 0 true"},
	}
	if _, err := os.Stat("/usr/local/cuda"); err != nil { // a toolkit there is found before the name without a version
		tests["no version in the name"] = test{[]string{"LD_LIBRARY_PATH=" + alone}, "version 10 false <nil>"}
		tests["a broken one"] = test{[]string{"LD_LIBRARY_PATH=" + broken}, "file too short"}
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			cmd := exec.CommandContext(t.Context(), os.Args[0])
			cmd.Env = append(os.Environ(), append([]string{EnvLibrary + "=", envChild + "=1"}, test.env...)...)
			out, err := cmd.CombinedOutput()
			if err != nil || !strings.Contains(string(out), test.want) {
				t.Errorf("%v: the child says %q, want %q", err, out, test.want)
			}
		})
	}
}

const double = `extern "C" __global__ void twice(float *x, unsigned n) {
	unsigned i = blockIdx.x * blockDim.x + threadIdx.x;
	if (i < n) x[i] = 2 * x[i];
}`

// need loads the compiler that build/cuda.sh has fetched, or the machine's.
func need(t *testing.T) {
	t.Helper()
	const fetched = "../../../../build/cuda/libnvrtc.so.11.2"
	if _, err := os.Stat(fetched); err == nil && os.Getenv(EnvLibrary) == "" {
		t.Setenv(EnvLibrary, fetched)
	}
	if err := Load(); err != nil {
		t.Skipf("build/cuda.sh fetches one: %v", err)
	}
}

func TestCompile(t *testing.T) {
	need(t)
	major, minor, err := Version()
	archs, err2 := Archs()
	if err := errors.Join(err, err2); err != nil || major < 11 || len(archs) == 0 || !slices.IsSorted(archs) {
		t.Fatalf("version %d.%d for %v: %v", major, minor, archs, err)
	}
	lowest := archs[0]
	var want []byte
	var group sync.WaitGroup
	for i := range 4 {
		group.Go(func() {
			out, err := Compile(double, "twice.cu", fmt.Sprintf("--gpu-architecture=compute_%d", lowest), "--fmad=false")
			if err != nil || out.CUBIN != nil || !bytes.Contains(out.PTX, []byte(".visible .entry twice(")) || bytes.IndexByte(out.PTX, 0) >= 0 {
				t.Errorf("compilation %d answers %v:\n%s", i, err, out.PTX)
			}
		})
	}
	group.Wait()
	out, err := Compile(double, "twice.cu", fmt.Sprintf("--gpu-architecture=sm_%d", archs[len(archs)-1]))
	if err != nil || !bytes.HasPrefix(out.CUBIN, []byte("\x7fELF")) {
		t.Errorf("for a chip: %v, %d bytes", err, len(out.CUBIN))
	}
	for range 2 { // the same bytes each time: generated files are compared
		out, err := Compile(double, "twice.cu", fmt.Sprintf("--gpu-architecture=compute_%d", lowest))
		if err != nil || want != nil && !bytes.Equal(out.PTX, want) {
			t.Errorf("%v: PTX differs from one time to the next", err)
		}
		want = out.PTX
	}
}

func TestCompileFails(t *testing.T) {
	need(t)
	_, err := Compile("__global__ void k() { undeclared = 1; }", "broken.cu")
	var failure *Error
	if !errors.As(err, &failure) || failure.Call != "nvrtcCompileProgram" || failure.Status != 6 || failure.Name != "NVRTC_ERROR_COMPILATION" ||
		!strings.Contains(failure.Log, "broken.cu(1)") || !strings.Contains(failure.Log, "undeclared") || !strings.Contains(err.Error(), failure.Log[:20]) {
		t.Errorf("a source that does not compile answers %v", err)
	}
	if _, err := Compile(double, "twice.cu", "--no-such-option"); !errors.As(err, &failure) || failure.Status == 0 {
		t.Errorf("an option that there is not answers %v", err)
	}
	if _, err := Compile("\x00", "zero.cu"); err == nil {
		t.Error("a source with a zero byte compiles")
	}
}
