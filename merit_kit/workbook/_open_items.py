"""The open clarifications of one agency as XLSX, to be answered and read back."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from openpyxl.worksheet.worksheet import Worksheet

from merit_kit.errors import Cell, Problem, TableError
from merit_kit.i18n import Words
from merit_kit.workbook import _pages as p
from merit_kit.workbook._faulty_files import FaultyFile, write_faulty_files
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
from merit_kit.workbook._identity import (
    OPEN_ITEMS,
    Identity,
    Listed,
    identity_in,
    listed_in,
    write_identity,
)
from merit_kit.workbook._strays import Layout, strays
from merit_kit.workbook._tables import LONGEST_TEXT, Look, Named, check_text, file_names, refuse
from merit_kit.workbook._xlsx import Sheet, letters, read_sheets

_HEADING_LINE = 4
_KEYS = ("thread", "number", "sub_aspect", "question", "missing", "evidence", "due")
_THREAD, _CODE, _ANSWER, _FILES = 1, 2, 8, 9
_LAYOUT = Layout(_HEADING_LINE, (_CODE, _ANSWER, _FILES), _FILES)
_LOWEST_ROW = 75.0  # room to write
_WIDTHS = (4, 6, 18, 34, 26, 30, 14, 44, 24)


@dataclass(frozen=True, slots=True)
class OpenItem:
    """A question without an answer: its thread, what is asked, what is missing, until when.

    `due` is a day in ISO form, or None. `entry` is the id of the entry that puts the question in
    these words: an answer is one to them. `late`: it was due before the day of the workbook;
    `aims` are the levels for which evidence would count.
    """

    thread: str
    sub_aspect: str
    question: str
    missing: str = ""
    due: str | None = None
    entry: str = field(kw_only=True)
    late: bool = False
    aims: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class OpenItems(About):
    """The open clarifications of one agency, and the files it has to send again."""

    items: tuple[OpenItem, ...] = ()
    files: tuple[FaultyFile, ...] = ()


@dataclass(frozen=True, slots=True)
class OpenAnswer:
    """An answer, the plain names of the files that belong to it, and the cells they stand in.

    `entry` is the id of the entry whose question was answered.
    """

    thread: str
    sub_aspect: str
    entry: str
    answer: str
    files: tuple[str, ...]
    where: Cell
    files_where: Cell


@dataclass(frozen=True, slots=True)
class OpenAnswers:
    """What was answered in a workbook of open clarifications; what was left empty is not there.

    `outside` are cells beside those to be filled in, where something was written that is not read.
    """

    path: Path
    identity: Identity
    answers: tuple[OpenAnswer, ...]
    outside: tuple[Cell, ...] = ()


def write_open_items(path: Path, items: OpenItems) -> None:
    """Write the open clarifications of an agency, with room for answers and names of files.

    Everything else is locked, without a password.
    """
    w = Words(items.lang)
    title = w("form.open.title")
    book = p.new_book(f"{title}: {items.agency.name}")
    sheet = book.create_sheet(w("form.sheets.open"))
    _head(sheet, items, title, w)
    listed = []
    for line, item in enumerate(items.items, _HEADING_LINE + 1):
        _row(sheet, line, items, item, w)
        listed.append(Listed(sheet.title, line, (item.thread, item.sub_aspect, item.entry)))
    last = _HEADING_LINE + max(len(items.items), 1)
    over(sheet, length_of_text(w), _HEADING_LINE, last, _ANSWER)
    over(sheet, hint_of_files(w), _HEADING_LINE, last, _FILES)
    p.lay_out(sheet, page_of(items, _HEADING_LINE, _WIDTHS))
    sheet.column_dimensions["A"].hidden = True
    sheet.freeze_panes = sheet.cell(_HEADING_LINE + 1, _CODE + 2)
    letter, first = letters(_ANSWER), _HEADING_LINE + 1
    cells = f"${letter}${first}:${letter}${last}"
    if items.files:
        write_faulty_files(book, items, items.files)
    part = Part(sheet.title, title, cells, f"{letter}{first}", len(items.items))
    facts = {"answer": letter, "files": letters(_FILES), "most": LONGEST_TEXT}
    steps = [w(f"form.open.steps.{step}", **facts) for step in ("answer", "files", "empty")]
    if items.files:
        steps.append(w("form.open.steps.mend", sheet=w("form.sheets.faulty")))
    steps += [w(f"form.steps.{step}") for step in ("paste", "save")]
    write_front(book, items, title, steps, [part])
    write_identity(book, items.identity(OPEN_ITEMS), listed)
    p.save(book, path)


def read_open_items(path: Path, look: Look | None = None) -> OpenAnswers:
    """Read the answers of an agency.

    An empty answer says nothing.

    Parameters
    ----------
    look : callable, optional
        Says what is wrong with the files that are named; told together with the other faults.

    Raises
    ------
    TableError
        With every fault, each with its sheet and cell.
    """
    sheets = read_sheets(path)
    identity = identity_in(path, sheets)
    if identity is None or identity.kind != OPEN_ITEMS:
        raise TableError("open-items-foreign", path=path.name)
    w = Words(identity.lang)
    by_name = {sheet.name: sheet for sheet in sheets}
    problems: list[Problem] = []
    answers: list[OpenAnswer] = []
    # A list without questions has its sheet as well.
    expected: dict[str, set[int]] = {w("form.sheets.open"): set()}
    missing: set[str] = set()
    for item in listed_in(path, sheets):
        if item.sheet in by_name:
            answer = _read_row(by_name[item.sheet], item, w, problems)
            answers.extend([answer] if answer else [])
        elif item.sheet not in missing:
            problems.append(Problem(Cell(0, "", item.sheet), "form-sheet-missing"))
            missing.add(item.sheet)
        expected.setdefault(item.sheet, set()).add(item.line)
    outside = [
        place
        for name, lines in expected.items()
        if name in by_name
        for place in strays(by_name[name], _LAYOUT, lines, problems)
    ]
    if look is not None:
        problems += look([Named(a.sub_aspect, a.files, a.files_where) for a in answers])
    refuse(path, problems, list(by_name))
    return OpenAnswers(path, identity, tuple(answers), tuple(outside))


def _head(sheet: Worksheet, items: OpenItems, title: str, w: Words) -> None:
    # The first column is hidden: it holds what the questions are called among themselves.
    put_title(sheet, title, _CODE)
    p.put(sheet, 2, _CODE, f"{items.agency.name} · {round_name(items, w)}", p.SUBTITLE)
    if items.simulation:
        banner(sheet, 3, items.simulation, len(_WIDTHS), _CODE)
    for column, key in enumerate(_KEYS, 1):
        p.put(sheet, _HEADING_LINE, column, w(f"form.open.columns.{key}"), p.HEADING)
    for column, key in ((_ANSWER, "answer"), (_FILES, "files")):
        p.put(sheet, _HEADING_LINE, column, w(f"form.open.columns.{key}"), p.INPUT_HEADING)
    set_height(sheet, _HEADING_LINE, 30)


def _row(sheet: Worksheet, line: int, items: OpenItems, item: OpenItem, w: Words) -> None:
    sub = items.instrument.by_code[item.sub_aspect]
    aims = [w("form.open.counts_for", level=aim, text=sub.levels[aim]) for aim in item.aims]
    wanted = "\n".join([*aims, *(f"• {w.text(evidence)}" for evidence in sub.evidence)])
    due = w.date(item.due) if item.due else ""
    if item.late:
        due = w("form.open.late", day=due)
    texts = (w.text(sub.name), item.question, item.missing, wanted, due)
    p.put(sheet, line, _THREAD, item.thread, p.TEXT)
    p.put(sheet, line, _CODE, item.sub_aspect, p.CODE)
    for column, text in enumerate(texts, _CODE + 1):
        p.put(sheet, line, column, text, p.TEXT)
    for column in (_ANSWER, _FILES):
        p.put(sheet, line, column, None, p.INPUT_TEXT)
    sized = zip(texts, _WIDTHS[_CODE:], strict=False)
    height = height_of(((text, width, p.SMALL) for text, width in sized), _LOWEST_ROW)
    set_height(sheet, line, height)


def _read_row(sheet: Sheet, item: Listed, w: Words, problems: list[Problem]) -> OpenAnswer | None:
    thread, code, entry = item.values[:3]

    def at(column: int, key: str) -> Cell:
        return sheet.at(item.line, column, w(f"form.open.columns.{key}"))

    found = (sheet.text(item.line, _THREAD), sheet.text(item.line, _CODE).replace(",", "."))
    if found != (thread, code):
        # The thread is hidden, and means nothing to whoever would look for it.
        place = at(_CODE, "number")
        problems.append(Problem(place, "form-question-changed", found[1][:60], code))
    answer, files = sheet.text(item.line, _ANSWER), sheet.text(item.line, _FILES)
    check_text(answer, at(_ANSWER, "answer"), problems)
    check_text(files, at(_FILES, "files"), problems)
    names = file_names(files, at(_FILES, "files"), problems)
    if names and not answer:
        problems.append(Problem(at(_FILES, "files"), "files-without-answer"))
    if not answer:
        return None
    places = at(_ANSWER, "answer"), at(_FILES, "files")
    return OpenAnswer(thread, code, entry, answer, tuple(names), *places)
