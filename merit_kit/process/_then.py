"""What stood when a statement was made: whatever is known of it later plays no part."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from merit_kit.process._kinds import AKHIR, AWAL, LEVEL, SELF, VERIFIED

_ITEM = ["assessment", "sub_aspect"]
_WHEN = ["at", "position"]


def told_levels(entries: pd.DataFrame) -> pd.DataFrame:
    """Return every level that was ever stated, replaced or not, with the moment it was made.

    That is the time that was stated, but never later than it was recorded: a clock may be ahead.
    What was made at one time is in the order of the store.

    Parameters
    ----------
    entries : DataFrame
        From :func:`unfold`.

    Returns
    -------
    DataFrame
        Columns ``assessment, id, position, base, visible_to`` as in `entries`, ``sub_aspect, of,
        pass``, ``level`` (float), ``at`` (moment, UTC).
    """
    chosen = entries[entries["kind"] == LEVEL]
    parts = {
        # Objects even where there are none: nothing could be merged on a column of numbers.
        name: np.array([body[name] for body in chosen["body"]], dtype=object)
        for name in ("sub_aspect", "of", "pass")
    }
    levels = [np.nan if body["level"] is None else float(body["level"]) for body in chosen["body"]]
    stated, recorded = (
        pd.to_datetime(chosen[name], utc=True, format="ISO8601")
        for name in ("stated_at", "recorded_at")
    )
    return chosen[["assessment", "id", "position", "base", "visible_to"]].assign(
        **parts, level=np.array(levels, dtype=float), at=stated.where(stated <= recorded, recorded)
    )


def own_then(told: pd.DataFrame, statements: pd.DataFrame) -> pd.Series[Any]:
    """Return the agency's own level as it stood when each statement on an item was made.

    Parameters
    ----------
    told : DataFrame
        From :func:`told_levels`.
    statements : DataFrame
        Columns ``assessment, sub_aspect, at, position``, as in `told`.

    Returns
    -------
    Series of float
        Index as `statements`. NaN where there was none, it was taken back, or two disputed it.
    """
    own = told[told["of"] == SELF]
    pairs = _before(own[[*_ITEM, *_WHEN, "id", "base", "level"]], statements)
    replaced = pairs[["row", "base"]].explode("base").dropna().rename(columns={"base": "id"})
    replaced = replaced.drop_duplicates().astype({"id": pairs["id"].dtype}).assign(gone=True)
    pairs = pairs.merge(replaced, "left", on=["row", "id"])
    stood = pairs[pairs["gone"].isna()]
    alone = stood[~stood["row"].duplicated(keep=False)]
    found = np.full(len(statements), np.nan)
    found[alone["row"].to_numpy(int)] = alone["level"]
    return pd.Series(found, index=statements.index)


def pass_then(told: pd.DataFrame, statements: pd.DataFrame) -> pd.Series[Any]:
    """Return in which pass each statement on an item was made.

    Parameters
    ----------
    told, statements : DataFrame
        As for :func:`own_then`.

    Returns
    -------
    Series of str
        Index as `statements`: ``akhir`` once a verified level of that pass had been stated to
        the agency, before that ``awal``, whatever is stated later.
    """
    said = (told["of"] == VERIFIED) & (told["pass"] == AKHIR) & told["level"].notna()
    said &= told["visible_to"] != "internal"
    pairs = _before(told.loc[said, [*_ITEM, *_WHEN]], statements)
    late = np.isin(np.arange(len(statements)), pairs["row"].to_numpy(int))
    return pd.Series(np.where(late, AKHIR, AWAL), index=statements.index, dtype=object)


def _before(told: pd.DataFrame, statements: pd.DataFrame) -> pd.DataFrame:
    """Return, for the place (`row`) of each statement, what was told on its item before it."""
    asked = statements[[*_ITEM, *_WHEN]].assign(row=np.arange(len(statements)))
    pairs = asked.merge(told, on=_ITEM, suffixes=("_then", ""))
    same = pairs["at"] == pairs["at_then"]
    earlier = pairs["at"] < pairs["at_then"]
    return pairs[earlier | (same & (pairs["position"] < pairs["position_then"]))]
