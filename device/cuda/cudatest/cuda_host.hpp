/*
 * CUDA C for the host. A file that includes this, then a .cu text as it is, and
 * then names its kernels,
 *
 *     #include "cuda_host.hpp"
 *     #include "saxpy.cu"
 *     TANDEM_HOST_KERNEL(saxpy)
 *
 * makes them known to the driver of package cudatest. Compile as C++17. What the
 * text writes as a*b + c is rounded twice, as --fmad=false has it on a GPU.
 *
 * Threads of a block take turns on one host thread: each runs until it ends or
 * has to wait for others. Blocks run on several host threads at once.
 */
#ifndef TANDEM_CUDA_HOST_HPP
#define TANDEM_CUDA_HOST_HPP

#include <math.h>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <tuple>
#include <type_traits>
#include <utility>

#include "cuda_host_types.hpp"
#include "cudatest.h"

#ifdef __FP_FAST_FMAF /* a host that could do it in one step is told not to */
#ifdef __clang__
#pragma clang fp contract(off)
#else
#pragma GCC optimize("-ffp-contract=off")
#endif
#endif

#define TANDEM_HOST_TEXT(x) #x
#define TANDEM_HOST_TEXT_OF(x) TANDEM_HOST_TEXT(x)
#define TANDEM_HOST_PLACE __FILE__ ":" TANDEM_HOST_TEXT_OF(__LINE__)

#define __global__
#define __device__ __attribute__((unused))
#define __host__
#define __constant__
#define __forceinline__ inline __attribute__((always_inline))
#define __noinline__ __attribute__((noinline))
#define __launch_bounds__(...)
#define __align__(n) __attribute__((aligned(n)))

/*
 * A static array of shared memory is the host thread's, as a host thread executes
 * one block at a time. Under the address sanitizer it is the program's: only so
 * does the sanitizer see accesses past its end, and the driver executes one block
 * at a time. "extern __shared__ T name[];" needs TANDEM_HOST_SHARED(T, name) in
 * the file that includes the text, and, for the sanitizer, a definition of
 * TANDEM_HOST_EXTERN_SHARED before this file is included; it is as large as
 * shared memory can be. Of exactly the size that the launch asks for, and watched
 * by the sanitizer, is TANDEM_DYNAMIC_SHARED(T, name), a declaration inside of a
 * kernel; for a GPU the text says
 *
 *     #ifndef TANDEM_DYNAMIC_SHARED
 *     #define TANDEM_DYNAMIC_SHARED(T, name) extern __shared__ T name[]
 *     #endif
 */
#if defined(__SANITIZE_ADDRESS__) && !defined(TANDEM_HOST_EXTERN_SHARED)
#define __shared__ static
#else
#define __shared__ thread_local
#endif
#define TANDEM_DYNAMIC_SHARED(T, name) T *const name = static_cast<T *>(tandem_cudatest_shared())
#define TANDEM_HOST_SHARED(T, name) alignas(16) thread_local T name[(163 << 10) / sizeof(T)]

#define threadIdx (tandem_cudatest_here.thread)
#define blockIdx (tandem_cudatest_here.block)
#define blockDim (tandem_cudatest_here.block_dim)
#define gridDim (tandem_cudatest_here.grid_dim)
static constexpr int warpSize = 32;

#define __syncthreads() ((void)tandem_cudatest_barrier(TANDEM_CUDATEST_COUNT, 0, TANDEM_HOST_PLACE))
#define __syncthreads_count(p) tandem_cudatest_barrier(TANDEM_CUDATEST_COUNT, (p) != 0, TANDEM_HOST_PLACE)
#define __syncthreads_and(p) tandem_cudatest_barrier(TANDEM_CUDATEST_AND, (p) != 0, TANDEM_HOST_PLACE)
#define __syncthreads_or(p) tandem_cudatest_barrier(TANDEM_CUDATEST_OR, (p) != 0, TANDEM_HOST_PLACE)

#define __shfl_sync(...) tandem_host::shuffle(TANDEM_HOST_PLACE, __VA_ARGS__)
#define __shfl_up_sync(...) tandem_host::shuffle_up(TANDEM_HOST_PLACE, __VA_ARGS__)
#define __shfl_down_sync(...) tandem_host::shuffle_down(TANDEM_HOST_PLACE, __VA_ARGS__)
#define __shfl_xor_sync(...) tandem_host::shuffle_xor(TANDEM_HOST_PLACE, __VA_ARGS__)
#define __syncwarp(...) tandem_host::sync_warp(TANDEM_HOST_PLACE __VA_OPT__(, ) __VA_ARGS__)
#define __ballot_sync(mask, p) tandem_cudatest_ballot(mask, (p) != 0, TANDEM_HOST_PLACE)
#define __any_sync(mask, p) ((int)(tandem_cudatest_ballot(mask, (p) != 0, TANDEM_HOST_PLACE) != 0))
#define __all_sync(mask, p) ((int)(tandem_cudatest_ballot(mask, (p) == 0, TANDEM_HOST_PLACE) == 0))
#define __activemask() tandem_cudatest_active()
#define __reduce_add_sync(mask, v) tandem_host::reduce(TANDEM_HOST_PLACE, mask, v, [](auto a, auto b) { return a + b; })
#define __reduce_min_sync(mask, v) tandem_host::reduce(TANDEM_HOST_PLACE, mask, v, [](auto a, auto b) { return b < a ? b : a; })
#define __reduce_max_sync(mask, v) tandem_host::reduce(TANDEM_HOST_PLACE, mask, v, [](auto a, auto b) { return b > a ? b : a; })

#define __trap() tandem_cudatest_trap(0, TANDEM_HOST_PLACE ": trap")
#undef assert
#ifdef NDEBUG
#define assert(condition) ((void)0)
#else
#define assert(condition) ((condition) ? (void)0 : tandem_cudatest_trap(1, TANDEM_HOST_PLACE ": assertion failed: " #condition))
#endif

namespace tandem_host {

inline unsigned lane() { return tandem_cudatest_here.index % 32; }

template <class T> T exchange(const char *place, unsigned mask, T value, unsigned from)
{
	static_assert(std::is_trivially_copyable_v<T> && sizeof(T) <= 16, "lanes exchange at most 16 bytes");
	tandem_cudatest_shuffle(mask, from, &value, sizeof value, place);
	return value;
}

/* A lane outside of the section of width lanes gives the own value back. */
template <class T> T shuffle(const char *place, unsigned mask, T value, int from, int width = 32)
{
	return exchange(place, mask, value, (lane() & ~(width - 1u)) + (unsigned(from) & (width - 1u)));
}
template <class T> T shuffle_up(const char *place, unsigned mask, T value, unsigned delta, int width = 32)
{
	unsigned within = lane() & (width - 1u);
	return exchange(place, mask, value, delta > within ? lane() : lane() - delta);
}
template <class T> T shuffle_down(const char *place, unsigned mask, T value, unsigned delta, int width = 32)
{
	unsigned within = lane() & (width - 1u);
	return exchange(place, mask, value, delta >= unsigned(width) - within ? lane() : lane() + delta);
}
template <class T> T shuffle_xor(const char *place, unsigned mask, T value, int bits, int width = 32)
{
	unsigned from = (lane() ^ unsigned(bits)) & 31u;
	return exchange(place, mask, value, from >= (lane() & ~(width - 1u)) + unsigned(width) ? lane() : from);
}
inline void sync_warp(const char *place, unsigned mask = 0xffffffffu) { tandem_cudatest_ballot(mask, 0, place); }

template <class T, class F> T reduce(const char *place, unsigned mask, T value, F combine)
{
	T result = value;
	bool first = true;
	unsigned members = tandem_cudatest_ballot(mask, 1, place);
	for (unsigned i = 0; i < 32; i++) {
		if (!(members >> i & 1))
			continue;
		T v = exchange(place, mask, value, i);
		result = first ? v : combine(result, v);
		first = false;
	}
	return result;
}

/* A kernel as the driver calls it: see tandem_cudatest_fn. */
template <auto F> struct kernel;
template <class... A, void (*F)(A...)> struct kernel<F> {
	static constexpr unsigned sizes[sizeof...(A) + 1] = {sizeof(A)..., 0};
	static constexpr int n = sizeof...(A);
	template <std::size_t... I> static void threads(void **params, std::index_sequence<I...>)
	{
		(void)params;
		[[maybe_unused]] const std::tuple<A...> args(*static_cast<A *>(params[I])...);
		while (tandem_cudatest_next())
			F(std::get<I>(args)...);
	}
	static void run(void **params) { threads(params, std::index_sequence_for<A...>{}); }
};

} // namespace tandem_host

#define TANDEM_HOST_KERNEL(name)                                                                             \
	static const int tandem_host_kernel_##name __attribute__((unused)) = (tandem_cudatest_kernel(        \
		#name, tandem_host::kernel<&name>::run, tandem_host::kernel<&name>::n, tandem_host::kernel<&name>::sizes), 0);
#define TANDEM_HOST_GLOBAL(name) \
	static const int tandem_host_global_##name __attribute__((unused)) = (tandem_cudatest_global(#name, &(name), sizeof(name)), 0);

#include "cuda_host_math.hpp"
#include "cuda_host_atomics.hpp"

#endif
