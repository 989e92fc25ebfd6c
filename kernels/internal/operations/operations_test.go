package operations

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/tandem-go/tandem/device"
	"github.com/tandem-go/tandem/kernels/internal/ptx"
)

// TestCompiledAhead: the archive has PTX of the text that each kernel has now, and
// no two kernels have one name.
func TestCompiledAhead(t *testing.T) {
	seen := map[string]bool{}
	for _, k := range Kernels() {
		if seen[k.Name] {
			t.Errorf("two kernels are called %s", k.Name)
		}
		seen[k.Name] = true
		src, err := k.Source(device.CUDA)
		if err != nil {
			t.Error(err)
		} else if !ptx.Fresh(src.Text, k.CUDAText()) {
			t.Errorf("%s: its PTX is not of its text: make generate", k.Name)
		}
	}
}

// TestComplete: every kernel that tandemgen has made in the packages below kernels is
// in the list.
func TestComplete(t *testing.T) {
	files, err := filepath.Glob("../../*/*_kernel.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("no generated files: %v", err)
	}
	known := map[string]bool{}
	for _, k := range Kernels() {
		known[k.Name] = true
	}
	name := regexp.MustCompile(`(?m)^\tName: +"([^"]+)"`)
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range name.FindAllSubmatch(text, -1) {
			if !known[string(m[1])] {
				t.Errorf("%s of %s is in no list of kernels", m[1], file)
			}
		}
	}
}
