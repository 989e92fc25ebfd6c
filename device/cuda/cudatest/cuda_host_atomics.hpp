/* CUDA's atomic operations, over the host threads that execute blocks. */
#ifndef TANDEM_CUDA_HOST_ATOMICS_HPP
#define TANDEM_CUDA_HOST_ATOMICS_HPP

namespace tandem_host {

/* Replaces *p by f(*p) and answers what it was. */
template <class T, class F> T update(T *p, F f)
{
	T was, want;
	__atomic_load(p, &was, __ATOMIC_RELAXED);
	do {
		want = f(was);
	} while (!__atomic_compare_exchange(p, &was, &want, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED));
	return was;
}

/* The second operand does not take part in the choice of T: atomicAdd(&u, 1) has one of int. */
template <class T> struct same {
	using type = T;
};
template <class T> using same_t = typename same<T>::type;

} // namespace tandem_host

template <class T> static inline T atomicAdd(T *p, tandem_host::same_t<T> v)
{
	return tandem_host::update(p, [v](T x) { return T(x + v); });
}
template <class T> static inline T atomicSub(T *p, tandem_host::same_t<T> v)
{
	return tandem_host::update(p, [v](T x) { return T(x - v); });
}
template <class T> static inline T atomicMin(T *p, tandem_host::same_t<T> v)
{
	return tandem_host::update(p, [v](T x) { return v < x ? v : x; });
}
template <class T> static inline T atomicMax(T *p, tandem_host::same_t<T> v)
{
	return tandem_host::update(p, [v](T x) { return v > x ? v : x; });
}
template <class T> static inline T atomicAnd(T *p, tandem_host::same_t<T> v)
{
	return tandem_host::update(p, [v](T x) { return T(x & v); });
}
template <class T> static inline T atomicOr(T *p, tandem_host::same_t<T> v)
{
	return tandem_host::update(p, [v](T x) { return T(x | v); });
}
template <class T> static inline T atomicXor(T *p, tandem_host::same_t<T> v)
{
	return tandem_host::update(p, [v](T x) { return T(x ^ v); });
}
template <class T> static inline T atomicExch(T *p, tandem_host::same_t<T> v)
{
	return tandem_host::update(p, [v](T) { return v; });
}
/* Compares bits, as the GPU does. */
template <class T> static inline T atomicCAS(T *p, tandem_host::same_t<T> compare, tandem_host::same_t<T> v)
{
	__atomic_compare_exchange(p, &compare, &v, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED);
	return compare;
}
static inline __attribute__((unused)) unsigned atomicInc(unsigned *p, unsigned most)
{
	return tandem_host::update(p, [most](unsigned x) { return x >= most ? 0u : x + 1; });
}
static inline __attribute__((unused)) unsigned atomicDec(unsigned *p, unsigned most)
{
	return tandem_host::update(p, [most](unsigned x) { return x == 0 || x > most ? most : x - 1; });
}

static inline __attribute__((unused)) void __threadfence_block() {}
static inline __attribute__((unused)) void __threadfence() { __atomic_thread_fence(__ATOMIC_SEQ_CST); }
static inline __attribute__((unused)) void __threadfence_system() { __atomic_thread_fence(__ATOMIC_SEQ_CST); }

#endif
