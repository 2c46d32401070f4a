"""The determination: levels of every sub-aspect, and what follows from them under the edition."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pandas as pd

from merit_kit import process, scoring
from merit_kit.errors import Key, Problem
from merit_kit.instrument import Instrument


def determination_body(
    levels: Mapping[str, int], instrument: Instrument, text: str = ""
) -> dict[str, Any]:
    """Return the body of an entry that determines a result.

    Parameters
    ----------
    levels : mapping of code to level
        Of every sub-aspect.
    text : str
        The reasons of the *pleno*; needed where a level differs from the verified one.

    Returns
    -------
    dict
        ``levels``; ``total`` (points), ``index`` and ``category`` (its code) as they follow from
        them, as text, numbers with a decimal point; ``text``.

    Raises
    ------
    ScoreError
        If the levels cannot be scored, or are not of every sub-aspect.
    """
    result = scoring.totals(pd.DataFrame([dict(levels)]), instrument).iloc[0]
    total = Decimal(str(result["total"]))
    return {
        "levels": {code: int(levels[code]) for code in instrument.codes},
        "total": f"{total.normalize():f}",
        "index": str(scoring.index_of(total, instrument)),
        "category": scoring.category_of(total, instrument),
        "text": text,
    }


def determination_problems(
    body: Mapping[str, Any], verified: Mapping[str, Any], instrument: Instrument
) -> list[Problem]:
    """Say where a determination does not follow from its own levels, or departs without a word."""
    right = determination_body(body["levels"], instrument)
    place = Key(f"kinds.{process.DETERMINATION}")
    problems = [
        Problem(place, "determination-wrong", body[part], right[part])
        for part in ("total", "index", "category")
        if body[part] != right[part]
    ]
    if not body["text"].strip():
        problems += [
            Problem(code, "determination-why", level, int(verified[code]))
            for code, level in body["levels"].items()
            if code in verified and verified[code] != level
        ]
    return problems
