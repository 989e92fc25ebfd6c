package device

import (
	"cmp"
	"fmt"
	"slices"
	"sync"
)

// Backend finds and opens the devices of one kind.
type Backend interface {
	// Name is the part before the colon in a device's ID.
	Name() string
	// Discover lists the devices that can be opened here. A machine that has
	// none gives an error that says why: the library is missing, there is no
	// driver, the build lacks the tag.
	Discover() ([]Info, error)
	// Open opens one of the devices that Discover listed.
	Open(id string) (Device, error)
}

var (
	backendsMu sync.Mutex // guards backends
	backends   = map[string]Backend{}
)

// Register makes a backend known. It is called from the init function of the
// backend's package and panics when the name is already taken.
func Register(b Backend) {
	backendsMu.Lock()
	defer backendsMu.Unlock()
	if _, dup := backends[b.Name()]; dup {
		panic("device: Register called twice for backend " + b.Name())
	}
	backends[b.Name()] = b
}

// Found is what one backend answered to [Probe].
type Found struct {
	Backend string
	Devices []Info
	Err     error // why Devices is empty
}

// Probe asks every registered backend for its devices, in order of their names.
func Probe() []Found { return probe(func(string) bool { return true }) }

func probe(asked func(backend string) bool) []Found {
	var found []Found
	for _, b := range registered() {
		if !asked(b.Name()) {
			continue
		}
		infos, err := b.Discover()
		found = append(found, Found{Backend: b.Name(), Devices: infos, Err: err})
	}
	return found
}

// Open opens the device with the given ID.
func Open(id string) (Device, error) {
	name := backendOf(id)
	backendsMu.Lock()
	b, ok := backends[name]
	backendsMu.Unlock()
	if !ok {
		return nil, &Error{Op: "open", Device: id, Err: fmt.Errorf("%w: no backend is called %q", ErrNoDevice, name)}
	}
	return b.Open(id)
}

func registered() []Backend {
	backendsMu.Lock()
	defer backendsMu.Unlock()
	var all []Backend
	for _, b := range backends {
		all = append(all, b)
	}
	slices.SortFunc(all, func(a, b Backend) int { return cmp.Compare(a.Name(), b.Name()) })
	return all
}
