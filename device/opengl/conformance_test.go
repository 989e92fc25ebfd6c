//go:build opengl && linux && cgo

package opengl

import (
	"fmt"
	"testing"

	"github.com/tandem-go/tandem/device"
	"github.com/tandem-go/tandem/device/devicetest"
)

// A renderer in software fills memory when it is allocated, and the suite takes
// all there is.
const testCapacity = 64 << 20

func TestConformance(t *testing.T) {
	for name, mode := range modes {
		t.Run(name, func(t *testing.T) {
			a := found(t)
			if mode != direct && !a.limits.storage {
				t.Skip("the driver has no GL_ARB_buffer_storage")
			}
			if testing.Short() && mode != chooseTransfers(a.info.Caps, a.limits) {
				t.Skip("short: the device's own way of transfers only")
			}
			a.info.Memory = testCapacity
			open := func(t *testing.T) device.Device {
				t.Helper()
				d := must(open(a))(t)
				if err := d.call(func(x *executor) error { x.transfers = mode; return nil }); err != nil {
					t.Fatal(err)
				}
				return d
			}
			devicetest.Run(t, open, conformancePrograms(a.info.Caps))
		})
	}
}

func conformancePrograms(caps device.Caps) devicetest.Programs {
	program := func(name string, local, buffers, words int, body string) device.Source {
		return device.Source{
			Name: name, Language: device.GLSL, Buffers: buffers, Scalars: words,
			Text: fmt.Sprintf("#version 430 core\nlayout(local_size_x = %d) in;\nlayout(location = 0) uniform uint tandem_word[%d];\n%s", local, words, body),
		}
	}
	const local = 64
	// The loop of slow needs its turns, and not more than the driver gives:
	// the number of groups makes up for it.
	turns, groups := 4<<20, 1
	if caps.MaxIterations > 0 {
		turns, groups = int(caps.MaxIterations)-1, 256
	}
	return devicetest.Programs{
		GroupSize: local,
		Fill: program("fill", local, 1, 3, `
layout(std430, binding = 0) writeonly buffer b0 { int result[]; };
void main() {
	uint i = gl_GlobalInvocationID.x;
	if (i < tandem_word[0]) result[tandem_word[1] + i] = int(tandem_word[2] + i);
}
`),
		Copy: program("copy", local, 2, 1, `
layout(std430, binding = 0) readonly buffer b0 { int from[]; };
layout(std430, binding = 1) writeonly buffer b1 { int to[]; };
void main() {
	uint i = gl_GlobalInvocationID.x;
	if (i < tandem_word[0]) to[i] = from[i];
}
`),
		Affine: program("affine", local, 1, 3, `
layout(std430, binding = 0) buffer b0 { int x[]; };
void main() {
	uint i = gl_GlobalInvocationID.x;
	if (i < tandem_word[0]) x[i] = x[i] * int(tandem_word[1]) + int(tandem_word[2]);
}
`),
		Scale: program("scale", local, 1, 3, `
layout(std430, binding = 0) buffer b0 { double x[]; };
void main() {
	uint i = gl_GlobalInvocationID.x;
	if (i < tandem_word[0]) x[i] = packDouble2x32(uvec2(tandem_word[1], tandem_word[2])) * x[i];
}
`),
		// The state never is 0, but that is for the compiler to find out.
		Slow: program("slow", local, 1, 1, fmt.Sprintf(`
layout(std430, binding = 0) writeonly buffer b0 { int result[]; };
void main() {
	uint state = 2u * (gl_GlobalInvocationID.x + tandem_word[0]) + 1u;
	for (int i = 0; i < %d; i++) state = state * (state ^ 1664526u) | 1u;
	if (gl_GlobalInvocationID.x == 0u || state == 0u) result[0] = int(tandem_word[0]);
}
`, turns)),
		SlowGroups: [3]int{groups, 1, 1},
		Broken: device.Source{
			Name: "broken", Language: device.GLSL,
			Text: "#version 430 core\nlayout(local_size_x = 1) in;\nvoid main() {\n\tmissing = 1;\n}\n",
		},
		BrokenLine: 4,
		BrokenLog:  "missing",
	}
}
