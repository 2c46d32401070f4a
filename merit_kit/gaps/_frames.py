"""Where points are missing, as one tidy frame: a row for each agency, round and sub-aspect.

Pure: what a store has is handed in (:func:`merit_kit.assessment.sheets`), and what comes out can
be taken further in pandas, written as a file (``merit export``) or read back from one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from merit_kit.instrument import Instrument

LEVELS = ("self", "awal", "akhir", "verified", "field", "final", "draft")
"""The columns of levels; see :func:`merit_kit.process.side_by_side` and, of ``draft``,
:func:`merit_kit.assessment.sheets`."""

STATES = ("none", "self", "draft", "disputed", "verified", "determined")
"""How far a sub-aspect is, the least first: the values of ``state``."""

MICRO = 1_000_000
"""Points are counted in millionths, as in :mod:`merit_kit.scoring`."""

_NAMED = ("agency", "agency_name", "kind", "province", "wilayah", "round", "stage")


def tidy(
    about: pd.DataFrame, levels: pd.DataFrame, editions: Mapping[str, Instrument]
) -> pd.DataFrame:
    """Lay out assessments level by level, with the points each level earns and lacks.

    Parameters
    ----------
    about : DataFrame, shape (n_assessments, 11)
        Index ``assessment`` (ids). Columns ``agency`` (code), ``agency_name, kind, province,
        wilayah`` (text or None), ``round`` (code), ``year, number``, ``edition`` (digest),
        ``stage``, ``invented`` (bool).
    levels : DataFrame, shape (n_rows, 8)
        Index ``assessment, sub_aspect``, every code of the assessment's edition once; columns
        :data:`LEVELS`, NaN where nothing stands, and ``disputed``: whether two statements of the
        agency's own level, or of the verified one in one pass, stand side by side.
    editions : mapping of digest to Instrument

    Returns
    -------
    DataFrame, shape (n_rows, 32)
        In the order of `levels`. Columns:

        ``assessment, agency, agency_name, kind, province, wilayah, round, stage`` : category
            Empty (NaN) where the registers say nothing.
        ``year`` : int16, ``number`` : int8
            Of the round.
        ``edition, edition_digest`` : category
            Its id, and the digest of its content.
        ``simulation`` : bool
            Made up, or scored by an edition that is not official: no result.
        ``aspect`` : int8, ``sub_aspect`` : category
            The aspect's number; the code.
        ``self, awal, akhir, verified, field, final, draft`` : Int8
            Levels; <NA> is not assessed, 0 is assessed and nothing proven. ``verified`` is the
            one in force, of the pass *akhir* if that said anything, else *awal*; ``field`` the
            lowest finding; ``final`` the determined one. ``draft`` is what evaluators have
            prepared and not stated yet: it is never in ``verified`` and earns no points.
        ``level`` : Int8
            What counts: ``final`` where it was determined, else ``verified``.
        ``state`` : category, ordered
            Where ``level`` comes from, :data:`STATES`: ``determined`` (``final``), ``verified``
            (stated by evaluators, not determined: it may still change); without one, ``disputed``
            (two standing statements contradict each other: none of them counts until somebody
            settles it), ``draft`` (prepared only), ``self`` (the agency's own only) or ``none``.
        ``weight`` : float, points per level; ``most`` : float, points at the top level
        ``points, self_points`` : float
            Earned by ``level`` and by ``self``; NaN where that is <NA>.
        ``percent`` : float, 0-100
            ``points`` of ``most``, two decimals, half up.
        ``gap`` : float
            Points from ``level`` up to the top; NaN where not assessed.
        ``difference`` : Int8
            Levels from ``self`` to ``verified``: negative where the agency rated itself higher.
        ``mismatch`` : bool
            Practice lies below the documents (``field`` < ``verified``).

    Notes
    -----
    Of an edition that lacks its weights, all points are NaN and the levels are there.
    """
    rows = levels.index.codes[0]
    place = about.index.get_indexer(levels.index.levels[0])[rows]
    edition_of, digests = pd.factorize(about["edition"], sort=True)
    own = [editions[digest] for digest in digests]
    # In the order of the editions: sorted as texts, 3.10 would come before 3.2.
    labels = list(dict.fromkeys(code for each in own for code in each.codes))
    code = pd.Index(labels).get_indexer(levels.index.levels[1])[levels.index.codes[1]]
    of_edition = edition_of[place]
    numbers, micro = _by_code(labels, own)
    weight = micro[of_edition, code]
    tops = np.array([each.scale[-1] if each.scale else 0 for each in own], dtype=float)
    given = {name: levels[name].to_numpy(float) for name in LEVELS}
    level = np.where(np.isnan(given["final"]), given["verified"], given["final"])
    most = weight * tops[of_edition]
    points = weight * level
    invented = about["invented"].to_numpy(bool)
    official = np.array([each.is_official for each in own], dtype=bool)
    columns: dict[str, Any] = {
        "assessment": _category(rows, levels.index.levels[0].astype(str)),
        **{name: _taken(about[name], place) for name in _NAMED},
        "year": about["year"].to_numpy(np.int16)[place],
        "number": about["number"].to_numpy(np.int8)[place],
        "edition": _taken(about["edition"].map(lambda digest: editions[digest].id), place),
        "edition_digest": _taken(about["edition"], place),
        "simulation": (invented | ~official[edition_of])[place],
        "aspect": numbers[of_edition, code],
        "sub_aspect": _category(code, pd.Index(labels, dtype=object)),
        **{name: _level(values) for name, values in given.items()},
        "level": _level(level),
        "state": _state(given, levels["disputed"].to_numpy(bool)),
        "weight": weight / MICRO,
        "most": most / MICRO,
        "points": points / MICRO,
        "self_points": weight * given["self"] / MICRO,
        "percent": percent_of(points, most),
        "gap": (most - points) / MICRO,
        "difference": _level(given["verified"] - given["self"]),
        "mismatch": given["field"] < given["verified"],
    }
    return pd.DataFrame(columns)


def percent_of(points: Any, most: Any) -> Any:
    """Give the percentage, two decimals, half up, of whole numbers of millionths of points."""
    with np.errstate(divide="ignore", invalid="ignore"):
        # Whole numbers far below 2**53: a float holds them, and their quotient, well enough to
        # tell on which side of a half it lies, but for an exact half, which it hits exactly.
        return np.floor(points * 10_000 / most + 0.5) / 100


def _by_code(labels: list[str], own: list[Instrument]) -> tuple[Any, Any]:
    """Return, for each edition and code, the number of its aspect and its weight in millionths."""
    numbers = np.zeros((len(own), len(labels)), dtype=np.int8)
    micro = np.full((len(own), len(labels)), np.nan)
    place = {label: i for i, label in enumerate(labels)}
    for row, edition in enumerate(own):
        for sub in edition.sub_aspects:
            at = place.get(sub.code)
            if at is None:
                continue
            numbers[row, at] = sub.aspect
            if sub.weight is not None:
                micro[row, at] = float(sub.weight * MICRO)
    return numbers, micro


def _category(codes: Any, names: Any) -> pd.Categorical:
    return pd.Categorical.from_codes(codes, names)


def _taken(column: pd.Series[Any], place: Any) -> pd.Categorical:
    codes, names = pd.factorize(column, sort=True)
    return pd.Categorical.from_codes(codes[place], names.astype(object))


def _state(given: Mapping[str, Any], disputed: Any) -> pd.Categorical:
    """Say how far each row is: as far as the last of these that it has."""
    there = {name: ~np.isnan(given[name]) for name in LEVELS}
    reached = (there["self"], there["draft"], disputed, there["verified"], there["final"])
    codes = np.zeros(len(disputed), dtype=np.int8)
    for at, rows in enumerate(reached, start=1):
        codes[rows] = at
    return pd.Categorical.from_codes(codes, list(STATES), ordered=True)


def _level(values: Any) -> Any:
    """Return levels as Int8, <NA> where NaN."""
    unknown = np.isnan(values)
    return pd.arrays.IntegerArray(np.where(unknown, 0, values).astype(np.int8), unknown)
