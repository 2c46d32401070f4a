"""The figures at the head of the panel, as texts in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from merit_kit import process, scoring
from merit_kit.assessment import Hearing
from merit_kit.i18n import Words
from merit_kit.instrument import Instrument


def figures_of(
    hearing: Hearing,
    counting: pd.DataFrame,
    items: Mapping[str, dict[str, Any]],
    side: str,
    words: Words,
    practising: str | None,
) -> dict[str, Any]:
    """Return points, index and category, and how far each aspect is; nothing without weights.

    `items` are those of the view; `practising`, whose second levels count as the verified ones.
    """
    about, instrument = hearing.assessment, hearing.instrument
    if instrument.lacks:
        return {}
    codes = instrument.codes
    sheets = {process.SELF: process.level_sheet(counting, process.SELF, [about], codes)}
    if practising:
        sheets[process.VERIFIED] = process.level_sheet(
            counting, process.SECOND, [about], codes, author=practising
        )
    else:
        sheets[process.VERIFIED] = process.level_sheet(counting, process.VERIFIED, [about], codes)
    both = pd.concat(sheets.values(), keys=sheets, names=["of", "assessment"]).droplevel(1)
    rows = scoring.totals(both, instrument)
    # How far an aspect is: on the agency's sheet with what the agency fills in there.
    filled = process.SELF if side == process.AGENCY else process.VERIFIED
    by_aspect = scoring.aspect_points(both.loc[[filled]], instrument)
    own, verified = rows.loc[process.SELF], rows.loc[process.VERIFIED]
    complete = verified["assessed"] == verified["of"]
    return {
        "self": {"total": words.number(own["total"]), "assessed": int(own["assessed"])},
        "verified": {
            "total": words.number(verified["total"]),
            "assessed": int(verified["assessed"]),
            "of": int(verified["of"]),
            "complete": bool(complete),
            "provisional": not complete
            or (not practising and _may_change(hearing.stage, items))
            # No agency is to take for its result what is still being verified.
            or (side == process.AGENCY and hearing.stage != process.PENETAPAN),
            "index": words.number(verified["index"], instrument.decimals) if complete else None,
            **_category(verified, instrument, words),
        },
        "aspects": {
            str(number): {
                "assessed": int(row["assessed"]),
                "of": int(row["of"]),
                "points": words.number(row["points"]),
                "most": words.number(row["most"]),
            }
            for (_, number), row in by_aspect.iterrows()
        },
    }


def _may_change(stage: str, items: Mapping[str, dict[str, Any]]) -> bool:
    """Say whether a verified level is still a draft, or awaits its second pass."""
    for item in items.values():
        later = item[process.AKHIR] or {"level": None}
        counts = later if later["level"] is not None else item[process.AWAL]
        if counts and counts["level"] is not None and counts["draft"]:
            return True
        if stage == process.PERBAIKAN and later["level"] is None:
            return True
    return False


def _category(row: pd.Series[Any], instrument: Instrument, words: Words) -> dict[str, Any]:
    codes = [each.code for each in instrument.categories]
    if row["category"] not in codes:
        return {"category": None, "next": None}
    at = codes.index(row["category"])
    following = instrument.categories[at + 1] if at + 1 < len(codes) else None
    more = row["to_next"]
    return {
        "category": {
            "name": words.text(instrument.categories[at].name),
            "tone": at + 1,
            "of": len(codes),
        },
        "next": {"points": words.number(more), "name": words.text(following.name)}
        if following and pd.notna(more)
        else None,
    }
