"""What was published about agencies, as pictures with tables and their sources; no store needed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from merit_kit import charts, gaps, workbook
from merit_kit.charts import Figure, Ladder, Line, Rung, Strip
from merit_kit.files import kit_folder
from merit_kit.gaps import FEWEST
from merit_kit.i18n import Words, own_language
from merit_kit.instrument import Instrument, load
from merit_kit.panels._gaps_words import differing

_SHARE = re.compile(r"(\d+(?:\.\d+)?)(?:/(\d+(?:\.\d+)?)|%)")
_FIGURE = re.compile(r"\d+(?:\.\d+)?")


class Shown:
    """Pictures that a notebook shows, and keeps when it is exported."""

    def __init__(self, figures: Sequence[Figure], words: Words) -> None:
        self.figures, self._words = tuple(figures), words

    def _repr_html_(self) -> str:
        return str(charts.page(self.figures, self._words.lang, self._words("gaps.table")))


class Published:
    """Published results of assessments, each with where it was published.

    They are what the press and agencies told, not all results there are: every figure says of how
    many it is.

    Attributes
    ----------
    frame : DataFrame
        See :func:`merit_kit.gaps.published_frame`.
    """

    def __init__(self, path: Path, lang: str) -> None:
        self._words = Words(lang)
        self._edition = load()
        self._rows = workbook.read_published(path)
        self.frame = gaps.published_frame(pd.DataFrame(self._rows))

    def trend(self) -> Shown:
        """Show each published total by year, and the median of the years."""
        w, known = self._words, self._known()
        points = [(float(row.year), float(row.total)) for row in known.itertuples()]
        by_year = known.groupby("year")["total"]
        medians = [
            (float(str(year)), float(some.median()))
            for year, some in by_year
            if len(some) >= FEWEST
        ]
        years = sorted({int(year) for year in known["year"]})
        lines = [
            Line(w("gaps.published.each"), points, 3, joined=False),
            Line(w("gaps.median"), medians),
        ]
        title = w("gaps.published.trend", count=len(known))
        svg = charts.trend(
            *(lines, title, [(float(year), str(year)) for year in years]),
            *(float(self._edition.maximum), _bounds(self._edition, w)),
        )
        rows = tuple(
            (
                *(str(year), str(len(some)), w.number(some.min())),
                w.number(some.median()) if len(some) >= FEWEST else "",
                w.number(some.max()),
            )
            for year, some in by_year
        )
        head = (w("term.year"), w("gaps.number_of"), w("gaps.lowest"), w("gaps.median"))
        note = self._noted("gaps.published.note", known)
        return Shown([Figure(title, svg, (*head, w("gaps.best")), rows, note)], w)

    def kinds(self) -> Shown:
        """Show the last published total of each agency, by kind, as a share of the most."""
        w = self._words
        known = self._known()
        last = known.drop_duplicates("agency_name", keep="last")
        most = float(self._edition.maximum)
        strips, rows = [], []
        for kind, some in last.groupby("kind"):
            values = 100 * some["total"].astype(float) / most
            low, middle, high = gaps.quantiles(values)
            enough = len(some) >= FEWEST
            name = f"{w(f'agency.kinds.{kind}')} ({len(some)})"
            told = w.number(some["total"].median()) if enough else ""
            strips.append(
                Strip(name, list(values), (low, middle, high) if enough else None, None, told)
            )
            rows.append(
                (
                    *(w(f"agency.kinds.{kind}"), str(len(some)), w.number(some["total"].min())),
                    *(told, w.number(some["total"].max())),
                )
            )
        title = w("gaps.published.kinds", most=most)
        legend = (w("gaps.agencies"), w("gaps.half"), w("gaps.median"), "")
        head = (w("gaps.filter.kind"), w("gaps.number_of"), w("gaps.lowest"), w("gaps.median"))
        note = self._noted("gaps.published.kinds_note", last)
        svg = charts.strips(strips, title, legend)
        return Shown([Figure(title, svg, (*head, w("gaps.best")), tuple(rows), note)], w)

    def moved(self) -> Shown:
        """Show the agencies with totals of several years: the first and the last of them."""
        w, known = self._words, self._known()
        most = float(self._edition.maximum)
        rungs, rows = [], []
        for name, some in known.groupby("agency_name"):
            first, last = some.iloc[0], some.iloc[-1]
            if first["year"] == last["year"]:
                continue
            gain = float(last["total"] - first["total"])
            change = w.number(gain, sign=True)
            marks = (100 * float(last["total"]) / most, 100 * float(first["total"]) / most)
            rungs.append((gain, Rung(str(name), marks, None, change)))
            told = [f"{w.number(each['total'])} ({each['year']})" for each in (first, last)]
            sources = "; ".join(dict.fromkeys(str(each["source"]) for each in (first, last)))
            rows.append((gain, (str(name), *told, change, sources)))
        ordered = [each for _, each in sorted(rungs, key=lambda pair: -pair[0])]
        title = w("gaps.published.moved", most=most, count=len(ordered))
        legend = Ladder((w("gaps.published.last"), w("gaps.published.first")))
        head = (w("gaps.agency"), legend.names[1], legend.names[0], w("gaps.difference"))
        table = tuple(each for _, each in sorted(rows, key=lambda pair: -pair[0]))
        svg = charts.ladder(ordered, title, legend)
        note = " ".join(differing(known, w))
        return Shown([Figure(title, svg, (*head, w("term.source")), table, note)], w)

    def aspects(self) -> Shown:
        """Show those results of which the aspects were published, too."""
        w = self._words
        figures = []
        for row in self._rows:
            parts = [part.partition("=")[2] for part in (row["aspect_values"] or "").split(";")]
            known = [(said, share) for said in parts if (share := _share(said)) is not None]
            if len(known) != len(self._edition.aspects):
                continue
            names = [f"{a.number} {w.text(a.name)}" for a in self._edition.aspects]
            told = [w.number(share, 1) for _, share in known]
            pairs = list(zip(names, known, told, strict=True))
            rungs = [Rung(name, (share,), None, text) for name, (_, share), text in pairs]
            title = w("gaps.published.aspects", agency=row["agency"], year=str(row["year"]))
            svg = charts.ladder(rungs, title, Ladder((str(row["agency"]),)))
            head = (w("term.aspect"), w("gaps.published.as_published"), w("gaps.unit_percent"))
            rows = tuple((name, said, text) for name, (said, _), text in pairs)
            note = w("gaps.published.source", source=row["source"])
            figures.append(Figure(title, svg, head, rows, note))
        return Shown(figures, w)

    def sources(self) -> Shown:
        """Show every result as it was published, with its source."""
        w = self._words
        rows = tuple(
            (
                *(str(row["agency"]), str(row["year"]), _written(row["score"], w)),
                *(_written(row["index"], w), str(row["category"] or ""), str(row["source"])),
            )
            for row in sorted(self._rows, key=lambda row: (str(row["agency"]), str(row["year"])))
        )
        head = (w("gaps.agency"), w("term.year"), w("term.points"), w("gaps.published.index"))
        more = (w("term.category"), w("term.source"))
        title = w("gaps.published.sources", count=len(rows))
        return Shown([Figure(title, charts.NO_PICTURE, (*head, *more), rows)], w)

    def _known(self) -> pd.DataFrame:
        known = gaps.one_a_year(self.frame)
        return known.sort_values(["year", "agency_name"], kind="stable")

    def _noted(self, key: str, known: pd.DataFrame) -> str:
        return " ".join([self._words(key, least=FEWEST), *differing(known, self._words)])


def published(path: str | Path | None = None, lang: str | None = None) -> Published:
    """Open the published results; each method of what is returned shows one side of them.

    Parameters
    ----------
    path : str or Path, optional
        A table of published results; by default the kit's own, ``data/published/results.csv``.
    lang : {"id", "en"}, optional
        By default that of the interface; see :func:`merit_kit.i18n.own_language`.

    Raises
    ------
    TableError
        If the table cannot be read, with every fault by line and column.
    """
    own = kit_folder("data") / "published" / "results.csv"
    return Published(Path(path) if path else own, lang or own_language())


def _written(figure: Any, words: Words) -> str:
    """Write a figure as it was published, with all its decimals, in the language's own way."""
    text = str(figure or "")
    if not _FIGURE.fullmatch(text):
        return text
    return words.number(float(text), len(text.partition(".")[2]))


def _share(said: str) -> float | None:
    """Return the percentage of what was published of an aspect: "37.5/40" or "88%"."""
    found = _SHARE.fullmatch(said.strip())
    if not found:
        return None
    return 100 * float(found[1]) / float(found[2]) if found[2] else float(found[1])


def _bounds(edition: Instrument, words: Words) -> list[tuple[float, Any]]:
    return [(float(band.low), words.text(band.name)) for band in edition.categories[1:]]
