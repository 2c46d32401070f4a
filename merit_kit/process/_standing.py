"""Which statement counts. Order of arrival, ids and clocks play no part in it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pandas as pd

from merit_kit.process._kinds import (
    AKHIR,
    AWAL,
    DETERMINATION,
    FINAL,
    LEVEL,
    STAGE,
    STAGES,
    VERIFIED,
    kind_of,
)

_LEVEL_COLUMNS = ["assessment", "sub_aspect", "level", "reason", "author", "stated_at", "id"]


def unfold(entries: pd.DataFrame) -> pd.DataFrame:
    """Open the payloads of entries.

    Parameters
    ----------
    entries : DataFrame
        With the columns of the store's entry table, of one assessment or several.

    Returns
    -------
    DataFrame
        Index as `entries`. ``base`` (tuple of ids), ``body`` (mapping) and ``topic``: what the
        entry is about. Of entries on one topic one counts; a note on 3.4 and a level of 3.4 are
        different topics.
    """
    payloads = [json.loads(text) for text in entries["payload"]]
    return entries.assign(
        base=[tuple(payload["base"]) for payload in payloads],
        body=[payload["body"] for payload in payloads],
        topic=[topic(payload) for payload in payloads],
    )


def topic(payload: Mapping[str, Any]) -> tuple[str, ...]:
    """Say what a statement is about. Of entries on one topic one counts."""
    kind, body = str(payload["kind"]), payload["body"]
    row = kind_of(kind, body)
    of_row = row.topic if row else ()
    return (
        str(payload["assessment"]),
        kind,
        *(str(payload[part] if part in payload else body[part]) for part in of_row),
    )


def standing(entries: pd.DataFrame) -> pd.DataFrame:
    """Return the entries that count: those that no other one on their topic names as its base.

    An entry that names another topic's entry answers it and replaces nothing. One whose base has
    not arrived yet waits and does not count. Adds ``conflict``: whether another standing entry is
    on the same topic. A conflict is settled by an entry that names both in its base.

    Parameters
    ----------
    entries : DataFrame
        From :func:`unfold`, everything there is of its assessments.
    """
    known = set(zip(entries["assessment"], entries["id"], strict=True))
    named = list(
        zip(entries["assessment"], entries["id"], entries["topic"], entries["base"], strict=True)
    )
    arrived = [all((of, base) in known for base in bases) for of, _, _, bases in named]
    replaced = {
        (about, base)
        for (_, own, about, bases), here in zip(named, arrived, strict=True)
        for base in bases
        if here and base != own
    }
    counts = [
        here and (about, own) not in replaced
        for (_, own, about, _), here in zip(named, arrived, strict=True)
    ]
    counting = entries[pd.Series(counts, index=entries.index, dtype=bool)]
    return counting.assign(conflict=counting["topic"].duplicated(keep=False).to_numpy(bool))


def levels(counting: pd.DataFrame, of: str, pass_: str | None = None) -> pd.DataFrame:
    """Return the levels of one kind that stand, one row each.

    Where a conflict is open no level counts: the sub-aspect is not assessed until it is settled.
    Several rows for one sub-aspect are possible where each finding or author has their own.

    Parameters
    ----------
    counting : DataFrame
        From :func:`standing`.
    of : str
        ``self``, ``verified``, ``field``, ``second`` or ``final``.
    pass_ : str, optional
        ``awal`` or ``akhir``, for verified levels; without it the one that is in force, see
        :func:`effective`.

    Returns
    -------
    DataFrame
        Columns ``assessment, sub_aspect, level, reason, author, stated_at, id``.
    """
    if of == FINAL:
        return _determined(counting)
    if of == VERIFIED and pass_ is None:
        return effective(counting)
    chosen = counting[(counting["kind"] == LEVEL) & ~counting["conflict"]]
    rows = [
        (
            *(row.assessment, row.body["sub_aspect"], row.body["level"], row.body["reason"]),
            *(row.author, row.stated_at, row.id),
        )
        for row in chosen.itertuples()
        if row.body["of"] == of and row.body["pass"] == pass_
    ]
    return pd.DataFrame(rows, columns=_LEVEL_COLUMNS)


def effective(counting: pd.DataFrame) -> pd.DataFrame:
    """Return the verified levels in force: of the pass *akhir* where it said anything, else *awal*.

    An open conflict in the pass *akhir* does not bring the level of *awal* back. A level that was
    taken back is not in force.
    """
    last = levels(counting, VERIFIED, AKHIR)
    first = levels(counting, VERIFIED, AWAL)
    said = {
        (row.assessment, row.body["sub_aspect"])
        for row in counting[counting["kind"] == LEVEL].itertuples()
        if row.body["of"] == VERIFIED
        and row.body["pass"] == AKHIR
        and (row.conflict or row.body["level"] is not None)
    }
    kept = [key not in said for key in zip(first["assessment"], first["sub_aspect"], strict=True)]
    both = pd.concat([last, first[pd.Series(kept, index=first.index, dtype=bool)]])
    return both[both["level"].notna()]


def level_sheet(
    counting: pd.DataFrame,
    of: str,
    assessments: list[str],
    codes: tuple[str, ...],
    pass_: str | None = None,
) -> pd.DataFrame:
    """Return standing levels as :mod:`merit_kit.scoring` takes them.

    Returns
    -------
    DataFrame, shape (n_assessments, n_sub_aspects), float
        NaN where nothing stands. A code the edition does not know is an error of whoever wrote
        it and is refused before it is stored, so none is dropped here.
    """
    found = levels(counting, of, pass_)
    sheet = found.pivot(index="assessment", columns="sub_aspect", values="level")
    wide = sheet.reindex(index=assessments, columns=list(codes)).astype(float)
    return wide.rename_axis(index="assessment", columns="sub_aspect")


def stage_of(counting: pd.DataFrame) -> str:
    """Return the stage one assessment is in. Of conflicting statements the earlier stage holds."""
    stated = [row["stage"] for row in counting[counting["kind"] == STAGE]["body"]]
    return min(stated, key=STAGES.index, default=STAGES[0])


def _determined(counting: pd.DataFrame) -> pd.DataFrame:
    chosen = counting[(counting["kind"] == DETERMINATION) & ~counting["conflict"]]
    rows = [
        (row.assessment, code, level, row.body["text"], row.author, row.stated_at, row.id)
        for row in chosen.itertuples()
        for code, level in row.body["levels"].items()
    ]
    return pd.DataFrame(rows, columns=_LEVEL_COLUMNS)
