"""Dask.distributed's side of `go run ./bench -peers`: a worker process of one
thread for each worker, and Client.map with gather, as its documentation advises
for many tasks. The job "delayed" is dask.compute of delayed functions, as in the
document that Tandem's categories come from."""

import logging
import sys

import dask
import jobs
from distributed import Client, LocalCluster

PRIORITIES = [1, 0, -1]


class Dask:
    def __init__(self, client):
        self.client = client

    def run(self, f, calls):
        # Not pure: the same call is to be made again.
        columns = list(zip(*calls))
        if not columns:
            futures = [self.client.submit(f, pure=False) for _ in calls]
        else:
            futures = self.client.map(f, *columns, pure=False)
        return self.client.gather(futures)

    def priority(self, n):
        futures = [self.client.submit(jobs.began, priority=PRIORITIES[i % 3], pure=False) for i in range(n)]
        return self.client.gather(futures)

    def delayed(self, n):
        return dask.compute(*[dask.delayed(jobs.nothing, pure=False)() for _ in range(n)])

    def jobs(self, timed):
        return {"priority": self.priority, "delayed": lambda n: timed(self.delayed, n)}


def main():
    workers = int(sys.argv[1])
    # A worker that a task kills is not the end of the task.
    dask.config.set({"distributed.scheduler.allowed-failures": 3})
    with LocalCluster(
        n_workers=workers, threads_per_worker=1, processes=True, dashboard_address=None, silence_logs=logging.CRITICAL
    ) as cluster, Client(cluster) as client:
        jobs.answer(Dask(client))


if __name__ == "__main__":
    main()
