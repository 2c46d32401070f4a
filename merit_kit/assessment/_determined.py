"""What was determined, level by level: the figures that others are compared with."""

from __future__ import annotations

import pandas as pd

from merit_kit import process
from merit_kit.assessment import _overview
from merit_kit.store import RESULT, Store


def determined_levels(store: Store) -> pd.DataFrame:
    """Return the determined levels of every result that is not made up.

    Returns
    -------
    DataFrame
        Index ``assessment``. Columns ``agency``, ``kind`` (of agency, as registered now),
        ``round, year, number``, ``edition`` (its digest) and ``levels`` (by code).
    """
    frame = store.assessments()
    frame = frame[(frame["purpose"] == RESULT) & ~frame["invented"]]
    rounds, kinds = store.rounds(), store.agencies()["kind"]
    rows = {}
    for said in _overview.standing_of(store, process.DETERMINATION).itertuples():
        if said.conflict or said.assessment not in frame.index:
            continue
        about = frame.loc[said.assessment]
        rows[said.assessment] = {
            "agency": about["agency"],
            "kind": kinds[about["agency"]],
            "round": about["round"],
            **{part: int(rounds.loc[about["round"], part]) for part in ("year", "number")},
            "edition": about["edition"],
            "levels": said.body["levels"],
        }
    columns = ["agency", "kind", "round", "year", "number", "edition", "levels"]
    found = pd.DataFrame.from_dict(rows, orient="index", columns=columns, dtype=object)
    return found.rename_axis("assessment")
