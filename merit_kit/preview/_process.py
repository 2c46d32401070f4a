"""The process apart in which files are read: kept running, and ended where one takes too long.

A plain child with pipes: it knows nothing of who started it, is the same on every system, and ends
by itself when whoever started it is gone, as its input does.
"""

from __future__ import annotations

import atexit
import json
import os
import struct
import subprocess
import sys
from contextlib import suppress
from threading import Lock, Timer
from typing import IO, Any

from merit_kit.preview._signs import UnshownError

TIME_LIMIT = 10.0
"""Seconds after which a file is given up."""

_START_LIMIT = 60.0
_MOST_FILES = 200
"""Read by one process; then another takes its place, and what the libraries let leak is gone."""

_LENGTH = struct.Struct(">II")
_lock = Lock()
_running: _Reader | None = None


class _Reader:
    def __init__(self) -> None:
        # The current folder may be anybody's: -P keeps it from being imported from.
        command = [sys.executable, "-P", "-W", "ignore", "-m", "merit_kit.preview._reader"]
        # Of numbers nothing is worked out there: one thread, and memory enough for the rest.
        env = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
        self._child = subprocess.Popen(  # noqa: S603 our own module
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=env,
        )
        self.left = _MOST_FILES
        self._within(_START_LIMIT, None)

    def make(self, content: bytes, name: str, lang: str) -> tuple[dict[str, Any], bytes]:
        self.left -= 1
        head = json.dumps({"name": name, "lang": lang}).encode("ascii")
        return self._within(TIME_LIMIT, _LENGTH.pack(len(head), len(content)) + head + content)

    def is_gone(self) -> bool:
        return self._child.poll() is not None

    def end(self) -> None:
        self._child.kill()
        for pipe in (self._child.stdin, self._child.stdout):
            # What was not taken any more cannot be flushed.
            with suppress(OSError):
                if pipe:
                    pipe.close()
        self._child.wait()

    def _within(self, seconds: float, sent: bytes | None) -> tuple[dict[str, Any], bytes]:
        """Send something and take the answer; a pipe has no time limit on Windows, a child has."""
        late = Timer(seconds, self._child.kill)
        late.daemon = True
        late.start()
        assert self._child.stdin  # noqa: S101 made with pipes above
        assert self._child.stdout  # noqa: S101
        try:
            if sent is not None:
                self._child.stdin.write(sent)
                self._child.stdin.flush()
            return take(self._child.stdout)
        except (OSError, EOFError, ValueError):
            self.end()
            # It was ended by us, or by the file.
            raise UnshownError("slow" if not late.is_alive() else "broken") from None
        finally:
            late.cancel()


def take(pipe: IO[bytes]) -> tuple[dict[str, Any], bytes]:
    """Take one message from a pipe: some facts and some bytes.

    Raises
    ------
    EOFError
        If it ends before the message does.
    """
    head, body = _LENGTH.unpack(_exactly(pipe, _LENGTH.size))
    return json.loads(_exactly(pipe, head)), _exactly(pipe, body)


def put(pipe: IO[bytes], facts: dict[str, Any], content: bytes = b"") -> None:
    """Put one message into a pipe."""
    head = json.dumps(facts).encode("ascii")
    pipe.write(_LENGTH.pack(len(head), len(content)) + head + content)
    pipe.flush()


def _exactly(pipe: IO[bytes], size: int) -> bytes:
    found = pipe.read(size)
    if len(found) < size:
        raise EOFError
    return found


def make(content: bytes, name: str, lang: str) -> tuple[str, str, bytes, str]:
    """Have a file read, one at a time.

    Returns
    -------
    tuple
        The parts of a `Preview`.

    Raises
    ------
    UnshownError
        If it is not to be shown, took too long, or broke its reader.
    """
    global _running
    with _lock:
        try:
            reader = _started()
            facts, page = reader.make(content, name, lang)
        except UnshownError:
            _running = None
            raise
        if reader.left == 0:
            reader.end()
            _running = None
    if "why" in facts:
        raise UnshownError(facts["why"], **facts["facts"])
    return facts["kind"], facts["type"], page, facts["said"]


def start() -> None:
    """Start the process, if none is running; that none can be is said when one is needed."""
    with _lock, suppress(UnshownError, OSError):
        _started()


def _started() -> _Reader:
    global _running
    if _running is not None and _running.is_gone():
        _running.end()
        _running = None
    if _running is None:
        try:
            _running = _Reader()
        except OSError as error:
            raise UnshownError("broken") from error
    return _running


@atexit.register
def _end() -> None:
    if _running is not None:
        _running.end()
