"""Packages of an office program: looked at from outside first, then read by what they are."""

from __future__ import annotations

import io
import zipfile
import zlib
from typing import Any

from merit_kit.i18n import Words
from merit_kit.preview import _document, _grid
from merit_kit.preview._signs import UnshownError

MEGABYTE = 1_000_000
MOST_MEMBERS = 3_000
MOST_UNPACKED = 200 * MEGABYTE
MOST_RATIO = 100
LARGE_MEMBER = 10 * MEGABYTE
MOST_OF_DOCUMENT = 6 * MEGABYTE
"""A document is read whole, and takes fifty times as much memory as its text."""

_NOT_WHOLE = (
    *(zipfile.BadZipFile, zlib.error, NotImplementedError),
    *(EOFError, ValueError, OSError, RuntimeError),
)
_PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_BOOK, _DOCUMENT = "xl/workbook.xml", "word/document.xml"
_OTHERS = {
    "content.xml": "ODS/ODT (LibreOffice)",
    "xl/workbook.bin": "XLSB",
    "ppt/presentation.xml": "PPTX (PowerPoint)",
}
_MACRO = ("vbaproject.bin", "/macrosheets/")


def read(content: bytes, name: str, words: Words) -> tuple[str, str, dict[str, Any]]:
    """Read a workbook or a document.

    Returns
    -------
    tuple
        The kind of preview, what has to be said of it, and the parts of its page.

    Raises
    ------
    UnshownError
        If it is neither, locked, holds macros, or unfolds to too much.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            kind = _checked(package)
    except _NOT_WHOLE as error:
        raise UnshownError("torn", found="ZIP (XLSX/DOCX)") from error
    if kind == _BOOK:
        said, sheets = _grid.of_workbook(content, words)
        return "page", said, {"sheets": sheets}
    said, prose = _document.read(content, words)
    return "page", said, {"prose": prose}


def _checked(package: zipfile.ZipFile) -> str:
    """Return the part that says what it is, having looked at its table of contents."""
    members = package.infolist()
    if any(member.flag_bits & 1 for member in members):
        raise UnshownError("locked")
    if any(member.compress_type not in _PACKED for member in members):
        raise NotImplementedError("compression")
    names = {member.filename for member in members}
    if any(mark in f"/{name}".casefold() for name in names for mark in _MACRO):
        raise UnshownError("macro")
    kind = next((part for part in (_BOOK, _DOCUMENT) if part in names), None)
    if kind is None:
        found = next((other for part, other in _OTHERS.items() if part in names), "ZIP")
        raise UnshownError("foreign", found=found)
    _weigh(members, kind)
    _refuse_entities(package)
    return kind


def _weigh(members: list[zipfile.ZipInfo], kind: str) -> None:
    unpacked = sum(member.file_size for member in members)
    if len(members) > MOST_MEMBERS or unpacked > MOST_UNPACKED or any(map(_swells, members)):
        raise UnshownError("bomb", found=round(unpacked / MEGABYTE, 1))
    texts = [member.file_size for member in members if member.filename.endswith(".xml")]
    if kind == _DOCUMENT and max(texts) > MOST_OF_DOCUMENT:
        raise UnshownError("heavy")


def _swells(member: zipfile.ZipInfo) -> bool:
    return member.file_size > LARGE_MEMBER and member.file_size > MOST_RATIO * member.compress_size


def _refuse_entities(package: zipfile.ZipFile) -> None:
    """Refuse document types: no such package has one, and what unfolds without end begins so."""
    for member in package.infolist():
        if member.filename.endswith((".xml", ".rels")):
            with package.open(member) as file:
                if b"<!DOCTYPE" in file.read(4096).replace(b"\0", b""):
                    raise UnshownError("damaged")
