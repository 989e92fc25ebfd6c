"""The tasks that Ray and Dask are given by `go run ./bench -peers`.

Each function is a task; `answer` reads jobs from standard input, a line each, and
answers with a line of JSON: the nanoseconds that a job took, or a list.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time


def nothing():
    return None


def doze():
    time.sleep(0.01)


def echo(i):
    return subprocess.run(["/bin/echo", f"task_{i}"], stdout=subprocess.PIPE, check=True).stdout


def shell(script):
    return subprocess.run(["/bin/sh", "-c", script], stdout=subprocess.PIPE, check=True).stdout


def began():
    return int(subprocess.run(["/bin/date", "+%s%N"], stdout=subprocess.PIPE, check=True).stdout)


def killed_once(marker):
    """Kills its worker the first time, and does nothing the second."""
    if not os.path.exists(marker):
        open(marker, "w").close()
        os.kill(os.getpid(), signal.SIGKILL)


SLEEP = "sleep 0.01 && echo 1"
SEQ = "seq 1 1000 | wc -l"


def answer(library):
    """Does what standard input asks for, by the library's run, one and prioritized."""

    def timed(f, *args):
        start = time.perf_counter_ns()
        f(*args)
        return time.perf_counter_ns() - start

    jobs = {
        "outside": lambda n: timed(library.run, nothing, [()] * n),
        "doze": lambda n: timed(library.run, doze, [()] * n),
        "echo": lambda n: timed(library.run, echo, [(i,) for i in range(n)]),
        "sleep": lambda n: timed(library.run, shell, [(SLEEP,)] * n),
        "seq": lambda n: timed(library.run, shell, [(SEQ,)] * n),
        "latency": lambda n: [timed(library.run, nothing, [()]) for _ in range(n)],
        "echolatency": lambda n: [timed(library.run, echo, [(i,)]) for i in range(n)],
        "killed": lambda n: timed(
            library.run, killed_once, [(tempfile.mktemp(prefix="tandem-bench-"),) for _ in range(n)]
        ),
        **library.jobs(timed),
    }
    # The libraries write messages to standard output too.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    for line in sys.stdin:
        job, n = line.split()
        print(json.dumps(jobs[job](int(n))), file=answers, flush=True)
