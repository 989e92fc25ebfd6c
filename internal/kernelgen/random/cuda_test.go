//go:build cuda && linux && cgo

package random

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// TestCUDA compares some random kernels, always the same ones, with their functions:
// on the host, and by their CUDA C on the driver in process.
func TestCUDA(t *testing.T) {
	cmd := exec.Command("../../../build/fuzzkernels.sh", "24")
	cmd.Env = append(os.Environ(), "TANDEM_SEED=2", "TAGS=cuda")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if !strings.Contains(string(out), "agree on inline, cuda:0") {
		t.Errorf("no CUDA device took part:\n%s", out)
	}
}
