"""The self-assessment form, read back: only what was changed in it says anything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from merit_kit.errors import Cell, Problem, TableError
from merit_kit.i18n import Words
from merit_kit.instrument import Instrument
from merit_kit.workbook._form_pages import HEADING_LINE, columns_of, headings_of
from merit_kit.workbook._given import Given, LevelTable, is_dash, level_of
from merit_kit.workbook._identity import FORM, Identity, Listed, identity_in, identity_of, listed_in
from merit_kit.workbook._tables import check_text, file_names, refuse
from merit_kit.workbook._xlsx import Sheet, read_sheets


def is_form(path: Path) -> bool:
    """Say whether a file is a self-assessment form of the kit; False if it cannot be read."""
    try:
        identity = identity_of(path)
    except TableError:
        return False
    return identity is not None and identity.kind == FORM


def form_identity(path: Path) -> Identity:
    """Return whose form it is and of which edition.

    Raises
    ------
    TableError
        If it is no form of the kit, or cannot be read.
    """
    identity = identity_of(path)
    if identity is None or identity.kind != FORM:
        raise TableError("form-foreign", path=path.name)
    return identity


def read_form(
    path: Path, instrument: Instrument, agency: str | None = None, round_: str | None = None
) -> LevelTable:
    """Read a self-assessment form that was filled in.

    A row says what was changed in it since the form was written: an old form does not undo what
    was stated meanwhile. A level that was emptied is taken back. `evidence` are the names of files
    that were added.

    Parameters
    ----------
    instrument : Instrument
        The edition of the agency's assessment.
    agency, round_ : str, optional
        Codes of those whose form this has to be.

    Raises
    ------
    TableError
        With every fault, each with its sheet and cell.
    """
    sheets = read_sheets(path)
    identity = identity_in(path, sheets)
    if identity is None or identity.kind != FORM:
        raise TableError("form-foreign", path=path.name)
    listed = list(listed_in(sheets))
    problems = _of_another(identity, instrument, agency, round_)
    # The codes and levels of another edition mean something else: no more is said of them.
    refuse(path, problems)
    if [item.values[0] for item in listed] != list(instrument.codes):
        raise TableError("form-damaged", path=path.name)
    reader = _Reader(instrument, Words(identity.lang), problems)
    given = reader.read({sheet.name: sheet for sheet in sheets}, listed)
    refuse(path, problems)
    return LevelTable(path, identity.agency, tuple(given), identity=identity)


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

    def read(self, sheets: Mapping[str, Sheet], listed: Sequence[Listed]) -> list[Given]:
        missing = dict.fromkeys(item.sheet for item in listed if item.sheet not in sheets)
        for name in missing:
            self.problems.append(Problem(Cell(0, "", name), "form-sheet-missing"))
        there = [item for item in listed if item.sheet not in missing]
        given = [self._row(sheets[item.sheet], item) for item in there]
        for name in dict.fromkeys(item.sheet for item in there):
            self._strays(sheets[name], {item.line for item in there if item.sheet == name})
        return [row for row in given if row is not None]

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
        back = ("self",) if emptied else ()
        reason = reason if level_changed and not emptied else ""
        return Given(code, read, reason, None, "", "", back, tuple(added))

    def _check_code(self, sheet: Sheet, line: int, code: str) -> None:
        found = sheet.text(line, 1).replace(",", ".")
        place = sheet.at(line, 1, self.words("form.columns.number"))
        if not found:
            self.problems.append(Problem(place, "form-code-missing", None, code))
        elif found != code:
            key = "form-code-moved" if found in self.instrument.by_code else "form-code-changed"
            self.problems.append(Problem(place, key, found[:60], code))

    def _strays(self, sheet: Sheet, expected: set[int]) -> None:
        """Note what was written below or between the rows: it would be lost."""
        columns = columns_of(self.instrument)
        for line in sorted(sheet.rows):
            if line <= HEADING_LINE or line in expected:
                continue
            for column in (1, columns.level, columns.explanation, columns.files):
                if text := sheet.text(line, column):
                    place = sheet.at(line, column)
                    self.problems.append(Problem(place, "form-stray", text[:60]))
