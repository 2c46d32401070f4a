"""How tall a row has to be for its texts.

A spreadsheet fits the rows of a locked sheet to their texts only when somebody types into them:
what a row is to look like before that has to be worked out here.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from openpyxl.worksheet.dimensions import RowDimension
from openpyxl.worksheet.worksheet import Worksheet

LINE = 1.3
"""The height of a line, in sizes of its letters, as Excel has it (LibreOffice 1.15)."""
TALLEST = 409.0
"""What Excel allows, in points."""

_POINTS_OF_WIDTH = 5.25  # a unit of width is a digit of 7 pixels, at 96 to the inch
_PADDING = 4.0
# Widths of Arial's letters, in sizes; bold ones are a little wider.
_NARROW, _WIDE = set("iljtfrI.,:;'!|()[] -/"), set("mwMWOGQ@%\N{EM DASH}\N{BULLET}")
_BOLD = 1.06


class _Height(RowDimension):
    """A height that was not set by hand, so that the row grows with what is typed into it."""

    @property
    def customHeight(self) -> bool:  # noqa: N802 openpyxl's name
        return False


def set_height(sheet: Worksheet, line: int, height: float) -> None:
    """Give a row a height, in points."""
    rows: Any = sheet.row_dimensions
    rows[line] = _Height(sheet, index=line, ht=round(min(height, TALLEST), 2))


def height_of(texts: Iterable[tuple[str, float, float]], least: float = 0) -> float:
    """Return the height, in points, that shows all of these texts, each wrapped in its column.

    Parameters
    ----------
    texts : iterable of (text, width of its column, size of its letters)
        The width in units of a spreadsheet, the size in points.
    least : float
        No lower than this.
    """
    heights = [
        _lines(text, (width * _POINTS_OF_WIDTH - _PADDING) / size) * size * LINE + _PADDING
        for text, width, size in texts
    ]
    return max([least, *heights])


def _lines(text: str, width: float) -> int:
    count = 0
    for paragraph in text.split("\n"):
        count, at = count + 1, 0.0
        for word in paragraph.split(" "):
            long = sum(map(_letter, word))
            if at and at + long > width:
                count, at = count + 1, 0.0
            # A word longer than the column goes on in the next line.
            count += int(long // width)
            at += long % width + _letter(" ")
    return count


def _letter(letter: str) -> float:
    if letter in _NARROW:
        return 0.3 * _BOLD
    if letter in _WIDE:
        return 0.85 * _BOLD
    return (0.68 if letter.isupper() else 0.51 if letter < "\u0250" else 1.0) * _BOLD
