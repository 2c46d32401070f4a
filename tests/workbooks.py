"""Workbooks as users and attackers make them, and what is said when one is refused."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from merit_kit.errors import TableError
from merit_kit.i18n import LANGUAGES, explain

Write = Callable[[str | bytes], Path]


def csv_writer(folder: Path) -> Write:
    """What writes the CSV file of an agency, each time anew."""

    def write(content: str | bytes) -> Path:
        path = folder / "kota-a.csv"
        path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
        return path

    return write


def refused(read: Callable[..., Any], *arguments: Any, **named: Any) -> TableError:
    """The error of what is refused; it can be said in every language, whole."""
    with pytest.raises(TableError) as caught:
        read(*arguments, **named)
    for lang in LANGUAGES:
        assert "{" not in explain(caught.value, lang).replace('{"', "")
    return caught.value


def told(error: TableError) -> list[tuple[str, str]]:
    """Where each problem is, and which."""
    return [(str(problem.where), problem.key) for problem in error.problems]


def book(path: Path, *sheets: Iterable[Iterable[Any]]) -> Path:
    """A workbook of sheets of rows, as openpyxl understands the values: "=1" is a formula."""
    made = openpyxl.Workbook()
    made.remove(made.worksheets[0])
    for number, rows in enumerate(sheets, 1):
        sheet = made.create_sheet(f"Lembar{number}")
        for row in rows:
            sheet.append(list(row))
    made.save(path)
    return path


def members(path: Path) -> dict[str, bytes]:
    """What lies in a workbook, by name."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(path: Path, parts: Mapping[str, bytes]) -> Path:
    """An archive of these parts, whatever they are called."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(zipfile.ZipInfo(name), part, zipfile.ZIP_DEFLATED)
    path.write_bytes(content.getvalue())
    return path


def filled(path: Path, cells: Mapping[str, Mapping[str, Any]]) -> Path:
    """Fill in a workbook as its user would: values by sheet and cell. A str stays a text.

    What looks like an escape is written as Excel writes it.
    """
    made = openpyxl.load_workbook(path)
    for name, values in cells.items():
        for address, value in values.items():
            cell: Any = made[name][address]
            if isinstance(value, str):
                cell.value = re.sub("_(?=x[0-9A-F]{4}_)", "_x005F_", value)
                cell.data_type = "s"
            else:
                cell.value = value
    made.save(path)
    return path
