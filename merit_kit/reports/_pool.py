"""A pool of workers: programs of their own, warm, long-lived, and ended when one is stuck.

Written here: `concurrent.futures` cannot end one worker without losing all, and pebble, which can,
is under the LGPL, runs the caller's own ``__main__`` again in each worker, and watches no memory.
A worker is a plain child with pipes, the same on every system: nothing is forked, nobody's main
module is run again, and it ends by itself when whoever started it is gone.
"""

from __future__ import annotations

import logging
import os
import pickle
import queue
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import Executor, Future
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil

from merit_kit.errors import MeritError, ReportError
from merit_kit.reports._frames import errors_of, put, take

SECONDS = 300.0
"""Within which a report has to be made; it takes a fraction of one."""
MOST_BYTES = 1_500_000_000
"""Of memory a worker may take; one that makes reports takes some 250 MB."""
REPORTS = 500
"""Made by one worker; then another takes its place, and what libraries let leak is gone."""

_LEAKED_BYTES = 700_000_000  # between two reports; then it is time for another worker
_START = 120.0
_LOOK = 0.1
_LOOK_FOR_MORE = 1.0  # programs that a report starts: to look through all takes milliseconds
_TAIL = 2_000
_log = logging.getLogger(__name__)


_SCRATCH = "merit-"
_Task = tuple[Future[Any], float, Callable[..., Any], Any]


def sensible() -> int:
    """Return how many workers this computer has room for: its cores, and memory for each."""
    room = psutil.virtual_memory().available // 500_000_000
    return int(max(1, min(len(_own_cores()), 16, room)))


def sweep_scratch() -> None:
    """Remove what workers left in the system's folder for such, whose batch is gone with them."""
    for path in Path(tempfile.gettempdir()).glob(f"{_SCRATCH}[0-9]*-*"):
        by = path.name.removeprefix(_SCRATCH).split("-")[0]
        if by.isdecimal() and not psutil.pid_exists(int(by)):
            shutil.rmtree(path, ignore_errors=True)


def _own_cores() -> list[int]:
    try:
        return list(psutil.Process().cpu_affinity())  # fewer than there are, in a container
    except (AttributeError, psutil.Error):
        return list(range(os.cpu_count() or 1))


class Pool(Executor):
    """Makes reports in `workers` programs at once.

    Parameters
    ----------
    workers : int
        They are started now, so that they are warm when the first report is wanted.
    seconds, most_bytes : float, int
        What a report may take; its worker is ended beyond that and the report has failed.
    reports : int
        After how many a worker is replaced.
    """

    def __init__(
        self,
        workers: int,
        *,
        seconds: float = SECONDS,
        most_bytes: int = MOST_BYTES,
        reports: int = REPORTS,
    ) -> None:
        self._limits = (seconds, most_bytes)
        self._reports = reports
        self._tasks: queue.Queue[_Task | None] = queue.Queue()
        self._closed = threading.Event()
        self._running: list[_Worker | None] = []
        self._threads: list[threading.Thread] = []
        sweep_scratch()
        self.workers = 0
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

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Have a function of a module called by the next free worker; all that it takes travels."""
        return self.within(self._limits[0], fn, *args, **kwargs)

    def within(
        self, seconds: float, fn: Callable[..., Any], /, *args: Any, **kwargs: Any
    ) -> Future[Any]:
        """Do as `submit`, with a limit of time of its own."""
        if self._closed.is_set():
            raise RuntimeError("the pool is closed")
        future: Future[Any] = Future()
        self._tasks.put((future, seconds, fn, (args, kwargs)))
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the workers, after what was given to them or, with `cancel_futures`, at once."""
        if cancel_futures:
            self._closed.set()
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
        worker: _Worker | None = None
        with suppress(ReportError):
            worker = self._another(place, None)
        while (task := self._tasks.get()) is not None:
            future, seconds, fn, (args, kwargs) = task
            if not future.set_running_or_notify_cancel():
                continue
            try:
                if worker is None or worker.is_spent(self._reports):
                    worker = self._another(place, worker)
                result = worker.call(fn, args, kwargs, seconds)
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

    def _another(self, place: int, before: _Worker | None) -> _Worker:
        """Put a worker in the place of another.

        Raises
        ------
        ReportError
            If none can be started, for want of memory, say. It is tried again with the next task.
        """
        if before:
            before.end()
        try:
            made = self._running[place] = _Worker()
        except OSError as lost:
            said = lost.strerror or str(lost)
            raise ReportError("report-died", code="-", said=said) from lost
        return made

    def _look(self) -> None:
        """End workers that take too long, or too much."""
        _, most_bytes = self._limits
        while not self._closed.wait(_LOOK):
            for worker in [*self._running]:
                # Whatever goes wrong with one, the others are to be watched.
                with suppress(Exception):
                    if worker:
                        worker.check(most_bytes)


class _Worker:
    """One program that makes reports."""

    def __init__(self) -> None:
        # The current folder may be anybody's: -P keeps it from being imported from.
        command = [sys.executable, "-P", "-m", "merit_kit.reports._worker"]
        # One thread for sums of its own: there are as many workers as cores.
        env = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
        # Cases name people: however it ends, nothing of one is left lying about.
        self._scratch = tempfile.mkdtemp(prefix=f"{_SCRATCH}{os.getpid()}-")
        env |= dict.fromkeys(("TMPDIR", "TEMP", "TMP", "MERIT_SCRATCH"), self._scratch)
        apart: dict[str, Any] = {"start_new_session": True}
        if sys.platform == "win32":
            apart = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
        self._said = tempfile.TemporaryFile()  # noqa: SIM115 closed with the worker
        # Apart from us: Ctrl-C is for whoever runs the batch, who ends the workers in good order.
        try:
            self._child = subprocess.Popen(  # noqa: S603 our own module
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._said,
                env=env,
                **apart,
            )
        except OSError:
            self._let_go()
            raise
        self._made = 0
        self._bytes = 0
        self._started: list[psutil.Process] = []
        self._looked = time.monotonic()
        self._gone = False
        self._is_tired = False
        self._is_warm = False
        self._lock = threading.Lock()
        # Until when what is waited for has time, and what to say beyond that.
        self._limit: tuple[float, MeritError] | None = None
        self._why: MeritError | None = None

    def call(self, fn: Callable[..., Any], args: Any, kwargs: Any, seconds: float) -> Any:
        """Have something done and return what comes of it; whatever it raises is raised here."""
        assert self._child.stdin  # noqa: S101 made with pipes above
        assert self._child.stdout  # noqa: S101
        try:
            if not self._is_warm:
                # The time of a report does not begin before it says that it is.
                self._wait(_START)
                take(self._child.stdout)
                self._is_warm = True
            self._wait(seconds)
            put(self._child.stdin, pickle.dumps((fn, args, kwargs)))
            answer = pickle.loads(take(self._child.stdout))  # noqa: S301 of our own child
        except (OSError, EOFError) as lost:
            self._gone = True
            code = str(self._end_code())
            raise self._why or ReportError("report-died", code=code, said=self._last()) from lost
        finally:
            with self._lock:
                self._limit = None
            self._made += 1
        self._bytes, self._is_tired = answer["bytes"], answer["threads"]
        for note in answer["notes"]:
            _log.warning("%s", note)
        if answer["error"] is not None:
            raise answer["error"]
        return answer["value"]

    def is_spent(self, reports: int) -> bool:
        """Say whether it is time for another: gone, too old, too large, or with threads left."""
        return any(
            (
                *(self._gone, self._is_tired, self._why is not None),
                self._made >= reports,
                self._bytes > _LEAKED_BYTES,
                # Ended by somebody else, while it had nothing to do.
                self._child.poll() is not None,
            )
        )

    def check(self, most_bytes: int) -> None:
        """End it if its report takes too long or too much; one nobody waits for has all time."""
        with self._lock:
            if self._limit is None or self._why is not None:
                return
            until, stuck = self._limit
            if time.monotonic() > until:
                self._stop(stuck)
                return
            with suppress(psutil.Error):
                if self._weight() > most_bytes:
                    self._stop(ReportError("report-memory", megabytes=most_bytes // 1_000_000))

    def end(self) -> None:
        """End it, and let go of its pipes; for the thread that gives it its tasks."""
        self.kill()
        self._end_code()
        self._let_go()

    def _let_go(self) -> None:
        self._said.close()
        shutil.rmtree(self._scratch, ignore_errors=True)

    def kill(self) -> None:
        """End it and all that it started; whoever waits for it hears that it is gone."""
        # Also what is known to be there, should it be gone itself already.
        started = {*self._started}
        with suppress(psutil.Error):
            started.update(psutil.Process(self._child.pid).children(recursive=True))
        self._child.kill()
        for child in started:
            with suppress(psutil.Error):
                child.kill()

    def _weight(self) -> int:
        """Return how many bytes of memory it takes, with the kernel that it may have started."""
        worker = psutil.Process(self._child.pid)
        if time.monotonic() > self._looked + _LOOK_FOR_MORE:
            self._looked = time.monotonic()
            self._started = worker.children(recursive=True)
        weight = int(worker.memory_info().rss)
        for child in self._started:
            with suppress(psutil.Error):
                weight += child.memory_info().rss
        return weight

    def _wait(self, seconds: float) -> None:
        stuck = ReportError("report-stuck", seconds=round(seconds))
        with self._lock:
            self._limit = (time.monotonic() + seconds, stuck)

    def _stop(self, why: MeritError) -> None:
        self._why = why
        self.kill()

    def _last(self) -> str:
        """Return the last line that it wrote to its error stream for this report, or starting."""
        own = Path(self._scratch) / errors_of(self._made)
        with own.open("rb") if own.exists() else self._said as said:
            said.seek(0, os.SEEK_END)
            said.seek(max(0, said.tell() - _TAIL))
            lines = said.read().decode("utf-8", "replace").strip().splitlines()
        return lines[-1] if lines else "-"

    def _end_code(self) -> int:
        for pipe in (self._child.stdin, self._child.stdout):
            # What was not taken any more cannot be flushed.
            with suppress(OSError):
                if pipe:
                    pipe.close()
        return self._child.wait()
