"""The tidy frame added up: by aspect, by assessment, by group. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from merit_kit import scoring
from merit_kit.errors import Problem, ScoreError
from merit_kit.gaps._frames import MICRO, percent_of
from merit_kit.gaps._quantiles import QUARTILES, on_the_line, places
from merit_kit.instrument import Instrument

ABOUT = (
    *("agency", "agency_name", "kind", "province", "wilayah", "round", "year", "number"),
    *("edition", "edition_digest", "stage", "simulation"),
)
"""What is the same in all rows of one assessment."""

STATES_OF_ALL = ("none", "partial", "disputed", "verified", "determined")
"""How far an assessment is, the least first: the values of its ``state``."""

_POINTS = ("points", "self_points", "verified_points", "most", "gap")
_WHOSE = ("", "self_", "verified_")
"""Of the levels that count, of the agency's own, of the verified ones."""
_NUMBERS = (
    *("assessed", "self_assessed", "verified_assessed", "of", "settled"),
    *("raised", "lowered", "mismatches", "disputed"),
)
_AT_ONCE = 1 << 16

_SHARES = (0.0, *QUARTILES, 1.0)


def by_aspect(frame: pd.DataFrame) -> pd.DataFrame:
    """Add up the sub-aspects of each aspect of each assessment.

    Parameters
    ----------
    frame : DataFrame
        Tidy, from :func:`tidy`: whole assessments, or a choice of their rows. Of what is said of
        the assessment, columns may be missing; they are then missing here.

    Returns
    -------
    DataFrame
        A row for each assessment and aspect with a row in `frame`, in the order of the categories
        of ``assessment``, then by number. ``assessment`` (category) and what is said of it
        (``agency, agency_name, kind, province, wilayah, round, year, number, edition,
        edition_digest, stage, simulation``), ``aspect`` (int8); points ``points`` (of the levels
        that count), ``self_points`` and ``verified_points`` earned (of what is assessed, NaN where
        nothing is; verified levels are those in force, whatever was determined later), ``most`` at
        the top level, ``gap`` from the levels that count up to it (of what is assessed, NaN where
        nothing is); ``percent, self_percent, verified_percent`` of ``most``, two decimals, half up,
        NaN until every sub-aspect has such a level: what is not assessed is not a level of 0; and
        numbers (int) of sub-aspects:
        ``assessed, self_assessed, verified_assessed, of``, ``settled`` (whose level is determined),
        ``raised`` and ``lowered`` by verification against the agency's own level, ``mismatches``,
        ``disputed`` (without a level that counts, since two standing statements contradict each
        other).
    """
    rows = frame["assessment"].cat.codes.to_numpy(np.int64)
    aspects = frame["aspect"].to_numpy(np.int64)
    width = int(aspects.max(initial=0)) + 1
    key = rows * width + aspects
    size = (int(rows.max(initial=-1)) + 1) * width
    sums = _sums(frame, key, size)
    there = np.flatnonzero(sums["of"])
    found = {name: values[there] for name, values in sums.items()}
    firsts = np.zeros(size, dtype=np.int64)
    firsts[key] = np.arange(len(key))
    said = frame[["assessment", *_about(frame)]].take(firsts[there]).reset_index(drop=True)
    return said.assign(aspect=(there % width).astype(np.int8), **_figures(found))


def by_assessment(
    frame: pd.DataFrame,
    editions: Mapping[str, Instrument],
    components: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Add up each assessment: its total, and where it stands.

    Parameters
    ----------
    frame : DataFrame
        Tidy, from :func:`tidy`; whole assessments. Of what is said of the assessment, all but
        ``edition_digest`` may be missing.
    editions : mapping of digest to Instrument
        Of all assessments in the frame.
    components : DataFrame, optional
        Index ``assessment``: what the index takes beside the levels, as for
        :func:`merit_kit.scoring.totals`.

    Returns
    -------
    DataFrame
        Index ``assessment`` (text), in the order of their first rows. What is said of the
        assessment (``agency, agency_name, kind, province, wilayah, round, year, number, edition,
        edition_digest, stage, simulation``); ``state`` (category, ordered): ``determined`` (every
        level is a determined one: a result), ``verified`` (every sub-aspect has a level that
        evaluators stated: provisional, it may still change), ``disputed`` (one has none, since
        standing statements contradict each other), ``partial`` (some have), ``none``;
        ``determined`` (bool); the points, percentages and numbers of :func:`by_aspect`;
        ``complete`` (bool), and once it is, ``index`` (float), ``category`` (code), ``to_next``
        (points missing to the next category), all by :func:`merit_kit.scoring.totals`.

    Raises
    ------
    ScoreError
        If an assessment has a sub-aspect twice, or lacks rows of its edition.
    """
    rows, ids = pd.factorize(frame["assessment"].cat.codes.to_numpy())
    names = frame["assessment"].cat.categories[ids].astype(str)
    firsts = np.zeros(len(ids), dtype=np.int64)
    firsts[rows] = np.arange(len(rows))
    found = _figures(_sums(frame, rows, len(ids)))
    result = frame[_about(frame)].take(firsts).set_axis(names).rename_axis("assessment")
    result["state"] = _state(found)
    result["determined"] = found["settled"] == found["of"]
    result = result.assign(**found)
    scored = [
        _scored(frame, rows, names, result["edition_digest"].to_numpy(), edition, components)
        for edition in editions.values()
        if not edition.lacks
    ]
    columns = ["complete", "index", "category", "to_next"]
    every = pd.concat(scored) if scored else pd.DataFrame(columns=columns)
    every = every.reindex(names)[columns]
    every["complete"] = every["complete"].eq(True)
    return result.join(every)


def spread(figures: pd.DataFrame, by: Sequence[str], column: str) -> pd.DataFrame:
    """Say how a figure is spread in groups: their least, quartiles and most.

    Parameters
    ----------
    figures : DataFrame
        A row for each member of a group.
    by : sequence of str
        Columns that name the groups.
    column : str
        The figure; rows without one are left out.

    Returns
    -------
    DataFrame
        Index `by`, sorted; a row for each group with a figure. ``n`` (int); in the unit of the
        figure ``mean, low, q1, median, q3, high``; between two values on the straight line from
        one to the other.
    """
    known = figures[figures[column].notna()]
    groups = [pd.factorize(known[name], sort=True) for name in by]
    key = np.zeros(len(known), dtype=np.int64)
    for codes, names in groups:
        key = key * max(len(names), 1) + codes
    there, key = np.unique(key, return_inverse=True)
    values = known[column].to_numpy(float)
    # Sorted once within each group, so that any share of it is looked up and not searched.
    order = np.lexsort((values, key))
    values = values[order]
    sizes = np.bincount(key, minlength=len(there))
    begins = np.concatenate(([0], np.cumsum(sizes)[:-1])).astype(np.int64)
    found: dict[str, Any] = {"n": sizes}
    found["mean"] = np.bincount(key[order], values, len(there)) / np.maximum(sizes, 1)
    for name, share in zip(("low", "q1", "median", "q3", "high"), _SHARES, strict=True):
        below, above, part = places(share, sizes)
        found[name] = on_the_line(values[begins + below], values[begins + above], part)
    return pd.DataFrame(found, index=_index(there, groups, by))


def _about(frame: pd.DataFrame) -> list[str]:
    """Return those columns about the assessment that there are: of a file not all may be read."""
    return [name for name in ABOUT if name in frame.columns]


def _index(there: Any, groups: list[tuple[Any, Any]], by: Sequence[str]) -> pd.Index[Any]:
    parts = []
    for _, names in reversed(groups):
        there, at = np.divmod(there, max(len(names), 1))
        parts.append(np.asarray(names)[at])
    arrays = list(reversed(parts))
    if len(by) == 1:
        return pd.Index(arrays[0], name=by[0])
    return pd.MultiIndex.from_arrays(arrays, names=list(by))


def _sums(frame: pd.DataFrame, key: Any, size: int) -> dict[str, Any]:
    """Add up by key. Points are added as whole millionths, which a float holds exactly.

    Rows of one key mostly lie together: each such run is added up first, which is five times as
    fast; then the runs are, wherever they lie. So many rows at a time that what is worked out of
    them stays in the processor's cache: of millions at once, each column in between would be
    memory of its own, asked for and given back.
    """
    runs, parts = [], []
    for start in range(0, len(key), _AT_ONCE):
        some = key[start : start + _AT_ONCE]
        begins = np.flatnonzero(np.concatenate(([True], some[1:] != some[:-1])))
        runs.append(some[begins])
        parts.append(
            {
                name: np.add.reduceat(values, begins)
                for name, values in _addends(frame.iloc[start : start + _AT_ONCE]).items()
            }
        )
    at = np.concatenate(runs) if runs else np.zeros(0, dtype=np.int64)
    added = {
        name: np.bincount(
            at, np.concatenate([part[name] for part in parts]) if parts else None, size
        )
        for name in (*_POINTS, *_NUMBERS)
    }
    return {
        **{name: added[name].astype(np.float64) for name in _POINTS},
        **{name: added[name].astype(np.int64) for name in _NUMBERS},
    }


def _addends(frame: pd.DataFrame) -> dict[str, Any]:
    """Return what each row adds to each sum."""
    weight = np.round(frame["weight"].to_numpy(float) * MICRO)
    level, own, verified = (_numbers(frame[name]) for name in ("level", "self", "verified"))
    most = np.round(frame["most"].to_numpy(float) * MICRO)
    points = weight * level
    difference = _numbers(frame["difference"])
    there, stated, seen = ~np.isnan(level), ~np.isnan(own), ~np.isnan(verified)
    found = {
        "points": np.where(there, points, 0.0),
        "self_points": np.where(stated, weight * own, 0.0),
        "verified_points": np.where(seen, weight * verified, 0.0),
        "most": most,
        "gap": np.where(there, most - points, 0.0),
        "assessed": there,
        "self_assessed": stated,
        "verified_assessed": seen,
        "settled": frame["final"].notna().to_numpy(bool),
        "of": np.ones(len(frame), dtype=bool),
        "raised": difference > 0,
        "lowered": difference < 0,
        "mismatches": frame["mismatch"].to_numpy(bool),
        "disputed": (frame["state"] == "disputed").to_numpy(bool),
    }
    return {name: values.astype(np.float64) for name, values in found.items()}


def _state(found: Mapping[str, Any]) -> pd.Categorical:
    every = found["of"]
    # What is assessed throughout has nothing left that disputes a level which counts.
    reached = (
        found["assessed"] > 0,
        found["disputed"] > 0,
        found["assessed"] == every,
        found["settled"] == every,
    )
    codes = np.zeros(len(every), dtype=np.int8)
    for at, rows in enumerate(reached, start=1):
        codes[rows] = at
    return pd.Categorical.from_codes(codes, list(STATES_OF_ALL), ordered=True)


def _figures(sums: Mapping[str, Any]) -> dict[str, Any]:
    """Return points and percentages: unknown, not nought, where nothing or not all is assessed."""
    points, percents = {}, {}
    for whose in _WHOSE:
        assessed, earned = sums[f"{whose}assessed"], sums[f"{whose}points"]
        points[f"{whose}points"] = np.where(assessed > 0, earned, np.nan) / MICRO
        whole = np.where(assessed == sums["of"], earned, np.nan)
        percents[f"{whose}percent"] = percent_of(whole, sums["most"])
    gap = np.where(sums["assessed"] > 0, sums["gap"], np.nan) / MICRO
    return {
        **points,
        "most": sums["most"] / MICRO,
        "gap": gap,
        **percents,
        **{name: sums[name] for name in _NUMBERS},
    }


def _scored(
    frame: pd.DataFrame,
    rows: Any,
    names: pd.Index[Any],
    digests: Any,
    edition: Instrument,
    components: pd.DataFrame | None,
) -> pd.DataFrame:
    """Score the assessments of one edition on their whole sheets."""
    own = digests == edition.digest
    at = np.flatnonzero(own[rows])
    place = np.cumsum(own) - 1
    labels = [str(label) for label in frame["sub_aspect"].cat.categories]
    column = pd.Index(edition.codes).get_indexer(labels)
    columns = column[frame["sub_aspect"].cat.codes.to_numpy()[at]]
    shape = (int(own.sum()), len(edition.codes))
    flat = place[rows[at]] * shape[1] + columns
    if len(at) != shape[0] * shape[1] or (np.bincount(flat, minlength=len(at)) != 1).any():
        raise ScoreError("levels", [Problem(edition.id, "rows-not-whole", len(at), shape)])
    sheet = np.empty(shape)
    sheet.ravel()[flat] = _numbers(frame["level"])[at]
    levels = pd.DataFrame(sheet, index=names[own], columns=list(edition.codes))
    beside = None
    if edition.needs and components is not None and not components.empty:
        # Of other editions there may be others.
        beside = components.reindex(names[own], columns=list(edition.needs))
    return scoring.totals(levels, edition, beside)


def _numbers(column: pd.Series[Any]) -> Any:
    """Return levels as floats, NaN where <NA>."""
    return column.to_numpy(float, na_value=np.nan)
