package device

import "maps"

// KeepBackends lets a test register backends; restore forgets them again.
func KeepBackends() (restore func()) {
	backendsMu.Lock()
	defer backendsMu.Unlock()
	before := maps.Clone(backends)
	return func() {
		backendsMu.Lock()
		defer backendsMu.Unlock()
		backends = before
	}
}
