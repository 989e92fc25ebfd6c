"""Ray's side of `go run ./bench -peers`: tasks are submitted together and got
together, which is its documentation's advice and what the document does that
Tandem's categories come from."""

import logging
import sys

import jobs
import ray


class Ray:
    def __init__(self):
        self.remotes = {}

    def run(self, f, calls):
        if f not in self.remotes:
            # A task whose worker dies is tried again, a few times by default.
            self.remotes[f] = ray.remote(num_cpus=1)(f)
        remote = self.remotes[f].remote
        return ray.get([remote(*args) for args in calls])

    def jobs(self, timed):
        return {}


def main():
    workers = int(sys.argv[1])
    ray.init(num_cpus=workers, include_dashboard=False, logging_level=logging.ERROR, log_to_driver=False)
    try:
        jobs.answer(Ray())
    finally:
        ray.shutdown()


if __name__ == "__main__":
    main()
