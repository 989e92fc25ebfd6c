//go:build cuda && linux && cgo

#define TANDEM_HOST_EXTERN_SHARED
#include "cuda_host.hpp"
#include "kernels.cu"

TANDEM_HOST_SHARED(int, part);

TANDEM_HOST_KERNEL(tandem_test_fill)
TANDEM_HOST_KERNEL(tandem_test_copy)
TANDEM_HOST_KERNEL(tandem_test_affine)
TANDEM_HOST_KERNEL(tandem_test_scale)
TANDEM_HOST_KERNEL(tandem_test_slow)
TANDEM_HOST_KERNEL(tandem_test_nothing)
TANDEM_HOST_KERNEL(tandem_test_stray)
TANDEM_HOST_KERNEL(tandem_test_endless)
TANDEM_HOST_KERNEL(tandem_test_shared)
