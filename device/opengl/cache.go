//go:build opengl && linux && cgo

package opengl

import "github.com/go-gl/gl/v4.3-core/gl"

// cacheSize is how many translations that nobody uses a device keeps.
const cacheSize = 256

// translate compiles a text, or finds it compiled. The result counts one user
// more.
func (d *glDevice) translate(text string) (*translation, error) {
	if t := d.cached(text); t != nil {
		return t, nil
	}
	var t *translation
	err := d.call(func(x *executor) error {
		if t = d.cached(text); t != nil { // compiled while this call was queued
			return nil
		}
		id, err := buildProgram(text)
		if err != nil {
			return err
		}
		t = &translation{id: id, location: gl.GetUniformLocation(id, gl.Str("tandem_word\x00")), users: 1}
		x.evict()
		d.mu.Lock()
		defer d.mu.Unlock()
		d.cache[text] = t
		return nil
	})
	return t, err
}

// cached finds a translation and counts its new user.
func (d *glDevice) cached(text string) *translation {
	d.mu.Lock()
	defer d.mu.Unlock()
	t := d.cache[text]
	if t != nil {
		t.users++
	}
	return t
}

// evict deletes the translations without users once there are too many.
func (x *executor) evict() {
	d := x.dev
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.cache) < cacheSize {
		return
	}
	for text, t := range d.cache {
		if t.users == 0 {
			if x.program == t.id {
				gl.UseProgram(0)
				x.program = 0
			}
			gl.DeleteProgram(t.id)
			delete(d.cache, text)
		}
	}
}
