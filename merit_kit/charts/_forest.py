"""Values with their intervals, one below the other, around a line at nought."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from merit_kit.charts._drawing import draw

_LABELS, _WIDTH, _RIGHT, _HIGH = 236.0, 420.0, 110.0, 26.0
_STEPS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.0)


@dataclass(frozen=True, slots=True)
class Branch:
    """A line of a forest: a value, its interval, and what is written at the end of the line."""

    label: str
    low: float
    middle: float
    high: float
    told: str = ""


def forest(
    rows: Sequence[Branch], title: str, sides: tuple[str, str], number: Callable[[float], str]
) -> Markup:
    """Draw values with their intervals; an interval that holds nought is drawn hollow.

    `sides` are the words for what lies below nought and above it, `number` writes one on the scale.
    """
    reach = max([abs(edge) for row in rows for edge in (row.low, row.high)], default=0.0) or 1.0
    step = next((each for each in _STEPS if reach / each <= 4), math.ceil(reach / 4))
    ends = step * math.ceil(reach / step)

    def x(value: float) -> float:
        return round(_LABELS + (value + ends) / (2 * ends) * _WIDTH, 1)

    counts = range(-round(ends / step), round(ends / step) + 1)
    ticks = [{"x": x(n * step), "text": number(n * step), "nought": n == 0} for n in counts]
    lines = [
        {
            "y": round(44 + place * _HIGH, 1),
            "label": row.label,
            "low": x(row.low),
            "middle": x(row.middle),
            "high": x(row.high),
            "told": row.told,
            "apart": row.low > 0 or row.high < 0,
        }
        for place, row in enumerate(rows)
    ]
    return draw(
        "forest.svg.j2",
        title=title,
        ticks=ticks,
        lines=lines,
        sides=sides,
        labels=_LABELS,
        width=_WIDTH,
        size=(round(_LABELS + _WIDTH + _RIGHT), round(58 + _HIGH * len(rows))),
    )
