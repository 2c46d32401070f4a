"""What the explorer of gaps shows of a choice, as plain data: figures, a heat map, pictures."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from merit_kit import charts
from merit_kit.charts import Figure, Rung, Strip
from merit_kit.gaps import FEWEST
from merit_kit.i18n import Words
from merit_kit.panels._gaps_both import both_agencies, both_aspects
from merit_kit.panels._gaps_data import Analysis, Ground, Wish
from merit_kit.panels._gaps_heat import heat_of
from merit_kit.panels._gaps_trend import trend
from merit_kit.panels._gaps_words import open_of, own_row, quartiles_of, text_of

DRAWN = ("spread", "both", "trend")
"""The views that are pictures of what is chosen."""


def answer(
    analysis: Analysis, said: Mapping[str, Any], words: Words, has: str = ""
) -> dict[str, Any]:
    """Answer a choice.

    Parameters
    ----------
    has : str
        The ``options_key`` of the options that the browser has already: hundreds of agencies do
        not cross again with each choice.

    Returns
    -------
    dict
        ``wish`` as it was taken, ``options`` of the filters (unless the browser has them) with
        their ``options_key``, ``figures`` of what is chosen, and of
        the view that was asked for ``heat`` or ``pictures``, or ``nothing``: why there is no
        picture. Without any assessment ``why``.
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
        "options_key": f"{analysis.token}/{wish.edition}/{wish.round}",
        "figures": figures_of(ground, chosen, words),
        "pictures": [plain(each) for each in pictures(analysis, ground, chosen, wish, words)],
        "nothing": "",
    }
    if wish.view in DRAWN and not shown["pictures"]:
        shown["nothing"] = words(f"gaps.unknown.{wish.view}" if len(chosen) else "gaps.no_match")
    if shown["options_key"] != has:
        shown["options"] = options_of(analysis, ground, wish, words)
    if wish.view == "heat":
        shown["heat"] = heat_of(ground, chosen, wish, words)
    return shown


def pictures(
    analysis: Analysis, ground: Ground, chosen: pd.DataFrame, wish: Wish, words: Words
) -> list[Figure]:
    """Return the pictures of a view; none of the heat map, which is a table, nor empty ones."""
    if wish.view == "spread" and _any(ground.percent.loc[chosen.index]):
        return [spread(ground, chosen, wish, words)]
    if wish.view == "both":
        own, verified = ground.self_percent, ground.verified_percent
        if not _any((own + verified).loc[chosen.index]):
            return []
        pairs = both_agencies(ground, chosen, wish, words)
        return [both_aspects(ground, chosen, words), *([pairs] if pairs.rows else [])]
    if wish.view == "trend":
        drawn = trend(analysis, ground, wish, words)
        return [drawn] if drawn.rows else []
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
        "state": figure.state,
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
        "round": [(code, code) for code in reversed(ground.rounds)],
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
        "determined": int(chosen["determined"].sum()),
        "median": text_of(known["points"].median(), words) if len(known) else "",
        "most": words.number(ground.edition.maximum),
        "lowest": None
        if low is None
        else {"name": names[int(low)], "percent": text_of(percent[low], words, 1)},
        "mismatches": int(chosen["mismatches"].sum()),
        "mismatched": int((chosen["mismatches"] > 0).sum()),
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


def spread(ground: Ground, chosen: pd.DataFrame, wish: Wish, words: Words) -> Figure:
    """Return how the chosen are spread, by aspect."""
    percent = ground.percent.loc[chosen.index]
    own = own_row(ground, wish)
    rows, told = [], []
    for aspect in ground.edition.aspects:
        values = percent[aspect.number].dropna().to_numpy()
        box = quartiles_of(values)
        mark = None if own is None else float(ground.percent.loc[own, aspect.number])
        name = f"{aspect.number} {words.text(aspect.name)}"
        middle = "" if box is None else text_of(box[1], words, 1)
        rows.append(Strip(name, values.tolist(), box, mark, middle))
        figures = [text_of(each, words, 1) for each in (box or (None, None, None))]
        told.append((name, str(len(values)), *figures, text_of(mark, words, 1)))
    marked = "" if own is None else str(ground.totals.loc[own, "agency_name"])
    title = words("gaps.spread.title", round=wish.round, count=len(chosen))
    svg = charts.strips(
        rows, title, (words("gaps.agencies"), words("gaps.half"), words("gaps.median"), marked)
    )
    head = (words("term.aspect"), words("gaps.number_of"), words("gaps.q1"), words("gaps.median"))
    more = (words("gaps.q3"), marked or words("gaps.chosen_agency"))
    return Figure(
        title,
        svg,
        (*head, *more),
        tuple(told),
        words("gaps.spread.note", least=FEWEST),
        open_of(chosen, words),
    )


def peers(ground: Ground, wish: Wish, words: Words) -> Figure:
    """Return one agency beside those of its kind, and the best of them in each aspect.

    They are those that province and Wilayah keep: which category they are in is what is compared.
    """
    own = own_row(ground, wish)
    totals = ground.totals
    about = totals.loc[own]
    alike = replace(wish, filters={**wish.filters, "kind": str(about["kind"])})
    same = ground.chosen(alike, but="category").drop(own, errors="ignore")
    others = ground.percent.loc[same.index]
    rungs, told = [], []
    for aspect in ground.edition.aspects:
        values = others[aspect.number].dropna()
        box = quartiles_of(values.to_numpy())
        mine = float(ground.percent.loc[own, aspect.number])
        best = float(values.max()) if len(values) else math.nan
        middle = box[1] if box else math.nan
        name = f"{aspect.number} {words.text(aspect.name)}"
        less = text_of(mine - middle, words, 1, sign=True)
        band = (box[0], box[2]) if box else None
        rungs.append(Rung(name, (mine, middle, best), band, less))
        by = "" if math.isnan(best) else str(totals.loc[values.idxmax(), "agency_name"])
        figures = [text_of(each, words, 1) for each in (mine, middle, best)]
        told.append((name, *figures[:2], less, figures[2], by))
    kind = words(f"agency.kinds.{about['kind']}")
    title = words("gaps.peers.title", agency=about["agency_name"], kind=kind, round=wish.round)
    names = (str(about["agency_name"]), words("gaps.median"), words("gaps.best"))
    svg = charts.ladder(rungs, title, charts.Ladder(names, words("gaps.half")))
    head = (words("term.aspect"), names[0], words("gaps.median"), words("gaps.difference"))
    most = int(others.notna().sum().max())
    few = "gaps.peers.note_few" if most else "gaps.peers.note_none"
    key = "gaps.peers.note" if most >= FEWEST else few
    note = words(key, count=len(same), known=most, least=FEWEST)
    return Figure(
        title,
        svg,
        (*head, words("gaps.best"), words("gaps.best_is")),
        tuple(told),
        note,
        open_of(totals.loc[[own, *same.index]], words),
    )


def _any(figures: pd.DataFrame) -> bool:
    return bool(figures.notna().to_numpy().any())


def _known(column: pd.Series[Any]) -> list[str]:
    return sorted({str(value) for value in column.dropna().unique()})
