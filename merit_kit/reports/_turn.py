"""Taking turns: of several programs that issue into one folder, one at a time.

Which version a page is, and which number a letter has, follows from what is on record; it holds
only while nobody else adds to the record. A file that can be made only once says whose turn it
is: that works on every system, and on folders that several computers share.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from merit_kit.errors import ReportError

TURN = "terbitan.lock"

_PATIENCE = 120.0  # seconds; a report takes some four, and each is a turn of its own
_MOMENT = 2.0  # how long Windows may refuse a file that is just being removed
_BETWEEN = 0.02


class Turn:
    """Waits for the turn in a folder, and gives it back.

    Waits only as long as one and the same turn of somebody else may last: a program that was cut
    off leaves its file behind, and then every further report is refused at once.
    """

    def __init__(self, patience: float | None = None) -> None:
        self._patience = _PATIENCE if patience is None else patience
        self._others: dict[tuple[Path, int], float] = {}

    @contextmanager
    def of(self, folder: Path) -> Iterator[None]:
        """Have the turn in a folder, which is made if it is not there.

        Raises
        ------
        ReportError
            If somebody else does not give it back, naming their file.
        OSError
            If the folder cannot be written.
        """
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / TURN
        self._take(path)
        try:
            yield
        finally:
            _give_back(path)

    def _take(self, path: Path) -> None:
        began = time.monotonic()
        while True:
            try:
                path.open("xb").close()
                return
            except FileExistsError:
                self._wait(path)
            except PermissionError:
                if time.monotonic() - began > _MOMENT:
                    raise
            time.sleep(_BETWEEN)

    def _wait(self, path: Path) -> None:
        try:
            made = path.stat().st_mtime_ns
        except FileNotFoundError:
            return
        seen = self._others.setdefault((path, made), time.monotonic())
        if time.monotonic() - seen > self._patience:
            since = datetime.fromtimestamp(made / 10**9)
            raise ReportError(
                "issuing-elsewhere", path=str(path), day=since.date(), time=f"{since:%H:%M}"
            )


def _give_back(path: Path) -> None:
    """Remove the file. On Windows that fails while a scanner, or one who waits, looks at it."""
    deadline = time.monotonic() + _MOMENT
    while True:
        try:
            path.unlink(missing_ok=True)
            return
        except PermissionError:
            if time.monotonic() > deadline:
                raise
            time.sleep(_BETWEEN)
