"""The one door for writing. Everything that is stated passes here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from merit_kit import process
from merit_kit.assessment._hearing import Hearing, edition_of, hearings, homes
from merit_kit.errors import Key, Problem, RuleError
from merit_kit.instrument import Instrument
from merit_kit.store import OPENED, PRACTICE, RESULT, ROW, Appended, Statement, Store, new_id

CONFLICTS = "conflicts-with"

BEGINNING = "begin"
"""What all who open assessments wait under; one name for all, so that no two of them wait for
each other."""

_NAMED = ("name", "kind", "province")


def find(store: Store, agency: str, round_: str, purpose: str = RESULT) -> str | None:
    """Return the id of an agency's assessment in a round, or None; by default that for a result."""
    frame = store.assessments()
    of_agency = (frame["agency"] == agency) & (frame["round"] == round_)
    found = frame.index[of_agency & (frame["purpose"] == purpose)]
    return str(found[0]) if len(found) else None


def begin(
    store: Store,
    agency: str,
    round_: str,
    instrument: Instrument,
    author: str,
    invented: bool = False,
    recorded_by: str | None = None,
    purpose: str = RESULT,
) -> str:
    """Open the assessment of an agency in a round, under one edition for ever.

    Parameters
    ----------
    author : str
        Person id: of the agency's own team, or of the secretariat.
    invented : bool
        Whether its data is made up (practice, demonstration). Can never be taken back: what is
        made from it says so on every page.
    purpose : {"result", "practice"}
        ``practice`` makes a sandbox: invented, and in no statistic, report or overview.

    Returns
    -------
    str
        The assessment's id.

    Raises
    ------
    RuleError
        If the agency or the round is not known, the assessment is open already, or the author
        may not open it.
    """
    edition = {"digest": instrument.digest, "id": instrument.id, "data": instrument.canonical}
    row = {
        "id": new_id(),
        "agency": agency,
        "round": round_,
        "edition": instrument.digest,
        "invented": invented or purpose == PRACTICE,
        "purpose": purpose,
    }
    with store.together(BEGINNING):
        check_can_begin(store, agency, round_)
        problems = [*check_opener(store, agency, author), *instrument.lacks]
        if recorded_by not in (None, author):
            held = store.appointments([str(recorded_by)])
            if process.SECRETARIAT not in set(held["role"]):
                problems.append(Problem(agency, "recorded-for-another"))
        if find(store, agency, round_, purpose):
            problems.append(Problem(f"{agency}/{round_}", "assessment-open-already"))
        if problems:
            raise RuleError("cannot-begin", problems, agency=agency, round=round_)
        body = {
            **{name: row[name] for name in ROW},
            # What they are called now is what every page of this assessment will call them.
            "named": {
                **{f"agency_{k}": store.agencies().loc[agency, k] for k in _NAMED},
                **{k: int(store.rounds().loc[round_, k]) for k in ("year", "number")},
            },
        }
        first = Statement(str(row["id"]), OPENED, author, now(), body, visible_to="public")
        store.add_assessment(row, edition, first, recorded_by or author)
    return str(row["id"])


def check_opener(store: Store, agency: str, author: str) -> list[Problem]:
    """Say why somebody may not open an assessment of an agency."""
    held = {(row.role, row.agency) for row in store.appointments([author]).itertuples()}
    if held & {(process.SECRETARIAT, None), (process.AGENCY, agency)}:
        return []
    wanted = [Key(f"role.{role}") for role in (process.AGENCY, process.SECRETARIAT)]
    found = [Key(f"role.{role}") for role, _ in sorted(held, key=str)]
    return [Problem(agency, "role-lacking", found or "-", wanted)]


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


def check_edition(store: Store, assessment: str, wanted: Instrument | None) -> Instrument:
    """Return the edition an assessment was begun under; refuse it if another is `wanted`.

    Raises
    ------
    RuleError
        Naming both.
    """
    pinned = instrument_of(store, assessment)
    if wanted is not None and wanted.digest != pinned.digest:
        row = store.assessments([assessment]).iloc[0]
        found, asked = pinned.id, wanted.id
        if found == asked:
            found, asked = (f"{each.id} ({each.digest[:8]})" for each in (pinned, wanted))
        raise RuleError(
            "edition-fixed",
            agency=str(row["agency"]),
            round=str(row["round"]),
            found=found,
            asked=asked,
        )
    return pinned


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of a statement.

    `state`: ``stored``; ``already`` there with the same bytes; or ``conflicts-with``: stored, and
    on its topic the statements `conflicts` stand beside it until somebody settles it.
    """

    id: str
    state: str
    position: int
    conflicts: tuple[str, ...] = ()


def record(
    store: Store,
    statements: Sequence[Statement],
    recorded_by: str,
    kept: Mapping[str, Hearing] | None = None,
) -> list[Recorded]:
    """Record statements, all of them or none.

    Parameters
    ----------
    statements : sequence of Statement
        In the order they were stated: each is heard as things are after those before it.
    recorded_by : str
        Person id of whoever runs this program: each statement's author, or the secretariat.
    kept : mapping of assessment id to Hearing, optional
        Hearings that somebody keeps from one recording to the next, who alone uses them now.
        They are refreshed first; the answer is the same without them, and comes later.

    Raises
    ------
    RuleError
        With everything about them that the edition or the process does not allow.
    """
    # One transaction: nobody moves the stage between the question and the entry.
    with store.together(*{said.assessment for said in statements}):
        heard = hearings(store, [said.assessment for said in statements], kept)
        named = homes(store, statements, heard)
        problems: list[Problem] = []
        for said in statements:
            problems.extend(heard[said.assessment].problems(said, recorded_by, named))
        if problems:
            raise RuleError("not-allowed", problems)
        outcomes = store.append(statements, recorded_by)
    for hearing in heard.values():
        hearing.settle(outcomes)
    return [
        _recorded(outcome, heard[said.assessment].beside(said))
        for said, outcome in zip(statements, outcomes, strict=True)
    ]


def _recorded(outcome: Appended, beside: tuple[str, ...]) -> Recorded:
    state = CONFLICTS if beside and outcome.state == "stored" else outcome.state
    return Recorded(outcome.id, state, outcome.position, beside)


def instrument_of(store: Store, assessment: str) -> Instrument:
    """Return the edition an assessment was begun under, as it was then.

    Raises
    ------
    RuleError
        If there is no such assessment.
    """
    frame = store.assessments([assessment])
    if frame.empty:
        raise RuleError("assessment-unknown", found=assessment)
    return edition_of(store, str(frame["edition"].iloc[0]))


def now() -> str:
    """Return this moment in UTC, to the millisecond, as ISO 8601."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def level_body(
    sub_aspect: str, of: str, level: int | None, reason: str = "", pass_: str | None = None
) -> dict[str, Any]:
    """Return the body of an entry that states a level. `level` None takes it back.

    `pass_` is that of a verified level; by default *awal*.
    """
    return {
        "sub_aspect": sub_aspect,
        "of": of,
        "pass": (pass_ or process.AWAL) if of == process.VERIFIED else None,
        "level": level,
        "reason": reason,
    }
