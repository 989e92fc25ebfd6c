//go:build cuda && linux && cgo && asan

package cuda

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// TestStrayKernel has a kernel write where it must not. The sanitizer ends the
// program that does so, which is one of its own therefore.
func TestStrayKernel(t *testing.T) {
	const child = "TANDEM_STRAY"
	if os.Getenv(child) != "" {
		inProcess(t, late)
		_, err := launchStray(t)
		t.Errorf("the sanitizer has seen nothing; Synchronize answers %v", err)
		return
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestStrayKernel$")
	cmd.Env = append(os.Environ(), child+"=1")
	out, err := cmd.CombinedOutput()
	if err == nil || !strings.Contains(string(out), "ERROR: AddressSanitizer") {
		t.Errorf("the program ended with %v:\n%s", err, out)
	}
}
