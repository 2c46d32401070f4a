"""What comes next: the steps that add most, what is recommended, what became of the last advice."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pandas as pd

from merit_kit import gaps, process, scoring
from merit_kit.errors import GapError
from merit_kit.i18n import Text, Words, explain
from merit_kit.reports._figures import Figures

MOST_LIFTS = 8


def lifts(figures: Figures) -> dict[str, Any]:
    """Return which single steps would add the most points, and what each asks for."""
    frame, steps = _steps(figures), next_steps(figures)
    rows: list[dict[str, Any]] = [
        {**steps[str(code)], **{part: float(row[part]) for part in ("gain", "open")}}
        for code, row in frame.head(MOST_LIFTS).to_dict("index").items()
    ]
    cut = frame.iloc[len(rows) :]
    equal = cut[cut["gain"] == rows[-1]["gain"]] if rows else cut
    return {
        "rows": rows,
        "below_top": len(frame),
        "gain": sum(row["gain"] for row in rows),
        "equal": ", ".join(equal.index),
        # Points are of the next step; what to do is said of the first level whose text says it.
        "higher": any(row["aim"] > row["next"] for row in rows),
    }


def roadmap(figures: Figures, words: Words) -> dict[str, Any]:
    """Return the cheapest steps to the next category.

    ``state``: ``plan``; ``top``, of the highest category (`margin`: points above its bound);
    ``held`` (`why` in words: it is out of reach of the steps there are); ``unknown``, while nothing
    is assessed, or the index takes what is only stated when it is determined.
    """
    edition, said = figures.instrument, figures.determination
    if not figures.result.assessed or (edition.needs and said is None):
        return {"state": "unknown"}
    beside = said.components if said else None
    total = Decimal(str(figures.result.total))
    codes = [each.code for each in edition.categories]
    place = codes.index(scoring.category_of(total, edition, beside))
    if place + 1 == len(codes):
        bound = gaps.points_for(codes[place], edition, beside)
        return {"state": "top", "category": edition.categories[place], "margin": total - bound}
    category = edition.categories[place + 1]
    try:
        target = gaps.points_for(category.code, edition, beside)
        levels = figures.levels.loc[[figures.counts]]
        plan = gaps.roadmap(levels, edition, target, others=0)
    except GapError as refused:
        return {"state": "held", "category": category, "why": explain(refused, words.lang)}
    subs = edition.by_code
    return {
        "state": "plan",
        "category": category,
        "plan": plan,
        "rows": [
            {
                **move,
                "sub": subs[move["sub_aspect"]],
                "each": round(move["gain"] / move["effort"], 2),
                "criterion": subs[move["sub_aspect"]].levels[move["aim"]],
            }
            for move in plan.moves.to_dict("records")
        ],
        "higher": bool((plan.moves["aim"] > plan.moves["next"]).any()),
        "alike": ["; ".join(_ends(each, words)) for each in plan.alike],
        "weighed": any(sub.effort for sub in edition.sub_aspects),
    }


def _ends(levels: dict[str, int], words: Words) -> list[str]:
    return [words("report.roadmap.end", code=c, level=level) for c, level in levels.items()]


def next_steps(figures: Figures) -> dict[str, dict[str, Any]]:
    """Return, by sub-aspect below the top level, what it needs for the next one.

    ``level, next``; ``aim`` and ``criterion``, the level whose text says what to do, as in the
    lifts; ``expected`` evidence while no file was found fitting; ``missing`` according to open
    questions; ``text``, the evaluator's own words. Nothing here is invented.
    """
    steps = _steps(figures)
    said = figures.recommendations
    found = {}
    for sub in figures.instrument.sub_aspects:
        if sub.code not in steps.index:
            continue
        step = {part: int(steps.loc[sub.code, part]) for part in ("level", "next", "aim")}
        found[sub.code] = {
            "sub": sub,
            **step,
            "criterion": sub.levels[step["aim"]],
            "expected": said.get(sub.code, {}).get("evidence", sub.evidence),
            "missing": said.get(sub.code, {}).get("missing", []),
            "text": said.get(sub.code, {}).get("text", ""),
        }
    return found


def recommendations(figures: Figures) -> list[dict[str, Any]]:
    """Return the next steps of which an evaluator said something, in the instrument's order."""
    return [row for row in next_steps(figures).values() if row["text"] or row["missing"]]


def follow_ups(figures: Figures) -> dict[str, Any] | None:
    """Return what became of last round's recommendations; None if there was no last round.

    Those with words of an evaluator, or with a finding about them, have a row each; of the others
    it is only said whether the level rose.
    """
    last = figures.case.previous
    if last is None:
        return None
    standing = figures.case.standing
    found = process.follow_ups(standing, last["recommendations"], last["round"]["code"])
    names = {row["sub_aspect"]: row["name"] for row in last["recommendations"]}
    now = figures.sheet.loc[figures.counts]
    rows: list[dict[str, Any]] = []
    others: dict[str, list[str]] = {"risen": [], "same": [], "fallen": [], "unknown": []}
    for row in found.itertuples():
        level = now.get(row.sub_aspect)
        level = None if level is None or pd.isna(level) else int(level)
        if row.asked or row.state:
            parts = ("sub_aspect", "asked", "state", "text")
            rows.append(
                {
                    **{part: getattr(row, part) for part in parts},
                    "name": Text(**names[row.sub_aspect]),
                    "then": row.level,
                    "now": level,
                }
            )
        else:
            others[_turn(row.level, level)].append(row.sub_aspect)
    return {"round": last["round"], "rows": rows, "others": {k: v for k, v in others.items() if v}}


def _steps(figures: Figures) -> pd.DataFrame:
    return gaps.lifts(figures.levels.loc[[figures.counts]], figures.instrument)


def _turn(then: int, now: int | None) -> str:
    if now is None:
        return "unknown"
    return "risen" if now > then else "fallen" if now < then else "same"
