//go:build cuda && linux && cgo

#include "native.h"

#include <cuda.h>
#include <stdio.h>
#include <time.h>

#define CURRENT(ctx) \
	do { \
		CUresult current_ = cuCtxSetCurrent((CUcontext)(ctx)); \
		if (current_ != CUDA_SUCCESS) return current_; \
	} while (0)

int tandem_cuda_launch(tandem_handle ctx, tandem_handle stream, const tandem_launch *all, uint32_t n, const uint64_t *args) {
	void *params[TANDEM_MAX_BUFFERS + 1];
	CURRENT(ctx);
	for (const tandem_launch *l = all; l < all + n; l++) {
		const uint64_t *at = args + l->args;
		// One more where there are scalar words: a structure, passed by value.
		for (uint32_t k = 0; k < l->buffers + l->scalars; k++) params[k] = (void *)(at + k);
		CUresult r = cuLaunchKernel((CUfunction)l->function, l->grid[0], l->grid[1], l->grid[2],
			l->block[0], l->block[1], l->block[2], l->shared, (CUstream)stream, params, NULL);
		if (r != CUDA_SUCCESS) return r;
	}
	return CUDA_SUCCESS;
}

int tandem_cuda_graph_capture(tandem_handle ctx, tandem_handle stream, const tandem_launch *all, uint32_t n, const uint64_t *args, tandem_handle *graph) {
	CURRENT(ctx);
	CUresult r = cuStreamBeginCapture((CUstream)stream, CU_STREAM_CAPTURE_MODE_THREAD_LOCAL);
	if (r != CUDA_SUCCESS) return r;
	r = tandem_cuda_launch(ctx, stream, all, n, args);
	CUgraph captured = NULL;
	CUresult ended = cuStreamEndCapture((CUstream)stream, &captured);
	if (r == CUDA_SUCCESS) r = ended;
	CUgraphExec made = NULL;
	if (r == CUDA_SUCCESS) r = cuGraphInstantiateWithFlags(&made, captured, 0);
	if (captured != NULL) {
		CUresult destroyed = cuGraphDestroy(captured);
		if (r == CUDA_SUCCESS && destroyed != CUDA_SUCCESS) {
			cuGraphExecDestroy(made);
			r = destroyed;
		}
	}
	*graph = (tandem_handle)made;
	return r;
}

int tandem_cuda_graph_replay(tandem_handle ctx, tandem_handle graph, tandem_handle stream) {
	CURRENT(ctx);
	return cuGraphLaunch((CUgraphExec)graph, (CUstream)stream);
}

int tandem_cuda_graph_destroy(tandem_handle ctx, tandem_handle graph) {
	CURRENT(ctx);
	return cuGraphExecDestroy((CUgraphExec)graph);
}

int tandem_cuda_stream_create(tandem_handle ctx, tandem_handle *stream) {
	CURRENT(ctx);
	return cuStreamCreate((CUstream *)stream, CU_STREAM_NON_BLOCKING);
}

int tandem_cuda_stream_destroy(tandem_handle ctx, tandem_handle stream) {
	CURRENT(ctx);
	return cuStreamDestroy((CUstream)stream);
}

int tandem_cuda_stream_synchronize(tandem_handle ctx, tandem_handle stream) {
	CURRENT(ctx);
	return cuStreamSynchronize((CUstream)stream);
}

int tandem_cuda_stream_wait(tandem_handle ctx, tandem_handle stream, tandem_handle event) {
	CURRENT(ctx);
	return cuStreamWaitEvent((CUstream)stream, (CUevent)event, 0);
}

int tandem_cuda_event_create(tandem_handle ctx, tandem_handle *event) {
	CURRENT(ctx);
	return cuEventCreate((CUevent *)event, CU_EVENT_BLOCKING_SYNC | CU_EVENT_DISABLE_TIMING);
}

int tandem_cuda_event_destroy(tandem_handle ctx, tandem_handle event) {
	CURRENT(ctx);
	return cuEventDestroy((CUevent)event);
}

int tandem_cuda_event_record(tandem_handle ctx, tandem_handle event, tandem_handle stream) {
	CURRENT(ctx);
	return cuEventRecord((CUevent)event, (CUstream)stream);
}

int tandem_cuda_event_query(tandem_handle ctx, tandem_handle event) {
	CURRENT(ctx);
	return cuEventQuery((CUevent)event);
}

static uint64_t now(void) {
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

int tandem_cuda_event_await(tandem_handle ctx, tandem_handle event, uint64_t spin) {
	CURRENT(ctx);
	uint64_t end = now() + spin;
	do {
		CUresult r = cuEventQuery((CUevent)event);
		if (r != CUDA_ERROR_NOT_READY) return r;
	} while (now() < end);
	return cuEventSynchronize((CUevent)event);
}

int tandem_cuda_upload(tandem_handle ctx, tandem_handle stream, tandem_handle dst, const void *src, size_t n) {
	CURRENT(ctx);
	return cuMemcpyHtoDAsync((CUdeviceptr)dst, src, n, (CUstream)stream);
}

int tandem_cuda_download(tandem_handle ctx, tandem_handle stream, void *dst, tandem_handle src, size_t n) {
	CURRENT(ctx);
	return cuMemcpyDtoHAsync(dst, (CUdeviceptr)src, n, (CUstream)stream);
}

int tandem_cuda_copy_peer(tandem_handle ctx, tandem_handle stream, tandem_handle dst, tandem_handle from, tandem_handle src, size_t n) {
	CURRENT(ctx);
	return cuMemcpyPeerAsync((CUdeviceptr)dst, (CUcontext)ctx, (CUdeviceptr)src, (CUcontext)from, n, (CUstream)stream);
}

int tandem_cuda_enable_peer(tandem_handle ctx, tandem_handle peer) {
	CURRENT(ctx);
	CUresult r = cuCtxEnablePeerAccess((CUcontext)peer, 0);
	return r == CUDA_ERROR_PEER_ACCESS_ALREADY_ENABLED ? CUDA_SUCCESS : r;
}

static CUmemLocation place(int device) {
	return (CUmemLocation){.type = CU_MEM_LOCATION_TYPE_DEVICE, .id = device};
}

int tandem_cuda_pool_create(tandem_handle ctx, int device, uint64_t keep, tandem_handle *pool) {
	CURRENT(ctx);
	CUmemPoolProps props = {.allocType = CU_MEM_ALLOCATION_TYPE_PINNED, .location = place(device)};
	CUmemoryPool made;
	CUresult r = cuMemPoolCreate(&made, &props);
	if (r != CUDA_SUCCESS) return r;
	cuuint64_t threshold = keep;
	r = cuMemPoolSetAttribute(made, CU_MEMPOOL_ATTR_RELEASE_THRESHOLD, &threshold);
	if (r != CUDA_SUCCESS) {
		cuMemPoolDestroy(made);
		return r;
	}
	*pool = (tandem_handle)made;
	return CUDA_SUCCESS;
}

int tandem_cuda_pool_share(tandem_handle ctx, tandem_handle pool, int device) {
	CURRENT(ctx);
	CUmemAccessDesc access = {.location = place(device), .flags = CU_MEM_ACCESS_FLAGS_PROT_READWRITE};
	return cuMemPoolSetAccess((CUmemoryPool)pool, &access, 1);
}

int tandem_cuda_pool_trim(tandem_handle ctx, tandem_handle pool) {
	CURRENT(ctx);
	return cuMemPoolTrimTo((CUmemoryPool)pool, 0);
}

int tandem_cuda_pool_destroy(tandem_handle ctx, tandem_handle pool) {
	CURRENT(ctx);
	return cuMemPoolDestroy((CUmemoryPool)pool);
}

int tandem_cuda_alloc(tandem_handle ctx, tandem_handle pool, tandem_handle stream, size_t n, tandem_handle *address) {
	CURRENT(ctx);
	CUdeviceptr p = 0;
	CUresult r;
	if (pool == 0) {
		r = cuMemAlloc(&p, n);
	} else {
		r = cuMemAllocFromPoolAsync(&p, n, (CUmemoryPool)pool, (CUstream)stream);
		// Other streams may use the memory from now on. This one waits for nothing else.
		if (r == CUDA_SUCCESS) r = cuStreamSynchronize((CUstream)stream);
	}
	*address = (tandem_handle)p;
	return r;
}

int tandem_cuda_free(tandem_handle ctx, tandem_handle pool, tandem_handle stream, tandem_handle address) {
	CURRENT(ctx);
	if (pool == 0) return cuMemFree((CUdeviceptr)address);
	return cuMemFreeAsync((CUdeviceptr)address, (CUstream)stream);
}

int tandem_cuda_memory_info(tandem_handle ctx, size_t *available, size_t *total) {
	CURRENT(ctx);
	return cuMemGetInfo(available, total);
}

int tandem_cuda_host_alloc(tandem_handle ctx, size_t n, void **memory) {
	CURRENT(ctx);
	return cuMemHostAlloc(memory, n, CU_MEMHOSTALLOC_PORTABLE);
}

int tandem_cuda_host_free(tandem_handle ctx, void *memory) {
	CURRENT(ctx);
	return cuMemFreeHost(memory);
}

int tandem_cuda_host_register(tandem_handle ctx, void *memory, size_t n) {
	CURRENT(ctx);
	return cuMemHostRegister(memory, n, CU_MEMHOSTREGISTER_PORTABLE);
}

int tandem_cuda_host_unregister(tandem_handle ctx, tandem_handle address) {
	CURRENT(ctx);
	return cuMemHostUnregister((void *)address);
}

void tandem_cuda_ignore(void *memory) { (void)memory; }

int tandem_cuda_module_load(tandem_handle ctx, const char *image, char *log, unsigned size, tandem_handle *module) {
	CURRENT(ctx);
	CUjit_option options[] = {CU_JIT_ERROR_LOG_BUFFER, CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES};
	void *values[] = {log, (void *)(uintptr_t)size};
	log[0] = '\0';
	CUresult r = cuModuleLoadDataEx((CUmodule *)module, image, 2, options, values);
	log[size - 1] = '\0';
	return r;
}

int tandem_cuda_module_unload(tandem_handle ctx, tandem_handle module) {
	CURRENT(ctx);
	return cuModuleUnload((CUmodule)module);
}

int tandem_cuda_function(tandem_handle ctx, tandem_handle module, const char *name, tandem_handle *function, int *threads, int *shared) {
	CURRENT(ctx);
	CUfunction f;
	CUresult r = cuModuleGetFunction(&f, (CUmodule)module, name);
	if (r == CUDA_SUCCESS) r = cuFuncGetAttribute(threads, CU_FUNC_ATTRIBUTE_MAX_THREADS_PER_BLOCK, f);
	if (r == CUDA_SUCCESS) r = cuFuncGetAttribute(shared, CU_FUNC_ATTRIBUTE_SHARED_SIZE_BYTES, f);
	if (r == CUDA_SUCCESS) *function = (tandem_handle)f;
	return r;
}

int tandem_cuda_function_shared(tandem_handle ctx, tandem_handle function, int nbytes) {
	CURRENT(ctx);
	return cuFuncSetAttribute((CUfunction)function, CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES, nbytes);
}

void tandem_cuda_describe(int result, char *name, char *text, size_t size) {
	const char *s = NULL;
	name[0] = text[0] = '\0';
	if (cuGetErrorName((CUresult)result, &s) == CUDA_SUCCESS && s != NULL) snprintf(name, size, "%s", s);
	s = NULL;
	if (cuGetErrorString((CUresult)result, &s) == CUDA_SUCCESS && s != NULL) snprintf(text, size, "%s", s);
}
