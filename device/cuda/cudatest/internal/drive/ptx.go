//go:build cuda && linux && cgo

package drive

import _ "embed"

// PTX is what NVRTC 11.8 has made of kernels.cu, shared.cu and halve.cu. The driver in
// process reads it as a driver would; what the kernels do comes from the host's
// compiler.
var (
	//go:embed kernels.ptx
	PTX string
	//go:embed shared.ptx
	SharedPTX string
	//go:embed halve.ptx
	HalvePTX string
)

// TANDEM_NVRTC=$(build/cuda.sh nvrtc) makes it find the NVRTC that the texts were made with.
//go:generate go run -tags cuda ../../../internal/nvrtc/compile --gpu-architecture=compute_80 --fmad=false -- kernels.cu shared.cu halve.cu
