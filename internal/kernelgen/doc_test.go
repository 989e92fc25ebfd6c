package kernelgen

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestMap: the package's comment says where everything is.
func TestMap(t *testing.T) {
	text, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		name := strings.TrimSuffix(f, ".go")
		if name == "doc" || strings.HasSuffix(name, "_test") {
			continue
		}
		if !regexp.MustCompile(`(?m)^// .*\b` + name + `\b`).Match(text) {
			t.Errorf("doc.go doesn't name %s", f)
		}
	}
}
