// The kernels of device/cuda's tests, in the form of a device.Source's Block.

struct words1 { unsigned w[1]; };
struct words2 { unsigned w[2]; };
struct words3 { unsigned w[3]; };

static __device__ unsigned invocation() { return blockIdx.x * blockDim.x + threadIdx.x; }

extern "C" __global__ void tandem_test_fill(int *out, words3 words) {
	unsigned i = invocation();
	if (i < words.w[0]) out[words.w[1] + i] = (int)(words.w[2] + i);
}

extern "C" __global__ void tandem_test_copy(const int *from, int *to, words1 words) {
	unsigned i = invocation();
	if (i < words.w[0]) to[i] = from[i];
}

extern "C" __global__ void tandem_test_affine(int *x, words3 words) {
	unsigned i = invocation();
	if (i < words.w[0]) x[i] = (int)((unsigned)x[i] * words.w[1] + words.w[2]);
}

extern "C" __global__ void tandem_test_scale(double *x, words3 words) {
	unsigned i = invocation();
	if (i < words.w[0]) x[i] = __hiloint2double((int)words.w[2], (int)words.w[1]) * x[i];
}

// The state is never 0, for it was not in the beginning (Marsaglia, Xorshift RNGs,
// 2003), but that is for the compiler to find out.
extern "C" __global__ void tandem_test_slow(int *out, words1 words) {
	unsigned state = 2 * words.w[0] + 1;
	for (int i = 0; i < 8 << 20; i++) {
		state ^= state << 13;
		state ^= state >> 17;
		state ^= state << 5;
	}
	if (invocation() == 0 || state == 0) out[0] = (int)words.w[0];
}

// Does nothing: what a launch costs besides.
extern "C" __global__ void tandem_test_nothing(int *x, words2 words) {
	if (words.w[0] != words.w[1]) x[0] = 0;
}

// Writes far outside of every buffer.
extern "C" __global__ void tandem_test_stray(int *x, words1 words) {
	x[(1ll << 40) + words.w[0]] = 1;
}

// Never ends, unless somebody writes to x.
extern "C" __global__ void tandem_test_endless(volatile int *x) {
	while (x[0] == 0) {
	}
}

// Sums a block's elements in dynamic shared memory.
extern "C" __global__ void tandem_test_shared(int *x, words1 words) {
	extern __shared__ int part[];
	unsigned n = words.w[0];
	for (unsigned i = threadIdx.x; i < n; i += blockDim.x) part[i] = x[i];
	__syncthreads();
	if (threadIdx.x == 0) {
		int sum = 0;
		for (unsigned i = 0; i < n; i++) sum += part[i];
		x[0] = sum;
	}
}
