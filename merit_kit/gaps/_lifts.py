"""What one more step in each sub-aspect would add."""

from __future__ import annotations

import pandas as pd

from merit_kit import scoring
from merit_kit.instrument import Instrument


def lifts(levels: pd.DataFrame, instrument: Instrument) -> pd.DataFrame:
    """Say what one more step in each assessed sub-aspect would add to the total, the most first.

    Parameters
    ----------
    levels : DataFrame, shape (1, n_sub_aspects)
        The levels of one assessment. What is not assessed (NaN) is left out: nobody knows yet
        where its next step begins.

    Returns
    -------
    DataFrame
        Index ``sub_aspect``: those below the top level. Columns ``level``, ``next`` level, ``aim``
        (the level whose text says what to do: the next one, but none from the lower half of the
        scale, whose texts describe what is lacking), ``gain`` in points for that one step, ``open``
        points up to the top level. By gain, then by open points, then in the instrument's order.

    Raises
    ------
    ScoreError
        As :func:`merit_kit.scoring.points`.
    """
    earned = scoring.points(levels, instrument).iloc[0]
    level = levels.iloc[0].reindex(list(instrument.codes))
    above = dict(zip(instrument.steps, instrument.steps[1:], strict=False))
    following = level.map(above)
    known = following.notna()
    top = float(instrument.scale[-1])
    sheet = pd.DataFrame({"next": following.fillna(0.0), "top": top}, index=level.index).T
    later = scoring.points(sheet, instrument)
    frame = pd.DataFrame(
        {
            "level": level,
            "next": following,
            "aim": following.clip(lower=instrument.scale[len(instrument.scale) // 2]),
            "gain": later.loc["next"] - earned,
            "open": later.loc["top"] - earned,
        }
    ).rename_axis("sub_aspect")
    frame = frame[known].astype({"level": int, "next": int, "aim": int})
    return frame.sort_values(["gain", "open"], ascending=False, kind="stable")
