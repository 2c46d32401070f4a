"""Who gave which level: what evaluators are compared by."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from merit_kit import process
from merit_kit.assessment._overview import standing_of
from merit_kit.assessment._rounds import check_round
from merit_kit.assessment._sheets import readable
from merit_kit.store import RESULT, Store


def evaluations(
    store: Store, rounds: Collection[str] | None = None, reader: str | None = None
) -> pd.DataFrame:
    """Return every level that an evaluator gave in an assessment for a result, one row each.

    An item, one sub-aspect of one assessment, has a row for the verified level in force and one for
    each second scoring of somebody else. Practice runs are not among them; see
    :func:`merit_kit.assessment.practice_levels`.

    Parameters
    ----------
    rounds : collection of str, optional
        Codes; by default all.
    reader : str, optional
        A person id: of agencies whose team the person belongs to nothing is read.

    Returns
    -------
    DataFrame
        Columns ``assessment, agency, round, edition`` (its digest), ``invented`` (bool),
        ``sub_aspect``, ``person`` (id), ``scoring`` (``verified`` or ``second``), ``level`` (int),
        ``own`` (float: the agency's own level, NaN if it gave none), ``stated_at`` (ISO, UTC). On
        PostgreSQL, of what our role may see.

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
    given = [
        process.levels(counting, of).assign(scoring=of) for of in (process.VERIFIED, process.SECOND)
    ]
    found = pd.concat(given).rename(columns={"author": "person"})
    found = found[found["level"].notna()]
    # Somebody's second look at their own level is no second opinion.
    item = ["assessment", "sub_aspect"]
    found = found.drop_duplicates([*item, "person"])
    own = process.levels(counting, process.SELF).set_index(item)["level"].astype(float)
    found = found.join(about, on="assessment").join(own.rename("own"), on=item)
    columns = [
        *("assessment", "agency", "round", "edition", "invented", "sub_aspect", "person"),
        *("scoring", "level", "own", "stated_at"),
    ]
    return found[columns].astype({"level": int}).reset_index(drop=True)
