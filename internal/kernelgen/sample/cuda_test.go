package sample

import (
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/tandem-go/tandem/device"
)

// TestCUDACompiles compiles the CUDA C of every kernel with NVRTC, for the oldest
// architecture that Tandem takes. TANDEM_NVRTC is the library, as `make ptx` sets
// it; no GPU is needed.
func TestCUDACompiles(t *testing.T) {
	library := os.Getenv("TANDEM_NVRTC")
	if library == "" || library == "none" {
		t.Skip("TANDEM_NVRTC is not set; `make ptx` runs this test")
	}
	dir := t.TempDir()
	args := []string{
		"run", "-tags", "cuda", "github.com/tandem-go/tandem/device/cuda/internal/nvrtc/compile", "-o", dir,
		"--gpu-architecture=compute_52", "--fmad=false", "--std=c++14", "--",
	}
	var names []string
	for _, c := range all() {
		trial := c.Draw(rand.New(rand.NewPCG(1, 1)), device.Caps{}, 1)
		text := trial.Launch.Kernel().CUDAText()
		if text == "" {
			t.Errorf("%s has no CUDA C", c.Name)
			continue
		}
		file := filepath.Join(dir, c.Name+".cu")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		names, args = append(names, c.Name), append(args, file)
	}
	cmd := exec.Command("go", args...)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=1")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, name := range names {
		if info, err := os.Stat(filepath.Join(dir, name+".ptx")); err != nil || info.Size() == 0 {
			t.Errorf("%s gives no PTX: %v", name, err)
		}
	}
}
