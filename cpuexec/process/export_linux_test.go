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

// Holding has Run, until the test ends, keep its processor for as long as it waits
// for a program.
func Holding(t *testing.T) {
	usual := holdFor
	holdFor = time.Hour
	brief.Store(true)
	t.Cleanup(func() { holdFor = usual })
}
