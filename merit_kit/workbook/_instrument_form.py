"""The form of an instrument, read back: an edition, or every fault with its sheet and cell."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from merit_kit.errors import Cell, InstrumentError, Key, Problem, TableError
from merit_kit.i18n import LANGUAGES, Words
from merit_kit.instrument import ASSUMED, Instrument, from_data
from merit_kit.workbook import _instrument_fields as f
from merit_kit.workbook._tables import MOST_LINES_BEFORE, check_text, in_order
from merit_kit.workbook._xlsx import Sheet, read_sheets

_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_IDENTITY_NEEDED = ("item", "value", "source")
_NEEDED = ("identity", "sources", "categories", "aspects", "sub_aspects")


@dataclass(slots=True)
class _Reading:
    """What was read so far: plain data, the cell each path came from, and what is wrong."""

    data: dict[str, Any] = field(default_factory=lambda: {"format": 1})
    places: dict[str, Cell] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    lent: set[Cell] = field(default_factory=set)
    """The numbers of sub-aspects whose aspect's own number is the fault."""

    def note(self, place: Cell, key: str, found: Any = None, allowed: Any = None) -> None:
        self.problems.append(Problem(place, key, found, allowed))

    def is_first(self, problem: Problem) -> bool:
        """Say whether a problem does not only follow from another that is told already."""
        return problem.key != "number-not-in-aspect" or problem.where not in self.lent


@dataclass(frozen=True, slots=True)
class _Page:
    """A sheet, the line its headings are on, and the field of each column."""

    sheet: Sheet
    line: int
    columns: Mapping[int, f.Field]


@dataclass(frozen=True, slots=True)
class _Row:
    """One row of a sheet: each field with its text and its cell."""

    first: Cell
    cells: Mapping[f.Field, tuple[str, Cell]]

    def text(self, key: str) -> tuple[str, Cell]:
        for each, found in self.cells.items():
            if each.key == key:
                return found
        return "", self.first


def read_instrument_form(path: Path) -> Instrument:
    """Read an instrument's form, as :func:`write_instrument_form` writes it and people fill it in.

    Where an English text is empty, the Indonesian one stands for both.

    Raises
    ------
    TableError
        If it is no XLSX file, or a sheet is missing.
    InstrumentError
        With every fault, each with its sheet and cell.
    """
    pages = _pages(_sheets(path))
    reading = _Reading()
    _identity(reading, pages["identity"])
    _sources(reading, pages["sources"])
    if "components" in pages:
        _listed(reading, pages["components"], "components")
    _listed(reading, pages["categories"], "categories.bands")
    numbers = _aspects(reading, pages["aspects"])
    _sub_aspects(reading, pages["sub_aspects"], numbers)
    try:
        return from_data(reading.data, reading.places, reading.problems)
    except InstrumentError as error:
        order = [page.sheet.name for page in pages.values()]
        told = in_order(map(_in_words, filter(reading.is_first, error.problems)), order)
        raise InstrumentError(error.key, told, error.causes, **error.facts) from error


def _in_words(problem: Problem) -> Problem:
    """Say a problem as a form says it: choices by their words, and decimals as people write them.

    An edition's own file, of which the check speaks, has codes and points.
    """
    if problem.key == "not-a-number":
        return replace(problem, key="form-not-a-number")
    for name, codes in f.CHOICES.items():
        if problem.allowed in (", ".join(codes), *codes):
            named = problem.allowed.split(", ")
            words = [Key(f"instrument_form.choices.{name}.{code}") for code in named]
            return replace(problem, allowed=words)
    return problem


def _sheets(path: Path) -> dict[str, Sheet]:
    """Return each sheet of the form by its key."""
    there = read_sheets(path)
    found: dict[str, Sheet] = {}
    for key in (*_NEEDED, "components"):
        names = [Words(lang)(f"instrument_form.sheets.{key}") for lang in LANGUAGES]
        wanted = {f.bare(name) for name in names}
        sheet = next((sheet for sheet in there if f.bare(sheet.name) in wanted), None)
        if sheet is not None:
            found[key] = sheet
        elif key in _NEEDED:
            shown = [sheet.name for sheet in there if not sheet.hidden]
            raise TableError("sheet-missing", path=path.name, found=names[0], allowed=shown)
    return found


def _pages(sheets: Mapping[str, Sheet]) -> dict[str, _Page]:
    """Find the headings of every sheet.

    Raises
    ------
    InstrumentError
        With every column that is missing, unknown or there twice.
    """
    problems: list[Problem] = []
    fields = {
        "identity": tuple(
            f.Field(key, (), needed=key in _IDENTITY_NEEDED) for key in f.IDENTITY_COLUMNS
        ),
        "sources": f.SOURCES,
        "categories": f.CATEGORIES,
        "aspects": f.ASPECTS,
        "sub_aspects": f.sub_aspect_fields(range(f.MOST_LEVELS)),
        "components": f.COMPONENTS,
    }
    pages = {key: _page(sheet, fields[key], problems) for key, sheet in sheets.items()}
    if problems:
        raise InstrumentError("instrument-faulty", problems, count=len(problems))
    return pages


def _identity(reading: _Reading, page: _Page) -> None:
    sheet, line = page.sheet, page.line
    place_of = {each.key: column for column, each in page.columns.items()}
    labels = {
        f.bare(Words(lang)(f"instrument_form.items.{key}")): key
        for key in f.IDENTITY
        for lang in LANGUAGES
    }
    for row in sorted(n for n in sheet.rows if n > line):
        label = sheet.text(row, place_of["item"])
        key = labels.pop(f.bare(label), None)
        if key is None:
            if label:
                reading.note(sheet.at(row, place_of["item"]), "form-item-unknown", label)
            continue
        # Of two languages, each label is there twice.
        for other in [name for name, of in labels.items() if of == key]:
            del labels[other]
        cells = {
            each: _cell(reading, sheet, row, column, label)
            for each in f.IDENTITY[key]
            if (column := place_of.get(each.key))
        }
        _take(reading, reading.data, "", _Row(sheet.at(row, 1), cells))
    for key in dict.fromkeys(labels.values()):
        if key not in ("valid_to", "correction", "correction_description", "correction_most"):
            name = Words()(f"instrument_form.items.{key}")
            reading.note(Cell(0, "", sheet.name), "form-item-missing", name)


def _sources(reading: _Reading, page: _Page) -> None:
    known: dict[str, Any] = {}
    for row in _rows(reading, page, "sources"):
        key, place = row.text("key")
        if key == ASSUMED:
            continue
        if not key:
            reading.note(place, "cell-empty")
        elif key in known:
            reading.note(place, "key-repeated", key)
        else:
            known[key] = {}
            reading.places[f"sources.{key}"] = place
            _take(reading, known[key], f"sources.{key}", row)
            # In the data, the key is not part of what it stands for.
            del known[key]["key"]
    if known:
        reading.data["sources"] = known


def _listed(reading: _Reading, page: _Page, where: str) -> list[tuple[_Row, dict[str, Any]]]:
    """Read the rows of a sheet into the list that is at `where` in the data."""
    found = []
    for i, row in enumerate(_rows(reading, page, where)):
        here = f"{where}[{i}]"
        reading.places[here] = row.first
        item: dict[str, Any] = {}
        _take(reading, item, here, row)
        found.append((row, item))
    if found:
        _set(reading.data, tuple(where.split(".")), [item for _, item in found])
    return found


def _aspects(reading: _Reading, page: _Page) -> dict[str, tuple[str, dict[str, Any]]]:
    """Read the aspects; return the path and the data of each by its number."""
    found: dict[str, tuple[str, dict[str, Any]]] = {}
    for i, (_, item) in enumerate(_listed(reading, page, "aspects")):
        found.setdefault(str(item.get("number", "")), (f"aspects[{i}]", item))
    return found


def _sub_aspects(
    reading: _Reading, page: _Page, aspects: Mapping[str, tuple[str, dict[str, Any]]]
) -> None:
    allowed = ", ".join(f"{number}.1" for number in aspects)
    known = dict(aspects)
    nameless = [found for number, found in aspects.items() if not number.isdecimal()]
    guessed: set[str] = set()
    unknown: set[str] = set()
    for row in _rows(reading, page, ""):
        code, place = row.text("number")
        if not code:
            reading.note(place, "code-empty")
            continue
        if _DAY.match(code):
            reading.note(place, "code-is-date", code)
            continue
        # What Excel in Indonesian makes of 3.1 in a column that is not text.
        code = code.replace(",", ".")
        number = code.partition(".")[0]
        if number not in known and nameless:
            # Whose number cannot be read is told; its sub-aspects are not at fault.
            known[number] = nameless.pop(0)
            guessed.add(number)
        if number in guessed:
            reading.lent.add(place)
        where, aspect = known.get(number, ("", {}))
        if not where:
            if number not in unknown:
                reading.note(place, "aspect-unknown", code, allowed)
            unknown.add(number)
            continue
        subs = aspect.setdefault("sub_aspects", [])
        here = f"{where}.sub_aspects[{len(subs)}]"
        reading.places[here] = row.first
        item: dict[str, Any] = {}
        _take(reading, item, here, row)
        subs.append(item | {"number": code})


def _rows(reading: _Reading, page: _Page, where: str) -> Iterator[_Row]:
    """Give the rows of a sheet that are not blank, and note what is wrong with their cells."""
    sheet, line = page.sheet, page.line
    if where:
        reading.places.setdefault(where, sheet.at(line + 1, 1))
    for row in sorted(n for n in sheet.rows if n > line):
        cells = {
            each: _cell(reading, sheet, row, column, sheet.text(line, column))
            for column, each in page.columns.items()
        }
        if any(text for text, _ in cells.values()):
            first = min(page.columns)
            yield _Row(sheet.at(row, first, sheet.text(line, first)), cells)


def _page(sheet: Sheet, fields: tuple[f.Field, ...], problems: list[Problem]) -> _Page:
    """Find the line that has the most of our headings, and note what is wrong with them."""
    page = _Page(sheet, 0, {})
    for line in sorted(sheet.rows):
        if line > MOST_LINES_BEFORE:
            break
        named = ((c, f.column_named(fields, sheet.text(line, c))) for c in sheet.rows[line])
        known = {column: each for column, each in named if each is not None}
        if len(known) > len(page.columns):
            page = _Page(sheet, line, known)
    for each in fields:
        columns = [column for column, known in page.columns.items() if known == each]
        name = each.heading(LANGUAGES[0])
        if len(columns) > 1:
            problems.append(Problem(sheet.at(page.line, columns[1]), "column-repeated", name))
        if not columns and each.needed:
            problems.append(Problem(Cell(page.line, "", sheet.name), "column-missing", name))
    allowed = ", ".join(each.heading(LANGUAGES[0]) for each in fields if each.level is None)
    for column in sheet.rows.get(page.line, {}):
        heading = sheet.text(page.line, column)
        if heading and column not in page.columns:
            place = sheet.at(page.line, column)
            problems.append(Problem(place, "column-unknown", heading, allowed))
    return page


def _cell(
    reading: _Reading, sheet: Sheet, line: int, column: int, heading: str
) -> tuple[str, Cell]:
    text, place = sheet.text(line, column), sheet.at(line, column, heading)
    check_text(text, place, reading.problems)
    return str(text), place


def _take(reading: _Reading, item: dict[str, Any], where: str, row: _Row) -> None:
    """Put what a row says into `item`, which is at `where` in the data, and note the cells."""
    for each, (text, place) in row.cells.items():
        _note_places(reading, where, each, place)
        if not text or not each.path:
            continue
        if each.kind in (f.LINES, f.ENGLISH_LINES):
            continue
        value = f.read(each, text)
        if value is not None:
            _set(item, each.path, value)
    for each, (text, place) in row.cells.items():
        if each.kind == f.LINES and text:
            _take_lines(reading, item, where, f.lines(text), place, row)
        elif each.kind == f.TEXT:
            _double(item, each.path)


def _take_lines(
    reading: _Reading, item: dict[str, Any], where: str, own: list[str], place: Cell, row: _Row
) -> None:
    text, there = next(
        (found for each, found in row.cells.items() if each.kind == f.ENGLISH_LINES), ("", place)
    )
    english = f.lines(text) or own
    if len(english) != len(own):
        reading.note(there, "form-lines-differ", len(english), len(own))
        english = own
    item["evidence"] = [{"id": a, "en": b} for a, b in zip(own, english, strict=True)]
    for i in range(len(own)):
        for lang, cell in (("id", place), ("en", there)):
            reading.places[f"{where}.evidence[{i}].{lang}"] = cell


def _double(item: dict[str, Any], path: tuple[str, ...]) -> None:
    """Let an Indonesian text stand for both languages where the English one is not there."""
    own, other = LANGUAGES
    if len(path) < 2 or path[-1] != own:
        return
    text: Any = item
    for step in path[:-1]:
        text = text.get(step, {})
    if own in text and other not in text:
        text[other] = text[own]


def _note_places(reading: _Reading, where: str, each: f.Field, place: Cell) -> None:
    """Note the cell of a field; what is around it is shown by its first cell."""
    for depth in range(1, len(each.path)):
        around = ".".join(each.path[:depth])
        reading.places.setdefault(f"{where}.{around}" if where else around, place)
    if each.path and each.kind != f.ENGLISH_LINES:
        path = ".".join(each.path)
        reading.places[f"{where}.{path}" if where else path] = place


def _set(data: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    for step in path[:-1]:
        data = data.setdefault(step, {})
    data[path[-1]] = value
