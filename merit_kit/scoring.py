"""From levels to points, index and category. Pure: no files, no database, no clock, no widgets.

Points are counted in millionths, as whole numbers. Weights with decimals are therefore exact, a
total is compared with a bound exactly, and the index is rounded in one place.

Frames of levels have one row per assessment and one column per sub-aspect code. An empty cell
(NaN) is *not assessed*; 0 is *assessed, nothing proven*. Both add nothing to a total, but only the
first keeps it provisional.

Where an edition's index is composed of more than the levels, the rest is given as numbers: a frame
with a row per assessment and a column per component (and ``correction``, if the edition has one).
The index is then the sum of share times component, where the component ``maturity`` is the total
over the divisor and any other its number over the top of its scale; less the correction, and never
below 0. An empty cell is *not known*, which keeps the result provisional; no correction is 0. The
total stays the points of the sub-aspects.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from merit_kit.errors import Problem, ScoreError
from merit_kit.instrument import CORRECTION, Instrument

MICRO = 1_000_000
DECIMALS = 6

_Ints = npt.NDArray[np.int64]
_Flags = npt.NDArray[np.bool_]


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
        If a code is absent, unknown or repeated, or a level is not one of the instrument's
        steps. All faults at once. Of a draft that lacks parts: every one of them, and only those.

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


def totals(
    levels: pd.DataFrame, instrument: Instrument, components: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Give each assessment's total and, once everything is known, what follows from it.

    Parameters
    ----------
    levels : DataFrame, shape (n_assessments, n_sub_aspects)
        As for :func:`points`.
    instrument : Instrument
    components : DataFrame, optional
        What the index takes beside the levels, in `instrument.needs`: a row per assessment (found
        by its label; further rows are passed over), a column each. Exact numbers as text or
        Decimal; a float is taken as it is written. Columns that are left out are not known.

    Returns
    -------
    DataFrame, shape (n_assessments, 8)
        Index as `levels`. Columns: ``total`` points, ``percent`` of the maximum (two decimals,
        half up), ``assessed`` and ``of`` (numbers of sub-aspects), ``complete`` (every sub-aspect
        is assessed and every component known); and, empty unless complete, ``index``,
        ``category`` (its code) and ``to_next`` (points missing to the next category; empty in the
        highest one, and unless bands are on the score with their lower bound inclusive).

    Raises
    ------
    ScoreError
        As :func:`points`; or if a component is unknown, or its number off its scale.
    """
    given, micro = _checked(levels, instrument, components)
    known, earned = _earned(given, micro)
    total = earned.sum(axis=1)
    assessed = known.sum(axis=1)
    more, there = _numbers(components, given.index, instrument)
    complete = (assessed == len(instrument.codes)) & there
    index = _index(total, more, instrument)
    band = _band(total, index, instrument)
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
            "index": np.where(complete, index.rounded(instrument.decimals), np.nan),
            # One kind of column whatever is in it: pandas would guess, and guess differently.
            "category": pd.Series(named, index=given.index, dtype=object),
            "to_next": np.where(has_next, to_next / MICRO, np.nan),
        },
        index=given.index,
    )


def index_of(
    total: Decimal, instrument: Instrument, components: Mapping[str, Any] | None = None
) -> Decimal:
    """Give the index of one total: total / divisor, half up (250 of 400 is 0.63).

    Of a composite index, `components` are its further numbers, all of `instrument.needs`.

    Raises
    ------
    ScoreError
        If the edition is a draft that lacks parts, or a component is missing, unknown or off its
        scale.

    References
    ----------
    Source ``index-rule`` of edition kasn-2019.
    """
    _, index = _of_one(total, instrument, components)
    scaled = round(float(index.rounded(instrument.decimals)[0]) * 10**instrument.decimals)
    return Decimal(scaled).scaleb(-instrument.decimals)


def category_of(
    total: Decimal, instrument: Instrument, components: Mapping[str, Any] | None = None
) -> str:
    """Give the code of the category of one total; `components` as for :func:`index_of`.

    Raises
    ------
    ScoreError
        As :func:`index_of`.

    References
    ----------
    Sources ``bands-2024`` and ``half-open`` of edition kasn-2019.
    """
    exact, index = _of_one(total, instrument, components)
    return instrument.categories[int(_band(exact, index, instrument)[0])].code


def level_problems(levels: pd.DataFrame, instrument: Instrument) -> list[Problem]:
    """Say what keeps `levels` from being scored; an empty list if nothing does.

    Of a draft that lacks parts, only what it lacks: levels cannot be judged by it.
    """
    if instrument.lacks:
        return list(instrument.lacks)
    codes = pd.Index(instrument.codes)
    seen = levels.columns
    problems = [
        *(Problem(str(code), "level-missing") for code in codes.difference(seen, sort=False)),
        *(Problem(str(code), "level-unknown-code") for code in seen.difference(codes, sort=False)),
        *(Problem(str(code), "level-repeated") for code in seen[seen.duplicated()].unique()),
    ]
    off = levels.notna() & ~_numeric(levels).isin(instrument.steps)
    allowed = ", ".join(map(str, instrument.steps))
    rows, columns = np.nonzero(off.to_numpy())
    for row, column in zip(rows, columns, strict=True):
        where = f"{levels.index[row]}/{seen[column]}" if len(levels) > 1 else str(seen[column])
        problems.append(Problem(where, "level-off-scale", levels.iat[row, column], allowed))
    return problems


def _numeric(levels: pd.DataFrame) -> pd.DataFrame:
    """Return the levels as numbers, NaN where they are none."""
    # Column by column is dear, and an open panel asks again at each click.
    if all(pd.api.types.is_float_dtype(kind) for kind in levels.dtypes):
        return levels
    return levels.apply(pd.to_numeric, errors="coerce")


def component_problems(components: pd.DataFrame, instrument: Instrument) -> list[Problem]:
    """Say what is wrong with the numbers of components; an empty list if nothing is."""
    seen, known = components.columns, ", ".join(instrument.needs) or "\N{EN DASH}"
    problems = [
        *(
            Problem(str(code), "component-unknown", code, known)
            for code in seen.difference(pd.Index(instrument.needs, dtype=object), sort=False)
        ),
        *(Problem(str(code), "level-repeated") for code in seen[seen.duplicated()].unique()),
        *(
            Problem(str(row), "level-repeated")
            for row in components.index[components.index.duplicated()].unique()
        ),
    ]
    if problems:
        return problems
    tops = _tops(instrument)
    for code in seen:
        for row, value in components[code].items():
            if pd.isna(value):
                continue
            where = f"{row}/{code}" if len(components) > 1 else str(code)
            exact = _decimal(value)
            if exact is None or not 0 <= exact <= tops[code]:
                problems.append(Problem(where, "component-off-scale", value, tops[code]))
            elif exact != round(exact, DECIMALS):
                problems.append(Problem(where, "too-many-decimals", value, DECIMALS))
    return problems


@dataclass(frozen=True, slots=True)
class _Index:
    """Indexes, exactly: whole numbers over one whole number."""

    numerator: Any
    denominator: int

    def rounded(self, decimals: int) -> npt.NDArray[np.float64]:
        """Return them half up."""
        scale = 10**decimals
        whole = _half_up(self.numerator * scale, self.denominator)
        return np.asarray(whole / scale, dtype=float)


def _checked(
    levels: pd.DataFrame, instrument: Instrument, components: pd.DataFrame | None = None
) -> tuple[pd.DataFrame, _Ints]:
    """Return the levels in the instrument's order, and its weights in millionths."""
    _refuse_draft(instrument)
    problems = level_problems(levels, instrument)
    if components is not None:
        problems += component_problems(components, instrument)
    if problems:
        raise ScoreError("levels", problems)
    given = levels.loc[:, list(instrument.codes)].astype(float)
    micro = np.array([_micro(weight) for weight in instrument.weights], dtype=np.int64)
    return given, micro


def _refuse_draft(instrument: Instrument) -> None:
    if instrument.lacks:
        lacks = instrument.lacks
        raise ScoreError("edition-lacks", lacks, edition=instrument.id, count=len(lacks))


def _of_one(
    total: Decimal, instrument: Instrument, components: Mapping[str, Any] | None
) -> tuple[_Ints, _Index]:
    _refuse_draft(instrument)
    frame = pd.DataFrame([dict(components or {})], dtype=object)
    problems = component_problems(frame, instrument)
    absent = [code for code in instrument.needs if code not in frame or pd.isna(frame.at[0, code])]
    problems += [Problem(code, "component-missing") for code in absent]
    if problems:
        raise ScoreError("components", problems)
    exact = np.array([_micro(total)])
    more, _ = _numbers(frame, frame.index, instrument)
    return exact, _index(exact, more, instrument)


def _numbers(
    components: pd.DataFrame | None, rows: pd.Index[Any], instrument: Instrument
) -> tuple[dict[str, Any], _Flags]:
    """Return the numbers of each component in millionths, and which rows have all of them."""
    there = np.ones(len(rows), dtype=bool)
    if not instrument.needs:
        return {}, there
    frame = pd.DataFrame(index=rows) if components is None else components
    frame = frame.astype(object).reindex(index=rows, columns=list(instrument.needs))
    more = {}
    for code in instrument.needs:
        known = frame[code].notna().to_numpy()
        there &= known
        whole = [_micro(v) if k else 0 for v, k in zip(frame[code], known, strict=True)]
        # Numbers of Python, which have no end: shares times scales go beyond 64 bits.
        more[code] = np.array(whole, dtype=object)
    return more, there


def _index(total: _Ints, more: Mapping[str, Any], instrument: Instrument) -> _Index:
    divisor = _micro(instrument.divisor)
    if not more and not instrument.components:
        return _Index(total, divisor)
    scales = {each.code: _micro(each.most) for each in instrument.given}
    common = math.lcm(divisor, *scales.values())
    percent = 100 * MICRO
    # An edition that has a correction and no components is all maturity.
    shares = {each.code: _micro(each.share) for each in instrument.components}
    rest = percent - sum(shares[code] for code in scales)
    numerator = total.astype(object) * (rest * (common // divisor))
    for code, scale in scales.items():
        numerator = numerator + more[code] * (shares[code] * (common // scale))
    if CORRECTION in more:
        # A correction is in points of the index, as millionths of one.
        numerator = np.maximum(numerator - more[CORRECTION] * (100 * common), 0)
    return _Index(numerator, percent * common)


def _tops(instrument: Instrument) -> dict[str, Decimal]:
    """Return the highest number of each component, and of the correction."""
    tops = {each.code: each.most or Decimal(0) for each in instrument.given}
    if instrument.correction:
        most = instrument.correction.most
        tops[CORRECTION] = Decimal(MICRO) if most is None else most
    return tops


def _earned(given: pd.DataFrame, micro: _Ints) -> tuple[npt.NDArray[np.bool_], _Ints]:
    known = given.notna().to_numpy()
    return known, given.fillna(0).to_numpy().astype(np.int64) * micro


def _exact(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Give the float nearest to each exact number of millionths."""
    return np.round(values * MICRO) / MICRO


def _half_up(numerator: Any, denominator: Any) -> Any:
    """Divide whole numbers and round half up, never leaving whole numbers."""
    return (2 * numerator + denominator) // (2 * denominator)


def _band(total: _Ints, index: _Index, instrument: Instrument) -> _Ints:
    """Give the position of the category of each total, or of each index."""
    on_index = instrument.bands_on == "index"
    values, unit = (index.numerator, index.denominator) if on_index else (total, MICRO)
    # A bound on the index can fall between two whole numbers. Rounded towards the side that does
    # not reach it, it parts the whole numbers exactly as the exact bound does.
    up = MICRO - 1 if instrument.lower_inclusive else 0
    lows = [(_micro(c.low) * unit + up) // MICRO for c in instrument.categories[1:]]
    side: Any = "right" if instrument.lower_inclusive else "left"
    return np.searchsorted(np.array(lows, dtype=values.dtype), values, side=side)


def _micro(value: Any) -> int:
    """Give a number of points in millionths, exactly."""
    scaled = Decimal(str(value)).scaleb(DECIMALS)
    if scaled != int(scaled):
        raise ValueError(f"{value} has more than six decimals")
    return int(scaled)


def _decimal(value: Any) -> Decimal | None:
    """Give the number that a value is written as; None if it is none."""
    if isinstance(value, bool | np.bool_):
        return None
    try:
        exact = Decimal(str(value))
    except InvalidOperation:
        return None
    return exact if exact.is_finite() else None
