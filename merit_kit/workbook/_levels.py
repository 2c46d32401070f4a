"""A table of levels and notes of one agency."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from pathlib import Path

import pandas as pd

from merit_kit.errors import Cell, Problem, TableError
from merit_kit.instrument import Instrument
from merit_kit.workbook._csv import Row, Table, read_table

COLUMNS = {
    "agency": ("instansi", "agency", "kode instansi"),
    "sub_aspect": ("subaspek", "sub aspek", "kode", "nomor", "no", "sub-aspect", "code"),
    "self": ("mandiri", "nilai mandiri", "level mandiri", "self", "self level"),
    "self_reason": ("keterangan", "keterangan instansi", "explanation", "self reason"),
    "verified": ("verifikasi", "nilai verifikasi", "level verifikasi", "verified"),
    "verified_reason": ("alasan", "alasan verifikasi", "reason", "verified reason"),
    "note": ("catatan", "catatan penilai", "note", "notes"),
}


_DASHES = ("-", "\N{EN DASH}", "\N{EM DASH}")


@dataclass(frozen=True, slots=True)
class Given:
    """What a table says of one sub-aspect. Empty cells say nothing.

    `taken_back` names the levels (``self``, ``verified``) whose cell holds a dash: they are to be
    taken back. An empty cell cannot mean that; a file often has a column filled only in part.
    """

    sub_aspect: str
    self_level: int | None
    self_reason: str
    verified_level: int | None
    verified_reason: str
    note: str
    taken_back: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LevelTable:
    """A table free of faults.

    `agency` is the code it names, if it has that column; `columns` are those it has.
    """

    path: Path
    agency: str | None
    given: tuple[Given, ...]
    columns: frozenset[str] = frozenset()

    def frame(self) -> pd.DataFrame:
        """Return what the table says, to look at: a row per sub-aspect, in the file's order."""
        return pd.DataFrame([asdict(g) for g in self.given]).set_index("sub_aspect")


def read_levels(path: Path, instrument: Instrument) -> LevelTable:
    """Read a CSV of levels and notes.

    Separated by semicolon, comma or tab, in UTF-8, UTF-16 or the Windows code page; levels
    may be written ``3``, ``3,0`` or ``3.0``.

    Raises
    ------
    TableError
        With every fault, each with its line and column.
    """
    problems: list[Problem] = []
    table = read_table(path, COLUMNS, ["sub_aspect"], problems)
    if "sub_aspect" in table.headings and not {"self", "verified", "note"} & set(table.headings):
        problems.append(
            Problem("", "columns-say-nothing", None, ["mandiri", "verifikasi", "catatan"])
        )
    strange = any(problem.key == "column-unknown" for problem in problems)
    first_line: dict[str, int] = {}
    agencies: dict[str, Row] = {}
    given = []
    for row in table.rows:
        if row.cells.get("agency"):
            agencies.setdefault(row.cells["agency"].casefold(), row)
        code = _code(table, row, instrument, first_line, problems)
        self_level = _level(table, row, "self", instrument, problems)
        verified_level = _level(table, row, "verified", instrument, problems)
        for reason, level in (("self_reason", "self"), ("verified_reason", "verified")):
            # A level column whose heading is misspelt is told once, and not in every row as well.
            lacking = level not in table.headings and strange
            if row.cells.get(reason) and not row.cells.get(level) and not lacking:
                problems.append(Problem(table.at(row, reason), "reason-without-level"))
        given.append(
            Given(
                code,
                self_level,
                row.cells.get("self_reason", ""),
                verified_level,
                row.cells.get("verified_reason", ""),
                row.cells.get("note", ""),
                tuple(of for of in ("self", "verified") if row.cells.get(of) in _DASHES),
            )
        )
    for code, row in list(agencies.items())[1:]:
        problems.append(
            Problem(table.at(row, "agency"), "second-agency", code, next(iter(agencies)))
        )
    if problems:
        problems.sort(key=lambda p: p.where.line if isinstance(p.where, Cell) else 0)
        raise TableError("table-faulty", problems, path=path.name, count=len(problems))
    columns = frozenset(table.headings)
    return LevelTable(path, next(iter(agencies), None), tuple(given), columns)


def first_agency(path: Path) -> str | None:
    """Return the agency that a file names, whatever else is wrong with it; None if it names none.

    Raises
    ------
    TableError
        If it is not a CSV file at all.
    """
    table = read_table(path, COLUMNS, [], [])
    return next((r.cells["agency"].casefold() for r in table.rows if r.cells.get("agency")), None)


def _code(
    table: Table,
    row: Row,
    instrument: Instrument,
    first_line: dict[str, int],
    problems: list[Problem],
) -> str:
    text = row.cells.get("sub_aspect", "")
    if "sub_aspect" not in table.headings:
        return ""
    place = table.at(row, "sub_aspect")
    # A spreadsheet in Indonesian may write 1.3 as 1,3.
    code = text.replace(",", ".").rstrip(".")
    if not text:
        problems.append(Problem(place, "code-empty"))
    elif code not in instrument.by_code:
        likely_date = re.search(r"[a-z]{3}|[/-]|\d{4}", text, re.IGNORECASE)
        problems.append(Problem(place, "code-is-date" if likely_date else "code-unknown", text))
    elif code in first_line:
        # 3.10 typed into a number cell becomes 3.1: the likeliest way to meet a code twice.
        tenth = f"{code}0" if f"{code}0" in instrument.by_code else None
        key = "code-repeated-tenth" if tenth else "code-repeated"
        problems.append(Problem(place, key, code, tenth or str(first_line[code])))
    first_line.setdefault(code, row.line)
    return code


def _level(
    table: Table, row: Row, column: str, instrument: Instrument, problems: list[Problem]
) -> int | None:
    text = row.cells.get(column, "")
    if not text or text in _DASHES:
        return None
    whole = re.fullmatch(r"(\d+)([.,]0+)?", text)
    level = int(whole[1]) if whole and len(whole[1]) <= 3 else None
    if level not in instrument.steps:
        allowed = ", ".join(map(str, instrument.steps))
        problems.append(Problem(table.at(row, column), "level-off-scale", text[:60], allowed))
        return None
    return level
