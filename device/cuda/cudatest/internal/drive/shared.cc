//go:build cuda && linux && cgo

// A file of its own: with "extern __shared__" the sanitizer sees less.
#include "cuda_host.hpp"
#include "shared.cu"

TANDEM_HOST_KERNEL(shared_store)
TANDEM_HOST_KERNEL(dynamic_store)
