"""The life of a report: draft, checked, issued; and which version it would be.

An issued page is never written again. Another case makes the next version, which says what it
supersedes and what has changed; the case of each version is kept beside it for that.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from merit_kit.assessment import Case
from merit_kit.errors import CaseError, Key, Problem, ReportError
from merit_kit.reports._changes import changes, shown_digest
from merit_kit.reports._comparison import Comparison
from merit_kit.reports._issue import DIPERIKSA, KONSEP, STATUSES, TERBIT, Change, Issue
from merit_kit.reports._ledger import LEDGER, Record, records, sha256
from merit_kit.reports._letter import Letter

_VERSION = re.compile(r"\.v([1-9]\d*)\.")


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to become of one report: what it is made from, what its page says, its files.

    `keeps` is what a new version keeps beside its pages, by path: its case, and the figures of
    other agencies that it compares with. `n` is the running part of the letter's number.
    `already` is the record of the very same page, if it was issued before.
    """

    case: Case
    issue: Issue
    page: Path
    table: Path
    comparison: Comparison | None = None
    keeps: Mapping[Path, bytes] = field(default_factory=dict)
    n: int | None = None
    already: Record | None = None


def check_status(status: str, by: str) -> None:
    """Refuse a status that is none, or that nobody answers for.

    Raises
    ------
    ReportError
        Naming what there is.
    """
    if status not in STATUSES:
        raise ReportError("status-unknown", found=status, allowed=", ".join(STATUSES))
    if status != KONSEP and not by.strip():
        raise ReportError("issue-by", status=Key(f"report.life.status.{status}"))


def planned(
    folder: Path,
    case: Case,
    lang: str,
    status: str,
    by: str = "",
    letter: Letter | None = None,
    comparison: Comparison | None = None,
) -> Plan:
    """Say which version a page would be, and what it says of that.

    Parameters
    ----------
    folder : Path
        Of this kind of report in this round; holds the ledger.
    by : str
        Who checked or issues it, as the page is to say it.
    comparison : Comparison, optional
        Figures of other agencies. A version that was issued keeps those of then.

    Raises
    ------
    ReportError
        If what was issued before is not here any more as it was, or was a letter and this would
        be none.
    """
    agency = str(case.agency["code"])
    stem = f"{agency}.{lang}"
    at = datetime.now().astimezone().isoformat(timespec="seconds")
    if status != TERBIT:
        issue = Issue(status, dated=at)
        if status != KONSEP:
            issue = replace(issue, by=by, at=at)
        if letter is not None:
            issue = replace(issue, number=letter.number_of(case.agency, case.round["code"], None))
        return Plan(case, issue, folder / f"{stem}.html", folder / f"{stem}.xlsx", comparison)
    ledger = list(records(folder))
    own = [record for record in ledger if record.agency == agency]
    issued = [record for record in own if record.status == TERBIT]
    _check_whole(folder, agency, issued)
    version = max((record.age for record in issued), default=0)
    # The first page of a version: what is one for all its languages is as it says.
    last = next((record for record in issued if record.version == version), None)
    if last and last.letter and letter is None:
        raise ReportError("letter-lacking", number=last.number or "–", version=str(version))
    same = last if last and _is_same(folder, last, case, letter) else None
    if same:
        case, comparison = _kept_case(folder, same), _kept_comparison(folder, same)
        checked = (same.checked_by, same.checked_at)
        keeps = {}
    else:
        version += 1
        checked = _checked(own, case)
        keeps = {folder / _case_of(agency, version): case.text.encode("utf-8")}
        if comparison:
            path = folder / _comparison_of(agency, version)
            keeps[path] = comparison.text.encode("utf-8")
    files = {part: folder / f"{stem}.v{version}.{part}" for part in ("html", "xlsx")}
    number, n = _number(ledger, same, case, letter)
    issue = Issue(
        *(status, version, by, at, *checked),
        **_since(folder, issued, case, letter, version),
        number=number,
        dated=same.at if same else at,
    )
    already = next((r for r in issued if (r.version, r.lang) == (version, lang)), None)
    return Plan(case, issue, files["html"], files["xlsx"], comparison, keeps, n, already)


def _check_whole(folder: Path, agency: str, issued: list[Record]) -> None:
    """Refuse to go on from issued files that are gone, changed, or on no record."""
    problems = []
    for record in issued:
        page = folder / record.file
        for path, expected in ((page, record.page), (page.with_suffix(".xlsx"), record.table)):
            if expected and not path.is_file():
                problems.append(Problem(path.name, "issued-missing"))
            elif expected and sha256(path.read_bytes()) != expected:
                problems.append(Problem(path.name, "issued-changed"))
    known = {record.version for record in issued}
    for path in sorted(folder.glob(f"{agency}.*")):
        found = _VERSION.search(path.name)
        if found and int(found[1]) not in known:
            problems.append(Problem(path.name, "issued-unrecorded"))
    if problems:
        raise ReportError("issued-damaged", problems, path=str(folder / LEDGER))


def _case_of(agency: str, version: int | None) -> str:
    return f"{agency}.v{version}.case.json"


def _comparison_of(agency: str, version: int | None) -> str:
    return f"{agency}.v{version}.comparison.json"


def _kept_case(folder: Path, record: Record) -> Case:
    """Return the case of an issued version.

    Raises
    ------
    ReportError, CaseError
        If it is not the one of then, or cannot be read any more.
    """
    return Case.from_file(_kept(folder, _case_of(record.agency, record.version), record.case))


def _kept_comparison(folder: Path, record: Record) -> Comparison | None:
    """Return the figures of others in an issued version; None if it has none. Raises as the case.

    Without them a page in another language would be of other figures than the first.
    """
    if not record.comparison:
        return None
    name = _comparison_of(record.agency, record.version)
    return Comparison.from_file(_kept(folder, name, record.comparison))


def _kept(folder: Path, name: str, expected: str) -> Path:
    path = folder / name
    problem = None
    if not path.is_file():
        problem = Problem(name, "issued-missing")
    elif sha256(path.read_bytes()) != expected:
        problem = Problem(name, "issued-changed")
    if problem:
        raise ReportError("issued-damaged", [problem], path=str(folder / LEDGER))
    return path


def _is_same(folder: Path, last: Record, case: Case, letter: Letter | None) -> bool:
    """Say whether the last version says what this one would.

    Figures of other agencies do not count: a page that was issued is of the figures of then.
    """
    if last.letter != (letter.digest if letter else ""):
        return False
    if last.case == case.digest:
        return True
    try:
        return (last.shown or shown_digest(_kept_case(folder, last))) == shown_digest(case)
    except CaseError:
        return False


def _since(
    folder: Path, issued: list[Record], case: Case, letter: Letter | None, version: int
) -> Mapping[str, Any]:
    """Return which version is superseded, and what has changed since."""
    older = [record for record in issued if record.age < version]
    earlier = max(older, key=lambda record: record.age, default=None)
    if earlier is None:
        return {}
    try:
        found = changes(_kept_case(folder, earlier), case)
    except CaseError:
        found = (Change("", "unknown"),)
    if earlier.letter != (letter.digest if letter else ""):
        found = (Change("", "letter"), *found)
    first = min((r.at for r in issued if r.version == earlier.version), default="")
    return {"earlier": earlier.version, "earlier_at": first, "changes": found}


def _checked(own: list[Record], case: Case) -> tuple[str, str]:
    """Return who last looked through a page that says the same, and when; empty if nobody did."""
    now = shown_digest(case)
    found = [r for r in own if r.status == DIPERIKSA and (r.case == case.digest or r.shown == now)]
    return (found[-1].by, found[-1].at) if found else ("", "")


def _number(
    ledger: list[Record], same: Record | None, case: Case, letter: Letter | None
) -> tuple[str, int | None]:
    """Return the letter's number: the next one, or that of the same version in another language."""
    if letter is None:
        return "", None
    if same is not None:
        return same.number, same.n
    used = [record.n for record in ledger if record.n is not None]
    n = max([letter.first_number, *(number + 1 for number in used)]) if letter.counts else None
    return letter.number_of(case.agency, str(case.round["code"]), n), n
