package process

import "testing"

// Portably has Run, until the test ends, do what it does on other systems and
// on kernels without process descriptors.
func Portably(t *testing.T) {
	portable = true
	t.Cleanup(func() { portable = false })
}
