"""One agency in the explorer: its sheet, what would lift it most, what would be if."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from merit_kit import gaps, process
from merit_kit.assessment import Hearing
from merit_kit.errors import Problem, ScoreError
from merit_kit.gaps import Standing
from merit_kit.i18n import Words
from merit_kit.instrument import Instrument
from merit_kit.panels._gaps_data import Ground, Wish
from merit_kit.panels._gaps_words import own_row
from merit_kit.panels._view import _items
from merit_kit.store import Store

_MOST_LIFTS = 6


def one_of(ground: Ground, wish: Wish, words: Words) -> dict[str, Any] | None:
    """Return the sheet of the agency that is looked at; None if it has none in the round.

    Returns
    -------
    dict
        ``id, agency, name, kind, stage``; ``steps`` that levels may have; ``aspects``, each with
        ``number, name`` and ``subs`` (``code, name, level, self``: None where not assessed;
        ``disputed``: whether none counts since statements contradict each other);
        ``lifts``: the next steps that add most, and ``no_lifts``: why there are none; ``state``:
        how far its result is.
    """
    own = own_row(ground, wish)
    if own is None:
        return None
    about = ground.totals.loc[own]
    edition = ground.edition
    levels, said, disputed = (
        each.loc[own] for each in (ground.level, ground.own_level, ground.disputed)
    )
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
                        "disputed": bool(disputed[sub.code]),
                    }
                    for sub in aspect.sub_aspects
                ],
            }
            for aspect in edition.aspects
        ],
        "lifts": _lifts(levels, edition, words),
        "no_lifts": words(f"gaps.one.{'no_lifts' if levels.notna().any() else 'no_levels'}"),
        "state": words(f"gaps.state.{about['state']}"),
    }


def what_if_of(
    ground: Ground, own: Any, changes: Mapping[str, Any], wish: Wish, words: Words
) -> dict[str, Any]:
    """Return what an assessment is and would be with other levels. Nothing is stored.

    It is ranked among the complete ones of its own round that the filters keep, whatever its
    category is or would be; ``waiting`` says how many of those are not determined.

    Raises
    ------
    ScoreError
        If a code is not of the edition, or a level not on its scale.
    """
    levels = ground.level.loc[own]
    given = {
        str(code): None if level is None else _number(level) for code, level in changes.items()
    }
    # Of its own round, whichever the page shows by now.
    at = replace(wish, round=str(ground.totals.loc[own, "round"]))
    others = ground.chosen(at, but="category")
    others = others[others["complete"]].drop(own, errors="ignore")
    found = gaps.what_if(levels, given, ground.edition, others["points"], ground.beside(own))
    supposed = pd.Series({**levels.to_dict(), **given}, dtype=float)
    return {
        "before": _told(found.before, levels, ground.edition, words),
        "after": _told(found.after, supposed, ground.edition, words),
        "gain": words.number(round(found.after.total - found.before.total, 6), sign=True),
        "ranked": found.of,
        "waiting": int((~others["determined"].astype(bool)).sum()),
    }


def item_of(
    store: Store, ground: Ground, about: str, aspect: int, words: Words, names: Callable[[str], str]
) -> dict[str, Any]:
    """Return one aspect of one assessment with what is said of it: reasons, notes, evidence.

    Returns
    -------
    dict
        ``name`` and ``agency`` (code) of the agency; ``aspect`` (``number, name``); and ``items``,
        each with ``code, name``; levels ``self, awal, akhir, verified`` (in force), ``field`` (the
        lowest finding), ``final`` and ``draft`` (prepared and not stated yet), None where there is
        none; ``gap``: points from the level that counts up to the top, as text, None where none
        counts; texts, empty where there are none: ``self_reason``, ``reason`` and
        ``reason_pass`` (whose reason it is: the pass in force), ``note`` (to the agency),
        ``internal``; ``findings``: what was seen in practice (``level, reason``, ``seen_on`` and
        ``told``: how it was seen, in words); ``mismatch``, where practice lies below the documents:
        ``field, verified`` and ``answer``, how evaluators explain it, else None; ``disputes``: in
        words, which levels contradict each other; ``questions``: how many are not closed;
        ``evidence``: files (``name``, ``state`` in words).
    """
    hearing = Hearing(store, about)
    counting = hearing.books.frame()
    said = _items(hearing, counting, names, None)
    codes = hearing.instrument.codes
    internal = counting["visible_to"] == "internal"
    sheet = process.side_by_side(counting[~internal], [about], codes).loc[about]
    drafts = process.level_sheet(counting[internal], process.VERIFIED, [about], codes).loc[about]
    named = next(each for each in hearing.instrument.aspects if each.number == aspect)
    top = hearing.instrument.scale[-1]
    items = []
    for sub in named.sub_aspects:
        here, levels = said[sub.code], sheet.loc[sub.code]
        counts = levels["verified"] if math.isnan(levels["final"]) else levels["final"]
        items.append(
            {
                "code": sub.code,
                "name": words.text(sub.name),
                **{str(of): _whole(level) for of, level in levels.items()},
                "draft": _whole(drafts[sub.code]),
                "gap": None
                if math.isnan(counts) or sub.weight is None
                else words.number(sub.weight * (top - int(counts))),
                "self_reason": (here["self"] or {}).get("reason", ""),
                **_reason_of(here, words),
                "note": (here["notes"]["agency"] or {}).get("text", ""),
                "internal": (here["notes"]["internal"] or {}).get("text", ""),
                "findings": [_finding(each, words) for each in here["findings"]],
                "mismatch": _mismatch(levels, here),
                "disputes": _disputes(here["disputed"], words),
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


def _reason_of(here: Mapping[str, Any], words: Words) -> dict[str, str]:
    """Return why the verified level is what it is, and of which pass: the last that says a level.

    A pass whose level was taken back is passed over, as it is in :func:`process.effective`.
    """
    for pass_ in reversed(process.PASSES):
        said = here[pass_]
        if said is not None and said["level"] is not None:
            name = words(f"level.{pass_}")
            told = words("gaps.item.draft_of", what=name) if said["draft"] else name
            return {"reason": said["reason"], "reason_pass": told}
    return {"reason": "", "reason_pass": ""}


def _finding(said: Mapping[str, Any], words: Words) -> dict[str, Any]:
    return {
        "level": said["level"],
        "told": words(f"finding.{said['source']}"),
        "seen_on": words.date(said["seen_on"]),
        "reason": said["reason"],
    }


def _mismatch(levels: pd.Series[Any], here: Mapping[str, Any]) -> dict[str, Any] | None:
    if not levels["field"] < levels["verified"]:
        return None
    found = {name: _whole(levels[name]) for name in ("field", "verified")}
    return {**found, "answer": (here["mismatch"] or {}).get("answer", "")}


def _disputes(disputed: Mapping[str, Any], words: Words) -> list[str]:
    return [
        words(
            "gaps.item.disputed",
            what=words(f"level.{name}"),
            levels=", ".join(sorted("–" if r["level"] is None else str(r["level"]) for r in rows)),
        )
        for name, rows in disputed.items()
        if rows
    ]


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


def _told(
    standing: Standing, levels: pd.Series[Any], edition: Instrument, words: Words
) -> dict[str, Any]:
    """Return a standing as text; a total and percentages of what nobody assessed are empty."""
    known = levels.notna()
    whole = {each.number: all(known[s.code] for s in each.sub_aspects) for each in edition.aspects}
    codes = [band.code for band in edition.categories]
    at = codes.index(standing.category) if standing.category in codes else None
    following = edition.categories[at + 1] if at is not None and at + 1 < len(codes) else None
    return {
        "total": words.number(standing.total) if known.any() else "",
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
            str(number): words.number(row["percent"], 1) if whole[number] else ""
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
