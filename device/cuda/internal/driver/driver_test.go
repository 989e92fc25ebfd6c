//go:build cuda && linux && cgo

package driver_test

import (
	"debug/elf"
	"go/build"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	_ "gorgonia.org/cu" // what the package is for: here too, its init function must not end the process

	"github.com/tandem-go/tandem/device/cuda/internal/driver"
)

// buildProgram answers the program under testdata, built with the given environment
// and arguments.
func buildProgram(t *testing.T, env []string, args ...string) string {
	t.Helper()
	out := filepath.Join(t.TempDir(), "program")
	command(t, env, "go", append(append([]string{"build", "-tags", "cuda", "-o", out}, args...), "./testdata/program")...)
	return out
}

// command answers what a command prints; it must succeed.
func command(t *testing.T, env []string, name string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Env = append(os.Environ(), env...)
	text, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", cmd, err, text)
	}
	return string(text)
}

func compiler() string {
	if cc := os.Getenv("CC"); cc != "" {
		return cc
	}
	return "gcc"
}

// standIn answers a folder with a library that passes for a driver.
func standIn(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	command(t, nil, compiler(), "-shared", "-fPIC", "-O1", "-o", filepath.Join(dir, "libcuda.so.1"), "testdata/libcuda.c")
	return dir
}

// noDriver answers a folder with a file that is no library, found before any
// driver that this machine may have.
func noDriver(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "libcuda.so.1"), []byte("no library"), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

// checkNeeded looks at what the loader looks for before the first instruction.
func checkNeeded(t *testing.T, program string) {
	t.Helper()
	f, err := elf.Open(program)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	needed, err := f.ImportedLibraries()
	if err != nil || len(needed) == 0 {
		t.Fatalf("the program needs %v: %v", needed, err)
	}
	known := []string{"libc.so", "libdl.so", "libpthread.so", "libresolv.so", "ld-linux"}
	for _, library := range needed {
		if !slices.ContainsFunc(known, func(k string) bool { return strings.HasPrefix(library, k) }) {
			t.Errorf("the program needs %s to start", library)
		}
	}
	// The trampolines must not be what a library that is loaded later finds.
	symbols, err := f.DynamicSymbols()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range symbols {
		if strings.HasPrefix(s.Name, "cu") && len(s.Name) > 2 && s.Name[2] >= 'A' && s.Name[2] <= 'Z' {
			t.Errorf("the program exports or imports %s", s.Name)
		}
	}
}

func TestPrograms(t *testing.T) {
	if testing.Short() {
		t.Skip("builds programs")
	}
	program, absent, present := buildProgram(t, nil), noDriver(t), standIn(t)
	checkNeeded(t, program)
	tests := map[string]struct {
		first string
		env   []string
		want  []string
	}{
		"no driver": {
			"none",
			[]string{"LD_LIBRARY_PATH=" + absent},
			[]string{"devices 0 <nil>", "version 0 -1", "device 0: NoDevice", `kind "no CUDA driver is installed"`, "libcuda.so.1: file too short"},
		},
		"no driver, found by a launch": {
			"launch", []string{"LD_LIBRARY_PATH=" + absent}, []string{"NoDevice", "devices 0 <nil>"},
		},
		"no GPU": {
			"none",
			[]string{"LD_LIBRARY_PATH=" + present, "STANDIN_INIT=100"},
			[]string{"devices 0 <nil>", "version 0 -1", "device 0: NoDevice", `kind "the CUDA driver finds no GPU"`, "cuInit answers CUDA_ERROR_OF_THE_STANDIN (100)"},
		},
		"old": {
			"none",
			[]string{"LD_LIBRARY_PATH=" + present, "STANDIN_VERSION=11070"},
			[]string{"devices 0 <nil>", "version 0 -1", "device 0: SystemDriverMismatch", `kind "the CUDA driver is too old"`, "it is of CUDA 11.7, and 11.8 or newer is needed"},
		},
		"broken": {
			"none",
			[]string{"LD_LIBRARY_PATH=" + present, "STANDIN_INIT=999"},
			[]string{"devices 0 <nil>", "device 0: Unknown", `kind "the CUDA driver does not start"`, "cuInit answers CUDA_ERROR_OF_THE_STANDIN (999)"},
		},
		"present, found by a launch": {
			"launch",
			[]string{"LD_LIBRARY_PATH=" + present},
			[]string{"launch (nil) 1 2 3 4 5 6 7 (nil) 1099511627776 (nil)\n", "devices 2 <nil>", "version 12040 12040", "load: <nil>"},
		},
		"present, found by a call with floats": {
			"clamp", []string{"LD_LIBRARY_PATH=" + present}, []string{"clamp (nil) 0.25 -1.5\n", "load: <nil>"},
		},
		"a function that the driver lacks": {
			"none", []string{"LD_LIBRARY_PATH=" + present}, []string{"devices 2 <nil>", "device 0: NotFound", "load: <nil>"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			out := command(t, test.env, program, test.first)
			for _, want := range test.want {
				if !strings.Contains(out, want) {
					t.Errorf("the program says\n%swant it to mention %q", out, want)
				}
			}
		})
	}
}

// TestOtherBuilds has the flags that change how a program is linked, and a
// library that the linker finds: as where the driver's package for developers,
// or a toolkit, is installed.
func TestOtherBuilds(t *testing.T) {
	if testing.Short() {
		t.Skip("builds programs")
	}
	toolkit := standIn(t)
	if err := os.Symlink("libcuda.so.1", filepath.Join(toolkit, "libcuda.so")); err != nil {
		t.Fatal(err)
	}
	// Some distributions' compilers have --as-needed on; others must do too.
	program := buildProgram(t, []string{"CC=" + compiler() + " -Wl,--no-as-needed -L" + toolkit}, "-buildmode=pie", "-trimpath", "-ldflags=-s -w")
	checkNeeded(t, program)
	if out := command(t, []string{"LD_LIBRARY_PATH=" + noDriver(t)}, program, "launch"); !strings.Contains(out, "no CUDA driver is installed") {
		t.Errorf("the program says\n%s", out)
	}
}

// TestSymbols holds the list to what the header declares, which is what cu and
// package cuda can call.
func TestSymbols(t *testing.T) {
	have, err := os.ReadFile("symbols.h")
	if err != nil {
		t.Fatal(err)
	}
	if want := command(t, nil, "go", "run", "symbols.go", "-"); want != string(have) {
		t.Error("symbols.h is not what include/cuda.h declares: run go generate here")
	}
}

// TestImportOrder looks at what the documentation asks of packages that import
// cu, in this folder and above it: files by name, imports as they stand.
func TestImportOrder(t *testing.T) {
	const cu, own = "gorgonia.org/cu", "github.com/tandem-go/tandem/device/cuda/internal/driver"
	tagged := build.Default
	tagged.BuildTags, tagged.CgoEnabled = []string{"cuda"}, true
	first := map[string]string{} // of the two, by folder
	importers := 0
	err := filepath.WalkDir("../..", func(path string, _ fs.DirEntry, err error) error {
		dir, file := filepath.Split(path)
		if err != nil || filepath.Ext(file) != ".go" || strings.HasSuffix(file, "_test.go") {
			return err
		}
		if match, err := tagged.MatchFile(dir, file); err != nil || !match {
			return err
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, spec := range parsed.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			if imported == cu {
				importers++
			}
			if (imported == cu || imported == own) && first[dir] == "" {
				if first[dir] = imported; imported == cu {
					t.Errorf("%s imports %s before %s", path, cu, own)
				}
			}
		}
		return nil
	})
	if err != nil || importers == 0 {
		t.Errorf("%d files import cu: %v", importers, err)
	}
}

func TestLoad(t *testing.T) {
	err := driver.Load()
	if version := driver.Version(); (err == nil) != (version >= driver.MinVersion) {
		t.Errorf("Load answers %v, and Version %d", err, version)
	}
	if again := driver.Load(); again != err { //nolint:errorlint // the same value is promised
		t.Errorf("Load answers %v, then %v", err, again)
	}
}
