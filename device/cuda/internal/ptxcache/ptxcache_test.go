package ptxcache_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"

	"github.com/tandem-go/tandem/device/cuda/internal/ptxcache"
)

func TestGetWhatWasPut(t *testing.T) {
	c := ptxcache.Open(filepath.Join(t.TempDir(), "not", "there"))
	k := ptxcache.NewKey("text", "options")
	if _, ok := c.Get(k); ok {
		t.Error("an empty cache has something")
	}
	for _, content := range []string{"", "a\nb", string(make([]byte, 1<<16))} {
		c.Put(k, []byte(content))
		if got, ok := c.Get(k); !ok || string(got) != content {
			t.Errorf("%d bytes came back as %d, %v", len(content), len(got), ok)
		}
	}
	if _, ok := c.Get(ptxcache.NewKey("textoptions")); ok {
		t.Error("another key finds it too")
	}
}

func TestKeysDiffer(t *testing.T) {
	seen := map[ptxcache.Key][]string{}
	for _, parts := range [][]string{{}, {""}, {"", ""}, {"a", "bc"}, {"ab", "c"}, {"abc"}, {"abc", ""}, {"c", "ab"}} {
		k := ptxcache.NewKey(parts...)
		if other, dup := seen[k]; dup {
			t.Errorf("%q and %q have one key", parts, other)
		}
		seen[k] = parts
	}
}

func TestDamagedFilesAreNotUsed(t *testing.T) {
	dir := t.TempDir()
	c, k := ptxcache.Open(dir), ptxcache.NewKey("x")
	c.Put(k, []byte(".version 7.8 and so on"))
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(files) != 1 {
		t.Fatalf("files %v, %v", files, err)
	}
	whole, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	for n := range len(whole) {
		if err := os.WriteFile(files[0], whole[:n], 0o644); err != nil {
			t.Fatal(err)
		}
		if got, ok := c.Get(k); ok {
			t.Fatalf("the first %d of %d bytes are taken for %q", n, len(whole), got)
		}
	}
	for i := range whole {
		changed := bytes.Clone(whole)
		changed[i] ^= 1
		if err := os.WriteFile(files[0], changed, 0o644); err != nil {
			t.Fatal(err)
		}
		if got, ok := c.Get(k); ok {
			t.Fatalf("with byte %d changed it is taken for %q", i, got)
		}
	}
	c.Put(k, []byte("anew"))
	if got, ok := c.Get(k); !ok || string(got) != "anew" {
		t.Errorf("a damaged file is not replaced: %q, %v", got, ok)
	}
}

func TestFolderThatCannotBe(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range []ptxcache.Cache{{}, ptxcache.Open(filepath.Join(file, "folder"))} {
		k := ptxcache.NewKey("x")
		c.Put(k, []byte("y"))
		if _, ok := c.Get(k); ok {
			t.Error("something was kept")
		}
	}
}

func TestOldestAreRemoved(t *testing.T) {
	dir := t.TempDir()
	c := ptxcache.Open(dir)
	const more = 1040
	for i := range more {
		c.Put(ptxcache.NewKey(strconv.Itoa(i)), []byte("x"))
	}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) > 1024 {
		t.Errorf("%d files are kept, %v", len(files), err)
	}
	if _, ok := c.Get(ptxcache.NewKey(strconv.Itoa(more - 1))); !ok {
		t.Error("the newest is gone")
	}
}

func TestManyWritersOfOneKey(t *testing.T) {
	dir := t.TempDir()
	k := ptxcache.NewKey("x")
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			c := ptxcache.Open(dir)
			for range 50 {
				c.Put(k, []byte("content"))
				if got, ok := c.Get(k); !ok || string(got) != "content" {
					t.Errorf("read %q, %v", got, ok)
				}
			}
		})
	}
	all.Wait()
	if files, _ := os.ReadDir(dir); len(files) != 1 {
		t.Errorf("%d files stay behind, want 1", len(files))
	}
}
