"""Where reports are made: chosen when it is known how many there are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager

from merit_kit.reports._here import Here
from merit_kit.reports._pool import SECONDS, Pool, sensible


@contextmanager
def making(
    workers: int | None = None, cluster: str | None = None, seconds: float | None = None
) -> Iterator[Callable[[int], Executor]]:
    """Lend what starts an executor, once, when the first report is to be made.

    Parameters
    ----------
    workers : int, optional
        Programs on this computer; by default as many as it has room for, and no more than reports.
        0: in this process, without any limit of time.
    cluster : str, optional
        Address of a Dask scheduler, whose workers make them.
    seconds : float, optional
        What a report may take (not on a cluster, whose workers have the default).
    """
    started: list[Executor] = []

    def start(reports: int) -> Executor:
        if not started:
            started.append(_started(reports, workers, cluster, seconds or SECONDS))
        return started[0]

    try:
        yield start
    except BaseException:
        for executor in started:
            executor.shutdown(cancel_futures=True)
        raise
    for executor in started:
        executor.shutdown()


def _started(reports: int, workers: int | None, cluster: str | None, seconds: float) -> Executor:
    if cluster is not None:
        from merit_kit.reports._cluster import Cluster

        return Cluster(cluster)
    if workers == 0:
        return Here()
    return Pool(min(sensible() if workers is None else workers, reports), seconds=seconds)
