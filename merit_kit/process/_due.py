"""How long a result holds, and who is due."""

from __future__ import annotations

from typing import Any

import pandas as pd

ROUNDS_A_YEAR = 2


def valid_until(year: int, number: int, valid_years: int | None) -> tuple[int, int]:
    """Return the last round (year, number) in which a result still holds.

    Parameters
    ----------
    year, number : int
        The round of the determination.
    valid_years : int or None
        From the category; None holds for its own round alone.

    References
    ----------
    Source ``consequences`` of edition kasn-2019: Sangat Baik every two years, Baik every year.
    """
    last = _ordinal(year, number) + max(ROUNDS_A_YEAR * (valid_years or 0) - 1, 0)
    return last // ROUNDS_A_YEAR, last % ROUNDS_A_YEAR + 1


def due(agencies: pd.DataFrame, results: pd.DataFrame, year: int, number: int) -> pd.DataFrame:
    """Return the agencies that are due in a round: no result of theirs holds in it.

    Parameters
    ----------
    agencies : DataFrame
        Index: codes.
    results : DataFrame
        Determined results, columns ``agency, year, number, category, valid_years``. Those of the
        round itself and of later ones play no part.

    Returns
    -------
    DataFrame
        Index: codes of those due, in the order of `agencies`; the columns of `agencies`, and of
        the last result ``last_year``, ``last_number``, ``last_category`` (None if there is none).
    """
    target = _ordinal(year, number)
    last: dict[str, tuple[int, Any]] = {}
    for row in results.itertuples():
        ordinal = _ordinal(int(row.year), int(row.number))
        if ordinal < target and ordinal > last.get(row.agency, (-1, None))[0]:
            last[row.agency] = (ordinal, row)
    rows = {}
    for code in agencies.index:
        row = last[code][1] if code in last else None
        if row is not None and _holds(row, year, number):
            continue
        rows[code] = (
            getattr(row, "year", None),
            getattr(row, "number", None),
            getattr(row, "category", None),
        )
    columns = ["last_year", "last_number", "last_category"]
    found = pd.DataFrame.from_dict(rows, orient="index", columns=columns, dtype=object)
    return agencies.loc[list(rows)].join(found)


def _holds(result: Any, year: int, number: int) -> bool:
    # In a column with a number in it, None has become NaN.
    years = None if pd.isna(result.valid_years) else int(result.valid_years)
    return valid_until(result.year, result.number, years) >= (year, number)


def _ordinal(year: int, number: int) -> int:
    return year * ROUNDS_A_YEAR + number - 1
