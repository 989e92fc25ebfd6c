//go:build opengl && linux && cgo

package opengl

import (
	"fmt"
	"unsafe"

	"github.com/go-gl/gl/v4.3-core/gl"

	"github.com/tandem-go/tandem/device"
)

// transferMode is how bytes travel between the host and buffers.
type transferMode uint8

const (
	// direct hands each transfer to the driver, which copies while the
	// thread waits: the only way without GL_ARB_buffer_storage.
	direct transferMode = iota
	// staged copies through page-locked memory that stays mapped, and never
	// waits for the device: the device copies between it and the buffers.
	staged
	// mapped keeps every buffer's own memory mapped, and copies it on the
	// host: for renderers in software, whose buffers lie in host memory and
	// whose commands are executed when they are issued.
	mapped
)

// chooseTransfers picks the fastest mode that the driver has. In GB/s up and
// down, BenchmarkTransfer with llvmpipe of Mesa 22.3.6 on 2 cores of an AMD
// EPYC, November 2026, median of 3:
//
//	bytes    direct       mapped       staged
//	4 KiB    0.41  0.62   0.55  0.57   0.40  0.47
//	1 MiB    25.3  23.3   27.8  26.9   11.3  12.9
//	64 MiB    9.4   9.4   16.6  15.6    6.9   7.5
//
// What staged gains on a GPU, that the thread never waits for a copy, a
// renderer in software cannot show: there it is a second copy.
func chooseTransfers(caps device.Caps, l limits) transferMode {
	switch {
	case !l.storage:
		return direct
	case caps.HostCores:
		return mapped
	}
	return staged
}

// mappedStorage gives the object bound to target memory that stays mapped.
func (x *executor) mappedStorage(target uint32, size int, access uint32) ([]byte, error) {
	gl.BufferStorage(target, size, nil, access)
	if err := x.check(); err != nil {
		return nil, err
	}
	memory := gl.MapBufferRange(target, 0, size, access)
	if err := x.check(); err != nil {
		return nil, err
	}
	if memory == nil {
		return nil, fmt.Errorf("%w: the driver maps no memory", device.ErrOutOfMemory)
	}
	return unsafe.Slice((*byte)(memory), size), nil
}

func (x *executor) upload(b *buffer, offset int64, src []byte) error {
	switch x.transfers {
	case mapped:
		// A command that is still being executed may read the old bytes.
		if err := x.finish(); err != nil {
			return err
		}
		copy(b.mapping[offset:], src)
		return nil
	case staged:
		return x.uploadStaged(b, offset, src)
	default:
		x.barrier()
		gl.BindBuffer(gl.COPY_WRITE_BUFFER, b.id)
		gl.BufferSubData(gl.COPY_WRITE_BUFFER, int(offset), len(src), unsafe.Pointer(&src[0]))
		x.unfenced, x.unflushed = true, true
		return x.check()
	}
}

func (x *executor) download(dst []byte, b *buffer, offset int64) error {
	x.barrier()
	switch x.transfers {
	case mapped:
		if err := x.finish(); err != nil {
			return err
		}
		copy(dst, b.mapping[offset:])
		return nil
	case staged:
		return x.downloadStaged(dst, b, offset)
	default:
		gl.BindBuffer(gl.COPY_READ_BUFFER, b.id)
		gl.GetBufferSubData(gl.COPY_READ_BUFFER, int(offset), len(dst), unsafe.Pointer(&dst[0]))
		return x.check()
	}
}
