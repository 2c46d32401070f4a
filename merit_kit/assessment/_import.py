"""Taking over tables that agencies send in: all of them or none, and nothing twice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from merit_kit.assessment._answers import take_answers
from merit_kit.assessment._door import (
    BEGINNING,
    begin,
    check_can_begin,
    check_edition,
    find,
    instrument_of,
)
from merit_kit.assessment._evidence import faults_of, held, home_of, named_files, take_files
from merit_kit.assessment._import_levels import import_levels
from merit_kit.assessment._imported import Imported
from merit_kit.assessment._rounds import advance
from merit_kit.errors import InstrumentError, MeritError, Problem, RuleError, TableError
from merit_kit.instrument import Instrument, load
from merit_kit.store import Store
from merit_kit.workbook import (
    OPEN_ITEMS,
    ColumnMapping,
    Identity,
    LevelTable,
    Look,
    Named,
    OpenAnswers,
    first_agency,
    identity_of,
    read_form,
    read_levels,
    read_open_items,
)

if TYPE_CHECKING:
    pass

EVIDENCE_FOLDER = "bukti"
"""Where the files that a form names lie, beside it."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """How files are to be taken.

    Attributes
    ----------
    agency : str or None
        The agency's code, where the file does not name it.
    edition : Instrument or None
        For assessments opened now; by default a form's own, else the kit's default edition. One
        that is open keeps its own, and another is refused.
    invented : bool
        Whether the data is made up; fixed when an assessment is opened.
    replacing : bool
        Whether to replace what others stated, and to settle conflicts; see
        :func:`import_levels`.
    evaluator : str or None
        Person id; see :func:`import_levels`.
    stage : str or None
        Move the assessments to this stage, the next one, before anything of the files is stated.
    mapping : ColumnMapping or None
        Which column of a table from elsewhere holds what.
    evidence : Path or None
        Folder of the files that a form names; by default ``bukti`` beside the form. In it the
        agency's own folder, unless all that lies there is the one agency's whose files are taken.
    """

    agency: str | None = None
    edition: Instrument | None = None
    invented: bool = False
    replacing: bool = False
    evaluator: str | None = None
    stage: str | None = None
    mapping: ColumnMapping | None = None
    evidence: Path | None = None


@dataclass(frozen=True, slots=True)
class _File:
    """A file that was read and is free of faults, and its assessment if that is open.

    `edition` is that of a form whose assessment is not.
    """

    agency: str
    known: str | None
    content: LevelTable | OpenAnswers
    edition: Instrument | None = None

    @property
    def path(self) -> Path:
        return self.content.path


def import_files(
    store: Store, files: Sequence[Path], round_: str, by: str, how: Incoming | None = None
) -> list[Imported]:
    """Take over what agencies sent in: tables of levels, forms, answers to open questions.

    Assessments that are not open yet are opened. One file of a kind for an agency.

    Parameters
    ----------
    by : str
        Person id of whoever runs this; see :func:`import_levels`.

    Raises
    ------
    TableError
        With the faults of every file among its `causes`; then nothing was taken from any.
    RuleError
        If the rules do not allow what the files say, or the edition is a draft that lacks parts.
    """
    how = how or Incoming()
    if how.edition is not None and how.edition.lacks:
        # Said by itself: what is wrong with a file may come from what the draft lacks.
        raise RuleError("edition-unready", edition=how.edition.id, count=len(how.edition.lacks))
    alone = _is_alone(files, how)
    read: dict[tuple[str, type], _File] = {}
    refused: list[MeritError] = []
    for path in files:
        try:
            file = _one_file(store, path, round_, how, alone)
            key = (file.agency, type(file.content))
            if key in read:
                both = f"{read[key].path.name}, {path.name}"
                raise TableError("agency-twice", found=file.agency, allowed=both)
            read[key] = file
        except MeritError as error:
            refused.append(error)
    if refused:
        raise TableError("tables-faulty", causes=refused, count=len(refused))
    # One transaction, begun only now that all files are read: of two imports at once the second
    # sees what the first stated, and one that is cut off has opened nothing.
    # All it may need at once: taken one after another, two programs could wait for each other.
    known = [file.known for file in read.values() if file.known]
    with store.together(BEGINNING, "edition", "person", "appointment", *known):
        return _take(store, list(read.values()), round_, by, how, alone)


def _take(
    store: Store, files: Sequence[_File], round_: str, by: str, how: Incoming, alone: bool
) -> list[Imported]:
    opened: dict[str, str] = {}
    editions = {file.agency: file.edition for file in files if file.edition is not None}
    for file in files:
        there = file.known or _open_already(store, file.agency, round_, how)
        if file.agency not in opened:
            opened[file.agency] = there or begin(
                store,
                file.agency,
                round_,
                how.edition or editions.get(file.agency) or load(),
                by,
                how.invented,
            )
    if how.stage is not None and opened:
        advance(store, round_, how.stage, by, list(opened))
    tables = [(opened[f.agency], f.content) for f in files if isinstance(f.content, LevelTable)]
    results = import_levels(store, tables, by, how.evaluator, how.replacing)
    for place, ((about, table), result) in enumerate(zip(tables, results, strict=True)):
        names = {given.sub_aspect: given.evidence for given in table.given if given.evidence}
        if names:
            home = _home(store, table.path, result.agency, how, alone)
            here, missing = named_files(names, home)
            stored = held(store, about)
            taken, _ = take_files(store, about, here, by, home)
            results[place] = replace(
                result,
                files=taken.added + taken.revised,
                missing=tuple(each for each in missing if each not in stored),
                left_out=taken.withdrawn,
            )
    for file in files:
        if isinstance(file.content, OpenAnswers):
            home = _home(store, file.path, file.agency, how, alone)
            results.append(take_answers(store, opened[file.agency], file.content, home, by))
    return results


def _home(store: Store, path: Path, agency: str, how: Incoming, alone: bool) -> Path:
    """Return where the files lie that a form of an agency names."""
    return home_of(store, how.evidence or path.parent / EVIDENCE_FOLDER, agency, alone)


def _is_alone(files: Sequence[Path], how: Incoming) -> bool:
    """Say whether all files are one agency's, as far as they can be read."""
    found: set[str] = set()
    for path in files if how.agency is None and len(files) > 1 else ():
        try:
            named = first_agency(path, how.mapping)
        except MeritError:
            continue  # said when it is its turn
        found |= {named} if named else set()
        if len(found) > 1:
            return False
    return True


def _one_file(store: Store, path: Path, round_: str, how: Incoming, alone: bool) -> _File:
    """Read a file under the edition of its agency's assessment, and ask whether it may go in."""
    identity = identity_of(path) if how.mapping is None else None
    # The agency decides the edition, and only the file may know the agency: look at it first.
    named = identity.agency if identity else first_agency(path, how.mapping)
    code = how.agency or named
    if code is None:
        # A table with other faults is told those; only a sound one just lacks its agency.
        read_levels(path, how.edition or load(), how.mapping)
        raise TableError("agency-not-named", path=path.name)
    if named not in (None, code):
        raise TableError("agency-mismatch", path=path.name, found=named, allowed=code)
    known = _open_already(store, code, round_, how)
    if identity is not None and identity.store != store.id:
        # A form of the practice store, filled in by mistake, looks like any other.
        raise TableError("form-other-store", path=path.name)
    look = _looker(store, path, code, known, how, alone, identity)
    if identity is not None and identity.kind == OPEN_ITEMS:
        if known is None or identity.assessment != known:
            raise TableError("answers-elsewhere", path=path.name, agency=code, round=round_)
        return _File(code, known, read_open_items(path, look))
    if known is None:
        check_can_begin(store, code, round_)
    pinned = instrument_of(store, known) if known else how.edition
    if identity is None:
        return _File(code, known, read_levels(path, pinned or load(), how.mapping, look))
    if pinned is None:
        pinned = _own_edition(store, path, identity)
    return _File(code, known, read_form(path, pinned, code, round_, look), pinned)


def _looker(
    store: Store,
    path: Path,
    agency: str,
    known: str | None,
    how: Incoming,
    alone: bool,
    identity: Identity | None,
) -> Look:
    """Return what looks at the files that a file names, before anything is taken."""
    needed = identity is not None and identity.kind == OPEN_ITEMS

    def look(named: Sequence[Named]) -> Iterator[Problem]:
        if any(cell.files for cell in named):
            there = held(store, known) if known else {}
            yield from faults_of(named, _home(store, path, agency, how, alone), there, needed)

    return look


def _own_edition(store: Store, path: Path, identity: Identity) -> Instrument:
    """Return the edition that a form was written for, for an assessment that is not open yet.

    Raises
    ------
    TableError
        If there is none of that id and contents.
    """
    try:
        found = load(identity.edition, store.folder)
    except InstrumentError:
        found = None
    if found is None or found.digest != identity.digest:
        raise TableError("form-edition-missing", path=path.name, found=identity.edition)
    return found


def _open_already(store: Store, code: str, round_: str, how: Incoming) -> str | None:
    """Return the open assessment, if there is one and it was opened as is asked for now."""
    known = find(store, code, round_)
    if known is None:
        return None
    check_edition(store, known, how.edition)
    if bool(store.assessments([known])["invented"].iloc[0]) != how.invented:
        if how.invented:
            raise RuleError("opened-not-invented", agency=code, round=round_)
        raise RuleError("opened-invented", agency=code, round=round_)
    return known
