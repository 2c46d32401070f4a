"""A pool of workers: programs of their own, warm, long-lived, and ended when one is stuck.

Written here: `concurrent.futures` cannot end one worker without losing all, and pebble, which can,
is under the LGPL, runs the caller's own ``__main__`` again in each worker, and watches no memory.
A worker is a plain child with pipes, the same on every system: nothing is forked, nobody's main
module is run again, and it ends by itself when whoever started it is gone.
"""

from __future__ import annotations

import queue
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future
from contextlib import suppress
from pathlib import Path
from typing import Any

from merit_kit.errors import ReportError
from merit_kit.files import reason_of
from merit_kit.reports._frames import Note
from merit_kit.reports._limits import most_bytes_of, sweep_scratch
from merit_kit.reports._program import Program

SECONDS = 300.0
"""Within which a report has to be made; it takes a fraction of one."""
REPORTS = 500
"""Made by one worker; then another takes its place, and what libraries let leak is gone."""

_LOOK = 0.1


class Noted(Future[Any]):
    """What a worker is asked for; `notes` is what it had to say of it, when it is done."""

    notes: tuple[Note, ...] = ()


_Task = tuple[Noted, float, Callable[..., Any], Any]


class Pool(Executor):
    """Makes reports in `workers` programs at once.

    Parameters
    ----------
    workers : int
        They are started now, so that they are warm when the first report is wanted.
    seconds, most_bytes : float, int
        What a report may take; its worker is ended beyond that and the report has failed. Of
        memory by default the part of one of so many workers; see `most_bytes_of`.
    reports : int
        After how many a worker is replaced.
    """

    def __init__(
        self,
        workers: int,
        *,
        seconds: float = SECONDS,
        most_bytes: int | None = None,
        reports: int = REPORTS,
    ) -> None:
        self._seconds, self._given_bytes = seconds, most_bytes
        self._reports = reports
        # Not a `Queue`: what is raised into it, as by Ctrl-C, may leave that locked.
        self._tasks: queue.SimpleQueue[_Task | None] = queue.SimpleQueue()
        self._closed = threading.Event()
        self._stopped = threading.Event()
        self._running: list[Program | None] = []
        self._threads: list[threading.Thread] = []
        sweep_scratch()
        self.workers = 0
        self.most_bytes = 0
        self.grow(workers)
        threading.Thread(target=self._look, name="merit-pool-watch", daemon=True).start()

    def grow(self, workers: int) -> None:
        """Have more workers, if there are fewer than these; they are started now."""
        for place in range(self.workers, workers):
            self._running.append(None)
            thread = threading.Thread(
                target=self._serve, args=(place,), name="merit-pool", daemon=True
            )
            self._threads.append(thread)
            thread.start()
        self.workers = max(self.workers, workers)
        self.most_bytes = self._given_bytes or most_bytes_of(self.workers)

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Have a function of a module called by the next free worker; all that it takes travels."""
        return self.within(self._seconds, fn, *args, **kwargs)

    def within(self, seconds: float, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Noted:
        """Do as `submit`, with a limit of time of its own."""
        if self._closed.is_set():
            raise RuntimeError("the pool is closed")
        future = Noted()
        self._tasks.put((future, seconds, fn, (args, kwargs)))
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the workers, after what was given to them or, with `cancel_futures`, at once."""
        if cancel_futures:
            self._closed.set()
            self._stopped.set()
            with suppress(queue.Empty):
                while True:
                    task = self._tasks.get_nowait()
                    if task:
                        task[0].cancel()
            for worker in self._running:
                if worker:
                    worker.kill()
        for _ in self._threads:
            self._tasks.put(None)
        if wait or cancel_futures:
            for thread in self._threads:
                thread.join()
        self._closed.set()

    def _serve(self, place: int) -> None:
        """Give one worker after the other its tasks, one at a time."""
        worker: Program | None = None
        with suppress(ReportError):
            worker = self._another(place, None)
        while (task := self._tasks.get()) is not None:
            future, seconds, fn, (args, kwargs) = task
            if not future.set_running_or_notify_cancel():
                continue
            try:
                if worker is None or worker.is_spent(self._reports):
                    worker = self._another(place, worker)
                try:
                    result = worker.call(fn, args, kwargs, seconds)
                except ReportError:
                    if not worker.was_killed or self._stopped.is_set():
                        raise
                    # By somebody else, or for want of memory: no fault of this report. Once more.
                    worker = self._another(place, worker)
                    result = worker.call(fn, args, kwargs, seconds)
                finally:
                    future.notes = worker.notes
            except BaseException as error:
                future.set_exception(error)
            else:
                future.set_result(result)
            if worker and worker.is_spent(self._reports) and not self._closed.is_set():
                # Now and not with the next task: it is warm by then.
                with suppress(ReportError):
                    worker = self._another(place, worker)
        if worker:
            worker.end()
        self._running[place] = None

    def _another(self, place: int, before: Program | None) -> Program:
        """Put a worker in the place of another.

        Raises
        ------
        ReportError
            If none can be started, for want of memory, say. It is tried again with the next task.
        """
        if before:
            before.end()
        try:
            made = self._running[place] = Program()
        except OSError as lost:
            said = reason_of(lost, Path(sys.executable))
            raise ReportError("report-died", code="-", said=said) from lost
        if self._stopped.is_set():
            # Whoever stopped us may have looked for workers just before there was this one.
            made.kill()
        return made

    def _look(self) -> None:
        """End workers that take too long, or too much."""
        while not self._closed.wait(_LOOK):
            for worker in [*self._running]:
                # Whatever goes wrong with one, the others are to be watched.
                with suppress(Exception):
                    if worker:
                        worker.check(self.most_bytes)
