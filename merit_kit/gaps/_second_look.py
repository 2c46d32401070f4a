"""What deserves a second look, each with its reason: no verdict, a place to begin asking."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from merit_kit import scoring
from merit_kit.gaps._calibration import LEAST_SHARED
from merit_kit.gaps._groups import FEWEST
from merit_kit.instrument import Aspect, Instrument

MOST_OF_IT = 50.0
"""Percent of the gap between two categories that those named first explain together."""

SURPRISE = 1.5
"""Levels above or below what the rest of the sheet lets expect, from which on it surprises."""

LEAST_JUDGED = 3
"""Whoever verified fewer assessments is not named: it may lie with the agencies."""

LEAST_IN_ONE = 10
"""From so many levels of one evaluator on, an assessment says whether they lower any."""

RARELY = 0.01
"""So rarely chance alone may name anybody; for each evaluator it is divided by how many are judged
(Bonferroni), or of sixty who all lower alike every other round would name somebody."""


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
        n_higher`` (int); ``gap`` in points, NaN if one of the two has fewer than `FEWEST`. It may
        be nought or below where a category rests on more than the levels.
    parts : DataFrame
        A row for each sub-aspect of each pair with a gap above 0, which alone sub-aspects can
        explain, those that explain most first: ``lower,
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
        if few or gaps.sum() <= 0:
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
    parts = [_apart(aspect, sheet, expected, off) for aspect in instrument.aspects]
    found = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    return found.sort_values("apart", ascending=False, kind="stable", ignore_index=True)[columns]


def _apart(
    aspect: Aspect, sheet: pd.DataFrame, expected: pd.DataFrame, off: pd.DataFrame
) -> pd.DataFrame:
    """Return the sheets with two levels of one aspect far off on opposite sides."""
    codes = [sub.code for sub in aspect.sub_aspects]
    own = off[codes].to_numpy()
    rows = np.arange(len(own))
    up, down = own.argmax(axis=1), own.argmin(axis=1)
    rows = np.flatnonzero((own[rows, up] >= SURPRISE) & (own[rows, down] <= -SURPRISE))
    named = np.array(codes, dtype=object)
    found: dict[str, Any] = {"assessment": sheet.index[rows], "aspect": aspect.number}
    for side, place in (("high", up[rows]), ("low", down[rows])):
        found[side] = named[place]
        found[f"{side}_level"] = sheet[codes].to_numpy()[rows, place].astype(int)
        found[f"{side}_expected"] = expected[codes].to_numpy()[rows, place]
    found["apart"] = own[rows, up[rows]] - own[rows, down[rows]]
    return pd.DataFrame(found)


def lowering(evaluations: pd.DataFrame) -> pd.DataFrame:
    """Say how often each evaluator verifies less than the agency claimed, and who never does.

    Chance is reckoned by assessment: where one level is lowered, others of that agency often are,
    so that levels are not independent of each other. Of all assessments with an evaluator, in some
    nothing was lowered; were these spread over the evaluators by chance, somebody's would so often
    all be among them (hypergeometric, exact in small numbers).

    Parameters
    ----------
    evaluations : DataFrame
        From :func:`merit_kit.assessment.evaluations`: the verified levels of both passes, each with
        the agency's own level as it stood then. Levels count where that was above 0: only those can
        be lowered. Lowering is within one edition, so that all editions count together.

    Returns
    -------
    DataFrame
        Index ``person``, those who never lower first. ``levels`` verified, ``lowered`` of them
        (int); ``assessments`` in which at least `LEAST_IN_ONE` levels were verified, ``touched`` of
        them: with one lowered (int); ``others`` (share of levels that all the others lower; NaN
        where they verified fewer than `LEAST_SHARED`), in ``others_of`` assessments, of which
        ``others_touched`` (int); ``judged``: whether that is enough to judge by, at least
        `LEAST_SHARED` levels, of the others too, in at least `LEAST_JUDGED` assessments; ``chance``
        (NaN for whoever lowered anything); ``never``: whether somebody judged lowered none, and
        chance would do so in fewer than `RARELY`, divided by how many are judged.
    """
    given = evaluations[(evaluations["scoring"] == "verified") & (evaluations["own"] > 0)]
    below = given.assign(lowered=given["level"] < given["own"])
    sheets = below.groupby(["person", "assessment"])["lowered"].agg(levels="size", lowered="sum")
    found = sheets.groupby("person").sum().astype(int)
    whole = sheets[sheets["levels"] >= LEAST_IN_ONE]
    for column, some in (("assessments", whole), ("touched", whole[whole["lowered"] > 0])):
        found[column] = some.groupby("person").size().reindex(found.index, fill_value=0)
    for column, name in (("assessments", "others_of"), ("touched", "others_touched")):
        found[name] = found[column].sum() - found[column]
    rest, rest_lowered = (found[part].sum() - found[part] for part in ("levels", "lowered"))
    found["others"] = (rest_lowered / rest.clip(lower=1)).where(rest >= LEAST_SHARED)
    untouched = len(whole) - int(found["touched"].sum())
    chance = _all_of(found["assessments"], untouched, len(whole))
    found["chance"] = chance.where(found["lowered"] == 0)
    enough = (found["levels"] >= LEAST_SHARED) & (found["assessments"] >= LEAST_JUDGED)
    found["judged"] = enough & found["others"].notna()
    rarely = RARELY / max(int(found["judged"].sum()), 1)
    found["never"] = found["judged"] & (found["chance"] < rarely)
    order = found.assign(share=found["lowered"] / found["levels"])
    return found.loc[order.sort_values(["never", "share"], ascending=[False, True]).index]


def _all_of(own: pd.Series[Any], such: int, every: int) -> pd.Series[Any]:
    """Return how likely all of somebody's `own` are among `such`, drawn by chance from `every`."""
    from scipy.special import gammaln

    def ways(n: int) -> Any:
        return gammaln(n + 1) - gammaln(n - own.clip(upper=n) + 1)

    return pd.Series(np.exp(ways(such) - ways(every)), index=own.index).where(own <= such, 0.0)
