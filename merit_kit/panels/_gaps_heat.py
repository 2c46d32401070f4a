"""The heat map of the explorer: agencies by aspects, or by the sub-aspects of one."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from merit_kit import charts
from merit_kit.charts import Figure
from merit_kit.gaps import STATES_OF_ALL
from merit_kit.i18n import Words
from merit_kit.panels._gaps_data import Ground, Wish
from merit_kit.panels._gaps_words import open_of, text_of

PAGE = 50
"""How many agencies the heat map shows at once."""

TONES = 5
_OPEN = ("partial", "disputed", "verified")
_DISPUTED = ("", -2)


def heat_of(ground: Ground, chosen: pd.DataFrame, wish: Wish, words: Words) -> dict[str, Any]:
    """Return a page of the heat map: agencies by aspects, or by the sub-aspects of one."""
    columns, values, top = _values(ground, wish, words)
    ordered = _ordered(_sought(chosen, wish), values, wish)
    pages = max(math.ceil(len(ordered) / PAGE), 1)
    page = min(wish.page, pages - 1)
    part = ordered.iloc[page * PAGE : (page + 1) * PAGE]
    medians = values.loc[chosen.index].median() if len(chosen) else values.iloc[:0].median()
    return {
        "columns": columns,
        "rows": _rows(ground, part, wish, values, top, words),
        "medians": [_cell(value, top, 1, words) for value in medians],
        "count": len(ordered),
        "page": page,
        "pages": pages,
        "unit": words("gaps.unit_level" if wish.aspect else "gaps.unit_percent"),
        "top": int(top),
        "open": open_of(part, words),
    }


def heat_picture(ground: Ground, wish: Wish, words: Words) -> Figure:
    """Return a page of the heat map as a picture; its table has all that are chosen."""
    columns, values, top = _values(ground, wish, words)
    ordered = _ordered(_sought(ground.chosen(wish), wish), values, wish)
    page = min(wish.page, max(math.ceil(len(ordered) / PAGE), 1) - 1)
    part = ordered.iloc[page * PAGE : (page + 1) * PAGE]
    drawn = [
        (str(name), list(cells))
        for name, cells in zip(part["agency_name"], values.loc[part.index].to_numpy(), strict=True)
    ]
    named = next(
        (words.text(a.name) for a in ground.edition.aspects if a.number == wish.aspect), ""
    )
    title = words("gaps.heat.title_of", aspect=named) if named else words("gaps.heat.title")
    note = words("gaps.heat.note_of", top=top) if named else words("gaps.heat.note")
    if len(part) < len(ordered):
        first = page * PAGE + 1
        facts = {"first": first, "last": first + len(part) - 1, "of": len(ordered)}
        note = f"{note} {words('gaps.heat.part', **facts)}"
    legend = [f"{each['label']} {each['title']}" for each in columns]
    head = (words("gaps.agency"), *(each["title"] for each in columns), words("term.total"))
    told = tuple(
        (row["name"], *(cell[0] for cell in row["cells"]), row["total"], row["told"])
        for row in _rows(ground, ordered, wish, values, top, words)
    )
    return Figure(
        f"{title} · {wish.round}",
        charts.heat([each["label"] for each in columns], drawn, title, top, words.lang, legend),
        (*head, words("gaps.state_of")),
        told,
        note,
        open_of(ordered, words),
    )


def _rows(
    ground: Ground,
    part: pd.DataFrame,
    wish: Wish,
    values: pd.DataFrame,
    top: float,
    words: Words,
) -> list[dict[str, Any]]:
    bands = {band.code: at for at, band in enumerate(ground.edition.categories, 1)}
    names = {band.code: words.text(band.name) for band in ground.edition.categories}
    states = {state: words(f"gaps.state.{state}") for state in STATES_OF_ALL}
    kinds: dict[str, str] = {}
    against = _disputed(ground, wish)
    rows = []
    for row, cells in zip(part.itertuples(), values.loc[part.index].to_numpy(), strict=True):
        kind = kinds.setdefault(row.kind, words(f"agency.kinds.{row.kind}"))
        place = [kind, row.province, row.wilayah]
        category = names.get(row.category) if row.complete else None
        rows.append(
            {
                "id": row.Index,
                "agency": str(row.agency),
                "name": str(row.agency_name),
                "about": " · ".join(str(each) for each in place if isinstance(each, str)),
                "below": words("gaps.mismatches", count=row.mismatches) if row.mismatches else "",
                "total": text_of(row.points if row.assessed else None, words),
                # Of what nobody has assessed there is nothing that could be provisional.
                "state": states[row.state] if row.state in _OPEN else "",
                "told": states[row.state]
                if category is None
                else f"{category}, {states[row.state]}",
                "category": category and {"name": category, "tone": bands[row.category]},
                "cells": [
                    _DISPUTED if contrary and math.isnan(value) else _cell(value, top, 0, words)
                    for value, contrary in zip(cells, against.loc[row.Index], strict=True)
                ],
            }
        )
    return rows


def _sought(chosen: pd.DataFrame, wish: Wish) -> pd.DataFrame:
    if not wish.seek:
        return chosen
    said = chosen["agency_name"].astype(str).str.casefold()
    code, sought = chosen["agency"].astype(str), wish.seek.casefold()
    return chosen[said.str.contains(sought, regex=False) | code.str.contains(sought, regex=False)]


def _values(
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


def _disputed(ground: Ground, wish: Wish) -> pd.DataFrame:
    """Return for each cell whether statements in it contradict each other."""
    if wish.aspect:
        subs = [sub.code for sub in ground.edition.sub_aspects if sub.aspect == wish.aspect]
        return ground.disputed[subs]
    numbers = {sub.code: sub.aspect for sub in ground.edition.sub_aspects}
    by_aspect = ground.disputed.T.groupby(numbers).any().T
    return by_aspect[[aspect.number for aspect in ground.edition.aspects]]


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
    return (text_of(value, words, decimals), min(int(TONES * value / top), TONES - 1))
