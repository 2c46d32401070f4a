"""What was recommended to an agency the last time, as plain data that a later case can keep."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pandas as pd

from merit_kit import process
from merit_kit.assessment._as_of import as_they_were
from merit_kit.instrument import Instrument, from_data
from merit_kit.store import Store


def previous_of(
    store: Store,
    chosen: pd.DataFrame,
    every: pd.DataFrame,
    rounds: pd.DataFrame,
    until: Mapping[str, datetime] | None = None,
) -> dict[str, dict[str, Any]]:
    """Return what was recommended in the assessment before each of `chosen`, where there is one.

    Invented assessments follow invented ones alone. What is internal there stays there.

    Parameters
    ----------
    chosen, every : DataFrame
        Assessments, as the store gives them: those of one round, and all for a result.
    rounds : DataFrame
        Of the store, in order.
    until : mapping of id to moment, optional
        For each of `chosen`: what was recorded later is left out.

    Returns
    -------
    dict
        By id of `chosen`: ``round`` (``code, year, number``) and ``recommendations``, each with
        ``sub_aspect, name`` (in both languages), ``level, next, text``.
    """
    if chosen.empty:
        return {}
    place = {code: i for i, code in enumerate(rounds.index)}
    earlier = every[every["round"].map(place) < place[chosen["round"].iloc[0]]]
    earlier = earlier[earlier["agency"].isin(set(chosen["agency"]))]
    earlier = earlier.sort_values("round", key=lambda codes: codes.map(place))
    last = earlier.drop_duplicates(["agency", "invented"], keep="last")
    found = {(row["agency"], row["invented"]): key for key, row in last.to_dict("index").items()}
    about = {
        key: found[row["agency"], row["invented"]]
        for key, row in chosen.to_dict("index").items()
        if (row["agency"], row["invented"]) in found
    }
    ids = sorted(set(about.values()))
    entries = store.entries(ids)
    if until is not None:
        entries = as_they_were(entries, {was: until[key] for key, was in about.items()})
    counting = process.standing(process.unfold(entries, store.hidden(ids)))
    said = dict(list(counting[counting["visible_to"] != "internal"].groupby("assessment")))
    then = {
        key: {
            "round": _round(str(last.loc[key, "round"]), rounds),
            "recommendations": _plain(
                said[key], from_data(store.edition(str(last.loc[key, "edition"])))
            ),
        }
        for key in ids
        if key in said
    }
    return {key: then[was] for key, was in about.items() if was in then}


def _plain(counting: pd.DataFrame, instrument: Instrument) -> list[dict[str, Any]]:
    """Return recommendations without what a later instrument may know nothing of."""
    names = {sub.code: {"id": sub.name.id, "en": sub.name.en} for sub in instrument.sub_aspects}
    return [
        {
            "name": names[row["sub_aspect"]],
            **{part: row[part] for part in ("sub_aspect", "level", "next", "text")},
        }
        for row in process.recommendations(counting, instrument)
    ]


def _round(code: str, rounds: pd.DataFrame) -> dict[str, Any]:
    row = rounds.loc[code]
    return {"code": code, "year": int(row["year"]), "number": int(row["number"])}
