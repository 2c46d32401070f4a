"""Taking over tables that agencies send in: all of them or none, and nothing twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from merit_kit import process
from merit_kit.assessment._door import (
    begin,
    check_can_begin,
    find,
    instrument_of,
    level_body,
    now,
    record,
)
from merit_kit.errors import MeritError, RuleError, TableError
from merit_kit.instrument import Instrument, load
from merit_kit.store import Statement, Store
from merit_kit.workbook import LevelTable, first_agency, read_levels


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a table: how many things it stated anew, and how many stood already."""

    agency: str
    stated: int
    unchanged: int


def import_files(
    store: Store,
    files: Sequence[Path],
    round_: str,
    author: str,
    agency: str | None = None,
    edition: Instrument | None = None,
    invented: bool = False,
) -> list[Imported]:
    """Take over files of levels, one per agency, opening assessments that are not open yet.

    Parameters
    ----------
    agency : str, optional
        The agency's code, where the file does not name it.
    edition : Instrument, optional
        For assessments opened now; by default the kit's default edition. One that is open
        keeps its own, and another is refused.
    invented : bool
        Whether the data is made up; fixed when an assessment is opened.

    Raises
    ------
    TableError
        With the faults of every file among its `causes`; then nothing was taken from any.
    """
    tables: dict[str, tuple[str | None, LevelTable]] = {}
    refused: list[MeritError] = []
    for file in files:
        try:
            code, known, table = _one_file(store, file, round_, agency, edition, invented)
            if code in tables:
                both = f"{tables[code][1].path.name}, {file.name}"
                raise TableError("agency-twice", found=code, allowed=both)
            tables[code] = (known, table)
        except MeritError as error:
            refused.append(error)
    if refused:
        raise TableError("tables-faulty", causes=refused, count=len(refused))
    pairs = [
        (known or begin(store, code, round_, edition or load(), author, invented), table)
        for code, (known, table) in tables.items()
    ]
    return import_levels(store, pairs, author)


def import_levels(
    store: Store,
    tables: Sequence[tuple[str, LevelTable]],
    author: str,
    recorded_by: str | None = None,
) -> list[Imported]:
    """Take over tables of levels, all or none. What stands already is not stated again.

    Parameters
    ----------
    tables : sequence of (assessment id, LevelTable)
    author : str
        Person id of whoever stated the levels.

    Raises
    ------
    RuleError
        If an assessment is not known, or its edition does not allow what a table says.
    """
    frame = store.assessments()
    unknown = [assessment for assessment, _ in tables if assessment not in frame.index]
    if unknown:
        raise RuleError("assessment-unknown", found=", ".join(unknown))
    entries = store.entries(assessment for assessment, _ in tables)
    # What stands on each topic, by id; it moves on with every statement made here.
    stands: dict[tuple[str, ...], dict[str, Any]] = {}
    for row in process.standing(process.unfold(entries)).itertuples():
        stands.setdefault(row.topic, {})[row.id] = row.body
    statements: list[Statement] = []
    results = []
    for assessment, table in tables:
        wanted = _wanted(table)
        before = len(statements)
        for kind, body in wanted:
            topic = process.topic(assessment, kind, body)
            there = stands.get(topic, {})
            if list(there.values()) == [body]:
                continue
            made = Statement(assessment, kind, author, now(), body, base=tuple(there))
            statements.append(made)
            stands[topic] = {made.id: body}
        stated = len(statements) - before
        agency = str(frame.loc[assessment, "agency"])
        results.append(Imported(agency, stated, len(wanted) - stated))
    record(store, statements, recorded_by or author)
    return results


def _one_file(
    store: Store,
    file: Path,
    round_: str,
    agency: str | None,
    edition: Instrument | None,
    invented: bool,
) -> tuple[str, str | None, LevelTable]:
    """Read a file under the edition of its agency's assessment, and ask whether it may go in."""
    # The agency decides the edition, and only the file may know the agency: look at it first.
    named = first_agency(file)
    code = agency or named
    if code is None:
        raise TableError("agency-not-named", path=file.name)
    if named not in (None, code):
        raise TableError("agency-mismatch", path=file.name, found=named, allowed=code)
    known = find(store, code, round_)
    if known is None:
        check_can_begin(store, code, round_)
        pinned = edition or load()
    else:
        pinned = instrument_of(store, known)
        if edition is not None and edition.digest != pinned.digest:
            raise RuleError("edition-fixed", agency=code, round=round_, found=pinned.id)
        if bool(store.assessments().loc[known, "invented"]) != invented:
            raise RuleError("invented-fixed", agency=code, round=round_)
    return code, known, read_levels(file, pinned)


def _wanted(table: LevelTable) -> list[tuple[str, dict[str, Any]]]:
    """List what a table states, as kinds and bodies of entries."""
    wanted: list[tuple[str, dict[str, Any]]] = []
    for given in table.given:
        for of, level, reason in (
            (process.SELF, given.self_level, given.self_reason),
            (process.VERIFIED, given.verified_level, given.verified_reason),
        ):
            if level is not None:
                body = level_body(given.sub_aspect, of, level, reason)
                wanted.append((process.LEVEL, body))
        if given.note:
            wanted.append((process.NOTE, {"sub_aspect": given.sub_aspect, "text": given.note}))
    return wanted
