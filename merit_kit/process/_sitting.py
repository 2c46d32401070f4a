"""What a sitting comes to: when it was, who was there, what was said and agreed, who accepts it.

Every function takes the standing entries of one assessment (see `standing`).
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from merit_kit.canonical import digest
from merit_kit.process._kinds import (
    ACCEPTANCE,
    AGREED,
    ATTENDANCE,
    DISCUSSION,
    LEVEL,
    SIDES,
    SITTING,
    VERIFIED,
)
from merit_kit.process._state import INTERNAL, _of_kind

_OF_SITTING = ("name", "purpose", "held_on", "begins", "ends", "zone", "place")


def sittings(counting: pd.DataFrame) -> pd.DataFrame:
    """Return when and where the agency was met, a row per room, by day and time.

    Returns
    -------
    DataFrame
        Columns ``room`` (None: no room was arranged), ``name, purpose, held_on, begins, ends,
        zone, place, disputed`` (bool: two statements contradict each other, of which this is one).
    """
    rows = [
        (_room(row), *(row.body[part] for part in _OF_SITTING), bool(row.conflict))
        for row in _of_kind(counting, SITTING)
    ]
    frame = pd.DataFrame(rows, columns=["room", *_OF_SITTING, "disputed"], dtype=object)
    frame = frame.drop_duplicates("room")
    in_order = frame.sort_values(
        ["held_on", "begins", "room"], key=lambda column: column.fillna(""), ignore_index=True
    )
    return in_order.astype({"disputed": bool})


def attendance(counting: pd.DataFrame) -> pd.DataFrame:
    """Return who was present, without whom was taken off the list.

    Returns
    -------
    DataFrame
        A row per room and person, the agency's first, in the order they were put down. Columns
        ``room, person`` (id), ``side`` (agency, evaluator, host), ``signs`` (bool).
    """
    rows = [
        (_room(row), row.body["person"], row.body["side"], row.body["signs"], row.stated_at)
        for row in _of_kind(counting, ATTENDANCE)
        if not row.body["withdrawn"]
    ]
    # The clock is one of several machines: it says how to list them, and decides nothing.
    rows.sort(key=lambda row: (SIDES.index(row[2]), row[4]))
    columns = ["room", "person", "side", "signs", "stated_at"]
    frame = pd.DataFrame(rows, columns=columns, dtype=object).drop(columns="stated_at")
    # Two who put down the same person at the same time mean one.
    return frame.drop_duplicates(["room", "person"], ignore_index=True).astype({"signs": bool})


def discussions(counting: pd.DataFrame) -> pd.DataFrame:
    """Return what was said in the room, as the evaluators wrote it down.

    Returns
    -------
    DataFrame
        Columns ``sub_aspect, thread`` (of the question; None: about the sub-aspect), ``text``.
    """
    rows = [
        tuple(row.body[part] for part in ("sub_aspect", "thread", "text"))
        for row in _of_kind(counting, DISCUSSION)
        if row.body["text"].strip()
    ]
    return pd.DataFrame(rows, columns=["sub_aspect", "thread", "text"], dtype=object)


def agreed(counting: pd.DataFrame) -> pd.DataFrame:
    """Return what was agreed that somebody does.

    Returns
    -------
    DataFrame
        Columns ``sub_aspect`` (None: of the sitting as a whole), ``thread`` (of the question, or
        None), ``text, side`` (who is to do it), ``due`` (ISO date or None).
    """
    parts = ["sub_aspect", "thread", "text", "side", "due"]
    rows = [
        tuple(row.body[part] for part in parts)
        for row in _of_kind(counting, AGREED)
        if row.body["text"].strip()
    ]
    return pd.DataFrame(rows, columns=parts, dtype=object)


def acceptances(counting: pd.DataFrame) -> pd.DataFrame:
    """Return where the agency agrees with the record, without what it took back.

    Returns
    -------
    DataFrame
        Columns ``id, author, stated_at, text, current`` (bool: the record still says what was
        agreed to). Several rows where two of its team said so at the same time.
    """
    now = record_digest(counting)
    rows = [
        (row.id, row.author, row.stated_at, row.body["text"], row.body["of"] == now)
        for row in _of_kind(counting, ACCEPTANCE)
        if not row.body["withdrawn"]
    ]
    columns = ["id", "author", "stated_at", "text", "current"]
    return pd.DataFrame(rows, columns=columns, dtype=object).astype({"current": bool})


def record_digest(counting: pd.DataFrame) -> str:
    """Return a digest of what an agency agrees to with the record of a sitting.

    That is what the evaluators put on record: the verified levels, what was said, what was agreed,
    when it was. Its own answers go on after the sitting, and leave its agreement as it is. What it
    may not see plays no part, so that it comes to the same digest.
    """
    shown = counting[counting["visible_to"] != INTERNAL]
    ids = [
        row.id
        for row in shown.itertuples()
        if row.kind in (SITTING, DISCUSSION, AGREED)
        or (row.kind == LEVEL and row.body["of"] == VERIFIED)
    ]
    return digest("\n".join(sorted(ids)))


def _room(row: Any) -> str | None:
    # Of an entry its topic has it in every frame: (assessment, kind, room, ...).
    room = row.topic[2]
    return None if room == str(None) else room
