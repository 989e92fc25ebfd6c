/* CUDA's device functions that the host's <math.h> lacks. Rounding is to nearest, as it is on the host. */
#ifndef TANDEM_CUDA_HOST_MATH_HPP
#define TANDEM_CUDA_HOST_MATH_HPP

#define TANDEM_HOST_FN static inline __attribute__((unused))

template <class To, class From> static inline To tandem_host_bits(From from)
{
	static_assert(sizeof(To) == sizeof(From), "");
	To to;
	memcpy(&to, &from, sizeof to);
	return to;
}

/*
 * fma is one instruction on every amd64 processor since 2013. Code that has to run on
 * any of them calls the library's, which looks at the processor each time, and no
 * register outlives the call. So the processor is looked at here, where the compiler
 * does it once, and a product (TestGemm) takes a fifth of the time.
 */
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__FMA__)
static __attribute__((noinline, cold, const, unused)) double tandem_host_fma_of_library(double a, double b, double c) { return fma(a, b, c); }
static __attribute__((noinline, cold, const, unused)) float tandem_host_fma_of_library(float a, float b, float c) { return fmaf(a, b, c); }
static inline __attribute__((always_inline, unused)) double tandem_host_fma(double a, double b, double c)
{
	if (!__builtin_cpu_supports("fma"))
		return tandem_host_fma_of_library(a, b, c);
	__asm__("vfmadd231sd %2, %1, %0" : "+x"(c) : "x"(a), "x"(b));
	return c;
}
static inline __attribute__((always_inline, unused)) float tandem_host_fma(float a, float b, float c)
{
	if (!__builtin_cpu_supports("fma"))
		return tandem_host_fma_of_library(a, b, c);
	__asm__("vfmadd231ss %2, %1, %0" : "+x"(c) : "x"(a), "x"(b));
	return c;
}
#define fma(a, b, c) tandem_host_fma((double)(a), (double)(b), (double)(c))
#define fmaf(a, b, c) tandem_host_fma((float)(a), (float)(b), (float)(c))
#endif

TANDEM_HOST_FN int __float_as_int(float x) { return tandem_host_bits<int>(x); }
TANDEM_HOST_FN unsigned __float_as_uint(float x) { return tandem_host_bits<unsigned>(x); }
TANDEM_HOST_FN float __int_as_float(int x) { return tandem_host_bits<float>(x); }
TANDEM_HOST_FN float __uint_as_float(unsigned x) { return tandem_host_bits<float>(x); }
TANDEM_HOST_FN long long __double_as_longlong(double x) { return tandem_host_bits<long long>(x); }
TANDEM_HOST_FN double __longlong_as_double(long long x) { return tandem_host_bits<double>(x); }
TANDEM_HOST_FN int __double2hiint(double x) { return (int)(tandem_host_bits<uint64_t>(x) >> 32); }
TANDEM_HOST_FN int __double2loint(double x) { return (int)tandem_host_bits<uint64_t>(x); }
TANDEM_HOST_FN double __hiloint2double(int hi, int lo) { return tandem_host_bits<double>((uint64_t)(unsigned)hi << 32 | (unsigned)lo); }

TANDEM_HOST_FN float __fadd_rn(float a, float b) { return a + b; }
TANDEM_HOST_FN float __fsub_rn(float a, float b) { return a - b; }
TANDEM_HOST_FN float __fmul_rn(float a, float b) { return a * b; }
TANDEM_HOST_FN float __fdiv_rn(float a, float b) { return a / b; }
TANDEM_HOST_FN float __fsqrt_rn(float a) { return sqrtf(a); }
TANDEM_HOST_FN float __frcp_rn(float a) { return 1.0f / a; }
TANDEM_HOST_FN float __frsqrt_rn(float a) { return (float)(1.0 / sqrt((double)a)); }
TANDEM_HOST_FN float __fmaf_rn(float a, float b, float c) { return fmaf(a, b, c); }
TANDEM_HOST_FN double __dadd_rn(double a, double b) { return a + b; }
TANDEM_HOST_FN double __dsub_rn(double a, double b) { return a - b; }
TANDEM_HOST_FN double __dmul_rn(double a, double b) { return a * b; }
TANDEM_HOST_FN double __ddiv_rn(double a, double b) { return a / b; }
TANDEM_HOST_FN double __dsqrt_rn(double a) { return sqrt(a); }
TANDEM_HOST_FN double __drcp_rn(double a) { return 1.0 / a; }
TANDEM_HOST_FN double __fma_rn(double a, double b, double c) { return fma(a, b, c); }

TANDEM_HOST_FN float rsqrtf(float a) { return (float)(1.0 / sqrt((double)a)); }
TANDEM_HOST_FN double rsqrt(double a) { return 1.0 / sqrt(a); }
TANDEM_HOST_FN float rsqrt(float a) { return rsqrtf(a); }
TANDEM_HOST_FN float rcbrtf(float a) { return (float)(1.0 / cbrt((double)a)); }
TANDEM_HOST_FN double rcbrt(double a) { return 1.0 / cbrt(a); }
TANDEM_HOST_FN void sincospif(float x, float *s, float *c)
{
	*s = (float)sin(M_PI * fmod((double)x, 2.0));
	*c = (float)cos(M_PI * fmod((double)x, 2.0));
}
TANDEM_HOST_FN float sinpif(float x) { return (float)sin(M_PI * fmod((double)x, 2.0)); }
TANDEM_HOST_FN float cospif(float x) { return (float)cos(M_PI * fmod((double)x, 2.0)); }
TANDEM_HOST_FN float normcdff(float x) { return (float)(0.5 * erfc(-(double)x * M_SQRT1_2)); }
TANDEM_HOST_FN double normcdf(double x) { return 0.5 * erfc(-x * M_SQRT1_2); }
TANDEM_HOST_FN float fdividef(float a, float b) { return a / b; }

/* The fast ones: as exact as the host's, so more exact than a GPU's. glibc has taken the names. */
#define __fdividef(a, b) fdividef(a, b)
#define __expf(x) expf(x)
#define __exp10f(x) powf(10.0f, x)
#define __logf(x) logf(x)
#define __log2f(x) log2f(x)
#define __log10f(x) log10f(x)
#define __powf(x, y) powf(x, y)
#define __sinf(x) sinf(x)
#define __cosf(x) cosf(x)
#define __tanf(x) tanf(x)
#define __sincosf(x, s, c) sincosf(x, s, c)
TANDEM_HOST_FN float __saturatef(float x) { return x > 0.0f ? (x < 1.0f ? x : 1.0f) : 0.0f; }
TANDEM_HOST_FN float saturate(float x) { return __saturatef(x); }

/* Conversions saturate, and a NaN is zero. */
template <class To, class From> static inline To tandem_host_convert(From x, To least, To most)
{
	if (!(x == x))
		return 0;
	return x <= (From)least ? least : x >= (From)most ? most : (To)x;
}
TANDEM_HOST_FN int __float2int_rz(float x) { return tandem_host_convert<int>(truncf(x), INT32_MIN, INT32_MAX); }
TANDEM_HOST_FN int __float2int_rn(float x) { return tandem_host_convert<int>(rintf(x), INT32_MIN, INT32_MAX); }
TANDEM_HOST_FN int __float2int_rd(float x) { return tandem_host_convert<int>(floorf(x), INT32_MIN, INT32_MAX); }
TANDEM_HOST_FN int __float2int_ru(float x) { return tandem_host_convert<int>(ceilf(x), INT32_MIN, INT32_MAX); }
TANDEM_HOST_FN unsigned __float2uint_rz(float x) { return tandem_host_convert<unsigned>(truncf(x), 0, UINT32_MAX); }
TANDEM_HOST_FN unsigned __float2uint_rn(float x) { return tandem_host_convert<unsigned>(rintf(x), 0, UINT32_MAX); }
TANDEM_HOST_FN int __double2int_rz(double x) { return tandem_host_convert<int>(trunc(x), INT32_MIN, INT32_MAX); }
TANDEM_HOST_FN int __double2int_rn(double x) { return tandem_host_convert<int>(rint(x), INT32_MIN, INT32_MAX); }
TANDEM_HOST_FN float __int2float_rn(int x) { return (float)x; }
TANDEM_HOST_FN float __uint2float_rn(unsigned x) { return (float)x; }
TANDEM_HOST_FN double __int2double_rn(int x) { return x; }
TANDEM_HOST_FN double __uint2double_rn(unsigned x) { return x; }
TANDEM_HOST_FN float __double2float_rn(double x) { return (float)x; }

TANDEM_HOST_FN int __mulhi(int a, int b) { return (int)((long long)a * b >> 32); }
TANDEM_HOST_FN unsigned __umulhi(unsigned a, unsigned b) { return (unsigned)((unsigned long long)a * b >> 32); }
TANDEM_HOST_FN unsigned long long __umul64hi(unsigned long long a, unsigned long long b) { return (unsigned long long)((unsigned __int128)a * b >> 64); }
TANDEM_HOST_FN int __mul24(int a, int b) { return (a << 8 >> 8) * (b << 8 >> 8); }
TANDEM_HOST_FN int __clz(int x) { return x == 0 ? 32 : __builtin_clz((unsigned)x); }
TANDEM_HOST_FN int __clzll(long long x) { return x == 0 ? 64 : __builtin_clzll((unsigned long long)x); }
TANDEM_HOST_FN int __ffs(int x) { return __builtin_ffs(x); }
TANDEM_HOST_FN int __ffsll(long long x) { return __builtin_ffsll(x); }
TANDEM_HOST_FN int __popc(unsigned x) { return __builtin_popcount(x); }
TANDEM_HOST_FN int __popcll(unsigned long long x) { return __builtin_popcountll(x); }
TANDEM_HOST_FN unsigned __brev(unsigned x)
{
	unsigned r = 0;
	for (int i = 0; i < 32; i++)
		r |= (x >> i & 1u) << (31 - i);
	return r;
}
TANDEM_HOST_FN unsigned __funnelshift_l(unsigned lo, unsigned hi, unsigned n) { return (unsigned)(((unsigned long long)hi << 32 | lo) << (n & 31) >> 32); }
TANDEM_HOST_FN unsigned __funnelshift_r(unsigned lo, unsigned hi, unsigned n) { return (unsigned)(((unsigned long long)hi << 32 | lo) >> (n & 31)); }
TANDEM_HOST_FN unsigned __byte_perm(unsigned a, unsigned b, unsigned select)
{
	unsigned long long both = (unsigned long long)b << 32 | a;
	unsigned r = 0;
	for (int i = 0; i < 4; i++)
		r |= (unsigned)(both >> 8 * (select >> 4 * i & 7) & 0xff) << 8 * i;
	return r;
}

/* min and max for every pair of types that CUDA has; of a NaN and a number, the number. */
TANDEM_HOST_FN int min(int a, int b) { return b < a ? b : a; }
TANDEM_HOST_FN int max(int a, int b) { return b > a ? b : a; }
TANDEM_HOST_FN unsigned min(unsigned a, unsigned b) { return b < a ? b : a; }
TANDEM_HOST_FN unsigned max(unsigned a, unsigned b) { return b > a ? b : a; }
TANDEM_HOST_FN unsigned min(int a, unsigned b) { return min((unsigned)a, b); }
TANDEM_HOST_FN unsigned max(int a, unsigned b) { return max((unsigned)a, b); }
TANDEM_HOST_FN unsigned min(unsigned a, int b) { return min(a, (unsigned)b); }
TANDEM_HOST_FN unsigned max(unsigned a, int b) { return max(a, (unsigned)b); }
TANDEM_HOST_FN long min(long a, long b) { return b < a ? b : a; }
TANDEM_HOST_FN long max(long a, long b) { return b > a ? b : a; }
TANDEM_HOST_FN unsigned long min(unsigned long a, unsigned long b) { return b < a ? b : a; }
TANDEM_HOST_FN unsigned long max(unsigned long a, unsigned long b) { return b > a ? b : a; }
TANDEM_HOST_FN long long min(long long a, long long b) { return b < a ? b : a; }
TANDEM_HOST_FN long long max(long long a, long long b) { return b > a ? b : a; }
TANDEM_HOST_FN unsigned long long min(unsigned long long a, unsigned long long b) { return b < a ? b : a; }
TANDEM_HOST_FN unsigned long long max(unsigned long long a, unsigned long long b) { return b > a ? b : a; }
TANDEM_HOST_FN float min(float a, float b) { return fminf(a, b); }
TANDEM_HOST_FN float max(float a, float b) { return fmaxf(a, b); }
TANDEM_HOST_FN double min(double a, double b) { return fmin(a, b); }
TANDEM_HOST_FN double max(double a, double b) { return fmax(a, b); }
TANDEM_HOST_FN double min(float a, double b) { return fmin((double)a, b); }
TANDEM_HOST_FN double max(float a, double b) { return fmax((double)a, b); }
TANDEM_HOST_FN double min(double a, float b) { return fmin(a, (double)b); }
TANDEM_HOST_FN double max(double a, float b) { return fmax(a, (double)b); }
TANDEM_HOST_FN int __abs(int x) { return x < 0 ? -x : x; }
TANDEM_HOST_FN unsigned umin(unsigned a, unsigned b) { return min(a, b); }
TANDEM_HOST_FN unsigned umax(unsigned a, unsigned b) { return max(a, b); }

/* Reads and writes that name a cache. */
template <class T> static inline T __ldg(const T *p) { return *p; }
template <class T> static inline T __ldcg(const T *p) { return *p; }
template <class T> static inline T __ldca(const T *p) { return *p; }
template <class T> static inline T __ldcs(const T *p) { return *p; }
template <class T> static inline T __ldlu(const T *p) { return *p; }
template <class T> static inline T __ldcv(const T *p) { return *p; }
template <class T> static inline void __stwb(T *p, T v) { *p = v; }
template <class T> static inline void __stcg(T *p, T v) { *p = v; }
template <class T> static inline void __stcs(T *p, T v) { *p = v; }
template <class T> static inline void __stwt(T *p, T v) { *p = v; }

TANDEM_HOST_FN void __nanosleep(unsigned) {}
TANDEM_HOST_FN long long clock64() { return (long long)clock(); }

#endif
