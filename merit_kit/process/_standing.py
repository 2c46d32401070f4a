"""Which statement counts. Order of arrival, ids and clocks play no part in it."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from merit_kit.process._kinds import (
    AKHIR,
    AWAL,
    DETERMINATION,
    FIELD,
    FINAL,
    LEVEL,
    SECOND,
    SELF,
    STAGE,
    STAGES,
    VERIFIED,
    kind_of,
)

_LEVEL_COLUMNS = ["assessment", "sub_aspect", "level", "reason", "author", "stated_at", "id"]

_SHEETS = {
    SELF: (SELF, None),
    AWAL: (VERIFIED, AWAL),
    AKHIR: (VERIFIED, AKHIR),
    VERIFIED: (VERIFIED, None),
    FIELD: (FIELD, None),
    FINAL: (FINAL, None),
}
"""The columns of `side_by_side`: whose level, of which pass."""


def unfold(entries: pd.DataFrame, hidden: Collection[str] = ()) -> pd.DataFrame:
    """Open the payloads of entries.

    Parameters
    ----------
    entries : DataFrame
        With the columns of the store's entry table, of one assessment or several.
    hidden : collection of str
        Ids of entries that are there and may not be seen: what rests on them does not wait.

    Returns
    -------
    DataFrame
        Index as `entries`. ``base`` (tuple of ids), ``body`` (mapping) and ``topic``: what the
        entry is about. Of entries on one topic one counts; a note on 3.4 and a level of 3.4 are
        different topics.
    """
    payloads = [json.loads(text) for text in entries["payload"]]
    return entries.assign(
        base=[tuple(id_ for id_ in payload["base"] if id_ not in hidden) for payload in payloads],
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
    not arrived yet waits and does not count, and so does all that rests on what waits. Adds
    ``conflict``: whether another standing entry is on the same topic. A conflict is settled by an
    entry that names both in its base.

    Parameters
    ----------
    entries : DataFrame
        From :func:`unfold`, everything there is of its assessments.
    """
    named = [entries[column] for column in ("assessment", "id", "base", "topic")]
    here = arrived(entries)
    replaced = {
        (about, base)
        for of, own, bases, about in zip(*named, strict=True)
        if (of, own) in here
        for base in bases
        if base != own
    }
    counts = [
        (of, own) in here and (about, own) not in replaced
        for of, own, _, about in zip(*named, strict=True)
    ]
    counting = entries[pd.Series(counts, index=entries.index, dtype=bool)]
    return counting.assign(conflict=counting["topic"].duplicated(keep=False).to_numpy(bool))


def arrived(entries: pd.DataFrame) -> set[tuple[str, str]]:
    """Return (assessment, id) of those entries whose bases are here, and theirs in turn.

    Parameters
    ----------
    entries : DataFrame
        From :func:`unfold`, everything there is of its assessments.
    """
    here: set[tuple[str, str]] = set()
    # Under the first base each one lacks, with those of its bases that are still to be looked at:
    # every base is looked at once, however late it comes. Entries that name each other in a
    # circle lack one another and stay in it.
    waiting: dict[tuple[str, str], list[tuple[str, Iterator[str]]]] = {}
    named = (entries[column] for column in ("assessment", "id", "base"))
    for of, first, bases in zip(*named, strict=True):
        ready = [(first, iter(bases))]
        while ready:
            own, rest = ready.pop()
            for base in rest:
                if (of, base) not in here and base != own:
                    waiting.setdefault((of, base), []).append((own, rest))
                    break
            else:
                here.add((of, own))
                ready += waiting.pop((of, own), ())
    return here


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
        _level_row(row)
        for row in chosen.itertuples()
        if row.body["of"] == of and row.body["pass"] == pass_
    ]
    return pd.DataFrame(rows, columns=_LEVEL_COLUMNS)


def effective(counting: pd.DataFrame) -> pd.DataFrame:
    """Return the verified levels in force: of the pass *akhir* where it said anything, else *awal*.

    An open conflict in the pass *akhir* does not bring the level of *awal* back. A level that was
    taken back is not in force.
    """
    stated: dict[str, list[tuple[Any, ...]]] = {AWAL: [], AKHIR: []}
    said = set()
    for row in counting[counting["kind"] == LEVEL].itertuples():
        if row.body["of"] != VERIFIED:
            continue
        if not row.conflict:
            stated[row.body["pass"]].append(_level_row(row))
        if row.body["pass"] == AKHIR and (row.conflict or row.body["level"] is not None):
            said.add((row.assessment, row.body["sub_aspect"]))
    first = [row for row in stated[AWAL] if row[:2] not in said]
    in_force = [row for row in (*stated[AKHIR], *first) if row[2] is not None]
    return pd.DataFrame(in_force, columns=_LEVEL_COLUMNS)


def _level_row(row: Any) -> tuple[Any, ...]:
    """Return the parts of a level, as in `_LEVEL_COLUMNS`."""
    body = row.body
    return (
        *(row.assessment, body["sub_aspect"], body["level"], body["reason"]),
        *(row.author, row.stated_at, row.id),
    )


def level_sheet(
    counting: pd.DataFrame,
    of: str,
    assessments: list[str],
    codes: tuple[str, ...],
    pass_: str | None = None,
    *,
    author: str | None = None,
) -> pd.DataFrame:
    """Return standing levels as :mod:`merit_kit.scoring` takes them.

    Of several findings on one sub-aspect the lowest is in the sheet: the one a mismatch looks at.

    Parameters
    ----------
    counting : DataFrame
        From :func:`standing`.
    of, pass_ : str
        As for :func:`levels`.
    assessments, codes : sequence of str
        The rows and the columns, in that order.
    author : str, optional
        Only what this person stated. Required for ``second``, of which each author has their own.

    Returns
    -------
    DataFrame, shape (n_assessments, n_sub_aspects), float
        NaN where nothing stands. A code the edition does not know is an error of whoever wrote
        it and is refused before it is stored, so none is dropped here.

    Raises
    ------
    ValueError
        For ``second`` without an author.
    """
    if of == SECOND and author is None:
        raise ValueError("every author scores a second time on a sheet of their own: name one")
    found = levels(counting, of, pass_)
    if author is not None:
        found = found[found["author"] == author]
    if of == FIELD:
        found = found.sort_values("level").drop_duplicates(["assessment", "sub_aspect"])
    sheet = found.pivot(index="assessment", columns="sub_aspect", values="level")
    wide = sheet.reindex(index=assessments, columns=list(codes)).astype(float)
    return wide.rename_axis(index="assessment", columns="sub_aspect")


def side_by_side(
    counting: pd.DataFrame, assessments: list[str], codes: tuple[str, ...]
) -> pd.DataFrame:
    """Return the standing levels next to each other, whoever stated them.

    Second scorings are not among them: they count for nothing.

    Parameters
    ----------
    counting : DataFrame
        From :func:`standing`.
    assessments, codes : sequence of str
        What there is to be a row for.

    Returns
    -------
    DataFrame, shape (n_assessments * n_sub_aspects, 6), float
        Index ``assessment, sub_aspect``, each in the order given. Columns ``self``, ``awal``,
        ``akhir``, ``verified`` (the one in force), ``field`` (the lowest), ``final``. NaN where
        nothing stands.
    """
    index = pd.MultiIndex.from_product([assessments, codes], names=["assessment", "sub_aspect"])
    sheets = {
        name: level_sheet(counting, of, assessments, codes, pass_)
        for name, (of, pass_) in _SHEETS.items()
    }
    return pd.DataFrame({k: sheet.to_numpy().ravel() for k, sheet in sheets.items()}, index=index)


def stage_of(counting: pd.DataFrame) -> str:
    """Return the stage one assessment is in. Of conflicting statements the earlier stage holds."""
    stated = [row["stage"] for row in counting[counting["kind"] == STAGE]["body"]]
    return min(stated, key=STAGES.index, default=STAGES[0])


def components(
    counting: pd.DataFrame, assessments: Sequence[str], needs: Sequence[str]
) -> pd.DataFrame:
    """Return what was determined beside the levels.

    Parameters
    ----------
    counting : DataFrame
        From :func:`standing`.
    assessments : sequence of str
        What there is to be a row for.
    needs : sequence of str
        What the index takes beside the levels; see :class:`merit_kit.instrument.Instrument`.

    Returns
    -------
    DataFrame, shape (n_assessments, n_needs), of exact numbers (text or int)
        None where nothing was determined, or two determinations dispute it.
    """
    found = {row.assessment: row.body.get("components", {}) for row in _settled(counting)}
    rows = [[found.get(about, {}).get(code) for code in needs] for about in assessments]
    return pd.DataFrame(rows, index=list(assessments), columns=list(needs), dtype=object)


def _settled(counting: pd.DataFrame) -> list[Any]:
    """Return the determinations that nothing disputes."""
    chosen = counting[(counting["kind"] == DETERMINATION) & ~counting["conflict"]]
    return list(chosen.itertuples())


def _determined(counting: pd.DataFrame) -> pd.DataFrame:
    rows = [
        (row.assessment, code, level, row.body["text"], row.author, row.stated_at, row.id)
        for row in _settled(counting)
        for code, level in row.body["levels"].items()
    ]
    return pd.DataFrame(rows, columns=_LEVEL_COLUMNS)
