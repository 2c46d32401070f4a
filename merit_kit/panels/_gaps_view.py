"""What the explorer of gaps shows of a choice, as plain data: figures, a heat map, pictures."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from merit_kit import charts
from merit_kit.charts import Figure, Rung, Strip
from merit_kit.gaps import FEWEST
from merit_kit.i18n import Words
from merit_kit.panels._gaps_data import Analysis, Ground, Wish, rounds_of
from merit_kit.panels._gaps_trend import trend

PAGE = 50
"""How many agencies the heat map shows at once."""

TONES = 5


def answer(analysis: Analysis, said: Mapping[str, Any], words: Words) -> dict[str, Any]:
    """Answer a choice.

    Returns
    -------
    dict
        ``wish`` as it was taken, ``options`` of the filters, ``figures`` of what is chosen, and of
        the view that was asked for ``heat`` or ``pictures``. Without any assessment ``why``.
    """
    wish = analysis.wish(said)
    if wish is None:
        return {"why": words("gaps.none")}
    ground = analysis.grounds[wish.edition]
    chosen = ground.chosen(wish)
    shown: dict[str, Any] = {
        "why": "",
        "wish": {
            **{name: getattr(wish, name) for name in ("edition", "round", "view", "aspect")},
            **{name: getattr(wish, name) for name in ("sort", "down", "seek", "page", "one")},
            **wish.filters,
        },
        "options": options_of(analysis, ground, wish, words),
        "figures": figures_of(ground, chosen, words),
        "pictures": [plain(each) for each in pictures(analysis, ground, chosen, wish, words)],
    }
    if wish.view == "heat":
        shown["heat"] = heat_of(ground, chosen, wish, words)
    return shown


def pictures(
    analysis: Analysis, ground: Ground, chosen: pd.DataFrame, wish: Wish, words: Words
) -> list[Figure]:
    """Return the pictures of a view; of the heat map, which is a table, none."""
    if wish.view == "spread":
        return [spread(ground, chosen, wish, words)]
    if wish.view == "both":
        return [both_aspects(ground, chosen, words), both_agencies(ground, chosen, wish, words)]
    if wish.view == "trend":
        return [trend(analysis, ground, wish, words)]
    if wish.view == "one" and own_row(ground, wish) is not None:
        return [peers(ground, wish, words)]
    return []


def plain(figure: Figure) -> dict[str, Any]:
    """Return a picture as it crosses to the browser."""
    return {
        "title": figure.title,
        "svg": str(figure.svg),
        "head": list(figure.head),
        "rows": [list(row) for row in figure.rows],
        "note": figure.note,
    }


def options_of(analysis: Analysis, ground: Ground, wish: Wish, words: Words) -> dict[str, Any]:
    """Return what each filter can be set to: lists of (value, text)."""
    totals = ground.totals
    bands = [(band.code, words.text(band.name)) for band in ground.edition.categories]
    here = totals[totals["round"] == wish.round].sort_values("agency_name")
    return {
        "edition": [
            (key, words.text(each.edition.title))
            for key, each in analysis.grounds.items()
            if len(each.totals)
        ],
        "round": [(code, code) for code in reversed(rounds_of(ground))],
        "kind": [(k, words(f"agency.kinds.{k}")) for k in _known(totals["kind"])],
        "province": [(name, name) for name in _known(totals["province"])],
        "wilayah": [(name, name) for name in _known(totals["wilayah"])],
        "category": bands,
        "one": list(zip(here["agency"].astype(str), here["agency_name"].astype(str), strict=True)),
    }


def figures_of(ground: Ground, chosen: pd.DataFrame, words: Words) -> dict[str, Any]:
    """Return what is said of all that are chosen: how many, their median, their categories."""
    known = chosen[chosen["complete"]]
    percent = ground.percent.loc[chosen.index].median()
    low = None if percent.dropna().empty else percent.idxmin()
    names = {aspect.number: words.text(aspect.name) for aspect in ground.edition.aspects}
    counts = known["category"].value_counts()
    return {
        "agencies": len(chosen),
        "complete": len(known),
        "median": _text(known["points"].median(), words) if len(known) else "",
        "most": words.number(ground.edition.maximum),
        "lowest": None
        if low is None
        else {"name": names[int(low)], "percent": _text(percent[low], words, 1)},
        "mismatches": int(chosen["mismatches"].sum()),
        "categories": [
            {
                "code": band.code,
                "name": words.text(band.name),
                "tone": at,
                "count": int(counts.get(band.code, 0)),
            }
            for at, band in enumerate(ground.edition.categories, 1)
        ],
    }


def heat_of(ground: Ground, chosen: pd.DataFrame, wish: Wish, words: Words) -> dict[str, Any]:
    """Return a page of the heat map: agencies by aspects, or by the sub-aspects of one."""
    columns, values, top = _heat_values(ground, wish, words)
    if wish.seek:
        said = chosen["agency_name"].astype(str).str.casefold()
        code = chosen["agency"].astype(str)
        sought = wish.seek.casefold()
        chosen = chosen[
            said.str.contains(sought, regex=False) | code.str.contains(sought, regex=False)
        ]
    ordered = _ordered(chosen, values, wish)
    pages = max(math.ceil(len(ordered) / PAGE), 1)
    page = min(wish.page, pages - 1)
    part = ordered.iloc[page * PAGE : (page + 1) * PAGE]
    decimals = 0
    medians = values.loc[chosen.index].median() if len(chosen) else values.iloc[:0].median()
    bands = {band.code: at for at, band in enumerate(ground.edition.categories, 1)}
    names = {band.code: words.text(band.name) for band in ground.edition.categories}
    grid = values.loc[part.index].to_numpy()
    rows = []
    for row, cells in zip(part.itertuples(), grid, strict=True):
        place = [words(f"agency.kinds.{row.kind}"), row.province, row.wilayah]
        rows.append(
            {
                "id": row.Index,
                "agency": str(row.agency),
                "name": str(row.agency_name),
                "about": " · ".join(str(each) for each in place if isinstance(each, str)),
                "total": _text(row.points if row.assessed else None, words),
                "provisional": not row.complete,
                "category": {"name": names[row.category], "tone": bands[row.category]}
                if row.complete and row.category in bands
                else None,
                "cells": [_cell(value, top, decimals, words) for value in cells],
            }
        )
    return {
        "columns": columns,
        "rows": rows,
        "medians": [_cell(value, top, 1, words) for value in medians],
        "count": len(ordered),
        "page": page,
        "pages": pages,
        "unit": words("gaps.unit_level" if wish.aspect else "gaps.unit_percent"),
    }


def heat_picture(ground: Ground, wish: Wish, words: Words) -> Figure:
    """Return the heat map's page as a picture."""
    heat = heat_of(ground, ground.chosen(wish), wish, words)
    columns, values, top = _heat_values(ground, wish, words)
    rows = [(row["name"], list(values.loc[row["id"]])) for row in heat["rows"]]
    named = next(
        (words.text(a.name) for a in ground.edition.aspects if a.number == wish.aspect), ""
    )
    title = words("gaps.heat.title_of", aspect=named) if named else words("gaps.heat.title")
    return Figure(
        f"{title} · {wish.round}",
        charts.heat([each["label"] for each in columns], rows, title, top),
        (words("gaps.agency"), *(each["title"] for each in columns), words("term.total")),
        tuple(
            (row["name"], *(cell[0] for cell in row["cells"]), row["total"]) for row in heat["rows"]
        ),
        words("gaps.heat.note") if not named else words("gaps.heat.note_of"),
    )


def spread(ground: Ground, chosen: pd.DataFrame, wish: Wish, words: Words) -> Figure:
    """Return how the chosen are spread, by aspect."""
    percent = ground.percent.loc[chosen.index]
    own = own_row(ground, wish)
    rows, told = [], []
    for aspect in ground.edition.aspects:
        values = percent[aspect.number].dropna().to_numpy()
        box = _quartiles(values)
        mark = None if own is None else float(ground.percent.loc[own, aspect.number])
        name = f"{aspect.number} {words.text(aspect.name)}"
        middle = "" if box is None else _text(box[1], words, 1)
        rows.append(Strip(name, values.tolist(), box, mark, middle))
        figures = [_text(each, words, 1) for each in (box or (None, None, None))]
        told.append((name, str(len(values)), *figures, _text(mark, words, 1)))
    marked = "" if own is None else str(ground.totals.loc[own, "agency_name"])
    title = words("gaps.spread.title", round=wish.round, count=len(chosen))
    svg = charts.strips(
        rows, title, (words("gaps.agencies"), words("gaps.half"), words("gaps.median"), marked)
    )
    head = (words("term.aspect"), words("gaps.number_of"), words("gaps.q1"), words("gaps.median"))
    more = (words("gaps.q3"), marked or words("gaps.chosen_agency"))
    return Figure(title, svg, (*head, *more), tuple(told), words("gaps.spread.note", least=FEWEST))


def both_aspects(ground: Ground, chosen: pd.DataFrame, words: Words) -> Figure:
    """Return where agencies rate themselves otherwise than they are verified, by aspect."""
    own, verified = (each.loc[chosen.index] for each in (ground.self_percent, ground.percent))
    known = own.notna() & verified.notna()
    rungs, told = [], []
    for aspect in ground.edition.aspects:
        there = known[aspect.number]
        pair = [each[aspect.number][there].mean() for each in (verified, own)]
        difference = pair[0] - pair[1]
        name = f"{aspect.number} {words.text(aspect.name)}"
        text = _text(difference, words, 1, sign=True)
        rungs.append(Rung(name, tuple(None if math.isnan(v) else v for v in pair), None, text))
        figures = [_text(each, words, 1) for each in pair]
        told.append((name, str(int(there.sum())), figures[1], figures[0], text))
    title = words("gaps.both.title")
    legend = charts.Ladder((words("level.verified"), words("level.self")))
    head = (words("term.aspect"), words("gaps.number_of"), words("level.self"))
    more = (words("level.verified"), words("gaps.difference"))
    svg = charts.ladder(rungs, title, legend)
    return Figure(title, svg, (*head, *more), tuple(told), words("gaps.both.note"))


def both_agencies(ground: Ground, chosen: pd.DataFrame, wish: Wish, words: Words) -> Figure:
    """Return the totals by agencies' own levels and by the verified ones."""
    known = chosen[chosen["complete"] & (chosen["self_assessed"] == chosen["of"])]
    known = known.assign(difference=known["points"] - known["self_points"])
    known = known.sort_values(["difference", "agency_name"])
    points = list(zip(known["self_points"], known["points"], strict=True))
    own = own_row(ground, wish)
    marked = None
    if own in known.index:
        marked = (float(known.loc[own, "self_points"]), float(known.loc[own, "points"]))
    title = words("gaps.pairs.title", count=len(known))
    axes = (words("gaps.pairs.own"), words("gaps.pairs.verified"))
    legend = (words("gaps.raised"), words("gaps.same"), words("gaps.lowered"))
    svg = charts.scatter(points, title, axes, legend, float(ground.edition.maximum), marked)
    told = tuple(
        (
            str(row.agency_name),
            _text(row.self_points, words),
            _text(row.points, words),
            _text(row.difference, words, sign=True),
            str(row.lowered),
            str(row.raised),
        )
        for row in known.itertuples()
    )
    head = (words("gaps.agency"), words("level.self"), words("level.verified"))
    more = (words("gaps.difference"), words("gaps.lowered_of"), words("gaps.raised_of"))
    return Figure(title, svg, (*head, *more), told, words("gaps.pairs.note"))


def peers(ground: Ground, wish: Wish, words: Words) -> Figure:
    """Return one agency beside those of its kind, and the best of them in each aspect."""
    own = own_row(ground, wish)
    totals = ground.totals
    about = totals.loc[own]
    same = totals[(totals["round"] == wish.round) & (totals["kind"] == about["kind"])]
    others = ground.percent.loc[same.index.drop(own)]
    rungs, told = [], []
    for aspect in ground.edition.aspects:
        values = others[aspect.number].dropna()
        box = _quartiles(values.to_numpy())
        mine = float(ground.percent.loc[own, aspect.number])
        best = float(values.max()) if len(values) else math.nan
        middle = box[1] if box else math.nan
        name = f"{aspect.number} {words.text(aspect.name)}"
        less = _text(mine - middle, words, 1, sign=True)
        band = (box[0], box[2]) if box else None
        rungs.append(Rung(name, (mine, middle, best), band, less))
        by = "" if math.isnan(best) else str(totals.loc[values.idxmax(), "agency_name"])
        figures = [_text(each, words, 1) for each in (mine, middle, best)]
        told.append((name, *figures[:2], less, figures[2], by))
    kind = words(f"agency.kinds.{about['kind']}")
    title = words("gaps.peers.title", agency=about["agency_name"], kind=kind, round=wish.round)
    names = (str(about["agency_name"]), words("gaps.median"), words("gaps.best"))
    svg = charts.ladder(rungs, title, charts.Ladder(names, words("gaps.half")))
    head = (words("term.aspect"), names[0], words("gaps.median"), words("gaps.difference"))
    note = words("gaps.peers.note", count=len(same) - 1, least=FEWEST)
    return Figure(title, svg, (*head, words("gaps.best"), words("gaps.best_is")), tuple(told), note)


def own_row(ground: Ground, wish: Wish) -> Any | None:
    """Return the id of the assessment of the agency that is looked at; None if there is none."""
    totals = ground.totals
    found = totals.index[(totals["agency"] == wish.one) & (totals["round"] == wish.round)]
    return found[0] if len(found) else None


def _heat_values(
    ground: Ground, wish: Wish, words: Words
) -> tuple[list[dict[str, Any]], pd.DataFrame, float]:
    edition = ground.edition
    if not wish.aspect:
        columns = [
            {
                "key": str(a.number),
                "label": str(a.number),
                "title": words.text(a.name),
                "aspect": a.number,
            }
            for a in edition.aspects
        ]
        return columns, ground.percent.set_axis([c["key"] for c in columns], axis=1), 100.0
    subs = [sub for sub in edition.sub_aspects if sub.aspect == wish.aspect]
    columns = [
        {"key": s.code, "label": s.code, "title": words.text(s.name), "aspect": s.aspect}
        for s in subs
    ]
    return columns, ground.level[[s.code for s in subs]], float(edition.scale[-1])


def _ordered(chosen: pd.DataFrame, values: pd.DataFrame, wish: Wish) -> pd.DataFrame:
    if wish.sort in values.columns:
        key = values.loc[chosen.index, wish.sort]
    elif wish.sort == "total":
        key = chosen["points"]
    else:
        key = chosen["agency_name"].astype(str).str.casefold()
    names = chosen["agency_name"].astype(str)
    keyed = pd.DataFrame({"key": key, "name": names}).sort_values(
        ["key", "name"], ascending=[not wish.down, True], na_position="last"
    )
    return chosen.loc[keyed.index]


def _cell(value: float, top: float, decimals: int, words: Words) -> tuple[str, int]:
    """Return what a cell says, and how dark it is: -1 where nothing is known."""
    if math.isnan(value):
        return ("", -1)
    return (_text(value, words, decimals), min(int(TONES * value / top), TONES - 1))


def _quartiles(values: Any) -> tuple[float, float, float] | None:
    """Return them; None of a group so small that somebody could be made out by them."""
    if len(values) < FEWEST:
        return None
    low, middle, high = np.quantile(values, [0.25, 0.5, 0.75])
    return float(low), float(middle), float(high)


def _known(column: pd.Series[Any]) -> list[str]:
    return sorted({str(value) for value in column.dropna().unique()})


def _text(
    value: float | None, words: Words, decimals: int | None = None, sign: bool = False
) -> str:
    if value is None or math.isnan(value):
        return ""
    return words.number(round(float(value), 6), decimals, sign)
