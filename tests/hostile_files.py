"""Files as agencies send them, and as somebody would who means harm; made here, byte by byte."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping

import openpyxl

_TYPES = (
    '<?xml version="1.0" encoding="UTF-8"?><Types '
    'xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Default Extension="png" ContentType="image/png"/>'
    '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-'
    'officedocument.wordprocessingml.document.main+xml"/></Types>'
)
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_DRAWN = "http://schemas.openxmlformats.org/drawingml/2006"


def package(parts: Mapping[str, str | bytes], stored: bool = False) -> bytes:
    made = io.BytesIO()
    how = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
    with zipfile.ZipFile(made, "w", how) as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return made.getvalue()


def docx(body: str, relations: str = "", **parts: str | bytes) -> bytes:
    """A document of a body in WordprocessingML; `relations` are its links and pictures."""
    document = (
        '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
        f'xmlns:r="{_RELATIONS}" xmlns:a="{_DRAWN}/main" xmlns:pic="{_DRAWN}/picture" '
        f'xmlns:wp="{_DRAWN}/wordprocessingDrawing"><w:body>{body}</w:body></w:document>'
    )
    first = (
        f'<Relationships xmlns="{_PACKAGE}"><Relationship Id="r1" '
        f'Type="{_RELATIONS}/officeDocument" Target="word/document.xml"/></Relationships>'
    )
    own = f'<Relationships xmlns="{_PACKAGE}">{relations}</Relationships>'
    return package(
        {
            "[Content_Types].xml": _TYPES,
            "_rels/.rels": first,
            "word/document.xml": document,
            "word/_rels/document.xml.rels": own,
            **parts,
        }
    )


def said(text: str) -> str:
    """A paragraph."""
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def linked(text: str, target: str) -> tuple[str, str]:
    """A paragraph with a link, and the relation that says where it leads."""
    link = f'<w:p><w:hyperlink r:id="h1"><w:r><w:t>{text}</w:t></w:r></w:hyperlink></w:p>'
    relation = (
        f'<Relationship Id="h1" Type="{_RELATIONS}/hyperlink" Target="{target}" '
        'TargetMode="External"/>'
    )
    return link, relation


def pictured(target: str, how: str = "embed") -> tuple[str, str]:
    """A picture, and the relation that says where it is."""
    blip = f'<a:blip r:{how}="p1"/>'
    drawn = (
        "<w:p><w:r><w:drawing><wp:inline><a:graphic><a:graphicData><pic:pic><pic:blipFill>"
        f"{blip}</pic:blipFill></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing>"
        "</w:r></w:p>"
    )
    mode = ' TargetMode="External"' if how == "link" else ""
    relation = f'<Relationship Id="p1" Type="{_RELATIONS}/image" Target="{target}"{mode}/>'
    return drawn, relation


def xlsx(fill: Callable[[openpyxl.Workbook], None]) -> bytes:
    book = openpyxl.Workbook()
    fill(book)
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def rows(content: bytes, sheet: str, rows: str) -> bytes:
    """A workbook with the cells of its first sheet written by hand."""
    parts = {}
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    parts["xl/worksheets/sheet1.xml"] = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        f'<dimension ref="{sheet}"/><sheetData>{rows}</sheetData></worksheet>'
    ).encode()
    return package(parts)


def png(wide: int = 2, high: int = 2, named: tuple[int, int] | None = None) -> bytes:
    """A grey picture; `named`: the size it claims to have."""
    head = struct.pack(">IIBBBBB", *(named or (wide, high)), 8, 0, 0, 0, 0)
    lines = zlib.compress((b"\0" + b"\x80" * wide) * high)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in ((b"IHDR", head), (b"IDAT", lines), (b"IEND", b""))
    )


def jpeg(wide: int = 2, high: int = 2) -> bytes:
    """As much of a JPEG as says what it is: its marks, no picture."""
    frame = b"\xff\xc0" + struct.pack(">HBHHB", 11, 8, high, wide, 1) + b"\x01\x11\0"
    return b"\xff\xd8\xff\xe0\0\x04JF" + frame + b"\xff\xda\0\x02" + b"\x12" * 9 + b"\xff\xd9"


def pdf(size: int = 0, script: bytes = b"") -> bytes:
    """A PDF of one empty page, filled up to a size with what no reader looks at.

    `script` is to be run when it is opened.
    """
    opens = b" /OpenAction << /S /JavaScript /JS (%s) >>" % script if script else b""
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R%s >>" % opens,
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] >>",
    )
    made, at = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        at.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    made += b"%" + b"x" * max(size - len(made) - 250, 0) + b"\n"
    table = b"".join(b"%010d 00000 n \n" % place for place in at)
    end = b"trailer\n<< /Size 4 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % len(made)
    return made + b"xref\n0 4\n0000000000 65535 f \n" + table + end
