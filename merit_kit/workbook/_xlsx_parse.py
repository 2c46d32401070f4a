"""Reads the workbook on standard input and writes its cells as JSON, in a process of its own.

A workbook made to exhaust or to crash whoever reads it takes this process with it, and not the
kit. Started by `_xlsx` as a plain script; imports nothing of ours, so that it starts fast.
"""

from __future__ import annotations

import io
import json
import re
import sys
from collections.abc import Iterator
from datetime import datetime, time
from decimal import Decimal
from typing import Any
from xml.etree.ElementTree import iterparse

import openpyxl
from openpyxl.cell.text import Text
from openpyxl.reader import excel

MOST_ROWS = 20_000
MOST_COLUMNS = 200
MOST_CHARACTERS = 5_000_000
_ROWS_OF_EXCEL = 1_048_576

_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_SHARED = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}si"


class TooMuchError(Exception):
    """More than the kit reads of one workbook: what, and how many at most."""


def _shared_texts(source: Any) -> list[str]:
    """Read the texts that cells share, as they are written.

    openpyxl's own reader takes ``x005F_`` out of them and leaves all other escapes in, after which
    nobody can tell what was typed.
    """
    texts = []
    node: Any
    for _, node in iterparse(source):  # noqa: S314 expat limits what entities may become
        if node.tag == _SHARED:
            text: Any = Text.from_tree(node)
            texts.append(text.content)
            node.clear()
    return texts


def _sheets(content: bytes) -> Iterator[dict[str, Any]]:
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
    characters = 0
    for sheet in book.worksheets:
        # Some programs write that a sheet ends where it does not.
        sheet.reset_dimensions()
        rows = []
        for line, row in enumerate(sheet.iter_rows(), 1):
            if line > _ROWS_OF_EXCEL:
                raise TooMuchError("rows", MOST_ROWS)
            cells = [cell for cell in map(_cell, row) if cell]
            if not cells:
                continue
            if line > MOST_ROWS:
                raise TooMuchError("rows", MOST_ROWS)
            if cells[-1][0] > MOST_COLUMNS:
                raise TooMuchError("columns", MOST_COLUMNS)
            characters += sum(len(text) for _, _, text in cells)
            if characters > MOST_CHARACTERS:
                raise TooMuchError("characters", MOST_CHARACTERS)
            rows.append([line, cells])
        yield {"name": sheet.title, "hidden": sheet.sheet_state != "visible", "rows": rows}


def _cell(cell: Any) -> tuple[int, str, str] | None:
    """Return the column, the type and the text of a cell that holds something."""
    if cell.value is None:
        return None
    if cell.data_type == "f":
        return cell.column, "f", str(getattr(cell.value, "text", None) or cell.value)
    text = _shown(cell.value)
    number = isinstance(cell.value, int | float) and not isinstance(cell.value, bool)
    kind = "e" if cell.data_type == "e" else "n" if number else "s"
    return (cell.column, kind, text) if text.strip() else None


def _shown(value: Any) -> str:
    """Write a value as its user sees it: 3.0 is 3, a day is a day."""
    if isinstance(value, str):
        return _ESCAPED.sub(_meant, value).replace("\r\n", "\n").replace("\r", "\n")
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        # A spreadsheet keeps and shows 15 digits; the others are dust of the binary number.
        digits = format(Decimal(format(value, ".15g")), "f")
        return digits.rstrip("0").rstrip(".") if "." in digits else digits
    if isinstance(value, datetime):
        if value.time() == time():
            return value.date().isoformat()
        return value.isoformat(" ", "minutes")
    if isinstance(value, time):
        return value.isoformat("minutes")
    return str(value)


def _meant(escape: re.Match[str]) -> str:
    code = int(escape[1], 16)
    return escape[0] if 0xD800 <= code <= 0xDFFF else chr(code)


def main() -> None:
    """Write ``{"sheets": [...]}``, or ``{"fault": ...}`` with what there is to say of it."""
    found: dict[str, Any]
    setattr(excel, "read_string_table", _shared_texts)  # noqa: B010 its types do not name it
    try:
        found = {"sheets": list(_sheets(sys.stdin.buffer.read()))}
    except TooMuchError as error:
        found = {"fault": "workbook-too-much", "found": error.args[0], "allowed": error.args[1]}
    except Exception as error:  # a damaged workbook makes its reader raise anything at all
        found = {"fault": "workbook-damaged", "found": f"{type(error).__name__}: {error}"[:200]}
    json.dump(found, sys.stdout)  # ASCII, whatever the console's encoding is


if __name__ == "__main__":
    main()
