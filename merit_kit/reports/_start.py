"""Where reports are made: chosen when it is known how many there are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager

from merit_kit.errors import ReportError
from merit_kit.reports._alike import Told
from merit_kit.reports._cluster import Cluster
from merit_kit.reports._here import Here
from merit_kit.reports._limits import sensible
from merit_kit.reports._pool import SECONDS, Pool


@contextmanager
def making(
    workers: int | None = None,
    cluster: str | None = None,
    seconds: float | None = None,
    told: Told = lambda *_, **__: None,
) -> Iterator[Callable[[int], Executor]]:
    """Lend what starts an executor when the first report is to be made, and then gives the same.

    It gives another where a scheduler was away for longer than Dask goes on trying.

    Parameters
    ----------
    workers : int, optional
        Programs on this computer; by default as many as it has room for, and no more than reports.
        0: in this process, without any limit of time.
    cluster : str, optional
        Address of a Dask scheduler, whose workers make them.
    seconds : float, optional
        What a report may take.
    told : function
        Is told what happens to the workers of a cluster; see `Cluster`.

    Raises
    ------
    ReportError
        If workers are asked for here and elsewhere.
    """
    if cluster is not None and workers is not None:
        raise ReportError("cluster-workers")
    started: list[Executor] = []

    def start(reports: int) -> Executor:
        if started and isinstance(started[0], Cluster) and started[0].lost:
            started.pop().shutdown(cancel_futures=True)
        if not started:
            started.append(_started(reports, workers, cluster, seconds or SECONDS, told))
        elif isinstance(started[0], Pool):
            # The first time there may have been one report to make, and now there are hundreds.
            started[0].grow(_wanted(workers, reports))
        return started[0]

    try:
        yield start
    except BaseException:
        for executor in started:
            executor.shutdown(cancel_futures=True)
        raise
    for executor in started:
        executor.shutdown()


def _started(
    reports: int, workers: int | None, cluster: str | None, seconds: float, told: Told
) -> Executor:
    if cluster is not None:
        return Cluster(cluster, seconds, told)
    if workers == 0:
        return Here()
    return Pool(_wanted(workers, reports), seconds=seconds)


def _wanted(workers: int | None, reports: int) -> int:
    return min(sensible() if workers is None else workers, reports)
