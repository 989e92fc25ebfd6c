"""What CuPy and PyTorch are asked for by `go run ./bench -peers` on a GPU.

`answer` reads jobs from standard input, "OP N device" or "OP N host", and answers
each with the nanoseconds from its first call to the end of its last command: on
data that lie on the GPU, or with page-locked operands that go there and back. All
is float32. N is a number of elements or of bodies, or the order of matrices.

A library has `synchronize` and `prepare(op, n, host)`, which returns what does the
job, made of its `operations`: for each a function of the arrays x, y and z.
"""

import json
import os
import sys
import time

# Of each operation the ranks of x, y and z, 0 where it has none, and which is
# written; bodies are rows of four numbers.
RANKS = {
    "axpy": (1, 1, 0, "y"),
    "scal": (1, 0, 0, "x"),
    "sum": (1, 0, 0, ""),
    "dot": (1, 1, 0, ""),
    "fill": (0, 0, 1, "z"),
    "exp": (1, 0, 1, "z"),
    "gemv": (2, 1, 1, "z"),
    "gemm": (2, 2, 2, "z"),
    "stencil5": (2, 0, 2, "z"),
    "nbody": ("bodies", 0, "bodies", "z"),
}

AXPY, SCAL, STENCIL, GRAVITY, SOFTENING = 1e-9, -1.0, 0.1, 1.0, 0.01 * 0.01


def shape(n, rank):
    return {1: (n,), 2: (n, n), "bodies": (n, 4)}[rank]


def answer(library):
    # The libraries write messages to standard output too.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    last = run = None
    for line in sys.stdin:
        try:
            if line != last:
                # What belongs to the last job is freed before there is more.
                last = run = None
                op, n, where = line.split()
                run = library.prepare(op, int(n), where == "host")
                run()  # compiles
                last = line
            library.synchronize()
            start = time.perf_counter_ns()
            run()
            library.synchronize()
            reply = time.perf_counter_ns() - start
        except Exception as e:  # one job less is no reason to end
            reply = f"{type(e).__name__}: {e}"[:200]
        print(json.dumps(reply), file=answers, flush=True)
