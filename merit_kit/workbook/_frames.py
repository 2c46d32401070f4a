"""Frames out as files for analysts: Parquet, CSV or XLSX, however many rows they have."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from merit_kit.errors import TableError
from merit_kit.workbook import _pages as p
from merit_kit.workbook._csv import guarded
from merit_kit.workbook._xlsx import letters

FRAME_ENDINGS = (".parquet", ".csv", ".xlsx")
MOST_ROWS = 1_048_575
"""How many rows a sheet of a spreadsheet holds below its headings."""

PART = 10_000
"""How many rows are written at once."""

_WIDEST, _LOOKED_AT = 40, 200


def check_frame_file(path: Path, rows: int = 0) -> None:
    """Refuse a file that :func:`write_frame` could not write; before anything is worked out.

    Raises
    ------
    TableError
        If its name ends in none of :data:`FRAME_ENDINGS`, its folder is not there, or a workbook
        cannot hold so many rows.
    """
    ending = path.suffix.casefold()
    if ending not in FRAME_ENDINGS:
        raise TableError("ending-unknown", found=path.name, allowed=", ".join(FRAME_ENDINGS))
    check_folder_of(path)
    if ending == ".xlsx" and rows > MOST_ROWS:
        raise TableError("too-many-rows", path=path.name, found=rows, allowed=MOST_ROWS)


def check_folder_of(path: Path) -> None:
    """Refuse a file in a folder that is not there: a name that was mistyped makes none.

    Raises
    ------
    TableError
        If there is no such folder.
    """
    if not path.parent.is_dir():
        raise TableError("folder-none", found=path.name, path=str(path.parent))


def write_frame(
    path: Path, frame: pd.DataFrame, advance: Callable[[int], None] = lambda rows: None
) -> None:
    """Write a frame; the ending of the file's name says as what. It is there whole or not at all.

    Parquet keeps the types: texts as dictionaries, levels as 8-bit integers with nulls. CSV is for
    Excel in Indonesian (UTF-8 with a mark, semicolons, a decimal comma), and pandas reads it with
    ``sep=";", decimal=","``. In CSV a text that a spreadsheet would take for a formula gets an
    apostrophe; in XLSX it is typed as text. Numbers stay numbers; unknown is empty.

    Parameters
    ----------
    frame : DataFrame
        Its columns alone, without its index.
    advance : function
        Told, after each part, how many more rows have been written.

    Raises
    ------
    TableError
        As :func:`check_frame_file`; or if the file cannot be written.
    """
    check_frame_file(path, len(frame))
    ending = path.suffix.casefold()
    if ending == ".parquet":
        p.write(path, _parquet(frame))
        advance(len(frame))
    elif ending == ".csv":
        p.write(path, _csv(frame, advance))
    else:
        p.write(path, _xlsx(frame, path.stem, advance))


def _parquet(frame: pd.DataFrame) -> bytes:
    table = pa.Table.from_pandas(frame, preserve_index=False)
    for at, named in enumerate(table.schema):
        # A column in which nothing is known would have a type by chance, and another elsewhere.
        if frame.dtypes.iloc[at] in ("object", "category") and frame.iloc[:, at].isna().all():
            nothing = pa.nulls(len(frame), pa.string())
            table = table.set_column(at, named.name, nothing)
    content = io.BytesIO()
    pq.write_table(table, content)
    return content.getvalue()


def _csv(frame: pd.DataFrame, advance: Callable[[int], None]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow([guarded(str(name)) for name in frame.columns])
    for part in _parts(frame):
        writer.writerows(zip(*(_spelled(part[name], guarded, ",") for name in part), strict=True))
        advance(len(part))
    return text.getvalue().encode("utf-8-sig", "replace")


def _xlsx(frame: pd.DataFrame, title: str, advance: Callable[[int], None]) -> bytes:
    book = Workbook(write_only=True)
    book.properties.creator, book.properties.title = "merit-kit", p.in_xml(title)
    sheet: Any = book.create_sheet("Data")
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{letters(max(len(frame.columns), 1))}{len(frame) + 1}"
    for at, name in enumerate(frame.columns, 1):
        shown = [str(name), *_spelled(frame[name].head(_LOOKED_AT), str, ".")]
        sheet.column_dimensions[letters(at)].width = min(max(map(len, shown)) + 2, _WIDEST)
    headings = [_text(sheet, _sayable(str(name))) for name in frame.columns]
    for cell in headings:
        cell.font = Font(bold=True)
    sheet.append(headings)
    for part in _parts(frame):
        columns = (_spelled(part[name], _sayable, None) for name in part)
        for row in zip(*columns, strict=True):
            sheet.append([_text(sheet, v) if isinstance(v, str) else v for v in row])
        advance(len(part))
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _sayable(text: str) -> str:
    """Return a text as a cell can hold it."""
    return p.in_xml(p.fitting(text))


def _text(sheet: Any, text: str) -> Any:
    # Each time a cell of its own: the sheet writes the next value into the last one it was given.
    cell = WriteOnlyCell(sheet, text)
    cell.data_type = "s"
    return cell


def _parts(frame: pd.DataFrame) -> Iterator[pd.DataFrame]:
    for begin in range(0, len(frame), PART):
        yield frame.iloc[begin : begin + PART]


def _spelled(
    column: pd.Series[Any], of_text: Callable[[str], Any], mark: str | None
) -> Sequence[Any]:
    """Return the values as they are written: texts by `of_text`, unknown as nothing.

    `mark` is the decimal mark that numbers are written with; None leaves them numbers.
    """
    nothing = None if mark is None else ""
    if isinstance(column.dtype, pd.CategoricalDtype):
        names = [of_text(str(name)) for name in column.cat.categories]
        return [nothing if at < 0 else names[at] for at in column.cat.codes]
    values = column.astype(object).where(column.notna(), None)
    if pd.api.types.is_bool_dtype(column.dtype) or pd.api.types.is_numeric_dtype(column.dtype):
        if mark is None:
            return list(values)
        return [nothing if v is None else str(v).replace(".", mark) for v in values]
    return [nothing if value is None else of_text(str(value)) for value in values]
