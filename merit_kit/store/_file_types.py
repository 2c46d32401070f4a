"""What a file is, by what is in it. Its name is somebody's claim and is never asked."""

from __future__ import annotations

import codecs
import io
import re
import zipfile

from merit_kit.errors import Key, StoreError

MOST_BYTES = 25 * 1024 * 1024

_OFFICE = "application/vnd.openxmlformats-officedocument."
PDF, PNG, JPEG, TEXT = "application/pdf", "image/png", "image/jpeg", "text/plain"
XLSX = f"{_OFFICE}spreadsheetml.sheet"
DOCX = f"{_OFFICE}wordprocessingml.document"
ALLOWED = "PDF, PNG, JPEG, XLSX, DOCX, CSV, TXT"

_SIGNATURES = (
    (b"%PDF-", PDF),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"\xff\xd8\xff", JPEG),
)
# Only to say what was found, so that whoever sent it knows which file that was.
_REFUSED = (
    (b"MZ", "EXE"),
    (b"\x7fELF", "ELF"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "DOC/XLS (OLE2)"),
    (b"GIF8", "GIF"),
    (b"Rar!", "RAR"),
    (b"7z\xbc\xaf\x27\x1c", "7Z"),
    (b"\x1f\x8b", "GZIP"),
    (b"RIFF", "RIFF (WEBP/AVI)"),
    (b"PK\x05\x06", "ZIP"),
)
_PARTS = (("xl/workbook.xml", XLSX), ("word/document.xml", DOCX))
# A tab, the ends of lines and of pages; anything else below a blank is no plain text.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f]")
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def type_of(content: bytes) -> str:
    """Return the media type of what may be kept as evidence.

    Raises
    ------
    StoreError
        If it is empty, larger than 25 MB, or of any other kind.
    """
    if not content:
        raise StoreError("evidence-empty")
    refuse_size(len(content))
    for start, kind in _SIGNATURES:
        if content.startswith(start):
            return kind
    if content.startswith(b"PK\x03\x04"):
        return _office(content)
    for start, kind in _REFUSED:
        if content.startswith(start):
            raise StoreError("evidence-type", found=kind, allowed=ALLOWED)
    text = _text(content)
    if text is None:
        raise StoreError("evidence-type", found=Key("upload.no_text"), allowed=ALLOWED)
    if sign := _CONTROL.search(text):
        found = f"U+{ord(sign[0]):04X}"
        raise StoreError("evidence-type", found=found, allowed=ALLOWED)
    return TEXT


def _text(content: bytes) -> str | None:
    """Return what a text says, in the encodings that spreadsheets and editors write; None if none.

    As `preview` shows it. Windows writes CSV in its code page, and "Unicode text" in UTF-16.
    """
    encodings = ("utf-16",) if content.startswith(_UTF_16) else ("utf-8", "cp1252")
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def refuse_size(size: int) -> None:
    """Refuse more than 25 MB.

    Raises
    ------
    StoreError
        Saying how large it is.
    """
    if size > MOST_BYTES:
        # Upwards: a byte too many must not read as "25 MB, at most 25 MB".
        raise StoreError("evidence-large", found=-(-size * 10 // 1024**2) / 10, allowed=25)


def _office(content: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            names = set(package.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        found = Key("upload.torn_package")
        raise StoreError("evidence-type", found=found, allowed=ALLOWED) from error
    if any(name.endswith("vbaProject.bin") for name in names):
        raise StoreError("evidence-type", found="XLSM/DOCM (VBA)", allowed=ALLOWED)
    for part, kind in _PARTS:
        if {"[Content_Types].xml", part} <= names:
            return kind
    raise StoreError("evidence-type", found="ZIP", allowed=ALLOWED)
