"""The aspects of an assessment: points, percent fulfilled, and where others of the kind stand."""

from __future__ import annotations

import math
from typing import Any

from markupsafe import Markup

from merit_kit import charts
from merit_kit.i18n import Words
from merit_kit.instrument import Aspect
from merit_kit.reports._comparison import Comparison
from merit_kit.reports._figures import FINAL, OWN, SCORED, VERIFIED, Figures


def aspect_rows(figures: Figures, words: Words) -> list[dict[str, Any]]:
    """Return points and percent of each aspect, with a bar. An asterisk marks what is partial."""
    return [_row(figures, aspect, words) for aspect in figures.instrument.aspects]


def profile(figures: Figures, words: Words) -> Markup:
    """Draw the percent fulfilled of all aspects, the result against the agency's own."""
    return charts.profile(
        [str(aspect.number) for aspect in figures.instrument.aspects],
        _whole_percents(figures, figures.counts),
        _whole_percents(figures, OWN),
        words("report.aspects.profile"),
        (words(f"level.{figures.counts}"), words("level.self")),
    )


def compared_rows(
    figures: Figures, others: Comparison | None, words: Words
) -> list[dict[str, Any]]:
    """Return each aspect beside the group; nothing if there is no group."""
    group = others.data["determined"] if others else None
    if group is None:
        return []
    percents = _whole_percents(figures, figures.counts)
    rows = []
    for aspect, percent in zip(figures.instrument.aspects, percents, strict=True):
        own = None if math.isnan(percent) else percent
        place = {k: float(v) for k, v in group["aspects"][str(aspect.number)].items()}
        label = words(
            "report.comparison.spread",
            aspect=words.text(aspect.name),
            own=or_dash(own, words),
            **place,
        )
        picture = charts.spread(place["low"], place["median"], place["high"], own, label)
        rows.append({"aspect": aspect, "own": own, **place, "picture": picture})
    return rows


def or_dash(value: float | None, words: Words) -> str:
    """Write a number, or a dash where there is none."""
    return "\N{EN DASH}" if value is None else words.number(value)


def _row(figures: Figures, aspect: Aspect, words: Words) -> dict[str, Any]:
    by_aspect = figures.by_aspect
    found = {of: by_aspect.loc[(of, aspect.number)] for of in SCORED}
    points = {of: _known(row["points"], row["assessed"]) for of, row in found.items()}
    percents = {of: _known(row["percent"], row["assessed"]) for of, row in found.items()}
    counts = figures.counts
    label = words(
        "report.aspects.bar",
        aspect=words.text(aspect.name),
        of=words(f"level.{counts}"),
        result=or_dash(percents[counts], words),
        own=or_dash(percents[OWN], words),
    )
    return {
        "aspect": aspect,
        "own": points[OWN],
        "verified": points[VERIFIED],
        "final": points[FINAL],
        "percent": percents[counts],
        "partial": {of: 0 < row["assessed"] < row["of"] for of, row in found.items()},
        "most": found[counts]["most"],
        "bar": charts.bar(percents[counts], percents[OWN], label),
    }


def _whole_percents(figures: Figures, of: str) -> list[float]:
    """Return the percentages of the aspects that are assessed whole; NaN for the others.

    A part of an aspect is no outline of it, and is not to be held against whole ones.
    """
    rows = [figures.by_aspect.loc[(of, a.number)] for a in figures.instrument.aspects]
    return [float(r["percent"]) if r["assessed"] == r["of"] else math.nan for r in rows]


def _known(value: float, assessed: int) -> float | None:
    """Return the value, or None while nothing of it has been assessed."""
    return float(value) if assessed else None
