"""The life of a round: its calendar, its cut-off, its assessments moved from stage to stage."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date

import pandas as pd

from merit_kit import process
from merit_kit.assessment._door import now, record
from merit_kit.assessment._hearing import hearings
from merit_kit.assessment._people import check_administrator
from merit_kit.errors import Key, Problem, RuleError
from merit_kit.store import RESULT, Statement, Store

_CODE = re.compile(r"(20[0-9][0-9])-([12])")


@dataclass(frozen=True, slots=True)
class Moved:
    """Codes of the agencies whose assessments moved, and of those that were there already."""

    moved: tuple[str, ...]
    already: tuple[str, ...]


def add_round(store: Store, by: str, code: str) -> None:
    """Add a round.

    Raises
    ------
    RuleError
        If `by` may not, or the code is not a year and 1 or 2, as in 2026-2.
    """
    form = _CODE.fullmatch(code)
    if not form:
        raise RuleError("round-code", found=code)
    with store.together("round"):
        check_administrator(store, by)
        store.add_round(code, int(form[1]), int(form[2]))


def set_calendar(
    store: Store,
    by: str,
    round_: str,
    plan: Mapping[str, tuple[str, str]] | None = None,
    cut_off: str | None = None,
) -> None:
    """Say when the stages of a round are planned, and until when agencies may add to it.

    Parameters
    ----------
    plan : mapping of stage to (first day, last day)
        ISO days. Stages it does not name keep their days.
    cut_off : str, optional
        ISO day; it ends at midnight where the agency is. An empty text takes the limit away.

    Raises
    ------
    RuleError
        If `by` may not, the round is not known, a stage or a day is none, or a stage would end
        before it begins or before the one that comes first. All of it at once.
    """
    with store.together("round"):
        check_administrator(store, by)
        check_round(store, round_)
        planned = store.planned_stages()
        known = planned[planned["round"] == round_].set_index("stage")
        whole = {
            stage: (str(known.loc[stage, "begins"]), str(known.loc[stage, "ends"]))
            for stage in process.STAGES
            if stage in known.index
        }
        whole.update(plan or {})
        days: list[tuple[str, str]] = [] if not cut_off else [(Key("cli.rounds.cut_off"), cut_off)]
        days += [(stage, day) for stage, both in whole.items() for day in both]
        problems = [
            Problem(stage, "not-allowed", stage, ", ".join(process.STAGES))
            for stage in whole
            if stage not in process.STAGES
        ]
        problems += [Problem(place, "not-a-day", day) for place, day in days if not is_day(day)]
        if not problems:
            problems = _out_of_order(whole)
        if problems:
            raise RuleError("calendar-faulty", problems, round=round_)
        for stage, (begins, ends) in (plan or {}).items():
            store.plan_stage(round_, stage, begins, ends)
        if cut_off is not None:
            store.set_cut_off(round_, cut_off or None)


def advance(
    store: Store,
    round_: str,
    stage: str,
    by: str,
    agencies: Collection[str] | None = None,
    text: str = "",
) -> Moved:
    """Move the assessments of a round to a stage: all of them or none.

    Parameters
    ----------
    by : str
        Person id, of the secretariat or a commissioner.
    agencies : collection of str, optional
        Codes; by default all that have an assessment in the round.
    text : str
        Why; needed to go back.

    Raises
    ------
    RuleError
        If the round, the stage or an agency's assessment is not known, a stage would be skipped,
        something is determined, or `by` may not.
    """
    if stage not in process.STAGES:
        raise RuleError("stage-unknown", found=stage, allowed=", ".join(process.STAGES))
    frame = assessments_in(store, round_, agencies)
    with store.together(*frame.index):
        heard = hearings(store, frame.index)
        statements, already = [], []
        problems: list[Problem] = []
        for key, hearing in heard.items():
            said = Statement(key, process.STAGE, by, now(), {"stage": stage, "text": text})
            standing = hearing.standing_ids(said)
            if hearing.stage == stage and len(standing) < 2:
                already.append(hearing.agency)
                continue
            statements.append(replace(said, base=standing))
            # Asked here too, because only here it is said which agency it is.
            found = hearing.problems(statements[-1], by)
            problems += [replace(problem, where=hearing.agency) for problem in found]
        if problems:
            raise RuleError("stage-not-moved", problems)
        record(store, statements, by)
    moved = tuple(heard[said.assessment].agency for said in statements)
    return Moved(moved, tuple(already))


def assessments_in(
    store: Store, round_: str, agencies: Collection[str] | None = None
) -> pd.DataFrame:
    """Return the assessments of a round that are for a result, as the store gives them.

    Raises
    ------
    RuleError
        If the round is not known, has none, or one of the agencies has none in it.
    """
    check_round(store, round_)
    frame = store.assessments()
    frame = frame[(frame["round"] == round_) & (frame["purpose"] == RESULT)]
    if agencies is not None:
        lacking = [code for code in agencies if code not in set(frame["agency"])]
        if lacking:
            problems = [Problem(code, "no-assessment", code, round_) for code in lacking]
            raise RuleError("cases-missing", problems, round=round_)
        frame = frame[frame["agency"].isin(list(agencies))]
    if frame.empty:
        raise RuleError("round-empty", round=round_)
    return frame


def check_round(store: Store, round_: str) -> None:
    """Refuse a round that is not known.

    Raises
    ------
    RuleError
        Naming those that are.
    """
    rounds = store.rounds()
    if round_ not in rounds.index:
        raise RuleError("round-unknown", found=round_, allowed=", ".join(rounds.index) or "-")


def _out_of_order(plan: Mapping[str, tuple[str, str]]) -> list[Problem]:
    problems = []
    before = ""
    for stage in (stage for stage in process.STAGES if stage in plan):
        begins, ends = plan[stage]
        if ends < begins:
            problems.append(Problem(stage, "days-reversed", begins, ends))
        if begins <= before:
            problems.append(Problem(stage, "days-overlap", begins, before))
        before = max(before, ends)
    return problems


def is_day(text: str) -> bool:
    """Say whether a text is a day, as in 2026-10-31."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
