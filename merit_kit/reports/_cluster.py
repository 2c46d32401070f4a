"""Reports made on other machines, by the workers of a Dask cluster.

Cases travel there, pages come back; the folder, the store and the record of what is issued stay
with whoever asks. What a worker was making that is lost is made again by another: Dask sees to it.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from typing import Any

from merit_kit.errors import ReportError
from merit_kit.reports._keys import sources
from merit_kit.reports._pool import SECONDS, Pool

PATIENCE = 120.0
"""Seconds for which a batch waits without any worker for one to come."""

Told = Callable[..., None]
"""Takes the key of a sentence, and its facts."""

_ANSWER = 10  # seconds until a scheduler that does not answer is given up
_BETWEEN = 1.0
_lock = threading.Lock()
_pool: Pool | None = None


class Cluster(Executor):
    """Makes reports with the workers that a scheduler has, also those that come later.

    Parameters
    ----------
    address : str
        Of the scheduler, as ``tcp://HOST:8786`` or ``tls://HOST:8786``.
    seconds : float
        What a report may take.
    told : function
        Is told in sentences of the catalogue, by their keys and facts, when there is no worker any
        more (``report.cluster.waiting``) and when there is again (``report.cluster.back``).

    Raises
    ------
    ReportError
        If Dask is not installed, or there is no scheduler at that address, or no worker.
    """

    def __init__(
        self, address: str, seconds: float = SECONDS, told: Told = lambda *_, **__: None
    ) -> None:
        try:
            import distributed
        except ImportError as error:
            raise ReportError("cluster-missing") from error
        self._address, self._seconds, self._told = address, seconds, told
        for name in ("client", "core", "comm"):
            # What happens to the connection is said in words; these print their tracebacks.
            logging.getLogger(f"distributed.{name}").setLevel(logging.CRITICAL + 1)
        try:
            _ask(address)
            client: Any = distributed.Client
            self._client = client(address, timeout=_ANSWER, set_as_default=False)
        except (OSError, ValueError, TimeoutError, RuntimeError, TypeError) as error:
            raise ReportError("cluster-away", address=address) from error
        self._looked = time.monotonic()
        self._alone: float | None = None
        self._workers = self._count()
        if not self._workers:
            self._client.close()
            raise ReportError("cluster-empty", address=address)
        self._executor = self._client.get_executor(pure=False)

    @property
    def workers(self) -> int:
        """How many reports its workers make at once, as of the last look, a moment ago."""
        self._look()
        return max(1, self._workers)

    def check(self) -> None:
        """Look whether there are workers; wait some time for one, and then give up.

        Raises
        ------
        ReportError
            If there was none for `PATIENCE` seconds, or the scheduler is gone.
        """
        self._look()
        if self._alone is not None and time.monotonic() - self._alone > PATIENCE:
            raise ReportError("cluster-lost", address=self._address, seconds=round(PATIENCE))

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Have a function called by a worker."""
        future: Future[Any] = self._executor.submit(
            there, fn, sources(), self._seconds, *args, **kwargs
        )
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Let go of the cluster, which goes on; what it has not made for us is dropped."""
        # Closing the connection drops what it was given and nobody waits for any more.
        if not cancel_futures:
            self._executor.shutdown(wait=wait)
        self._client.close()

    def _look(self) -> None:
        """Count the workers, once in a while, and say when the last is gone or one is back."""
        if time.monotonic() - self._looked < _BETWEEN:
            return
        self._looked = time.monotonic()
        self._workers = self._count()
        if self._workers and self._alone is not None:
            self._alone = None
            self._told("report.cluster.back", count=self._workers)
        elif not self._workers and self._alone is None:
            self._alone = time.monotonic()
            self._told("report.cluster.waiting", address=self._address, seconds=round(PATIENCE))

    def _count(self) -> int:
        try:
            asked = self._client.scheduler.ncores
            return int(sum(self._client.sync(asked, callback_timeout=_ANSWER).values()))
        except (OSError, TimeoutError, RuntimeError, AttributeError) as lost:
            raise ReportError("cluster-gone") from lost


def _ask(address: str) -> None:
    """Connect once, and raise what keeps that from going well.

    A client that could not connect would print a traceback when it is thrown away.
    """
    from distributed.core import connect
    from distributed.security import Security

    async def ask() -> None:
        given: Any = Security().get_connection_args("client")
        said: Any = await connect(address, timeout=_ANSWER, **given)
        await said.close()

    # In a thread of its own: whoever asks may have a loop that runs, as a notebook has.
    with ThreadPoolExecutor(1) as apart:
        apart.submit(asyncio.run, ask()).result()


def there(
    fn: Callable[..., Any], asked: str, seconds: float = SECONDS, *args: Any, **kwargs: Any
) -> Any:
    """Do something on a worker, in a pool of its own: the limits hold there as well.

    Raises
    ------
    ReportError
        If the worker has another kit, or other renderers: its pages would differ.
    """
    if sources() != asked:
        raise ReportError("cluster-differs")
    return _own_pool().within(seconds, fn, *args, **kwargs).result()


def _own_pool() -> Pool:
    """Return this Dask worker's pool, with a program for each of its threads."""
    import distributed

    global _pool
    with _lock:
        if _pool is None:
            _pool = Pool(distributed.get_worker().state.nthreads)
        return _pool
