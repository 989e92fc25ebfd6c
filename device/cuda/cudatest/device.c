//go:build cuda && linux && cgo

#include "fake.h"

#include <stdio.h>
#include <string.h>

struct tandem_cudatest_config tandem_fake_config = {.devices = 1, .multiprocessors = 4, .capability = 80, .memory = (size_t)1 << 30, .version = 12040};
struct device tandem_fake_devices[MAX_DEVICES];

struct device *tandem_fake_device(CUdevice dev)
{
	return dev >= 0 && dev < tandem_fake_config.devices ? &tandem_fake_devices[dev] : NULL;
}

/* Enters a call that is about a device, which may have been removed. */
#define ENTER_DEVICE(name, dev, d)                           \
	ENTER(name, ANYWHERE);                               \
	struct device *d = tandem_fake_device(dev);                      \
	if (d == NULL)                                       \
		return leave(CUDA_ERROR_INVALID_DEVICE);     \
	if (d->removed != CUDA_SUCCESS)                      \
		return leave(d->removed)

CALL(cuInit)(unsigned int flags)
{
	ENTER(cuInit, ANYWHERE);
	return leave(flags == 0 ? CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE);
}

CALL(cuDriverGetVersion)(int *version)
{
	ENTER(cuDriverGetVersion, ANYWHERE);
	*version = tandem_fake_config.version;
	return leave(CUDA_SUCCESS);
}

CALL(cuDeviceGetCount)(int *n)
{
	ENTER(cuDeviceGetCount, ANYWHERE);
	*n = tandem_fake_config.devices;
	return leave(CUDA_SUCCESS);
}

CALL(cuDeviceGet)(CUdevice *dev, int ordinal)
{
	ENTER_DEVICE(cuDeviceGet, ordinal, d);
	*dev = d->ordinal;
	return leave(CUDA_SUCCESS);
}

CALL(cuDeviceGetName)(char *name, int len, CUdevice dev)
{
	ENTER_DEVICE(cuDeviceGetName, dev, d);
	if (len < 1)
		return leave(CUDA_ERROR_INVALID_VALUE);
	snprintf(name, (size_t)len, "cudatest GPU %d", d->ordinal);
	return leave(CUDA_SUCCESS);
}

CALL(cuDeviceGetUuid)(CUuuid *uuid, CUdevice dev)
{
	ENTER_DEVICE(cuDeviceGetUuid, dev, d);
	memcpy(uuid->bytes, "tandem cudatest", 16);
	uuid->bytes[15] = (char)(d->ordinal + 1);
	return leave(CUDA_SUCCESS);
}

CALL(cuDeviceGetPCIBusId)(char *id, int len, CUdevice dev)
{
	ENTER_DEVICE(cuDeviceGetPCIBusId, dev, d);
	if (len < 13)
		return leave(CUDA_ERROR_INVALID_VALUE);
	snprintf(id, (size_t)len, "0000:%02X:00.0", d->ordinal + 1);
	return leave(CUDA_SUCCESS);
}

CALL(cuDeviceTotalMem_v2)(size_t *nbytes, CUdevice dev)
{
	ENTER_DEVICE(cuDeviceTotalMem_v2, dev, d);
	*nbytes = d->total;
	return leave(CUDA_SUCCESS);
}

/* What does not depend on the configuration is as on an A100. */
static int attribute(const struct device *d, CUdevice_attribute a)
{
	const struct tandem_cudatest_config *c = &tandem_fake_config;
	switch ((int)a) {
	case CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_BLOCK:
	case CU_DEVICE_ATTRIBUTE_MAX_BLOCK_DIM_X:
	case CU_DEVICE_ATTRIBUTE_MAX_BLOCK_DIM_Y:
		return 1024;
	case CU_DEVICE_ATTRIBUTE_MAX_BLOCK_DIM_Z:
		return 64;
	case CU_DEVICE_ATTRIBUTE_MAX_GRID_DIM_X:
		return 0x7fffffff;
	case CU_DEVICE_ATTRIBUTE_MAX_GRID_DIM_Y:
	case CU_DEVICE_ATTRIBUTE_MAX_GRID_DIM_Z:
		return 65535;
	case CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK:
		return 48 << 10;
	case CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN:
		return c->capability >= 70 ? 163 << 10 : 48 << 10;
	case CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_MULTIPROCESSOR:
		return 164 << 10;
	case CU_DEVICE_ATTRIBUTE_RESERVED_SHARED_MEMORY_PER_BLOCK:
		return 1 << 10;
	case CU_DEVICE_ATTRIBUTE_TOTAL_CONSTANT_MEMORY:
		return 64 << 10;
	case CU_DEVICE_ATTRIBUTE_WARP_SIZE:
		return 32;
	case CU_DEVICE_ATTRIBUTE_MAX_REGISTERS_PER_BLOCK:
	case CU_DEVICE_ATTRIBUTE_MAX_REGISTERS_PER_MULTIPROCESSOR:
		return 65536;
	case CU_DEVICE_ATTRIBUTE_CLOCK_RATE:
		return 1410000; /* kHz */
	case CU_DEVICE_ATTRIBUTE_MEMORY_CLOCK_RATE:
		return 1215000;
	case CU_DEVICE_ATTRIBUTE_GLOBAL_MEMORY_BUS_WIDTH:
		return 5120;
	case CU_DEVICE_ATTRIBUTE_L2_CACHE_SIZE:
		return 40 << 20;
	case CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_MULTIPROCESSOR:
		return 2048;
	case CU_DEVICE_ATTRIBUTE_MAX_BLOCKS_PER_MULTIPROCESSOR:
		return 32;
	case CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT:
		return c->multiprocessors;
	case CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR:
		return c->capability / 10;
	case CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR:
		return c->capability % 10;
	case CU_DEVICE_ATTRIBUTE_ASYNC_ENGINE_COUNT:
		return 3;
	case CU_DEVICE_ATTRIBUTE_TEXTURE_ALIGNMENT:
		return 512;
	case CU_DEVICE_ATTRIBUTE_MAX_PITCH:
		return 0x7fffffff;
	case CU_DEVICE_ATTRIBUTE_PCI_BUS_ID:
		return d->ordinal + 1;
	case CU_DEVICE_ATTRIBUTE_SINGLE_TO_DOUBLE_PRECISION_PERF_RATIO:
		return 2;
	case CU_DEVICE_ATTRIBUTE_GPU_OVERLAP:
	case CU_DEVICE_ATTRIBUTE_CAN_MAP_HOST_MEMORY:
	case CU_DEVICE_ATTRIBUTE_CONCURRENT_KERNELS:
	case CU_DEVICE_ATTRIBUTE_UNIFIED_ADDRESSING:
	case CU_DEVICE_ATTRIBUTE_STREAM_PRIORITIES_SUPPORTED:
	case CU_DEVICE_ATTRIBUTE_GLOBAL_L1_CACHE_SUPPORTED:
	case CU_DEVICE_ATTRIBUTE_LOCAL_L1_CACHE_SUPPORTED:
	case CU_DEVICE_ATTRIBUTE_CAN_USE_HOST_POINTER_FOR_REGISTERED_MEM:
	case CU_DEVICE_ATTRIBUTE_HOST_REGISTER_SUPPORTED:
	case CU_DEVICE_ATTRIBUTE_READ_ONLY_HOST_REGISTER_SUPPORTED:
		return 1;
	case CU_DEVICE_ATTRIBUTE_MEMORY_POOLS_SUPPORTED:
		return !c->no_pools;
	default:
		return 0; /* textures, surfaces, managed memory, cooperative launches: there are none */
	}
}

CALL(cuDeviceGetAttribute)(int *value, CUdevice_attribute a, CUdevice dev)
{
	ENTER_DEVICE(cuDeviceGetAttribute, dev, d);
	*value = attribute(d, a);
	return leave(CUDA_SUCCESS);
}

CALL(cuDeviceCanAccessPeer)(int *can, CUdevice dev, CUdevice peer)
{
	ENTER_DEVICE(cuDeviceCanAccessPeer, dev, d);
	if (tandem_fake_device(peer) == NULL)
		return leave(CUDA_ERROR_INVALID_DEVICE);
	*can = d->ordinal != peer && !tandem_fake_config.no_peers;
	return leave(CUDA_SUCCESS);
}

CALL(cuDeviceGetP2PAttribute)(int *value, CUdevice_P2PAttribute a, CUdevice src, CUdevice dst)
{
	ENTER_DEVICE(cuDeviceGetP2PAttribute, src, d);
	if (tandem_fake_device(dst) == NULL || d->ordinal == dst)
		return leave(CUDA_ERROR_INVALID_DEVICE);
	*value = a != CU_DEVICE_P2P_ATTRIBUTE_PERFORMANCE_RANK && !tandem_fake_config.no_peers;
	return leave(CUDA_SUCCESS);
}

int tandem_cudatest_remove(int dev, int code)
{
	pthread_mutex_lock(&tandem_fake_mutex);
	struct device *d = tandem_fake_device(dev);
	if (d != NULL) {
		d->removed = (CUresult)code;
		pthread_cond_broadcast(&tandem_fake_changed);
		tandem_fake_run_all();
	}
	pthread_mutex_unlock(&tandem_fake_mutex);
	return d != NULL;
}
