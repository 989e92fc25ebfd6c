// Package outfile writes results to files that are complete or absent: a run
// that fails or is interrupted leaves what was there before.
package outfile

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// File is a file that gets its name when it is complete.
type File struct {
	*os.File
	path string
	done bool
}

// Create begins a file that is to have this path. A place where nothing can be
// written is found out here, before a long computation.
func Create(path string) (*File, error) {
	if path == "" {
		return nil, errors.New("an empty file name")
	}
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return nil, fmt.Errorf("%s: is a directory", path)
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".unfinished-*"+filepath.Ext(path))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, cause(err))
	}
	return &File{File: f, path: path}, nil
}

// Commit closes the file and gives it its name.
func (f *File) Commit() error {
	f.done = true
	// CreateTemp keeps a file to its owner; a result is for everybody to look at.
	err := errors.Join(f.Close(), os.Chmod(f.Name(), 0o644))
	if err == nil {
		err = os.Rename(f.Name(), f.path)
	}
	if err != nil {
		_ = os.Remove(f.Name()) // the first error says more
		return fmt.Errorf("%s: %w", f.path, cause(err))
	}
	return nil
}

// Discard removes the file unless it was committed.
func (f *File) Discard() {
	if !f.done {
		f.done = true
		_ = f.Close()
		_ = os.Remove(f.Name())
	}
}

// cause is err without the temporary name.
func cause(err error) error {
	var p *os.PathError
	var l *os.LinkError
	switch {
	case errors.As(err, &p):
		return p.Err
	case errors.As(err, &l):
		return l.Err
	}
	return err
}
