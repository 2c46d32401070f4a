"""Where the kit's own folders are, and how a file is written so that it is whole or not there."""

from __future__ import annotations

import os
import re
import secrets
import time
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_CODE = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
# Codes become file names, and Windows keeps these for devices.
_DEVICES = {"con", "prn", "aux", "nul", *(f"{d}{n}" for d in ("com", "lpt") for n in range(1, 10))}


def kit_folder(name: str) -> Path:
    """Return the kit's folder `name`: ``data``, ``templates`` or ``notebooks``.

    In a checkout they lie beside the package. A wheel carries them inside it. An editable
    install holds copies as well, which go stale, so the checkout is looked at first.
    """
    checkout = _PACKAGE.parent
    if (checkout / "pyproject.toml").is_file() and (checkout / name).is_dir():
        return checkout / name
    return _PACKAGE / "_kit" / name


def is_code(text: str) -> bool:
    """Say whether `text` may be the code of an agency or a round: it becomes part of file names.

    Small letters, digits and inner hyphens, at most 40, and no name of a Windows device.
    """
    return bool(_CODE.fullmatch(text)) and text not in _DEVICES


def write_whole(path: Path, content: bytes | str) -> None:
    """Write a file so that a reader, or a crash at any moment, sees all of it or none of it."""
    if isinstance(content, str):
        content = content.encode("utf-8")
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.parent / f".{path.name}.{secrets.token_hex(4)}.tmp"
    try:
        with new.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        _put_in_place(new, path)
    except BaseException:
        new.unlink(missing_ok=True)
        raise


def _put_in_place(new: Path, path: Path, patience: float = 2.0) -> None:
    """Rename `new` over `path`. On Windows that fails while a virus scanner holds the file."""
    deadline = time.monotonic() + patience
    while True:
        try:
            os.replace(new, path)
            return
        except PermissionError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
