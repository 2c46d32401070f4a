"""Practice runs: what somebody scored in a sandbox before they saw the model's levels.

Every function takes the standing entries of one assessment (see `standing`).
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from merit_kit.canonical import digest
from merit_kit.process._kinds import PRACTICE_RESULT, SECOND
from merit_kit.process._standing import levels
from merit_kit.process._state import _of_kind


def practised(counting: pd.DataFrame, author: str) -> pd.DataFrame:
    """Return the second levels of one person, as :func:`levels` does; none that was taken back."""
    found = levels(counting, SECOND)
    return found[(found["author"] == author) & found["level"].notna()]


def practice_digest(counting: pd.DataFrame, author: str) -> str:
    """Return a digest of what somebody scored: the statements that stand, by their ids."""
    return digest("\n".join(sorted(practised(counting, author)["id"])))


def practice_results(counting: pd.DataFrame) -> pd.DataFrame:
    """Return the practice runs that were compared with the model, one row for each level.

    Without runs whose levels are others now than those that were compared: such came from
    elsewhere later, and nobody knows whether they were stated blind.

    Returns
    -------
    DataFrame
        Columns ``person`` (id), ``sub_aspect, level`` (int), ``model`` (int, the level it was
        compared with), ``stated_at`` and ``finished`` (ISO moments). What a person did not score
        has no row.
    """
    rows: list[tuple[Any, ...]] = []
    for result in _of_kind(counting, PRACTICE_RESULT):
        if result.conflict or result.body["of"] != practice_digest(counting, result.author):
            continue
        model = result.body["model"]
        for said in practised(counting, result.author).itertuples():
            code, level = said.sub_aspect, int(said.level)
            times = (said.stated_at, result.stated_at)
            rows.append((result.author, code, level, int(model[code]), *times))
    columns = ["person", "sub_aspect", "level", "model", "stated_at", "finished"]
    return pd.DataFrame(rows, columns=columns).astype({"level": int, "model": int})
