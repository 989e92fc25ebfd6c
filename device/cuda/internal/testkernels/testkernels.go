//go:build cuda && linux && cgo

package testkernels

// #cgo CXXFLAGS: -std=c++17 -fno-exceptions -I${SRCDIR}/../../cudatest
import "C"

import (
	_ "embed"

	"github.com/tandem-go/tandem/device"
	_ "github.com/tandem-go/tandem/device/cuda/cudatest" // what the kernels are made known to
)

//go:generate go run -tags cuda generate.go

// Text is the kernels' CUDA C, and PTX what NVRTC makes of it.
var (
	//go:embed kernels.cu
	Text string
	//go:embed kernels.ptx
	PTX string
)

// Threads is the size of the kernels' blocks, but for slow's, which is 1.
const Threads = 64

// Source is the kernel of a name, "fill" for tandem_test_fill, with that many
// buffers and scalar words, as PTX.
func Source(name string, buffers, words int) device.Source {
	threads := Threads
	if name == "slow" { // on the host threads take turns
		threads = 1
	}
	return device.Source{
		Name: name, Language: device.CUDA, Text: PTX, Buffers: buffers, Scalars: words,
		Block: device.Block{Entry: "tandem_test_" + name, Size: [3]int{threads, 1, 1}},
	}
}
