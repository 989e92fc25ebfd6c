"""CuPy's side: operations with `out`, and kernels of its ElementwiseKernel for what
would otherwise be several passes over memory, as its documentation advises."""

import math

import cupy
import cupyx
import numpy
import operations

axpy = cupy.ElementwiseKernel("float32 a, float32 x", "float32 y", "y += a * x", "axpy")

stencil = cupy.ElementwiseKernel(
    "raw float32 src, int64 rows, int64 cols, float32 k",
    "float32 out",
    """
    long long r = i / cols, c = i % cols;
    float mid = src[i];
    out = mid;
    if (r > 0 && r < rows - 1 && c > 0 && c < cols - 1)
        out = mid + k * ((src[i - cols] + src[i + cols]) + (src[i - 1] + src[i + 1]) - 4 * mid);
    """,
    "stencil",
)

nbody = cupy.ElementwiseKernel(
    "raw float32 bodies, int32 n, float32 gravity, float32 softening",
    "raw float32 field",
    """
    float x = bodies[4 * i], y = bodies[4 * i + 1], z = bodies[4 * i + 2];
    float ax = 0, ay = 0, az = 0, potential = 0;
    for (int j = 0; j < n; j++) {
        float dx = bodies[4 * j] - x, dy = bodies[4 * j + 1] - y, dz = bodies[4 * j + 2] - z;
        float inverse = j == i ? 0 : rsqrtf(dx * dx + dy * dy + dz * dz + softening);
        float part = bodies[4 * j + 3] * inverse, force = part * (inverse * inverse);
        ax += force * dx; ay += force * dy; az += force * dz; potential += part;
    }
    field[4 * i] = gravity * ax; field[4 * i + 1] = gravity * ay;
    field[4 * i + 2] = gravity * az; field[4 * i + 3] = -gravity * potential;
    """,
    "nbody",
)


class CuPy:
    def __init__(self):
        def grid(x, z):
            stencil(x, x.shape[0], x.shape[1], operations.STENCIL, z)

        def pull(x, z):
            nbody(x, len(x), operations.GRAVITY, operations.SOFTENING, z, size=len(x))

        self.operations = {
            "axpy": lambda x, y, z: axpy(operations.AXPY, x, y),
            "scal": lambda x, y, z: cupy.multiply(x, cupy.float32(operations.SCAL), out=x),
            "sum": lambda x, y, z: float(x.sum()),
            "dot": lambda x, y, z: float(cupy.dot(x, y)),
            "fill": lambda x, y, z: z.fill(1),
            "exp": lambda x, y, z: cupy.exp(x, out=z),
            "gemv": lambda x, y, z: cupy.dot(x, y, out=z),
            "gemm": lambda x, y, z: cupy.dot(x, y, out=z),
            "stencil5": lambda x, y, z: grid(x, z),
            "nbody": lambda x, y, z: pull(x, z),
        }

    def synchronize(self):
        cupy.cuda.Device().synchronize()

    def ramp(self, n, rank):
        shape = operations.shape(n, rank)
        count = cupy.arange(math.prod(shape), dtype=numpy.int32)
        return (1 + (count % 1000).astype(numpy.float32) / numpy.float32(1000)).reshape(shape)

    def home(self, array):
        pinned = cupyx.empty_pinned(array.shape, dtype=numpy.float32)
        array.get(out=pinned)
        return pinned

    def prepare(self, op, n, host):
        *ranks, written = operations.RANKS[op]
        arrays = [self.ramp(n, rank) if rank else None for rank in ranks]
        f = self.operations[op]
        if not host:
            return lambda: f(*arrays)
        homes = [array if array is None else self.home(array) for array in arrays]
        there = [(arrays[i], homes[i]) for i in (0, 1) if arrays[i] is not None]
        back = "xyz".find(written) if written else -1

        def run():
            for array, home in there:
                array.set(home)
            f(*arrays)
            if back >= 0:
                arrays[back].get(out=homes[back], blocking=False)

        return run


if __name__ == "__main__":
    if cupy.cuda.runtime.getDeviceCount() < 1:
        raise SystemExit("CuPy sees no GPU")
    operations.answer(CuPy())
