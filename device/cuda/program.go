//go:build cuda && linux && cgo

package cuda

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/tandem-go/tandem/device"
)

// program is one Compile's result.
type program struct {
	dev      *cudaDevice
	module   *module
	function cHandle
	name     string
	block    [3]cUint
	shared   cUint
	buffers  cUint
	scalars  int
	routine  *routine // of cuBLAS, or nil
	closed   atomic.Bool
}

var _ device.Program = (*program)(nil)

// argumentBytes is how much a kernel's arguments may take in all.
const argumentBytes = 4096

// Compile implements device.Device.
func (d *cudaDevice) Compile(src device.Source) (device.Program, error) {
	if err := d.enter(); err != nil {
		return nil, d.error("compile", err)
	}
	defer d.ops.Done()
	if err := d.lost(); err != nil {
		return nil, d.error("compile", err)
	}
	p, err := d.compile(src)
	if err != nil {
		if refused, ok := errors.AsType[*device.CompileError](err); ok {
			refused.Kernel = src.Name
		}
		return nil, d.error("compile", d.notice(err))
	}
	return p, nil
}

func (d *cudaDevice) compile(src device.Source) (*program, error) {
	p, err := d.newProgram(src)
	if err != nil {
		return nil, err
	}
	if p.module, err = d.load(src); err != nil {
		return nil, err
	}
	if err := d.bind(p, src); err != nil {
		d.modules.put(p.module)
		return nil, err
	}
	return p, nil
}

// load finds the source's module. Code for newer devices that the driver does not take,
// being older than the device, is left.
func (d *cudaDevice) load(src device.Source) (*module, error) {
	if newer := d.newestCode(src.Newer); newer != "" {
		m, err := d.modules.get(newer)
		if _, refused := errors.AsType[*device.CompileError](err); !refused {
			return m, err
		}
	}
	ptx := src.Text
	if !isPTX(ptx) {
		var err error
		if ptx, err = d.translate(src); err != nil {
			return nil, err
		}
	}
	return d.modules.get(ptx)
}

// EnvCode is the environment variable that has devices opened from then on leave code
// for newer GPUs, if it is "baseline": to compare.
const EnvCode = "TANDEM_CUDA_CODE"

// newestCode is the code for the highest compute capability that the device has, or ""
// where there is none or none is wanted.
func (d *cudaDevice) newestCode(all []device.Code) (text string) {
	best := 0
	for _, c := range all {
		if !d.baseline && c.Capability <= d.limits.arch && c.Capability > best {
			best, text = c.Capability, c.Text
		}
	}
	return text
}

// newProgram checks what a source asks of the device.
func (d *cudaDevice) newProgram(src device.Source) (*program, error) {
	refuse := func(is error, format string, a ...any) (*program, error) {
		return nil, fmt.Errorf("%w: kernel %s %s", is, src.Name, fmt.Sprintf(format, a...))
	}
	p := &program{
		dev: d, name: src.Name,
		shared: cUint(src.Block.Shared), buffers: cUint(src.Buffers), scalars: src.Scalars,
		routine: findRoutine(src),
	}
	threads := 1
	for i, n := range src.Block.Size {
		n = max(1, n)
		if n > d.limits.block[i] {
			return refuse(device.ErrUnsupported, "has blocks of %v threads, the device takes %v", src.Block.Size, d.limits.block)
		}
		p.block[i] = cUint(n)
		threads *= n
	}
	switch caps := d.info.Caps; {
	case src.Language != device.CUDA:
		return refuse(device.ErrUnsupported, "is in %q, CUDA takes %q", src.Language, device.CUDA)
	case src.Block.Entry == "":
		return refuse(device.ErrInvalid, "does not say which function to launch (Source.Block.Entry)")
	case src.Buffers < 0 || src.Scalars < 0 || src.Block.Shared < 0:
		return refuse(device.ErrInvalid, "has less than nothing: %d buffers, %d scalar words, %d bytes of shared memory",
			src.Buffers, src.Scalars, src.Block.Shared)
	case src.Buffers > maxBuffers || 8*src.Buffers+4*src.Scalars > argumentBytes:
		return refuse(device.ErrUnsupported, "has %d buffers and %d scalar words, a launch takes %d buffers and %d bytes in all",
			src.Buffers, src.Scalars, maxBuffers, argumentBytes)
	case threads > caps.MaxGroupSize:
		return refuse(device.ErrUnsupported, "has blocks of %d threads, the device takes %d", threads, caps.MaxGroupSize)
	case src.Block.Shared > caps.SharedMemory:
		return refuse(device.ErrUnsupported, "needs %d bytes of shared memory, a block has %d", src.Block.Shared, caps.SharedMemory)
	}
	return p, nil
}

// bind finds the function and holds it to what the device has left for it.
func (d *cudaDevice) bind(p *program, src device.Source) error {
	type found struct {
		h               handle
		threads, shared int
	}
	f, err := call(d, func() (found, error) {
		h, threads, shared, err := d.ctx.function(p.module.h, src.Block.Entry)
		return found{h, threads, shared}, err
	})
	if code, _ := codeOf(err); code == resultNotFound {
		return &device.CompileError{Log: fmt.Sprintf("the text has no function %s (Source.Block.Entry)", src.Block.Entry)}
	}
	if err != nil {
		return err
	}
	if threads := int(p.block[0] * p.block[1] * p.block[2]); threads > f.threads {
		return fmt.Errorf("%w: kernel %s has blocks of %d threads, its registers leave room for %d",
			device.ErrUnsupported, src.Name, threads, f.threads)
	}
	if all := f.shared + src.Block.Shared; all > d.info.Caps.SharedMemory {
		return fmt.Errorf("%w: kernel %s needs %d bytes of shared memory, a block has %d",
			device.ErrUnsupported, src.Name, all, d.info.Caps.SharedMemory)
	}
	if f.shared+src.Block.Shared > d.limits.shared {
		// As much as there is, for the function serves other programs too.
		if err := d.ctx.allowShared(f.h, d.info.Caps.SharedMemory-f.shared); err != nil {
			return err
		}
	}
	p.function = cHandle(f.h)
	return nil
}

// Close implements device.Program. The module stays for the next of its kind.
func (p *program) Close() error {
	d := p.dev
	if err := d.enter(); err != nil {
		return d.error("close program", err)
	}
	defer d.ops.Done()
	if p.closed.Swap(true) {
		return d.error("close program", device.ErrClosed)
	}
	d.modules.put(p.module)
	return nil
}

var versionDirective = regexp.MustCompile(`(?m)^\s*\.version\s+\d`)

// isPTX tells PTX, which states its version, from CUDA C, where that is no
// beginning of a line.
func isPTX(text string) bool { return versionDirective.MatchString(text) }

// Compilers name a place as "FILE(LINE): error" (NVRTC) or "FILE, line LINE;
// error" (the driver's assembler).
var logPlace = regexp.MustCompile(`(?:\((\d+)\): |, line (\d+); )(?:catastrophic |fatal )?\s*(?i:error|fatal)`)

// refusal is the error for a text that was not translated. Its line is that of
// the first error in the log, 0 if none is named; warnings may stand before it.
func refusal(log string) *device.CompileError {
	line := 0
	if m := logPlace.FindStringSubmatch(log); m != nil {
		line, _ = strconv.Atoi(m[1] + m[2])
	}
	return &device.CompileError{Line: line, Log: strings.TrimRight(log, "\n")}
}
