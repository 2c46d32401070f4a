"""What an agency hands in: whether its own sheet is whole, and what was handed in.

Every function takes the standing entries of one assessment (see `standing`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from merit_kit.canonical import digest
from merit_kit.process._kinds import AGENCY, EVIDENCE, LEVEL, SELF, SUBMISSION
from merit_kit.process._standing import levels
from merit_kit.process._state import OPEN, _of_kind, clarifications, evidence


def lacking(
    counting: pd.DataFrame, codes: Sequence[str], steps: Sequence[int]
) -> dict[str, list[str]]:
    """Return what an agency's own sheet still lacks, each as sub-aspects in their order.

    Parameters
    ----------
    codes : sequence of str
        All sub-aspects of the edition.
    steps : sequence of int
        Its levels, the lowest first.

    Returns
    -------
    dict
        ``unassessed``: without a level; ``disputed``: with two that contradict each other;
        ``bare``: with a level above the lowest that proves something, and no evidence at all;
        ``unanswered``: with a question of the evaluators that waits for an answer.
    """
    own = levels(counting, SELF)
    level_of = dict(zip(own["sub_aspect"], own["level"], strict=True))
    assessed = {code for code, level in level_of.items() if pd.notna(level)}
    disputed = {
        row.body["sub_aspect"]
        for row in counting[(counting["kind"] == LEVEL) & counting["conflict"]].itertuples()
        if row.body["of"] == SELF
    }
    given = set(evidence(counting)["sub_aspect"])
    asked = clarifications(counting)
    waiting = set(asked[(asked["state"] == OPEN) & ~asked["draft"].astype(bool)]["sub_aspect"])
    lowest = min(step for step in steps if step > 0)
    found = {
        "unassessed": set(codes) - assessed - disputed,
        "disputed": disputed,
        "bare": {code for code in assessed if level_of[code] > lowest and code not in given},
        "unanswered": waiting,
    }
    return {what: [code for code in codes if code in there] for what, there in found.items()}


def submission_digest(counting: pd.DataFrame) -> str:
    """Return a digest of what an agency hands in: its own levels and its own files."""
    ids = [
        row.id
        for row in counting.itertuples()
        if (row.kind == EVIDENCE and row.body["side"] == AGENCY)
        or (row.kind == LEVEL and row.body["of"] == SELF)
    ]
    return digest("\n".join(sorted(ids)))


def submissions(counting: pd.DataFrame) -> pd.DataFrame:
    """Return when an agency handed in.

    Returns
    -------
    DataFrame
        Columns ``id, author, stated_at, text, current`` (bool: nothing of its own has changed
        since). Several rows where two of its team did so at the same time.
    """
    now = submission_digest(counting)
    rows: list[tuple[Any, ...]] = [
        (row.id, row.author, row.stated_at, row.body["text"], row.body["of"] == now)
        for row in _of_kind(counting, SUBMISSION)
    ]
    columns = ["id", "author", "stated_at", "text", "current"]
    return pd.DataFrame(rows, columns=columns, dtype=object).astype({"current": bool})
