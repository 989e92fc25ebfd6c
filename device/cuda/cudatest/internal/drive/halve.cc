//go:build cuda && linux && cgo

#include "cuda_host.hpp"
#include "halve.cu"

TANDEM_HOST_KERNEL(halve)
