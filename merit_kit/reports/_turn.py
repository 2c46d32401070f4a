"""Taking turns: of several programs that issue into one folder, one at a time.

Which version a page is, and which number a letter has, follows from what is on record; it holds
only while nobody else adds to the record. A file that can be made only once says whose turn it
is: that works on every system, and on folders that several computers share.
"""

from __future__ import annotations

import json
import os
import platform
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

import psutil

from merit_kit.errors import ReportError
from merit_kit.files import write_new

TURN = "terbitan.lock"

_PATIENCE = 120.0  # seconds; a report takes some four, and each is a turn of its own
_MOMENT = 2.0  # how long Windows may refuse a file that is just being removed
_BETWEEN = 0.02
_SAME_START = 2.0  # seconds; a number is given again, though hardly to a program of the same moment


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose turn it is: a program on a computer, and since when it runs (POSIX seconds)."""

    host: str
    pid: int
    began: float

    @property
    def is_gone(self) -> bool:
        """Whether it has ended. Of a program on another computer nobody here can say so."""
        if self.host != platform.node():
            return False
        try:
            began = float(psutil.Process(self.pid).create_time())
        except psutil.NoSuchProcess:
            return True
        except psutil.Error:
            return False
        return abs(began - self.began) > _SAME_START


class Turn:
    """Waits for the turn in a folder, and gives it back.

    Waits only as long as one and the same turn of somebody else may last, and then refuses every
    further report at once. From a program of this computer that is gone the turn is taken over.
    """

    def __init__(self, patience: float | None = None) -> None:
        self._patience = _PATIENCE if patience is None else patience
        self._others: dict[tuple[Path, int], float] = {}

    @contextmanager
    def of(self, folder: Path) -> Iterator[Holder | None]:
        """Have the turn in a folder, which is made if it is not there.

        Lends whom it was taken over from: somebody who was cut off, and gave nothing back.

        Raises
        ------
        ReportError
            If somebody else does not give it back, naming their file and, if it says so, them.
        OSError
            If the folder cannot be written.
        """
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / TURN
        gone = self._take(path)
        try:
            yield gone
        finally:
            _give_back(path)

    def _take(self, path: Path) -> Holder | None:
        began = time.monotonic()
        gone: Holder | None = None
        while True:
            try:
                write_new(path, json.dumps(asdict(_us())).encode("utf-8"))
                return gone
            except FileExistsError:
                gone = _taken_away(path) or gone
                if not gone:
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
            holder = _holder(path)
            raise ReportError(
                "issuing-elsewhere",
                path=str(path),
                day=since.date(),
                time=f"{since:%H:%M}",
                # As text: a number of a program has no thousands.
                by=f"{holder.pid} ({holder.host})" if holder else "–",
            )


@cache
def _us() -> Holder:
    return Holder(platform.node(), os.getpid(), psutil.Process().create_time())


def _holder(path: Path) -> Holder | None:
    """Return whose turn a file says it is; None if it does not say so, or is not there any more."""
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        return Holder(str(said["host"]), int(said["pid"]), float(said["began"]))
    except (OSError, ValueError, TypeError, KeyError):
        return None


def _taken_away(path: Path) -> Holder | None:
    """Take away the file of somebody who is gone, and return who that was."""
    holder = _holder(path)
    if holder is None or not holder.is_gone:
        return None
    aside = path.with_name(f".{TURN}.{secrets.token_hex(4)}.tmp")
    try:
        # Of several who see it, to one alone.
        path.rename(aside)
    except OSError:
        return None
    if _holder(aside) == holder:
        aside.unlink(missing_ok=True)
        return holder
    # In between somebody else had been quicker, and this is theirs: they get it back.
    with suppress(OSError):
        write_new(path, aside.read_bytes())
    aside.unlink(missing_ok=True)
    return None


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
