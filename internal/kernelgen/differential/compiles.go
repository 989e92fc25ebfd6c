package differential

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/tandem-go/tandem/device"
)

var macro = regexp.MustCompile(`(?m)^\s*#define (\w+)`)

// CUDACompiles compiles the CUDA C of every case's kernel with NVRTC, for the oldest
// architecture that Tandem takes. TANDEM_NVRTC is the library, as the Makefile sets
// it; no GPU is needed. Without it the test is skipped.
//
// The texts are compiled as one, each in a namespace: of the 80 ms that one takes by
// itself, 65 go into starting.
func CUDACompiles(t *testing.T, cases []Case) {
	t.Helper()
	library := os.Getenv("TANDEM_NVRTC")
	if library == "" || library == "none" {
		t.Skip("TANDEM_NVRTC is not set; `make ptx` and `make fuzz` set it")
	}
	var source strings.Builder
	var entries []string
	for i, c := range cases {
		trial := c.Draw(rand.New(rand.NewPCG(1, 1)), device.Caps{}, 1)
		k := trial.Launch.Kernel()
		text := k.CUDAText()
		if text == "" {
			t.Errorf("%s has no CUDA C", c.Name)
			continue
		}
		src, err := k.Source(device.CUDA)
		if err != nil {
			t.Fatal(err)
		}
		entries = append(entries, src.Block.Entry)
		fmt.Fprintf(&source, "namespace text_%d {\n#line 1 \"%s\"\n%s\n}\n", i, c.Name, text)
		for _, m := range macro.FindAllStringSubmatch(text, -1) {
			fmt.Fprintf(&source, "#undef %s\n", m[1])
		}
	}
	file := filepath.Join(t.TempDir(), "kernels.cu")
	if err := os.WriteFile(file, []byte(source.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("go", "run", "-tags", "cuda", "github.com/tandem-go/tandem/device/cuda/internal/nvrtc/compile",
		"--gpu-architecture=compute_52", "--fmad=false", "--std=c++14", "--", file)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=1")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	ptx, err := os.ReadFile(strings.TrimSuffix(file, ".cu") + ".ptx")
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if !strings.Contains(string(ptx), ".entry "+entry+"(") {
			t.Errorf("the PTX has no entry %s", entry)
		}
	}
}
