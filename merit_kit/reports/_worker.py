"""The program of a worker: gets warm, does what it is sent, and ends when nobody sends any more.

Its own pipes are put away first: what a notebook prints past Python, or reads, touches neither.
"""

from __future__ import annotations

import gc
import logging
import os
import pickle
import queue
import shutil
import signal
import sys
import threading
from contextlib import suppress
from typing import IO, Any

import psutil

from merit_kit.reports._frames import put, take


def main() -> None:
    """Serve until the pipe is closed."""
    asked, told = _own_pipes()
    # Whoever started us ends us; Ctrl-C is not for a worker.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    tasks: queue.Queue[bytes] = queue.Queue()
    threading.Thread(target=_listen, args=(asked, tasks), daemon=True).start()
    notes = _Notes()
    _warm()
    log = logging.getLogger("papermill")
    log.addHandler(notes)
    log.propagate = False
    put(told, b"warm")
    while True:
        put(told, _answer(tasks.get(), notes))


def _own_pipes() -> tuple[IO[bytes], IO[bytes]]:
    asked, told = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1):
        os.dup2(nothing, descriptor)
    if sys.platform == "win32":
        import msvcrt

        for descriptor in (asked, told):
            msvcrt.setmode(descriptor, os.O_BINARY)
    return os.fdopen(asked, "rb"), os.fdopen(told, "wb")


def _listen(asked: IO[bytes], tasks: queue.Queue[bytes]) -> None:
    """Take what is sent. Whoever started us is gone when it ends: so are we, in mid-report too."""
    with suppress(EOFError, OSError):
        while True:
            tasks.put(take(asked))
    shutil.rmtree(os.environ["MERIT_SCRATCH"], ignore_errors=True)
    os._exit(0)


def _warm() -> None:
    """Import what reports need, by running a notebook that does: pandas looks where it is."""
    # Two seconds for a check of addresses in schemas that notebooks do not have.
    sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment]
    import nbformat.v4
    import papermill

    from merit_kit.reports import _job

    del sys.modules["rfc3987_syntax"]
    notebook = nbformat.v4.new_notebook()
    notebook.cells = [nbformat.v4.new_code_cell("import pandas, merit_kit.reports")]
    notebook.metadata.kernelspec = {"name": "python3", "language": "python"}
    papermill.execute_notebook(notebook, None, engine_name="merit", progress_bar=False)
    _job._exporter()
    # All this stays: nobody has to look through it again for what could be thrown away.
    gc.collect()
    gc.freeze()


def _answer(task: bytes, notes: _Notes) -> bytes:
    before = set(threading.enumerate())
    answer: dict[str, Any] = {"value": None, "error": None}
    try:
        fn, args, kwargs = pickle.loads(task)  # noqa: S301 of whoever started us
        answer["value"] = fn(*args, **kwargs)
    except Exception as error:
        answer["error"] = _plain(error)
    # A thread that a report leaves goes with its worker.
    answer["threads"] = bool(set(threading.enumerate()) - before)
    answer["bytes"] = psutil.Process().memory_info().rss
    answer["notes"] = notes.taken()
    return pickle.dumps(answer)


def _plain(error: Exception) -> Exception:
    """Return an error that can travel: one that cannot is said in words."""
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301 our own
    except Exception:
        return RuntimeError(f"{type(error).__name__}: {error}")
    return error


class _Notes(logging.Handler):
    """Keeps what papermill warns of, for whoever runs the batch."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._kept: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self._kept.append(record.getMessage())

    def taken(self) -> list[str]:
        kept, self._kept = self._kept, []
        return kept


if __name__ == "__main__":
    main()
