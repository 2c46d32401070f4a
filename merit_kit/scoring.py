"""From levels to points, index and category. Pure: no files, no database, no clock, no widgets.

Points are counted in millionths, as whole numbers. Weights with decimals are therefore exact, a
total is compared with a bound exactly, and the index is rounded in one place.

Frames of levels have one row per assessment and one column per sub-aspect code. An empty cell
(NaN) is *not assessed*; 0 is *assessed, nothing proven*. Both add nothing to a total, but only the
first keeps it provisional.
"""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from merit_kit.errors import Problem, ScoreError
from merit_kit.instrument import Instrument

MICRO = 1_000_000

_Ints = npt.NDArray[np.int64]


def points(levels: pd.DataFrame, instrument: Instrument) -> pd.DataFrame:
    """Give the points each sub-aspect earns: its weight times its level.

    Parameters
    ----------
    levels : DataFrame, shape (n_assessments, n_sub_aspects)
        Whole numbers or NaN. Columns: every code of the instrument once, in any order.
    instrument : Instrument
        Supplies codes, steps and weights.

    Returns
    -------
    DataFrame, shape (n_assessments, n_sub_aspects), float
        Points; NaN where not assessed. Columns in the instrument's order.

    Raises
    ------
    ScoreError
        If a code is absent, unknown or repeated, a level is not one of the instrument's steps,
        or the edition lacks weights. All faults at once.

    References
    ----------
    Source ``bp-batam`` of edition kasn-2019: score = weight x level.
    """
    given, micro = _checked(levels, instrument)
    earned = given.to_numpy(float) * (micro / MICRO)
    return pd.DataFrame(_exact(earned), index=given.index, columns=given.columns)


def aspect_points(levels: pd.DataFrame, instrument: Instrument) -> pd.DataFrame:
    """Add up points by aspect.

    Returns
    -------
    DataFrame, shape (n_assessments * n_aspects, 5)
        Index ``(assessment, aspect)``, in the order of `levels` and of the instrument. Columns:
        ``points`` earned, ``most`` at the top level, ``percent`` of most (0-100, two decimals,
        half up), ``assessed`` and ``of`` (numbers of sub-aspects).

    Raises
    ------
    ScoreError
        As :func:`points`.
    """
    given, micro = _checked(levels, instrument)
    known, earned = _earned(given, micro)
    # One column per aspect: 1 where the sub-aspect belongs to it.
    numbers = [aspect.number for aspect in instrument.aspects]
    member = (instrument.aspect_of.to_numpy()[:, None] == np.array(numbers)).astype(np.int64)
    most = (micro * instrument.scale[-1]) @ member
    earned_by_aspect = earned @ member
    shape = earned_by_aspect.shape
    index = pd.MultiIndex.from_product([given.index, numbers], names=["assessment", "aspect"])
    return pd.DataFrame(
        {
            "points": (earned_by_aspect / MICRO).ravel(),
            "most": np.broadcast_to(most / MICRO, shape).ravel(),
            "percent": (_half_up(earned_by_aspect * 10_000, most) / 100).ravel(),
            "assessed": (known.astype(np.int64) @ member).ravel(),
            "of": np.broadcast_to(member.sum(axis=0), shape).ravel(),
        },
        index=index,
    )


def totals(levels: pd.DataFrame, instrument: Instrument) -> pd.DataFrame:
    """Give each assessment's total and, once every sub-aspect is assessed, what follows from it.

    Returns
    -------
    DataFrame, shape (n_assessments, 8)
        Index as `levels`. Columns: ``total`` points, ``percent`` of the maximum (two decimals,
        half up), ``assessed`` and ``of`` (numbers of sub-aspects), ``complete``; and, empty
        unless complete, ``index``, ``category`` (its code) and ``to_next`` (points missing to
        the next category; empty in the highest one, and unless bands are on the score with
        their lower bound inclusive).

    Raises
    ------
    ScoreError
        As :func:`points`.
    """
    given, micro = _checked(levels, instrument)
    known, earned = _earned(given, micro)
    total = earned.sum(axis=1)
    assessed = known.sum(axis=1)
    complete = assessed == len(instrument.codes)
    band = _band(total, instrument)
    lows = np.array([_micro(c.low) for c in instrument.categories] + [-1])
    next_low = lows[band + 1]
    # Where a bound belongs to the band below it, no number of points reaches the next exactly.
    on_score = instrument.bands_on == "score" and instrument.lower_inclusive
    to_next = np.where(next_low >= 0, next_low - total, 0) if on_score else np.zeros_like(total)
    has_next = complete & (next_low >= 0) & on_score
    codes = np.array([c.code for c in instrument.categories], dtype=object)
    named = np.where(complete, codes[band], np.array(None, dtype=object))
    return pd.DataFrame(
        {
            "total": total / MICRO,
            "percent": _half_up(total * 10_000, _micro(instrument.maximum)) / 100,
            "assessed": assessed,
            "of": len(instrument.codes),
            "complete": complete,
            "index": np.where(complete, _index(total, instrument), np.nan),
            # One kind of column whatever is in it: pandas would guess, and guess differently.
            "category": pd.Series(named, index=given.index, dtype=object),
            "to_next": np.where(has_next, to_next / MICRO, np.nan),
        },
        index=given.index,
    )


def index_of(total: Decimal, instrument: Instrument) -> Decimal:
    """Give the index of one total: total / divisor, half up (250 of 400 is 0.63).

    References
    ----------
    Source ``index-rule`` of edition kasn-2019.
    """
    hundredths = round(
        float(_index(np.array([_micro(total)]), instrument)[0]) * 10**instrument.decimals
    )
    return Decimal(hundredths).scaleb(-instrument.decimals)


def category_of(total: Decimal, instrument: Instrument) -> str:
    """Give the code of the category of one total.

    References
    ----------
    Sources ``bands-2024`` and ``half-open`` of edition kasn-2019.
    """
    return instrument.categories[int(_band(np.array([_micro(total)]), instrument)[0])].code


def level_problems(levels: pd.DataFrame, instrument: Instrument) -> list[Problem]:
    """Say what keeps `levels` from being scored; an empty list if nothing does."""
    codes = pd.Index(instrument.codes)
    seen = levels.columns
    problems = [
        *(
            Problem(sub.code, "weight-missing")
            for sub in instrument.sub_aspects
            if sub.weight is None
        ),
        *(Problem(str(code), "level-missing") for code in codes.difference(seen, sort=False)),
        *(Problem(str(code), "level-unknown-code") for code in seen.difference(codes, sort=False)),
        *(Problem(str(code), "level-repeated") for code in seen[seen.duplicated()].unique()),
    ]
    numeric = levels.apply(pd.to_numeric, errors="coerce")
    off = levels.notna() & ~numeric.isin(instrument.steps)
    allowed = ", ".join(map(str, instrument.steps))
    rows, columns = np.nonzero(off.to_numpy())
    for row, column in zip(rows, columns, strict=True):
        where = f"{levels.index[row]}/{seen[column]}" if len(levels) > 1 else str(seen[column])
        problems.append(Problem(where, "level-off-scale", levels.iat[row, column], allowed))
    return problems


def _checked(levels: pd.DataFrame, instrument: Instrument) -> tuple[pd.DataFrame, _Ints]:
    """Return the levels in the instrument's order, and its weights in millionths."""
    problems = level_problems(levels, instrument)
    if problems:
        raise ScoreError("levels", problems)
    given = levels.loc[:, list(instrument.codes)].astype(float)
    micro = np.array([_micro(weight) for weight in instrument.weights], dtype=np.int64)
    return given, micro


def _earned(given: pd.DataFrame, micro: _Ints) -> tuple[npt.NDArray[np.bool_], _Ints]:
    known = given.notna().to_numpy()
    return known, given.fillna(0).to_numpy().astype(np.int64) * micro


def _exact(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Give the float nearest to each exact number of millionths."""
    return np.round(values * MICRO) / MICRO


def _index(total: _Ints, instrument: Instrument) -> npt.NDArray[np.float64]:
    scale = 10**instrument.decimals
    rounded: npt.NDArray[np.float64] = _half_up(total * scale, _micro(instrument.divisor)) / scale
    return rounded


def _half_up(numerator: Any, denominator: Any) -> Any:
    """Divide whole numbers and round half up, never leaving whole numbers."""
    return (2 * numerator + denominator) // (2 * denominator)


def _band(total: _Ints, instrument: Instrument) -> _Ints:
    """Give the position of the category of each total."""
    factor = instrument.divisor if instrument.bands_on == "index" else Decimal(1)
    # A bound on the index can fall between two millionths of a point. Rounded towards the side
    # that does not reach it, it parts the whole numbers exactly as the exact bound does.
    way = ROUND_CEILING if instrument.lower_inclusive else ROUND_FLOOR
    lows = [(c.low * factor).scaleb(6).to_integral_value(way) for c in instrument.categories[1:]]
    side: Any = "right" if instrument.lower_inclusive else "left"
    return np.searchsorted(np.array(lows, dtype=np.int64), total, side=side)


def _micro(value: Any) -> int:
    """Give a number of points in millionths, exactly."""
    scaled = Decimal(str(value)).scaleb(6)
    if scaled != int(scaled):
        raise ValueError(f"{value} has more than six decimals")
    return int(scaled)
