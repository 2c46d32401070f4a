"""Files that agencies send in: found in folders by convention, kept, and stated as evidence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from merit_kit import process
from merit_kit.assessment._door import find, instrument_of, now, record
from merit_kit.assessment._hearing import counting_of
from merit_kit.assessment._imported import EvidenceTaken
from merit_kit.assessment._people import speaker_for
from merit_kit.errors import Problem, RuleError, StoreError
from merit_kit.files import is_file_name
from merit_kit.instrument import Instrument
from merit_kit.store import Statement, Store, new_id

_CODE_FIRST = re.compile(r"(\d{1,2}\.\d{1,2})(?!\d)[\s_.-]*")
# What systems and office programs leave lying about; it is nobody's evidence.
_LITTER = ("thumbs.db", "desktop.ini", ".ds_store")
_LITTER_STARTS = ("~$", ".")


@dataclass(frozen=True, slots=True)
class Shown:
    """A file and the sub-aspect it is shown for."""

    sub_aspect: str
    path: Path


def import_evidence(
    store: Store, folder: Path, round_: str, by: str, agency: str | None = None
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

    Raises
    ------
    RuleError
        With everything that cannot be taken, each with its path: an unknown agency or code, no
        assessment in the round, a file that is empty, too large or of a kind that is not kept.
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
        problems.append(Problem(str(folder), "folder-empty"))
    taken = []
    with store.together(*found):
        # Looked into even if all is refused already: whoever mends it is told everything at once.
        for about, files in found.items():
            try:
                taken.append(take_files(store, about, files, by)[0])
            except RuleError as error:
                if error.key != "evidence-refused":
                    raise
                problems += error.problems
        if problems:
            raise RuleError("evidence-refused", problems, count=len(problems))
    return taken


def take_files(
    store: Store, about: str, files: Sequence[Shown], by: str
) -> tuple[EvidenceTaken, dict[tuple[str, str], str]]:
    """Keep files and state them as the evidence of an agency, all or none.

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
    there = {
        (row.body["sub_aspect"], row.body["name"]): (row.id, row.body)
        for row in counting_of(store, [about]).itertuples()
        if row.kind == process.EVIDENCE
        and row.body["side"] == process.AGENCY
        and not row.body["withdrawn"]
    }
    problems: list[Problem] = []
    statements: list[Statement] = []
    kept: dict[tuple[str, str], str] = {}
    revised = unchanged = 0
    with store.together(about):
        for shown in files:
            try:
                stored = store.put_evidence(shown.path, about)
            except StoreError as error:
                if error.key not in _OF_ONE_FILE:
                    raise
                facts = (error.facts.get("found"), error.facts.get("allowed"))
                problems.append(Problem(str(shown.path), error.key, *facts))
                continue
            key = (shown.sub_aspect, shown.path.name)
            if kept.setdefault(key, stored.sha256) != stored.sha256:
                # Each would pass for a revision of the other, at every import anew.
                problems.append(Problem(str(shown.path), "file-twice", shown.path.name, key[0]))
                continue
            before, body = there.get(key, (None, None))
            if body is not None and body["sha256"] == stored.sha256:
                unchanged += 1
                continue
            revised += body is not None
            said = {
                "sub_aspect": shown.sub_aspect,
                "file": body["file"] if body is not None else new_id(),
                "name": shown.path.name,
                "sha256": stored.sha256,
                "size": stored.size,
                "side": process.AGENCY,
                "withdrawn": False,
            }
            base = () if before is None else (before,)
            statements.append(Statement(about, process.EVIDENCE, author, now(), said, base))
            there[key] = (statements[-1].id, said)
        if problems:
            raise RuleError("evidence-refused", problems, count=len(problems))
        record(store, statements, by)
    added = len(statements) - revised
    return EvidenceTaken(agency, added, revised, unchanged), kept


_OF_ONE_FILE = ("evidence-empty", "evidence-large", "evidence-type", "file-unreadable")


def named_files(
    names: Mapping[str, Iterable[str]], folder: Path, agency: str
) -> tuple[list[Shown], list[tuple[str, str]]]:
    """Look for files that a form names, beside it by convention.

    In `folder` or in ``folder/<agency>``: in a folder whose name begins with the sub-aspect's
    code, or directly there.

    Returns
    -------
    list of Shown
        Those that are there.
    list of (code, name)
        Those that are not.
    """
    homes = [home for home in (folder / agency, folder) if home.is_dir()]
    here, missing = [], []
    for code, wanted in names.items():
        places = [
            place
            for home in homes
            for place in (*(sub for sub in _folders(home) if _code_of(sub.name) == code), home)
        ]
        for name in wanted:
            path = next((p / name for p in places if _is_plain_file(p / name)), None)
            if path is None:
                missing.append((code, name))
            else:
                here.append(Shown(code, path))
    return here, missing


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
