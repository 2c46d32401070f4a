"""The self-assessment form, read back: only what was changed in it says anything."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from merit_kit.errors import Cell, Problem, TableError
from merit_kit.i18n import Words
from merit_kit.instrument import Instrument
from merit_kit.workbook._form_pages import HEADING_LINE, Form, columns_of, headings_of, write_form
from merit_kit.workbook._given import Given, LevelTable, is_dash, level_of
from merit_kit.workbook._identity import FORM, Identity, Listed, identity_in, listed_in
from merit_kit.workbook._strays import Layout, strays
from merit_kit.workbook._tables import Look, Named, check_text, file_names, refuse
from merit_kit.workbook._xlsx import Sheet, read_sheets


def read_form(
    path: Path,
    instrument: Instrument,
    agency: str | None = None,
    round_: str | None = None,
    look: Look | None = None,
) -> LevelTable:
    """Read a self-assessment form that was filled in.

    Only rows in which something was changed since the form was written are given, each with what
    stood in it then; what was stated elsewhere meanwhile is not known here. A level that was
    emptied is taken back. `evidence` are the names of files that were added.

    Parameters
    ----------
    instrument : Instrument
        The edition of the agency's assessment.
    agency, round_ : str, optional
        Codes of those whose form this has to be.
    look : callable, optional
        Says what is wrong with the files that are named; told together with the other faults.

    Raises
    ------
    TableError
        With every fault, each with its sheet and cell.
    """
    sheets = read_sheets(path)
    identity = identity_in(path, sheets)
    if identity is None or identity.kind != FORM:
        raise TableError("form-foreign", path=path.name)
    listed = listed_in(path, sheets)
    problems = _of_another(identity, instrument, agency, round_)
    # The codes and levels of another edition mean something else: no more is said of them.
    refuse(path, problems)
    levels = {"", *map(str, instrument.steps)}
    sound = [item.values[0] for item in listed] == list(instrument.codes)
    if not sound or any(item.values[1] not in levels for item in listed):
        raise TableError("form-damaged", path=path.name)
    reader = _Reader(instrument, Words(identity.lang), problems, [])
    given = reader.read({sheet.name: sheet for sheet in sheets}, listed)
    if look is not None:
        problems += look([Named(row.sub_aspect, row.evidence, row.where) for row in given])
    refuse(path, problems, [sheet.name for sheet in sheets])
    outside = tuple(reader.outside)
    return LevelTable(path, identity.agency, tuple(given), identity=identity, outside=outside)


def write_forms(folder: Path, forms: Sequence[Form]) -> None:
    """Write forms into a folder, each by the code of its agency; all are looked at first.

    One that lies there and was not filled in is written anew.

    Raises
    ------
    TableError
        If the edition has nothing to fill in yet, a file cannot be written, or one is in the way
        that is no form of that agency as it went out. All of these at once, and none is written.
    """
    problems = [problem for form in forms for problem in _in_the_way(folder, form)]
    if problems:
        raise TableError("forms-there", problems, count=len(problems), path=str(folder))
    for form in forms:
        write_form(_path_of(folder, form), form)


def _path_of(folder: Path, form: Form) -> Path:
    return folder / f"{form.agency.code}.xlsx"


def _in_the_way(folder: Path, form: Form) -> Iterator[Problem]:
    path = _path_of(folder, form)
    if not path.exists():
        return
    try:
        found = read_form(path, form.instrument, form.agency.code, form.round.code)
    except TableError:
        # Whatever it is, somebody put it there, or filled it in with a fault.
        yield Problem(str(path), "form-not-ours")
    else:
        if found.given or found.outside:
            yield Problem(str(path), "form-filled")


def _of_another(
    identity: Identity, instrument: Instrument, agency: str | None, round_: str | None
) -> list[Problem]:
    problems = []
    if identity.digest != instrument.digest:
        problems.append(Problem("", "form-edition", identity.edition, instrument.id))
    if agency not in (None, identity.agency):
        problems.append(Problem("", "form-agency", identity.agency, agency))
    if round_ not in (None, identity.round):
        problems.append(Problem("", "form-round", identity.round, round_))
    return problems


@dataclass(frozen=True, slots=True)
class _Reader:
    instrument: Instrument
    words: Words
    problems: list[Problem]
    outside: list[Cell]

    def read(self, sheets: Mapping[str, Sheet], listed: Sequence[Listed]) -> list[Given]:
        missing = dict.fromkeys(item.sheet for item in listed if item.sheet not in sheets)
        for name in missing:
            self.problems.append(Problem(Cell(0, "", name), "form-sheet-missing"))
        there = [item for item in listed if item.sheet not in missing]
        given = [self._row(sheets[item.sheet], item) for item in there]
        for name in dict.fromkeys(item.sheet for item in there):
            lines = {item.line for item in there if item.sheet == name}
            self.outside.extend(strays(sheets[name], self._layout, lines, self.problems))
        return [row for row in given if row is not None]

    @property
    def _layout(self) -> Layout:
        columns = columns_of(self.instrument)
        inputs = (1, columns.level, columns.explanation, columns.files)
        return Layout(HEADING_LINE, inputs, columns.files)

    def _row(self, sheet: Sheet, item: Listed) -> Given | None:
        code, stood_level, stood_reason, stood_files = item.values
        columns = columns_of(self.instrument)
        headings = headings_of(self.instrument, self.words)
        self._check_code(sheet, item.line, code)
        level, reason, files = (
            sheet.text(item.line, column)
            for column in (columns.level, columns.explanation, columns.files)
        )
        level_changed = (level, reason) != (stood_level, stood_reason)

        def at(column: int) -> Cell:
            return sheet.at(item.line, column, headings[column])

        read: int | None = None
        if level_changed:
            check_text(level, at(columns.level), self.problems)
            read = level_of(level, at(columns.level), self.instrument, self.problems)
            check_text(reason, at(columns.explanation), self.problems)
            if reason and not level:
                place = at(columns.explanation)
                self.problems.append(Problem(place, "reason-without-level"))
        added: list[str] = []
        if files != stood_files:
            place = at(columns.files)
            check_text(files, place, self.problems)
            before = {name.strip() for name in stood_files.split("\n")}
            new = [name for name in files.split("\n") if name.strip() not in before]
            added = file_names("\n".join(new), place, self.problems)
        emptied = level_changed and (is_dash(level) or (bool(stood_level) and not level))
        if not (level_changed or added):
            return None
        return Given(
            code,
            read,
            reason if level_changed and not emptied else "",
            None,
            "",
            "",
            taken_back=("self",) if emptied else (),
            evidence=tuple(added),
            stood=(int(stood_level) if stood_level else None, stood_reason)
            if level_changed
            else None,
            where=at(columns.files),
        )

    def _check_code(self, sheet: Sheet, line: int, code: str) -> None:
        found = sheet.text(line, 1).replace(",", ".")
        place = sheet.at(line, 1, self.words("form.columns.number"))
        if not found:
            self.problems.append(Problem(place, "form-code-missing", None, code))
        elif found != code:
            key = "form-code-moved" if found in self.instrument.by_code else "form-code-changed"
            self.problems.append(Problem(place, key, found[:60], code))
