// What CUDA's driver and cuBLAS do when C calls them, for the categories of
// `go run ./bench -peers` that are about devices. Both libraries are opened at run
// time, so that a C compiler is all it takes to build this.
//
// Each line read from standard input is a job; the answer is the nanoseconds that
// it took, from the first call to the end of the last command:
//
//   OP N device      an operation on data that lie on the GPU
//   OP N host        the same, with page-locked operands that go there and back
//   copy N device    a copy of 4*N bytes within the GPU's memory
//   transfer UP DOWN so many bytes from and to page-locked memory, at once
//   peak N           N operations of float32, as multiply-adds that wait for nothing
//
// OP is axpy, scal, sum (cuBLAS has that of absolute values), dot, fill, gemv and
// gemm, all in float32; N is a number of elements or the order of matrices. An
// element of every result is compared with what it should be. What goes wrong is
// answered as a string, in place of the time: one job less is no reason to end. So is
// cuBLAS where it is missing, which fill, copy, transfers and peak don't need.

#include <dlfcn.h>
#include <math.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "calls.h"

enum { ARRAYS = 3, LANES = 8, UNROLLED = 8, BLOCK = 256 };

// The arrays, on the GPU and page-locked on the host: they grow when they must,
// and hold the ramp, except for the last, which is for results.
static CUdeviceptr on_gpu[ARRAYS];
static float *on_host[ARRAYS];
static size_t elements[ARRAYS], host_elements[ARRAYS];
static CUstream stream, back;
static cublasHandle_t blas;
static CUfunction peak_kernel;
static int processors;
static const char *no_blas; // why there is no cuBLAS, or NULL

// Where a job is given up, and why; before the first, the program is.
static jmp_buf given_up;
static int in_job;
static char complaint[256];

static void fail(const char *what, const char *why)
{
	snprintf(complaint, sizeof complaint, "%s: %s", what, why);
	if (in_job)
		longjmp(given_up, 1);
	fprintf(stderr, "cublas: %s\n", complaint);
	exit(1);
}

#define CUDA(call) check_cuda(call, #call)
#define BLAS(call) check_blas(call, #call)

static void check_cuda(int status, const char *call)
{
	const char *text = "unknown error";
	if (status == 0)
		return;
	cuGetErrorString(status, &text);
	fail(call, text);
}

static void check_blas(int status, const char *call)
{
	char text[32];
	if (status == 0)
		return;
	snprintf(text, sizeof text, "status %d of cuBLAS", status);
	fail(call, text);
}

// ramp is what element i of every operand is at first, as in Tandem's part.
static float ramp(size_t i) { return 1 + (float)(i % 1000) / 1000; }

static int64_t now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

static void reserve_host(int a, size_t n)
{
	if (host_elements[a] >= n)
		return;
	if (on_host[a])
		CUDA(cuMemFreeHost(on_host[a]));
	on_host[a] = NULL, host_elements[a] = 0; // if there is no more
	CUDA(cuMemHostAlloc((void **)&on_host[a], n * sizeof(float), 0));
	for (size_t i = 0; i < n; i++)
		on_host[a][i] = ramp(i);
	host_elements[a] = n;
}

static void reserve(int a, size_t n)
{
	if (elements[a] >= n)
		return;
	if (on_gpu[a])
		CUDA(cuMemFree_v2(on_gpu[a]));
	on_gpu[a] = 0, elements[a] = 0;
	CUDA(cuMemAlloc_v2(&on_gpu[a], n * sizeof(float)));
	float *values = malloc(n * sizeof(float));
	if (!values)
		fail("malloc", "out of memory");
	for (size_t i = 0; i < n; i++)
		values[i] = ramp(i);
	CUDA(cuMemcpyHtoD_v2(on_gpu[a], values, n * sizeof(float)));
	free(values);
	elements[a] = n;
}

static void up(int a, size_t n) { CUDA(cuMemcpyHtoDAsync_v2(on_gpu[a], on_host[a], n * sizeof(float), stream)); }

static void down(int a, size_t n) { CUDA(cuMemcpyDtoHAsync_v2(on_host[a], on_gpu[a], n * sizeof(float), stream)); }

// operation is what OP does to x, y and the results z.
struct operation {
	const char *name;
	int rank_x, rank_y, rank_z; // of operands that are read, and of the array written; 0: there is none
	int written;                // which array that is
	int blas;                   // cuBLAS does it
	void (*run)(size_t n, CUdeviceptr x, CUdeviceptr y, CUdeviceptr z);
	double (*want)(size_t n); // of element 0, or of the number
};

static float number; // the last sum or dot
static const float one = 1, zero = 0, tiny = 1e-9f;

static void axpy(size_t n, CUdeviceptr x, CUdeviceptr y, CUdeviceptr z)
{
	(void)z;
	BLAS(cublasSaxpy_v2(blas, (int)n, &tiny, x, 1, y, 1));
}

static void scal(size_t n, CUdeviceptr x, CUdeviceptr y, CUdeviceptr z)
{
	// By turns a little more and less than one, so that x stays what it is.
	static const float factors[] = {1 + 0x1p-23f, 1 - 0x1p-23f};
	static int turn;
	(void)y, (void)z;
	BLAS(cublasSscal_v2(blas, (int)n, &factors[turn++ & 1], x, 1));
}

static void sum(size_t n, CUdeviceptr x, CUdeviceptr y, CUdeviceptr z)
{
	(void)y, (void)z;
	BLAS(cublasSasum_v2(blas, (int)n, x, 1, &number));
}

static void dot(size_t n, CUdeviceptr x, CUdeviceptr y, CUdeviceptr z)
{
	(void)z;
	BLAS(cublasSdot_v2(blas, (int)n, x, 1, y, 1, &number));
}

static void fill(size_t n, CUdeviceptr x, CUdeviceptr y, CUdeviceptr z)
{
	(void)x, (void)y;
	CUDA(cuMemsetD32Async(z, 0x3f800000 /* 1.0f */, n, stream));
}

static void copy(size_t n, CUdeviceptr x, CUdeviceptr y, CUdeviceptr z)
{
	(void)y;
	CUDA(cuMemcpyDtoDAsync_v2(z, x, n * sizeof(float), stream));
}

// Matrices by rows, which are the transposed ones of cuBLAS.
static void gemv(size_t n, CUdeviceptr x, CUdeviceptr y, CUdeviceptr z)
{
	BLAS(cublasSgemv_v2(blas, 1, (int)n, (int)n, &one, x, (int)n, y, 1, &zero, z, 1));
}

static void gemm(size_t n, CUdeviceptr x, CUdeviceptr y, CUdeviceptr z)
{
	BLAS(cublasSgemm_v2(blas, 0, 0, (int)n, (int)n, (int)n, &one, y, (int)n, x, (int)n, &zero, z, (int)n));
}

static double want_ramp(size_t n) { return n ? ramp(0) : 0; }

static double want_sum(size_t n)
{
	double s = 0;
	for (size_t i = 0; i < n; i++)
		s += ramp(i);
	return s;
}

static double want_dot(size_t n)
{
	double s = 0;
	for (size_t i = 0; i < n; i++)
		s += (double)ramp(i) * ramp(i);
	return s;
}

static double want_gemm(size_t n)
{
	double s = 0;
	for (size_t k = 0; k < n; k++)
		s += (double)ramp(k) * ramp(k * n);
	return s;
}

static const struct operation operations[] = {
	{"axpy", 1, 1, 1, 1, 1, axpy, want_ramp}, // too little is added to change it
	{"scal", 1, 0, 1, 0, 1, scal, want_ramp},
	{"sum", 1, 0, 0, 0, 1, sum, want_sum},
	{"dot", 1, 1, 0, 0, 1, dot, want_dot},
	{"fill", 0, 0, 1, 2, 0, fill, want_ramp},
	{"copy", 1, 0, 1, 2, 0, copy, want_ramp},
	{"gemv", 2, 1, 1, 2, 1, gemv, want_dot},
	{"gemm", 2, 2, 2, 2, 1, gemm, want_gemm},
};

static size_t power(size_t n, int rank) { return rank == 0 ? 0 : rank == 1 ? n : n * n; }

// verify compares the first element of what was written, or the number. The sums
// of cuBLAS are of many partial sums, whose errors stay far below a thousandth.
static void verify(const struct operation *op, size_t n, int host)
{
	static char last[64]; // what was verified: a want takes longer than a job
	static double want;
	char name[64];
	float got = number;
	snprintf(name, sizeof name, "%s %zu", op->name, n);
	if (strcmp(name, last) != 0) {
		want = op->want(n);
		strcpy(last, name);
	}
	if (op->rank_z && host)
		got = on_host[op->written][0];
	else if (op->rank_z)
		CUDA(cuMemcpyDtoH_v2(&got, on_gpu[op->written], sizeof got));
	if (!(fabs(got - want) <= 1e-3 * fabs(want))) {
		char text[96];
		snprintf(text, sizeof text, "the result is %g, and should be %g", got, want);
		fail(name, text);
	}
}

static int64_t operate(const struct operation *op, size_t n, int host)
{
	if (op->blas && no_blas)
		fail(op->name, no_blas);
	size_t size[ARRAYS] = {power(n, op->rank_x), power(n, op->rank_y), 0};
	if (op->rank_z && power(n, op->rank_z) > size[op->written])
		size[op->written] = power(n, op->rank_z);
	for (int a = 0; a < ARRAYS; a++)
		if (size[a]) {
			reserve(a, size[a]);
			if (host)
				reserve_host(a, size[a]);
		}
	CUDA(cuCtxSynchronize());
	int64_t start = now();
	if (host && op->rank_x)
		up(0, power(n, op->rank_x));
	if (host && op->rank_y)
		up(1, power(n, op->rank_y));
	op->run(n, on_gpu[0], on_gpu[1], on_gpu[2]);
	if (host && op->rank_z)
		down(op->written, power(n, op->rank_z));
	CUDA(cuStreamSynchronize(stream));
	int64_t took = now() - start;
	verify(op, n, host);
	return took;
}

// transfer has bytes go both ways at once, on a stream each.
static int64_t transfer(size_t there, size_t here)
{
	size_t n = (there + 3) / 4, m = (here + 3) / 4;
	if (n) {
		reserve(0, n);
		reserve_host(0, n);
	}
	if (m) {
		reserve(2, m);
		reserve_host(2, m);
	}
	CUDA(cuCtxSynchronize());
	int64_t start = now();
	if (n)
		CUDA(cuMemcpyHtoDAsync_v2(on_gpu[0], on_host[0], there, stream));
	if (m)
		CUDA(cuMemcpyDtoHAsync_v2(on_host[2], on_gpu[2], here, back));
	CUDA(cuStreamSynchronize(stream));
	CUDA(cuStreamSynchronize(back));
	return now() - start;
}

// load_peak makes a kernel of multiply-adds in so many independent lanes that none
// waits for another's result. It is PTX, which the driver compiles.
static void load_peak(void)
{
	char text[16384];
	size_t at = 0;
	CUmodule module;
#define ADD(...) at += (size_t)snprintf(text + at, sizeof text - at, __VA_ARGS__)
	ADD(".version 6.0\n.target sm_50\n.address_size 64\n"
	    ".visible .entry peak(.param .u64 out, .param .u32 turns) {\n"
	    ".reg .f32 %%f<%d>; .reg .b32 %%r<3>; .reg .pred %%p; .reg .b64 %%d<3>;\n"
	    "ld.param.u64 %%d0, [out]; cvta.to.global.u64 %%d0, %%d0; ld.param.u32 %%r0, [turns];\n"
	    "mov.u32 %%r1, %%tid.x; mul.wide.u32 %%d1, %%r1, 4; add.s64 %%d0, %%d0, %%d1;\n"
	    "cvt.rn.f32.u32 %%f%d, %%r1;\n",
	    LANES + 1, LANES);
	for (int i = 0; i < LANES; i++) {
		// Of equal lanes a compiler might compute one.
		float begin = 1 + (float)i;
		unsigned bits;
		memcpy(&bits, &begin, sizeof bits);
		ADD("mov.f32 %%f%d, 0f%08X;\n", i, bits);
	}
	ADD("TURN:\n");
	for (int u = 0; u < UNROLLED; u++)
		for (int i = 0; i < LANES; i++)
			ADD("fma.rn.f32 %%f%d, %%f%d, %%f%d, %%f%d;\n", i, i, LANES, LANES);
	ADD("sub.u32 %%r0, %%r0, 1; setp.ne.u32 %%p, %%r0, 0; @%%p bra TURN;\n");
	for (int i = 1; i < LANES; i++)
		ADD("add.f32 %%f0, %%f0, %%f%d;\n", i);
	ADD("st.global.f32 [%%d0], %%f0; ret; }\n");
#undef ADD
	CUDA(cuModuleLoadData(&module, text));
	CUDA(cuModuleGetFunction(&peak_kernel, module, "peak"));
}

// peak computes at least so many operations, and answers for exactly as many.
static int64_t peak(double flops)
{
	// Eight blocks are the 2048 threads that a multiprocessor holds at most.
	unsigned blocks = 8 * (unsigned)processors;
	double turn = 2.0 * LANES * UNROLLED * BLOCK * blocks;
	unsigned turns = (unsigned)ceil(flops / turn);
	if (!peak_kernel)
		load_peak();
	reserve(2, BLOCK);
	void *arguments[] = {&on_gpu[2], &turns};
	CUDA(cuCtxSynchronize());
	int64_t start = now();
	CUDA(cuLaunchKernel(peak_kernel, blocks, 1, 1, BLOCK, 1, 1, 0, stream, arguments, NULL));
	CUDA(cuStreamSynchronize(stream));
	return (int64_t)((double)(now() - start) * flops / (turns * turn));
}

static int64_t job(const char *line)
{
	char op[16], where[16];
	size_t n, m;
	if (sscanf(line, "transfer %zu %zu", &n, &m) == 2)
		return transfer(n, m);
	if (sscanf(line, "peak %zu", &n) == 1)
		return peak((double)n);
	if (sscanf(line, "%15s %zu %15s", op, &n, where) == 3)
		for (size_t i = 0; i < sizeof operations / sizeof *operations; i++)
			if (strcmp(op, operations[i].name) == 0)
				return operate(&operations[i], n, strcmp(where, "host") == 0);
	fail("no such job", line);
	return 0;
}

// answer_complaint prints it as JSON.
static void answer_complaint(void)
{
	for (char *c = complaint; *c; c++)
		if (*c == '"' || *c == '\\' || (unsigned char)*c < ' ')
			*c = '\'';
	printf("\"%s\"\n", complaint);
}

int main(void)
{
	CUdevice device;
	CUcontext context;
	char line[128];
	const char *why = open_driver();
	if (why)
		fail("no GPU for C", why);
	no_blas = open_blas();
	CUDA(cuInit(0));
	CUDA(cuDeviceGet(&device, 0));
	CUDA(cuDevicePrimaryCtxRetain(&context, device));
	CUDA(cuCtxSetCurrent(context));
	CUDA(cuDeviceGetAttribute(&processors, 16 /* multiprocessors */, device));
	CUDA(cuStreamCreate(&stream, 1 /* not the default stream's */));
	CUDA(cuStreamCreate(&back, 1));
	if (!no_blas) {
		BLAS(cublasCreate_v2(&blas));
		BLAS(cublasSetStream_v2(blas, stream));
	}
	in_job = 1;
	while (fgets(line, sizeof line, stdin)) {
		line[strcspn(line, "\n")] = '\0';
		if (setjmp(given_up) == 0)
			printf("%lld\n", (long long)job(line));
		else
			answer_complaint();
		fflush(stdout);
	}
	return 0;
}
