//go:build cuda && linux && cgo

package cuda

import (
	"testing"

	"github.com/tandem-go/tandem/device"
	"github.com/tandem-go/tandem/device/cuda/cudatest"
	"github.com/tandem-go/tandem/device/cuda/internal/testkernels"
	"github.com/tandem-go/tandem/device/devicetest"
)

// drivers are the ways in which the driver in process behaves.
var drivers = map[string]cudatest.Config{
	"in order":     {},
	"out of order": {Late: true, Seed: 1},
	"no pools":     {Late: true, Seed: 2, NoPools: true},
}

// eachDriver runs a test on each of them, or on the machine's GPU.
func eachDriver(t *testing.T, test func(t *testing.T, c cudatest.Config)) {
	if real {
		test(t, cudatest.Config{Late: true})
		return
	}
	for name, c := range drivers {
		t.Run(name, func(t *testing.T) {
			machine(t, c)
			test(t, c)
		})
	}
}

func TestConformance(t *testing.T) {
	eachDriver(t, func(t *testing.T, c cudatest.Config) {
		programs := conformancePrograms()
		programs.Immediate = !c.Late
		devicetest.Run(t, func(t *testing.T) device.Device {
			t.Helper()
			return must(open(first(t)))(t)
		}, programs)
	})
}

// A kernel that fails takes the context with it, and so the device: there is no
// program that only its stream fails by.
func conformancePrograms() devicetest.Programs {
	return devicetest.Programs{
		GroupSize: testkernels.Threads,
		Fill:      testkernels.Source("fill", 1, 3),
		Copy:      testkernels.Source("copy", 2, 1),
		Affine:    testkernels.Source("affine", 1, 3),
		Scale:     testkernels.Source("scale", 1, 3),
		Slow:      testkernels.Source("slow", 1, 1),
		Broken: device.Source{
			Name: "broken", Language: device.CUDA,
			Text:  ".version 7.0\n.target sm_52\n.address_size 64\n.visible .entry broken()\n{\n\tmissing.u32 1;\n}\n",
			Block: device.Block{Entry: "broken"},
		},
		BrokenLine: 6,
		BrokenLog:  "missing",
	}
}
