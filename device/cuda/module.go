//go:build cuda && linux && cgo

package cuda

import (
	"fmt"
	"sync"
)

// cacheSize is how many modules that nobody uses a device keeps.
const cacheSize = 256

// module is PTX that the driver has translated; programs of the same text share one.
type module struct {
	text    string
	h       handle
	users   users // streams that have launched from it
	holders int   // programs; guarded by moduleCache.mu
}

// moduleCache keeps a device's modules by their text.
type moduleCache struct {
	dev *cudaDevice

	mu  sync.Mutex // guards all, and the holders of its modules
	all map[string]*module
}

// get translates PTX, or finds it translated. The module has one holder more.
func (c *moduleCache) get(ptx string) (*module, error) {
	if m := c.find(ptx); m != nil {
		return m, nil
	}
	type loaded struct {
		h   handle
		log string
	}
	l, err := call(c.dev, func() (loaded, error) {
		h, log, err := c.dev.ctx.loadModule(ptx)
		if err != nil {
			err = explain(err, log)
		}
		return loaded{h, log}, err
	})
	if err != nil {
		return nil, err
	}
	return c.add(&module{text: ptx, h: l.h, holders: 1}), nil
}

// explain is the error for a module that was not loaded: the text's own, if it
// was that.
func explain(err error, log string) error {
	code, _ := codeOf(err)
	if !code.rejected() {
		if log != "" {
			return fmt.Errorf("%w: %s", err, log)
		}
		return err
	}
	if log == "" {
		log = err.Error()
	}
	return refusal(log)
}

func (c *moduleCache) find(ptx string) *module {
	c.mu.Lock()
	defer c.mu.Unlock()
	m := c.all[ptx]
	if m != nil {
		m.holders++
	}
	return m
}

// add keeps a new module, unless the same was loaded meanwhile.
func (c *moduleCache) add(m *module) *module {
	c.mu.Lock()
	kept := m
	var spare []*module
	if earlier := c.all[m.text]; earlier != nil {
		earlier.holders++
		kept, spare = earlier, []*module{m}
	} else {
		if c.all == nil {
			c.all = map[string]*module{}
		}
		if len(c.all) >= cacheSize {
			spare = c.evictLocked()
		}
		c.all[m.text] = m
	}
	c.mu.Unlock()
	for _, m := range spare {
		c.unload(m)
	}
	return kept
}

// evictLocked takes out the modules that no program holds.
func (c *moduleCache) evictLocked() (idle []*module) {
	for text, m := range c.all {
		if m.holders == 0 {
			delete(c.all, text)
			idle = append(idle, m)
		}
	}
	return idle
}

// unload unloads a module that was taken out, once its launches are done.
func (c *moduleCache) unload(m *module) {
	by, _ := m.users.free()
	c.dev.release(by, nil, func() {
		if c.dev.lost() != nil {
			return // it goes with the context
		}
		if err := c.dev.ctx.unloadModule(m.h); err != nil {
			_ = c.dev.notice(err)
		}
	})
}

// put takes a holder away.
func (c *moduleCache) put(m *module) {
	c.mu.Lock()
	defer c.mu.Unlock()
	m.holders--
}

// unloadAll is for the end of the device.
func (c *moduleCache) unloadAll() {
	for _, m := range c.all {
		_ = c.dev.ctx.unloadModule(m.h) // what is lost is gone already
	}
	c.all = nil
}
