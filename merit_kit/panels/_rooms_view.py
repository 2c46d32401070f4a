"""What the overview of the rooms shows, as plain data. See the protocol in `_rooms`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from merit_kit import process
from merit_kit.assessment import editions_of
from merit_kit.i18n import Words
from merit_kit.panels._opening import MINUTES, _marks, _round_name
from merit_kit.store import RESULT, Store

_FIRST = process.STAGES[:2]
_COUNTS = (
    *("assessed", "self_assessed", "of", "drafts", "raised", "lowered"),
    *("open", "late", "answered", "conflicts", "fresh", "mismatches", "last"),
)


def ground_of(store: Store, round_: str | None, person: str, words: Words) -> dict[str, Any]:
    """Return what the registers say: which agencies there are, and where they are met.

    Whoever belongs to an agency's team sees nothing of it here: what is internal is kept from it.

    Returns
    -------
    dict
        ``round`` (its name), ``why`` (nothing is shown; "" where something is), ``marks``,
        ``minutes`` of a sitting, ``own``: agencies left out as the person's own; and ``rows``, one
        for each agency and room: ``id, assessment, agency`` (code), ``agency_name, room`` (code,
        None: none arranged), ``room_name, held_on, starts_at, evaluators`` (names). Rooms in their
        order, then who meets nowhere.
    """
    nothing = {"round": "", "why": "", "marks": [], "minutes": MINUTES, "own": 0, "rows": []}
    held = store.roles_of(person)
    if all(row.role == process.AGENCY for row in held):
        return {**nothing, "why": words("rooms.no_role")}
    if round_ is None:
        return {**nothing, "why": words("rooms.no_round")}
    frame = store.assessments()
    frame = frame[(frame["round"] == round_) & (frame["purpose"] == RESULT)]
    own = frame["agency"].isin([row.agency for row in held if row.role == process.AGENCY])
    shown = frame[~own]
    invented = bool(shown["invented"].any())
    marks = [
        mark for edition in editions_of(store, round_) for mark in _marks(invented, edition, words)
    ]
    return {
        **nothing,
        "round": _round_name(store.rounds(), round_, words),
        "why": "" if len(shown) else words("rooms.none_begun"),
        "marks": list(dict.fromkeys(marks)),
        "own": int(own.sum()),
        "rows": _rows(store, round_, shown),
    }


def latest_round(store: Store) -> str | None:
    """Return the last round in which rooms are arranged, else the last of all."""
    rounds = [str(code) for code in store.rounds().index]
    arranged = set(store.rooms()["round"])
    last = rounds[-1] if rounds else None
    return next((code for code in reversed(rounds) if code in arranged), last)


def told(figures: Mapping[str, Any], words: Words) -> dict[str, Any]:
    """Return the figures of an assessment as the browser takes them; see :class:`Progress`."""
    stage = words(f"stage.{figures['stage']}")
    pass_ = words(f"panel.pass.{process.AWAL if figures['stage'] in _FIRST else process.AKHIR}")
    return {
        **{part: figures[part] for part in _COUNTS},
        "stage": words("panel.stage_pass", stage=stage, **{"pass": pass_}),
        **{part: _number(figures[part], words) for part in ("self", "total")},
    }


def _number(value: float | None, words: Words) -> dict[str, Any] | None:
    return None if value is None else {"value": value, "text": words.number(value)}


def _rows(store: Store, round_: str, shown: pd.DataFrame) -> list[dict[str, Any]]:
    names, people = store.agencies()["name"], store.people()["name"]
    rooms = {room["code"]: room for room in store.rooms(round_).to_dict("records")}
    order = {code: at for at, code in enumerate(rooms)}
    seats: dict[str, dict[str, list[str]]] = {}
    for seat in store.sittings(round_).to_dict("records"):
        named = people.get(seat["evaluator"]) or seat["evaluator"]
        seats.setdefault(seat["agency"], {}).setdefault(seat["room"], []).append(str(named))
    rows = []
    for key, code in shown["agency"].items():
        for room, evaluators in seats.get(code, {None: []}).items():
            about = rooms.get(room, {})
            rows.append(
                {
                    "id": f"{key}/{room or ''}",
                    "assessment": key,
                    "agency": code,
                    "agency_name": str(names[code]),
                    "room": room,
                    "room_name": about.get("name") or room,
                    **{part: about.get(part) for part in ("held_on", "starts_at")},
                    "evaluators": evaluators,
                }
            )
    last = len(order)
    return sorted(rows, key=lambda row: (order.get(row["room"], last), row["agency_name"]))
