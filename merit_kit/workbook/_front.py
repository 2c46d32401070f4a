"""The first sheet of the kit's own workbooks: whose it is, how it is filled in, how far it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from openpyxl import Workbook
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from merit_kit.i18n import Words
from merit_kit.instrument import Instrument
from merit_kit.workbook import _pages as p
from merit_kit.workbook._heights import height_of, set_height
from merit_kit.workbook._identity import Identity

_WIDTHS = (20, 92, 14, 14)
_LABEL, _TEXT, _COUNT, _OF = 1, 2, 3, 4


@dataclass(frozen=True, slots=True)
class FormAgency:
    """An agency as a workbook names it; `kind` is one of the kit's (``kota``)."""

    code: str
    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class FormRound:
    """A round as a workbook names it."""

    code: str
    year: int
    number: int


@dataclass(frozen=True, slots=True)
class About:
    """Whose workbook it is to be.

    `store` is the id of the store it is written from; `assessment` is None where none is open yet;
    `simulation` is the mark for every page, empty if results are real.
    """

    instrument: Instrument
    agency: FormAgency
    round: FormRound
    store: str
    assessment: str | None = None
    lang: str = "id"
    simulation: str = ""

    def identity(self, kind: str) -> Identity:
        """Return what the workbook is to know about itself."""
        return Identity(
            kind,
            self.agency.code,
            self.round.code,
            self.instrument.id,
            self.instrument.digest,
            self.assessment,
            self.store,
            self.lang,
        )


@dataclass(frozen=True, slots=True)
class Part:
    """A sheet to be filled in: its name, its subject, and the cells that count when filled."""

    sheet: str
    subject: str
    cells: str
    first: str
    count: int


def write_front(
    book: Workbook, about: About, title: str, steps: Sequence[str], parts: Sequence[Part]
) -> None:
    """Put the first sheet in front of those that it tells of."""
    w = Words(about.lang)
    sheet = book.create_sheet(w("form.sheets.front"), 0)
    put_title(sheet, title)
    line = 2
    if about.simulation:
        banner(sheet, line, about.simulation, len(_WIDTHS))
        line += 1
    instrument = about.instrument
    status = w(f"status.{instrument.status}")
    for label, text in (
        ("agency.label", f"{about.agency.name} ({w(f'agency.kinds.{about.agency.kind}')})"),
        ("round.label", round_name(about, w)),
        ("edition.label", f"{w.text(instrument.title)} ({instrument.id}; {status})"),
        ("edition.legal_basis", instrument.legal_basis),
    ):
        line += 1
        p.put(sheet, line, _LABEL, w(label), p.LABEL)
        _text(sheet, line, text)
    line += 2
    p.put(sheet, line, _LABEL, w("form.how"), p.LABEL)
    for number, step in enumerate(steps, 1):
        _text(sheet, line, f"{number}. {step}")
        line += 1
    _progress(sheet, line + 1, parts, w)
    p.lay_out(sheet, replace(page_of(about, 0, _WIDTHS), whole=True))


def put_title(sheet: Worksheet, title: str, column: int = 1) -> None:
    """Write the title of a sheet into its first line."""
    p.put(sheet, 1, column, title, p.TITLE)
    set_height(sheet, 1, 24)


def banner(sheet: Worksheet, line: int, text: str, last: int, first: int = 1) -> None:
    """Write the mark of a simulation across a sheet, from its first column to its last."""
    for column in range(first, last + 1):
        p.put(sheet, line, column, text if column == first else None, p.SIMULATION)
    sheet.merge_cells(start_row=line, end_row=line, start_column=first, end_column=last)
    set_height(sheet, line, 20)


def page_of(about: About, title_line: int, widths: tuple[float, ...]) -> p.Page:
    """Return what the printed pages of a workbook have in common."""
    w = Words(about.lang)
    edge = f"{about.agency.name}, {round_name(about, w)}"
    return p.Page(title_line, widths, edge, middle=about.simulation, number=w("report.page"))


def round_name(about: About, w: Words) -> str:
    """Return the round in words."""
    # As text: a year has no thousands.
    return w("round.name", number=str(about.round.number), year=str(about.round.year))


def _text(sheet: Worksheet, line: int, text: str) -> None:
    p.put(sheet, line, _TEXT, text, p.VALUE)
    set_height(sheet, line, height_of([(text, _WIDTHS[_TEXT - 1], p.MEDIUM)]) + 3)


def _progress(sheet: Worksheet, line: int, parts: Sequence[Part], w: Words) -> None:
    for column, key in enumerate(("sheet", "subject", "filled", "of"), 1):
        p.put(sheet, line, column, w(f"form.progress.{key}"), p.HEADING)
    first = line + 1
    for line, part in enumerate(parts, first):
        name = p.put(sheet, line, _LABEL, part.sheet, p.LABEL)
        place = f"'{part.sheet}'!"
        name.hyperlink = Hyperlink(ref=name.coordinate, location=f"{place}{part.first}")
        p.put(sheet, line, _TEXT, part.subject, p.VALUE)
        set_height(sheet, line, 17)
        p.formula(sheet, line, _COUNT, f"=COUNTA({place}{part.cells})", p.NUMBER)
        p.put(sheet, line, _OF, part.count, p.NUMBER)
    if len(parts) > 1:
        last, line = line, line + 1
        p.put(sheet, line, _LABEL, w("form.progress.all"), p.LABEL)
        p.formula(sheet, line, _COUNT, f"=SUM(C{first}:C{last})", p.NUMBER)
        p.put(sheet, line, _OF, sum(part.count for part in parts), p.NUMBER)
