// What package cu lacks or does in several calls. Every function makes its
// context the thread's current one and then its call, in one step out of Go, so
// that no goroutine needs a thread of its own. All return a CUresult.
#ifndef TANDEM_CUDA_NATIVE_H
#define TANDEM_CUDA_NATIVE_H

#include <stddef.h>
#include <stdint.h>

// Handles of the driver travel as numbers: they are no pointers of Go's.
typedef uintptr_t tandem_handle;

// One launch. Its arguments stand at args: the addresses of its buffers, one
// word each, and then its scalar words as they are.
typedef struct {
	tandem_handle function;
	uint32_t grid[3], block[3];
	uint32_t shared;  // bytes of dynamic shared memory
	uint32_t buffers; // addresses at args
	uint32_t scalars; // is there a structure of scalar words behind them
	uint32_t args;    // where its arguments begin
} tandem_launch;

// The largest number of buffers of a launch.
enum { TANDEM_MAX_BUFFERS = 64 };

// Launches all n, or stops at the first that is refused.
int tandem_cuda_launch(tandem_handle ctx, tandem_handle stream, const tandem_launch *all, uint32_t n, const uint64_t *args);

// Keeps all n for a replay. Nothing is enqueued.
int tandem_cuda_graph_capture(tandem_handle ctx, tandem_handle stream, const tandem_launch *all, uint32_t n, const uint64_t *args, tandem_handle *graph);
int tandem_cuda_graph_replay(tandem_handle ctx, tandem_handle graph, tandem_handle stream);
int tandem_cuda_graph_destroy(tandem_handle ctx, tandem_handle graph);

int tandem_cuda_stream_create(tandem_handle ctx, tandem_handle *stream);
int tandem_cuda_stream_destroy(tandem_handle ctx, tandem_handle stream);
int tandem_cuda_stream_synchronize(tandem_handle ctx, tandem_handle stream);
int tandem_cuda_stream_wait(tandem_handle ctx, tandem_handle stream, tandem_handle event);

int tandem_cuda_event_create(tandem_handle ctx, tandem_handle *event);
int tandem_cuda_event_destroy(tandem_handle ctx, tandem_handle event);
int tandem_cuda_event_record(tandem_handle ctx, tandem_handle event, tandem_handle stream);
int tandem_cuda_event_query(tandem_handle ctx, tandem_handle event);
// Asks for up to spin nanoseconds whether the event has fired, and then sleeps until it has.
int tandem_cuda_event_await(tandem_handle ctx, tandem_handle event, uint64_t spin);

int tandem_cuda_upload(tandem_handle ctx, tandem_handle stream, tandem_handle dst, const void *src, size_t n);
int tandem_cuda_download(tandem_handle ctx, tandem_handle stream, void *dst, tandem_handle src, size_t n);
int tandem_cuda_copy_peer(tandem_handle ctx, tandem_handle stream, tandem_handle dst, tandem_handle from, tandem_handle src, size_t n);
int tandem_cuda_enable_peer(tandem_handle ctx, tandem_handle peer);

// Pools hand memory out in the order of a stream, without stopping the device.
int tandem_cuda_pool_create(tandem_handle ctx, int device, uint64_t keep, tandem_handle *pool);
int tandem_cuda_pool_share(tandem_handle ctx, tandem_handle pool, int device);
int tandem_cuda_pool_trim(tandem_handle ctx, tandem_handle pool);
int tandem_cuda_pool_destroy(tandem_handle ctx, tandem_handle pool);
// With no pool both take the driver's plain way, which may stop the device.
int tandem_cuda_alloc(tandem_handle ctx, tandem_handle pool, tandem_handle stream, size_t n, tandem_handle *address);
int tandem_cuda_free(tandem_handle ctx, tandem_handle pool, tandem_handle stream, tandem_handle address);
int tandem_cuda_memory_info(tandem_handle ctx, size_t *available, size_t *total);

int tandem_cuda_host_alloc(tandem_handle ctx, size_t n, void **memory);
int tandem_cuda_host_free(tandem_handle ctx, void *memory);
int tandem_cuda_host_register(tandem_handle ctx, void *memory, size_t n);
int tandem_cuda_host_unregister(tandem_handle ctx, tandem_handle address);
// Does nothing: for the checks that Go makes of what it passes to C.
void tandem_cuda_ignore(void *memory);

// Loads PTX, which ends with a zero byte. What the compiler says goes to log.
int tandem_cuda_module_load(tandem_handle ctx, const char *image, char *log, unsigned size, tandem_handle *module);
int tandem_cuda_module_unload(tandem_handle ctx, tandem_handle module);
// Finds a function, and what of its limits concerns a launch.
int tandem_cuda_function(tandem_handle ctx, tandem_handle module, const char *name, tandem_handle *function, int *threads, int *shared);
// Allows a function more dynamic shared memory than the 48 KiB that all have.
int tandem_cuda_function_shared(tandem_handle ctx, tandem_handle function, int nbytes);

// Writes the driver's name and text of a result, "" for those it does not know.
void tandem_cuda_describe(int result, char *name, char *text, size_t size);

#endif
