"""The small pictures of pages, which give them their colours."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from merit_kit.charts._drawing import draw


@dataclass(frozen=True, slots=True)
class Band:
    """A stretch of a scale, in its units, with its name and tone (0 the lowest, 3 the highest)."""

    name: str
    low: float
    high: float
    tone: int


@dataclass(frozen=True, slots=True)
class Mark:
    """A value on a scale, with what is written at it."""

    value: float
    label: str


def band_scale(
    bands: Sequence[Band], verified: Mark | None, own: Mark | None, title: str
) -> Markup:
    """Draw a total on the scale of categories: a filled mark (verified) and a hollow one (self)."""
    left, width = 12.0, 696.0
    low, high = bands[0].low, bands[-1].high

    def x(value: float) -> float:
        share = (min(max(value, low), high) - low) / (high - low)
        return round(left + share * width, 1)

    drawn = [
        {"x": x(b.low), "width": round(x(b.high) - x(b.low), 1), "name": b.name, "tone": b.tone}
        for b in bands
    ]
    edges = [{"x": x(b.low), "value": b.low} for b in bands] + [{"x": x(high), "value": high}]

    def mark(given: Mark | None) -> dict[str, object] | None:
        if given is None:
            return None
        at = x(given.value)
        side = "start" if at < left + 90 else "end" if at > left + width - 90 else "middle"
        return {"x": at, "label": given.label, "side": side}

    return draw(
        "band_scale.svg.j2",
        title=title,
        bands=drawn,
        edges=edges,
        verified=mark(verified),
        own=mark(own),
    )


def bar(percent: float | None, own_percent: float | None, title: str) -> Markup:
    """Draw one bar, 0-100 percent: filled to `percent`, with a hollow mark at `own_percent`."""

    def place(share: float | None) -> float | None:
        return None if share is None or math.isnan(share) else round(share * 1.6, 1)

    return draw("bar.svg.j2", title=title, end=place(percent), own=place(own_percent))


def spread(low: float, median: float, high: float, own: float | None, title: str) -> Markup:
    """Draw a group, 0-100 percent: a box for its middle half, a line at its median, a dot for one.

    The value of that one, `own`, is not drawn if it is not known (None, NaN).
    """

    def place(share: float) -> float:
        return round(4 + min(max(share, 0), 100) * 1.6, 1)

    return draw(
        "spread.svg.j2",
        title=title,
        low=place(low),
        width=round(place(high) - place(low), 1),
        median=place(median),
        own=None if own is None or math.isnan(own) else place(own),
    )


def profile(
    labels: Sequence[str],
    verified: Sequence[float],
    own: Sequence[float],
    title: str,
    legend: tuple[str, str],
) -> Markup:
    """Draw a profile over the aspects, 0-100 percent: filled (verified) and dashed (self).

    An unknown value (NaN) is no corner; a shape is drawn once it has all of them.
    """
    centre_x, centre_y, radius = 190.0, 150.0, 105.0
    turns = [2 * math.pi * i / len(labels) - math.pi / 2 for i in range(len(labels))]

    def at(turn: float, percent: float) -> tuple[float, float]:
        reach = radius * percent / 100
        return (
            round(centre_x + reach * math.cos(turn), 1),
            round(centre_y + reach * math.sin(turn), 1),
        )

    def shape(values: Sequence[float]) -> list[tuple[float, float]]:
        pairs = zip(turns, values, strict=True)
        return [at(turn, value) for turn, value in pairs if not math.isnan(value)]

    spokes = []
    for label, turn in zip(labels, turns, strict=True):
        x, y = at(turn, 112)
        side = "middle" if abs(math.cos(turn)) < 0.3 else "start" if math.cos(turn) > 0 else "end"
        tip = at(turn, 100)
        spokes.append({"label": label, "x": x, "y": round(y + 4, 1), "side": side, "tip": tip})
    rings = [[at(turn, percent) for turn in turns] for percent in (25, 50, 75, 100)]
    return draw(
        "profile.svg.j2",
        title=title,
        centre=(centre_x, centre_y),
        rings=rings,
        spokes=spokes,
        verified=shape(verified),
        own=shape(own),
        corners=len(labels),
        legend=legend,
    )
