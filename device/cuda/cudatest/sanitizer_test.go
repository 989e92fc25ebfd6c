//go:build cuda && linux && cgo && asan

package cudatest_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/tandem-go/tandem/device/cuda/cudatest"
	"github.com/tandem-go/tandem/device/cuda/cudatest/internal/drive"
)

// Each mistake ends a program of its own with the sanitizer's report.
func TestSanitizer(t *testing.T) {
	mistakes := map[string]func(x *machine){
		"one past the end": func(x *machine) { x.launch("store", 1, 1, x.alloc(100), int64(25)) },
		"one before":       func(x *machine) { x.launch("store", 1, 1, x.alloc(100), int64(-1)) },
		"read past":        func(x *machine) { x.launch("load", 1, 1, x.alloc(100), int64(25), x.alloc(4)) },
		"after free": func(x *machine) {
			p := x.alloc(100)
			x.ok(drive.Free(p))
			x.launch("store", 1, 1, p, int64(0))
		},
		"static shared memory": func(x *machine) {
			x.launch("shared_store", 1, 1, int32(64))
		},
		"dynamic shared memory": func(x *machine) {
			drive.Launch(x.function("dynamic_store"), [3]int{1, 1, 1}, [3]int{1, 1, 1}, 40, nil, int32(10))
		},
	}
	if name := os.Getenv("TANDEM_MISTAKE"); name != "" {
		x := start(t, cudatest.Config{})
		mistakes[name](x)
		x.ok(drive.Synchronize())
		return
	}
	for name := range mistakes {
		t.Run(name, func(t *testing.T) {
			cmd := exec.Command(os.Args[0], "-test.run=^TestSanitizer$")
			cmd.Env = append(os.Environ(), "TANDEM_MISTAKE="+name)
			out, err := cmd.CombinedOutput()
			if err == nil || !strings.Contains(string(out), "ERROR: AddressSanitizer") {
				t.Errorf("the program ended with %v:\n%s", err, out)
			}
		})
	}
}
