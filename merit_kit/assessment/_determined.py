"""What was determined, level by level: the figures that others are compared with."""

from __future__ import annotations

from datetime import UTC, datetime

import pandas as pd

from merit_kit import process
from merit_kit.assessment import _overview
from merit_kit.assessment._as_of import as_they_were, moment_of
from merit_kit.store import RESULT, Store

_ALL_BEGUN = datetime.max.replace(tzinfo=UTC)


def determined_levels(store: Store, as_of: str | None = None) -> pd.DataFrame:
    """Return the determined levels of every result that is not made up.

    Parameters
    ----------
    as_of : str, optional
        An ISO day or time, in each agency's time zone: what was recorded later is left out, as in
        :func:`merit_kit.assessment.make_cases`. The registers are as of now.

    Raises
    ------
    CaseError
        If `as_of` is no such moment.

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
    determinations = (
        _overview.standing_of(store, process.DETERMINATION)
        if as_of is None
        else _as_of(store, frame, as_of)
    )
    for said in determinations.itertuples():
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


def _as_of(store: Store, frame: pd.DataFrame, as_of: str) -> pd.DataFrame:
    """Return the determinations that stood at a moment, of assessments with any until today."""
    said = store.entries(kinds=[process.DETERMINATION])["assessment"]
    known = frame[frame.index.isin(said)]
    zones = store.agencies(known["agency"])["time_zone"]
    # Where a day has not begun yet nothing was recorded in it; that refuses nobody elsewhere.
    until = {
        key: moment_of(as_of, zones[code], _ALL_BEGUN) for key, code in known["agency"].items()
    }
    # Whole: what was recorded before the moment ends with the first entry after it.
    entries = as_they_were(store.entries(map(str, known.index)), until)
    standing = process.standing(process.unfold(entries, store.hidden(known.index)))
    return standing[standing["kind"] == process.DETERMINATION]
