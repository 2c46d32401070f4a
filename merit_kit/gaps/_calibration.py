"""Do evaluators mean the same by a level: how far they agree on what several of them scored."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from merit_kit.gaps._clusters import Floats, t_reach

LEAST_SHARED = 30
"""Nothing is said of fewer items scored by several: about one sheet. Chance alone would speak."""

LEAST_ASSESSMENTS = 5
"""Nothing is said of items out of fewer assessments: an evaluator is more severe with one agency
than with another, and so few would not show by how much."""

_ITEM = ("assessment", "sub_aspect", "pass")


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far several evaluators agree on the same items.

    `alpha`: 1 is agreement throughout, 0 what chance would give; None where there are fewer than
    `LEAST_SHARED` items or `LEAST_ASSESSMENTS`, or every level is the same. `low` and `high`: its
    interval, 95 percent; None as well where nothing differs, or only in one of the assessments, and
    of practice with fewer than `LEAST_ASSESSMENTS`.
    `items` that two or more people scored, out of so many `assessments`, by how many `persons`;
    `same`: the share of pairs of levels that are equal.
    """

    alpha: float | None
    low: float | None
    high: float | None
    items: int
    assessments: int
    persons: int
    same: float | None


def agreement(scores: pd.DataFrame, practice: bool = False) -> Agreement:
    """Return Krippendorff's alpha for ordinal levels, with an interval.

    The interval leaves out one whole assessment after the other (the jackknife) and reaches by
    Student's t: the items of one assessment are not independent of each other. Drawing whole
    assessments again would hold the truth too rarely where there are few. It is for these people,
    and assessments like these. Written here for want of a library: statsmodels (BSD) announces it
    for 0.15.1, krippendorff is under the GPL, irrCAC needs an old numpy.

    Parameters
    ----------
    scores : DataFrame
        Columns ``assessment, sub_aspect`` and, where there are any, ``pass`` (together the item),
        ``person``, ``level``; each person at most once for an item. All of editions whose items
        and levels mean the same; see :attr:`merit_kit.instrument.Instrument.meaning`. Items that
        one person alone scored are left out.
    practice
        Whether these are practice runs, of which a few are enough: the alpha is then a fact about
        them and says nothing of other assessments, so that it has no interval.

    References
    ----------
    K. Krippendorff, "Computing Krippendorff's Alpha-Reliability", University of Pennsylvania, 2011:
    coincidences (step 2), the difference function for ordinal data and the general form (step 4).
    """
    shared = shared_items(scores)
    persons, assessments = (int(shared[part].nunique()) for part in ("person", "assessment"))
    table, values = _counts(shared)
    counted = (len(table), assessments, persons)
    enough = assessments >= LEAST_ASSESSMENTS
    if len(table) < LEAST_SHARED or not (enough or practice):
        return Agreement(None, None, None, *counted, None)
    by_assessment = _coincidences(table, shared)
    whole = by_assessment.sum(axis=0)
    same = float(whole.reshape(len(values), -1).trace() / whole.sum())
    [alpha] = _alphas(whole[None])
    if np.isnan(alpha):
        return Agreement(None, None, None, *counted, same)
    if not enough:
        return Agreement(float(alpha), None, None, *counted, same)
    without = _alphas(whole - by_assessment)
    error = float(np.sqrt((assessments - 1) * without.var()))
    if np.isnan(error) or error < 1e-12:
        return Agreement(float(alpha), None, None, *counted, same)
    wide = t_reach(assessments - 1) * error
    # Alpha is 1 at most, and -1 where people contradict each other throughout.
    low, high = max(float(alpha) - wide, -1), min(float(alpha) + wide, 1)
    return Agreement(float(alpha), low, high, *counted, same)


def item_columns(scores: pd.DataFrame) -> list[str]:
    """Return the columns that say which item a level is of; in practice there are no passes."""
    return [name for name in _ITEM if name in scores.columns]


def items_of(shared: pd.DataFrame) -> Any:
    """Return the number of each row's item, from 0 in the order of their first rows."""
    return shared.groupby(item_columns(shared), sort=False).ngroup().to_numpy()


def shared_items(scores: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of items that two or more people scored."""
    return scores[scores.duplicated(item_columns(scores), keep=False)]


def _counts(shared: pd.DataFrame) -> tuple[Floats, Any]:
    """Return how many people gave each level to each item, and the levels in order."""
    rows = items_of(shared)
    values, columns = np.unique(shared["level"].to_numpy(), return_inverse=True)
    table = np.zeros((int(rows.max(initial=-1)) + 1, len(values)))
    np.add.at(table, (rows, columns), 1)
    return table, values


def _coincidences(table: Floats, shared: pd.DataFrame) -> Floats:
    """Return the coincidences of each assessment, a flattened matrix each, in no certain order."""
    size = table.shape[1]
    each = table[:, :, None] * (table[:, None, :] - np.eye(size)[None])
    each = each / (table.sum(axis=1) - 1)[:, None, None]
    codes, _ = pd.factorize(shared["assessment"])
    of_item = np.zeros(len(table), dtype=np.int64)
    of_item[items_of(shared)] = codes
    found = np.zeros((int(codes.max(initial=-1)) + 1, size * size))
    np.add.at(found, of_item, each.reshape(len(table), -1))
    return found


def _alphas(coincidences: Floats) -> Floats:
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
        found: Floats = np.where(expected > 0, 1 - (n - 1) * seen / expected, np.nan)
    return found
