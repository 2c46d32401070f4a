"""A table of levels and notes of one agency."""

from __future__ import annotations

import re
from pathlib import Path

from merit_kit.errors import Cell, Problem
from merit_kit.instrument import Instrument
from merit_kit.workbook._form import read_form
from merit_kit.workbook._given import Given, LevelTable, is_dash, level_of
from merit_kit.workbook._identity import identity_of
from merit_kit.workbook._mapping import COLUMNS, SAYING, ColumnMapping
from merit_kit.workbook._tables import Look, Named, Row, Table, file_names, read_table, refuse

_LIKE_DATE = re.compile(r"[a-z]{3}-\d|\d-[a-z]{3}|\d[/-]\d|\d{4}", re.IGNORECASE)
_CODE_IN_TEXT = re.compile(r"\d+(?:[.,]\d+)+")


def read_levels(
    path: Path,
    instrument: Instrument,
    mapping: ColumnMapping | None = None,
    look: Look | None = None,
) -> LevelTable:
    """Read a CSV or an XLSX file of levels, notes and evidence, or a form of the kit's own.

    CSV: separated by semicolon, comma or tab, in UTF-8, UTF-16 or the Windows code page. Levels
    may be written ``3``, ``3,0`` or ``3.0``.

    Parameters
    ----------
    mapping : ColumnMapping, optional
        What the columns of a table of somebody else are called; see :func:`read_mapping`. All
        other columns are then passed over, and rows that state nothing.
    look : callable, optional
        Says what is wrong with the files that are named; told together with the other faults.

    Raises
    ------
    TableError
        With every fault, each with its line and column.
    """
    if mapping is None and identity_of(path):
        return read_form(path, instrument, look=look)
    problems: list[Problem] = []
    table = _read(path, mapping, ["sub_aspect"], problems)
    if "sub_aspect" in table.headings and not set(SAYING) & set(table.headings):
        allowed = [COLUMNS[column][0] for column in SAYING]
        place = Cell(0, "", table.sheet) if table.sheet else ""
        problems.append(Problem(place, "columns-say-nothing", None, allowed))
    strange = any(problem.key == "column-unknown" for problem in problems)
    first_line: dict[str, int] = {}
    agencies: dict[str, Row] = {}
    given = []
    for row in table.rows:
        if row.cells.get("agency"):
            agencies.setdefault(row.cells["agency"].casefold(), row)
        if mapping and not _states(row, instrument, mapping):
            continue
        code = _code(table, row, instrument, first_line, problems, mapping)
        for reason, level in (("self_reason", "self"), ("verified_reason", "verified")):
            # A level column whose heading is misspelt is told once, and not in every row as well.
            lacking = level not in table.headings and strange
            if row.cells.get(reason) and not row.cells.get(level) and not lacking:
                problems.append(Problem(table.at(row, reason), "reason-without-level"))
        given.append(_given(table, row, code, instrument, problems))
    for code, row in list(agencies.items())[1:]:
        problems.append(
            Problem(table.at(row, "agency"), "second-agency", code, next(iter(agencies)))
        )
    if not given and not problems:
        problems.append(Problem(Cell(0, "", table.sheet), "no-rows"))
    if look is not None:
        problems += look([Named(each.sub_aspect, each.evidence, each.where) for each in given])
    refuse(path, problems)
    columns = frozenset(table.headings)
    return LevelTable(path, next(iter(agencies), None), tuple(given), columns)


def _given(
    table: Table, row: Row, code: str, instrument: Instrument, problems: list[Problem]
) -> Given:
    levels = {
        of: level_of(row.cells.get(of, ""), table.at(row, of), instrument, problems)
        for of in ("self", "verified")
    }
    place = table.at(row, "evidence")
    return Given(
        code,
        levels["self"],
        row.cells.get("self_reason", ""),
        levels["verified"],
        row.cells.get("verified_reason", ""),
        row.cells.get("note", ""),
        tuple(of for of in levels if is_dash(row.cells.get(of, ""))),
        tuple(file_names(row.cells.get("evidence", ""), place, problems, marks=";\n")),
        where=place,
    )


def first_agency(path: Path, mapping: ColumnMapping | None = None) -> str | None:
    """Return the agency that a file names, whatever else is wrong with it; None if it names none.

    Raises
    ------
    TableError
        If it is no table at all.
    """
    if mapping is None and (identity := identity_of(path)):
        return identity.agency
    table = _read(path, mapping, [], [])
    return next((r.cells["agency"].casefold() for r in table.rows if r.cells.get("agency")), None)


def _read(
    path: Path, mapping: ColumnMapping | None, required: list[str], problems: list[Problem]
) -> Table:
    if mapping is None:
        return read_table(path, COLUMNS, required, problems)
    columns = {column: (heading,) for column, heading in mapping.columns.items()}
    # Every column that a mapping names has to be there: it may be the file of another year.
    needed = required and list(columns)
    return read_table(path, columns, needed, problems, foreign=True, sheet=mapping.sheet)


def _states(row: Row, instrument: Instrument, mapping: ColumnMapping) -> bool:
    """Say whether a row of somebody else's table is one of a sub-aspect, and not a heading."""
    if _code_of(row.cells.get("sub_aspect", ""), mapping) in instrument.by_code:
        return True
    naming = ("sub_aspect", "agency")
    return any(row.cells.get(column) for column in mapping.columns if column not in naming)


def _code_of(text: str, mapping: ColumnMapping | None) -> str:
    if mapping and mapping.code_in_text:
        found = _CODE_IN_TEXT.search(text)
        text = found[0] if found else text
    # A spreadsheet in Indonesian may write 1.3 as 1,3.
    return text.replace(",", ".").rstrip(".")


def _code(
    table: Table,
    row: Row,
    instrument: Instrument,
    first_line: dict[str, int],
    problems: list[Problem],
    mapping: ColumnMapping | None,
) -> str:
    text = row.cells.get("sub_aspect", "")
    if "sub_aspect" not in table.headings:
        return ""
    place = table.at(row, "sub_aspect")
    code = _code_of(text, mapping)
    if not text:
        problems.append(Problem(place, "code-empty"))
    elif code not in instrument.by_code:
        fault = "code-unknown"
        within = _CODE_IN_TEXT.search(text)
        if mapping and within and _code_of(within[0], None) in instrument.by_code:
            fault = "code-within-text"
        elif _LIKE_DATE.search(text):
            fault = "code-is-date"
        problems.append(Problem(place, fault, text[:60]))
    elif "sub_aspect" in row.numbers and f"{code}0" in instrument.by_code:
        # What was typed as 3.10 is the number 3.1, and nobody can tell any more.
        problems.append(Problem(place, "code-is-number", code, f"{code}0"))
    elif code in first_line:
        # 3.10 typed into a number cell becomes 3.1: the likeliest way to meet a code twice.
        tenth = f"{code}0" if f"{code}0" in instrument.by_code else None
        key = "code-repeated-tenth" if tenth else "code-repeated"
        problems.append(Problem(place, key, code, tenth or str(first_line[code])))
    first_line.setdefault(code, row.line)
    return code
