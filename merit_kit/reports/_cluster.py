"""Reports made on other machines, by the workers of a Dask cluster.

Cases travel there, pages come back; the folder, the store and the record of what is issued stay
with whoever asks. What a worker was making that is lost is made again by another: Dask sees to it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any

from merit_kit.errors import ReportError
from merit_kit.reports._keys import sources
from merit_kit.reports._pool import Pool

_PATIENCE = 10  # seconds until a scheduler that does not answer is given up
_lock = threading.Lock()
_pool: Pool | None = None


class Cluster(Executor):
    """Makes reports with the workers that a scheduler has, also those that come later.

    Parameters
    ----------
    address : str
        Of the scheduler, as ``tcp://HOST:8786``.

    Raises
    ------
    ReportError
        If Dask is not installed, or there is no scheduler at that address, or no worker.
    """

    def __init__(self, address: str) -> None:
        try:
            import distributed
        except ImportError as error:
            raise ReportError("cluster-missing") from error
        try:
            client: Any = distributed.Client
            self._client = client(address, timeout=_PATIENCE, set_as_default=False)
        except (OSError, ValueError, TimeoutError, RuntimeError) as error:
            raise ReportError("cluster-away", address=address) from error
        if not self._client.ncores():
            self._client.close()
            raise ReportError("cluster-empty", address=address)
        self._executor = self._client.get_executor(pure=False)

    @property
    def workers(self) -> int:
        """How many reports its workers make at once."""
        return max(1, int(sum(self._client.ncores().values())))

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Have a function called by a worker."""
        future: Future[Any] = self._executor.submit(there, fn, sources(), *args, **kwargs)
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Let go of the cluster, which goes on; what it has not made for us is dropped."""
        # Closing the connection drops what it was given and nobody waits for any more.
        if not cancel_futures:
            self._executor.shutdown(wait=wait)
        self._client.close()


def there(fn: Callable[..., Any], asked: str, *args: Any, **kwargs: Any) -> Any:
    """Do something on a worker, in a pool of its own: the limits hold there as well.

    Raises
    ------
    ReportError
        If the worker has another kit, or other renderers: its pages would differ.
    """
    if sources() != asked:
        raise ReportError("cluster-differs")
    return _own_pool().submit(fn, *args, **kwargs).result()


def _own_pool() -> Pool:
    """Return this Dask worker's pool, with a program for each of its threads."""
    import distributed

    global _pool
    with _lock:
        if _pool is None:
            _pool = Pool(distributed.get_worker().state.nthreads)
        return _pool
