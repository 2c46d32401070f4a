"""Sandbox assessments: to practise on, and in no statistic."""

from __future__ import annotations

import pandas as pd

from merit_kit import process
from merit_kit.assessment._hearing import counting_of
from merit_kit.store import PRACTICE, RESULT, Store


def sandboxes(store: Store) -> pd.DataFrame:
    """Return the sandbox assessments of a store, as it gives assessments."""
    frame = store.assessments()
    return frame[frame["purpose"] == PRACTICE]


def sandbox_agencies(store: Store) -> set[str]:
    """Return the codes of agencies that are there to practise on, and for nothing else."""
    frame = store.assessments()
    return set(sandboxes(store)["agency"]) - set(frame[frame["purpose"] == RESULT]["agency"])


def practice_levels(store: Store) -> pd.DataFrame:
    """Return what was scored in finished practice runs, for calibration: one row for each level.

    A run is finished when its person compared it with the model; from then on it does not change.
    Every level was stated before its author saw the model's. Levels are those of the edition's
    scale (0 is a level: assessed, nothing proven), so `level` less `model` is how much more lenient
    than the model a person was.

    Returns
    -------
    DataFrame
        Columns ``assessment, agency, edition`` (its digest), ``person`` (id), ``sub_aspect``,
        ``level`` and ``model`` (int), ``stated_at`` and ``finished`` (ISO moments, UTC). What a
        person did not score has no row. On PostgreSQL, of what our role may see.
    """
    found = []
    for key, row in sandboxes(store).to_dict("index").items():
        runs = process.practice_results(counting_of(store, [str(key)]))
        about = {"assessment": key, "agency": row["agency"], "edition": row["edition"]}
        found.append(runs.assign(**about)[[*about, *runs.columns]])
    if found:
        return pd.concat(found, ignore_index=True)
    columns = ["assessment", "agency", "edition", "person", "sub_aspect", "level", "model"]
    return pd.DataFrame(columns=[*columns, "stated_at", "finished"])
