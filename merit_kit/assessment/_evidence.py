"""Files that agencies send in: found in folders by convention, kept, and stated as evidence."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from merit_kit import process
from merit_kit.assessment._door import find, instrument_of, now, record
from merit_kit.assessment._hearing import counting_of
from merit_kit.assessment._imported import EvidenceTaken
from merit_kit.assessment._people import speaker_for
from merit_kit.errors import Problem, RuleError, StoreError
from merit_kit.files import is_file_name
from merit_kit.instrument import Instrument
from merit_kit.store import Statement, Store, check_file, new_id
from merit_kit.workbook import Named

# 1.1.2 is no code, and a day is none.
_CODE_FIRST = re.compile(r"(\d{1,2}\.\d{1,2})(?!\.?\d)[\s_.-]*")
# What systems and office programs leave lying about; it is nobody's evidence.
_LITTER = ("thumbs.db", "desktop.ini", ".ds_store")
_LITTER_STARTS = ("~$", ".")


@dataclass(frozen=True, slots=True)
class Shown:
    """A file and the sub-aspect it is shown for."""

    sub_aspect: str
    path: Path


def import_evidence(
    store: Store,
    folder: Path,
    round_: str,
    by: str,
    agency: str | None = None,
    again: bool = False,
) -> list[EvidenceTaken]:
    """Take over a folder of evidence, all of it or nothing.

    ``FOLDER/<agency>/<sub-aspect>/<file>``; the name of a sub-aspect's folder begins with its code
    (``1.3 Data pensiun``), or a file directly in the agency's folder does (``1.3_pensiun.pdf``).
    With `agency` its own folder is given. A file of the same name in the same sub-aspect with other
    contents is a new revision of it.

    Parameters
    ----------
    by : str
        Person id of whoever runs this: of the agency's team, or the secretariat.
    again : bool
        Whether to state again what was withdrawn; by default it is left out and named.

    Raises
    ------
    RuleError
        With everything that cannot be taken, each with its path in the folder: an unknown agency
        or code, no assessment in the round, a file that is empty, too large or of a kind that is
        not kept.
    """
    if not folder.is_dir():
        raise RuleError("folder-not-there", path=str(folder))
    problems: list[Problem] = []
    found: dict[str, list[Shown]] = {}
    for code, own in _agencies(store, folder, agency, problems):
        about = find(store, code, round_)
        if about is None:
            problems.append(Problem(code, "no-assessment", code, round_))
        else:
            found[about] = list(_files_of(own, folder, instrument_of(store, about), problems))
    if not found and not problems:
        problems.append(Problem("", "folder-empty"))
    taken = []
    with store.together(*found):
        # Looked into even if all is refused already: whoever mends it is told everything at once.
        for about, files in found.items():
            try:
                taken.append(take_files(store, about, files, by, folder, again)[0])
            except RuleError as error:
                if error.key != "evidence-refused":
                    raise
                problems += error.problems
        _refuse(problems, folder)
    return taken


def take_files(
    store: Store, about: str, files: Sequence[Shown], by: str, folder: Path, again: bool = False
) -> tuple[EvidenceTaken, dict[tuple[str, str], str]]:
    """Keep files and state them as the evidence of an agency, all or none.

    Parameters
    ----------
    folder : Path
        In which they lie; a fault is told by its path in there.
    again : bool
        Whether to state again what was withdrawn.

    Returns
    -------
    EvidenceTaken
    dict
        The SHA-256 of each, by (sub-aspect, name).

    Raises
    ------
    RuleError
        With each file that cannot be kept, or if `by` may not state evidence here.
    """
    agency = str(store.assessments([about])["agency"].iloc[0])
    author = speaker_for(store, agency, by)
    there: dict[tuple[str, str], tuple[str, dict[str, Any]]] = {}
    gone: dict[tuple[str, str, str], tuple[str, dict[str, Any]]] = {}
    for row in _own_evidence(store, about):
        body = row.body
        if body["withdrawn"]:
            gone[body["sub_aspect"], body["name"], body["sha256"]] = (row.id, body)
        else:
            there[body["sub_aspect"], body["name"]] = (row.id, body)
    left_out: list[tuple[str, str]] = []
    problems: list[Problem] = []
    statements: list[Statement] = []
    kept: dict[tuple[str, str], str] = {}
    places: dict[tuple[str, str], str] = {}
    revised = unchanged = 0
    with store.together(about):
        for shown in files:
            place = shown.path.relative_to(folder).as_posix()
            try:
                stored = store.put_evidence(shown.path, about)
            except StoreError as error:
                if error.key not in _OF_ONE_FILE:
                    raise
                facts = (error.facts.get("found"), error.facts.get("allowed"))
                problems.append(Problem(place, error.key, *facts))
                continue
            key = (shown.sub_aspect, shown.path.name)
            first = places.setdefault(key, place)
            if kept.setdefault(key, stored.sha256) != stored.sha256:
                # Each would pass for a revision of the other, at every import anew.
                problems.append(Problem(place, "file-twice", first, shown.sub_aspect))
                continue
            stands = there.get(key)
            if stands and stands[1]["sha256"] == stored.sha256:
                unchanged += 1
                continue
            withdrawn = gone.get((*key, stored.sha256))
            if withdrawn and not again:
                left_out.append(key)
                continue
            revised += stands is not None
            before = stands or withdrawn
            said = {
                "sub_aspect": shown.sub_aspect,
                "file": before[1]["file"] if before else new_id(),
                "name": shown.path.name,
                "sha256": stored.sha256,
                "size": stored.size,
                "side": process.AGENCY,
                "withdrawn": False,
            }
            base = (before[0],) if before else ()
            statements.append(Statement(about, process.EVIDENCE, author, now(), said, base))
            there[key] = (statements[-1].id, said)
        _refuse(problems, folder)
        record(store, statements, by)
    added = len(statements) - revised
    return EvidenceTaken(agency, added, revised, unchanged, tuple(left_out)), kept


def held(store: Store, about: str) -> dict[tuple[str, str], str]:
    """Return the SHA-256 of each file that stands as evidence of the agency, by (code, name)."""
    return {
        (row.body["sub_aspect"], row.body["name"]): str(row.body["sha256"])
        for row in _own_evidence(store, about)
        if not row.body["withdrawn"]
    }


def _own_evidence(store: Store, about: str) -> list[Any]:
    return [
        row
        for row in counting_of(store, [about]).itertuples()
        if row.kind == process.EVIDENCE and row.body["side"] == process.AGENCY
    ]


def _refuse(problems: Sequence[Problem], folder: Path) -> None:
    if problems:
        raise RuleError("evidence-refused", problems, count=len(problems), path=str(folder))


# What may be wrong with one file; and how that is said of a file that a cell names.
_OF_ONE_FILE = {
    "evidence-empty": "file-empty",
    "evidence-large": "file-large",
    "evidence-type": "file-type",
    "file-unreadable": "file-unreadable",
}


def home_of(store: Store, folder: Path, agency: str, alone: bool) -> Path:
    """Return where the files of an agency lie: in its own folder, or in `folder` itself.

    The latter only if whatever lies there is this agency's: it is `alone` in what is taken, and
    no agency has its own folder there. Else one agency's file would prove another's level.
    """
    known = set(store.agencies().index)
    shared = folder.is_dir() and any(each.name in known for each in _folders(folder))
    return folder if alone and not shared else folder / agency


def faults_of(
    named: Sequence[Named], home: Path, there: Collection[tuple[str, str]], needed: bool
) -> Iterator[Problem]:
    """Say what is wrong with files that cells name, each by its cell, and keep nothing.

    Parameters
    ----------
    there : collection of (code, name)
        Those that are stored already.
    needed : bool
        Whether one that is neither in `home` nor stored is a fault.
    """
    for cell in named:
        for name in filter(is_file_name, cell.files):
            path = _found(home, cell.sub_aspect, name)
            if path is None:
                if needed and (cell.sub_aspect, name) not in there:
                    yield Problem(cell.where or "", "file-not-there", name, str(home))
                continue
            try:
                check_file(path)
            except StoreError as error:
                if error.key not in _OF_ONE_FILE:
                    raise
                key = _OF_ONE_FILE[error.key]
                yield Problem(cell.where or "", key, name, error.facts.get("allowed"))


def named_files(
    names: Mapping[str, Iterable[str]], home: Path
) -> tuple[list[Shown], list[tuple[str, str]]]:
    """Look for files that a form names, beside it by convention.

    In `home` (see :func:`home_of`): in a folder whose name begins with the sub-aspect's code, or
    directly there.

    Returns
    -------
    list of Shown
        Those that are there.
    list of (code, name)
        Those that are not.
    """
    here, missing = [], []
    for code, wanted in names.items():
        for name in dict.fromkeys(wanted):
            path = _found(home, code, name)
            if path is None:
                missing.append((code, name))
            else:
                here.append(Shown(code, path))
    return here, missing


def _found(home: Path, code: str, name: str) -> Path | None:
    if not home.is_dir():
        return None
    places = [*(sub for sub in _folders(home) if _code_of(sub.name) == code), home]
    return next((p / name for p in places if _is_plain_file(p / name)), None)


def _agencies(
    store: Store, folder: Path, agency: str | None, problems: list[Problem]
) -> Iterator[tuple[str, Path]]:
    known = set(store.agencies().index)
    if agency is not None:
        if agency in known:
            yield agency, folder
        else:
            problems.append(Problem(agency, "agency-unknown", agency))
        return
    for own in sorted(folder.iterdir()):
        if _is_litter(own.name):
            continue
        if own.is_symlink() or not own.is_dir():
            key = "not-a-file" if own.is_symlink() else "file-outside"
            problems.append(Problem(own.name, key))
        elif own.name in known:
            yield own.name, own
        else:
            problems.append(Problem(own.name, "agency-unknown", own.name))


def _files_of(
    own: Path, folder: Path, instrument: Instrument, problems: list[Problem]
) -> Iterator[Shown]:
    """Yield the files of one agency's folder; what is nothing of ours is a problem."""
    for path in sorted(own.rglob("*")):
        place = path.relative_to(folder).as_posix()
        parts = path.relative_to(own).parts
        # A link to a folder would be passed over with everything in it.
        if (path.is_dir() and not path.is_symlink()) or any(map(_is_litter, parts)):
            continue
        code = _code_of(parts[0])
        if path.is_symlink() or not path.is_file():
            problems.append(Problem(place, "not-a-file"))
        elif code not in instrument.by_code:
            problems.append(Problem(place, "folder-without-code", parts[0]))
        elif not is_file_name(path.name):
            problems.append(Problem(place, "file-name", path.name))
        else:
            yield Shown(str(code), path)


def _folders(folder: Path) -> list[Path]:
    return [
        path
        for path in sorted(folder.iterdir())
        if path.is_dir() and not path.is_symlink() and not _is_litter(path.name)
    ]


def _is_plain_file(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()


def _is_litter(name: str) -> bool:
    return name.casefold() in _LITTER or name.startswith(_LITTER_STARTS)


def _code_of(name: str) -> str | None:
    found = _CODE_FIRST.match(name)
    return found[1] if found else None
