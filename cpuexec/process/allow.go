package process

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
)

// AllowList names the programs that may be run: by path, and by the SHA-256 sum
// of the file where one is given. It may be used by any number of goroutines.
//
// The sum is taken when a program is first run and again whenever its size,
// inode or modification time has changed. Between the check and the start
// somebody who may write the file can still exchange it: the list guards
// against mistakes and stale programs, not against an attacker with write
// access to them.
type AllowList struct {
	mu   sync.Mutex // guards seen
	sums map[string]string
	seen map[string]os.FileInfo // files whose sum was found right
}

// NewAllowList makes a list from absolute paths and the SHA-256 sums of their
// files in hexadecimal; an empty sum allows any content.
func NewAllowList(sums map[string]string) (*AllowList, error) {
	list := &AllowList{sums: map[string]string{}, seen: map[string]os.FileInfo{}}
	for path, sum := range sums {
		if !filepath.IsAbs(path) {
			return nil, fmt.Errorf("process: allow list: %q is no absolute path", path)
		}
		if raw, err := hex.DecodeString(sum); err != nil || sum != "" && len(raw) != sha256.Size {
			return nil, fmt.Errorf("process: allow list: %q is no SHA-256 sum in hexadecimal (for %s)", sum, path)
		}
		list.sums[filepath.Clean(path)] = sum
	}
	return list, nil
}

func (a *AllowList) check(path string) error {
	path, err := filepath.Abs(path)
	if err != nil {
		return startError(path, err)
	}
	want, listed := a.sums[path]
	if !listed {
		return fmt.Errorf("%w: %s is not on the allow list", ErrNotPermitted, path)
	}
	if want == "" {
		return nil
	}
	info, err := os.Stat(path)
	if err != nil {
		return startError(path, err)
	}
	a.mu.Lock()
	known := a.seen[path]
	a.mu.Unlock()
	if known != nil && os.SameFile(known, info) && known.Size() == info.Size() && known.ModTime().Equal(info.ModTime()) {
		return nil
	}
	got, err := SumFile(path)
	if err != nil {
		return startError(path, err)
	}
	if got != want {
		return fmt.Errorf("%w: %s has the SHA-256 sum %s, the allow list wants %s", ErrNotPermitted, path, got, want)
	}
	a.mu.Lock()
	a.seen[path] = info
	a.mu.Unlock()
	return nil
}

// SumFile returns the SHA-256 sum of a file in hexadecimal, as an [AllowList]
// wants it.
func SumFile(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
