"""All assessments level by level, in one reading: what analyses are made from."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from merit_kit import process
from merit_kit.assessment._hearing import counting_of, edition_of
from merit_kit.assessment._overview import standing_of
from merit_kit.assessment._rounds import check_round
from merit_kit.errors import RuleError
from merit_kit.instrument import Instrument
from merit_kit.store import RESULT, Store

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
    levels : DataFrame, shape (n_rows, 8)
        Index ``assessment, sub_aspect``; see :func:`merit_kit.process.side_by_side`, of what the
        agency may see. Beside it ``draft``: the verified level that evaluators have prepared and
        not stated to the agency yet. It counts for nothing, as in a report. And ``disputed``; see
        :func:`merit_kit.process.disputed_levels`.
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
    # Stages and determinations are few and opened one by one; levels may be hundreds of thousands.
    counting = standing_of(store, process.DETERMINATION, process.STAGE)
    counting = counting[counting["assessment"].isin(about.index)]
    moved = dict(list(counting[counting["kind"] == process.STAGE].groupby("assessment")))
    first = process.STAGES[0]
    stages = [process.stage_of(moved[key]) if key in moved else first for key in about.index]
    about = about.assign(stage=pd.Series(stages, index=about.index, dtype=object))[list(_ABOUT)]
    levels = _levels(_Stated.of(store, rounds, about.index), counting, about, editions)
    return Sheets(about, levels, editions, _components(counting, about, editions), left_out)


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


def check_reader(store: Store, agency: str, reader: str) -> None:
    """Refuse somebody who may not read the levels of an agency.

    Raises
    ------
    RuleError
        If the reader has no role, or only belongs to the teams of other agencies.
    """
    held = store.roles_of(reader)
    if not any(row.role != process.AGENCY or row.agency == agency for row in held):
        own = sorted(str(row.agency) for row in held)
        raise RuleError("levels-no-role", found=agency, allowed=", ".join(own) or "-")


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


@dataclass(frozen=True)
class _Stated:
    """Levels that stand: those of most assessments by columns, of some entry by entry."""

    columns: pd.DataFrame
    entries: pd.DataFrame
    apart: frozenset[str]

    @classmethod
    def of(cls, store: Store, rounds: Collection[str] | None, chosen: pd.Index[str]) -> _Stated:
        stated = store.level_statements(rounds)
        columns, strange = process.standing_levels(stated[stated["assessment"].isin(chosen)])
        return cls(columns, counting_of(store, sorted(strange)), strange)

    def sheet(self, keys: list[str], codes: tuple[str, ...], internal: bool) -> pd.DataFrame:
        """Lay out the levels of some assessments: those for the agency, or those kept from it."""
        columns = self.columns[self.columns["internal"] == int(internal)]
        entries = self.entries[(self.entries["visible_to"] == "internal") == internal]
        found = process.sheets_side_by_side(columns, keys, codes)
        apart = [key for key in keys if key in self.apart]
        if apart:
            judged = process.side_by_side(entries, apart, codes)
            found.loc[judged.index] = judged[list(found.columns)]
        return found

    def disputed(self, keys: list[str], codes: tuple[str, ...]) -> Any:
        """Say where two statements of one level stand side by side; in the order of `sheet`."""
        said = self.entries[self.entries["kind"] == process.LEVEL]
        parts = {name: [body[name] for body in said["body"]] for name in ("sub_aspect", "of")}
        return process.disputed_levels(self.columns, keys, codes) | process.disputed_levels(
            said.assign(**parts), keys, codes
        )


def _levels(
    stated: _Stated,
    counting: pd.DataFrame,
    about: pd.DataFrame,
    editions: Mapping[str, Instrument],
) -> pd.DataFrame:
    """Return the levels, an edition at a time."""
    parts = [process.side_by_side(counting, [], ()).assign(draft=0.0, disputed=False)]
    for digest, some in about.groupby("edition", sort=False):
        codes, keys = editions[str(digest)].codes, [str(key) for key in some.index]
        # Which ones count was decided with the drafts among them, as it is for a report: where a
        # draft of one laptop and a level stated on another dispute each other, neither counts.
        drafts = stated.sheet(keys, codes, internal=True)["verified"]
        final = process.level_sheet(counting, process.FINAL, keys, codes).to_numpy().ravel()
        disputed = stated.disputed(keys, codes)
        sheet = stated.sheet(keys, codes, internal=False)
        parts.append(sheet.assign(final=final, draft=drafts, disputed=disputed))
    filled = [part for part in parts if len(part)] or parts
    return pd.concat(filled) if len(filled) > 1 else filled[0]


def _components(
    counting: pd.DataFrame, about: pd.DataFrame, editions: Mapping[str, Instrument]
) -> pd.DataFrame:
    """Return what was determined beside the levels."""
    beside = [
        process.components(counting, [str(key) for key in some.index], editions[str(digest)].needs)
        for digest, some in about.groupby("edition", sort=False)
    ]
    return pd.concat(beside).rename_axis("assessment") if beside else pd.DataFrame()
