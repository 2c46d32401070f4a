"""What became of a report, whether it was made, left as it was, or went wrong."""

from __future__ import annotations

import errno
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from merit_kit.assessment import Case
from merit_kit.errors import MeritError, ReportError
from merit_kit.files import reason_of
from merit_kit.reports._frames import Note
from merit_kit.reports._job import in_short
from merit_kit.reports._manifest import Line, is_there
from merit_kit.reports._turn import Holder

_Done = TypeVar("_Done")
_ENDS = {"cluster-lost", "cluster-gone", "kit-changed"}
"""Refusals that are not of one report: there is nobody who could make the next one either."""
_NOWHERE = {
    errno.ENOSPC: "disk-full",
    errno.EDQUOT: "disk-full",
    errno.EROFS: "disk-read-only",
}
"""Faults of a disk that the next report would meet as well."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one report: its page, or the error that kept it from being made.

    `table` is the workbook beside the page, if there is one; `version` that of an issued page.
    `already`: the very same page had been issued before; `unchanged`: the draft that is there is
    what it would be. In either case nothing was made. `kept` is where the workbook went that lay
    there and had been filled in. `facts` are what the list of the round says, if it was made.
    `taken_from` is who was cut off in the turn in which it went on record. `notes` are to be told
    of it, each as the key of a sentence and its facts.
    """

    agency: str
    path: Path
    seconds: float
    error: MeritError | None = None
    table: Path | None = None
    version: int | None = None
    already: bool = False
    kept: Path | None = None
    unchanged: bool = False
    facts: Mapping[str, Any] = field(default_factory=dict)
    taken_from: Holder | None = None
    notes: tuple[Note, ...] = ()


def is_right(line: Line, folder: Path, key: str) -> bool:
    """Say whether a draft on record is there, and is what would be made under this key today."""
    today = datetime.now().astimezone().date().isoformat()
    until = line.get("good_until")
    return line.get("key") == key and (until is None or today <= until) and is_there(line, folder)


def unchanged(line: Line, folder: Path, seconds: float = 0.0) -> Outcome:
    """Return the outcome of a draft that is left as it is."""
    table = folder / str(line["table"]) if line.get("table") else None
    page = folder / str(line["file"])
    return Outcome(str(line["agency"]), page, seconds, table=table, unchanged=True)


def refusing(
    case: Case, path: Path, what: Callable[[], _Done], started: float | None = None
) -> _Done | Outcome:
    """Do something for one report; whatever goes wrong is its outcome, and the others go on.

    Raises
    ------
    MeritError
        If what went wrong would go wrong with each of the others, too: the disk is full, say.
    """
    began = time.monotonic() if started is None else started
    try:
        return what()
    except MeritError as refused:
        if refused.key in _ENDS:
            raise
        error = refused
    except OSError as refused:
        if refused.errno in _NOWHERE:
            where = str(refused.filename or path)
            raise ReportError(_NOWHERE[refused.errno], path=where) from refused
        found = Path(refused.filename or path)
        said = reason_of(refused, found)
        error = ReportError("file-unwritable", path=str(found), said=said)
    except Exception as fault:
        # Whatever it is, the other reports are still wanted tonight.
        error = ReportError("report-unexpected", said=in_short(fault))
        error.__cause__ = fault
    return Outcome(str(case.agency["code"]), path, time.monotonic() - began, error)
