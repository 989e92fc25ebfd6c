package device

import (
	"fmt"
	"os"
	"slices"
	"strings"
)

// EnvDevices is the environment variable that overrides every other selection.
const EnvDevices = "TANDEM_DEVICES"

// Selection chooses devices by name: "opengl:0" is one device, "opengl:*" or
// "opengl" all of a backend, "cpu" the CPU workers, "*" everything. The zero
// Selection chooses everything.
type Selection struct {
	patterns []string
	source   string // where the patterns come from, for messages
}

// Select makes a selection of the given names. A name that is empty or
// malformed gives ErrInvalid.
func Select(names ...string) (Selection, error) {
	return newSelection("device selection", names)
}

// SelectionFromEnv reads TANDEM_DEVICES, a comma-separated list of names. The
// second result tells whether the variable is set to anything.
func SelectionFromEnv() (Selection, bool, error) {
	text := strings.TrimSpace(os.Getenv(EnvDevices))
	if text == "" {
		return Selection{}, false, nil
	}
	sel, err := newSelection(EnvDevices, strings.Split(text, ","))
	return sel, true, err
}

func newSelection(source string, names []string) (Selection, error) {
	sel := Selection{source: source}
	for _, name := range names {
		name = strings.TrimSpace(name)
		backend, index, hasIndex := strings.Cut(name, ":")
		if name != "*" && (!isWord(backend) || hasIndex && index != "*" && !isNumber(index)) {
			return Selection{}, &Error{Op: "select", Device: fmt.Sprintf("%q", name), Err: fmt.Errorf(
				"%w: %s names a device as BACKEND, BACKEND:NUMBER, BACKEND:* or *", ErrInvalid, source)}
		}
		sel.patterns = append(sel.patterns, name)
	}
	return sel, nil
}

// Probe asks the backends that s can choose from for their devices, in order of
// their names, and leaves the others alone: finding a graphics device takes tens
// of milliseconds and megabytes of its driver's.
func (s Selection) Probe() []Found {
	return probe(func(backend string) bool {
		return len(s.patterns) == 0 || slices.ContainsFunc(s.patterns, func(pattern string) bool {
			return pattern == "*" || backendOf(pattern) == backend
		})
	})
}

// Choose returns the IDs among found that s selects, in the order of s and
// without repetition. A pattern without a wildcard that matches nothing gives
// ErrNoDevice with the reason its backend gave.
func (s Selection) Choose(found []Found) ([]string, error) {
	patterns := s.patterns
	if len(patterns) == 0 {
		patterns = []string{"*"}
	}
	var ids []string
	for _, pattern := range patterns {
		matched := false
		for _, f := range found {
			for _, info := range f.Devices {
				if matches(pattern, info.ID) {
					matched = true
					if !slices.Contains(ids, info.ID) {
						ids = append(ids, info.ID)
					}
				}
			}
		}
		if !matched && !strings.HasSuffix(pattern, "*") {
			return nil, &Error{Op: "select", Device: pattern, Err: s.explain(pattern, found)}
		}
	}
	return ids, nil
}

// Exact reports whether s names id itself rather than by wildcard.
func (s Selection) Exact(id string) bool { return slices.Contains(s.patterns, id) }

func (s Selection) explain(pattern string, found []Found) error {
	var have []string
	for _, f := range found {
		if f.Backend == backendOf(pattern) && f.Err != nil {
			return fmt.Errorf("%w (%s): %w", ErrNoDevice, s.source, f.Err)
		}
		for _, info := range f.Devices {
			have = append(have, info.ID)
		}
	}
	if len(have) == 0 {
		have = []string{"none"}
	}
	return fmt.Errorf("%w (%s): this machine has %s", ErrNoDevice, s.source, strings.Join(have, ", "))
}

func matches(pattern, id string) bool {
	if pattern == "*" || pattern == id {
		return true
	}
	backend, index, hasIndex := strings.Cut(pattern, ":")
	return backend == backendOf(id) && (!hasIndex || index == "*")
}

func backendOf(id string) string {
	backend, _, _ := strings.Cut(id, ":")
	return backend
}

func isWord(s string) bool {
	return s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789_") == ""
}

func isNumber(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }
