"""What a workbook of the kit knows about itself, on a sheet that its user does not see."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from openpyxl import Workbook

from merit_kit.errors import TableError
from merit_kit.files import is_code
from merit_kit.i18n import LANGUAGES, Words
from merit_kit.workbook._pages import put
from merit_kit.workbook._xlsx import Sheet, may_be_workbook, read_sheets

FORM, OPEN_ITEMS = "form", "open-items"
SHEET = "merit-kit"
FORMAT = "1"

_FIELDS = ("agency", "round", "edition", "digest", "assessment", "store", "lang")
_MUST = ("agency", "round", "edition", "digest", "store")
# By these a workbook is known for ours when the sheet is gone that says so.
_OWN_HEADINGS = ("form.columns.explanation", "form.open.columns.answer")
_LAST_HEADING = 10
_DIGEST = re.compile(r"[0-9a-f]{64}")
# The lines of the sheet: kind, format, a line for each field, how much it asks; the list of that
# below.
_FIRST_FIELD = 3
_COUNT = _FIRST_FIELD + len(_FIELDS)
_HEADINGS = _COUNT + 1


@dataclass(frozen=True, slots=True)
class Identity:
    """Which workbook of the kit this is, whose, and from which store.

    `kind` is ``form`` or ``open-items``; `agency` and `round` are codes; `edition` is the
    instrument's id and `digest` its digest; `assessment` is None where none was open yet.
    """

    kind: str
    agency: str
    round: str
    edition: str
    digest: str
    assessment: str | None
    store: str
    lang: str = "id"


@dataclass(frozen=True, slots=True)
class Listed:
    """One thing that a workbook asks for: its sheet and line, and what stood there at first."""

    sheet: str
    line: int
    values: tuple[str, ...]


def write_identity(book: Workbook, identity: Identity, listed: Iterable[Listed]) -> None:
    """Add the sheet that says what this workbook is and what it asks for where."""
    sheet = book.create_sheet(SHEET)
    said = [(SHEET, identity.kind), ("format", FORMAT)]
    asked = list(listed)
    said += [(field, getattr(identity, field) or "") for field in _FIELDS]
    said.append(("listed", str(len(asked))))
    for line, pair in enumerate(said, 1):
        for column, text in enumerate(pair, 1):
            put(sheet, line, column, text)
    for line, item in enumerate(asked, _HEADINGS + 1):
        for column, text in enumerate((item.sheet, str(item.line), *item.values), 1):
            put(sheet, line, column, text)
    # "veryHidden" is not in the list of sheets to show again; nobody has to see it to fill in.
    sheet.sheet_state = "veryHidden"
    sheet.protection.sheet = True


def identity_of(path: Path) -> Identity | None:
    """Return what a workbook of the kit knows about itself; None of any other file.

    Raises
    ------
    TableError
        If it is a workbook that cannot be read, or ours and damaged.
    """
    if not may_be_workbook(path):
        return None
    return identity_in(path, read_sheets(path))


def identity_in(path: Path, sheets: Sequence[Sheet]) -> Identity | None:
    """Return what these sheets know about themselves; see :func:`identity_of`."""
    sheet = _own(sheets)
    if sheet is None:
        if any(map(_is_headed, sheets)):
            raise TableError("form-sheet-gone", path=path.name, found=SHEET)
        return None
    if sheet.text(2, 2) != FORMAT:
        raise TableError("form-newer", path=path.name, found=sheet.text(2, 2)[:20], allowed=FORMAT)
    said = {field: sheet.text(_FIRST_FIELD + at, 2) for at, field in enumerate(_FIELDS)}
    sound = (
        sheet.text(1, 2) in (FORM, OPEN_ITEMS)
        and all(sheet.text(_FIRST_FIELD + at, 1) == field for at, field in enumerate(_FIELDS))
        and all(said[field] for field in _MUST)
        and is_code(said["agency"])
        and is_code(said["round"])
        and _DIGEST.fullmatch(said["digest"])
    )
    if not sound:
        raise TableError("form-damaged", path=path.name)
    lang = "en" if said.pop("lang") == "en" else "id"
    assessment = said.pop("assessment") or None
    return Identity(sheet.text(1, 2), **said, assessment=assessment, lang=lang)


def listed_in(path: Path, sheets: Sequence[Sheet]) -> list[Listed]:
    """Return what a workbook of the kit asks for, in its order.

    Raises
    ------
    TableError
        If that is not all it asked for when it was written.
    """
    sheet = _own(sheets)
    listed = [] if sheet is None else list(_listed(sheet))
    if sheet is None or sheet.text(_COUNT, 2) != str(len(listed)):
        raise TableError("form-damaged", path=path.name)
    return listed


def _listed(sheet: Sheet) -> Iterator[Listed]:
    for line in sorted(sheet.rows):
        where = sheet.text(line, 2)
        if line > _HEADINGS and where.isdecimal() and len(where) < 6:
            values = tuple(sheet.text(line, column) for column in range(3, 7))
            yield Listed(sheet.text(line, 1), int(where), values)


def _is_headed(sheet: Sheet) -> bool:
    """Say whether a sheet has the heading of a column that only the kit's own workbooks have."""
    known = {Words(lang)(key) for lang in LANGUAGES for key in _OWN_HEADINGS}
    lines = (line for line in sheet.rows if line <= _LAST_HEADING)
    return any(sheet.text(line, column) in known for line in lines for column in sheet.rows[line])


def _own(sheets: Sequence[Sheet]) -> Sheet | None:
    own = (sheet for sheet in sheets if sheet.name.casefold() == SHEET)
    return next((sheet for sheet in own if sheet.text(1, 1) == SHEET), None)
