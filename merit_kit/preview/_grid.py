"""Tables: the sheets of a workbook, and texts with separators, as rows of texts.

Only the beginning is read, line by line: a million of them cost no more than the first hundreds,
and two cells at the ends of a sheet no more than two. (python-calamine, which reads a sheet whole,
needs memory for everything between them.)
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from itertools import zip_longest
from typing import Any

import openpyxl
from openpyxl.utils import get_column_letter

from merit_kit.i18n import Words

MOST_ROWS = 300
MOST_COLUMNS = 60
MOST_SHEETS = 20
MOST_IN_CELL = 2_000
MOST_CHARACTERS = 400_000


Cells = list[list[Any]]


@dataclass(frozen=True, slots=True)
class Cell:
    """A text, and how it is set: ``number``, ``formula``, or nothing."""

    text: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Grid:
    """The beginning of a table. `letters` head its columns; `said` is what is left out of it."""

    name: str
    letters: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    said: str = ""


def of_workbook(content: bytes, words: Words) -> tuple[str, list[Grid]]:
    """Read the beginning of each sheet.

    A number is shown as its sheet shows it, a formula by the result that was stored with it; where
    there is none, the formula itself is, as text. Nothing is worked out.
    """
    book = _opened(content)
    sheets = book.worksheets[:MOST_SHEETS]
    sizes = [(sheet.max_row or 0, sheet.max_column or 0) for sheet in sheets]
    cells = [_beginning(sheet) for sheet in sheets]
    results: list[Cells] = [[]] * len(sheets)
    if any(cell.data_type == "f" for rows in cells for row in rows for cell in row):
        results = [_beginning(sheet) for sheet in _opened(content, data_only=True).worksheets]
    room = max(MOST_CHARACTERS // max(len(sheets), 1), 20_000)
    grids = [
        _sheet(sheet, size, rows, values, room, words)
        for sheet, size, rows, values in zip(sheets, sizes, cells, results, strict=False)
    ]
    said = [words("preview.simplified_table")]
    if len(book.worksheets) > MOST_SHEETS:
        said.append(words("preview.sheets", shown=MOST_SHEETS, of=len(book.worksheets)))
    return " ".join(said), grids


def of_rows(rows: Iterable[Sequence[str]], of: int, words: Words) -> Grid:
    """Set a table that is read already; `of`: how many rows there are."""
    read: list[Sequence[str]] = []
    for row in rows:
        if len(read) == MOST_ROWS:
            break
        read.append(row)
    wide = max(map(len, read), default=0)
    cells = [[Cell(_cut(text)) for text in row[:MOST_COLUMNS]] for row in read]
    return _grid("", cells, of, wide, words)


def _opened(content: bytes, **more: bool) -> Any:
    return openpyxl.load_workbook(io.BytesIO(content), read_only=True, keep_links=False, **more)


def _beginning(sheet: Any) -> Cells:
    # What it says of its own size is less than there is where some programs wrote it.
    sheet.reset_dimensions()
    return [list(row) for row in sheet.iter_rows(max_row=MOST_ROWS + 1, max_col=MOST_COLUMNS + 1)]


def _sheet(
    sheet: Any, size: tuple[int, int], read: Cells, results: Cells, room: int, words: Words
) -> Grid:
    """Set a sheet. `size`: what the file says there is; `results`: of formulas, as stored."""
    name = str(sheet.title)
    if sheet.sheet_state != "visible":
        name = words("preview.hidden_sheet", name=name)
    high, wide = size
    rows: list[list[Cell]] = []
    for row, values in zip_longest(read, results, fillvalue=()):
        cells = [_cell(*both, words) for both in zip_longest(row, values)]
        room -= sum(len(cell.text) for cell in cells)
        if room < 0:
            break
        rows.append(cells)
    while rows and not any(cell.text for cell in rows[-1]):
        rows.pop()
    whole = room >= 0 and len(rows) <= MOST_ROWS
    high = len(rows) if whole else max(high, len(rows) + (room < 0))
    filled = max((n for row in rows for n, cell in enumerate(row, 1) if cell.text), default=0)
    wide = max(wide, filled) if filled > MOST_COLUMNS else filled
    return _grid(name, rows[:MOST_ROWS], high, wide, words)


def _grid(name: str, rows: list[list[Cell]], high: int, wide: int, words: Words) -> Grid:
    columns = min(wide, MOST_COLUMNS)
    said = []
    if high > len(rows):
        said.append(words("preview.rows", shown=len(rows), of=high))
    if wide > columns:
        said.append(words("preview.columns", shown=columns, of=wide))
    even = (tuple([*row, *([Cell("")] * columns)][:columns]) for row in rows)
    letters = tuple(get_column_letter(number) for number in range(1, columns + 1))
    return Grid(name, letters, tuple(even), " ".join(said))


def _cell(cell: Any, result: Any, words: Words) -> Cell:
    value = getattr(cell, "value", None)
    if value is None:
        return Cell("")
    if cell.data_type == "f":
        if getattr(result, "value", None) is None:
            return Cell(_cut(str(getattr(value, "text", None) or value)), "formula")
        value = result.value
    if isinstance(value, bool):
        return Cell(str(value).upper())
    if isinstance(value, int | float):
        return Cell(_number(value, str(cell.number_format), words), "number")
    return Cell(_cut(_text(value)))


def _number(value: float, written: str, words: Words) -> str:
    # A spreadsheet keeps and shows 15 digits; the others are dust of the binary number.
    exact = Decimal(format(value, ".15g"))
    if not exact.is_finite():
        return str(value)
    if "%" in written:
        return f"{words.number(exact * 100)}%"
    text = words.number(exact)
    # A year is no amount: thousands are parted only where the sheet parts them.
    return text if "," in written else text.replace("." if words.lang == "id" else ",", "")


def _text(value: Any) -> str:
    if isinstance(value, datetime):
        if value.time() == time():
            return value.date().isoformat()
        return value.isoformat(" ", "minutes")
    if isinstance(value, date):
        return value.isoformat()
    return value.isoformat("minutes") if isinstance(value, time) else str(value)


def _cut(text: str) -> str:
    return text if len(text) <= MOST_IN_CELL else f"{text[:MOST_IN_CELL]}…"
