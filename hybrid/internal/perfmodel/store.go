package perfmodel

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/rogpeppe/go-internal/lockedfile"
)

// version is that of the file's format. It is in the file's name too, so that
// programs built with different versions of Tandem each keep what they have measured.
const version = 3

type file struct {
	Version int     `json:"version"`
	Fits    []entry `json:"fits"`
}

// entry has its samples as pairs, one after the other: every Open reads the file,
// and this takes a third of the time that a struct for each does.
type entry struct {
	Key     Key       `json:"key"`
	Samples []float64 `json:"samples"`
}

// DefaultPath is where a user's measured rates are kept, or "" where the system
// has no place for such files.
func DefaultPath() string {
	dir, err := os.UserCacheDir()
	if err != nil {
		return ""
	}
	return filepath.Join(dir, "tandem", fmt.Sprintf("rates-%d.json", version))
}

// Open returns a model that is being read from path: that may take a millisecond,
// and whoever asks the model before waits for the rest of it. A missing file gives
// an empty model; so does a file that is not ours or damaged, of which failed is
// told, and which the next Save replaces. failed must not use the model. Save waits
// for the reading, too, and ends what Open has begun.
func Open(path string, failed func(error)) *Model {
	m := New()
	m.mu.Lock()
	go func() {
		defer m.mu.Unlock()
		fits, err := read(path)
		if err != nil {
			failed(err)
			return
		}
		m.fits = fits
	}()
	return m
}

// read is what the file at path holds, or nothing if there is none.
func read(path string) (map[Key]*fit, error) {
	data, err := lockedfile.Read(path)
	if errors.Is(err, fs.ErrNotExist) {
		return map[Key]*fit{}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("measured rates: %w", err)
	}
	fits, err := decode(data)
	if err != nil {
		return nil, fmt.Errorf("measured rates in %s: %w", path, err)
	}
	return fits, nil
}

// Save merges the model into the file at path, under a lock, so that processes
// that end together all leave what they have learned: what this model has observed
// since Open or the last Save goes behind the samples that the file has by now. It
// writes nothing if nothing was observed.
func (m *Model) Save(path string) error {
	news := m.news()
	if len(news) == 0 {
		return nil
	}
	err := os.MkdirAll(filepath.Dir(path), 0o755)
	if err == nil {
		err = lockedfile.Transform(path, func(old []byte) ([]byte, error) {
			fits, err := decode(old)
			if err != nil {
				fits = map[Key]*fit{}
			}
			for k, samples := range news {
				if fits[k] == nil {
					fits[k] = &fit{}
				}
				for _, s := range samples {
					fits[k].add(s)
				}
			}
			return encode(fits)
		})
	}
	if err != nil {
		m.restore(news)
		return fmt.Errorf("measured rates: %w", err)
	}
	return nil
}

// news takes the samples that no file has yet.
func (m *Model) news() map[Key][]Sample {
	m.mu.Lock()
	defer m.mu.Unlock()
	news := map[Key][]Sample{}
	for k, f := range m.fits {
		if f.fresh > 0 {
			news[k] = slices.Clone(f.samples[len(f.samples)-f.fresh:])
			f.fresh = 0
		}
	}
	return news
}

// restore leaves news that could not be saved to the next Save.
func (m *Model) restore(news map[Key][]Sample) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for k, samples := range news {
		f := m.fits[k]
		f.fresh = min(f.fresh+len(samples), len(f.samples))
	}
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
		if len(e.Samples)%2 != 0 {
			return nil, fmt.Errorf("half a sample of %q", e.Key.Kernel)
		}
		var samples []Sample
		for pair := range slices.Chunk(e.Samples, 2) {
			s := Sample{N: pair[0], Seconds: pair[1]}
			if !s.plausible() {
				return nil, fmt.Errorf("a sample of %v indices in %v s", s.N, s.Seconds)
			}
			samples = append(samples, s)
		}
		if len(samples) > 0 {
			one := &fit{samples: samples[max(0, len(samples)-kept):]}
			one.refit()
			fits[e.Key] = one
		}
	}
	return fits, nil
}

func encode(fits map[Key]*fit) ([]byte, error) {
	f := file{Version: version}
	for k, one := range fits {
		e := entry{Key: k}
		for _, s := range one.samples {
			e.Samples = append(e.Samples, s.N, s.Seconds)
		}
		f.Fits = append(f.Fits, e)
	}
	return json.Marshal(f)
}
