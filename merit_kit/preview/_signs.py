"""What a file is by the first of its bytes, and whether a picture or a PDF is whole."""

from __future__ import annotations

import struct
from typing import Any

MOST_BYTES = 25 * 1024 * 1024
"""As much as the store keeps; a test holds the two equal."""

MOST_PIXELS = 100_000_000
"""A picture of more fills the memory of a laptop, however small its file is."""

PDF, PNG, JPEG = "application/pdf", "image/png", "image/jpeg"
ZIP, OLE2 = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

_SIGNATURES = ((b"%PDF-", PDF), (b"\x89PNG\r\n\x1a\n", PNG), (b"\xff\xd8\xff", JPEG))
# Never shown; named, so that whoever sent it knows which file that was.
_NAMED = (
    (b"MZ", "EXE"),
    (b"\x7fELF", "ELF"),
    (b"GIF8", "GIF"),
    (b"Rar!", "RAR"),
    (b"7z\xbc\xaf\x27\x1c", "7Z"),
    (b"\x1f\x8b", "GZIP"),
    (b"RIFF", "RIFF (WEBP/AVI)"),
    (b"PK\x05\x06", "ZIP"),
)
# Names of streams in an OLE2 file are kept in UTF-16.
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")

_WITH_SIZE = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
_WITHOUT_LENGTH = {0x01, *range(0xD0, 0xD9)}


class UnshownError(Exception):
    """Why a file is not shown: the sentence ``preview.why.<key>`` and its facts."""

    def __init__(self, key: str, **facts: Any) -> None:
        self.key, self.facts = key, facts
        super().__init__(key)


def shown_as_it_is(content: bytes) -> str | None:
    """Return the media type of a PDF or a picture; None if it is neither.

    Raises
    ------
    UnshownError
        If it is cut off, or has more pixels than a browser bears.
    """
    kind = next((kind for start, kind in _SIGNATURES if content.startswith(start)), None)
    if kind == PDF:
        # A reader begins at the end, where a PDF says where its parts lie.
        if content.rfind(b"%%EOF") < len(content) // 2:
            raise UnshownError("torn", found="PDF")
    elif kind is not None:
        wide, high = (_png_size if kind == PNG else _jpeg_size)(content)
        if wide * high > MOST_PIXELS:
            raise UnshownError("pixels", found=wide * high // 10**6, allowed=MOST_PIXELS // 10**6)
    return kind


def kind_of(content: bytes) -> str:
    """Return what a file that can be shown is called: PDF, PNG, JPEG, XLSX, DOCX, else TXT."""
    for start, kind in _SIGNATURES:
        if content.startswith(start):
            return kind.rpartition("/")[2].upper()
    if content.startswith(ZIP):
        # The names of its parts stand in a package as they are.
        return "DOCX" if b"word/document.xml" in content else "XLSX"
    return "TXT"


def refuse_named(content: bytes) -> None:
    """Refuse what is known not to be shown.

    Raises
    ------
    UnshownError
        Naming it.
    """
    if content.startswith(OLE2):
        raise UnshownError("locked" if _ENCRYPTED in content else "old")
    for start, kind in _NAMED:
        if content.startswith(start):
            raise UnshownError("foreign", found=kind)


def _png_size(content: bytes) -> tuple[int, int]:
    at = 8
    size = None
    while at + 12 <= len(content):
        (length,) = struct.unpack_from(">I", content, at)
        name = content[at + 4 : at + 8]
        if name == b"IHDR" and length == 13 and at + 25 <= len(content):
            size = struct.unpack_from(">II", content, at + 8)
        if name == b"IEND" and size is not None:
            return size[0], size[1]
        at += 12 + length
    raise UnshownError("torn", found="PNG")


def _jpeg_size(content: bytes) -> tuple[int, int]:
    at, size = 2, None
    while at + 9 <= len(content) and content[at] == 0xFF:
        mark = content[at + 1]
        if mark == 0xFF or mark in _WITHOUT_LENGTH:
            at += 1 if mark == 0xFF else 2
            continue
        if mark in _WITH_SIZE:
            high, wide = struct.unpack_from(">HH", content, at + 5)
            size = wide, high
        (length,) = struct.unpack_from(">H", content, at + 2)
        at += 2 + length
        if mark == 0xDA:  # from here on the picture itself, up to its end
            if size is not None and content.find(b"\xff\xd9", at) > 0:
                return size
            break
    raise UnshownError("torn", found="JPEG")
