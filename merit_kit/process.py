"""Which statement counts. Pure functions on frames of entries; nothing here reads a store."""

from __future__ import annotations

import json

import pandas as pd

LEVEL, NOTE = "level", "note"
SELF, VERIFIED = "self", "verified"
FIRST_PASS = "awal"  # noqa: S105 a pass of the verification

UNFOLDED = ("id", "position", "kind", "author", "stated_at", "visible_to", "base", "topic", "body")


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
    bodies = [payload["body"] for payload in payloads]
    return entries.assign(
        base=[tuple(payload["base"]) for payload in payloads],
        body=bodies,
        topic=[
            topic(assessment, kind, body)
            for assessment, kind, body in zip(
                entries["assessment"], entries["kind"], bodies, strict=True
            )
        ],
    )


def topic(assessment: str, kind: str, body: dict[str, object]) -> tuple[str, ...]:
    """Say what an entry is about. Of entries on one topic one counts."""
    if kind == LEVEL:
        return (assessment, kind, str(body["sub_aspect"]), str(body["of"]), str(body["pass"]))
    if kind == NOTE:
        return (assessment, kind, str(body["sub_aspect"]))
    return (assessment, kind)


def standing(entries: pd.DataFrame) -> pd.DataFrame:
    """Return the entries that count: those that no other one answers or replaces.

    What is stated of one assessment replaces nothing in another. Adds ``conflict``: whether
    another standing entry is on the same topic. A conflict is settled by an entry that names both
    in its base. The order of the rows, ids and clocks play no part.

    Parameters
    ----------
    entries : DataFrame
        From :func:`unfold`.
    """
    named = zip(entries["assessment"], entries["id"], entries["base"], strict=True)
    replaced = {(of, base) for of, own, bases in named for base in bases if base != own}
    keys = zip(entries["assessment"], entries["id"], strict=True)
    counts = pd.Series([key not in replaced for key in keys], index=entries.index, dtype=bool)
    counting = entries[counts]
    return counting.assign(conflict=counting["topic"].duplicated(keep=False).to_numpy(bool))


def levels(counting: pd.DataFrame, of: str) -> pd.DataFrame:
    """Return the levels of one kind that stand, one row each.

    Where a conflict is open no level counts: the sub-aspect is not assessed until it is settled.

    Parameters
    ----------
    counting : DataFrame
        From :func:`standing`.
    of : str
        ``self`` or ``verified``.

    Returns
    -------
    DataFrame
        Columns ``assessment, sub_aspect, level, reason, author, stated_at``.
    """
    chosen = counting[(counting["kind"] == LEVEL) & ~counting["conflict"]]
    rows = [
        {
            "assessment": row.assessment,
            "sub_aspect": row.body["sub_aspect"],
            "level": row.body["level"],
            "reason": row.body["reason"],
            "author": row.author,
            "stated_at": row.stated_at,
        }
        for row in chosen.itertuples()
        if row.body["of"] == of
    ]
    columns = ["assessment", "sub_aspect", "level", "reason", "author", "stated_at"]
    return pd.DataFrame(rows, columns=columns)


def level_sheet(
    counting: pd.DataFrame, of: str, assessments: list[str], codes: tuple[str, ...]
) -> pd.DataFrame:
    """Return standing levels as :mod:`merit_kit.scoring` takes them.

    Returns
    -------
    DataFrame, shape (n_assessments, n_sub_aspects), float
        NaN where nothing stands. A code the edition does not know is an error of whoever wrote
        it and is refused before it is stored, so none is dropped here.
    """
    found = levels(counting, of)
    sheet = found.pivot(index="assessment", columns="sub_aspect", values="level")
    wide = sheet.reindex(index=assessments, columns=list(codes)).astype(float)
    return wide.rename_axis(index="assessment", columns="sub_aspect")
