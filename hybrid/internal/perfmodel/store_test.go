package perfmodel

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// envChild makes the test binary a process that saves a model: its number and the
// file's path.
const envChild = "TANDEM_PERFMODEL_CHILD"

const (
	children = 6
	rounds   = 5 // how often each loads, observes and saves
)

func TestMain(m *testing.M) {
	if number, path, ok := strings.Cut(os.Getenv(envChild), " "); ok {
		if err := child(number, path); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// child learns a kernel of its own and one that all learn.
func child(number, path string) error {
	i, err := strconv.Atoi(number)
	if err != nil {
		return err
	}
	for range rounds {
		m, err := opened(path)
		if err != nil {
			return err
		}
		for range 3 {
			m.Observe(Key{Kernel: "own" + number}, 1000, float64(1+i))
			m.Observe(Key{Kernel: "shared"}, 1000, float64(1+i))
		}
		if err := m.Save(path); err != nil {
			return err
		}
	}
	return nil
}

func load(t *testing.T, path string) *Model {
	t.Helper()
	m, err := opened(path)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func save(t *testing.T, m *Model, path string) {
	t.Helper()
	if err := m.Save(path); err != nil {
		t.Fatal(err)
	}
}

// all is every estimate of a model, as another process would have it.
func all(m *Model) map[Key]Estimate {
	estimates := map[Key]Estimate{}
	for k := range m.fits {
		e, _ := m.Estimate(k)
		e.Seen = 0
		estimates[k] = e
	}
	return estimates
}

func TestRoundTrip(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", "folder", "rates.json")
	if m := load(t, path); len(m.fits) != 0 {
		t.Errorf("no file gives %d fits", len(m.fits))
	}
	m := crowded()
	m.Observe(Key{Kernel: "ü\"\\\n", Class: -3, Device: "d", Resident: true}, 5, 1)
	save(t, m, path)
	if got, want := all(load(t, path)), all(m); !reflect.DeepEqual(got, want) {
		t.Errorf("loaded %v, want %v", got, want)
	}
	if DefaultPath() != "" && !filepath.IsAbs(DefaultPath()) {
		t.Errorf("the default path is %q", DefaultPath())
	}
}

// TestProcesses has several processes load, learn and save at the same time.
func TestProcesses(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "rates.json")
	var wg sync.WaitGroup
	for i := range children {
		wg.Go(func() {
			c := exec.Command(self)
			c.Env = append(os.Environ(), fmt.Sprintf("%s=%d %s", envChild, i, path))
			if out, err := c.CombinedOutput(); err != nil {
				t.Errorf("process %d: %v: %s", i, err, out)
			}
		})
	}
	wg.Wait()
	m := load(t, path)
	for i := range children {
		k := Key{Kernel: fmt.Sprint("own", i)}
		if e, ok := m.Estimate(k); !ok || e.Rate != 1000/float64(1+i) {
			t.Errorf("of process %d the estimate is %v, %v", i, e, ok)
		}
		if n := len(m.fits[k].samples); n < 2*rounds {
			t.Errorf("of process %d %d samples are left", i, n)
		}
	}
	if n := len(m.fits[Key{Kernel: "shared"}].samples); n != kept {
		t.Errorf("of what all have learned %d samples are left, want %d", n, kept)
	}
}

// TestSaveKeepsWhatOthersLearned has a process save that has only loaded a key
// which another has measured anew meanwhile.
func TestSaveKeepsWhatOthersLearned(t *testing.T) {
	path := filepath.Join(t.TempDir(), "rates.json")
	first := New()
	first.Observe(key, 1000, 1)
	first.Observe(key, 1000, 1)
	save(t, first, path)
	idle, busy := load(t, path), load(t, path)
	for range kept + 1 {
		busy.Observe(key, 1000, 4)
	}
	save(t, busy, path)
	other := Key{Kernel: "other"}
	idle.Observe(other, 1, 1)
	save(t, idle, path)
	m := load(t, path)
	if e := estimate(t, m, key); e.Rate != 250 {
		t.Errorf("the rate is %v, want the other process's 250", e.Rate)
	}
	estimate(t, m, other)
}

func TestSaveTwice(t *testing.T) {
	path := filepath.Join(t.TempDir(), "rates.json")
	m := New()
	for range 4 {
		m.Observe(key, 1000, 1)
	}
	save(t, m, path)
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	save(t, m, path)
	if _, err := os.Stat(path); err == nil {
		t.Error("a model with nothing new was written")
	}
	m.Observe(key, 1000, 1)
	save(t, m, path)
	if n := len(load(t, path).fits[key].samples); n != 1 {
		t.Errorf("%d samples were written, want the new one", n)
	}
}

// damaged are files that are none of ours, or not whole.
func damaged(t *testing.T) map[string]string {
	t.Helper()
	whole, err := encode(crowded().fits)
	if err != nil {
		t.Fatal(err)
	}
	return map[string]string{
		"half a file":      string(whole[:len(whole)/2]),
		"a byte missing":   string(whole[:len(whole)-1]),
		"another version":  strings.Replace(string(whole), `"version":3`, `"version":9`, 1),
		"no version":       `{}`,
		"not JSON":         "\x00\xff\x7fELF",
		"another type":     `[1, 2, 3]`,
		"a wrong field":    `{"version": 3, "fits": "none"}`,
		"a wrong sample":   `{"version": 3, "fits": [{"key": {"Kernel": "k"}, "samples": [-1, 1]}]}`,
		"an absurd sample": `{"version": 3, "fits": [{"key": {"Kernel": "k"}, "samples": [1e300, 1e-300]}]}`,
		"half a sample":    `{"version": 3, "fits": [{"key": {"Kernel": "k"}, "samples": [1, 1, 1]}]}`,
		"too large":        `{"version": 3, "fits": [{"key": {"Kernel": "k"}, "samples": [1e999, 1]}]}`,
		"two files in one": string(whole) + string(whole),
	}
}

// opened is Open, with what it has told when all has been read.
func opened(path string) (m *Model, err error) {
	m = Open(path, func(e error) { err = e })
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m, err
}

// TestDamagedFiles are loaded as nothing, with an error for the log, and replaced.
func TestDamagedFiles(t *testing.T) {
	for name, content := range damaged(t) {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "rates.json")
			if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
				t.Fatal(err)
			}
			m, err := opened(path)
			if err == nil || len(m.fits) != 0 {
				t.Fatalf("Open gives %d fits, %v", len(m.fits), err)
			}
			m.Observe(key, 1000, 1)
			save(t, m, path)
			if e := estimate(t, load(t, path), key); e.Rate != 1000 {
				t.Errorf("the rate is %v, want 1000", e.Rate)
			}
		})
	}
}

func TestEmptyFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "rates.json")
	if err := os.WriteFile(path, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if m := load(t, path); len(m.fits) != 0 {
		t.Errorf("an empty file gives %v", all(m))
	}
}

// TestNoPlaceForTheFile has paths that can't be written or read. The model works,
// and keeps what it has not saved.
func TestNoPlaceForTheFile(t *testing.T) {
	dir := t.TempDir()
	blocked := filepath.Join(dir, "file")
	if err := os.WriteFile(blocked, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for name, path := range map[string]string{
		"below a file": filepath.Join(blocked, "rates.json"),
		"a folder":     dir,
		"NUL":          "\x00",
	} {
		t.Run(name, func(t *testing.T) {
			m, _ := opened(path) // a file that can't be there is none
			if m == nil {
				t.Fatal("there is no model")
			}
			m.Observe(key, 1000, 1)
			if err := m.Save(path); err == nil {
				t.Error("Save succeeded")
			}
			estimate(t, m, key)
			good := filepath.Join(t.TempDir(), "rates.json")
			save(t, m, good)
			estimate(t, load(t, good), key)
		})
	}
}

func TestConcurrentUse(t *testing.T) {
	path := filepath.Join(t.TempDir(), "rates.json")
	m := New()
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			for range 25 {
				m.Observe(key, float64(1+i), 1)
				m.Observe(Key{Class: i}, 1000, 1)
				if e, ok := m.Estimate(key); ok && !sensible(e) {
					t.Errorf("the estimate is %v", e)
				}
				if err := m.Save(path); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if n := len(load(t, path).fits); n != 5 {
		t.Errorf("%d fits are left, want 5", n)
	}
}

// FuzzDecode has files of any content. What is accepted gives estimates that can
// be reckoned with, and comes back from being written.
func FuzzDecode(f *testing.F) {
	whole, err := encode(map[Key]*fit{key: {samples: []Sample{{1000, 1}, {2000, 3}}}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(whole)
	f.Add([]byte(`{"version": 3, "fits": [{"key": {"Kernel": "k"}, "samples": [1e18, 1e-18, 1e-18, 1e18]}]}`))
	f.Add([]byte(`{"version": 9}`))
	f.Add(bytes.Repeat([]byte("["), 100))
	f.Fuzz(func(t *testing.T, data []byte) {
		fits, err := decode(data)
		if err != nil {
			return
		}
		m := New()
		m.fits = fits
		for k, e := range all(m) {
			if !sensible(e) {
				t.Errorf("the estimate of %v is %v", k, e)
			}
		}
		written, err := encode(fits)
		if err != nil {
			t.Fatal(err)
		}
		if !json.Valid(written) {
			t.Errorf("%q is not JSON", written)
		}
		again, err := decode(written)
		if err != nil {
			t.Fatal(err)
		}
		other := New()
		other.fits = again
		if got, want := all(other), all(m); !reflect.DeepEqual(got, want) {
			t.Errorf("written and read again: %v, want %v", got, want)
		}
	})
}
