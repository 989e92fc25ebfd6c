//go:build cuda && linux && cgo

package kerneltest

import _ "github.com/tandem-go/tandem/kernels/kerneltest/hostcuda" // so that whoever tests kernels on the CUDA driver in process has them
