"""What a total would be with other levels. Nothing is stored: numbers in, numbers out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from merit_kit import scoring
from merit_kit.instrument import Instrument


@dataclass(frozen=True)
class Standing:
    """One assessment with certain levels.

    Attributes
    ----------
    total : float
        Points; of what is assessed.
    complete : bool
        Whether every sub-aspect is assessed.
    index : float or None
    category : str or None
        Its code; these three only once it is complete.
    to_next : float or None
        Points missing to the next category.
    rank : int or None
        1 and how many of the others have more points: equal totals share the better rank, and the
        ranks after them are left out (1, 2, 2, 4). None while it is not complete.
    aspects : DataFrame
        Index ``aspect`` (number): ``points, most, percent`` as
        :func:`merit_kit.scoring.aspect_points` gives them.
    """

    total: float
    complete: bool
    index: float | None
    category: str | None
    to_next: float | None
    rank: int | None
    aspects: pd.DataFrame = field(repr=False)


@dataclass(frozen=True)
class WhatIf:
    """An assessment as it is, and as it would be."""

    before: Standing
    after: Standing
    of: int
    """How many are ranked, this one included if it is complete after the changes."""


def what_if(
    levels: pd.Series[Any],
    changes: Mapping[str, float | None],
    instrument: Instrument,
    others: pd.Series[Any],
    components: Mapping[str, Any] | None = None,
) -> WhatIf:
    """Say what the total, the category and the rank of an assessment would be with other levels.

    Parameters
    ----------
    levels : Series, shape (n_sub_aspects,)
        Index: every code of the instrument; NaN where not assessed.
    changes : mapping of code to level
        Levels to put in place of those; None: not assessed.
    instrument : Instrument
    others : Series of float
        Totals of the others that it is ranked among, this one not included: of the same round, of
        the same edition, and complete. Those without one (NaN) are not ranked.
    components : mapping, optional
        What the index takes beside the levels.

    Raises
    ------
    ScoreError
        As :func:`merit_kit.scoring.totals`: a code that is unknown, a level off the scale.
    """
    changed = {**levels.to_dict(), **changes}
    known = others.dropna()
    before = _standing(levels.to_dict(), instrument, known, components)
    after = _standing(changed, instrument, known, components)
    return WhatIf(before, after, len(known) + after.complete)


def _standing(
    levels: Mapping[Any, Any],
    instrument: Instrument,
    others: pd.Series[Any],
    components: Mapping[str, Any] | None,
) -> Standing:
    sheet = pd.DataFrame([dict(levels)], index=["it"])
    beside = pd.DataFrame([dict(components)], index=["it"]) if components else None
    found = scoring.totals(sheet, instrument, beside).iloc[0]
    total, complete = float(found["total"]), bool(found["complete"])
    aspects = scoring.aspect_points(sheet, instrument).loc["it"]
    return Standing(
        total,
        complete,
        float(found["index"]) if complete else None,
        str(found["category"]) if complete else None,
        None if pd.isna(found["to_next"]) else float(found["to_next"]),
        1 + int((others > total).sum()) if complete else None,
        aspects[["points", "most", "percent"]],
    )
