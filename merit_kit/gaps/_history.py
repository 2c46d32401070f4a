"""What was published about agencies, beside what a store knows of them. Pure."""

from __future__ import annotations

from typing import Any

import pandas as pd

from merit_kit.gaps._frames import MICRO, percent_of
from merit_kit.gaps._sums import STATES_OF_ALL
from merit_kit.instrument import load

PUBLISHED = "published"
"""The ``state`` of what was published, beside those of an assessment of one's own."""

_PUBLISHED = ["agency", "kind", "year", "score", "index", "category", "source"]
_COLUMNS = [
    *("agency", "agency_name", "kind", "year", "round", "total", "most", "percent", "index"),
    *("category", "category_name", "origin", "state", "source", "simulation"),
]


def published_frame(published: pd.DataFrame, names: pd.Series[Any] | None = None) -> pd.DataFrame:
    """Lay out published results, one row each, with the agency's code where it is known.

    Parameters
    ----------
    published : DataFrame
        As the store or :func:`merit_kit.workbook.read_published` gives them: ``agency`` (its name),
        ``kind, year, score, index, category, source``, all text, None or empty where nothing was
        published.
    names : Series, optional
        Names of agencies by their codes.

    Returns
    -------
    DataFrame, shape (n_results, 15)
        By name, then year. ``agency`` (code, None where none has that name), ``agency_name, kind``;
        ``year`` (Int64, <NA> where it is no number), ``round`` (None), ``total`` (points, float),
        ``most`` (points at the top, float), ``percent`` (``total`` of ``most``, 0-100, two
        decimals, half up), ``index`` (float), ``category`` (None: the codes are an edition's),
        ``category_name`` (as published); ``origin`` ("published"), ``state`` ("published"),
        ``source``, ``simulation`` (False).

    Notes
    -----
    Publications do not say what a total is out of. ``most`` is the maximum of the edition that the
    kit uses by default (400 points): where a publication gives an index as well, it is the total
    divided by that.
    """
    codes = {} if names is None else {str(name): str(code) for code, name in names.items()}
    table = pd.DataFrame(published, columns=_PUBLISHED).replace("", None)
    frame = pd.DataFrame(
        {
            "agency": [codes.get(str(name)) for name in table["agency"]],
            "agency_name": table["agency"],
            "kind": table["kind"],
            "year": pd.to_numeric(table["year"], errors="coerce").astype("Int64"),
            "round": None,
            "total": pd.to_numeric(table["score"]).astype(float),
            "most": float(load().maximum),
            "percent": None,
            "index": pd.to_numeric(table["index"]).astype(float),
            "category": None,
            "category_name": table["category"],
            "origin": "published",
            "state": PUBLISHED,
            "source": table["source"],
            "simulation": False,
        },
        columns=_COLUMNS,
    )
    frame["percent"] = _percent(frame)
    return frame.sort_values(["agency_name", "year"], kind="stable").reset_index(drop=True)


def history(assessments: pd.DataFrame, published: pd.DataFrame) -> pd.DataFrame:
    """Put published results beside those of the store, an agency's own in order of time.

    Parameters
    ----------
    assessments : DataFrame
        From :func:`by_assessment`.
    published : DataFrame
        From :func:`published_frame`.

    Returns
    -------
    DataFrame, shape (n_assessments + n_published, 15)
        The columns of :func:`published_frame`; of the store's own ``round`` and ``category`` are
        given, ``most`` is the maximum of its edition, ``origin`` is "store", ``state`` as
        :func:`by_assessment` gives it, and ``total`` is NaN until every sub-aspect has a level.
        Totals of editions with different maxima are compared by their ``percent``. By name, then
        year, then round.
    """
    own = assessments.assign(
        total=assessments["points"].where(assessments["complete"]),
        category_name=None,
        origin="store",
        source=None,
    )
    own["percent"] = _percent(own)
    texts = ["agency", "agency_name", "kind", "round", "state"]
    own = own.astype(dict.fromkeys(texts, object)).astype({"year": "Int64", "index": float})
    parts = [part for part in (own[_COLUMNS], published[_COLUMNS]) if len(part)]
    if not parts:
        return published[_COLUMNS]
    every = pd.concat([part.astype({"category": object}) for part in parts], ignore_index=True)
    order = ["agency_name", "year", "round"]
    every["state"] = pd.Categorical(every["state"], [*STATES_OF_ALL, PUBLISHED])
    return every.sort_values(order, kind="stable").reset_index(drop=True)


def _percent(results: pd.DataFrame) -> Any:
    """Return totals as shares of their maxima, counted in whole millionths of points."""
    points, most = ((results[name].to_numpy(float) * MICRO).round() for name in ("total", "most"))
    return percent_of(points, most)
