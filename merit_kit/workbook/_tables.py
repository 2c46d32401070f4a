"""A table with headings we know, from CSV or XLSX, as rows that know their line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from merit_kit.errors import Cell, Problem, TableError
from merit_kit.files import is_file_name
from merit_kit.workbook import _csv
from merit_kit.workbook._xlsx import Broken, Formula, Number, Sheet, may_be_workbook, read_sheets

LONGEST_TEXT = 10_000
MOST_LINES_BEFORE = 20
"""How far down the headings of a sheet may stand, below its title."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the line it starts on (from 1), and its cells by column.

    `numbers` are the columns whose cell is a number, and not a text that looks like one.
    """

    line: int
    cells: Mapping[str, str]
    numbers: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a file that are not blank, and the heading each column has in the file.

    `sheet` is the name of the sheet of an XLSX file; empty for CSV.
    """

    rows: tuple[Row, ...]
    headings: Mapping[str, str]
    sheet: str = ""

    def at(self, row: Row, column: str) -> Cell:
        """Return the place of a cell, its column called as the file calls it."""
        return Cell(row.line, self.headings.get(column, column), self.sheet)

    def line(self, row: Row) -> Cell:
        """Return the place of a whole row."""
        return Cell(row.line, "", self.sheet)


@dataclass(frozen=True, slots=True)
class Named:
    """The files that a cell names for a sub-aspect, each by a plain name."""

    sub_aspect: str
    files: tuple[str, ...]
    where: Cell | None


Look = Callable[[Sequence[Named]], Iterable[Problem]]
"""Looks at files that were named, and says what is wrong with them, each by its cell."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which columns to look for: each with the headings it may have; those that must be there.

    `foreign`: the table is not of our making. Its headings may stand below a title, and whatever
    we do not look for is passed over instead of being a fault.
    """

    columns: Mapping[str, Iterable[str]]
    required: tuple[str, ...]
    foreign: bool = False
    sheet: str | None = None

    def column(self, heading: str) -> str | None:
        """Return the column with this heading (without case, spaces, hyphens, underscores)."""
        known = {_bare(name): column for column, names in self.columns.items() for name in names}
        return known.get(_bare(heading))

    def names(self, columns: Iterable[str]) -> list[str]:
        """Return the first heading of each of these columns."""
        return [next(iter(self.columns[column])) for column in columns]


def read_table(
    path: Path,
    columns: Mapping[str, Iterable[str]],
    required: Iterable[str],
    problems: list[Problem],
    foreign: bool = False,
    sheet: str | None = None,
) -> Table:
    """Read a table from a CSV or an XLSX file.

    Of a workbook, the first sheet that is not hidden; its headings may stand below a title. That
    another visible one has such a table too is refused: it would be lost.

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
    foreign : bool
        Whether the table is not of our making: see :class:`Wanted`.
    sheet : str, optional
        Which sheet of a workbook to read.

    Raises
    ------
    TableError
        If it is no table at all, or has no line of headings.
    """
    wanted = Wanted(columns, tuple(required), foreign, sheet)
    if may_be_workbook(path):
        return _of_sheet(path, _sheet(path, wanted), wanted, problems)
    lines = _csv.read_lines(path, problems)
    if not lines:
        raise TableError("table-empty", problems, path=path.name)
    start = _headings_line(lines, wanted) if foreign else 0
    return _table(lines[start or 0 :], wanted, "", problems)


def refuse(path: Path, problems: list[Problem], sheets: Sequence[str] = ()) -> None:
    """Refuse a file that has any problems, in the order of its sheets and their lines.

    Raises
    ------
    TableError
        With all of them; but of a cell that holds a formula only that.
    """
    told = {p.where for p in problems if p.key in ("cell-formula", "cell-broken")}
    left = [p for p in problems if p.key in ("cell-formula", "cell-broken") or p.where not in told]
    if left:
        told_in_order = in_order(left, sheets)
        raise TableError("table-faulty", told_in_order, path=path.name, count=len(left))


def in_order(problems: Iterable[Problem], sheets: Sequence[str]) -> list[Problem]:
    """Return problems sheet by sheet, and in each line by line; first those of no sheet."""
    return sorted(problems, key=lambda problem: _order_of(problem.where, sheets))


def _order_of(where: str | Cell, sheets: Sequence[str]) -> tuple[int, int]:
    if not isinstance(where, Cell):
        return -1, 0
    return sheets.index(where.sheet) if where.sheet in sheets else -1, where.line


def check_text(text: str, place: Cell, problems: list[Problem]) -> None:
    """Note what is wrong with the text of any cell that we read."""
    if isinstance(text, Formula):
        problems.append(Problem(place, "cell-formula", text[:60]))
    elif isinstance(text, Broken):
        problems.append(Problem(place, "cell-broken", text[:60]))
    if len(text) > LONGEST_TEXT:
        problems.append(Problem(place, "text-too-long", len(text), LONGEST_TEXT))
    odd = next((c for c in text if (c < " " and c not in "\n\r\t") or c in "\x7f\ufffd"), None)
    if odd:
        problems.append(Problem(place, "text-unreadable", f"U+{ord(odd):04X}"))


def file_names(text: str, place: Cell, problems: list[Problem], marks: str = "\n") -> list[str]:
    """Return the names of files that a cell lists, one a line (or parted by another of `marks`)."""
    for mark in marks:
        text = text.replace(mark, "\n")
    names = list(dict.fromkeys(name.strip() for name in text.split("\n") if name.strip()))
    for name in names:
        if not is_file_name(name):
            problems.append(Problem(place, "file-name-form", name[:60]))
    return names


def _sheet(path: Path, wanted: Wanted) -> Sheet:
    sheets = read_sheets(path)
    if wanted.sheet is None:
        first, *others = [sheet for sheet in sheets if not sheet.hidden] or sheets
        alike = [sheet.name for sheet in others if _has_table(sheet, wanted)]
        if alike and _has_table(first, wanted):
            raise TableError("sheets-several", path=path.name, found=[first.name, *alike])
        return first
    for sheet in sheets:
        if _bare(sheet.name) == _bare(wanted.sheet):
            return sheet
    names = [sheet.name for sheet in sheets if not sheet.hidden]
    raise TableError("sheet-missing", path=path.name, found=wanted.sheet, allowed=names)


def _has_table(sheet: Sheet, wanted: Wanted) -> bool:
    """Say whether a sheet has all the headings we need, a second one at least, and rows below."""
    lines = _lines_of(sheet)
    start = _headings_line(lines, wanted) if wanted.required else None
    if start is None:
        return False
    known = {wanted.column(cell) for cell in lines[start][1]} - {None}
    return known >= set(wanted.required) and len(known) > 1 and len(lines) > start + 1


def _lines_of(sheet: Sheet) -> list[tuple[int, list[str]]]:
    return [
        (line, [cells.get(column, "") for column in range(1, max(cells) + 1)])
        for line, cells in sorted(sheet.rows.items())
    ]


def _of_sheet(path: Path, sheet: Sheet, wanted: Wanted, problems: list[Problem]) -> Table:
    lines = _lines_of(sheet)
    if not lines:
        raise TableError("table-empty", problems, path=path.name)
    start = _headings_line(lines, wanted)
    if start is None:
        names = wanted.names(wanted.required or wanted.columns)
        place = Cell(0, "", sheet.name)
        problems.append(Problem(place, "headings-missing", MOST_LINES_BEFORE, names))
        refuse(path, problems)
    return _table(lines[start:], wanted, sheet.name, problems)


def _headings_line(lines: list[tuple[int, list[str]]], wanted: Wanted) -> int | None:
    """Return the index of the first line that has a heading we need."""
    needed = wanted.required or tuple(wanted.columns)
    for index, (line, cells) in enumerate(lines):
        if line > MOST_LINES_BEFORE:
            break
        if any(wanted.column(cell) in needed for cell in cells):
            return index
    return None


def _table(
    lines: list[tuple[int, list[str]]], wanted: Wanted, sheet: str, problems: list[Problem]
) -> Table:
    line, cells = lines[0]
    blank = {index for index, cell in enumerate(cells) if not cell.strip()}
    order, headings = _order(cells, Cell(line, "", sheet), wanted, problems)
    table = Table((), headings, sheet)
    rows = []
    for line, cells in lines[1:]:
        for index, extra in enumerate(cells):
            beside = index in blank or index >= len(order)
            if extra.strip() and beside and not wanted.foreign:
                problems.append(Problem(Cell(line, "", sheet), "cell-extra", extra.strip()[:60]))
        named = [(column, cell) for column, cell in zip(order, cells, strict=False) if column]
        numbers = frozenset(column for column, cell in named if isinstance(cell, Number))
        row = Row(line, {column: _stripped(cell) for column, cell in named}, numbers)
        for column, text in row.cells.items():
            check_text(text, table.at(row, column), problems)
        rows.append(row)
    if not rows and not problems:
        problems.append(Problem(Cell(line, "", sheet), "no-rows"))
    return replace(table, rows=tuple(rows))


def _stripped(cell: str) -> str:
    return cell if isinstance(cell, Formula | Broken) else cell.strip()


def _order(
    cells: list[str], place: Cell, wanted: Wanted, problems: list[Problem]
) -> tuple[list[str | None], dict[str, str]]:
    order: list[str | None] = []
    headings: dict[str, str] = {}
    for cell in cells:
        heading = cell.strip()
        column = wanted.column(heading)
        at = replace(place, column=heading[:60])
        if column is None and heading and not wanted.foreign:
            allowed = wanted.names(wanted.columns)
            problems.append(Problem(at, "column-unknown", heading[:60], allowed))
        elif column in headings:
            problems.append(Problem(at, "column-repeated", heading[:60]))
            column = None
        if column:
            headings[column] = heading[:60]
        order.append(column)
    for column in wanted.required:
        if column not in headings:
            problems.append(Problem(place, "column-missing", wanted.names([column])[0]))
    return order, headings


def _bare(heading: str) -> str:
    return "".join(c for c in heading.casefold() if c not in " _-\t\xa0\n")
