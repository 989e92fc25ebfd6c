//go:build opengl && linux && cgo

package opengl

import (
	"fmt"

	"github.com/go-gl/gl/v4.3-core/gl"

	"github.com/tandem-go/tandem/device"
)

// takeError turns OpenGL's error flags into an error and clears them. A lost
// context may raise its flag for ever, hence the bound.
func takeError(getError func() uint32) error {
	code := getError()
	if code == gl.NO_ERROR {
		return nil
	}
	for range 16 {
		if getError() == gl.NO_ERROR {
			break
		}
	}
	switch code {
	case gl.OUT_OF_MEMORY:
		return fmt.Errorf("%w: GL_OUT_OF_MEMORY", device.ErrOutOfMemory)
	case gl.CONTEXT_LOST:
		return fmt.Errorf("%w: GL_CONTEXT_LOST", device.ErrLost)
	case gl.INVALID_ENUM:
		return fmt.Errorf("%w: GL_INVALID_ENUM", device.ErrInvalid)
	case gl.INVALID_VALUE:
		return fmt.Errorf("%w: GL_INVALID_VALUE", device.ErrInvalid)
	case gl.INVALID_OPERATION:
		return fmt.Errorf("%w: GL_INVALID_OPERATION", device.ErrInvalid)
	}
	return fmt.Errorf("%w: OpenGL error %#x", device.ErrInvalid, code)
}

// resetError explains an answer of glGetGraphicsResetStatus, nil for none.
func resetError(status uint32) error {
	switch status {
	case gl.NO_ERROR:
		return nil
	case gl.GUILTY_CONTEXT_RESET:
		return fmt.Errorf("%w: the driver reset it because of a command of this context", device.ErrLost)
	case gl.INNOCENT_CONTEXT_RESET:
		return fmt.Errorf("%w: the driver reset it because of another context", device.ErrLost)
	}
	return fmt.Errorf("%w: the driver reset it, status %#x", device.ErrLost, status)
}
