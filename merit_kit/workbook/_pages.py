"""How the kit's own workbooks look, and how texts of others get into their cells.

Named styles, so that a cell holds what it says and not how it looks. Arial is on every Windows,
and LibreOffice has letters of the same widths for it.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Protection, Side
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from merit_kit.errors import TableError
from merit_kit.files import reason_of, write_whole
from merit_kit.workbook._xlsx import letters

LONGEST_CELL = 32_767
"""How much a cell of a spreadsheet holds, in UTF-16 units."""

TITLE, SUBTITLE, ABOUT, SIMULATION, LABEL, VALUE, NUMBER = (
    *("merit judul", "merit subjudul", "merit uraian", "merit simulasi"),
    *("merit label", "merit nilai", "merit angka"),
)
HEADING, TEXT, CODE, INPUT_HEADING, INPUT_LEVEL, INPUT_TEXT = (
    *("merit kepala", "merit teks", "merit kode"),
    *("merit kepala isian", "merit isian level", "merit isian teks"),
)

_LIKE_FORMULA = re.compile(r"[=+\-@\t\r]")
_LIKE_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
# What no XML can hold, and what openpyxl refuses.
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_LONE_HALVES = re.compile("[\ud800-\udfff]")

SMALL, MEDIUM = 9, 10
"""The sizes of the letters, in points."""
INK, PAPER, LINE, FIELD, WARNING = "FF1F2A44", "FFFFFFFF", "FF9AA3B2", "FFFFF8DC", "FFFFE08A"


@dataclass(frozen=True, slots=True)
class Page:
    """What the page of a sheet needs: print titles, and texts at its edges."""

    title_line: int
    widths: tuple[float, ...]
    edge: str = ""
    whole: bool = False
    """Whether the sheet has to fit on one page."""
    middle: str = ""
    number: str = ""
    """The word before the number of the page."""


def new_book(title: str) -> Workbook:
    """Return a workbook with the kit's styles and no sheet."""
    book = Workbook()
    del book[book.sheetnames[0]]
    book.properties.creator = "merit-kit"
    book.properties.title = in_xml(title)
    for style in _styles():
        book.add_named_style(style)
    return book


def put(
    sheet: Worksheet, line: int, column: int, value: str | int | float | None, style: str = ""
) -> Any:
    """Write a value into a cell; a text stays a text, whatever it looks like."""
    cell: Any = sheet.cell(line, column)
    if style:
        cell.style = style
    if not isinstance(value, str):
        cell.value = value
        return cell
    cell.value = in_xml(fitting(value))
    # openpyxl takes "=1+1" for a formula and "#N/A" for an error.
    cell.data_type = "s"
    if _LIKE_FORMULA.match(value):
        cell.quotePrefix = True
    return cell


def formula(sheet: Worksheet, line: int, column: int, text: str, style: str) -> None:
    """Write a formula of our own; never a text that came from somewhere."""
    cell = sheet.cell(line, column, text)
    cell.style = style


def in_xml(text: str) -> str:
    """Return a text as a workbook writes it, with what XML cannot hold escaped."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _LIKE_ESCAPE.sub("_x005F_", text)
    text = _NOT_IN_XML.sub(lambda found: f"_x{ord(found[0]):04X}_", text)
    return _LONE_HALVES.sub("\ufffd", text)


def fitting(text: str) -> str:
    """Return as much of a text as a cell holds, with an ellipsis if that is not all."""
    if len(text) * 2 <= LONGEST_CELL:
        return text
    units = text.encode("utf-16-le", "surrogatepass")
    if len(units) <= LONGEST_CELL * 2:
        return text
    # A character of two units that is cut in half is left out.
    return units[: (LONGEST_CELL - 1) * 2].decode("utf-16-le", "ignore") + "\N{HORIZONTAL ELLIPSIS}"


def as_read(text: str) -> str:
    """Return a text as it is read back from a cell it was put into."""
    return fitting(text).replace("\r\n", "\n").replace("\r", "\n").strip()


def lay_out(sheet: Worksheet, page: Page) -> None:
    """Set widths, protection without a password, and the printed page: A4, landscape."""
    for column, width in enumerate(page.widths, 1):
        sheet.column_dimensions[letters(column)].width = width
    sheet.protection.sheet = True
    # Whoever fills it in may make room for what they write.
    sheet.protection.formatRows = False
    sheet.protection.formatColumns = False
    sheet.sheet_view.showGridLines = False
    on_paper(sheet, page.whole)
    if page.title_line:
        sheet.print_title_rows = f"{page.title_line}:{page.title_line}"
    part: Any
    header: Any = sheet.oddHeader
    footer: Any = sheet.oddFooter
    for part, text in (
        (header.left, _at_edge(page.edge)),
        (header.center, _at_edge(page.middle)),
        (footer.left, "&A"),
        (footer.right, f"{_at_edge(page.number)} &P / &N"),
    ):
        part.text = text
        part.size = 8
        part.font = "Arial,Regular"


def on_paper(sheet: Worksheet, whole: bool = False) -> None:
    """Set the printed page: A4, landscape, all columns beside each other; `whole`, on one page."""
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = 1 if whole else 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    margins = sheet.page_margins
    margins.left = margins.right = 0.4
    margins.top = margins.bottom = 0.6
    margins.header = margins.footer = 0.3


def save(book: Workbook, path: Path) -> None:
    """Write the workbook whole, its sheets locked in their places without a password."""
    book.security.lockStructure = True
    content = io.BytesIO()
    book.save(content)
    write(path, content.getvalue())


def write(path: Path, content: bytes) -> None:
    """Write a file whole.

    Raises
    ------
    TableError
        If that cannot be done: Excel may have it open.
    """
    try:
        write_whole(path, content)
    except OSError as error:
        said = reason_of(error, path)
        raise TableError("file-unwritable", path=str(path), said=said) from error


def _at_edge(text: str) -> str:
    """Return a text for the edge of a page, where & begins a code and 255 signs are the limit."""
    return in_xml(" ".join(text.split()))[:60].replace("&", "&&")


def _styles() -> Iterable[NamedStyle]:
    thin = Side(style="thin", color=LINE)
    box = Border(left=thin, right=thin, top=thin, bottom=thin)
    strong = Side(style="medium", color=INK)
    frame = Border(left=strong, right=strong, top=strong, bottom=strong)
    top = Alignment(vertical="top", wrap_text=True)
    middle = Alignment(horizontal="center", vertical="center", wrap_text=True)
    plain, bold = Font(name="Arial", size=SMALL), Font(name="Arial", size=SMALL, bold=True)
    light = Font(name="Arial", size=SMALL, bold=True, color=PAPER)
    ink, field = PatternFill("solid", fgColor=INK), PatternFill("solid", fgColor=FIELD)
    warning = PatternFill("solid", fgColor=WARNING)
    free = Protection(locked=False)
    yield _style(TITLE, font=Font(name="Arial", size=15, bold=True, color=INK))
    yield _style(SUBTITLE, font=Font(name="Arial", size=MEDIUM, bold=True))
    yield _style(ABOUT, font=Font(name="Arial", size=MEDIUM), alignment=top)
    yield _style(
        SIMULATION, font=bold, fill=warning, border=frame, alignment=Alignment(vertical="center")
    )
    yield _style(LABEL, font=Font(name="Arial", size=MEDIUM, bold=True), alignment=top)
    yield _style(VALUE, font=Font(name="Arial", size=MEDIUM), alignment=top)
    yield _style(
        NUMBER,
        font=Font(name="Arial", size=MEDIUM),
        alignment=Alignment(horizontal="center", vertical="top"),
    )
    yield _style(HEADING, font=light, fill=ink, border=box, alignment=middle)
    # Told apart from the others without any colour: the frame is thick and the letters are dark.
    yield _style(INPUT_HEADING, font=bold, fill=field, border=frame, alignment=middle)
    yield _style(TEXT, font=plain, border=box, alignment=top)
    yield _style(
        CODE,
        font=bold,
        border=box,
        alignment=Alignment(horizontal="center", vertical="top"),
        number_format="@",
    )
    yield _style(
        INPUT_LEVEL,
        font=Font(name="Arial", size=16, bold=True),
        fill=field,
        border=box,
        alignment=Alignment(horizontal="center", vertical="center"),
        protection=free,
    )
    # As text, so that what is typed stays as it is: no formula, no date made of 1/2.
    yield _style(
        INPUT_TEXT,
        font=plain,
        fill=field,
        border=box,
        alignment=top,
        protection=free,
        number_format="@",
    )


def _style(name: str, **parts: Any) -> NamedStyle:
    return NamedStyle(name=name, **parts)
