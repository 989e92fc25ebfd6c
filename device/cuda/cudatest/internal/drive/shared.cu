// Shared memory whose bounds the address sanitizer knows.

#ifndef TANDEM_DYNAMIC_SHARED
#define TANDEM_DYNAMIC_SHARED(T, name) extern __shared__ T name[]
#endif

extern "C" __global__ void shared_store(int at)
{
	__shared__ int tile[64];
	tile[at] = at;
	__syncthreads();
	if (tile[at] != at)
		__trap();
}

extern "C" __global__ void dynamic_store(int at)
{
	TANDEM_DYNAMIC_SHARED(int, block);
	block[at] = at;
}
