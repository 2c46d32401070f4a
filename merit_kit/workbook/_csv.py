"""Any CSV a spreadsheet may have written, as lines of cells.

Excel in Indonesian separates by semicolon, in English by comma; it saves as UTF-8 with a mark, as
UTF-16 ("Unicode text") or in the code page of Windows. All are read without asking.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from pathlib import Path

from merit_kit.errors import Cell, Problem, TableError
from merit_kit.files import read_at_most

MOST_BYTES = 5_000_000

_ENCODINGS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_NOT_CSV = {b"%PDF": "PDF", b"<": "HTML/XML"}
# What a spreadsheet would take for a formula, behind the apostrophe that keeps it from doing so.
_GUARDED = re.compile(r"'+[=+\-@\t\r]")


def read_lines(path: Path, problems: list[Problem]) -> list[tuple[int, list[str]]]:
    """Read the lines that are not blank, each with its number (from 1) and its cells.

    A line that is broken ends the reading and is added to `problems`.

    Raises
    ------
    TableError
        If it is not a CSV file at all.
    """
    text = _text(path)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    lines: list[tuple[int, list[str]]] = []
    end = 0
    try:
        for cells in reader:
            line, end = end + 1, reader.line_num
            if not any(cell.strip() for cell in cells):
                continue
            if lines or not cells[0].lower().startswith("sep="):
                lines.append((line, [unguarded(cell) for cell in cells]))
    except csv.Error:
        problems.append(Problem(Cell(reader.line_num or 1), "csv-broken"))
    return lines


def guarded(text: str) -> str:
    """Return a text as a cell that no spreadsheet takes for a formula."""
    return f"'{text}" if _GUARDED.match(f"'{text}") else text


def unguarded(cell: str) -> str:
    """Return the text that :func:`guarded` made a cell of."""
    return cell[1:] if _GUARDED.match(cell) else cell


def _text(path: Path) -> str:
    def too_large(size: int) -> TableError:
        return TableError("table-too-large", path=path.name, found=size, allowed=MOST_BYTES)

    content = read_at_most(path, MOST_BYTES, TableError, too_large)
    for magic, kind in _NOT_CSV.items():
        if content.lstrip().startswith(magic):
            raise TableError("table-not-csv", path=path.name, found=kind)
    for mark, encoding in _ENCODINGS:
        if content.startswith(mark):
            try:
                return content.decode(encoding)
            except UnicodeDecodeError as error:
                raise TableError("table-not-text", path=path.name) from error
    if b"\x00" in content:
        raise TableError("table-not-text", path=path.name)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        # Every byte means something in the code page of western Windows, but for five.
        return content.decode("cp1252", errors="replace")


def _delimiter(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip()]
    if not lines:
        return ";"
    named = lines[0].rstrip()
    if named.lower().startswith("sep=") and len(named) == 5 and named[4] != '"':
        return lines[0][4]
    # A title above the headings has none of them.
    telling = next((line for line in lines if any(mark in line for mark in ";,\t")), "")
    return max(";,\t", key=telling.count)
