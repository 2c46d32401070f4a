"""One agency in the explorer: its sheet, what would lift it most, what would be if."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from merit_kit import gaps, process
from merit_kit.assessment import Hearing
from merit_kit.errors import Problem, ScoreError
from merit_kit.gaps import Standing
from merit_kit.i18n import Words
from merit_kit.instrument import Instrument
from merit_kit.panels._gaps_data import Ground, Wish
from merit_kit.panels._gaps_view import own_row
from merit_kit.panels._view import _items
from merit_kit.store import Store

_MOST_LIFTS = 6


def one_of(ground: Ground, wish: Wish, words: Words) -> dict[str, Any] | None:
    """Return the sheet of the agency that is looked at; None if it has none in the round.

    Returns
    -------
    dict
        ``id, agency, name, kind, stage``; ``steps`` that levels may have; ``aspects``, each with
        ``number, name`` and ``subs`` (``code, name, level, self``: None where not assessed);
        ``lifts``: the next steps that add most; ``standing``: total, category and rank as they are.
    """
    own = own_row(ground, wish)
    if own is None:
        return None
    about = ground.totals.loc[own]
    edition = ground.edition
    levels, said = ground.level.loc[own], ground.own_level.loc[own]
    return {
        "id": str(own),
        "agency": str(about["agency"]),
        "name": str(about["agency_name"]),
        "kind": words(f"agency.kinds.{about['kind']}"),
        "stage": words(f"stage.{about['stage']}"),
        "steps": list(edition.steps),
        "aspects": [
            {
                "number": aspect.number,
                "name": words.text(aspect.name),
                "subs": [
                    {
                        "code": sub.code,
                        "name": words.text(sub.name),
                        "level": _whole(levels[sub.code]),
                        "self": _whole(said[sub.code]),
                    }
                    for sub in aspect.sub_aspects
                ],
            }
            for aspect in edition.aspects
        ],
        "lifts": _lifts(levels, edition, words),
        "standing": what_if_of(ground, own, {}, wish, words)["after"],
    }


def what_if_of(
    ground: Ground, own: Any, changes: Mapping[str, Any], wish: Wish, words: Words
) -> dict[str, Any]:
    """Return what an assessment is and would be with other levels. Nothing is stored.

    It is ranked among those that the filters keep; whatever its category is or would be.

    Raises
    ------
    ScoreError
        If a code is not of the edition, or a level not on its scale.
    """
    levels = ground.level.loc[own]
    given = {
        str(code): None if level is None else _number(level) for code, level in changes.items()
    }
    others = ground.chosen(wish, but="category")
    others = others[others["complete"]].drop(own, errors="ignore")["points"]
    found = gaps.what_if(levels, given, ground.edition, others, ground.beside(own))
    return {
        "before": _told(found.before, ground.edition, words),
        "after": _told(found.after, ground.edition, words),
        "gain": words.number(round(found.after.total - found.before.total, 6), sign=True),
        "ranked": found.of,
    }


def item_of(
    store: Store, ground: Ground, about: str, aspect: int, words: Words, names: Callable[[str], str]
) -> dict[str, Any]:
    """Return one aspect of one assessment with what is said of it: reasons, notes, evidence.

    Returns
    -------
    dict
        ``name`` of the agency, ``aspect``, and ``items``, each with ``code, name``; levels
        ``self, verified, final``; ``gap`` in points; ``reason`` and ``self_reason``; ``notes``,
        ``findings`` and ``evidence``.
    """
    hearing = Hearing(store, about)
    counting = hearing.books.frame()
    said = _items(hearing, counting, names, None)
    sheet = process.side_by_side(counting, [about], hearing.instrument.codes).loc[about]
    named = next(each for each in hearing.instrument.aspects if each.number == aspect)
    top = hearing.instrument.scale[-1]
    items = []
    for sub in named.sub_aspects:
        here, levels = said[sub.code], sheet.loc[sub.code]
        counts = levels["verified"] if math.isnan(levels["final"]) else levels["final"]
        verified = here["akhir"] or here["awal"]
        items.append(
            {
                "code": sub.code,
                "name": words.text(sub.name),
                **{of: _whole(levels[of]) for of in ("self", "verified", "final", "field")},
                "gap": None
                if math.isnan(counts) or sub.weight is None
                else words.number(sub.weight * (top - int(counts))),
                "self_reason": (here["self"] or {}).get("reason", ""),
                "reason": (verified or {}).get("reason", ""),
                "note": (here["notes"]["agency"] or {}).get("text", ""),
                "internal": (here["notes"]["internal"] or {}).get("text", ""),
                "questions": sum(each["state"] != "closed" for each in here["questions"]),
                "evidence": [
                    {"name": each["name"], "state": words(f"evidence.states.{each['state']}")}
                    for each in here["evidence"]
                ],
            }
        )
    return {
        "name": str(ground.totals.loc[about, "agency_name"]),
        "agency": str(ground.totals.loc[about, "agency"]),
        "aspect": {"number": aspect, "name": words.text(named.name)},
        "items": items,
    }


def _lifts(levels: pd.Series[Any], edition: Instrument, words: Words) -> list[dict[str, Any]]:
    sheet = pd.DataFrame([levels.to_dict()], index=["it"])
    found = gaps.lifts(sheet, edition).head(_MOST_LIFTS)
    return [
        {
            "code": str(code),
            "name": words.text(edition.by_code[str(code)].name),
            "level": int(row["level"]),
            "next": int(row["next"]),
            "gain": words.number(row["gain"], sign=True),
        }
        for code, row in found.iterrows()
    ]


def _told(standing: Standing, edition: Instrument, words: Words) -> dict[str, Any]:
    codes = [band.code for band in edition.categories]
    at = codes.index(standing.category) if standing.category in codes else None
    following = edition.categories[at + 1] if at is not None and at + 1 < len(codes) else None
    return {
        "total": words.number(standing.total),
        "complete": standing.complete,
        "index": "" if standing.index is None else words.number(standing.index, edition.decimals),
        "category": None
        if at is None
        else {"name": words.text(edition.categories[at].name), "tone": at + 1},
        "rank": standing.rank,
        "next": None
        if following is None or standing.to_next is None
        else {"name": words.text(following.name), "points": words.number(standing.to_next)},
        "aspects": {
            str(number): words.number(row["percent"], 1)
            for number, row in standing.aspects.iterrows()
        },
    }


def _number(level: Any) -> float:
    """Return a level that a browser sent.

    Raises
    ------
    ScoreError
        If it is no number.
    """
    if isinstance(level, bool) or not isinstance(level, int | float):
        raise ScoreError("levels", [Problem("", "level-off-scale", level, "")])
    return float(level)


def _whole(level: float) -> int | None:
    return None if math.isnan(level) else int(level)
