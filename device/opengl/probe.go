//go:build opengl && linux && cgo

package opengl

import (
	"fmt"
	"strings"
	"syscall"

	"github.com/go-gl/gl/v4.3-core/gl"

	"github.com/tandem-go/tandem/device"
	"github.com/tandem-go/tandem/device/opengl/internal/egl"
)

// limits are what the executor has to know of a driver beyond its Caps.
type limits struct {
	storage     bool // GL_ARB_buffer_storage: memory can stay mapped
	resetStatus bool // glGetGraphicsResetStatus works
}

const (
	memoryFreeNVX = 0x9049 // GPU_MEMORY_INFO_CURRENT_AVAILABLE_VIDMEM_NVX, KiB
	memoryFreeATI = 0x87FB // VBO_FREE_MEMORY_ATI, KiB, first of four
	defaultMemory = 1 << 30
)

// probe asks the current context for what it can do.
func probe(software bool) (adapter, error) {
	renderer := gl.GoStr(gl.GetString(gl.RENDERER))
	software = software || isSoftware(renderer)
	extensions := extensionList()

	var groups [3]int
	for d := range groups {
		var n int32
		gl.GetIntegeri_v(gl.MAX_COMPUTE_WORK_GROUP_COUNT, uint32(d), &n)
		groups[d] = int(n)
	}
	var block int64
	gl.GetInteger64v(gl.MAX_SHADER_STORAGE_BLOCK_SIZE, &block)

	a := adapter{
		info: device.Info{
			Backend: backendName,
			Name:    renderer,
			Driver:  gl.GoStr(gl.GetString(gl.VENDOR)) + " " + gl.GoStr(gl.GetString(gl.VERSION)),
			Memory:  memoryBudget(software, extensions),
			Caps: device.Caps{
				Language:     device.GLSL,
				Float64:      true, // a part of OpenGL since 4.0
				Int64:        egl.Has(extensions, "GL_ARB_gpu_shader_int64"),
				HostCores:    software,
				MaxGroups:    groups,
				MaxGroupSize: integer(gl.MAX_COMPUTE_WORK_GROUP_INVOCATIONS),
				SharedMemory: integer(gl.MAX_COMPUTE_SHARED_MEMORY_SIZE),
				MaxBuffer:    maxBuffer(renderer, block),
				MaxBuffers:   min(integer(gl.MAX_COMPUTE_SHADER_STORAGE_BLOCKS), integer(gl.MAX_SHADER_STORAGE_BUFFER_BINDINGS)),
			},
		},
		limits: limits{
			storage:     egl.Has(extensions, "GL_ARB_buffer_storage"),
			resetStatus: egl.Has(extensions, "GL_KHR_robustness"),
		},
	}
	var err error
	if a.info.Caps.MaxIterations, err = probeIterations(); err != nil {
		return adapter{}, fmt.Errorf("%s: the first shader failed: %w", renderer, err)
	}
	return a, nil
}

func integer(name uint32) int {
	var v int32
	gl.GetIntegerv(name, &v)
	return int(v)
}

func extensionList() string {
	var names []string
	for i := range integer(gl.NUM_EXTENSIONS) {
		names = append(names, gl.GoStr(gl.GetStringi(gl.EXTENSIONS, uint32(i))))
	}
	return strings.Join(names, " ")
}

// maxBuffer trusts the driver, but for llvmpipe: it states the 128 MiB that the
// specification asks for, and sees everything below 4 GiB (its sizes are 32-bit
// numbers; TestLargeBuffer).
func maxBuffer(renderer string, stated int64) int64 {
	if strings.Contains(renderer, "llvmpipe") {
		return 4095 << 20
	}
	return stated
}

func memoryBudget(software bool, extensions string) int64 {
	if software {
		var info syscall.Sysinfo_t
		if err := syscall.Sysinfo(&info); err != nil {
			return defaultMemory
		}
		return int64(info.Totalram) * int64(info.Unit) / 4
	}
	var free [4]int32
	switch {
	case egl.Has(extensions, "GL_NVX_gpu_memory_info"):
		gl.GetIntegerv(memoryFreeNVX, &free[0])
	case egl.Has(extensions, "GL_ATI_meminfo"):
		gl.GetIntegerv(memoryFreeATI, &free[0])
	}
	if free[0] <= 0 {
		return defaultMemory
	}
	return int64(free[0]) * 1024 / 10 * 9
}

// probeTurns is how far the probe counts: well above what any kernel of ours
// wants of one invocation, and milliseconds on the slowest device.
const probeTurns = 1 << 20

// The loop's bound and its body come from memory, so that no compiler can
// replace the loop by its result.
const probeText = `#version 430 core
layout(local_size_x = 1) in;
layout(std430, binding = 0) buffer probe { uint turns; uint limit; uint state; };
void main() {
	uint counted = 0u;
	for (uint i = 0u; i < limit; i++) {
		state = state * 1664525u + 1013904223u;
		counted++;
	}
	turns = counted;
}
`

// probeIterations counts how often a loop turns before the driver cuts it. It
// answers 0 when there is no limit. Mesa 22's llvmpipe stops the loops of one
// invocation after 65535 turns in all and says nothing; and it counts the look
// at the condition that ends each run of a loop as a turn. An inner loop that
// turns once costs two, so half of what was counted is safe for any nest.
func probeIterations() (int64, error) {
	program, err := buildProgram(probeText)
	if err != nil {
		return 0, err
	}
	defer gl.DeleteProgram(program)
	words := []uint32{0, probeTurns, 1}
	var id uint32
	gl.GenBuffers(1, &id)
	defer gl.DeleteBuffers(1, &id)
	gl.BindBufferBase(gl.SHADER_STORAGE_BUFFER, 0, id)
	gl.BufferData(gl.SHADER_STORAGE_BUFFER, 4*len(words), gl.Ptr(words), gl.DYNAMIC_COPY)
	gl.UseProgram(program)
	gl.DispatchCompute(1, 1, 1)
	gl.MemoryBarrier(gl.BUFFER_UPDATE_BARRIER_BIT)
	gl.GetBufferSubData(gl.SHADER_STORAGE_BUFFER, 0, 4*len(words), gl.Ptr(words))
	if err := takeError(gl.GetError); err != nil {
		return 0, err
	}
	switch counted := int64(words[0]); counted {
	case probeTurns:
		return 0, nil
	case 0:
		return 0, fmt.Errorf("%w: a loop that should turn %d times did not turn", device.ErrUnsupported, probeTurns)
	default:
		return counted / 2, nil
	}
}
