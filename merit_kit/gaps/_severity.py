"""How severe each evaluator is, and whether that changes: against the others, and a model."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from merit_kit.gaps import _calibration as calibration
from merit_kit.gaps._calibration import item_columns, items_of, shared_items
from merit_kit.gaps._clusters import Clustered, Floats

LEAST_DAYS = 28
"""A drift is looked for in what an evaluator scored over at least so many days."""

DAYS_A_MONTH = 30

_FIGURES = ["severity", "low", "high", "drift", "drift_low", "drift_high"]


def severities(scores: pd.DataFrame) -> pd.DataFrame:
    """Say how severe each evaluator is, and how that changes, from the items they share.

    ``level = item + evaluator + drift of the evaluator x time``, by least squares: every item has
    its own level, so nobody seems severe for having met weak agencies. The drifts of those who may
    have one add up to nought: what all of them share shows only in the time between two who score
    the same item, or against somebody of a single week in that week, and severities would rest on
    so little. Severity is that at the middle of all moments.

    Intervals are of 95 percent and take whole assessments as independent, not their items; see
    :class:`merit_kit.gaps._clusters.Clustered`. The ends of the scale hide part of a difference, so
    that a large one is rather larger than it shows.

    Parameters
    ----------
    scores : DataFrame
        As for :func:`agreement`, with ``stated_at`` (ISO moments).

    Returns
    -------
    DataFrame
        Index ``person``; a row for each of `scores`, the most severe first. ``items`` shared with
        others, out of so many ``assessments``; ``group`` (int, from 1): those who are compared with
        each other, because items link them. In levels, NaN where it is not said: ``severity``
        (above 0: lower levels than the mean of all in the group, the person among them), ``low,
        high``; ``drift`` (change of severity in a month of 30 days, against the mean of all in the
        group whose drift is looked for, the person among them; of the only one of a group, against
        the others, who stand still), ``drift_low, drift_high``. Nothing is said (``group`` 0) of
        people with fewer than `LEAST_SHARED` items or `LEAST_ASSESSMENTS`, and no drift of those
        who scored over fewer days than `LEAST_DAYS`. No interval where all assessments say exactly
        the same: they do not show by how much others would differ.
    """
    people = pd.Index(sorted(scores["person"].unique()), name="person")
    shared = shared_items(scores)
    items = shared["person"].value_counts().reindex(people, fill_value=0)
    of = shared.groupby("person")["assessment"].nunique().reindex(people, fill_value=0)
    result = pd.DataFrame({"items": items, "assessments": of, "group": 0}, index=people)
    result = result.assign(**dict.fromkeys(_FIGURES, np.nan)).rename_axis("person")
    enough = _enough(shared)
    for number, group in enumerate(_linked(enough), start=1):
        some = enough[enough["person"].isin(group)]
        result.loc[group, "group"] = number
        result.loc[group, _FIGURES] = _fitted(some, group)
    return result.sort_values("severity", ascending=False, kind="stable")


def against_model(runs: pd.DataFrame) -> pd.DataFrame:
    """Say how everybody who practised stands to the model's levels.

    What somebody did in the runs is a fact; whether it holds beyond them, only several runs say.

    Parameters
    ----------
    runs : DataFrame
        Columns ``assessment, sub_aspect, person, level, model``; see
        :func:`merit_kit.assessment.practice_levels`. All of editions whose items and levels mean
        the same, as for :func:`agreement`.

    Returns
    -------
    DataFrame
        Index ``person``, the most severe first. ``items, assessments`` (int); NaN for people with
        fewer items than `LEAST_SHARED`: ``same`` (share of levels equal to the model's),
        ``severity`` (mean of model less level, in levels); NaN also for those with fewer runs than
        `LEAST_ASSESSMENTS`, or whose runs all say the same: ``low, high`` (95 percent, as in
        :func:`severities`).
    """
    figures = ("same", "severity", "low", "high")
    rows: dict[Any, dict[str, float]] = {}
    for person, some in runs.groupby("person"):
        below = (some["model"] - some["level"]).to_numpy(float)
        of, names = pd.factorize(some["assessment"])
        row = {"items": len(below), "assessments": len(names), **dict.fromkeys(figures, np.nan)}
        if len(below) >= calibration.LEAST_SHARED:
            row |= {"same": float((below == 0).mean()), "severity": float(below.mean())}
            if len(names) >= calibration.LEAST_ASSESSMENTS:
                fitted = Clustered.fit(np.ones((len(below), 1)), below, of, np.eye(1))
                _, row["low"], row["high"] = fitted.interval(np.ones(1))
        rows[person] = row
    columns = ["items", "assessments", *figures]
    found = pd.DataFrame.from_dict(rows, orient="index", columns=columns)
    found = found.rename_axis("person").astype({"items": int, "assessments": int})
    return found.sort_values("severity", ascending=False, kind="stable")


def _enough(shared: pd.DataFrame) -> pd.DataFrame:
    """Return the shared items of the people who share enough of them with one another."""
    while True:
        own = shared.groupby("person")["assessment"]
        few = own.transform("size") < calibration.LEAST_SHARED
        few |= own.transform("nunique") < calibration.LEAST_ASSESSMENTS
        if not few.any():
            return shared
        shared = shared_items(shared[~few])


def _linked(shared: pd.DataFrame) -> Iterable[list[str]]:
    """Return the sets of people whom shared items link, directly or by way of others."""
    groups: list[set[str]] = []
    first = shared.groupby(item_columns(shared), sort=False)["person"].transform("first")
    for here in {frozenset(pair) for pair in zip(first, shared["person"], strict=True)}:
        touching = [group for group in groups if group & here]
        groups = [group for group in groups if not group & here]
        groups.append(set(here).union(*touching))
    return sorted(sorted(group) for group in groups)


def _fitted(shared: pd.DataFrame, group: list[str]) -> Floats:
    """Fit one group; return for each of it severity and drift, each with its interval."""
    design, moving = _design(shared, group)
    items = items_of(shared)
    design, levels = (_within(part, items) for part in (design, shared["level"].to_numpy(float)))
    of, _ = pd.factorize(shared["assessment"])
    n = len(group)
    drifts = [n + place for place in moving]
    apart = np.eye(2 * n)
    apart[np.ix_(drifts, drifts)] -= 1 / max(len(moving), 1)
    fit = Clustered.fit(design, levels, of, apart)
    found = np.full((n, len(_FIGURES)), np.nan)
    for place in range(n):
        # Severity is what takes levels away.
        found[place, :3] = fit.interval(-_against(place, range(n), 2 * n))
    middle = moving
    if len(moving) == 1:
        # Nobody drifts against itself: one alone does against those who stand still.
        fit, middle = Clustered.fit(design, levels, of, np.eye(2 * n)), []
    for place in moving:
        found[place, 3:] = fit.interval(-_against(place, middle, 2 * n, n))
    return found


def _design(shared: pd.DataFrame, group: list[str]) -> tuple[Floats, list[int]]:
    """Return a column for each person, then one for each drift, and whose drift could show."""
    places = {person: i for i, person in enumerate(group)}
    at = shared["person"].map(places).to_numpy()
    moments = pd.to_datetime(shared["stated_at"], utc=True, format="ISO8601")
    days = (moments - moments.min()).dt.total_seconds().to_numpy() / 86_400
    design = np.zeros((len(shared), 2 * len(group)))
    design[np.arange(len(shared)), at] = 1
    moving = []
    for place in range(len(group)):
        own = at == place
        if np.ptp(days[own]) >= LEAST_DAYS:
            moving.append(place)
            # From one moment for all: else a drift of everybody would pass for a severity.
            design[own, len(group) + place] = (days[own] - days.mean()) / DAYS_A_MONTH
    return design, moving


def _within(values: Floats, items: Any) -> Floats:
    """Take the mean of its item off each value."""
    counts = np.bincount(items)
    sums = np.zeros((len(counts), *values.shape[1:]))
    np.add.at(sums, items, values)
    means = sums / (counts if values.ndim == 1 else counts[:, None])
    centred: Floats = values - means[items]
    return centred


def _against(person: int, others: Iterable[int], size: int, begins: int = 0) -> Floats:
    """Return the contrast of one person with the middle of others."""
    row = np.zeros(size)
    listed = list(others)
    for each in listed:
        row[begins + each] -= 1 / len(listed)
    row[begins + person] += 1
    return row
