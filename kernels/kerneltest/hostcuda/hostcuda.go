//go:build cuda && linux && cgo

package hostcuda

// #cgo CXXFLAGS: -std=c++17 -fno-exceptions -I${SRCDIR}/../../../device/cuda/cudatest
// #cgo asan CXXFLAGS: -fsanitize=address
import "C"

import _ "github.com/tandem-go/tandem/device/cuda/cudatest" // the driver that the kernels register with
