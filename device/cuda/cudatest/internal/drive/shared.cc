//go:build cuda && linux && cgo

// Without "extern __shared__" the address sanitizer sees the bounds of static arrays.
#include "cuda_host.hpp"

extern "C" __global__ void shared_store(int at)
{
	__shared__ int tile[64];
	tile[at] = at;
	__syncthreads();
	if (tile[at] != at)
		__trap();
}

TANDEM_HOST_KERNEL(shared_store)
