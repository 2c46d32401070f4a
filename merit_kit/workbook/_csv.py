"""Any CSV a spreadsheet may have written, as rows that know their line.

Excel in Indonesian separates by semicolon, in English by comma; it saves as UTF-8 with a mark, as
UTF-16 ("Unicode text") or in the code page of Windows. All are read without asking.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from merit_kit.errors import Cell, Problem, TableError

MOST_BYTES = 5_000_000
LONGEST_TEXT = 10_000

_ENCODINGS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_NOT_CSV = {b"PK\x03\x04": "xlsx", b"\xd0\xcf\x11\xe0": "xls", b"%PDF": "pdf"}


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the line it starts on (from 1), and its cells by column."""

    line: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a file that are not blank, and the heading each column has in the file."""

    rows: tuple[Row, ...]
    headings: Mapping[str, str]

    def at(self, row: Row, column: str) -> Cell:
        """Return the place of a cell, its column called as the file calls it."""
        return Cell(row.line, self.headings.get(column, column))


def read_table(
    path: Path,
    columns: Mapping[str, Iterable[str]],
    required: Iterable[str],
    problems: list[Problem],
) -> Table:
    """Read a CSV file.

    Parameters
    ----------
    path : Path
    columns : mapping
        Each column we know, with the headings it may have (compared without case, spaces,
        hyphens and underscores).
    required : iterable of str
        Columns that must be there.
    problems : list of Problem
        Faults are added here, and reading goes on.

    Raises
    ------
    TableError
        If it is not a CSV file at all, or its heading line is not ours.
    """
    text = _text(path)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    known = {_bare(name): column for column, names in columns.items() for name in names}
    required = list(required)
    order: list[str | None] | None = None
    headings: dict[str, str] = {}
    rows: list[Row] = []
    end = 0
    try:
        for cells in reader:
            line, end = end + 1, reader.line_num
            if not any(cell.strip() for cell in cells):
                continue
            if order is None:
                if cells[0].lower().startswith("sep="):
                    continue
                order, headings = _order(cells, line, known, columns, required, problems)
                continue
            for extra in cells[len(order) :]:
                if extra.strip():
                    problems.append(Problem(Cell(line), "cell-extra", extra.strip()[:60]))
            named = zip(order, cells, strict=False)
            row = Row(line, {column: cell.strip() for column, cell in named if column})
            _check_texts(row, headings, problems)
            rows.append(row)
    except csv.Error as error:
        problems.append(Problem(Cell(reader.line_num or 1), "csv-broken", str(error)))
    if order is None:
        raise TableError("table-empty", problems, path=path.name)
    if not rows and not problems:
        problems.append(Problem(Cell(1), "no-rows"))
    return Table(tuple(rows), headings)


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise TableError(
                "table-too-large", path=path.name, found=path.stat().st_size, allowed=MOST_BYTES
            )
        content = path.read_bytes()
    except FileNotFoundError:
        raise TableError("file-missing", path=str(path)) from None
    except OSError as error:
        raise TableError("file-unreadable", path=str(path), said=error.strerror or "") from error
    for magic, kind in _NOT_CSV.items():
        if content.startswith(magic):
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
    return max(";,\t", key=lines[0].count)


def _order(
    cells: list[str],
    line: int,
    known: Mapping[str, str],
    columns: Mapping[str, Iterable[str]],
    required: list[str],
    problems: list[Problem],
) -> tuple[list[str | None], dict[str, str]]:
    order: list[str | None] = []
    headings: dict[str, str] = {}
    for cell in cells:
        heading = cell.strip()
        column = known.get(_bare(heading))
        if column is None and heading:
            allowed = [next(iter(names)) for names in columns.values()]
            problems.append(
                Problem(Cell(line, heading[:60]), "column-unknown", heading[:60], allowed)
            )
        elif column in headings:
            problems.append(Problem(Cell(line, heading), "column-repeated", heading))
            column = None
        if column:
            headings[column] = heading
        order.append(column)
    for column in required:
        if column not in headings:
            problems.append(Problem(Cell(line), "column-missing", next(iter(columns[column]))))
    return order, headings


def _check_texts(row: Row, headings: Mapping[str, str], problems: list[Problem]) -> None:
    for column, text in row.cells.items():
        place = Cell(row.line, headings[column])
        if len(text) > LONGEST_TEXT:
            problems.append(Problem(place, "text-too-long", len(text), LONGEST_TEXT))
        odd = next((c for c in text if (c < " " and c not in "\n\r\t") or c in "\x7f\ufffd"), None)
        if odd:
            problems.append(Problem(place, "text-unreadable", f"U+{ord(odd):04X}"))


def _bare(heading: str) -> str:
    return "".join(c for c in heading.casefold() if c not in " _-\t\xa0")
