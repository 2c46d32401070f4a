"""Tables out, as CSV or XLSX, with nothing in them that a spreadsheet would take for a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path

from merit_kit.errors import TableError
from merit_kit.i18n import Words
from merit_kit.instrument import Instrument
from merit_kit.workbook import _pages as p
from merit_kit.workbook._csv import guarded
from merit_kit.workbook._xlsx import letters

Value = str | int | float | Decimal | None
ENDINGS = (".csv", ".xlsx")

_NARROWEST, _WIDEST = 6, 60


def write_rows(path: Path, headings: Sequence[str], rows: Iterable[Sequence[Value]]) -> None:
    """Write a table; the ending of the file's name says whether as CSV or as XLSX.

    CSV is for Excel in Indonesian: UTF-8 with a mark, semicolons, a decimal comma. A text that
    begins like a formula gets an apostrophe there, which :func:`read_levels` takes off again; in
    XLSX it is typed as text. Numbers stay numbers.

    Raises
    ------
    TableError
        If the name ends in neither, or the file cannot be written.
    """
    ending = path.suffix.casefold()
    if ending not in ENDINGS:
        raise TableError("ending-unknown", found=path.name, allowed=", ".join(ENDINGS))
    if ending == ".csv":
        _write_csv(path, headings, rows)
    else:
        _write_xlsx(path, headings, rows)


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


def _write_csv(path: Path, headings: Sequence[str], rows: Iterable[Sequence[Value]]) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow([guarded(heading) for heading in headings])
    writer.writerows([_in_csv(value) for value in row] for row in rows)
    # Half of a surrogate pair is no text in any encoding.
    p.write(path, text.getvalue().encode("utf-8-sig", "replace"))


def _in_csv(value: Value) -> str:
    if isinstance(value, str):
        return guarded(value)
    return "" if value is None else str(value).replace(".", ",")


def _write_xlsx(path: Path, headings: Sequence[str], rows: Iterable[Sequence[Value]]) -> None:
    book = p.new_book(path.stem)
    sheet = book.create_sheet("Data")
    longest = [len(heading) for heading in headings]
    for column, heading in enumerate(headings, 1):
        p.put(sheet, 1, column, heading, p.HEADING)
    for line, row in enumerate(rows, 2):
        for column, value in enumerate(row, 1):
            number = float(value) if isinstance(value, Decimal) else value
            p.put(sheet, line, column, number, p.TEXT)
            size = max(map(len, str(value).splitlines()), default=0)
            longest[column - 1] = max(longest[column - 1], size)
    for column, size in enumerate(longest, 1):
        width = min(max(size + 2, _NARROWEST), _WIDEST)
        sheet.column_dimensions[letters(column)].width = width
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions
    sheet.print_title_rows = "1:1"
    p.save(book, path)
