"""What the panel is told once: which assessments there are, and what never changes of one."""

from __future__ import annotations

from typing import Any

import pandas as pd

from merit_kit import process
from merit_kit.assessment import Hearing, LastTime, last_time
from merit_kit.i18n import Words, catalogue
from merit_kit.instrument import Instrument, SubAspect
from merit_kit.panels._view import PRACTICE
from merit_kit.store import PRACTICE as PURPOSE
from merit_kit.store import RESULT, Store

MINUTES = 120
"""How long a sitting is taken to be, as a room has no end; the panel lets one change it."""


def user_of(store: Store, person: str, words: Words) -> dict[str, Any]:
    """Return who works here, and the words of the panel in their language."""
    said = catalogue(words.lang)
    return {
        "store": store.id,
        "person": person,
        "name": str(store.people([person])["name"].iloc[0]),
        "lang": words.lang,
        "decimal": words.number(0.5)[1],
        "words": {
            key.removeprefix("panel."): text
            for key, text in said.items()
            if key.startswith("panel.")
        },
    }


def places_of(store: Store, person: str, side: str, words: Words) -> list[dict[str, Any]]:
    """Return the assessments there are to be opened, the latest round first.

    On the side of the agency those of the agencies this person is of, and no others; to practise,
    the sandboxes.
    """
    frame = store.assessments()
    purpose = PURPOSE if side == PRACTICE else RESULT
    frame = frame[frame["purpose"] == purpose]
    if side == process.AGENCY:
        own = {row.agency for row in store.roles_of(person) if row.role == process.AGENCY}
        frame = frame[frame["agency"].isin(own)]
    names = store.agencies()["name"]
    rounds = store.rounds()
    order = {code: at for at, code in enumerate(rounds.index)}
    rooms = {(row.round, row.code): row.name for row in store.rooms().itertuples()}
    seats: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for seat in store.sittings().to_dict("records"):
        seats.setdefault((seat["round"], seat["agency"]), []).append(seat)
    places = []
    for key, row in frame.to_dict("index").items():
        here = seats.get((row["round"], row["agency"]), [])
        mine = [seat for seat in here if seat["evaluator"] == person]
        # One line for each agency: the room in which this person meets it, else the first.
        shown = next(iter(mine or here), None)
        places.append(
            {
                "assessment": key,
                "agency": row["agency"],
                "agency_name": str(names[row["agency"]]),
                "round": row["round"],
                "round_name": _round_name(rounds, row["round"], words),
                "room": shown["room"] if shown else None,
                "room_name": rooms[row["round"], shown["room"]] if shown else None,
                "held_on": shown["held_on"] if shown else None,
                "mine": len(mine) > 0,
                "invented": bool(row["invented"]),
            }
        )
    return sorted(places, key=lambda place: (-order[place["round"]], place["agency_name"]))


def sheet_of(store: Store, hearing: Hearing, person: str, words: Words) -> dict[str, Any]:
    """Return what never changes of an assessment while it is open."""
    edition = hearing.instrument
    row = store.assessments([hearing.assessment]).iloc[0]
    agency = store.agencies([hearing.agency]).iloc[0]
    rounds = store.rounds()
    last = last_time(store, hearing.assessment)
    rooms = store.rooms(hearing.round)
    here = store.sittings(hearing.round, hearing.agency)
    own = set(here[here["evaluator"] == person]["room"])
    parts = ("code", "name", "kind", "held_on", "starts_at")
    return {
        "assessment": hearing.assessment,
        "agency": {
            "code": hearing.agency,
            "name": str(agency["name"]),
        },
        "round": {"code": hearing.round, "name": _round_name(rounds, hearing.round, words)},
        "marks": _marks(bool(row["invented"]), edition, words),
        "rooms": [
            {**{part: room[part] for part in parts}, "mine": room["code"] in own}
            for room in rooms[rooms["code"].isin(here["room"])].to_dict("records")
        ],
        # Sittings are arranged by the clock of the agency; see `Hearing` for one that names none.
        "zone": agency["time_zone"] or process.TIME_ZONES[0],
        "minutes": MINUTES,
        "choices": {
            "evidence_states": list(process.EVIDENCE_STATES),
            "finding_sources": list(process.FINDING_SOURCES),
        },
        "steps": list(edition.steps),
        "unproven": words.text(edition.unproven),
        "aspects": [
            {"number": aspect.number, "name": words.text(aspect.name)} for aspect in edition.aspects
        ],
        "subs": [_sub(sub, last, rounds, words) for sub in edition.sub_aspects],
    }


def _sub(
    sub: SubAspect, last: LastTime | None, rounds: pd.DataFrame, words: Words
) -> dict[str, Any]:
    previous = None
    # Under another edition the same code may mean something else.
    if last is not None and sub.code in last.levels and last.names[sub.code] == sub.name:
        previous = {
            "level": last.levels[sub.code],
            "round": _round_name(rounds, last.round, words),
            "text": last.recommended.get(sub.code, ""),
        }
    return {
        "code": sub.code,
        "aspect": sub.aspect,
        "name": words.text(sub.name),
        "weight": "" if sub.weight is None else words.number(sub.weight),
        "levels": [{"step": step, "text": words.text(said)} for step, said in sub.levels.items()],
        "evidence": [words.text(item) for item in sub.evidence],
        "previous": previous,
    }


def _round_name(rounds: pd.DataFrame, code: str, words: Words) -> str:
    row = rounds.loc[code]
    return words("round.name", number=int(row["number"]), year=str(row["year"]))


def _marks(invented: bool, edition: Instrument, words: Words) -> list[str]:
    """Return what is shown for ever where nothing may pass for a result."""
    marks = []
    if invented:
        marks.append(words("report.simulation_invented"))
    if not edition.is_official:
        status = words(f"status.{edition.status}")
        marks.append(words("report.simulation_edition", status=status))
    return [words("report.simulation"), *marks] if marks else []
