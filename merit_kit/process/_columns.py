"""Levels that stand, worked out by whole columns: what `standing` says, for very many at once."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd

from merit_kit.process._kinds import AKHIR, AWAL, FIELD, SECOND, SELF, VERIFIED

_PASSES = {(SELF, ""), (VERIFIED, AWAL), (VERIFIED, AKHIR), (FIELD, ""), (SECOND, "")}


def standing_levels(stated: pd.DataFrame) -> tuple[pd.DataFrame, frozenset[str]]:
    """Return the statements of levels that count, as :func:`merit_kit.process.standing` does.

    Only what names nothing but earlier statements of levels of its own assessment can be judged by
    itself: whatever came before what it names, may wait, or is not ours to see. Assessments with
    any such statement are left out and named.

    Parameters
    ----------
    stated : DataFrame
        Every statement of a level in its assessments: ``assessment, position, id``; ``topic``
        (sub-aspect, whose, pass and which finding or author, with a bar between them); ``level``;
        ``base`` (JSON text; None where it names nothing).

    Returns
    -------
    counting : DataFrame
        The rows that count: ``assessment, level``, what else there was, ``sub_aspect, of, pass``,
        and ``conflict``.
    apart : set of str
        Assessments that have to be judged entry by entry.
    """
    rows = stated.reset_index(drop=True)
    about, place = rows["assessment"].to_numpy(), rows["position"].to_numpy()
    topic, names = pd.factorize(rows["topic"])
    parts = np.array([name.split("|", 3)[:3] for name in names], dtype=object).reshape(-1, 3)
    known = np.array([(of, pass_) in _PASSES for _, of, pass_ in parts], dtype=bool)
    strange = set(about[~known[topic]])
    keys = pd.factorize(rows["assessment"])[0].astype(np.int64) * max(len(names), 1) + topic
    ids = pd.Index(rows["id"])
    replaced = np.zeros(len(rows), dtype=bool)
    naming = np.flatnonzero(rows["base"].notna().to_numpy(bool))
    named = [
        (at, base)
        for at, text in zip(naming, rows["base"].to_numpy()[naming], strict=True)
        for base in json.loads(text)
    ]
    bases = ids.get_indexer([base for _, base in named]) if named else []
    for (at, _), base in zip(named, bases, strict=True):
        if base == at:
            continue
        if base < 0 or about[base] != about[at] or place[base] > place[at]:
            strange.add(about[at])
        elif keys[base] == keys[at]:
            replaced[base] = True
    apart = frozenset(str(each) for each in strange)
    keep = ~replaced & ~rows["assessment"].isin(apart).to_numpy(bool)
    conflict = pd.Series(keys[keep]).duplicated(keep=False).to_numpy(bool)
    said = dict(zip(("sub_aspect", "of", "pass"), parts[topic[keep]].T, strict=True))
    return rows[keep].assign(**said, conflict=conflict), apart


def disputed_levels(counting: pd.DataFrame, assessments: list[str], codes: tuple[str, ...]) -> Any:
    """Say where two statements of one level stand side by side, whoever may see them.

    Of the agency's own levels and the verified ones, each pass by itself: what was found in the
    field and what somebody scored a second time stand apart by right.

    Parameters
    ----------
    counting : DataFrame
        ``assessment, sub_aspect, of, conflict``, from :func:`standing_levels`.

    Returns
    -------
    array, shape (n_assessments * n_sub_aspects,), bool
        In the order of the rows of :func:`sheets_side_by_side`.
    """
    chosen = counting[counting["conflict"].astype(bool) & counting["of"].isin([SELF, VERIFIED])]
    row = pd.Index(assessments).get_indexer(chosen["assessment"])
    column = pd.Index(codes).get_indexer(chosen["sub_aspect"])
    found = np.zeros(len(assessments) * len(codes), dtype=bool)
    found[(row * len(codes) + column)[(row >= 0) & (column >= 0)]] = True
    return found


def sheets_side_by_side(
    counting: pd.DataFrame, assessments: list[str], codes: tuple[str, ...]
) -> pd.DataFrame:
    """Return what :func:`merit_kit.process.side_by_side` does, from :func:`standing_levels`.

    Returns
    -------
    DataFrame, shape (n_assessments * n_sub_aspects, 5), float
        All its columns but ``final``: determinations are few, and read one by one.
    """
    shape = (len(assessments), len(codes))
    row = pd.Index(assessments).get_indexer(counting["assessment"])
    column = pd.Index(codes).get_indexer(counting["sub_aspect"])
    at = np.where((row < 0) | (column < 0), -1, row * shape[1] + column)
    level = counting["level"].to_numpy(float, na_value=np.nan)
    agreed = ~counting["conflict"].to_numpy(bool) & (at >= 0)
    of, pass_ = counting["of"].to_numpy(), counting["pass"].to_numpy()

    def sheet(chosen: Any) -> Any:
        found = np.full(shape[0] * shape[1], np.nan)
        # Of several findings the lowest; a level that was taken back is none.
        np.fmin.at(found, at[chosen], level[chosen])
        return found

    later = (of == VERIFIED) & (pass_ == AKHIR)
    spoken = np.zeros(shape[0] * shape[1], dtype=bool)
    spoken[at[later & (at >= 0) & (~agreed | ~np.isnan(level))]] = True
    awal, akhir = sheet(agreed & (of == VERIFIED) & (pass_ == AWAL)), sheet(agreed & later)
    index = pd.MultiIndex.from_product([assessments, codes], names=["assessment", "sub_aspect"])
    return pd.DataFrame(
        {
            "self": sheet(agreed & (of == SELF)),
            "awal": awal,
            "akhir": akhir,
            "verified": np.where(spoken, akhir, awal),
            "field": sheet(agreed & (of == FIELD)),
        },
        index=index,
    )
