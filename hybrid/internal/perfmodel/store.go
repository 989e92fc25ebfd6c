package perfmodel

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"

	"github.com/rogpeppe/go-internal/lockedfile"
)

// version is that of the file's format. Files of another version are ignored
// and replaced.
const version = 1

type file struct {
	Version int     `json:"version"`
	Fits    []entry `json:"fits"`
}

type entry struct {
	Key     Key      `json:"key"`
	Samples []Sample `json:"samples"`
}

// DefaultPath is where a user's measured rates are kept, or "" where the system
// has no place for such files.
func DefaultPath() string {
	dir, err := os.UserCacheDir()
	if err != nil {
		return ""
	}
	return filepath.Join(dir, "tandem", "rates.json")
}

// Load reads a model from path. A missing file gives an empty model; a file
// that is not ours or damaged gives an empty model and an error that says so,
// and is replaced by the next Save.
func Load(path string) (*Model, error) {
	m := New()
	data, err := lockedfile.Read(path)
	if errors.Is(err, fs.ErrNotExist) {
		return m, nil
	}
	if err != nil {
		return m, fmt.Errorf("measured rates: %w", err)
	}
	fits, err := decode(data)
	if err != nil {
		return m, fmt.Errorf("measured rates in %s: %w", path, err)
	}
	m.fits = fits
	return m, nil
}

// Save merges the model into the file at path, under a lock, so that processes
// that end together all leave their fits. Where both have a key, this model's
// samples, which began with the file's, stay. It writes nothing if nothing was
// observed.
func (m *Model) Save(path string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.dirty {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("measured rates: %w", err)
	}
	err := lockedfile.Transform(path, func(old []byte) ([]byte, error) {
		fits, err := decode(old)
		if err != nil {
			fits = map[Key]*fit{}
		}
		for k, f := range m.fits {
			fits[k] = f
		}
		return encode(fits)
	})
	if err != nil {
		return fmt.Errorf("measured rates: %w", err)
	}
	m.dirty = false
	return nil
}

func decode(data []byte) (map[Key]*fit, error) {
	fits := map[Key]*fit{}
	if len(data) == 0 {
		return fits, nil
	}
	var f file
	if err := json.Unmarshal(data, &f); err != nil {
		return nil, err
	}
	if f.Version != version {
		return nil, fmt.Errorf("version %d, want %d", f.Version, version)
	}
	for _, e := range f.Fits {
		one := &fit{}
		for _, s := range e.Samples {
			if !(s.N > 0) || !(s.Seconds > 0) || math.IsInf(s.N/s.Seconds, 0) {
				return nil, fmt.Errorf("a sample of %v indices in %v s", s.N, s.Seconds)
			}
			one.add(s)
		}
		if len(one.samples) > 0 {
			fits[e.Key] = one
		}
	}
	return fits, nil
}

func encode(fits map[Key]*fit) ([]byte, error) {
	f := file{Version: version}
	for k, one := range fits {
		f.Fits = append(f.Fits, entry{Key: k, Samples: one.samples})
	}
	return json.MarshalIndent(f, "", "\t")
}
