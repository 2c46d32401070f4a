"""The pictures of analyses. They carry their own colours, so that each stands by itself as a file.

A page gives them others by the variables ``--chart-ink``, ``--chart-soft``, ``--chart-line``,
``--chart-ground``, ``--chart-fill``, ``--chart-accent``; without any they are dark on white. What
is told apart is told apart by shape and darkness, not by colour alone.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from merit_kit import i18n
from merit_kit.charts._drawing import draw

Number = float | None

_LABELS, _WIDTH, _RIGHT = 272.0, 430.0, 34.0
_BINS = 50
_NAMES_IN_ROW = 3
_IN_LINE = 38
"""Signs of a label in one of its two lines."""
_LINE, _SIGN = 14.0, 6.2
"""How high a line is, and how wide a sign is on average."""


@dataclass(frozen=True, slots=True)
class Strip:
    """How a figure (0-100) is spread in one group.

    `values` are all of the group; `box` its quartiles, None where the group is too small for
    them; `own` is one of them to be marked. `told` is written at the end of the line.
    """

    label: str
    values: Sequence[float]
    box: tuple[float, float, float] | None
    own: Number = None
    told: str = ""


@dataclass(frozen=True, slots=True)
class Rung:
    """A line of a ladder: up to three marks on 0-100, and a band behind them."""

    label: str
    marks: tuple[Number, ...]
    band: tuple[float, float] | None = None
    told: str = ""


@dataclass(frozen=True, slots=True)
class Ladder:
    """What the marks of a ladder are called, in their order, and its band."""

    names: tuple[str, ...]
    band: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """Points in time: (position, value) in order, joined if `joined`. `shape`: 0 filled, 1 hollow,
    2 triangle, 3 diamond, 4 hollow triangle; `soft` draws them lighter."""  # noqa: D205, D209

    name: str
    points: Sequence[tuple[float, float]]
    shape: int = 0
    joined: bool = True
    soft: bool = False


def heat(
    columns: Sequence[str],
    rows: Sequence[tuple[str, Sequence[Number]]],
    title: str,
    tops: float = 100,
    lang: str = "id",
    legend: Sequence[str] = (),
) -> Markup:
    """Draw a table of numbers as shades: the darker, the higher; each number stands in its cell.

    Parameters
    ----------
    rows : sequence of (label, values)
        Values from 0 to `tops`, written as whole numbers; None and NaN are not known.
    legend : sequence of str
        What the columns mean, written below.
    """
    wide, high, labels = min(74.0, 560.0 / max(len(columns), 1)), 19.0, 262.0
    cells: list[dict[str, object]] = []
    y = 30.0
    for label, values in rows:
        lines = _label(label)
        drawn = [
            {
                "x": round(labels + at * wide, 1),
                "text": "–" if _unknown(value) else i18n.number(value, lang, 0),
                "tone": -1 if _unknown(value) else min(int(5 * (value or 0) / tops), 4),
            }
            for at, value in enumerate(values)
        ]
        tall = high + _LINE * (len(lines["lines"]) - 1)
        cells.append({"y": round(y, 1), "label": lines, "cells": drawn, "high": tall - 1.5})
        y += tall
    heads = [{"x": round(labels + at * wide, 1), "text": text} for at, text in enumerate(columns)]
    width = round(labels + wide * len(columns) + 10)
    below = [
        part for text in legend for part in textwrap.wrap(text, int((width - 20) / _SIGN)) or [""]
    ]
    return draw(
        "heat.svg.j2",
        title=title,
        rows=cells,
        heads=heads,
        size=(width, round(y + 6 + 16 * len(below) + (10 if below else 0))),
        cell=round(wide - 1.5, 1),
        labels=labels,
        below=[{"y": round(y + 20 + 16 * at, 1), "text": text} for at, text in enumerate(below)],
    )


def strips(rows: Sequence[Strip], title: str, legend: tuple[str, str, str, str]) -> Markup:
    """Draw for each group how its members are spread, 0-100: bars, a box of quartiles, one mark.

    `legend` names the bars, the box, the line in it and the mark.
    """
    high = 40.0
    most = max((max(_counted(row.values), default=0) for row in rows), default=0) or 1
    lines = []
    for line, row in enumerate(rows):
        y = 26 + line * high
        bars = [
            {
                "x": round(_LABELS + at * _WIDTH / _BINS, 1),
                "high": round(22 * math.sqrt(count / most), 1),
            }
            for at, count in enumerate(_counted(row.values))
            if count
        ]
        box = None if row.box is None else [_place(value) for value in row.box]
        own = None if _unknown(row.own) else _place(row.own or 0)
        label = _label(row.label)
        lines.append({"y": y, "row": row, "label": label, "bars": bars, "box": box, "own": own})
    return draw(
        "strips.svg.j2",
        title=title,
        lines=lines,
        ticks=_ticks(),
        legend=legend,
        size=(round(_LABELS + _WIDTH + _RIGHT + 40), round(70 + high * len(rows))),
        bar=round(_WIDTH / _BINS - 1, 1),
        labels=_LABELS,
        width=_WIDTH,
    )


def ladder(rows: Sequence[Rung], title: str, legend: Ladder) -> Markup:
    """Draw marks on lines from 0 to 100: filled, hollow, a triangle; the first two are joined."""
    high = 32.0
    lines = [
        {
            "y": 30 + line * high,
            "label": _label(row.label),
            "told": row.told,
            "band": None if row.band is None else (_place(row.band[0]), _place(row.band[1])),
            "marks": [None if _unknown(each) else _place(each or 0) for each in row.marks],
        }
        for line, row in enumerate(rows)
    ]
    return draw(
        "ladder.svg.j2",
        title=title,
        lines=lines,
        ticks=_ticks(),
        legend=legend,
        size=(round(_LABELS + _WIDTH + _RIGHT + 60), round(66 + high * len(rows))),
        labels=_LABELS,
        width=_WIDTH,
    )


def scatter(
    points: Sequence[tuple[float, float]],
    title: str,
    axes: tuple[str, str],
    legend: tuple[str, str, str],
    most: float,
    own: tuple[float, float] | None = None,
) -> Markup:
    """Draw pairs of numbers of one scale, from 0 to `most`, about the line where both are alike.

    `legend` names the marks above the line (hollow), on it (small) and below it (filled). All
    marks of a kind are one path, so that hundreds cost little.
    """
    left, top, side = 58.0, 14.0, 380.0

    def at(x: float, y: float) -> tuple[float, float]:
        return round(left + side * x / most, 1), round(top + side * (1 - y / most), 1)

    kinds: list[list[tuple[float, float]]] = [[], [], []]
    for x, y in points:
        kinds[0 if y > x else 2 if y < x else 1].append(at(x, y))
    paths = ["".join(f"M{x} {y}h0" for x, y in kind) for kind in kinds]
    steps = [most * part / 4 for part in range(5)]
    ticks = [{"value": f"{step:g}", "x": at(step, 0)[0], "y": at(0, step)[1]} for step in steps]
    return draw(
        "scatter.svg.j2",
        title=title,
        paths=paths,
        ticks=ticks,
        axes=axes,
        legend=legend,
        square=(left, top, side),
        own=None if own is None else at(*own),
    )


def trend(
    lines: Sequence[Line],
    title: str,
    times: Sequence[tuple[float, str]],
    most: float,
    bounds: Sequence[tuple[float, str]] = (),
    band: Sequence[tuple[float, float, float]] = (),
    band_name: str = "",
) -> Markup:
    """Draw numbers from 0 to `most` over time.

    Parameters
    ----------
    times : sequence of (position, label)
        What is written below; positions are those of the points.
    bounds : sequence of (value, label)
        Heights to be drawn across, such as the bounds of categories.
    band : sequence of (position, low, high)
        What lies behind the lines, such as the middle half of a group.
    """
    left, top, wide, high = 48.0, 12.0, 620.0, 270.0
    places = [place for place, _ in times] or [0.0]
    first, last = min(places), max(places)

    def x(place: float) -> float:
        share = 0.5 if first == last else (place - first) / (last - first)
        return round(left + 24 + (wide - 48) * share, 1)

    def y(value: float) -> float:
        return round(top + high * (1 - value / most), 1)

    drawn = [
        {
            "name": line.name,
            "shape": line.shape,
            "soft": line.soft,
            "dots": [(x(place), y(value)) for place, value in line.points],
            "joined": line.joined and len(line.points) > 1,
        }
        for line in lines
    ]
    edge = [(x(p), y(above)) for p, _, above in band] + [
        (x(p), y(low)) for p, low, _ in reversed(band)
    ]
    steps = [most * part / 4 for part in range(5)]
    return draw(
        "trend.svg.j2",
        title=title,
        lines=drawn,
        band=edge,
        band_name=band_name,
        times=[{"x": x(place), "text": text} for place, text in times],
        ticks=[{"y": y(step), "text": f"{step:g}"} for step in steps],
        bounds=[{"y": y(value), "text": text} for value, text in bounds],
        box=(left, top, wide, high),
        in_row=_NAMES_IN_ROW,
    )


def _label(text: str) -> dict[str, Any]:
    """Break a label into at most two lines; where they do not hold it, `whole` is told, too."""
    lines = textwrap.wrap(
        text, _IN_LINE, max_lines=2, placeholder=" …", break_on_hyphens=False
    ) or [""]
    return {"lines": lines, "whole": text if lines[-1].endswith("…") else ""}


def _counted(values: Sequence[float]) -> list[int]:
    """Count values from 0 to 100 in stretches of two."""
    found = [0] * _BINS
    for value in values:
        if not _unknown(value):
            found[min(int(value * _BINS / 100), _BINS - 1)] += 1
    return found


def _ticks() -> list[dict[str, object]]:
    return [{"x": _place(value), "text": f"{value}"} for value in (0, 25, 50, 75, 100)]


def _place(value: float) -> float:
    return round(_LABELS + min(max(value, 0), 100) * _WIDTH / 100, 1)


def _unknown(value: Number) -> bool:
    return value is None or math.isnan(value)
