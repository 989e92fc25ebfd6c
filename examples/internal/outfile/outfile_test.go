package outfile_test

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tandem-go/tandem/examples/internal/outfile"
)

func names(t *testing.T, dir string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func TestCommitAndDiscard(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.txt")
	for _, c := range []struct {
		text   string
		commit bool
		want   string
	}{
		{"first", true, "first"},
		{"second", false, "first"},
		{"third", true, "third"},
	} {
		f, err := outfile.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(f, c.text); err != nil {
			t.Fatal(err)
		}
		if c.commit {
			if err := f.Commit(); err != nil {
				t.Fatal(err)
			}
		}
		f.Discard()
		if got, err := os.ReadFile(path); err != nil || string(got) != c.want {
			t.Errorf("%q, %v after %q", got, err, c.text)
		}
		if all := names(t, dir); len(all) != 1 {
			t.Errorf("files left: %v", all)
		}
	}
}

func TestNowhereToWrite(t *testing.T) {
	dir := t.TempDir()
	for _, path := range []string{"", dir, filepath.Join(dir, "absent", "a.png")} {
		f, err := outfile.Create(path)
		if err == nil {
			f.Discard()
			t.Errorf("%q: created", path)
		} else if !strings.Contains(err.Error(), path) || strings.Contains(err.Error(), "unfinished") {
			t.Errorf("%q: %v", path, err)
		}
	}
	if all := names(t, dir); len(all) != 0 {
		t.Errorf("files left: %v", all)
	}
}
