//go:build opengl && linux && cgo

package opengl

import (
	"bytes"
	"context"
	"debug/elf"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/tandem-go/tandem/device"
)

const envChild = "TANDEM_TEST_CHILD"

// TestMain also is the main function of child processes, in which the libraries
// are made to fail: what they load cannot be unloaded.
func TestMain(m *testing.M) {
	if os.Getenv(envChild) != "" {
		os.Exit(child())
	}
	goleak.VerifyTestMain(m)
}

// child prints what the backend says and, if it has devices, uses them all.
func child() int {
	infos, err := registered.Discover()
	if err != nil {
		fmt.Printf("error: unsupported=%v none=%v invalid=%v: %v\n", errors.Is(err, device.ErrUnsupported),
			errors.Is(err, device.ErrNoDevice), errors.Is(err, device.ErrInvalid), err)
		return 0
	}
	for _, info := range infos {
		fmt.Printf("device %s %d %s\n", info.ID, info.Memory, info.Name)
	}
	if err := useAll(infos); err != nil {
		fmt.Println("use:", err)
		return 1
	}
	return 0
}

// useAll opens every device and has them all add at once.
func useAll(infos []device.Info) error {
	answers := make(chan error)
	for _, info := range infos {
		go func() { answers <- useOne(info.ID) }()
	}
	var errs []error
	for range infos {
		errs = append(errs, <-answers)
	}
	return errors.Join(errs...)
}

func useOne(id string) error {
	d, err := registered.Open(id)
	if err != nil {
		return err
	}
	defer d.Close()
	p, err1 := d.Compile(addSource)
	b, err2 := d.Alloc(4 * 64)
	s, err3 := d.NewStream()
	if err := errors.Join(err1, err2, err3); err != nil {
		return err
	}
	got := make([]byte, 4*64)
	if err := s.Upload(b, 0, got); err != nil {
		return err
	}
	for range 100 {
		if err := s.Launch(p, device.Dispatch{Groups: [3]int{1, 1, 1}, Buffers: []device.Buffer{b}, Scalars: []uint32{64, 3}}); err != nil {
			return err
		}
	}
	if err := errors.Join(s.Download(got, b, 0), s.Synchronize(context.Background())); err != nil {
		return err
	}
	for i, w := range words(got) {
		if w != 300 {
			return fmt.Errorf("%s: word %d is %d, want 300", id, i, w)
		}
	}
	return d.Close()
}

// runChild answers what a child process prints with the given environment.
func runChild(t *testing.T, env ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, must(os.Executable())(t))
	cmd.Env = append(os.Environ(), append(env, envChild+"=1")...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("child with %v: %v\n%s%s", env, err, out, &stderr)
	}
	return string(out)
}

func TestBrokenMachines(t *testing.T) {
	found(t)
	empty := t.TempDir()
	// A file that is no library, where the loader looks first.
	broken := t.TempDir()
	if err := os.WriteFile(filepath.Join(broken, "libEGL.so.1"), []byte("no library"), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		env  []string
		want []string
	}{
		"no libEGL":     {[]string{"LD_LIBRARY_PATH=" + broken}, []string{"unsupported=true", "libEGL cannot be loaded", "libEGL.so.1"}},
		"no EGL vendor": {[]string{"__EGL_VENDOR_LIBRARY_FILENAMES=" + empty + "/none.json"}, []string{"none=true", "libgl1-mesa-dri"}},
		"no driver":     {[]string{"LIBGL_DRIVERS_PATH=" + empty}, []string{"none=true", "eglInitialize"}},
		"OpenGL 4.2":    {[]string{"MESA_GL_VERSION_OVERRIDE=4.2"}, []string{"none=true", "4.3"}},
		"a bad number":  {[]string{EnvSoftware + "=many"}, []string{"invalid=true", EnvSoftware}},
		"a big number":  {[]string{EnvSoftware + "=65"}, []string{"invalid=true", EnvSoftware}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			out := runChild(t, test.env...)
			for _, want := range append(test.want, "error:") {
				if !strings.Contains(out, want) {
					t.Errorf("the backend says %q, want it to mention %q", out, want)
				}
			}
		})
	}
}

func TestOtherDrivers(t *testing.T) {
	if !found(t).info.Caps.HostCores {
		t.Skip("the variables are Mesa's, for its software renderers")
	}
	tests := map[string]struct {
		env  []string
		want string
	}{
		"softpipe":           {[]string{"GALLIUM_DRIVER=softpipe", "MESA_GL_VERSION_OVERRIDE=4.3"}, "softpipe"},
		"no buffer storage":  {[]string{"MESA_EXTENSION_OVERRIDE=-GL_ARB_buffer_storage"}, "llvmpipe"},
		"no robustness":      {[]string{"MESA_EXTENSION_OVERRIDE=-GL_KHR_robustness"}, "llvmpipe"},
		"no worker threads":  {[]string{"LP_NUM_THREADS=0"}, "llvmpipe"},
		"a threaded driver":  {[]string{"mesa_glthread=true"}, "llvmpipe"},
		"software not first": {[]string{EnvSoftware + "=1"}, "opengl:0"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if out := runChild(t, test.env...); !strings.Contains(out, test.want) {
				t.Errorf("the child says %q, want it to mention %q", out, test.want)
			}
		})
	}
}

func TestSeveralDevicesAtOnce(t *testing.T) {
	if !found(t).info.Caps.HostCores {
		t.Skip("multiplies the software renderer")
	}
	out := runChild(t, EnvSoftware+"=4")
	for _, id := range []string{"opengl:0", "opengl:1", "opengl:2", "opengl:3"} {
		if !strings.Contains(out, "device "+id) {
			t.Errorf("%s is missing in %q", id, out)
		}
	}
	if out := runChild(t, EnvSoftware+"=0"); !strings.Contains(out, "none=true") && !strings.Contains(out, "device opengl:0") {
		t.Errorf("with the software renderer hidden, the backend says %q", out)
	}
}

func TestUnknownDevice(t *testing.T) {
	found(t)
	for _, id := range []string{"opengl:99", "opengl:", "opengl:00", "cuda:0", ""} {
		if _, err := registered.Open(id); !errors.Is(err, device.ErrNoDevice) {
			t.Errorf("Open(%q) answers %v", id, err)
		}
	}
}

// TestProgramsDoNotLinkTheDriver builds a program that imports the package and
// looks at what the loader would look for before its first instruction.
func TestProgramsDoNotLinkTheDriver(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a program")
	}
	out := filepath.Join(t.TempDir(), "program")
	build := exec.CommandContext(t.Context(), "go", "build", "-tags", "opengl", "-o", out, "./testdata/program")
	if text, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	f := must(elf.Open(out))(t)
	defer f.Close()
	libraries := must(f.ImportedLibraries())(t)
	for _, library := range libraries {
		known := []string{"libc.so", "libdl.so", "libpthread.so", "libresolv.so", "ld-linux"}
		if !slices.ContainsFunc(known, func(k string) bool { return strings.HasPrefix(library, k) }) {
			t.Errorf("the program needs %s to start", library)
		}
	}
	t.Logf("needed: %v", libraries)
	// And it does start, where nothing of OpenGL is there.
	run := exec.CommandContext(t.Context(), out)
	run.Env = append(os.Environ(), "LIBGL_DRIVERS_PATH="+t.TempDir())
	if text, err := run.CombinedOutput(); err != nil || !strings.Contains(string(text), "no such device") {
		t.Errorf("%v: %s", err, text)
	}
}
