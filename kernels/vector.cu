// Memory is read and written 16 bytes at a time where the arrays' places allow it.
enum { LANES = 16 / sizeof(REAL) };

struct __align__(16) Vector { REAL lane[LANES]; };

// The number of elements from the last 16-byte boundary to p.
static __device__ __forceinline__ unsigned ahead(const REAL *p) { return (unsigned)((size_t)p / sizeof(REAL)) % LANES; }

static __device__ __forceinline__ Vector load(const REAL *p) { return *(const Vector *)p; }

static __device__ __forceinline__ void store(REAL *p, Vector v) { *(Vector *)p = v; }

// AT(array) is the place of an array's element 0 in its buffer.
#define AT_OF(array) array##_at
#define AT(array) AT_OF(array)
