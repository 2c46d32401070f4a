"""Agencies, rooms and sittings: which agency meets which evaluator, when, and what for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from merit_kit import process
from merit_kit.assessment._people import check_administrator, person_named
from merit_kit.assessment._rounds import check_round, is_day
from merit_kit.errors import Key, MeritError, Problem, RuleError
from merit_kit.store import Store

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")


def take_agencies(store: Store, by: str, rows: Iterable[Mapping[str, Any]]) -> None:
    """Add or correct agencies. A province, region or time zone the rows do not give stays.

    Parameters
    ----------
    rows : iterable of mapping
        From :func:`merit_kit.workbook.read_agencies`.

    Raises
    ------
    RuleError
        If `by` may not.
    """
    with store.together("agency"):
        check_administrator(store, by)
        kept = ("province", "wilayah", "time_zone")
        store.add_agencies(
            {part: value for part, value in row.items() if part not in kept or value is not None}
            for row in rows
        )


def take_rooms(store: Store, by: str, round_: str, rows: Iterable[Mapping[str, Any]]) -> int:
    """Add or correct rooms with the sittings in them, all or none.

    The sittings of a room that is named are those of `rows` alone; rooms that are not named stay
    as they are.

    Parameters
    ----------
    rows : iterable of mapping
        From :func:`merit_kit.workbook.read_rooms`; people as id, login, NIP or full name.

    Returns
    -------
    int
        How many sittings there are now in these rooms.

    Raises
    ------
    RuleError
        If `by` may not, the round, an agency or a person is not known, a code, kind or day is
        none, somebody is no evaluator or no host, or would evaluate their own agency. All of it
        at once.
    """
    count = 0
    problems: list[Problem] = []
    with store.together("room"):
        check_administrator(store, by)
        check_round(store, round_)
        agencies = set(store.agencies().index)
        for row in rows:
            place, sittings = str(row["code"]), []
            problems.extend(_form_problems(row))
            host = _person(store, place, row["host"], process.HOST, problems)
            for agency, said in row["sittings"]:
                if agency not in agencies:
                    problems.append(Problem(place, "agency-unknown", agency))
                evaluator = _person(store, place, said, process.EVALUATOR, problems)
                if evaluator and _is_of_team(store, evaluator, agency):
                    problems.append(Problem(place, "sitting-own-agency", said, agency))
                sittings.append((agency, evaluator or ""))
            count += len(set(sittings))
            if not problems:
                parts = ("code", "name", "kind", "held_on", "starts_at")
                about = {part: row[part] for part in parts}
                store.put_room({"round": round_, **about, "host": host}, sorted(set(sittings)))
        if problems:
            raise RuleError("rooms-faulty", problems)
    return count


def _form_problems(row: Mapping[str, Any]) -> list[Problem]:
    """Say what is wrong with a room itself: it may have come from a file or from a command."""
    place, problems = str(row["code"]), []
    if not _CODE.fullmatch(place):
        problems.append(Problem(place, "room-code", place))
    if row["kind"] not in process.SITTING_KINDS:
        allowed = ", ".join(process.SITTING_KINDS)
        problems.append(Problem(place, "not-allowed", row["kind"], allowed))
    if not is_day(row["held_on"]):
        problems.append(Problem(place, "not-a-day", row["held_on"]))
    return problems


def _person(
    store: Store, place: str, said: str | None, role: str, problems: list[Problem]
) -> str | None:
    """Return the person meant, who has to hold the role."""
    if not said:
        return None
    try:
        person = person_named(store, said)
    except MeritError as error:
        problems.append(Problem(place, error.key, said, error.facts.get("allowed")))
        return None
    held = store.appointments([person])
    if role not in set(held["role"]):
        problems.append(Problem(place, "role-lacking-of", said, Key(f"role.{role}")))
    return person


def _is_of_team(store: Store, person: str, agency: str) -> bool:
    held = store.appointments([person])
    return bool(((held["role"] == process.AGENCY) & (held["agency"] == agency)).any())
