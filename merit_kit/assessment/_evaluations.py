"""Who gave which level: what evaluators are compared by."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from merit_kit import process
from merit_kit.assessment._overview import standing_of
from merit_kit.assessment._rounds import check_round
from merit_kit.assessment._sheets import readable
from merit_kit.store import RESULT, Store

SEE_EVALUATORS = (process.SECRETARIAT, process.HOST, process.COMMISSIONER)
"""Who may see figures of single evaluators, with their names: those who keep the round, host its
sittings and lead its plenary. Not the evaluators, of each other, and nobody else."""

_INTERNAL = "internal"


def sees_evaluators(store: Store, reader: str | None) -> bool:
    """Say whether somebody may see figures of single evaluators; None: nobody in particular asks.

    Everybody else learns how far the evaluators agree, and of none of them anything.
    """
    if reader is None:
        return True
    return any(row.role in SEE_EVALUATORS for row in store.roles_of(reader))


def evaluations(
    store: Store, rounds: Collection[str] | None = None, reader: str | None = None
) -> pd.DataFrame:
    """Return every level that an evaluator gave in an assessment for a result, one row each.

    An item is one sub-aspect of one assessment in one pass: between *awal* and *akhir* the agency
    corrects, so that there is something else to be scored. It has a row for the verified level that
    stands in that pass and one for each second scoring of somebody else. A second scoring is of the
    pass *awal*, unless a level of *akhir* had been stated before it. Verified levels the agency has
    not been shown are drafts, and left out. Practice runs are not among them; see
    :func:`merit_kit.assessment.practice_levels`.

    Parameters
    ----------
    rounds : collection of str, optional
        Codes; by default all.
    reader : str, optional
        A person id: of agencies whose team the person belongs to nothing is read. Whether figures
        of single evaluators may be shown to them, :func:`sees_evaluators` says.

    Returns
    -------
    DataFrame
        Columns ``assessment, agency, round, edition`` (its digest), ``invented`` (bool),
        ``sub_aspect, pass``, ``person`` (id), ``scoring`` (``verified`` or ``second``), ``level``
        (int), ``own`` (float: the agency's own level as it stood when this one was stated, NaN if
        there was none), ``stated_at`` (ISO, UTC). On PostgreSQL, of what our role may see.

    Raises
    ------
    RuleError
        If a round is not known; or if the reader only belongs to agencies' teams.
    """
    for code in rounds or ():
        check_round(store, code)
    about = store.assessments()
    about = about[about["purpose"] == RESULT]
    if rounds is not None:
        about = about[about["round"].isin(list(rounds))]
    about = readable(store, about, reader)[["agency", "round", "edition", "invented"]]
    counting = standing_of(store, process.LEVEL)
    counting = counting[counting["assessment"].isin(about.index)]
    # What stood at a time may have been replaced since: all of it is gone through.
    told = process.told_levels(process.unfold(store.entries(about.index, [process.LEVEL])))
    found = _given(counting).merge(told[["id", "at", "position"]], on="id")
    found["own"] = process.own_then(told, found)
    found["pass"] = found["pass"].where(found["pass"].notna(), process.pass_then(told, found))
    # Somebody's second look at their own level is no second opinion.
    found = found.drop_duplicates(["assessment", "sub_aspect", "pass", "person"])
    found = found.join(about, on="assessment")
    columns = [
        *("assessment", "agency", "round", "edition", "invented", "sub_aspect", "pass", "person"),
        *("scoring", "level", "own", "stated_at"),
    ]
    return found[columns].astype({"level": int}).reset_index(drop=True)


def _given(counting: pd.DataFrame) -> pd.DataFrame:
    """Return the verified levels of each pass, then the second scorings, whose pass is not said."""
    shown = counting[counting["visible_to"] != _INTERNAL]
    given = [
        process.levels(shown, process.VERIFIED, pass_).assign(
            **{"scoring": process.VERIFIED, "pass": pass_}
        )
        for pass_ in process.PASSES
    ]
    second = process.levels(counting, process.SECOND)
    given.append(second.assign(**{"scoring": process.SECOND, "pass": None}))
    found = pd.concat(given, ignore_index=True).rename(columns={"author": "person"})
    return found[found["level"].notna()]
