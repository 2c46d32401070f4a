"""The record of what was checked and issued, and how a page gets on it: whole, or not at all.

What is issued is never written again. Whoever is cut off while issuing, at any moment, leaves
either a page that is on record, or files that nobody has issued; those are taken away by whoever
has the next turn.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from merit_kit.errors import ReportError
from merit_kit.files import write_new, write_whole

LEDGER = "terbitan.jsonl"
GOING = ".terbitan-berjalan.json"
"""In a folder while something is being issued there: which files are on their way."""


@dataclass(frozen=True, slots=True)
class Record:
    """A line of the ledger: one page that was checked or issued, in one language.

    `page`, `table`, `letter` and `comparison` are digests (empty: there is none), `case` that of
    what the page was made from and `shown` that of what of it stands on a page (empty: made before
    that was noted); `n` is the running part of the letter's number. `checked_by` and `checked_at`
    are of the check that an issued page names.
    """

    status: str
    agency: str
    lang: str
    version: int | None
    at: str
    by: str
    case: str
    page: str
    file: str
    table: str = ""
    letter: str = ""
    number: str = ""
    n: int | None = None
    as_of: str | None = None
    shown: str = ""
    comparison: str = ""
    checked_by: str = ""
    checked_at: str = ""

    @property
    def age(self) -> int:
        """Its version as a number that can be compared; 0 for what has none."""
        return self.version or 0


_PAGE = ("agency", "lang", "version", "page")
_NOTHING = hashlib.sha256(b"").hexdigest()


def issue_for_good(folder: Path, files: Mapping[Path, bytes], record: Record) -> None:
    """Put the files of an issued page in their place, and it on record: all of it or nothing.

    In the turn of the folder.
    """
    new = {path.name: sha256(content) for path, content in files.items() if not path.exists()}
    page = {part: getattr(record, part) for part in _PAGE}
    write_whole(folder / GOING, json.dumps({**page, "files": new}, ensure_ascii=False))
    made: list[Path] = []
    try:
        for path, content in files.items():
            if keep(path, content):
                made.append(path)
        note(folder, record)
    except BaseException:
        # Else what is on no record would keep this agency from being issued anything again.
        for path in made:
            path.unlink(missing_ok=True)
        raise
    finally:
        (folder / GOING).unlink(missing_ok=True)


def settle(folder: Path) -> None:
    """Take away what somebody who was cut off while issuing had not put on record.

    In the turn of the folder. What is on record stays, and what is not as they made it.
    """
    going = folder / GOING
    try:
        said = json.loads(going.read_text(encoding="utf-8"))
        page, files = [said[part] for part in _PAGE], dict(said["files"])
    except FileNotFoundError:
        return
    except (ValueError, TypeError, KeyError, AttributeError):
        going.unlink()  # not ours: it is written whole
        return
    if not any([getattr(each, part) for part in _PAGE] == page for each in records(folder)):
        for name, expected in files.items():
            path = folder / Path(name).name
            if path.is_file() and sha256(path.read_bytes()) in (expected, _NOTHING):
                path.unlink()
    going.unlink()


def note(folder: Path, record: Record) -> None:
    """Add a line to the ledger, in its turn. It is on the disk when this returns, or not there."""
    path = folder / LEDGER
    before = path.stat().st_size if path.exists() else None
    try:
        append_line(path, asdict(record))
    except BaseException:
        with suppress(OSError):
            if before is None:
                path.unlink(missing_ok=True)
            else:
                os.truncate(path, before)
        raise


def append_line(path: Path, line: Mapping[str, Any], *, synced: bool = True) -> None:
    """Add a line to a file of records. A line torn by a crash is no JSON and counts for nothing.

    It is ended first, so that what follows it is not torn along with it. One that is not `synced` a
    power cut may cost.
    """
    written = json.dumps(line, ensure_ascii=False, sort_keys=True) + "\n"
    with path.open("a+b") as file:
        if file.seek(0, os.SEEK_END):
            file.seek(-1, os.SEEK_END)
            written = written if file.read(1) == b"\n" else f"\n{written}"
        file.write(written.encode("utf-8"))
        if synced:
            file.flush()
            os.fsync(file.fileno())


def keep(path: Path, content: bytes) -> bool:
    """Write a file that is never written again, and say so; the same once more changes nothing.

    Raises
    ------
    ReportError
        If there is another by that name.
    """
    try:
        write_new(path, content)
    except FileExistsError as error:
        if path.read_bytes() != content:
            raise ReportError("issued-in-the-way", path=str(path)) from error
        return False
    return True


def sha256(content: bytes) -> str:
    """Return the SHA-256 of a file's contents, as the ledger has it."""
    return hashlib.sha256(content).hexdigest()


def records(folder: Path) -> Iterator[Record]:
    """Yield what is on record. A line torn by a crash, if in mid-letter, counts for nothing.

    Raises
    ------
    ReportError
        If it cannot be read, or nothing in it can, as where an editor saved it in another encoding.
    """
    path = folder / LEDGER
    try:
        lines = path.read_bytes().split(b"\n")
    except FileNotFoundError:
        return
    except OSError as error:
        raise ReportError("ledger-unreadable", path=str(path)) from error
    found = [record for line in lines if (record := _record_of(line))]
    if not found and len([*filter(None, lines)]) > 1:
        raise ReportError("ledger-unreadable", path=str(path))
    yield from found


def _record_of(line: bytes) -> Record | None:
    try:
        return Record(**json.loads(line.decode("utf-8")))
    except (ValueError, TypeError):
        return None
