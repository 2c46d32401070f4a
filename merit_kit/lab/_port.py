"""The port of a work folder, chosen once: a browser keeps what is unsaved by address and port."""

from __future__ import annotations

import json
import os
import secrets
import socket
from pathlib import Path

from merit_kit.errors import MeritError
from merit_kit.files import write_whole

ADDRESS = "127.0.0.1"

# Below what systems hand out to programs that only call others (Linux from 32768, Windows and
# macOS from 49152): one of those would sit on it some mornings.
_FIRST, _LAST = 20_000, 29_999
_TRIES = 100


def pinned_port(folder: Path) -> int:
    """Return the port of a work folder; the first time, choose a free one and write it down.

    Raises
    ------
    MeritError
        ``lab-port-unreadable`` if what is written there is no port.
    """
    path = port_file(folder)
    if path.exists():
        return _read(path)
    port = _free()
    write_whole(path, json.dumps({"format": 1, "port": port}) + "\n")
    return port


def port_file(folder: Path) -> Path:
    """Return the file in which the port of a work folder is kept."""
    return folder / ".merit-lab.json"


def is_free(port: int) -> bool:
    """Say whether a server could listen on this port now."""
    with socket.socket() as tried:
        # Without it a port whose last connection has just ended looks taken; on Windows the same
        # option would take the port from whoever has it.
        if os.name != "nt":
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind((ADDRESS, port))
        except OSError:
            return False
    return True


def _read(path: Path) -> int:
    try:
        port = json.loads(path.read_text(encoding="utf-8"))["port"]
    except (OSError, ValueError, KeyError, TypeError):
        port = None
    if type(port) is not int or not 1024 <= port <= 65535:
        raise MeritError("lab-port-unreadable", path=str(path))
    return port


def _free() -> int:
    tried = (_FIRST + secrets.randbelow(_LAST - _FIRST + 1) for _ in range(_TRIES))
    found = next(filter(is_free, tried), None)
    if found is None:
        raise MeritError("lab-no-port", first=str(_FIRST), last=str(_LAST))
    return found
