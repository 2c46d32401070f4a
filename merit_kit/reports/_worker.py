"""The program of a worker: gets warm, does what it is sent, and ends when nobody sends any more.

Its own pipes are put away first: what a notebook prints past Python, or reads, touches neither.
"""

from __future__ import annotations

import gc
import itertools
import logging
import os
import pickle
import queue
import shutil
import signal
import sys
import threading
import traceback
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

import psutil

from merit_kit.reports._frames import Note, errors_of, put, take


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
    for number in itertools.count():
        task = tasks.get()
        _own_errors(number)
        put(told, _answer(task, notes))
        if number == 0:
            _keep()  # the first one imported what it needs, and filled what is kept


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


def _own_errors(number: int) -> None:
    """Begin a new file of errors: what was said of one report is told of no other.

    A program that a notebook left behind goes on writing to the one that it knows.
    """
    folder = Path(os.environ["MERIT_SCRATCH"])
    try:
        made = os.open(folder / errors_of(number), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    except OSError:
        made = os.open(os.devnull, os.O_WRONLY)
    os.dup2(made, 2)
    os.close(made)
    with suppress(OSError):
        (folder / errors_of(number - 1)).unlink(missing_ok=True)


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
    _keep()
    # After each notebook everything is looked through anyway: meanwhile that need not be so often.
    gc.set_threshold(20_000, 20, 100)


def _keep() -> None:
    """Let what is there stay: nobody looks through it again for what could be thrown away."""
    gc.collect()
    gc.freeze()


def _answer(task: bytes, notes: _Notes) -> bytes:
    before = set(threading.enumerate())
    answer: dict[str, Any] = {"value": None, "error": None}
    try:
        fn, args, kwargs = pickle.loads(task)  # noqa: S301 of whoever started us
        answer["value"] = fn(*args, **kwargs)
    except BaseException as error:
        answer["error"] = _plain(error)
    # A thread that a report leaves goes with its worker, and so does what cannot be put back.
    left = sorted(thread.name for thread in set(threading.enumerate()) - before)
    if left:
        notes.add("report.notes.threads", threads=", ".join(left))
    answer["threads"] = bool(left) or _is_spoilt()
    answer["bytes"] = psutil.Process().memory_info().rss
    answer["notes"] = notes.taken()
    return pickle.dumps(answer)


def _is_spoilt() -> bool:
    engine = sys.modules.get("merit_kit.engine")
    return bool(engine and engine.spoilt())


def _plain(error: BaseException) -> Exception:
    """Return an error that can travel and ends nobody: another is said in words."""
    if not isinstance(error, Exception):
        return RuntimeError(f"{type(error).__name__}: {error}")
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301 our own
    except Exception:
        return RuntimeError(f"{type(error).__name__}: {error}")
    return error


class _Notes(logging.Handler):
    """Keeps what papermill warns of, for whoever runs the batch."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._kept: list[Note] = []

    def emit(self, record: logging.LogRecord) -> None:
        if hasattr(record, "left_to_kernel"):
            self.add("report.notes.kernel", reason=record.left_to_kernel)
        elif hasattr(record, "spoils"):
            self.add("report.notes.spoilt", reason=record.spoils)
        elif not hasattr(record, "leaves"):  # of threads is told below, whatever left them
            self.add("report.notes.papermill", said=record.getMessage())

    def add(self, key: str, **facts: str) -> None:
        """Keep something else for them: the key of a sentence, and its facts."""
        self._kept.append((key, facts))

    def taken(self) -> list[Note]:
        kept, self._kept = self._kept, []
        return kept


if __name__ == "__main__":
    try:
        main()
    except BaseException:
        traceback.print_exc()
    finally:
        # Nobody waits for threads that a report has left.
        os._exit(1)
