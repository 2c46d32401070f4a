"""Any XLSX workbook, as texts that know their place; hostile ones are refused before they are read.

What can be asked of the outside (its size, what lies in the archive, how far it unpacks) is asked
first. Then the very bytes that were asked about are read in a process of its own.
"""

from __future__ import annotations

import io
import json
import re
import string
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from merit_kit.errors import Cell, Key, TableError
from merit_kit.files import read_at_most

MEGABYTE = 1_000_000
MOST_BYTES = 25 * MEGABYTE
MOST_MEMBERS = 2_000
MOST_UNPACKED = 200 * MEGABYTE
MOST_RATIO = 100
LARGE_MEMBER = 10 * MEGABYTE
MOST_SECONDS = 60

OLE2 = b"\xd0\xcf\x11\xe0"
ZIP = b"PK\x03\x04"

_PARSER = Path(__file__).with_name("_xlsx_parse.py")
# Names of streams are kept in UTF-16.
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_BOOK = "xl/workbook.xml"
# What zipfile raises of an archive that is cut, changed or packed in a way no workbook is.
_NOT_WHOLE = (
    *(zipfile.BadZipFile, zlib.error, NotImplementedError),
    *(EOFError, ValueError, OSError, RuntimeError),
)
_PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
# What else arrives under the name of a workbook, by a member that it holds.
_OTHERS = {
    "content.xml": "ODS (LibreOffice)",
    "xl/workbook.bin": "XLSB",
    "word/document.xml": "DOCX (Word)",
    "ppt/presentation.xml": "PPTX (PowerPoint)",
}


class Formula(str):
    """The formula of a cell. It is not worked out: what its author saw is not known."""

    __slots__ = ()


class Broken(str):
    """What a spreadsheet shows where it could not work something out, such as #REF!."""

    __slots__ = ()


class Number(str):
    """A number, as its user sees it; of 3.10 that is 3.1."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: the texts of its cells that are not blank, by line and column, both from 1."""

    name: str
    hidden: bool
    rows: Mapping[int, Mapping[int, str]]

    def text(self, line: int, column: int) -> str:
        """Return what stands in a cell, without blanks around it; empty if nothing does."""
        found = self.rows.get(line, {}).get(column, "")
        return found if isinstance(found, Formula | Broken) else found.strip()

    def at(self, line: int, column: int, heading: str = "") -> Cell:
        """Return the place of a cell, its column as a spreadsheet calls it and as it is headed."""
        letter = letters(column)
        return Cell(line, f"{letter} ({heading})" if heading else letter, self.name)


def letters(column: int) -> str:
    """Return what a spreadsheet calls a column: A for 1, AA for 27."""
    left, last = divmod(column - 1, 26)
    return (letters(left) if left else "") + string.ascii_uppercase[last]


def may_be_workbook(path: Path) -> bool:
    """Say whether a file may be a workbook at all, old ones and locked ones too."""
    try:
        with path.open("rb") as file:
            return file.read(len(ZIP)) in (ZIP, OLE2)
    except OSError:
        return False


def read_sheets(path: Path) -> list[Sheet]:
    """Read every sheet of an XLSX file, hidden ones too.

    Numbers, days and booleans become the text that a user sees; a formula stays a `Formula`.

    Raises
    ------
    TableError
        If it cannot be read, is not XLSX, is locked, holds macros, or is too large in any way.
    """
    content = _content(path)
    _check(path, content)
    try:
        return list(_parsed(content))
    except UnreadError as error:
        key, found, allowed = error.args
        raise TableError(key, path=path.name, found=found, allowed=allowed) from error


def _content(path: Path) -> bytes:
    def too_large(size: int) -> TableError:
        found, allowed = round(size / MEGABYTE, 1), MOST_BYTES // MEGABYTE
        return TableError("workbook-too-large", path=path.name, found=found, allowed=allowed)

    return read_at_most(path, MOST_BYTES, TableError, too_large)


def _check(path: Path, content: bytes) -> None:
    """Refuse what must not be unpacked, looking at its table of contents alone."""
    if content.startswith(OLE2):
        key = "workbook-encrypted" if _ENCRYPTED in content else "workbook-old"
        raise TableError(key, path=path.name)
    if not content.startswith(ZIP):
        raise TableError("workbook-foreign", path=path.name, found=path.suffix or "?")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_members(path, archive)
            _check_entities(path, archive)
    except _NOT_WHOLE as error:
        raise TableError("workbook-damaged", path=path.name, found=str(error)[:200]) from error


def _check_members(path: Path, archive: zipfile.ZipFile) -> None:
    members = archive.infolist()
    if len(members) > MOST_MEMBERS:
        raise TableError(
            "workbook-crowded", path=path.name, found=len(members), allowed=MOST_MEMBERS
        )
    for member in members:
        # `filename` has been made harmless already; what was written is what tells of a trick.
        if _leads_away(member.orig_filename):
            raise TableError("workbook-leads-away", path=path.name, found=member.orig_filename[:60])
    if any(member.flag_bits & 1 for member in members):
        raise TableError("workbook-encrypted", path=path.name)
    if any(member.compress_type not in _PACKED for member in members):
        raise NotImplementedError("compression")
    unpacked = sum(member.file_size for member in members)
    if unpacked > MOST_UNPACKED or any(map(_swells, members)):
        size = round(unpacked / MEGABYTE, 1)
        allowed = MOST_UNPACKED // MEGABYTE
        raise TableError("workbook-bomb", path=path.name, found=size, allowed=allowed)
    names = {member.filename for member in members}
    folded = [name.casefold() for name in names]
    if any(name.endswith("vbaproject.bin") or "/macrosheets/" in name for name in folded):
        raise TableError("workbook-macro", path=path.name)
    if _BOOK not in names:
        found = next((kind for member, kind in _OTHERS.items() if member in names), "ZIP")
        raise TableError("workbook-foreign", path=path.name, found=found)


def _leads_away(name: str) -> bool:
    parts = re.split(r"[\\/]", name)
    return ".." in parts or not parts[0] or ":" in parts[0] or "\0" in name


def _swells(member: zipfile.ZipInfo) -> bool:
    return member.file_size > LARGE_MEMBER and member.file_size > MOST_RATIO * member.compress_size


def _check_entities(path: Path, archive: zipfile.ZipFile) -> None:
    """Refuse document types: no workbook has one, and what unfolds without end begins with one."""
    for member in archive.infolist():
        with archive.open(member) as file:
            if b"<!DOCTYPE" in file.read(4096).replace(b"\0", b""):
                raise TableError("workbook-damaged", path=path.name, found="DOCTYPE")


class UnreadError(Exception):
    """Why a workbook was not read: the key of the sentence, and its facts."""


# One file is asked what it is, whose it is and what it says, one question after the other.
@lru_cache(maxsize=2)
def _parsed(content: bytes) -> tuple[Sheet, ...]:
    # Without -P, the script's own folder would come first, and its _csv.py before Python's.
    command = [sys.executable, "-P", "-W", "ignore", str(_PARSER)]
    try:
        done = subprocess.run(  # noqa: S603 our own script
            command, input=content, capture_output=True, timeout=MOST_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise UnreadError("workbook-slow", None, MOST_SECONDS) from None
    try:
        found = json.loads(done.stdout)
    except ValueError:
        raise UnreadError("workbook-damaged", str(done.returncode), None) from None
    if "fault" in found:
        what = found["found"]
        if found["fault"] == "workbook-too-much":
            what = Key(f"form.much.{what}")
        raise UnreadError(found["fault"], what, found.get("allowed"))
    return tuple(
        Sheet(
            sheet["name"],
            sheet["hidden"],
            {
                line: {column: _KINDS[kind](text) for column, kind, text in cells}
                for line, cells in sheet["rows"]
            },
        )
        for sheet in found["sheets"]
    )


_KINDS: Mapping[str, type[str]] = {"s": str, "n": Number, "f": Formula, "e": Broken}
