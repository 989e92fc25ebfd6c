//go:build cuda && linux && cgo

package cuda

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tandem-go/tandem/device"
	"github.com/tandem-go/tandem/device/cuda/cudatest"
	"github.com/tandem-go/tandem/device/cuda/internal/nvrtc"
	"github.com/tandem-go/tandem/device/cuda/internal/ptxcache"
	"github.com/tandem-go/tandem/device/cuda/internal/testkernels"
)

// TestCompileFromText compiles CUDA C where NVRTC can be loaded, once; where not,
// the error says what is missing.
func TestCompileFromText(t *testing.T) {
	machine(t, cudatest.Config{Late: true, Seed: 10})
	dir := t.TempDir()
	before := compiled
	compiled = func() ptxcache.Cache { return ptxcache.Open(dir) }
	defer func() { compiled = before }()
	d := openFirst(t)
	src := testkernels.Source("affine", 1, 3)
	src.Text = testkernels.Text
	p, err := d.Compile(src)
	if nvrtc.Load() != nil {
		if !errors.Is(err, device.ErrUnsupported) || !errors.Is(err, nvrtc.ErrNoLibrary) || !strings.Contains(err.Error(), "affine") {
			t.Errorf("without NVRTC the error is %v", err)
		}
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.ptx"))
	if err != nil || len(files) != 1 {
		t.Fatalf("kept: %v, %v", files, err)
	}
	b := must(d.Alloc(4))(t)
	s := must(d.NewStream())(t)
	got := make([]byte, 4)
	if err := errors.Join(
		s.Upload(b, 0, []byte{1, 0, 0, 0}), s.Launch(p, affine(b, 1, 3, 4)), s.Download(got, b, 0), s.Synchronize(waiting(t)),
	); err != nil {
		t.Fatal(err)
	}
	if words(got)[0] != 7 {
		t.Errorf("3*1 + 4 is %d", words(got)[0])
	}
	// A text that is in the cache is not compiled: another one's place shows it.
	broken := src
	broken.Text = "extern \"C\" __global__ void tandem_test_affine(int *x)\n{\n\tmissing = 1;\n}\n"
	_, err = d.Compile(broken)
	if refused, ok := errors.AsType[*device.CompileError](err); !ok || refused.Line != 3 || refused.Kernel != "affine" || !strings.Contains(refused.Log, "missing") {
		t.Errorf("a broken text gives %v", err)
	}
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Compile(src); err != nil {
		t.Errorf("without the folder: %v", err)
	}
}
