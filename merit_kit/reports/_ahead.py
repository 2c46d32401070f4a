"""What comes next: the steps that add most, what is recommended, what became of the last advice."""

from __future__ import annotations

from typing import Any

import pandas as pd

from merit_kit import gaps, process
from merit_kit.i18n import Text
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


def next_steps(figures: Figures) -> dict[str, dict[str, Any]]:
    """Return, by sub-aspect below the top level, what it needs for the next one.

    ``level, next``; ``aim`` and ``criterion``, the level whose text says what to do, as in the
    lifts; ``expected`` evidence while no file was found fitting; ``missing`` according to open
    questions; ``text``, the evaluator's own words. Nothing here is invented.
    """
    steps = _steps(figures)
    said = {
        row["sub_aspect"]: row
        for row in process.recommendations(figures.case.standing, figures.instrument)
    }
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
