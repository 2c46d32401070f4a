"""What somebody wrote into a workbook of the kit where nothing is asked."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from merit_kit.errors import Cell, Problem
from merit_kit.workbook._xlsx import Sheet


@dataclass(frozen=True, slots=True)
class Layout:
    """Where a sheet of ours has its headings, what is filled in, and which column is its last."""

    headings: int
    inputs: tuple[int, ...]
    last: int


def strays(
    sheet: Sheet, layout: Layout, expected: Collection[int], problems: list[Problem]
) -> list[Cell]:
    """Note what stands in a column to be filled in, but in no row: it would be lost.

    Returns
    -------
    list of Cell
        Whatever else was written around the rows: notes, which are not read.
    """
    beside = []
    for line in sorted(sheet.rows):
        for column in sorted(sheet.rows[line]):
            text = sheet.text(line, column)
            outside = column > layout.last or (line > layout.headings and line not in expected)
            if not text or not outside:
                continue
            place = sheet.at(line, column)
            if column in layout.inputs:
                problems.append(Problem(place, "form-stray", text[:60]))
            else:
                beside.append(place)
    return beside
