//go:build opengl && linux && cgo

package egl

/*
#include "egl.h"
*/
import "C"

import (
	"fmt"
	"strings"
	"unsafe"
)

const (
	attrNone          = 0x3038
	attrMajor         = 0x3098
	attrMinor         = 0x30FB
	attrProfile       = 0x30FD
	profileCore       = 1
	attrRobustAccess  = 0x31B2
	attrResetStrategy = 0x31BD
	loseContext       = 0x31BF
)

// Context is an OpenGL context without a surface. It can be current on one
// thread at a time.
type Context struct {
	display *Display
	handle  unsafe.Pointer
	robust  bool
}

// NewContext makes a context for the core profile of at least the given
// version. It is robust where that is offered: a reset of the device then
// shows, instead of ending the process.
func (d *Display) NewContext(major, minor int) (*Context, error) {
	modern := strings.HasPrefix(d.version, "1.5")
	for _, name := range []string{"EGL_KHR_surfaceless_context", "EGL_KHR_create_context"} {
		if !Has(d.extensions, name) && !modern {
			return nil, fmt.Errorf("the EGL display has no %s", name)
		}
	}
	wantConfig := C.int(1)
	if Has(d.extensions, "EGL_KHR_no_config_context") || Has(d.extensions, "EGL_MESA_configless_context") {
		wantConfig = 0
	}
	base := []C.int32_t{attrMajor, C.int32_t(major), attrMinor, C.int32_t(minor), attrProfile, profileCore}
	robust := append(base[:len(base):len(base)], attrRobustAccess, 1, attrResetStrategy, loseContext)

	c := &Context{display: d, robust: true}
	for _, attributes := range [][]C.int32_t{append(robust, attrNone), append(base, attrNone)} {
		err := check("eglCreateContext", C.tandem_egl_context(d.handle, wantConfig, &attributes[0], &c.handle))
		if err == nil {
			return c, nil
		}
		if !c.robust {
			return nil, fmt.Errorf("no context of OpenGL %d.%d: %w", major, minor, err)
		}
		c.robust = false
	}
	panic("egl: BUG: a context was neither made nor refused")
}

// Robust reports whether the context tells of a reset of its device.
func (c *Context) Robust() bool { return c.robust }

// MakeCurrent makes the context the calling thread's.
func (c *Context) MakeCurrent() error {
	return check("eglMakeCurrent", C.tandem_egl_make_current(c.display.handle, c.handle))
}

// Release leaves the calling thread without a context.
func (c *Context) Release() error {
	return check("eglMakeCurrent", C.tandem_egl_make_current(c.display.handle, nil))
}

// Destroy frees the context. It must not be current on any thread.
func (c *Context) Destroy() error {
	return check("eglDestroyContext", C.tandem_egl_destroy(c.display.handle, c.handle))
}

// ReleaseThread frees what EGL keeps for the calling thread.
func ReleaseThread() error {
	return check("eglReleaseThread", C.tandem_egl_release_thread())
}
