"""Where a group stands: figures of five and more."""

from __future__ import annotations

from collections.abc import Collection
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
    return Others(figures).without([])


class Others:
    """The quartiles of a group without some of its members, for each of them in turn.

    The group is put in order once; each figure is then a step or two, however large it is.

    Parameters
    ----------
    figures : DataFrame
        A row for each member, by its label; no gaps in it.
    """

    def __init__(self, figures: pd.DataFrame) -> None:
        self._size = len(figures)
        self._places = {label: place for place, label in enumerate(figures.index)}
        self._columns: dict[Any, tuple[list[float], list[int]]] = {}
        for column, values in figures.astype(float).items():
            order = values.to_numpy().argsort(kind="stable")
            rank = [0] * self._size
            for at, place in enumerate(order):
                rank[place] = at
            self._columns[column] = (values.to_numpy()[order].tolist(), rank)

    def without(self, members: Collection[Any]) -> dict[Any, dict[str, str]] | None:
        """Return what :func:`quartiles` says of the group without these, if they are in it."""
        places = [self._places[each] for each in members if each in self._places]
        left = self._size - len(places)
        if left < FEWEST:
            return None
        found = {}
        for column, (values, rank) in self._columns.items():
            gone = sorted(rank[place] for place in places)
            found[column] = {
                part: _two_decimals(_between(values, gone, (left - 1) * share))
                for part, share in _PARTS.items()
            }
        return found


_PARTS = {"low": 0.25, "median": 0.5, "high": 0.75}


def _between(values: list[float], gone: list[int], place: float) -> float:
    """Return what lies at a place between two values, in order, as if some were not there."""
    low = int(place)
    first = _at(values, gone, low)
    if place == low:
        return first
    return first + (_at(values, gone, low + 1) - first) * (place - low)


def _at(values: list[float], gone: list[int], place: int) -> float:
    for rank in gone:
        if place >= rank:
            place += 1
    return values[place]


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
