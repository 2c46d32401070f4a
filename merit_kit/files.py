"""Where the kit's own folders are, and how a file is written so that it is whole or not there."""

from __future__ import annotations

import errno
import os
import re
import sys
import time
import unicodedata
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from merit_kit.errors import Key, MeritError

_PACKAGE = Path(__file__).resolve().parent
_CODE = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
# Codes become file names, and Windows keeps these for devices.
_DEVICES = {"con", "prn", "aux", "nul", *(f"{d}{n}" for d in ("com", "lpt") for n in range(1, 10))}
# Taken for the same devices, though no code can hold them.
_MORE_DEVICES = {"conin$", "conout$", *(f"{d}{n}" for d in ("com", "lpt") for n in "\xb9\xb2\xb3")}
_LONGEST_FILE_NAME = 120
_MOST_BYTES_IN_FILE_NAME = 255  # of Linux, where a character may take four
_REASONS = {
    errno.ENOSPC: Key("reason.full"),
    errno.EDQUOT: Key("reason.full"),
    errno.EROFS: Key("reason.read-only"),
    errno.ENOENT: Key("reason.missing"),
    errno.ENOTDIR: Key("reason.not-folder"),
    errno.EBUSY: Key("reason.denied"),
}
_NOT_IN_FILE_NAMES = set('/\\:*?"<>|')


def kit_folder(name: str) -> Path:
    """Return the kit's folder `name`: ``data``, ``templates`` or ``notebooks``.

    In a checkout they lie beside the package. A wheel carries them inside it. An editable
    install holds copies as well, which go stale, so the checkout is looked at first.
    """
    checkout = _PACKAGE.parent
    if (checkout / "pyproject.toml").is_file() and (checkout / name).is_dir():
        return checkout / name
    return _PACKAGE / "_kit" / name


def read_at_most(
    path: Path, most: int, refusal: type[MeritError], too_large: Callable[[int], MeritError]
) -> bytes:
    """Return a file's contents.

    Parameters
    ----------
    most : int
        How many bytes it may have; else `too_large` is raised with how many it has.

    Raises
    ------
    MeritError
        A `refusal` if it is not there or cannot be read.
    """
    try:
        if path.is_file() and path.stat().st_size > most:
            raise too_large(path.stat().st_size)
        return path.read_bytes()
    except FileNotFoundError:
        raise refusal("file-missing", path=str(path)) from None
    except OSError as error:
        said = reason_of(error, path)
        raise refusal("file-unreadable", path=str(path), said=said) from error


def reason_of(error: OSError, path: Path) -> str:
    """Return why a file could not be read or written: a `Key`, or the system's own words.

    It says the usual reasons in its own language, which need not be the user's.
    """
    # Windows says of a folder that it may not be opened.
    if isinstance(error, IsADirectoryError | PermissionError) and path.is_dir():
        return Key("reason.folder")
    # Windows says no more of a file that another program holds than of one that is not ours.
    if isinstance(error, PermissionError):
        return Key("reason.denied")
    return _REASONS.get(error.errno or 0) or error.strerror or Key("reason.other")


def is_code(text: str) -> bool:
    """Say whether `text` may be the code of an agency or a round: it becomes part of file names.

    Small letters, digits and inner hyphens, at most 40, and no name of a Windows device.
    """
    return bool(_CODE.fullmatch(text)) and text not in _DEVICES


def is_file_name(text: str) -> bool:
    """Say whether `text`, as somebody else wrote it, is the plain name of a file on any system.

    No folder, drive or device, nothing that Windows keeps out of names or takes off their end, no
    character that cannot be seen; at most 120 characters.
    """
    if not 0 < len(text) <= _LONGEST_FILE_NAME or text != text.strip() or text.endswith("."):
        return False
    if _NOT_IN_FILE_NAMES & set(text):
        return False
    # Controls, and what turns the order of reading: "gpj.exe" may look like "exe.jpg".
    if any(unicodedata.category(c)[0] == "C" or c in "\u2028\u2029" for c in text):
        return False
    if len(text.encode("utf-8")) > _MOST_BYTES_IN_FILE_NAME:
        return False
    stem = text.split(".")[0].rstrip().casefold()
    return stem not in _DEVICES | _MORE_DEVICES


def write_whole(path: Path, content: bytes | str) -> None:
    """Write a file so that a reader, or a crash at any moment, sees all of it or none of it."""
    if isinstance(content, str):
        content = content.encode("utf-8")
    with _written(path, content) as new:
        _patiently(lambda: os.replace(new, path))


def write_new(path: Path, content: bytes) -> None:
    """Write a file that is not there yet, whole or not at all, and never over another.

    Raises
    ------
    FileExistsError
        If there is one by that name.
    """
    if path.exists():
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))
    with _written(path, content) as new:
        _put_where_nothing_is(new, path)


@contextmanager
def _written(path: Path, content: bytes) -> Iterator[Path]:
    """Lend the content as a file beside its place, where nobody looks; what is left of it goes."""
    import secrets  # ten milliseconds, which a `merit --help` need not wait for

    path.parent.mkdir(parents=True, exist_ok=True)
    # Who writes it: what is left of somebody who was cut off can be told from work that goes on.
    new = path.parent / f".{path.name}.{here()}-{os.getpid()}-{secrets.token_hex(4)}.tmp"
    try:
        with new.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        yield new
    finally:
        new.unlink(missing_ok=True)


def here() -> str:
    """Return four digits that tell this computer from others that share a folder with it."""
    import platform  # thirty milliseconds, as above

    return f"{zlib.crc32(platform.node().casefold().encode('utf-8')) & 0xFFFF:04x}"


def _put_where_nothing_is(new: Path, path: Path) -> None:
    """Give `new` its name, unless there is a file by that name; the system decides that at once."""
    if sys.platform == "win32":
        _patiently(lambda: new.rename(path))  # which refuses to overwrite there
        return
    try:
        path.hardlink_to(new)
    except FileExistsError:
        raise
    except OSError:
        # A folder of another system, which has no second names: the name first, then what it is of.
        path.open("xb").close()
        new.replace(path)


def _patiently(put: Callable[[], object], patience: float = 2.0) -> None:
    """Put a file in its place. On Windows that fails while a virus scanner holds it."""
    deadline = time.monotonic() + patience
    while True:
        try:
            put()
            return
        except PermissionError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
