package hybrid

import (
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/tandem-go/tandem/device"
	"github.com/tandem-go/tandem/kernels"
)

// compiler is a device that does nothing but compile, and counts what it holds.
type compiler struct {
	device.Device
	held atomic.Int64
}

type held struct{ c *compiler }

func (c *compiler) Compile(device.Source) (device.Program, error) {
	c.held.Add(1)
	return held{c}, nil
}

func (h held) Close() error {
	h.c.held.Add(-1)
	return nil
}

// TestTransientKernelsAreForgotten compiles more transient kernels than are kept: the
// least recently used are closed, but for those that somebody launches; others stay
// for ever.
func TestTransientKernelsAreForgotten(t *testing.T) {
	c := &compiler{}
	m := newMember(c, device.Info{ID: "x", Caps: device.Caps{Language: device.Go}}, &config{memory: 1})
	define := func(i int, transient bool) *kernels.Kernel {
		return kernels.Define(kernels.Kernel{Name: fmt.Sprint("test.", i), Go: func(*kernels.Call) {}, Transient: transient})
	}
	lasting := m.program(define(0, false))
	launched := define(1, true)
	inUse := m.use(launched)
	var first, last *program
	firstKernel := define(2, true)
	first = m.program(firstKernel)
	for i := range 2 * keptPrograms {
		last = m.program(define(3+i, true))
	}
	m.waits.Wait()
	if got := c.held.Load(); got != keptPrograms+1 {
		t.Errorf("the device holds %d programs, want %d and one that stays", got, keptPrograms)
	}
	if m.use(launched) != inUse {
		t.Error("a program that is being launched was forgotten")
	}
	m.done(inUse)
	m.done(inUse)
	for _, p := range []*program{lasting, inUse, first, last} {
		<-p.ready
		if p.err != nil {
			t.Error(p.err)
		}
	}
	if m.program(firstKernel) == first {
		t.Error("the least recently used program was kept")
	}
	for i := range 2 * keptPrograms {
		m.program(define(i, true))
	}
	m.waits.Wait()
	if m.program(launched) == inUse {
		t.Error("a program that nobody launches any more was kept")
	}
	m.waits.Wait()
	if got := c.held.Load(); got != keptPrograms+1 {
		t.Errorf("the device holds %d programs, want %d and one that stays", got, keptPrograms)
	}
}
