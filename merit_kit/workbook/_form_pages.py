"""The self-assessment form as XLSX, one sheet for each aspect."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from openpyxl import Workbook
from openpyxl.formatting.rule import Rule
from openpyxl.styles import Border, Font, PatternFill, Side
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from merit_kit.errors import TableError
from merit_kit.i18n import Words
from merit_kit.instrument import Aspect, Instrument, SubAspect
from merit_kit.workbook import _pages as p
from merit_kit.workbook._front import (
    About,
    Part,
    banner,
    page_of,
    put_title,
    round_name,
    write_front,
)
from merit_kit.workbook._guides import hint_of_files, length_of_text, over
from merit_kit.workbook._heights import height_of, set_height
from merit_kit.workbook._identity import FORM, Listed, write_identity
from merit_kit.workbook._tables import LONGEST_TEXT
from merit_kit.workbook._xlsx import letters

HEADING_LINE = 5
_CODE, _NAME, _EVIDENCE, _FIRST_LEVEL = 1, 2, 3, 4
_CHOSEN = "FFDDE7F5"
_LOWEST_ROW = 75.0  # room to write


@dataclass(frozen=True, slots=True)
class Form(About):
    """A form to be written: whose it is, and what its agency has stated already.

    `stated` has a level (None if only explained) and its explanation by code; `evidence` the names
    of the files that are there already by code.
    """

    stated: Mapping[str, tuple[int | None, str]] = field(default_factory=dict)
    evidence: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Columns:
    """Where the inputs of a form are; the code is in the first column."""

    level: int
    explanation: int
    files: int


def columns_of(instrument: Instrument) -> Columns:
    """Return where the inputs are: behind a column for the text of each level."""
    first = _FIRST_LEVEL + len(instrument.scale)
    return Columns(first, first + 1, first + 2)


def write_form(path: Path, form: Form) -> None:
    """Write the self-assessment form of an agency.

    An instruction sheet, a sheet for each aspect and a hidden one that says what the form is.
    Everything but the level, the explanation and the names of files is locked, without a
    password. What was stated already stands in it.

    Raises
    ------
    TableError
        If the edition has nothing to fill in yet, or the file cannot be written.
    """
    # Only a draft lacks either.
    if not (form.instrument.scale and form.instrument.codes):
        raise TableError("form-impossible", found=form.instrument.id)
    w = Words(form.lang)
    title = w("form.title")
    book = p.new_book(f"{title}: {form.agency.name}")
    listed: list[Listed] = []
    aspects = [aspect for aspect in form.instrument.aspects if aspect.sub_aspects]
    parts = [_aspect(book, form, aspect, listed, w) for aspect in aspects]
    levels = ", ".join(map(str, form.instrument.steps))
    columns = columns_of(form.instrument)
    facts = {
        "sheets": f"{parts[0].sheet} – {parts[-1].sheet}",
        "level": letters(columns.level),
        "explanation": letters(columns.explanation),
        "files": letters(columns.files),
        "levels": levels,
        "unproven": form.instrument.unproven,
        "most": LONGEST_TEXT,
    }
    steps = [w(f"form.steps.{step}", **facts) for step in ("where", "level", "words", "files")]
    steps += [w(f"form.steps.{step}", **facts) for step in ("paste", "save")]
    write_front(book, form, title, steps, parts)
    write_identity(book, form.identity(FORM), listed)
    p.save(book, path)


def _aspect(book: Workbook, form: Form, aspect: Aspect, listed: list[Listed], w: Words) -> Part:
    columns = columns_of(form.instrument)
    sheet = book.create_sheet(w("form.sheets.aspect", number=str(aspect.number)))
    subject = w.text(aspect.name)
    _head(sheet, form, f"{sheet.title}: {subject}", w.text(aspect.description), columns, w)
    for line, sub in enumerate(aspect.sub_aspects, HEADING_LINE + 1):
        level, explanation = form.stated.get(sub.code, (None, ""))
        files = "\n".join(form.evidence.get(sub.code, ()))
        _row(sheet, line, sub, form, w)
        stood = (sub.code, "" if level is None else str(level), explanation, files)
        listed.append(Listed(sheet.title, line, stood))
    last = HEADING_LINE + len(aspect.sub_aspects)
    _guide(sheet, form.instrument, columns, last, w)
    p.lay_out(sheet, page_of(form, HEADING_LINE, _widths(form.instrument)))
    # The code, the name and the headings stay in sight.
    sheet.freeze_panes = sheet.cell(HEADING_LINE + 1, _EVIDENCE)
    first, letter = HEADING_LINE + 1, letters(columns.level)
    cells = f"${letter}${first}:${letter}${last}"
    return Part(sheet.title, subject, cells, f"{letter}{first}", len(aspect.sub_aspects))


def _head(
    sheet: Worksheet, form: Form, title: str, description: str, columns: Columns, w: Words
) -> None:
    put_title(sheet, title)
    p.put(sheet, 2, 1, f"{form.agency.name} · {round_name(form, w)}", p.SUBTITLE)
    p.put(sheet, 3, 1, description, p.ABOUT)
    sheet.merge_cells(start_row=3, end_row=3, start_column=1, end_column=columns.files)
    about = (description, sum(_widths(form.instrument)), p.MEDIUM)
    set_height(sheet, 3, height_of([about]) + 4)
    if form.simulation:
        banner(sheet, HEADING_LINE - 1, form.simulation, columns.files)
    headings = [w(f"form.columns.{key}") for key in ("number", "sub_aspect", "evidence")]
    headings += [w("form.columns.level", level=level) for level in form.instrument.scale]
    for column, heading in enumerate(headings, 1):
        p.put(sheet, HEADING_LINE, column, heading, p.HEADING)
    for column, heading in headings_of(form.instrument, w).items():
        p.put(sheet, HEADING_LINE, column, heading, p.INPUT_HEADING)
    set_height(sheet, HEADING_LINE, 42)


def _widths(instrument: Instrument) -> tuple[float, ...]:
    level = 22 if len(instrument.scale) <= 4 else 18
    return (6, 17, 30, *[level] * len(instrument.scale), 10, 30, 22)


def headings_of(instrument: Instrument, w: Words) -> dict[int, str]:
    """Return the headings of the columns to be filled in."""
    columns = columns_of(instrument)
    scale = f"{instrument.steps[0]}–{instrument.steps[-1]}"
    return {
        columns.level: w("form.columns.chosen", scale=scale),
        columns.explanation: w("form.columns.explanation"),
        columns.files: w("form.columns.files"),
    }


def _row(sheet: Worksheet, line: int, sub: SubAspect, form: Form, w: Words) -> None:
    columns = columns_of(form.instrument)
    level, explanation = form.stated.get(sub.code, (None, ""))
    files = "\n".join(form.evidence.get(sub.code, ()))
    texts = [w.text(sub.name), "\n".join(f"• {w.text(evidence)}" for evidence in sub.evidence)]
    # Only a draft lacks the text of a level.
    texts += [w.text(sub.levels[n]) if n in sub.levels else "" for n in form.instrument.scale]
    p.put(sheet, line, _CODE, sub.code, p.CODE)
    for column, text in enumerate(texts, _NAME):
        p.put(sheet, line, column, text, p.TEXT)
    p.put(sheet, line, columns.level, level, p.INPUT_LEVEL)
    p.put(sheet, line, columns.explanation, explanation or None, p.INPUT_TEXT)
    p.put(sheet, line, columns.files, files or None, p.INPUT_TEXT)
    shown = (*texts, "", explanation, files)
    sized = zip(shown, _widths(form.instrument)[1:], strict=True)
    height = height_of(((text, width, p.SMALL) for text, width in sized), _LOWEST_ROW)
    set_height(sheet, line, height)


def _guide(sheet: Worksheet, instrument: Instrument, columns: Columns, last: int, w: Words) -> None:
    """Offer the levels as a list, show which one is chosen, and refuse what cannot be read."""
    first = HEADING_LINE + 1
    levels = ", ".join(map(str, instrument.steps))
    unproven = w.text(instrument.unproven)
    choice = DataValidation(
        type="list",
        formula1=f'"{",".join(map(str, instrument.steps))}"',
        allow_blank=True,
        showErrorMessage=True,
        errorTitle=w("form.wrong_level.title"),
        error=w("form.wrong_level.text", levels=levels),
        showInputMessage=True,
        promptTitle=w("form.level_hint.title"),
        prompt=w("form.level_hint.text", levels=levels, unproven=unproven)[:255],
    )
    over(sheet, choice, HEADING_LINE, last, columns.level)
    over(sheet, length_of_text(w), HEADING_LINE, last, columns.explanation)
    over(sheet, hint_of_files(w), HEADING_LINE, last, columns.files)
    strong = Side(style="thin", color=p.INK)
    chosen = DifferentialStyle(
        font=Font(bold=True),
        fill=PatternFill("solid", bgColor=_CHOSEN),
        border=Border(left=strong, right=strong, top=strong, bottom=strong),
    )
    letter = letters(columns.level)
    for column, level in enumerate(instrument.scale, _FIRST_LEVEL):
        test = f'AND(${letter}{first}<>"",${letter}{first}={level})'
        cells = f"{letters(column)}{first}:{letters(column)}{last}"
        rule = Rule(type="expression", dxf=chosen, formula=[test])
        sheet.conditional_formatting.add(cells, rule)
