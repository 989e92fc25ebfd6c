package hybrid

import (
	"maps"
	"sync"
)

// atomicMap counts by name.
type atomicMap struct {
	mu sync.Mutex // guards m
	m  map[string]int64
}

func (a *atomicMap) add(name string, n int64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.m == nil {
		a.m = map[string]int64{}
	}
	a.m[name] += n
}

func (a *atomicMap) snapshot() map[string]int64 {
	a.mu.Lock()
	defer a.mu.Unlock()
	return maps.Clone(a.m)
}
