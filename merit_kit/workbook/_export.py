"""Tables out, as CSV or XLSX, with nothing in them that a spreadsheet would take for a formula."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path

from merit_kit.errors import TableError
from merit_kit.i18n import Words
from merit_kit.instrument import Instrument
from merit_kit.workbook import _pages as p
from merit_kit.workbook._csv import guarded
from merit_kit.workbook._heights import height_of, set_height
from merit_kit.workbook._xlsx import letters

Value = str | int | float | Decimal | None
ENDINGS = (".csv", ".xlsx")

_NARROWEST, _WIDEST, _WIDEST_OF_MANY = 6, 60, 18
# How much goes beside each other on a page, in units of width: letters of some six points.
_WIDEST_PAGE = 240


def write_rows(
    path: Path,
    headings: Sequence[str],
    rows: Iterable[Sequence[Value]],
    naming: int = 0,
    above: Sequence[str] = (),
) -> None:
    """Write a table; the ending of the file's name says whether as CSV or as XLSX.

    CSV is for Excel in Indonesian: UTF-8 with a mark, semicolons, a decimal comma. A text that
    begins like a formula gets an apostrophe there, which :func:`read_levels` takes off again; in
    XLSX it is typed as text. Numbers stay numbers.

    Parameters
    ----------
    naming : int
        How many of the first columns say what a row is about. A workbook keeps them in view, and
        repeats them where a table is too wide for one page.
    above : sequence of str
        Lines above the headings: what the table is of.

    Raises
    ------
    TableError
        If the name ends in neither, or the file cannot be written.
    """
    ending = path.suffix.casefold()
    if ending not in ENDINGS:
        raise TableError("ending-unknown", found=path.name, allowed=", ".join(ENDINGS))
    if ending == ".csv":
        _write_csv(path, headings, rows, above)
    else:
        _write_xlsx(path, headings, rows, naming, above)


def sipinter_rows(
    instrument: Instrument,
    levels: Mapping[str, int | None],
    reasons: Mapping[str, str],
    notes: Mapping[str, str],
    lang: str = "id",
) -> tuple[list[str], list[list[Value]]]:
    """Return headings and rows of what was verified, in the order in which it is entered.

    Parameters
    ----------
    levels, reasons, notes : mapping
        By the code of the sub-aspect; one that is not there, or None, has not been verified.
    """
    w = Words(lang)
    keys = ("number", "sub_aspect", "level", "reason", "note")
    headings = [w(f"form.entry.{key}") for key in keys]
    rows: list[list[Value]] = [
        [
            sub.code,
            w.text(sub.name),
            levels.get(sub.code),
            reasons.get(sub.code, ""),
            notes.get(sub.code, ""),
        ]
        for sub in instrument.sub_aspects
    ]
    return headings, rows


def _write_csv(
    path: Path, headings: Sequence[str], rows: Iterable[Sequence[Value]], above: Sequence[str]
) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerows([guarded(line)] for line in above)
    writer.writerow([guarded(heading) for heading in headings])
    writer.writerows([_in_csv(value) for value in row] for row in rows)
    # Half of a surrogate pair is no text in any encoding.
    p.write(path, text.getvalue().encode("utf-8-sig", "replace"))


def _in_csv(value: Value) -> str:
    if isinstance(value, str):
        return guarded(value)
    return "" if value is None else str(value).replace(".", ",")


def _write_xlsx(
    path: Path,
    headings: Sequence[str],
    rows: Iterable[Sequence[Value]],
    naming: int,
    above: Sequence[str],
) -> None:
    book = p.new_book(path.stem)
    sheet = book.create_sheet("Data")
    lines = [[float(v) if isinstance(v, Decimal) else v for v in row] for row in rows]
    widths = _widths(headings, lines)
    for column, width in enumerate(widths, 1):
        sheet.column_dimensions[letters(column)].width = width
    for line, text in enumerate(above, 1):
        p.put(sheet, line, 1, text, p.SUBTITLE)
    first = len(above) + 1
    for line, row in enumerate([headings, *lines], first):
        for column, value in enumerate(row, 1):
            p.put(sheet, line, column, value, p.HEADING if line == first else p.TEXT)
        texts = [p.fitting(value) if isinstance(value, str) else "" for value in row]
        sized = zip(texts, widths, strict=False)
        set_height(sheet, line, height_of(((t, w, p.SMALL) for t, w in sized)))
    sheet.freeze_panes = f"{letters(naming + 1)}{first + 1}"
    sheet.auto_filter.ref = f"A{first}:{letters(len(headings))}{first + len(lines)}"
    sheet.print_title_rows = f"{first}:{first}"
    if naming:
        sheet.print_title_cols = f"A:{letters(naming)}"
    p.on_paper(sheet)
    if sum(widths) > _WIDEST_PAGE:
        named, others = sum(widths[:naming]), sum(widths[naming:])
        sheet.page_setup.fitToWidth = math.ceil(others / (_WIDEST_PAGE - named))
    p.save(book, path)


def _widths(headings: Sequence[str], rows: Sequence[Sequence[Value]]) -> list[int]:
    """Return how wide each column is: as its longest line, or the longest word of its heading."""
    longest = [max(map(len, heading.split()), default=0) for heading in headings]
    for row in rows:
        for column, value in enumerate(row):
            size = max(map(len, str(value).splitlines()), default=0)
            longest[column] = max(longest[column], size)
    widths = [min(max(size + 2, _NARROWEST), _WIDEST) for size in longest]
    if sum(widths) > _WIDEST_PAGE:
        return [min(width, _WIDEST_OF_MANY) for width in widths]
    return widths
