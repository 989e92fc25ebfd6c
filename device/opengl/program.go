//go:build opengl && linux && cgo

package opengl

import (
	"errors"
	"regexp"
	"strconv"
	"strings"

	"github.com/go-gl/gl/v4.3-core/gl"

	"github.com/tandem-go/tandem/device"
)

// translation is a compiled source; programs of the same text share one.
type translation struct {
	id       uint32
	location int32 // of tandem_word, -1 when the shader does not use it

	users int // programs and queued launches; guarded by glDevice.mu
}

// program is one Compile's result.
type program struct {
	dev     *glDevice
	t       *translation
	name    string
	buffers int
	scalars int

	closed bool // guarded by dev.mu
}

var _ device.Program = (*program)(nil)

// Close implements device.Program. The translation stays in the cache.
func (p *program) Close() error {
	d := p.dev
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closing || p.closed {
		return d.error("close program", device.ErrClosed)
	}
	p.closed = true
	p.t.users--
	return nil
}

// buildProgram compiles and links a compute shader in the current context. A
// text that is refused gives a *device.CompileError without the kernel's name.
func buildProgram(text string) (uint32, error) {
	shader := gl.CreateShader(gl.COMPUTE_SHADER)
	defer gl.DeleteShader(shader)
	lines, free := gl.Strs(text + "\x00")
	size := int32(len(text))
	gl.ShaderSource(shader, 1, lines, &size)
	free()
	gl.CompileShader(shader)
	var ok int32
	if gl.GetShaderiv(shader, gl.COMPILE_STATUS, &ok); ok == 0 {
		return 0, refusal(readLog(shader, gl.GetShaderiv, gl.GetShaderInfoLog))
	}
	id := gl.CreateProgram()
	gl.AttachShader(id, shader)
	gl.LinkProgram(id)
	gl.DetachShader(id, shader)
	if gl.GetProgramiv(id, gl.LINK_STATUS, &ok); ok == 0 {
		log := readLog(id, gl.GetProgramiv, gl.GetProgramInfoLog)
		gl.DeleteProgram(id)
		return 0, refusal(log)
	}
	return id, takeError(gl.GetError)
}

// refusal is the error for a text that was not translated, unless that was not
// the text's fault.
func refusal(log string) error {
	if err := takeError(gl.GetError); errors.Is(err, device.ErrLost) || errors.Is(err, device.ErrOutOfMemory) {
		return err
	}
	return &device.CompileError{Line: errorLine(log), Log: log}
}

func readLog(id uint32, get func(uint32, uint32, *int32), read func(uint32, int32, *int32, *uint8)) string {
	var size int32
	get(id, gl.INFO_LOG_LENGTH, &size)
	if size <= 0 {
		return ""
	}
	log := make([]byte, size+1)
	read(id, size, &size, &log[0])
	return string(log[:size])
}

// Drivers name a place as SOURCE:LINE(COLUMN) (Mesa), SOURCE(LINE) (NVIDIA) or
// "ERROR: SOURCE:LINE" (AMD, Intel), each at the beginning of a line.
var logPlace = regexp.MustCompile(`^(?:ERROR: )?\d+(?::(\d+)|\((\d+)\))`)

// errorLine finds the line of the first error in a compiler's log, 0 if it
// names none. Warnings may stand before it.
func errorLine(log string) int {
	for text := range strings.Lines(log) {
		m := logPlace.FindStringSubmatch(text)
		if m == nil || !strings.Contains(strings.ToLower(text), "error") {
			continue
		}
		if line, err := strconv.Atoi(m[1] + m[2]); err == nil {
			return line
		}
	}
	return 0
}
