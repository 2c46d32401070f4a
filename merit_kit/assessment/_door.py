"""The one door for writing. Everything that is stated passes here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from merit_kit import process
from merit_kit.errors import Problem, RuleError
from merit_kit.instrument import Instrument, from_data
from merit_kit.store import OPENED, Appended, Statement, Store, new_id


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


def now() -> str:
    """Return this moment in UTC, to the millisecond, as ISO 8601."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def level_body(sub_aspect: str, of: str, level: int | None, reason: str = "") -> dict[str, Any]:
    """Return the body of an entry that states a level. `level` None takes it back."""
    return {
        "sub_aspect": sub_aspect,
        "of": of,
        "pass": _pass_of(of),
        "level": level,
        "reason": reason,
    }


def _pass_of(of: str) -> str | None:
    return process.FIRST_PASS if of == process.VERIFIED else None


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
        elif body["pass"] != _pass_of(body["of"]):
            # Two passes of one verification would both stand, and neither be the level.
            problems.append(Problem("pass", "not-allowed", body["pass"], _pass_of(body["of"])))
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
    if set(statement.body) != set(fields):
        found = ", ".join(sorted(statement.body))
        return [Problem(statement.kind, "body-shape", found, ", ".join(fields))]
    texts = {name: statement.body[name] for name in fields if name not in ("level", "pass")}
    return [
        Problem(name, "body-shape", ascii(value)[:60], "text")
        for name, value in texts.items()
        if not _is_text(value)
    ]


def _is_text(value: object) -> bool:
    """Say whether this can be stored as text: half of an emoji, cut by a browser, cannot."""
    return isinstance(value, str) and not any("\ud800" <= sign <= "\udfff" for sign in value)
