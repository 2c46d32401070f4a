"""The sheet of files that an agency has to send again: to be read, nothing is filled in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from openpyxl import Workbook

from merit_kit.i18n import Words
from merit_kit.workbook import _pages as p
from merit_kit.workbook._front import About, banner, page_of, put_title, round_name
from merit_kit.workbook._heights import height_of, set_height

_HEADING_LINE = 4
_KEYS = ("number", "sub_aspect", "file", "state", "found", "send_as")
_WIDTHS = (6, 34, 40, 20, 50, 44)
_LOWEST_ROW = 18.0


@dataclass(frozen=True, slots=True)
class FaultyFile:
    """A file of evidence to be sent again: what it is called, its state, and what was found."""

    sub_aspect: str
    name: str
    state: str
    found: str = ""

    @property
    def send_as(self) -> str:
        """The path in a folder of evidence by which another file takes its place."""
        return f"{self.sub_aspect}/{self.name}"


def write_faulty_files(book: Workbook, about: About, files: Sequence[FaultyFile]) -> None:
    """Add the sheet, locked."""
    w = Words(about.lang)
    title = w("form.faulty.title")
    sheet = book.create_sheet(w("form.sheets.faulty"))
    put_title(sheet, title, 1)
    p.put(sheet, 2, 1, f"{about.agency.name} · {round_name(about, w)}", p.SUBTITLE)
    if about.simulation:
        banner(sheet, 3, about.simulation, len(_WIDTHS), 1)
    for column, key in enumerate(_KEYS, 1):
        p.put(sheet, _HEADING_LINE, column, w(f"form.faulty.columns.{key}"), p.HEADING)
    set_height(sheet, _HEADING_LINE, 30)
    for line, file in enumerate(files, _HEADING_LINE + 1):
        name = w.text(about.instrument.by_code[file.sub_aspect].name)
        state = w(f"evidence.states.{file.state}")
        texts = (name, file.name, state, file.found, file.send_as)
        p.put(sheet, line, 1, file.sub_aspect, p.CODE)
        for column, text in enumerate(texts, 2):
            p.put(sheet, line, column, text, p.TEXT)
        sized = ((text, width, p.SMALL) for text, width in zip(texts, _WIDTHS[1:], strict=True))
        set_height(sheet, line, height_of(sized, _LOWEST_ROW))
    p.lay_out(sheet, page_of(about, _HEADING_LINE, _WIDTHS))
    sheet.freeze_panes = sheet.cell(_HEADING_LINE + 1, 1)
