"""How totals moved over the years, with what was published; a picture of the explorer."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd

from merit_kit import charts
from merit_kit.charts import Figure, Line
from merit_kit.gaps import FEWEST
from merit_kit.i18n import Words
from merit_kit.panels._gaps_data import ALL, Analysis, Ground, Wish


def trend(analysis: Analysis, ground: Ground, wish: Wish, words: Words) -> Figure:
    """Return the median of what is chosen, round by round, and one agency's own way.

    Published results are those of agencies that the filters keep; which category somebody is in
    now, and the edition, say nothing of what was published.
    """
    rounds, published = _chosen(ground, wish), _published(analysis, wish)
    store = _by_round(rounds)
    lines, told = [], []
    if len(store):
        points = [(row.place, row.median) for row in store.itertuples()]
        lines.append(Line(words("gaps.trend.store"), points))
    told += [
        (row.label, words("gaps.trend.store"), str(row.n), _text(row.median, words), row.spread, "")
        for row in store.assign(spread=[_span(r, words) for r in store.itertuples()]).itertuples()
    ]
    years = _by_year(published)
    if len(years):
        points = [(float(row.Index), row.median) for row in years.itertuples()]
        lines.append(Line(words("gaps.trend.published"), points, 3, soft=True))
    sources = published.groupby("year")["source"].agg(lambda each: "; ".join(sorted(set(each))))
    told += [
        (
            *(str(row.Index), words("gaps.trend.published"), str(row.n)),
            *(_text(row.median, words), _span(row, words), sources[row.Index]),
        )
        for row in years.itertuples()
    ]
    own = _own(analysis, wish)
    if len(own):
        name = str(own["agency_name"].iloc[-1])
        points = [(row.place, float(row.total)) for row in own.itertuples()]
        lines.append(Line(name, points, 1))
        told += [
            (row.label, name, "1", _text(row.total, words), "", row.source or "")
            for row in own.itertuples()
        ]
    times = {row.place: row.label for row in store.itertuples()}
    times |= {float(year): str(year) for year in years.index}
    times |= {row.place: row.label for row in own.itertuples()}
    bounds = [
        (float(band.low), words.text(band.name))
        for band in ground.edition.categories[1:]
        if ground.edition.bands_on == "score"
    ]
    band = [(r.place, r.q1, r.q3) for r in store.itertuples() if r.n >= FEWEST]
    title = words("gaps.trend.title")
    svg = charts.trend(
        *(lines, title, sorted(times.items()), float(ground.edition.maximum), bounds),
        *(band if len(band) > 1 else (), words("gaps.half")),
    )
    head = (words("gaps.time"), words("gaps.trend.of"), words("gaps.number_of"))
    more = (words("gaps.median"), words("gaps.half"), words("term.source"))
    note = words("gaps.trend.note", least=FEWEST)
    return Figure(title, svg, (*head, *more), tuple(told), note)


def place_of(year: Any, round_: Any) -> float:
    """Return where a time stands: a year, its second round half a year later."""
    second = isinstance(round_, str) and round_.endswith("-2")
    return float(year) + (0.5 if second else 0.0)


def _chosen(ground: Ground, wish: Wish) -> pd.DataFrame:
    kept = ground.totals[ground.totals["complete"]]
    for name in ("kind", "province", "wilayah"):
        if wish.filters[name] != ALL:
            kept = kept[kept[name] == wish.filters[name]]
    return kept


def _by_round(kept: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for (year, code), some in kept.astype({"round": str}).groupby(["year", "round"]):
        low, middle, high = np.quantile(some["points"], [0.25, 0.5, 0.75])
        figures = {"n": len(some), "q1": low, "median": middle, "q3": high}
        rows.append({"place": place_of(year, code), "label": code, **figures})
    return pd.DataFrame(rows, columns=["place", "label", "n", "q1", "median", "q3"])


def _published(analysis: Analysis, wish: Wish) -> pd.DataFrame:
    known = analysis.history
    known = known[(known["origin"] == "published") & known["total"].notna() & known["year"].notna()]
    if wish.filters["kind"] != ALL:
        known = known[known["kind"] == wish.filters["kind"]]
    for name in ("province", "wilayah"):
        if wish.filters[name] != ALL:
            totals = [ground.totals for ground in analysis.grounds.values()]
            codes = {code for t in totals for code in t[t[name] == wish.filters[name]]["agency"]}
            known = known[known["agency"].isin(codes)]
    return known


def _by_year(known: pd.DataFrame) -> pd.DataFrame:
    grouped = known.assign(total=known["total"].astype(float)).groupby("year")["total"]
    quartiles = {f"q{n}": grouped.quantile(n / 4) for n in (1, 3)}
    return pd.DataFrame({"n": grouped.size(), "median": grouped.median(), **quartiles})


def _own(analysis: Analysis, wish: Wish) -> pd.DataFrame:
    own = analysis.history
    own = own[(own["agency"] == wish.one) & own["total"].notna() & own["year"].notna()]
    return own.assign(
        place=[place_of(row.year, row.round) for row in own.itertuples()],
        label=[
            row.round if isinstance(row.round, str) else str(row.year) for row in own.itertuples()
        ],
        source=own["source"].astype(object).where(own["source"].notna(), None),
    )


def _span(row: Any, words: Words) -> str:
    """Return the quartiles; of a group so small that somebody could be made out, nothing."""
    return "" if row.n < FEWEST else f"{_text(row.q1, words)} – {_text(row.q3, words)}"


def _text(value: float, words: Words) -> str:
    return "" if math.isnan(value) else words.number(round(float(value), 2))
