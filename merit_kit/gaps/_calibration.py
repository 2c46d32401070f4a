"""Do evaluators mean the same by a level: agreement, and how severe each one is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

LEAST_SHARED = 30
"""Nothing is said of fewer items scored by several: about one sheet. Chance alone would speak."""

LEAST_DAYS = 28
"""A drift is looked for in what an evaluator scored over at least so many days."""

DAYS_A_MONTH = 30

_ITEM = ["assessment", "sub_aspect"]
_CONFIDENCE = 0.95
_DRAWS = 2000
_AT_ONCE = 100
_SEED = 20110125

_Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far several evaluators agree on the same items.

    `alpha`: 1 is agreement throughout, 0 what chance would give; `low` and `high`: its interval,
    95 percent; None where there are fewer than `LEAST_SHARED` items, or every level is the same.
    `items` that two or more people scored, by how many `persons`; `same`: the share of pairs of
    levels that are equal.
    """

    alpha: float | None
    low: float | None
    high: float | None
    items: int
    persons: int
    same: float | None


def agreement(scores: pd.DataFrame) -> Agreement:
    """Return Krippendorff's alpha for ordinal levels, with an interval.

    The interval draws items again, with replacement (2,000 times, always the same draws), each for
    itself. Written here for want of a library: statsmodels (BSD) announces it for 0.15.1,
    krippendorff is under the GPL, irrCAC needs an old numpy.

    Parameters
    ----------
    scores : DataFrame
        Columns ``assessment, sub_aspect`` (together the item), ``person``, ``level``; each person
        at most once for an item. Items that one person alone scored are left out.

    References
    ----------
    K. Krippendorff, "Computing Krippendorff's Alpha-Reliability", University of Pennsylvania, 2011:
    coincidences (step 2), the difference function for ordinal data and the general form (step 4).
    """
    shared = shared_items(scores)
    items, values = _counts(shared)
    persons = int(shared["person"].nunique())
    if len(items) < LEAST_SHARED:
        return Agreement(None, None, None, len(items), persons, None)
    pairs = items.sum(axis=1)
    each = items[:, :, None] * (items[:, None, :] - np.eye(len(values))[None])
    each = (each / (pairs - 1)[:, None, None]).reshape(len(items), -1)
    whole = each.sum(axis=0)
    same = float(whole.reshape(len(values), -1).trace() / whole.sum())
    [found] = _alphas(whole[None])
    if np.isnan(found):
        return Agreement(None, None, None, len(items), persons, same)
    chance = np.random.default_rng(_SEED)
    even = np.full(len(items), 1 / len(items))
    drawn: list[_Floats] = []
    for _ in range(_DRAWS // _AT_ONCE):
        drawn.append(_alphas(chance.multinomial(len(items), even, _AT_ONCE) @ each))
    outside = (1 - _CONFIDENCE) / 2
    low, high = np.nanquantile(np.concatenate(drawn), [outside, 1 - outside])
    return Agreement(float(found), float(low), float(high), len(items), persons, same)


def severities(scores: pd.DataFrame) -> pd.DataFrame:
    """Say how severe each evaluator is, and how that changes, from the items they share.

    ``level = item + evaluator + drift of the evaluator x time``, by least squares: every item has
    its own level, so nobody seems severe for having met weak agencies. Intervals are of 95 percent
    (Student's t), as for errors that are alike and independent; the ends of the scale hide part of
    a difference, so that a large one is rather larger than it shows.

    Parameters
    ----------
    scores : DataFrame
        As for :func:`agreement`, with ``stated_at`` (ISO moments).

    Returns
    -------
    DataFrame
        Index ``person``; a row for each of `scores`, the most severe first. ``items`` shared with
        others; ``group`` (int, from 1): those who are compared with each other, because items link
        them. In levels, NaN where it is not said: ``severity`` (above 0: lower levels than the
        group's middle), ``low, high``; ``drift`` (change of severity in a month of 30 days, against
        the group's middle), ``drift_low, drift_high``. Nothing is said (``group`` 0) of people with
        fewer than `LEAST_SHARED` items, and no drift of those who scored over fewer days than
        `LEAST_DAYS`.
    """
    columns = ["severity", "low", "high", "drift", "drift_low", "drift_high"]
    people = pd.Index(sorted(scores["person"].unique()), name="person")
    counts = shared_items(scores)["person"].value_counts()
    rows = {person: [int(counts.get(person, 0)), 0, *[np.nan] * len(columns)] for person in people}
    enough = _enough(scores)
    for number, group in enumerate(_linked(enough), start=1):
        some = enough[enough["person"].isin(group)]
        for person, fitted in _fitted(some, group).items():
            rows[person][1:] = [number, *fitted]
    columns = ["items", "group", *columns]
    result = pd.DataFrame(list(rows.values()), index=people, columns=columns)
    return result.sort_values("severity", ascending=False, kind="stable")


def against_model(runs: pd.DataFrame) -> pd.DataFrame:
    """Say how everybody who practised stands to the model's levels.

    Parameters
    ----------
    runs : DataFrame
        Columns ``assessment, sub_aspect, person, level, model``; see
        :func:`merit_kit.assessment.practice_levels`.

    Returns
    -------
    DataFrame
        Index ``person``, the most severe first. ``items`` (int); and, NaN for people with fewer
        than `LEAST_SHARED`: ``same`` (share of levels equal to the model's), ``severity`` (mean of
        model less level, in levels), ``low, high`` (95 percent, Student's t).
    """
    rows = {}
    for person, some in runs.groupby("person"):
        below = (some["model"] - some["level"]).to_numpy(float)
        n = len(below)
        rows[person] = {"items": n, **dict.fromkeys(("same", "severity", "low", "high"), np.nan)}
        if n >= LEAST_SHARED:
            wide = _t(n - 1) * below.std(ddof=1) / np.sqrt(n)
            middle = below.mean()
            rows[person] |= {"same": (below == 0).mean(), "severity": middle}
            rows[person] |= {"low": middle - wide, "high": middle + wide}
    columns = ["items", "same", "severity", "low", "high"]
    found = pd.DataFrame.from_dict(rows, orient="index", columns=columns)
    found = found.rename_axis("person").astype({"items": int})
    return found.sort_values("severity", ascending=False, kind="stable")


def shared_items(scores: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of items that two or more people scored."""
    return scores[scores.duplicated(_ITEM, keep=False)]


def _counts(shared: pd.DataFrame) -> tuple[_Floats, npt.NDArray[Any]]:
    """Return how many people gave each level to each item, and the levels in order."""
    rows = shared.groupby(_ITEM, sort=False).ngroup().to_numpy()
    values, columns = np.unique(shared["level"].to_numpy(), return_inverse=True)
    table = np.zeros((int(rows.max(initial=-1)) + 1, len(values)))
    np.add.at(table, (rows, columns), 1)
    return table, values


def _alphas(coincidences: _Floats) -> _Floats:
    """Return alpha of each row, a flattened matrix of coincidences; NaN without any variation."""
    wide = round(np.sqrt(coincidences.shape[1]))
    pairs = coincidences.reshape(-1, wide, wide)
    each = pairs.sum(axis=2)
    n = each.sum(axis=1)
    # The ordinal difference of two levels is the distance of their middle ranks.
    ranks = each.cumsum(axis=1) - each / 2
    apart = (ranks[:, :, None] - ranks[:, None, :]) ** 2
    seen = (pairs * apart).sum(axis=(1, 2))
    expected = (each[:, :, None] * each[:, None, :] * apart).sum(axis=(1, 2))
    with np.errstate(invalid="ignore"):
        found: _Floats = np.where(expected > 0, 1 - (n - 1) * seen / expected, np.nan)
    return found


def _enough(scores: pd.DataFrame) -> pd.DataFrame:
    """Return the shared items of the people who share enough of them with one another."""
    shared = shared_items(scores)
    while True:
        counts = shared["person"].map(shared["person"].value_counts())
        few = counts < LEAST_SHARED
        if not few.any():
            return shared
        shared = shared_items(shared[~few])


def _linked(shared: pd.DataFrame) -> Iterable[list[str]]:
    """Return the sets of people whom shared items link, directly or by way of others."""
    groups: list[set[str]] = []
    first = shared.groupby(_ITEM, sort=False)["person"].transform("first")
    for here in {frozenset(pair) for pair in zip(first, shared["person"], strict=True)}:
        touching = [group for group in groups if group & here]
        groups = [group for group in groups if not group & here]
        groups.append(set(here).union(*touching))
    return sorted(sorted(group) for group in groups)


def _fitted(shared: pd.DataFrame, group: list[str]) -> dict[str, list[float]]:
    """Fit one group; return by person severity and drift, each with its interval."""
    design, moving = _design(shared, group)
    items = shared.groupby(_ITEM, sort=False).ngroup().to_numpy()
    design, levels = (_within(part, items) for part in (design, shared["level"].to_numpy(float)))
    inner = design.T @ design
    inverse = np.linalg.pinv(inner, hermitian=True)
    effects = inverse @ (design.T @ levels)
    rank = int(np.linalg.matrix_rank(inner, hermitian=True))
    freedom = len(shared) - (int(items.max()) + 1) - rank
    rest = levels - design @ effects
    # What the items can tell apart; a drift of everybody at once looks like other items.
    told = inverse @ inner

    def interval(combined: _Floats) -> list[float]:
        if freedom <= 0 or not np.allclose(combined @ told, combined, atol=1e-8):
            return [np.nan] * 3
        middle = float(combined @ effects)
        error = float(rest @ rest) / freedom * max(float(combined @ inverse @ combined), 0.0)
        wide = _t(freedom) * float(np.sqrt(error))
        return [middle, middle - wide, middle + wide]

    n = len(group)
    # Where somebody scored in a few days only, the others' drift is against them.
    middle = range(n) if len(moving) == n else ()
    found = {}
    for place, person in enumerate(group):
        own = _against(place, range(n), 2 * n)
        drift = _against(place, middle, 2 * n, n)
        # Severity is what takes levels away.
        told_of = interval(-drift) if place in moving else [np.nan] * 3
        found[person] = [*interval(-own), *told_of]
    return found


def _design(shared: pd.DataFrame, group: list[str]) -> tuple[_Floats, set[int]]:
    """Return a column for each person and one for each drift, and whose drift could show."""
    places = {person: i for i, person in enumerate(group)}
    at = shared["person"].map(places).to_numpy()
    moments = pd.to_datetime(shared["stated_at"], utc=True, format="ISO8601")
    days = (moments - moments.min()).dt.total_seconds().to_numpy() / 86_400
    design = np.zeros((len(shared), 2 * len(group)))
    design[np.arange(len(shared)), at] = 1
    moving = set()
    for place in range(len(group)):
        own = at == place
        if np.ptp(days[own]) >= LEAST_DAYS:
            moving.add(place)
            # From one moment for all: else a drift of everybody would pass for a severity.
            design[own, len(group) + place] = (days[own] - days.mean()) / DAYS_A_MONTH
    return design, moving


def _within(values: _Floats, items: npt.NDArray[Any]) -> _Floats:
    """Take the mean of its item off each value."""
    counts = np.bincount(items)
    sums = np.zeros((len(counts), *values.shape[1:]))
    np.add.at(sums, items, values)
    means = sums / (counts if values.ndim == 1 else counts[:, None])
    centred: _Floats = values - means[items]
    return centred


def _against(person: int, others: Iterable[int], size: int, begins: int = 0) -> _Floats:
    """Return the contrast of one person with the middle of others."""
    row = np.zeros(size)
    listed = list(others)
    for each in listed:
        row[begins + each] -= 1 / len(listed)
    row[begins + person] += 1
    return row


def _t(freedom: int) -> float:
    """Return how many standard errors the interval reaches on each side."""
    from scipy.special import stdtrit

    return float(stdtrit(freedom, (1 + _CONFIDENCE) / 2))
