package process

import (
	"testing"
	"time"
)

// Portably has Run, until the test ends, do what it does on other systems and
// on kernels without process descriptors.
func Portably(t *testing.T) {
	portable = true
	t.Cleanup(func() { portable = false })
}

// Holding has Run, until the test ends, keep its processor while it waits for the
// next program, and longer than usual.
func Holding(t *testing.T) {
	usual := holdFor
	holdFor = 100 * time.Millisecond
	brief.Store(true)
	t.Cleanup(func() { holdFor = usual })
}
