"""Evaluators held against each other, and what deserves a second look: in words and pictures.

The same figures are a notebook's pictures with their tables, and the tables of the command line.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pandas as pd
from markupsafe import Markup

from merit_kit import charts, gaps
from merit_kit.charts import Branch, Figure
from merit_kit.i18n import Words
from merit_kit.reports._calibrated import Calibrated, Parted, SecondLook
from merit_kit.reports._page import Fragment

RELIABLE, TENTATIVE = 0.8, 0.667
"""From which alpha on conclusions may be drawn, and down to which tentative ones may (Krippendorff,
"Content Analysis", 2nd ed. 2004, p. 241)."""

_NO_PICTURE = Markup()


def calibration_figures(found: Calibrated, lang: str) -> list[Figure]:
    """Return what is known of evaluators: agreement, severity, drift; then of practice runs."""
    words = Words(lang)
    figures = [_agreed(found.agreement, words, "calibration.shared")]
    known = found.people[found.people["group"] > 0]
    few = found.people[found.people["group"] == 0]
    note = words("calibration.severity_note") + _left_out(few, found, words)
    if len(known):
        figures.append(_severity(known, found, words, note))
        if known["drift"].notna().any():
            figures.append(_drift(known[known["drift"].notna()], found, words))
    elif len(few):
        figures.append(_silent(words("calibration.severity"), _left_out(few, found, words)))
    figures.append(_agreed(found.practice_agreement, words, "calibration.practice"))
    practised = found.practice[found.practice["severity"].notna()]
    rest = found.practice[found.practice["severity"].isna()]
    if len(practised):
        note = words("calibration.model_note") + _left_out(rest, found, words)
        figures.append(_practice(practised, found, words, note))
    return figures


def second_figures(found: SecondLook, lang: str) -> list[Figure]:
    """Return what deserves a second look, each with its reason."""
    words = Words(lang)
    figures = [figure for parted in found.parted for figure in _between(parted, words)]
    figures.append(_contrary(found, words))
    figures.append(_lowering(found, words))
    return figures


def show_figures(figures: Sequence[Figure], simulated: bool, lang: str) -> Fragment:
    """Return figures one below the other, as a notebook shows them."""
    words = Words(lang)
    marks = (words("report.simulation"),) if simulated else ()
    html = charts.page(figures, lang, words("calibration.table"), marks)
    return Fragment(str(html), "; ".join(figure.title for figure in figures))


def _agreed(found: gaps.Agreement, words: Words, where: str) -> Figure:
    title = words("calibration.agreement", where=words(where))
    facts = {"items": found.items, "persons": found.persons, "least": gaps.LEAST_SHARED}
    if found.items < gaps.LEAST_SHARED:
        return _silent(title, words("calibration.too_few", **facts))
    if found.alpha is None or found.low is None or found.high is None:
        return _silent(title, words("calibration.all_same", **facts))
    weak, firm = found.alpha < TENTATIVE, found.alpha >= RELIABLE
    verdict = words(f"calibration.{'weak' if weak else 'firm' if firm else 'tentative'}")
    numbers = [words.number(value, 2) for value in (found.alpha, found.low, found.high)]
    note = words(
        "calibration.alpha",
        alpha=numbers[0],
        low=numbers[1],
        high=numbers[2],
        same=words.number(100 * (found.same or 0), 0),
        verdict=verdict,
        **facts,
    )
    return _silent(title, note)


def _severity(known: pd.DataFrame, found: Calibrated, words: Words, note: str) -> Figure:
    several = known["group"].nunique() > 1
    rows, branches = [], []
    for key, row in known.to_dict("index").items():
        name = _name(key, found.names, words)
        label = words("calibration.grouped", name=name, group=row["group"]) if several else name
        told = _interval(row, "low", "high", words)
        shown_ = not math.isnan(row["severity"])
        if shown_:
            branches.append(
                Branch(
                    label, row["low"], row["severity"], row["high"], _signed(row["severity"], words)
                )
            )
        middle = _signed(row["severity"], words) if shown_ else words("calibration.untold")
        rows.append((label, words.number(row["items"]), middle, told if shown_ else "–"))
    title = words("calibration.severity")
    svg = _forest(branches, title, words)
    head = _head(words, "evaluator", "items", "levels", "interval")
    return Figure(title, svg, head, tuple(rows), note)


def _drift(moving: pd.DataFrame, found: Calibrated, words: Words) -> Figure:
    rows, branches = [], []
    for key, row in moving.sort_values("drift", ascending=False).to_dict("index").items():
        name, middle = _name(key, found.names, words), _signed(row["drift"], words)
        branches.append(Branch(name, row["drift_low"], row["drift"], row["drift_high"], middle))
        rows.append((name, middle, _interval(row, "drift_low", "drift_high", words)))
    title = words("calibration.drift")
    svg = _forest(branches, title, words, "_now")
    head = _head(words, "evaluator", "levels_month", "interval")
    note = words("calibration.drift_note", days=gaps.LEAST_DAYS)
    return Figure(title, svg, head, tuple(rows), note)


def _practice(practised: pd.DataFrame, found: Calibrated, words: Words, note: str) -> Figure:
    rows, branches = [], []
    for key, row in practised.to_dict("index").items():
        name, middle = _name(key, found.names, words), _signed(row["severity"], words)
        branches.append(Branch(name, row["low"], row["severity"], row["high"], middle))
        same = words.number(100 * row["same"], 0)
        told = _interval(row, "low", "high", words)
        rows.append((name, words.number(row["items"]), f"{same}%", middle, told))
    title = words("calibration.model")
    svg = _forest(branches, title, words)
    head = _head(words, "evaluator", "items", "same", "levels", "interval")
    return Figure(title, svg, head, tuple(rows), note)


def _forest(branches: Sequence[Branch], title: str, words: Words, since: str = "") -> Markup:
    sides = words(f"calibration.milder{since}"), words(f"calibration.stricter{since}")
    return charts.forest(branches, title, sides, lambda value: words.number(value, sign=True))


def _between(parted: Parted, words: Words) -> list[Figure]:
    names = {each.code: words.text(each.name) for each in parted.edition.categories}
    figures = []
    few = []
    for (lower, higher), pair in parted.pairs.iterrows():
        title = words("second.between", lower=names[lower], higher=names[higher])
        if math.isnan(pair["gap"]):
            few.append(f"{names[lower]} – {names[higher]}")
            continue
        facts = {"n_lower": int(pair["n_lower"]), "n_higher": int(pair["n_higher"])}
        parts = parted.parts
        parts = parts[(parts["lower"] == lower) & (parts["higher"] == higher) & parts["most"]]
        note = words(
            "second.between_note",
            gap=words.number(pair["gap"], 1),
            count=len(parts),
            share=words.number(parts["share"].sum(), 0),
            **facts,
            lower=names[lower],
            higher=names[higher],
        )
        rows = [_part(row, parted, words) for row in parts.to_dict("records")]
        head = _head(words, "sub_aspect", "points", "share", "why")
        figures.append(Figure(title, _NO_PICTURE, head, tuple(rows), note))
    if few:
        note = words("second.few", pairs="; ".join(few), least=gaps.FEWEST)
        figures.append(_silent(words("second.between_all"), note))
    return figures


def _part(row: dict[str, Any], parted: Parted, words: Words) -> tuple[str, ...]:
    sub = parted.edition.by_code[row["sub_aspect"]]
    why = words(
        "second.between_why",
        lower=words.number(row["level_lower"], 1),
        higher=words.number(row["level_higher"], 1),
        weight=sub.weight,
    )
    name = f"{sub.code} {words.text(sub.name)}"
    return name, words.number(row["points"], 1), f"{words.number(row['share'], 1)}%", why


def _contrary(found: SecondLook, words: Words) -> Figure:
    title = words("second.contrary")
    if found.compared < gaps.FEWEST:
        few = words("second.contrary_few", count=found.compared, least=gaps.FEWEST)
        return _silent(title, few)
    if found.contradictions.empty:
        return _silent(title, words("second.contrary_none", count=found.compared))
    rows = []
    for row in found.contradictions.to_dict("records"):
        edition = found.editions[row["edition"]]
        [aspect] = [each for each in edition.aspects if each.number == row["aspect"]]
        why = words(
            "second.contrary_why",
            aspect=aspect.name,
            high=row["high"],
            high_name=edition.by_code[row["high"]].name,
            high_level=row["high_level"],
            high_expected=words.number(row["high_expected"], 1),
            low=row["low"],
            low_name=edition.by_code[row["low"]].name,
            low_level=row["low_level"],
            low_expected=words.number(row["low_expected"], 1),
        )
        rows.append((row["agency_name"], row["round"], why))
    note = words("second.contrary_note", surprise=gaps.SURPRISE)
    return Figure(title, _NO_PICTURE, _head(words, "agency", "round", "why"), tuple(rows), note)


def _lowering(found: SecondLook, words: Words) -> Figure:
    title = words("second.lowering")
    named = found.lowering[found.lowering["never"]]
    facts = {"least": gaps.LEAST_SHARED, "count": len(found.lowering)}
    if named.empty:
        return _silent(title, words("second.lowering_none", **facts))
    rows = [
        (
            _name(key, found.names, words),
            words(
                "second.lowering_why",
                levels=row["levels"],
                others=words.number(100 * row["others"], 0),
                chance=_chance(row["chance"], words),
            ),
        )
        for key, row in named.to_dict("index").items()
    ]
    note = words("second.lowering_note", **facts)
    return Figure(title, _NO_PICTURE, _head(words, "evaluator", "why"), tuple(rows), note)


def _chance(chance: float, words: Words) -> str:
    percent = 100 * chance
    return words("second.below", percent=0.1) if percent < 0.1 else f"{words.number(percent, 1)}%"


def _silent(title: str, note: str) -> Figure:
    """Return a figure that is only words."""
    return Figure(title, _NO_PICTURE, (), (), note)


def _head(words: Words, *keys: str) -> tuple[str, ...]:
    return tuple(words(f"calibration.head.{key}") for key in keys)


def _left_out(few: pd.DataFrame, found: Calibrated, words: Words) -> str:
    """Name those of whom nothing is said, because they scored too little with others."""
    if few.empty:
        return ""
    listed = [
        words("calibration.with", name=_name(key, found.names, words), items=int(items))
        for key, items in few["items"].items()
    ]
    said = words("calibration.left_out", people="; ".join(listed), least=gaps.LEAST_SHARED)
    return f" {said}"


def _name(key: Any, names: Any, words: Words) -> str:
    return names.get(str(key)) or words("calibration.erased")


def _signed(value: float, words: Words) -> str:
    return words.number(value, 2, sign=True)


def _interval(row: dict[str, Any], low: str, high: str, words: Words) -> str:
    ends = {"low": _signed(row[low], words), "high": _signed(row[high], words)}
    return words("calibration.to", **ends)
