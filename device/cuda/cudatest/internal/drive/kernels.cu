// The kernels of cudatest's own tests.

extern "C" __global__ void axpy(float *y, const float *x, float a, unsigned n)
{
	unsigned i = blockIdx.x * blockDim.x + threadIdx.x;
	if (i < n)
		y[i] = a * x[i] + y[i];
}

// Where each thread is, so that no index is lost or taken twice.
extern "C" __global__ void where(unsigned *count, uint4 *at)
{
	unsigned block = (blockIdx.z * gridDim.y + blockIdx.y) * gridDim.x + blockIdx.x;
	unsigned thread = (threadIdx.z * blockDim.y + threadIdx.y) * blockDim.x + threadIdx.x;
	unsigned i = block * blockDim.x * blockDim.y * blockDim.z + thread;
	atomicAdd(&count[i], 1);
	at[i] = make_uint4(threadIdx.x, threadIdx.y, threadIdx.z, block);
}

// The block's numbers in reverse, through shared memory.
extern "C" __global__ void reverse(int *data)
{
	__shared__ int tile[1024];
	unsigned t = threadIdx.x, n = blockDim.x;
	tile[t] = data[blockIdx.x * n + t];
	__syncthreads();
	data[blockIdx.x * n + t] = tile[n - 1 - t];
}

// The same without the barrier: a mistake that shows.
extern "C" __global__ void reverse_racing(int *data)
{
	__shared__ int tile[1024];
	unsigned t = threadIdx.x, n = blockDim.x;
	tile[t] = data[blockIdx.x * n + t];
	data[blockIdx.x * n + t] = tile[n - 1 - t];
}

// Sums with warp shuffles and one shared value a warp.
extern "C" __global__ void sum(double *total, const double *x, unsigned n)
{
	__shared__ double part[32];
	double s = 0;
	for (unsigned i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += gridDim.x * blockDim.x)
		s += x[i];
	for (int d = 16; d > 0; d /= 2)
		s += __shfl_down_sync(0xffffffff, s, d);
	if (threadIdx.x % 32 == 0)
		part[threadIdx.x / 32] = s;
	__syncthreads();
	if (threadIdx.x < 32) {
		s = threadIdx.x < (blockDim.x + 31) / 32 ? part[threadIdx.x] : 0;
		for (int d = 16; d > 0; d /= 2)
			s += __shfl_xor_sync(0xffffffff, s, d);
		if (threadIdx.x == 0)
			atomicAdd(total, s);
	}
}

// Every warp function, a row of results each.
extern "C" __global__ void warp(int *out)
{
	int lane = threadIdx.x, n = blockDim.x, k = 0;
	out[k++ * n + lane] = __shfl_sync(0xffffffff, lane * 10, 5);
	out[k++ * n + lane] = __shfl_sync(0xffffffff, lane * 10, 9, 8);
	out[k++ * n + lane] = __shfl_up_sync(0xffffffff, lane * 10, 3);
	out[k++ * n + lane] = __shfl_up_sync(0xffffffff, lane * 10, 1, 4);
	out[k++ * n + lane] = __shfl_down_sync(0xffffffff, lane * 10, 3);
	out[k++ * n + lane] = __shfl_down_sync(0xffffffff, lane * 10, 1, 16);
	out[k++ * n + lane] = __shfl_xor_sync(0xffffffff, lane * 10, 1);
	out[k++ * n + lane] = __shfl_xor_sync(0xffffffff, lane * 10, 12, 8);
	out[k++ * n + lane] = (int)__ballot_sync(0xffffffff, lane % 3 == 0);
	out[k++ * n + lane] = __any_sync(0xffffffff, lane == 7);
	out[k++ * n + lane] = __all_sync(0xffffffff, lane < 32);
	out[k++ * n + lane] = __all_sync(0xffffffff, lane != 7);
	out[k++ * n + lane] = __reduce_add_sync(0xffffffff, lane);
	out[k++ * n + lane] = __reduce_max_sync(0xffffffff, (lane * 7) % 32);
	out[k++ * n + lane] = (int)__activemask();
	if (lane < 16) // one half by itself
		out[k * n + lane] = __shfl_xor_sync(0x0000ffff, lane, 15);
	else
		out[k * n + lane] = -1;
	k++;
	__syncwarp();
	out[k++ * n + lane] = __syncthreads_count(lane % 2);
	out[k++ * n + lane] = __syncthreads_and(lane < 99);
	out[k++ * n + lane] = __syncthreads_or(lane == 99);
}

// Dynamic shared memory, whose size is the launch's.
extern __shared__ int scratch[];
extern "C" __global__ void rotate(int *data, int by)
{
	int t = threadIdx.x, n = blockDim.x;
	scratch[t] = data[t];
	__syncthreads();
	data[t] = scratch[(t + by) % n];
}

extern "C" __global__ void atomics(int *i, unsigned *u, float *f, double *d, unsigned long long *l)
{
	atomicAdd(&i[0], 1);
	atomicSub(&i[1], 2);
	atomicMin(&i[2], (int)(blockIdx.x * blockDim.x + threadIdx.x) - 100);
	atomicMax(&i[3], (int)(blockIdx.x * blockDim.x + threadIdx.x));
	atomicXor(&u[0], threadIdx.x);
	atomicInc(&u[1], 6);
	atomicOr(&u[2], 1u << threadIdx.x % 32);
	for (unsigned was = u[3], now; (now = atomicCAS(&u[3], was, was + 3)) != was; was = now) {
	}
	atomicAdd(f, 1.0f);
	atomicAdd(d, 0.5);
	atomicAdd(l, 1ull << 33);
}

struct words {
	unsigned w[5];
};
extern "C" __global__ void structure(unsigned *out, words by_value)
{
	out[threadIdx.x] = by_value.w[threadIdx.x];
}

__device__ int table[4];
extern "C" __global__ void lookup(int *out)
{
	out[threadIdx.x] = table[threadIdx.x];
}

// What goes wrong.
extern "C" __global__ void store(int *p, long long at)
{
	p[at] = 1;
}
extern "C" __global__ void load(int *p, long long at, int *out)
{
	*out = p[at];
}
extern "C" __global__ void divide(int *p, int by)
{
	*p = 7 / by;
}
extern "C" __global__ void trap()
{
	__trap();
}
extern "C" __global__ void asserts(int n)
{
	assert((int)threadIdx.x < n);
}
extern "C" __global__ void divergent()
{
	if (threadIdx.x < 8)
		__syncthreads();
	else
		__syncthreads();
}
extern "C" __global__ void half_warp()
{
	if (threadIdx.x < 16)
		__shfl_xor_sync(0xffffffff, 1, 1);
	__syncthreads();
}
extern "C" __global__ void outside_mask()
{
	__syncwarp(0x0000ffff);
}
__device__ __noinline__ int deep(int depth)
{
	volatile int big[4096];
	for (int i = 0; i < 4096; i += 64)
		big[i] = depth;
	return depth > 0 ? deep(depth - 1) + big[64] : 0;
}
extern "C" __global__ void overflow(int *p, int depth)
{
	*p = deep(depth);
}
extern "C" __global__ void leaves_early(int *count)
{
	if (threadIdx.x % 2)
		return;
	__syncthreads();
	atomicAdd(count, 1);
}
