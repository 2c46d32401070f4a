"""The port of a work folder, chosen once: a browser keeps what is unsaved by address and port."""

from __future__ import annotations

import json
import os
import secrets
import socket
import sys
import time
from pathlib import Path

from merit_kit.errors import MeritError

ADDRESS = "127.0.0.1"

# Below what systems hand out to programs that only call others (Linux from 32768, Windows and
# macOS from 49152): one of those would sit on it some mornings.
_FIRST, _LAST = 20_000, 29_999
_TRIES = 100

_MOMENT = 0.5
"""Seconds within which another start has written the port it chose."""


def pinned_port(folder: Path) -> int:
    """Return the port of a work folder; the first time, choose a free one and write it down.

    Raises
    ------
    MeritError
        ``lab-port-unreadable`` if what is written there is no port.
    """
    path = port_file(folder)
    if not path.exists():
        _write(path, _free())
    # Also what was just written: of two first starts at once, one port counts.
    return _read(path)


def port_file(folder: Path) -> Path:
    """Return the file in which the port of a work folder is kept."""
    return folder / ".merit-lab.json"


def is_free(port: int) -> bool:
    """Say whether a server could listen on this port now."""
    with socket.socket() as tried:
        if sys.platform == "win32":
            # Without it a port that somebody shares looks free.
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            # Without it a port whose last connection has just ended looks taken. On Windows this
            # option would take the port from whoever has it.
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind((ADDRESS, port))
        except OSError:
            return False
    return True


def _write(path: Path, port: int) -> None:
    """Write a port down, unless another start has done so meanwhile."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(json.dumps({"format": 1, "port": port}) + "\n")
            file.flush()
            os.fsync(file.fileno())
    except FileExistsError:
        return


def _read(path: Path) -> int:
    deadline = time.monotonic() + _MOMENT
    while not (text := _text(path)) and time.monotonic() < deadline:
        time.sleep(0.01)
    try:
        port = json.loads(text)["port"]
    except (ValueError, KeyError, TypeError):
        port = None
    if type(port) is not int or not 1024 <= port <= 65535:
        raise MeritError("lab-port-unreadable", path=str(path))
    return port


def _text(path: Path) -> str:
    """Return what is written there; empty while another start is creating it."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""


def _free() -> int:
    tried = (_FIRST + secrets.randbelow(_LAST - _FIRST + 1) for _ in range(_TRIES))
    found = next(filter(is_free, tried), None)
    if found is None:
        raise MeritError("lab-no-port", first=str(_FIRST), last=str(_LAST))
    return found
