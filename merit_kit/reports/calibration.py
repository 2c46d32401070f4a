"""Evaluators held against each other, in words and pictures.

The same figures are a notebook's pictures with their tables, and the tables of the command line.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pandas as pd
from markupsafe import Markup

from merit_kit import charts, gaps
from merit_kit.charts import NO_PICTURE, Branch, Figure
from merit_kit.i18n import Words
from merit_kit.reports._calibrated import Calibrated, Compared
from merit_kit.reports._page import Fragment

RELIABLE, TENTATIVE = 0.8, 0.667
"""From which alpha on conclusions may be drawn, and down to which tentative ones may (Krippendorff,
"Content Analysis", 2nd ed. 2004, p. 241)."""


def calibration_figures(found: Calibrated, lang: str) -> list[Figure]:
    """Return what is known of evaluators: agreement, severity, drift; then of practice runs.

    Whoever may not see single evaluators is told how far all agree, and who may see more.
    """
    words = Words(lang)
    figures = []
    for part in found.compared:
        figures.append(_agreed(part, found.compared, words, "calibration.shared"))
        figures += _people(part, found, words)
    if not found.named:
        figures.append(silent(words("calibration.severity"), words("calibration.withheld")))
    for part in found.practice:
        figures.append(_agreed(part, found.practice, words, "calibration.practice", "_practice"))
        figures += _practised(part, found, words)
    return figures


def show_figures(figures: Sequence[Figure], simulated: bool, lang: str) -> Fragment:
    """Return figures one below the other, as a notebook shows them."""
    words = Words(lang)
    marks = (words("report.simulation"),) if simulated else ()
    html = charts.page(figures, lang, words("calibration.table"), marks)
    return Fragment(str(html), "; ".join(figure.title for figure in figures))


def _agreed(
    part: Compared, parts: Sequence[Compared], words: Words, where: str, kind: str = ""
) -> Figure:
    found = part.agreement
    title = words("calibration.agreement", where=words(where))
    facts = {
        **{"items": found.items, "persons": found.persons, "assessments": found.assessments},
        **{"least": gaps.LEAST_SHARED, "least_assessments": gaps.LEAST_ASSESSMENTS},
    }
    if found.same is None:
        told = words(f"calibration.too_few{kind}", **facts)
    elif found.alpha is None:
        told = words("calibration.all_same", **facts)
    elif kind and found.assessments < gaps.LEAST_ASSESSMENTS:
        told = words(f"calibration.alpha{kind}", **_told(found, found.alpha, words), **facts)
    else:
        told = _alpha(found, found.alpha, words, facts)
    return silent(title, told + _which(part, parts, words))


def _told(found: gaps.Agreement, alpha: float, words: Words) -> dict[str, str]:
    same = words.number(100 * (found.same or 0), 0)
    return {"alpha": words.number(alpha, 2), "same": same}


def _alpha(found: gaps.Agreement, alpha: float, words: Words, facts: dict[str, int]) -> str:
    weak, firm = alpha < TENTATIVE, alpha >= RELIABLE
    verdict = words(f"calibration.{'weak' if weak else 'firm' if firm else 'tentative'}")
    if found.low is None or found.high is None:
        interval = words("calibration.no_interval")
    else:
        ends = {"low": words.number(found.low, 2), "high": words.number(found.high, 2)}
        interval = words("calibration.interval", **ends)
        if found.low < TENTATIVE <= alpha:
            verdict = f"{verdict} {words('calibration.unsure')}"
    told = _told(found, alpha, words)
    return words("calibration.alpha", interval=interval, verdict=verdict, **told, **facts)


def _which(part: Compared, parts: Sequence[Compared], words: Words) -> str:
    """Say which editions are counted together, and why others are not."""
    said = []
    named = ", ".join(edition.id for edition in part.editions)
    if len(part.editions) > 1:
        said.append(words("calibration.together", editions=named))
    if len(parts) > 1:
        said.append(words("calibration.apart", editions=named))
    return "".join(f" {each}" for each in said)


def _people(part: Compared, found: Calibrated, words: Words) -> list[Figure]:
    known, few = (part.people[part.people["group"].gt(0) == told] for told in (True, False))
    left_out = _left_out(few, found, words, "calibration.left_out")
    if known.empty:
        return [silent(words("calibration.severity"), left_out.strip())] if len(few) else []
    several = known["group"].nunique() > 1
    names = {}
    for key, group in known["group"].items():
        name = name_of(key, found.names, words)
        grouped = words("calibration.grouped", name=name, group=group)
        names[key] = grouped if several else name
    figures = [_severity(known, names, words, words("calibration.severity_note") + left_out)]
    moving = known[known["drift"].notna()]
    return [*figures, _drift(moving, names, words)] if len(moving) else figures


def _practised(part: Compared, found: Calibrated, words: Words) -> list[Figure]:
    told = part.people["severity"].notna()
    if not told.any():
        return []
    left_out = _left_out(part.people[~told], found, words, "calibration.left_out_model")
    return [_practice(part.people[told], found, words, left_out)]


def _severity(known: pd.DataFrame, names: dict[Any, str], words: Words, note: str) -> Figure:
    rows, branches = [], []
    for key, row in known.to_dict("index").items():
        branches += _branch(names[key], row, "severity", ("low", "high"), words)
        counts = (words.number(row["items"]), words.number(row["assessments"]))
        if math.isnan(row["severity"]):
            rows.append((names[key], *counts, words("calibration.untold"), "–"))
        else:
            told = _interval(row, "low", "high", words)
            rows.append((names[key], *counts, _signed(row["severity"], words), told))
    title = words("calibration.severity")
    svg = _forest(branches, title, words)
    head = head_of(words, "evaluator", "items", "assessments", "levels", "interval")
    return Figure(title, svg, head, tuple(rows), note)


def _drift(moving: pd.DataFrame, names: dict[Any, str], words: Words) -> Figure:
    rows, branches = [], []
    for key, row in moving.sort_values("drift", ascending=False).to_dict("index").items():
        branches += _branch(names[key], row, "drift", ("drift_low", "drift_high"), words)
        told = _interval(row, "drift_low", "drift_high", words)
        rows.append((names[key], _signed(row["drift"], words), told))
    title = words("calibration.drift")
    svg = _forest(branches, title, words, "_now")
    head = head_of(words, "evaluator", "levels_month", "interval")
    note = words("calibration.drift_note", days=gaps.LEAST_DAYS)
    return Figure(title, svg, head, tuple(rows), note)


def _practice(practised: pd.DataFrame, found: Calibrated, words: Words, left_out: str) -> Figure:
    rows, branches = [], []
    for key, row in practised.to_dict("index").items():
        name, middle = name_of(key, found.names, words), _signed(row["severity"], words)
        branches += _branch(name, row, "severity", ("low", "high"), words)
        few = row["assessments"] < gaps.LEAST_ASSESSMENTS
        told = "–" if few else _interval(row, "low", "high", words)
        same = words.number(100 * row["same"], 0)
        counts = (words.number(row["items"]), words.number(row["assessments"]))
        rows.append((name, *counts, f"{same}%", middle, told))
    title = words("calibration.model")
    note = words("calibration.model_note")
    if (practised["assessments"] < gaps.LEAST_ASSESSMENTS).any():
        note = f"{note} {words('calibration.model_few', least=gaps.LEAST_ASSESSMENTS)}"
    svg = _forest(branches, title, words)
    head = head_of(words, "evaluator", "items", "runs", "same", "levels", "interval")
    return Figure(title, svg, head, tuple(rows), note + left_out)


def _forest(branches: Sequence[Branch], title: str, words: Words, since: str = "") -> Markup:
    if not branches:
        return NO_PICTURE
    sides = words(f"calibration.milder{since}"), words(f"calibration.stricter{since}")
    return charts.forest(branches, title, sides, lambda value: words.number(value, sign=True))


def silent(title: str, note: str) -> Figure:
    """Return a figure that is only words."""
    return Figure(title, NO_PICTURE, (), (), note)


def head_of(words: Words, *keys: str) -> tuple[str, ...]:
    """Return the words of some columns."""
    return tuple(words(f"calibration.head.{key}") for key in keys)


def _left_out(few: pd.DataFrame, found: Calibrated, words: Words, key: str) -> str:
    """Name those of whom nothing is said, because they scored too little with others."""
    if few.empty:
        return ""
    listed = [
        words(
            "calibration.with",
            name=name_of(person, found.names, words),
            items=int(row["items"]),
            assessments=int(row["assessments"]),
        )
        for person, row in few.to_dict("index").items()
    ]
    least = {"least": gaps.LEAST_SHARED, "least_assessments": gaps.LEAST_ASSESSMENTS}
    return f" {words(key, people='; '.join(listed), **least)}"


def name_of(key: Any, names: Any, words: Words) -> str:
    """Return the name of a person, or that it was erased."""
    return names.get(str(key)) or words("calibration.erased")


def _signed(value: float, words: Words) -> str:
    return words.number(value, 2, sign=True)


def _branch(
    label: str, row: dict[str, Any], middle: str, ends: tuple[str, str], words: Words
) -> list[Branch]:
    """Return the line of a picture; none without an interval, which would pass for certain."""
    low, high = (row[end] for end in ends)
    told = _signed(row[middle], words)
    return [] if math.isnan(low) else [Branch(label, low, row[middle], high, told)]


def _interval(row: dict[str, Any], low: str, high: str, words: Words) -> str:
    if math.isnan(row[low]):
        return words("calibration.no_interval")
    ends = {"low": _signed(row[low], words), "high": _signed(row[high], words)}
    return words("calibration.to", **ends)
