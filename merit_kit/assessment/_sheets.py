"""All assessments level by level, in one reading: what analyses are made from."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import pandas as pd

from merit_kit import process
from merit_kit.assessment._hearing import edition_of
from merit_kit.assessment._overview import standing_of
from merit_kit.assessment._rounds import check_round
from merit_kit.errors import RuleError
from merit_kit.instrument import Instrument
from merit_kit.store import RESULT, Store

_KINDS = (process.LEVEL, process.DETERMINATION, process.STAGE)
# What levels are read off. Every entry is gone through several times, all its columns with it.
_READ = ["assessment", "kind", "body", "conflict", "author", "stated_at", "id"]
_ABOUT = (
    *("agency", "agency_name", "kind", "province", "wilayah", "round", "year", "number"),
    *("edition", "stage", "invented"),
)


@dataclass(frozen=True)
class Sheets:
    """What stands in many assessments, for :func:`merit_kit.gaps.tidy`.

    Attributes
    ----------
    about : DataFrame, shape (n_assessments, 11)
        Index ``assessment``; by round, then agency.
    levels : DataFrame, shape (n_rows, 6)
        Index ``assessment, sub_aspect``; see :func:`merit_kit.process.side_by_side`.
    editions : mapping of digest to Instrument
    components : DataFrame
        Index ``assessment``: what was determined beside the levels, a column each.
    own : int
        How many assessments were left out as those of the reader's own agencies.
    """

    about: pd.DataFrame = field(repr=False)
    levels: pd.DataFrame = field(repr=False)
    editions: Mapping[str, Instrument] = field(repr=False)
    components: pd.DataFrame = field(repr=False)
    own: int = 0


def sheets(
    store: Store, rounds: Collection[str] | None = None, reader: str | None = None
) -> Sheets:
    """Read every assessment for a result, or those of some rounds. Sandboxes are not among them.

    Parameters
    ----------
    rounds : collection of str, optional
        Codes; by default all.
    reader : str, optional
        A person id: of agencies whose team the person belongs to nothing is read, since evaluators
        keep something of it to themselves.

    Raises
    ------
    RuleError
        If a round is not known; or if the reader only belongs to agencies' teams.
    """
    for code in rounds or ():
        check_round(store, code)
    every = _about(store, rounds)
    about = readable(store, every, reader)
    left_out = len(every) - len(about)
    editions = {str(key): edition_of(store, str(key)) for key in about["edition"].unique()}
    counting = standing_of(store, *_KINDS)[_READ]
    counting = counting[counting["assessment"].isin(about.index)]
    moved = dict(list(counting[counting["kind"] == process.STAGE].groupby("assessment")))
    first = process.STAGES[0]
    stages = [process.stage_of(moved[key]) if key in moved else first for key in about.index]
    about = about.assign(stage=pd.Series(stages, index=about.index, dtype=object))[list(_ABOUT)]
    levels, beside = _levels(counting, about, editions)
    return Sheets(about, levels, editions, beside, left_out)


def readable(store: Store, about: pd.DataFrame, reader: str | None) -> pd.DataFrame:
    """Return the assessments of an analysis without those of the reader's own agencies.

    Raises
    ------
    RuleError
        If the reader only belongs to agencies' teams.
    """
    if reader is None:
        return about
    held = store.roles_of(reader)
    if all(row.role == process.AGENCY for row in held):
        raise RuleError("analysis-no-role")
    own = {row.agency for row in held if row.role == process.AGENCY}
    return about[~about["agency"].isin(own)]


def _about(store: Store, rounds: Collection[str] | None) -> pd.DataFrame:
    frame = store.assessments()
    frame = frame[frame["purpose"] == RESULT]
    if rounds is not None:
        frame = frame[frame["round"].isin(list(rounds))]
    agencies = store.agencies()[["name", "kind", "province", "wilayah"]]
    known = frame.join(agencies.rename(columns={"name": "agency_name"}), on="agency")
    known = known.join(store.rounds()[["year", "number"]], on="round")
    order = ["year", "number", "agency"]
    return known.sort_values(order, kind="stable").rename_axis("assessment")


def _levels(
    counting: pd.DataFrame, about: pd.DataFrame, editions: Mapping[str, Instrument]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the levels, and what was determined beside them, an edition at a time."""
    parts, beside = [], []
    for digest, some in about.groupby("edition", sort=False):
        edition = editions[str(digest)]
        keys = [str(key) for key in some.index]
        own = counting[counting["assessment"].isin(keys)]
        parts.append(process.side_by_side(own, keys, edition.codes))
        beside.append(process.components(own, keys, edition.needs))
    if not parts:
        return process.side_by_side(counting, [], ()), pd.DataFrame()
    levels = pd.concat(parts) if len(parts) > 1 else parts[0]
    return levels, pd.concat(beside).rename_axis("assessment")
