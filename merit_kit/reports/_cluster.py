"""Reports made on other machines, by the workers of a Dask cluster.

Cases travel there, pages come back; the folder, the store and the record of what is issued stay
with whoever asks. What a worker was making that is lost is made again by another: Dask sees to it
as long as there is one that it was allowed to give it to; where there is none, `_give_again` does.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from concurrent.futures import wait as wait_for
from dataclasses import dataclass
from typing import Any

from merit_kit.errors import ReportError
from merit_kit.reports._alike import Alike, Told
from merit_kit.reports._frames import Note
from merit_kit.reports._keys import sources
from merit_kit.reports._pool import SECONDS, Noted, Pool

PATIENCE = 120.0
"""Seconds for which a batch waits without any worker for one to come."""

_ANSWER = 10  # seconds until a scheduler that does not answer is given up
_BETWEEN = 1.0
_TRIES = 3
_OTHER_KIT = {"cluster-differs", "kit-changed"}
_lock = threading.Lock()
_pool: Pool | None = None


@dataclass(eq=False)
class _Given:
    """What is to be done; to whom it may go, and what became of it there."""

    work: tuple[Any, ...]
    named: dict[str, Any]
    future: Noted
    workers: frozenset[str] = frozenset()
    attempt: Future[Any] | None = None
    tries: int = 0


class Cluster(Executor):
    """Makes reports with the workers that a scheduler has, also those that come later.

    Only with those that have this kit, this Python and these libraries. For one thread.

    Parameters
    ----------
    address : str
        Of the scheduler, as ``tcp://HOST:8786`` or ``tls://HOST:8786``.
    seconds : float
        What a report may take.
    told : function
        Is told in sentences of the catalogue, by their keys and facts, when there is no worker any
        more (``report.cluster.waiting``) and when there is again (``report.cluster.back``); which
        workers are left out (``report.cluster.other``).

    Raises
    ------
    ReportError
        If Dask is not installed, or there is no scheduler at that address, no worker, or none with
        this kit.
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
        self._alike = Alike(self._client, told)
        self._given: set[_Given] = set()
        try:
            self._begin()
        except BaseException:
            self._client.close()
            raise

    @property
    def workers(self) -> int:
        """How many reports its workers make at once, as of the last look, a moment ago."""
        self._look()
        return max(1, self._workers)

    @property
    def lost(self) -> bool:
        """Whether the connection is given up: it never comes back, and another has to be made."""
        return self._client.status in {"closed", "closing"}

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
        work = (there, fn, sources(), self._seconds, *args)
        given = _Given(work, kwargs, Noted())
        self._given.add(given)
        given.future.add_done_callback(lambda _: self._done_with(given))
        self._give(given)
        return given.future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Let go of the cluster, which goes on; what it has not made for us is dropped."""
        # Closing the connection drops what it was given and nobody waits for any more.
        if wait and not cancel_futures:
            wait_for([given.future for given in list(self._given)])
        self._client.close()

    def _begin(self) -> None:
        """Ask the workers there are, once, before anything is given to any."""
        threads = self._threads()
        if not threads:
            raise ReportError("cluster-empty", address=self._address)
        self._alike.begin(threads)
        self._workers = self._count(threads)

    def _look(self) -> None:
        """Count the workers, once in a while, and say when the last is gone or one is back."""
        if time.monotonic() - self._looked < _BETWEEN:
            return
        self._looked = time.monotonic()
        threads = self._threads()
        self._alike.look(threads)
        self._workers = self._count(threads)
        if self._workers and self._alone is not None:
            self._alone = None
            self._told("report.cluster.back", count=self._workers)
        elif not self._workers and self._alone is None:
            self._alone = time.monotonic()
            self._told("report.cluster.waiting", address=self._address, seconds=round(PATIENCE))
        self._give_again()

    def _threads(self) -> dict[str, int]:
        """Return how many reports each worker makes at once, by their addresses."""
        try:
            asked = self._client.scheduler.ncores
            return dict(self._client.sync(asked, callback_timeout=_ANSWER))
        except (OSError, TimeoutError, RuntimeError, AttributeError) as lost:
            raise ReportError("cluster-gone") from lost

    def _count(self, threads: dict[str, int]) -> int:
        return sum(n for worker, n in threads.items() if worker in self._alike.workers)

    def _give(self, given: _Given) -> None:
        """Hand it to the workers that are alike; without any it waits for the next look."""
        among = self._alike.workers
        if not among or self._alike.doubted:
            return
        given.workers, given.tries = among, given.tries + 1
        executor = self._client.get_executor(pure=False, workers=sorted(among))
        attempt = executor.submit(*given.work, **given.named)
        given.attempt = attempt
        attempt.add_done_callback(lambda _: self._came_back(given, attempt))

    def _give_again(self) -> None:
        """Hand to others what none of those may make any more to whom it was given."""
        for given in list(self._given):
            stale = given.attempt
            if given.future.done() or not self._alike.workers:
                continue
            if stale is None or not given.workers & self._alike.workers:
                given.attempt = None
                if stale is not None:
                    stale.cancel()
                self._give(given)

    def _came_back(self, given: _Given, attempt: Future[Any]) -> None:
        """Pass on what became of it, in a thread of Dask's."""
        if given.attempt is not attempt:
            return
        if attempt.cancelled():
            given.future.cancel()
            given.future.set_running_or_notify_cancel()
            return
        error = attempt.exception()
        of_kit = isinstance(error, ReportError) and error.key in _OTHER_KIT
        if of_kit and given.tries < _TRIES:
            # Edited since it was asked, or another program at the same address.
            given.attempt, self._alike.doubted = None, True
        elif given.future.set_running_or_notify_cancel():
            if error is not None:
                given.future.set_exception(error)
            else:
                result, given.future.notes = attempt.result()
                given.future.set_result(result)

    def _done_with(self, given: _Given) -> None:
        self._given.discard(given)
        attempt, given.attempt = given.attempt, None
        if attempt is not None and given.future.cancelled():
            attempt.cancel()


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
) -> tuple[Any, tuple[Note, ...]]:
    """Do something on a worker, in a pool of its own: the limits hold there as well.

    Returns what comes of it, and what the pool had to say; see `Noted`.

    Raises
    ------
    ReportError
        If the worker has another kit, or other renderers: its pages would differ.
    """
    if sources() != asked:
        raise ReportError("cluster-differs")
    future = _own_pool().within(seconds, fn, *args, **kwargs)
    return future.result(), future.notes


def _own_pool() -> Pool:
    """Return this Dask worker's pool, with a program for each of its threads."""
    import distributed

    global _pool
    with _lock:
        if _pool is None:
            _pool = Pool(distributed.get_worker().state.nthreads)
        return _pool
