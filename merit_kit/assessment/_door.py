"""The one door for writing. Everything that is stated passes here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pandas as pd

from merit_kit import process
from merit_kit.errors import Problem, RuleError
from merit_kit.instrument import Instrument, from_data
from merit_kit.store import OPENED, Appended, Statement, Store, new_id
from merit_kit.workbook import LevelTable


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a table: how many things it stated anew, and how many stood already."""

    agency: str
    stated: int
    unchanged: int


def find(store: Store, agency: str, round_: str) -> str | None:
    """Return the id of an agency's assessment in a round, or None."""
    frame = store.assessments()
    found = frame.index[(frame["agency"] == agency) & (frame["round"] == round_)]
    return str(found[0]) if len(found) else None


def begin(
    store: Store,
    agency: str,
    round_: str,
    instrument: Instrument,
    author: str,
    invented: bool = False,
    recorded_by: str | None = None,
) -> str:
    """Open the assessment of an agency in a round, under one edition for ever.

    Parameters
    ----------
    invented : bool
        Whether its data is made up (practice, demonstration). Can never be taken back: what is
        made from it says so on every page.

    Returns
    -------
    str
        The assessment's id.

    Raises
    ------
    RuleError
        If the agency or the round is not known, or the assessment is open already.
    """
    check_can_begin(store, agency, round_)
    key = new_id()
    body = {
        "agency": agency,
        "round": round_,
        "edition": instrument.digest,
        "invented": invented,
    }
    first = Statement(key, OPENED, author, now(), body, visible_to="public")
    edition = {
        "digest": instrument.digest,
        "id": instrument.id,
        "data": instrument.canonical,
    }
    store.add_assessment({"id": key, **body}, edition, first, recorded_by or author)
    return key


def check_can_begin(store: Store, agency: str, round_: str, must_be_new: bool = True) -> None:
    """Refuse an agency or a round that is not known, and an assessment that is open already.

    Raises
    ------
    RuleError
        With all of that at once.
    """
    problems = []
    rounds = store.rounds()
    if agency not in store.agencies().index:
        problems.append(Problem(agency, "agency-unknown", agency))
    if round_ not in rounds.index:
        known = ", ".join(rounds.index) or "-"
        problems.append(Problem(round_, "round-unknown", round_, known))
    if must_be_new and not problems and find(store, agency, round_):
        problems.append(Problem(f"{agency}/{round_}", "assessment-open-already"))
    if problems:
        raise RuleError("cannot-begin", problems, agency=agency, round=round_)


def record(store: Store, statements: Sequence[Statement], recorded_by: str) -> list[Appended]:
    """Record statements, all of them or none.

    Raises
    ------
    RuleError
        With everything about them that the edition or the process does not allow.
    """
    problems: list[Problem] = []
    instruments: dict[str, Instrument] = {}
    for statement in statements:
        if statement.assessment not in instruments:
            instruments[statement.assessment] = instrument_of(store, statement.assessment)
        problems.extend(_problems(statement, instruments[statement.assessment]))
    if problems:
        raise RuleError("not-allowed", problems)
    return store.append(statements, recorded_by)


def instrument_of(store: Store, assessment: str) -> Instrument:
    """Return the edition an assessment was begun under, as it was then.

    Raises
    ------
    RuleError
        If there is no such assessment.
    """
    frame = store.assessments()
    if assessment not in frame.index:
        raise RuleError("assessment-unknown", found=assessment)
    return from_data(store.edition(str(frame.loc[assessment, "edition"])))


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
    """
    keys = [assessment for assessment, _ in tables]
    frame = store.assessments()
    counting = process.standing(process.unfold(store.entries(keys)))
    statements: list[Statement] = []
    results = []
    for assessment, table in tables:
        own = counting[counting["assessment"] == assessment]
        wanted = _wanted(table)
        fresh = [
            s
            for s in (_statement(own, assessment, kind, body, author) for kind, body in wanted)
            if s
        ]
        statements.extend(fresh)
        agency = str(frame.loc[assessment, "agency"])
        results.append(Imported(agency, len(fresh), len(wanted) - len(fresh)))
    record(store, statements, recorded_by or author)
    return results


def now() -> str:
    """Return this moment in UTC, to the millisecond, as ISO 8601."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


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


def level_body(sub_aspect: str, of: str, level: int | None, reason: str = "") -> dict[str, Any]:
    """Return the body of an entry that states a level. `level` None takes it back."""
    return {
        "sub_aspect": sub_aspect,
        "of": of,
        "pass": process.FIRST_PASS if of == process.VERIFIED else None,
        "level": level,
        "reason": reason,
    }


def _statement(
    own: pd.DataFrame, assessment: str, kind: str, body: dict[str, Any], author: str
) -> Statement | None:
    """Make the statement that replaces what stands on its topic; None if just that stands."""
    made = Statement(assessment, kind, author, now(), body)
    unfolded = process.unfold(pd.DataFrame([_as_row(made)]))
    standing = own[own["topic"] == unfolded.iloc[0]["topic"]]
    if len(standing) == 1 and standing.iloc[0]["body"] == body:
        return None
    return Statement(assessment, kind, author, made.stated_at, body, base=tuple(standing["id"]))


def _as_row(statement: Statement) -> dict[str, Any]:
    return {
        "assessment": statement.assessment,
        "kind": statement.kind,
        "payload": statement.payload,
    }


def _problems(statement: Statement, instrument: Instrument) -> list[Problem]:
    body = statement.body
    if statement.kind == process.LEVEL:
        problems = _shape(statement, ("sub_aspect", "of", "pass", "level", "reason"))
        if problems:
            return problems
        level = body["level"]
        whole = isinstance(level, int) and not isinstance(level, bool)
        if level is not None and not (whole and level in instrument.steps):
            allowed = ", ".join(map(str, instrument.steps))
            problems.append(Problem(str(body["sub_aspect"]), "level-off-scale", level, allowed))
        if body["of"] not in (process.SELF, process.VERIFIED):
            allowed = f"{process.SELF}, {process.VERIFIED}"
            problems.append(Problem("of", "not-allowed", body["of"], allowed))
    elif statement.kind == process.NOTE:
        problems = _shape(statement, ("sub_aspect", "text"))
        if problems:
            return problems
    else:
        return [Problem(statement.kind, "kind-unknown", statement.kind)]
    if body["sub_aspect"] not in instrument.by_code:
        problems.append(Problem(str(body["sub_aspect"]), "code-unknown", body["sub_aspect"]))
    return problems


def _shape(statement: Statement, fields: tuple[str, ...]) -> list[Problem]:
    if set(statement.body) == set(fields):
        return []
    found = ", ".join(sorted(statement.body))
    return [Problem(statement.kind, "body-shape", found, ", ".join(fields))]
