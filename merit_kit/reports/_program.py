"""A worker as whoever gives it its tasks sees it: a program, its pipes, and how it is ended."""

from __future__ import annotations

import logging
import os
import pickle
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil

from merit_kit.errors import MeritError, ReportError
from merit_kit.reports._frames import Note, errors_of, put, take
from merit_kit.reports._limits import SCRATCH

_LEAKED_BYTES = 700_000_000  # between two reports; then it is time for another worker
_START = 120.0
_LOOK_FOR_MORE = 1.0  # programs that a report starts: to look through all takes milliseconds
_KILLED = (-9, -15)
"""How a program ends that another one ended; Windows does not tell it from any other end."""
_TAIL = 2_000
_log = logging.getLogger(__name__)


class Program:
    """One program that makes reports."""

    def __init__(self) -> None:
        # The current folder may be anybody's: -P keeps it from being imported from.
        command = [sys.executable, "-P", "-m", "merit_kit.reports._worker"]
        # One thread for sums of its own: there are as many workers as cores.
        env = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
        # Cases name people: however it ends, nothing of one is left lying about.
        self._scratch = tempfile.mkdtemp(prefix=f"{SCRATCH}{os.getpid()}-")
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
        self._process = psutil.Process(self._child.pid)
        self.notes: tuple[Note, ...] = ()
        self.was_killed = False
        """Whether somebody else ended it, as a system does that has no memory left."""
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
        """Have something done and return what comes of it; whatever it raises is raised here.

        `notes` is then what there is to say of it.
        """
        assert self._child.stdin  # noqa: S101 made with pipes above
        assert self._child.stdout  # noqa: S101
        self.notes = ()
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
            code = self._end_code()
            self.was_killed = self._why is None and code in _KILLED
            raise self._why or ReportError(
                "report-died", code=str(code), said=self._last()
            ) from lost
        finally:
            with self._lock:
                self._limit = None
            self._made += 1
        self._bytes, self._is_tired = answer["bytes"], answer["threads"]
        self.notes = tuple(answer["notes"])
        for key, facts in self.notes:
            # For whoever looks after templates. On the screen it is told in the reader's language.
            _log.info("%s: %s", key, facts)
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
            # Its number may be another's by now; this one knows.
            started.update(self._process.children(recursive=True))
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
