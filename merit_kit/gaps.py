"""Where the points are that an assessment does not have yet. Pure, on scoring."""

from __future__ import annotations

import pandas as pd

from merit_kit import scoring
from merit_kit.instrument import Instrument


def lifts(levels: pd.DataFrame, instrument: Instrument) -> pd.DataFrame:
    """Say what one more step in each sub-aspect would add to the total, the most first.

    Parameters
    ----------
    levels : DataFrame, shape (1, n_sub_aspects)
        The levels of one assessment; NaN counts as no step taken yet, like 0.

    Returns
    -------
    DataFrame
        Index ``sub_aspect``: those below the top level. Columns ``level`` (NaN if not assessed),
        ``next`` level, ``gain`` in points for that one step, ``open`` points up to the top level.
        By gain, then by open points, then in the instrument's order.

    Raises
    ------
    ScoreError
        As :func:`merit_kit.scoring.points`.
    """
    scoring.points(levels, instrument)  # refuses what cannot be scored, before it is filled in
    level = levels.iloc[0].reindex(list(instrument.codes))
    above = dict(zip(instrument.steps, instrument.steps[1:], strict=False))
    following = level.fillna(0).map(above)
    top = pd.Series(float(instrument.scale[-1]), index=level.index)
    sheet = pd.DataFrame(
        [level.fillna(0), following.fillna(top), top], index=["now", "next", "top"]
    )
    earned = scoring.points(sheet, instrument)
    frame = pd.DataFrame(
        {
            "level": level,
            "next": following,
            "gain": earned.loc["next"] - earned.loc["now"],
            "open": earned.loc["top"] - earned.loc["now"],
        }
    ).rename_axis("sub_aspect")
    frame = frame[frame["next"].notna()]
    return frame.sort_values(["gain", "open"], ascending=False, kind="stable")
