// The kernel of the package's example.

struct words {
	unsigned w[1];
};

extern "C" __global__ void halve(float *x, words by_value)
{
	unsigned i = blockIdx.x * blockDim.x + threadIdx.x;
	if (i < by_value.w[0])
		x[i] *= 0.5f;
}
