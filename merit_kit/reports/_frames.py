"""Messages through a pipe: each with its length before it; and what is said beside them."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import IO, Any

Note = tuple[str, Mapping[str, Any]]
"""Something to say of a report that was made all the same: the key of a sentence, its facts."""

_LENGTH = struct.Struct(">Q")


def errors_of(number: int) -> str:
    """Return the name of the file of what a worker says beside its answers, of one report."""
    return f"galat-{number}.txt"


def put(pipe: IO[bytes], content: bytes) -> None:
    """Put a message into a pipe."""
    pipe.write(_LENGTH.pack(len(content)))
    pipe.write(content)
    pipe.flush()


def take(pipe: IO[bytes]) -> bytes:
    """Take a message from a pipe.

    Raises
    ------
    EOFError
        If it ends before the message does.
    """
    [length] = _LENGTH.unpack(_exactly(pipe, _LENGTH.size))
    return _exactly(pipe, length)


def _exactly(pipe: IO[bytes], size: int) -> bytes:
    found = pipe.read(size)
    if len(found) < size:
        raise EOFError
    return found
