"""How totals moved over the years, with what was published; a picture of the explorer."""

from __future__ import annotations

from typing import Any

import pandas as pd

from merit_kit import charts
from merit_kit.charts import Figure, Line
from merit_kit.gaps import FEWEST, one_a_year, quantiles
from merit_kit.i18n import Words
from merit_kit.panels._gaps_data import ALL, Analysis, Ground, Wish
from merit_kit.panels._gaps_words import differing, open_of, text_of


def trend(analysis: Analysis, ground: Ground, wish: Wish, words: Words) -> Figure:
    """Return the median of what is chosen, round by round, and one agency's own way.

    Published results are those of agencies that the filters keep; a category is that of the chosen
    round, in all years. The edition says nothing of what was published, and the one agency's way
    is whole: its note says so. Where totals are out of different maxima, everything is drawn as a
    percentage of its own maximum.
    """
    rounds, published = _chosen(ground, wish), _published(analysis, ground, wish)
    own = _own(analysis, wish)
    store, years = _by_round(rounds), _by_year(published)
    most = float(ground.edition.maximum)
    maxima = {
        *([most] if len(store) else []),
        *(float(each) for part in (published, own) for each in part["most"].unique()),
    }
    shares = len(maxima) > 1
    lines = _lines(store, years, own, words, most if shares else None)
    told = [
        *_told_store(store, most, words),
        *_told_published(years, published, words),
        *_told_own(own, words),
    ]
    times = {row.place: row.label for row in store.itertuples()}
    times |= {float(year): str(year) for year in years.index}
    times |= {row.place: row.label for row in own.itertuples()}
    scale = 100 / most if shares else 1.0
    bounds = [
        (float(band.low) * scale, words.text(band.name))
        for band in ground.edition.categories[1:]
        if ground.edition.bands_on == "score"
    ]
    band = [(r.place, r.q1 * scale, r.q3 * scale) for r in store.itertuples() if r.n >= FEWEST]
    title = words("gaps.trend.title_percent" if shares else "gaps.trend.title")
    svg = charts.trend(
        *(lines, title, sorted(times.items()), 100.0 if shares else most, bounds),
        *(band if len(band) > 1 else (), words("gaps.half")),
    )
    head = (words("gaps.time"), words("gaps.trend.of"), words("gaps.number_of"))
    more = (words("gaps.median"), words("gaps.trend.most"), words("gaps.unit_percent"))
    last = (words("gaps.half"), words("gaps.trend.determined"), words("term.source"))
    note = " ".join(
        [
            words("gaps.trend.note", least=FEWEST),
            *_unfiltered(analysis, wish, own, words),
            *differing(published, words),
        ]
    )
    if shares:
        found = ", ".join(words.number(each) for each in sorted(maxima))
        edition = words.text(ground.edition.title)
        note = f"{words('gaps.trend.maxima', found=found, edition=edition)} {note}"
    return Figure(title, svg, (*head, *more, *last), tuple(told), note, open_of(rounds, words))


def _unfiltered(analysis: Analysis, wish: Wish, own: pd.DataFrame, words: Words) -> list[str]:
    """Say what the filters do not do here, of those that are set."""
    set_ = {name for name, value in wish.filters.items() if value != ALL}
    editions = sum(len(ground.totals) > 0 for ground in analysis.grounds.values())
    told = []
    if "category" in set_:
        told.append(words("gaps.trend.of_category", round=wish.round))
    if set_ & {"province", "wilayah", "category"}:
        told.append(words("gaps.trend.of_known"))
    if editions > 1:
        told.append(words("gaps.trend.of_edition"))
    if len(own) and (set_ or editions > 1):
        told.append(words("gaps.trend.of_own", agency=own["agency_name"].iloc[-1]))
    return told


def _lines(
    store: pd.DataFrame, years: pd.DataFrame, own: pd.DataFrame, words: Words, most: float | None
) -> list[Line]:
    """Return the lines, in points; or as shares, the store's own of `most`."""
    share, of_own = ("median", "total") if most is None else ("share", "percent")
    scale = 1.0 if most is None else 100 / most
    lines = []
    if len(store):
        points = [(row.place, row.median * scale) for row in store.itertuples()]
        lines.append(Line(words("gaps.trend.store"), points))
        open_ = (store["settled"] < store["n"]).to_list()
        waiting = [point for point, waits in zip(points, open_, strict=True) if waits]
        if waiting:
            lines.append(Line(words("gaps.trend.waiting"), waiting, 1, joined=False))
    if len(years):
        points = [(float(year), float(value)) for year, value in years[share].items()]
        lines.append(Line(words("gaps.trend.published"), points, 3, soft=True))
    # What is made up goes on from nothing that was published.
    for made_up, some in own.groupby("simulation", sort=False):
        points = list(zip(some["place"], some[of_own].astype(float), strict=True))
        name = str(own["agency_name"].iloc[-1])
        called = words("gaps.trend.made_up", agency=name) if made_up else name
        lines.append(Line(called, points, 4 if made_up else 2, soft=bool(made_up)))
    return lines


def _told_store(store: pd.DataFrame, most: float, words: Words) -> list[tuple[str, ...]]:
    return [
        (
            *(row.label, words("gaps.trend.store"), str(row.n), text_of(row.median, words)),
            *(words.number(most), text_of(100 * row.median / most, words, 1)),
            *(_span(row, words), str(row.settled), ""),
        )
        for row in store.itertuples()
    ]


def _told_published(
    years: pd.DataFrame, published: pd.DataFrame, words: Words
) -> list[tuple[str, ...]]:
    named = published.explode("sources").groupby("year")["sources"]
    sources = named.agg(lambda each: "; ".join(sorted(set(each.dropna()))))
    return [
        (
            *(str(row.Index), words("gaps.trend.published"), str(row.n)),
            *(text_of(row.median, words), words.number(row.most), text_of(row.share, words, 1)),
            *(_span(row, words), "", sources[row.Index]),
        )
        for row in years.itertuples()
    ]


def _told_own(own: pd.DataFrame, words: Words) -> list[tuple[str, ...]]:
    states = {state: words(f"gaps.state.{state}") for state in own["state"].unique()}

    def named(row: Any) -> str:
        name = str(row.agency_name)
        return words("gaps.trend.made_up", agency=name) if row.simulation else name

    return [
        (
            *(row.label, named(row), "1", text_of(row.total, words)),
            *(words.number(row.most), text_of(row.percent, words, 1)),
            *("", states[row.state], row.source or ""),
        )
        for row in own.itertuples()
    ]


def place_of(year: Any, round_: Any) -> float:
    """Return where a time stands: a year, its second round half a year later."""
    second = isinstance(round_, str) and round_.endswith("-2")
    return float(year) + (0.5 if second else 0.0)


def _chosen(ground: Ground, wish: Wish) -> pd.DataFrame:
    kept = ground.totals[ground.totals["complete"]]
    for name in ("kind", "province", "wilayah"):
        if wish.filters[name] != ALL:
            kept = kept[kept[name] == wish.filters[name]]
    if wish.filters["category"] != ALL:
        kept = kept[kept["agency"].isin(set(ground.chosen(wish)["agency"]))]
    return kept


def _by_round(kept: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for (year, code), some in kept.astype({"round": str}).groupby(["year", "round"]):
        low, middle, high = quantiles(some["points"])
        settled = int(some["determined"].sum())
        figures = {"n": len(some), "q1": low, "median": middle, "q3": high, "settled": settled}
        rows.append({"place": place_of(year, code), "label": code, **figures})
    return pd.DataFrame(rows, columns=["place", "label", "n", "q1", "median", "q3", "settled"])


def _published(analysis: Analysis, ground: Ground, wish: Wish) -> pd.DataFrame:
    known = one_a_year(analysis.history[analysis.history["origin"] == "published"])
    if wish.filters["kind"] != ALL:
        known = known[known["kind"] == wish.filters["kind"]]
    for name in ("province", "wilayah"):
        if wish.filters[name] != ALL:
            totals = [ground.totals for ground in analysis.grounds.values()]
            codes = {code for t in totals for code in t[t[name] == wish.filters[name]]["agency"]}
            known = known[known["agency"].isin(codes)]
    if wish.filters["category"] != ALL:
        known = known[known["agency"].isin(set(ground.chosen(wish)["agency"]))]
    return known


def _by_year(known: pd.DataFrame) -> pd.DataFrame:
    grouped = known.assign(total=known["total"].astype(float)).groupby("year")["total"]
    quartiles = {f"q{n}": grouped.quantile(n / 4) for n in (1, 3)}
    # All of one scale; see `gaps.published_frame`.
    most = known.groupby("year")["most"].first().astype(float)
    middle = grouped.median()
    shares = {"most": most, "share": 100 * middle / most}
    return pd.DataFrame({"n": grouped.size(), "median": middle, **quartiles, **shares})


def _own(analysis: Analysis, wish: Wish) -> pd.DataFrame:
    own = analysis.history
    own = own[(own["agency"] == wish.one) & own["total"].notna() & own["year"].notna()]
    once = one_a_year(own[own["origin"] == "published"])
    source = once["source"].astype(object).reindex(own.index)
    source = source.where(source.notna(), own["source"])
    own = own.assign(source=source)[(own["origin"] == "store") | own.index.isin(once.index)]
    return own.assign(
        place=[place_of(row.year, row.round) for row in own.itertuples()],
        label=[
            row.round if isinstance(row.round, str) else str(row.year) for row in own.itertuples()
        ],
        source=own["source"].astype(object).where(own["source"].notna(), None),
    )


def _span(row: Any, words: Words) -> str:
    """Return the quartiles; of a group so small that somebody could be made out, nothing."""
    return "" if row.n < FEWEST else f"{text_of(row.q1, words)} – {text_of(row.q3, words)}"
