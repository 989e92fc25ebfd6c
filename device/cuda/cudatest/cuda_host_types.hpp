/* CUDA's vector types, with the alignment that 16-byte accesses rest on. */
#ifndef TANDEM_CUDA_HOST_TYPES_HPP
#define TANDEM_CUDA_HOST_TYPES_HPP

#define TANDEM_HOST_VECTOR1(T, name)                                  \
	struct name##1 { T x; };                                      \
	static inline name##1 make_##name##1(T x) { return {x}; }
#define TANDEM_HOST_VECTOR2(T, name)                                  \
	struct alignas(2 * sizeof(T)) name##2 { T x, y; };            \
	static inline name##2 make_##name##2(T x, T y) { return {x, y}; }
#define TANDEM_HOST_VECTOR3(T, name)                                  \
	struct name##3 { T x, y, z; };                                \
	static inline name##3 make_##name##3(T x, T y, T z) { return {x, y, z}; }
#define TANDEM_HOST_VECTOR4(T, name)                                  \
	struct alignas(sizeof(T) < 4 ? 4 * sizeof(T) : 16) name##4 { T x, y, z, w; }; \
	static inline name##4 make_##name##4(T x, T y, T z, T w) { return {x, y, z, w}; }
#define TANDEM_HOST_VECTORS(T, name)                                  \
	TANDEM_HOST_VECTOR1(T, name)                                  \
	TANDEM_HOST_VECTOR2(T, name)                                  \
	TANDEM_HOST_VECTOR3(T, name)                                  \
	TANDEM_HOST_VECTOR4(T, name)

TANDEM_HOST_VECTORS(signed char, char)
TANDEM_HOST_VECTORS(unsigned char, uchar)
TANDEM_HOST_VECTORS(short, short)
TANDEM_HOST_VECTORS(unsigned short, ushort)
TANDEM_HOST_VECTORS(int, int)
TANDEM_HOST_VECTORS(unsigned int, uint)
TANDEM_HOST_VECTORS(long long, longlong)
TANDEM_HOST_VECTORS(unsigned long long, ulonglong)
TANDEM_HOST_VECTORS(float, float)
TANDEM_HOST_VECTORS(double, double)

struct dim3 {
	unsigned x, y, z;
	constexpr dim3(unsigned x = 1, unsigned y = 1, unsigned z = 1) : x(x), y(y), z(z) {}
};

#endif
