//go:build opengl && linux && cgo

package opengl

import "github.com/go-gl/gl/v4.3-core/gl"

// executor speaks to the driver. Only the device's thread uses it.
type executor struct {
	dev       *glDevice
	transfers transferMode

	program uint32   // in use
	bound   []uint32 // buffer objects by slot
	written bool     // a dispatch may have written memory since the last barrier

	fences
	up, down staging

	// Calls of the driver that tests replace by failing ones.
	dispatch    func(x, y, z uint32)
	getError    func() uint32
	waitSync    func(sync uintptr, flags uint32, timeout uint64) uint32
	resetStatus func() uint32 // nil when the context doesn't tell
}

func newExecutor(d *glDevice, robust bool) *executor {
	x := &executor{
		dev:       d,
		transfers: chooseTransfers(d.info.Caps, d.limits),
		bound:     make([]uint32, d.info.Caps.MaxBuffers),
		dispatch:  gl.DispatchCompute,
		getError:  gl.GetError,
		waitSync:  gl.ClientWaitSync,
	}
	if robust && d.limits.resetStatus {
		x.resetStatus = gl.GetGraphicsResetStatus
	}
	return x
}

// check answers the driver's error flag, which every command is followed by: it
// costs one call, and an error noticed later could be nobody's.
func (x *executor) check() error {
	err := takeError(x.getError)
	if err != nil {
		if lost := x.checkReset(); lost != nil {
			return lost
		}
	}
	return err
}

// checkReset asks whether the context still exists.
func (x *executor) checkReset() error {
	if x.resetStatus == nil {
		return nil
	}
	return resetError(x.resetStatus())
}

// execute hands one command to the driver.
func (x *executor) execute(c *command, b *batch) error {
	switch c.op {
	case opUpload:
		return x.upload(c.buffer, c.offset, c.host)
	case opDownload:
		return x.download(c.host, c.buffer, c.offset)
	case opLaunch:
		return x.launch(c, b.buffers[c.buffers.from:c.buffers.to], b.words[c.words.from:c.words.to])
	}
	panic("opengl: BUG: no command for the driver: " + c.op.String())
}

func (x *executor) launch(c *command, buffers []*buffer, words []uint32) error {
	t := c.program.t
	if x.program != t.id {
		gl.UseProgram(t.id)
		x.program = t.id
	}
	if t.location >= 0 && len(words) > 0 {
		gl.ProgramUniform1uiv(t.id, t.location, int32(len(words)), &words[0])
	}
	for slot, b := range buffers {
		if x.bound[slot] != b.id {
			gl.BindBufferBase(gl.SHADER_STORAGE_BUFFER, uint32(slot), b.id)
			x.bound[slot] = b.id
		}
	}
	x.barrier()
	x.dispatch(c.groups[0], c.groups[1], c.groups[2])
	x.written, x.unfenced, x.unflushed = true, true, true
	return x.check()
}

// barrier makes what shaders have written visible to everything that follows:
// other shaders, copies and the host. OpenGL orders all else by itself.
func (x *executor) barrier() {
	if x.written {
		gl.MemoryBarrier(gl.SHADER_STORAGE_BARRIER_BIT | gl.BUFFER_UPDATE_BARRIER_BIT | gl.CLIENT_MAPPED_BUFFER_BARRIER_BIT)
		x.written = false
	}
}
