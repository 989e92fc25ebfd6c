//go:build cuda && linux && cgo

package testkernels

/*
#cgo CFLAGS: -I${SRCDIR}/../../include
#include <cuda.h>
#include <stdint.h>

static int tandem_test_bare(uintptr_t ctx, uintptr_t stream, uintptr_t function, uint64_t address, int n)
{
	uint32_t words[2] = {1, 1};
	void *params[] = {&address, words};
	CUresult r = cuCtxSetCurrent((CUcontext)ctx);
	for (int i = 0; i < n && r == CUDA_SUCCESS; i++)
		r = cuLaunchKernel((CUfunction)function, 1, 1, 1, 1, 1, 1, 0, (CUstream)stream, params, NULL);
	return r;
}
*/
import "C"

import (
	"fmt"

	_ "github.com/tandem-go/tandem/device/cuda/internal/driver" // defines what is called here
)

// LaunchBare launches tandem_test_nothing n times with nothing but the driver, in
// C: what others' launches are measured by.
func LaunchBare(ctx, stream, function uintptr, address uint64, n int) error {
	r := C.tandem_test_bare(C.uintptr_t(ctx), C.uintptr_t(stream), C.uintptr_t(function), C.uint64_t(address), C.int(n))
	if r != 0 {
		return fmt.Errorf("cuLaunchKernel answers %d", int(r))
	}
	return nil
}
