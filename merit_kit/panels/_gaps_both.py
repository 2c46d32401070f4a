"""Agencies' own levels against verified ones in the explorer; what was determined stands apart."""

from __future__ import annotations

import math

import pandas as pd

from merit_kit import charts
from merit_kit.charts import Figure, Rung
from merit_kit.i18n import Words
from merit_kit.panels._gaps_data import Ground, Wish
from merit_kit.panels._gaps_words import open_of, own_row, text_of


def both_aspects(ground: Ground, chosen: pd.DataFrame, words: Words) -> Figure:
    """Return where agencies rate themselves otherwise than they are verified, by aspect.

    Verified are the levels in force of the verification; of those whose result is determined it is
    a third mark, never taken for the verified one.
    """
    own, verified = (
        each.loc[chosen.index] for each in (ground.self_percent, ground.verified_percent)
    )
    final = ground.percent.loc[chosen.index[chosen["determined"].astype(bool)]]
    known = own.notna() & verified.notna()
    rungs, told = [], []
    for aspect in ground.edition.aspects:
        there = known[aspect.number]
        pair = [each[aspect.number][there].mean() for each in (verified, own)]
        settled = final[aspect.number][there.reindex(final.index)]
        marks = (*pair, settled.mean() if len(settled) else math.nan)
        name = f"{aspect.number} {words.text(aspect.name)}"
        text = text_of(pair[0] - pair[1], words, 1, sign=True)
        rungs.append(Rung(name, tuple(None if math.isnan(v) else v for v in marks), None, text))
        figures = [text_of(each, words, 1) for each in (marks[1], marks[0])]
        determined = (str(len(settled)), text_of(marks[2], words, 1))
        told.append((name, str(int(there.sum())), *figures, text, *determined))
    title = words("gaps.both.title")
    names = (words("level.verified"), words("level.self"), words("level.final"))
    head = (words("term.aspect"), words("gaps.number_of"), names[1], names[0])
    more = (words("gaps.difference"), words("gaps.both.settled"), names[2])
    svg = charts.ladder(rungs, title, charts.Ladder(names))
    note = f"{words('gaps.both.note')} {_passes(ground, chosen, words)}"
    return Figure(title, svg, (*head, *more), tuple(told), note, open_of(chosen, words))


def both_agencies(ground: Ground, chosen: pd.DataFrame, wish: Wish, words: Words) -> Figure:
    """Return the totals by agencies' own levels and by the verified ones in force."""
    sums = ground.sums.loc[chosen.index]
    known = chosen[sums["self"].notna() & sums["verified"].notna()]
    sums = sums.loc[known.index].assign(difference=sums["verified"] - sums["self"])
    known = known.join(sums.add_prefix("by_")).sort_values(["by_difference", "agency_name"])
    points = list(zip(known["by_self"], known["by_verified"], strict=True))
    own = own_row(ground, wish)
    marked = None
    if own in known.index:
        marked = (float(known.loc[own, "by_self"]), float(known.loc[own, "by_verified"]))
    title = words("gaps.pairs.title", count=len(known))
    axes = (words("gaps.pairs.own"), words("gaps.pairs.verified"))
    legend = (words("gaps.raised"), words("gaps.same"), words("gaps.lowered"))
    svg = charts.scatter(points, title, axes, legend, float(ground.edition.maximum), marked)
    told = tuple(
        (
            str(row.agency_name),
            *(text_of(each, words) for each in (row.by_self, row.by_awal, row.by_verified)),
            text_of(row.by_difference, words, sign=True),
            *(str(row.lowered), str(row.raised), text_of(row.by_final, words)),
        )
        for row in known.itertuples()
    )
    head = (words("gaps.agency"), words("level.self"), words("level.awal"))
    more = (words("gaps.pairs.in_force"), words("gaps.difference"), words("gaps.lowered_of"))
    last = (words("gaps.raised_of"), words("level.final"))
    note = f"{words('gaps.pairs.note')} {_passes(ground, known, words)}"
    state = open_of(known, words)
    return Figure(title, svg, (*head, *more, *last), told, note, state)


def _passes(ground: Ground, shown: pd.DataFrame, words: Words) -> str:
    """Say which verified levels are shown: of the first pass, or the later one where it spoke."""
    later = int((ground.sums.loc[shown.index, "akhir"] > 0).sum())
    verified = int((shown["verified_assessed"] > 0).sum())
    return words("gaps.both.passes", later=later, first=verified - later)
