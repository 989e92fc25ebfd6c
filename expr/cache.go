package expr

import (
	"container/list"
	"crypto/sha256"
	"fmt"
	"sync"

	"github.com/tandem-go/tandem/kernels"
)

// keptKernels is how many structures have their kernels kept. A kernel is some tens
// of kilobytes with its texts and its scratch memory; programs that use more
// structures than this at a time make them by the thousand.
const keptKernels = 256

// CacheStats are the counters of the kernels that have been made of expressions.
type CacheStats struct {
	Hits      int64 // launches whose structure was known
	Misses    int64 // kernels made
	Evictions int64 // kernels forgotten, the least recently used first
	Kept      int   // kernels known now
}

// Stats returns the counters of this process.
func Stats() CacheStats { return structures.stats() }

var structures = newCache(keptKernels)

// cache has kernels by structure. Any number of goroutines may use it.
type cache struct {
	most int

	mu     sync.Mutex // guards the rest
	byKey  map[string]*list.Element
	recent *list.List // of *entry, the most recently used first
	counts CacheStats
}

type entry struct {
	key    string
	kernel *kernels.Kernel
}

func newCache(most int) *cache {
	return &cache{most: most, byKey: map[string]*list.Element{}, recent: list.New()}
}

// kernel is the kernel for a key, made when it isn't known. Two goroutines that ask
// for the same one at once get the same one.
func (c *cache) kernel(key []byte) *kernels.Kernel {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e := c.byKey[string(key)]; e != nil { // no allocation
		c.counts.Hits++
		c.recent.MoveToFront(e)
		return e.Value.(*entry).kernel
	}
	c.counts.Misses++
	own := string(key)
	k := define(own)
	c.byKey[own] = c.recent.PushFront(&entry{own, k})
	if c.recent.Len() > c.most {
		last := c.recent.Remove(c.recent.Back()).(*entry)
		delete(c.byKey, last.key)
		c.counts.Evictions++
	}
	return k
}

func (c *cache) stats() CacheStats {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := c.counts
	s.Kept = c.recent.Len()
	return s
}

func kernelOf(as fold, f *flattening) *kernels.Kernel { return structures.kernel(f.encode(as)) }

// nameOf is the name of the kernel of a structure: the same in each process, so
// that what was measured of it serves the next.
func nameOf(as fold, key string, root kind) string {
	sum := sha256.Sum256([]byte(key))
	return fmt.Sprintf("expr.%s.%s.%x", as, root, sum[:6])
}
