"""Where a group stands: figures of five and more."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pandas as pd

from merit_kit import scoring
from merit_kit.instrument import Instrument

FEWEST = 5
"""Figures of a group are given from this many on: of fewer, somebody could be made out."""


def real(about: pd.DataFrame) -> pd.DataFrame:
    """Return the assessments that are not made up; all of them where everything is.

    Parameters
    ----------
    about : DataFrame
        With a column ``invented``.
    """
    invented = about["invented"].astype(bool)
    return about if invented.all() else about[~invented]


def quartiles(figures: pd.DataFrame) -> dict[Any, dict[str, str]] | None:
    """Say where the middle and the middle half of a group lie.

    Parameters
    ----------
    figures : DataFrame
        A row for each member of the group.

    Returns
    -------
    dict or None
        By column: ``low`` (first quartile), ``median``, ``high`` (third quartile), as text with a
        decimal point, at most two decimals, half up; between two values on the straight line from
        one to the other. None if the group has fewer than `FEWEST`.
    """
    if len(figures) < FEWEST:
        return None
    found = figures.astype(float).quantile([0.25, 0.5, 0.75])
    found.index = pd.Index(["low", "median", "high"])
    return {
        column: {part: _two_decimals(value) for part, value in some.items()}
        for column, some in found.to_dict().items()
    }


def standings(levels: pd.DataFrame, instrument: Instrument) -> pd.DataFrame:
    """Return what a group is compared by: the total, and the percentage of each aspect.

    Parameters
    ----------
    levels : DataFrame, shape (n_assessments, n_sub_aspects)
        Whole sheets, of one edition.

    Returns
    -------
    DataFrame
        Index as `levels`. Column ``total`` (points), then one for each aspect by its number.
    """
    percents = scoring.aspect_points(levels, instrument)["percent"].unstack("aspect")
    return percents.assign(total=scoring.totals(levels, instrument)["total"])


def _two_decimals(value: float) -> str:
    # To six decimals first: what a weight may have, without the dust of binary fractions.
    exact = Decimal(f"{value:.6f}")
    return f"{exact.quantize(Decimal('0.01'), ROUND_HALF_UP).normalize():f}"
