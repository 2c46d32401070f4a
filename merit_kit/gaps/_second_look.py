"""What deserves a second look, each with its reason: no verdict, a place to begin asking."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from merit_kit import scoring
from merit_kit.gaps._calibration import LEAST_SHARED
from merit_kit.gaps._groups import FEWEST
from merit_kit.instrument import Instrument

MOST_OF_IT = 50.0
"""Percent of the gap between two categories that those named first explain together."""

SURPRISE = 1.5
"""Levels above or below what the rest of the sheet lets expect, from which on it surprises."""

RARELY = 0.01
"""So rarely chance alone may do what an evaluator does, for the evaluator to be named."""


def between_categories(
    levels: pd.DataFrame, categories: pd.Series[Any], instrument: Instrument
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Say which sub-aspects make up the gap between each category and the next.

    A total is a sum, so the gap between the mean totals of two groups is the sum of the gaps of the
    mean points in each sub-aspect: the shares add up to 100 percent exactly.

    Parameters
    ----------
    levels : DataFrame, shape (n_assessments, n_sub_aspects)
        Whole sheets, of one edition.
    categories : Series of str
        The code of the category of each; index as `levels`.

    Returns
    -------
    pairs : DataFrame
        Index ``lower, higher`` (codes), a row for each category and the next one up. ``n_lower,
        n_higher`` (int); ``gap`` in points, NaN if one of the two has fewer than `FEWEST`.
    parts : DataFrame
        A row for each sub-aspect of each pair with a gap, those that explain most first: ``lower,
        higher, sub_aspect``; mean levels ``level_lower, level_higher``; ``points`` of the gap,
        ``share`` (percent of the gap), ``most``: whether it is one of the few that together reach
        `MOST_OF_IT`.

    Raises
    ------
    ScoreError
        As :func:`merit_kit.scoring.points`.
    """
    points = scoring.points(levels, instrument)
    pairs, parts = [], []
    for lower, higher in pairwise(each.code for each in instrument.categories):
        low, high = (categories.index[categories == code] for code in (lower, higher))
        few = min(len(low), len(high)) < FEWEST
        gaps = points.loc[high].mean() - points.loc[low].mean()
        pairs.append((lower, higher, len(low), len(high), np.nan if few else gaps.sum()))
        if few:
            continue
        frame = pd.DataFrame(
            {
                "lower": lower,
                "higher": higher,
                "level_lower": levels.loc[low].mean(),
                "level_higher": levels.loc[high].mean(),
                "points": gaps,
                "share": 100 * gaps / gaps.sum(),
            }
        ).reindex(list(instrument.codes))
        frame = frame.sort_values("share", ascending=False, kind="stable")
        before = frame["share"].cumsum() - frame["share"]
        parts.append(frame.assign(most=before < MOST_OF_IT))
    columns = ["lower", "higher", "n_lower", "n_higher", "gap"]
    listed = pd.DataFrame(pairs, columns=columns).set_index(["lower", "higher"])
    named = ["lower", "higher", "sub_aspect"]
    figures = ["level_lower", "level_higher", "points", "share", "most"]
    if not parts:
        return listed, pd.DataFrame(columns=[*named, *figures])
    whole = pd.concat(parts).rename_axis("sub_aspect").reset_index()
    return listed, whole[[*named, *figures]]


def contradictions(levels: pd.DataFrame, instrument: Instrument) -> pd.DataFrame:
    """Name assessments with two levels that contradict each other within one aspect.

    What is expected in a sub-aspect is the mean level of the sheet, moved by how much harder or
    easier that sub-aspect is for all the others. Where one aspect, which is one subject, holds a
    level at least `SURPRISE` above that and another at least `SURPRISE` below, one of the two is
    probably not what the evidence shows; the two furthest off are named.

    Parameters
    ----------
    levels : DataFrame, shape (n_assessments, n_sub_aspects)
        Whole sheets, of one edition; of fewer than `FEWEST` nothing is expected, and none named.

    Returns
    -------
    DataFrame
        ``assessment, aspect`` (number); ``high`` (code), ``high_level``, ``high_expected``; ``low,
        low_level, low_expected``. The furthest apart first.
    """
    columns = [
        *("assessment", "aspect", "high", "high_level", "high_expected"),
        *("low", "low_level", "low_expected"),
    ]
    if len(levels) < FEWEST:
        return pd.DataFrame(columns=columns)
    sheet = levels[list(instrument.codes)].astype(float)
    # Of the others alone, or a sheet would be expected to be as it is.
    others = (sheet.sum() - sheet) / (len(sheet) - 1)
    harder = others.sub(others.mean(axis=1), axis=0)
    expected = harder.add(sheet.mean(axis=1), axis=0).clip(0, instrument.scale[-1])
    off = sheet - expected
    rows = []
    for aspect in instrument.aspects:
        codes = [sub.code for sub in aspect.sub_aspects]
        high, low = off[codes].idxmax(axis=1), off[codes].idxmin(axis=1)
        for key in sheet.index:
            up, down = high[key], low[key]
            if off.at[key, up] >= SURPRISE and off.at[key, down] <= -SURPRISE:
                row = [key, aspect.number]
                for code in (up, down):
                    row += [code, int(sheet.at[key, code]), expected.at[key, code]]
                rows.append((off.at[key, up] - off.at[key, down], row))
    rows.sort(key=lambda each: -each[0])
    return pd.DataFrame([row for _, row in rows], columns=columns)


def lowering(evaluations: pd.DataFrame) -> pd.DataFrame:
    """Say how often each evaluator verifies less than the agency claimed, and who never does.

    Parameters
    ----------
    evaluations : DataFrame
        From :func:`merit_kit.assessment.evaluations`. Verified levels count where the agency's own
        was above 0: only those can be lowered.

    Returns
    -------
    DataFrame
        Index ``person``, those who never lower first. ``levels`` verified, ``lowered`` of them
        (int), ``others`` (share that all the others lower; NaN where they verified fewer than
        `LEAST_SHARED`), ``chance``: how likely somebody who lowers as often as the others would
        lower none of as many; ``never``: whether none was lowered, of at least `LEAST_SHARED`, and
        chance would do so in fewer than `RARELY`.
    """
    given = evaluations[(evaluations["scoring"] == "verified") & (evaluations["own"] > 0)]
    below = given.assign(lowered=given["level"] < given["own"])
    found = below.groupby("person")["lowered"].agg(levels="size", lowered="sum").astype(int)
    rest, rest_lowered = (found[part].sum() - found[part] for part in ("levels", "lowered"))
    found["others"] = (rest_lowered / rest.clip(lower=1)).where(rest >= LEAST_SHARED)
    found["chance"] = (1 - found["others"]) ** found["levels"]
    few = found["levels"] < LEAST_SHARED
    found["never"] = (found["lowered"] == 0) & ~few & (found["chance"] < RARELY)
    order = found.assign(share=found["lowered"] / found["levels"])
    return found.loc[order.sort_values(["never", "share"], ascending=[False, True]).index]
