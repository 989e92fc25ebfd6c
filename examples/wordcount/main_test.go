package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tandem-go/tandem/examples/internal/cli"
)

func wordcount(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = cli.Run(t.Context(), "wordcount", run, args, &out, &errs)
	return code, out.String(), errs.String()
}

func TestCounts(t *testing.T) {
	dir := t.TempDir()
	for path, content := range map[string]string{
		"a.txt":       "The cat. The Dog!",
		"sub/b.txt":   "the bird's über-nest",
		"binary":      "the\x00the",
		".hidden/the": "the the the",
		"empty":       "",
	} {
		path = filepath.Join(dir, path)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	code, out, errs := wordcount(t, dir, "-devices", "cpu", "-top", "2")
	if code != cli.OK || errs != "" {
		t.Fatalf("exit %d, %q", code, errs)
	}
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if !strings.HasPrefix(lines[0], "9 words, 7 of them different, in 3 files") {
		t.Errorf("got %q", lines[0])
	}
	if len(lines) != 3 || strings.Fields(lines[1])[0] != "the" || strings.Fields(lines[1])[1] != "3" || strings.Fields(lines[2])[0] != "bird" {
		t.Errorf("got\n%s", out)
	}
}

func TestMistakes(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, args := range map[string][]string{
		"no folder": {"-dir", file + "x"},
		"a file":    {file},
		"top":       {"-top", "-1"},
	} {
		code, _, errs := wordcount(t, append(args, "-devices", "cpu")...)
		if code != cli.Failed || strings.Count(errs, "\n") != 1 {
			t.Errorf("%s: exit %d, %q", name, code, errs)
		}
	}
}
