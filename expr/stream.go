package expr

import (
	"os"
	"strconv"
	"strings"
	"sync"
)

// streamAlignment is that of a cache line: what is streamed goes to memory by whole ones.
const streamAlignment = 64

// leastStreamed is how many bytes a launch has to touch before anybody asks how large
// the caches are, which takes longer than a short launch.
const leastStreamed = 8 << 20

// storeGrain is how many indices cuts of a launch that stores fall on multiples of, so
// that every part of an array that begins on a line does so too.
const storeGrain = streamAlignment

// streams reports whether the results of a launch over n indices go past the caches: a
// store to a line that is not there reads it first, a quarter of the traffic of z = x+y.
// What a launch stores is not there for whoever reads it next if all that it touches is
// more than the last cache holds; where it is less, a streamed result would have to come
// back from memory. An array that is read and written has its lines already.
func (p *program) streams(s *scratch, n int) bool {
	if p.tileSteps == nil || p.fold != nil || n*p.touched < leastStreamed {
		return false
	}
	dst := s.at[p.root]
	if uintptr(dst)%streamAlignment != 0 {
		return false
	}
	for i := range p.slots {
		if uint8(i) != p.root && s.at[i] == dst {
			return false
		}
	}
	size := lastCache()
	return size > 0 && n*p.touched > size
}

// lastCache is the size of the third-level cache in bytes, 0 where it is not known.
// Linux tells it in a file. Asking the processor itself, as package cpuid of klauspost
// does when a program begins, takes 0.24 ms on a virtual machine, where each question
// is an exit (AMD EPYC, 2026-11).
var lastCache = sync.OnceValue(func() int {
	text, err := os.ReadFile("/sys/devices/system/cpu/cpu0/cache/index3/size")
	if err != nil {
		return 0
	}
	kib, err := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(string(text)), "K"))
	if err != nil {
		return 0
	}
	return kib << 10
})
