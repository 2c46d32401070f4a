"""A table of published results, each with where it was published."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from pathlib import Path

from merit_kit.errors import Problem
from merit_kit.workbook._tables import read_table, refuse

_NAMES = ("agency", "kind", "year", "score", "index", "category", "aspect_values", "source")


def read_published(path: Path) -> list[dict[str, str | None]]:
    """Read a table, CSV or XLSX, of published results.

    Returns
    -------
    list of dict
        All values text, as typed; None where the publication does not say. Scores and indexes
        are numbers with a decimal point.

    Raises
    ------
    TableError
        With every fault, each with its line and column.
    """
    problems: list[Problem] = []
    needed = ("agency", "kind", "year", "source")
    table = read_table(path, {name: (name,) for name in _NAMES}, needed, problems)
    results = []
    for row in table.rows:
        for column in needed:
            if not row.cells.get(column):
                problems.append(Problem(table.at(row, column), "cell-empty"))
        for column in ("score", "index"):
            text = row.cells.get(column)
            if text and not _is_number(text):
                problems.append(Problem(table.at(row, column), "not-a-number", text))
        results.append({name: row.cells.get(name) or None for name in _NAMES})
    refuse(path, problems)
    return results


def _is_number(text: str) -> bool:
    try:
        value = Decimal(text)
    except InvalidOperation:
        return False
    return value.is_finite() and value >= 0
