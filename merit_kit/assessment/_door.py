"""The one door for writing. Everything that is stated passes here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from merit_kit import process
from merit_kit.errors import Problem, RuleError
from merit_kit.instrument import Instrument, from_data
from merit_kit.store import OPENED, RESULT, ROW, Appended, Statement, Store, new_id


def find(store: Store, agency: str, round_: str) -> str | None:
    """Return the id of an agency's assessment in a round, or None."""
    frame = store.assessments()
    of_agency = (frame["agency"] == agency) & (frame["round"] == round_)
    found = frame.index[of_agency & (frame["purpose"] == RESULT)]
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
    edition = {"digest": instrument.digest, "id": instrument.id, "data": instrument.canonical}
    row = {
        "id": new_id(),
        "agency": agency,
        "round": round_,
        "edition": instrument.digest,
        "invented": invented,
        "purpose": RESULT,
    }
    with store.together(f"begin {agency}/{round_}"):
        check_can_begin(store, agency, round_)
        if find(store, agency, round_):
            fault = Problem(f"{agency}/{round_}", "assessment-open-already")
            raise RuleError("cannot-begin", [fault], agency=agency, round=round_)
        body = {
            **{name: row[name] for name in ROW},
            # What they are called now is what every page of this assessment will call them.
            "named": {
                **{f"agency_{k}": v for k, v in store.agencies().loc[agency].to_dict().items()},
                **{k: int(v) for k, v in store.rounds().loc[round_].to_dict().items()},
            },
        }
        first = Statement(str(row["id"]), OPENED, author, now(), body, visible_to="public")
        store.add_assessment(row, edition, first, recorded_by or author)
    return str(row["id"])


def check_can_begin(store: Store, agency: str, round_: str) -> None:
    """Refuse an agency or a round that is not known.

    Raises
    ------
    RuleError
        With both at once.
    """
    problems = []
    rounds = store.rounds()
    if agency not in store.agencies().index:
        problems.append(Problem(agency, "agency-unknown", agency))
    if round_ not in rounds.index:
        known = ", ".join(rounds.index) or "-"
        problems.append(Problem(round_, "round-unknown", round_, known))
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
        instrument = instruments[statement.assessment]
        problems.extend(
            process.problems_of_form(
                statement.kind, statement.body, instrument.steps, instrument.codes
            )
        )
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
        "pass": process.AWAL if of == process.VERIFIED else None,
        "level": level,
        "reason": reason,
    }
