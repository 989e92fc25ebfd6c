// Package ptxcache keeps what a compiler made of a program in files, so that the
// next process need not compile it again.
//
// A file's name is a hash of everything that the result depends on, and its
// first line a hash of the rest, so that a file that was cut short or changed is
// noticed, and compiled again. Files appear whole or not at all; any number of
// processes may use the folder. Nothing here is an error to the caller: without
// a cache programs only start more slowly.
package ptxcache

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// maxFiles is how many files are kept, the newest ones. At some 10 KiB each that
// is little, and more than the kernels of any program of ours.
const maxFiles = 1024

const suffix = ".ptx"

// Cache is a folder of compiled programs. The zero Cache keeps nothing. It may be
// used by any number of goroutines.
type Cache struct{ dir string }

// Open returns the cache in a folder, which is made when it is first written.
func Open(dir string) Cache { return Cache{dir} }

// Default is the cache in the user's own folder for caches, or one that keeps
// nothing if there is no such folder.
func Default() Cache {
	dir, err := os.UserCacheDir()
	if err != nil {
		return Cache{}
	}
	return Open(filepath.Join(dir, "tandem", "ptx"))
}

// Key names what depends on all the parts, in their order.
type Key [sha256.Size]byte

// NewKey makes a key. Parts don't run into each other: "a", "bc" and "ab", "c"
// give two keys.
func NewKey(parts ...string) Key {
	h := sha256.New()
	for _, p := range parts {
		sum := sha256.Sum256([]byte(p))
		h.Write(sum[:])
	}
	return Key(h.Sum(nil))
}

func (c Cache) path(k Key) string { return filepath.Join(c.dir, hex.EncodeToString(k[:])+suffix) }

// Get returns what was put under k.
func (c Cache) Get(k Key) ([]byte, bool) {
	if c.dir == "" {
		return nil, false
	}
	path := c.path(k)
	file, err := os.ReadFile(path)
	if err != nil {
		return nil, false
	}
	sum, content, found := bytes.Cut(file, []byte("\n"))
	if !found || string(sum) != seal(content) {
		return nil, false
	}
	now := time.Now()
	_ = os.Chtimes(path, now, now) // so that it is not the oldest; it may be another user's
	return content, true
}

// Put keeps content under k, as far as possible.
func (c Cache) Put(k Key, content []byte) {
	if c.dir == "" || os.MkdirAll(c.dir, 0o755) != nil {
		return
	}
	f, err := os.CreateTemp(c.dir, "new-*")
	if err != nil {
		return
	}
	_, err = f.WriteString(seal(content) + "\n" + string(content))
	err = cmp.Or(err, f.Close())
	if err == nil {
		err = os.Rename(f.Name(), c.path(k))
	}
	if err != nil {
		_ = os.Remove(f.Name())
		return
	}
	c.prune()
}

func seal(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

// prune removes the files that were not used for longest.
func (c Cache) prune() {
	entries, err := os.ReadDir(c.dir)
	if err != nil || len(entries) <= maxFiles {
		return
	}
	var files []fs.FileInfo
	for _, e := range entries {
		if info, err := e.Info(); err == nil && filepath.Ext(e.Name()) == suffix {
			files = append(files, info)
		}
	}
	if len(files) <= maxFiles {
		return
	}
	slices.SortFunc(files, func(a, b fs.FileInfo) int { return a.ModTime().Compare(b.ModTime()) })
	for _, f := range files[:len(files)-maxFiles] {
		_ = os.Remove(filepath.Join(c.dir, f.Name())) // another process may have been faster
	}
}
