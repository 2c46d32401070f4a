"""The determination: levels of every sub-aspect, components of the index, and what follows."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pandas as pd

from merit_kit import process, scoring
from merit_kit.errors import Key, Problem
from merit_kit.instrument import Instrument


def determination_body(
    levels: Mapping[str, int],
    instrument: Instrument,
    text: str = "",
    components: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return the body of an entry that determines a result.

    Parameters
    ----------
    levels : mapping of code to level
        Of every sub-aspect.
    text : str
        The reasons of the *pleno*; needed where a level differs from the verified one.
    components : mapping of code to number, optional
        Of all that the edition's index takes beside the levels (`instrument.needs`); as for
        :func:`merit_kit.scoring.totals`.

    Returns
    -------
    dict
        ``levels``; ``total`` (points), ``index`` and ``category`` (its code) as they follow, as
        text, numbers with a decimal point; ``text``. And ``components``, as such text too, if the
        index takes any.

    Raises
    ------
    ScoreError
        If the levels cannot be scored or are not of every sub-aspect; or if a component is
        missing, unknown or off its scale.
    """
    result = scoring.totals(pd.DataFrame([dict(levels)]), instrument).iloc[0]
    total = Decimal(str(result["total"]))
    given = dict(components or {})
    body = {
        "levels": {code: int(levels[code]) for code in instrument.codes},
        "total": _written(total),
        "index": str(scoring.index_of(total, instrument, given)),
        "category": scoring.category_of(total, instrument, given),
        "text": text,
    }
    if instrument.needs:
        body["components"] = {code: _written(given[code]) for code in instrument.needs}
    return body


def determination_problems(
    body: Mapping[str, Any], verified: Mapping[str, Any], instrument: Instrument
) -> list[Problem]:
    """Say where a determination does not follow from what it rests on, or departs without a word.

    It rests on its own levels and components. Its form is taken to be right.
    """
    components = body.get("components", {})
    problems = scoring.component_problems(pd.DataFrame([components], dtype=object), instrument)
    if not problems:
        right = determination_body(body["levels"], instrument, components=components)
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


def _written(number: Any) -> str:
    """Write a number in the one way that entries hold it."""
    # Of zero there is one, whatever its sign.
    return f"{Decimal(str(number)).normalize() + 0:f}"
