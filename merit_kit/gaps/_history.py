"""What was published about agencies, beside what a store knows of them. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from itertools import chain
from typing import Any

import pandas as pd

from merit_kit.gaps._frames import MICRO, percent_of
from merit_kit.gaps._sums import STATES_OF_ALL
from merit_kit.instrument import Instrument, load

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
        Names of agencies by their codes. Capitals and spaces make no difference; a name that two
        of them have leads to neither.

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
    codes = _by_name(names)
    table = pd.DataFrame(published, columns=_PUBLISHED).replace("", None)
    frame = pd.DataFrame(
        {
            "agency": [codes.get(_folded(name)) for name in table["agency"]],
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


def one_a_year(published: pd.DataFrame) -> pd.DataFrame:
    """Keep one row for each agency and year of published results that have a year and a total.

    Parameters
    ----------
    published : DataFrame
        From :func:`published_frame`, or those rows of :func:`history`.

    Returns
    -------
    DataFrame
        The columns of `published`, in its order. Of several sources of one agency and year the
        first row stays (nothing says which one is right), with all of them in ``source``, a
        semicolon between them, under the spelling of its name that most rows have. Beside them
        ``sources``, a tuple of the same, and ``totals``: a tuple of (total, its sources), more
        than one where they disagree.
    """
    known = published[published["total"].notna() & published["year"].notna()]
    # By hand: a frame for each of thousands of groups would be waited for.
    spelt: dict[str, Counter[str]] = {}
    said: dict[tuple[str, int], dict[float, list[str]]] = {}
    first = []
    columns = (known[name] for name in ("agency_name", "year", "total", "source"))
    for name, year, total, source in zip(*columns, strict=True):
        folded = _folded(name)
        spelt.setdefault(folded, Counter())[str(name)] += 1
        first.append((folded, int(year)) not in said)
        sources = said.setdefault((folded, int(year)), {}).setdefault(float(total), [])
        sources += [str(source)] if isinstance(source, str) else []
    every = [tuple(dict.fromkeys(chain(*each.values()))) for each in said.values()]
    return known[pd.Series(first, index=known.index, dtype=bool)].assign(
        agency_name=[spelt[name].most_common(1)[0][0] for name, _ in said],
        source=["; ".join(each) for each in every],
        sources=every,
        totals=[
            tuple((total, "; ".join(dict.fromkeys(by))) for total, by in each.items())
            for each in said.values()
        ],
    )


def history(
    assessments: pd.DataFrame,
    published: pd.DataFrame,
    editions: Mapping[str, Instrument] | None = None,
) -> pd.DataFrame:
    """Put published results beside those of the store, an agency's own in order of time.

    Parameters
    ----------
    assessments : DataFrame
        From :func:`by_assessment`.
    published : DataFrame
        From :func:`published_frame`.
    editions : mapping of digest to Instrument, optional
        Those of the assessments: where they are known, their categories are named.

    Returns
    -------
    DataFrame, shape (n_assessments + n_published, 15)
        The columns of :func:`published_frame`; of the store's own ``round`` and ``category`` are
        given, ``category_name`` is its name in Indonesian as in what is published, ``most`` is the
        maximum of its edition, ``origin`` is "store", ``state`` as :func:`by_assessment` gives it,
        and ``total`` is NaN until every sub-aspect has a level. Totals of editions with different
        maxima are compared by their ``percent``. By name, then year, then round.
    """
    names = {
        (digest, band.code): band.name.id
        for digest, edition in (editions or {}).items()
        for band in edition.categories
    }
    categories = zip(assessments["edition_digest"], assessments["category"], strict=True)
    own = assessments.assign(
        total=assessments["points"].where(assessments["complete"]),
        category_name=pd.Series(
            [names.get(each) for each in categories], assessments.index, object
        ),
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


def _by_name(names: pd.Series[Any] | None) -> dict[str, str]:
    """Return codes by names; without those that several have."""
    if names is None:
        return {}
    folded = pd.Series([_folded(name) for name in names], index=names.index, dtype=object)
    single = folded[~folded.duplicated(keep=False)]
    return {str(name): str(code) for code, name in single.items()}


def _folded(name: Any) -> str:
    return " ".join(str(name).split()).casefold()


def _percent(results: pd.DataFrame) -> Any:
    """Return totals as shares of their maxima, counted in whole millionths of points."""
    points, most = ((results[name].to_numpy(float) * MICRO).round() for name in ("total", "most"))
    return percent_of(points, most)
