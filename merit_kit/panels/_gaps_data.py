"""What the explorer of gaps works on: all read once, so that each choice is answered soon."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from uuid import uuid4

import numpy as np
import pandas as pd

from merit_kit import gaps
from merit_kit.errors import RuleError
from merit_kit.instrument import Instrument

ALL = ""
"""The choice of a filter that keeps everything."""

FILTERS = ("kind", "province", "wilayah", "category")


@dataclass(frozen=True)
class Wish:
    """What somebody wants to look at. Whatever is not there falls back on what is."""

    edition: str
    round: str
    filters: Mapping[str, str] = field(default_factory=dict)
    view: str = "heat"
    aspect: int = 0
    sort: str = "name"
    down: bool = False
    seek: str = ""
    page: int = 0
    one: str = ""


@dataclass(frozen=True)
class Ground:
    """All assessments of one edition.

    Attributes
    ----------
    totals : DataFrame
        From :func:`merit_kit.gaps.by_assessment`.
    percent, self_percent, verified_percent : DataFrame
        A row for each of `totals`, a column for each aspect's number, 0-100: by the levels that
        count, the agency's own, and the verified ones in force, whatever was determined later.
        NaN where an aspect is not wholly assessed.
    sums : DataFrame
        A row for each of `totals`; points by the levels ``self, awal, verified`` (in force) and
        ``final``, NaN where one of them is lacking; ``akhir``: how many levels the later pass has.
    components : DataFrame or None
        What the index takes beside the levels, where it takes anything.
    level, own_level : DataFrame
        A row for each of `totals`, a column for each code.
    disputed : DataFrame, bool
        The same: where no level counts since standing statements contradict each other.
    """

    edition: Instrument
    totals: pd.DataFrame = field(repr=False)
    percent: pd.DataFrame = field(repr=False)
    self_percent: pd.DataFrame = field(repr=False)
    verified_percent: pd.DataFrame = field(repr=False)
    level: pd.DataFrame = field(repr=False)
    own_level: pd.DataFrame = field(repr=False)
    disputed: pd.DataFrame = field(repr=False)
    sums: pd.DataFrame = field(repr=False)
    components: pd.DataFrame | None = field(default=None, repr=False)

    @cached_property
    def rounds(self) -> list[str]:
        """The codes of the rounds there are assessments of, in order."""
        known = self.totals.drop_duplicates("round").sort_values(["year", "number"])
        return [str(code) for code in known["round"]]

    @cached_property
    def latest(self) -> int:
        """When the last of them is: year times ten and number."""
        return int((self.totals["year"].astype(int) * 10 + self.totals["number"]).max())

    @classmethod
    def of(
        cls, frame: pd.DataFrame, edition: Instrument, components: pd.DataFrame | None
    ) -> Ground:
        """Add up those rows of a tidy frame that are scored by one edition."""
        own = frame[frame["edition_digest"] == edition.digest]
        totals = gaps.by_assessment(own, {edition.digest: edition}, components)
        aspects = gaps.by_aspect(own)
        numbers = [aspect.number for aspect in edition.aspects]
        shares = {
            whose: _wide(aspects, aspects[f"{whose}percent"], "aspect", numbers, totals.index)
            for whose in ("", "self_", "verified_")
        }
        codes = list(edition.codes)
        levels = {
            name: _wide(own, own[name], "sub_aspect", codes, totals.index)
            for name in ("level", "self", "awal", "verified", "final")
        }
        weights = np.array([float(weight) for weight in edition.weights])
        sums = {
            name: (sheet * weights).sum(axis=1, skipna=False).round(6)
            for name, sheet in levels.items()
        }
        sums["akhir"] = _wide(own, own["akhir"], "sub_aspect", codes, totals.index).count(axis=1)
        return cls(
            edition,
            totals,
            percent=shares[""],
            self_percent=shares["self_"],
            verified_percent=shares["verified_"],
            level=levels["level"],
            own_level=levels["self"],
            disputed=_wide(own, own["state"] == "disputed", "sub_aspect", codes, totals.index) > 0,
            sums=pd.DataFrame(sums).drop(columns="level"),
            components=components if edition.needs else None,
        )

    def beside(self, about: Any) -> dict[str, Any] | None:
        """Return what was determined beside the levels of one assessment; None if nothing is."""
        if self.components is None:
            return None
        return dict(self.components.loc[about].dropna())

    def chosen(self, wish: Wish, but: str = "") -> pd.DataFrame:
        """Return the rows of `totals` that a wish keeps; the filter `but` is passed over."""
        kept = self.totals[self.totals["round"] == wish.round]
        for name, value in wish.filters.items():
            if value != ALL and name != but:
                kept = kept[kept[name] == value]
        return kept


@dataclass(frozen=True)
class Analysis:
    """Everything the explorer shows, from one reading of a store."""

    grounds: Mapping[str, Ground]
    history: pd.DataFrame = field(repr=False)
    token: str = field(default_factory=lambda: uuid4().hex, repr=False)
    """Of one reading: what was told of another may be other by now."""

    @classmethod
    def of(
        cls,
        frame: pd.DataFrame,
        editions: Mapping[str, Instrument],
        components: pd.DataFrame | None = None,
        published: pd.DataFrame | None = None,
    ) -> Analysis:
        """Add up a tidy frame; `published` as :func:`merit_kit.gaps.published_frame` gives it."""
        said = gaps.published_frame(pd.DataFrame()) if published is None else published
        grounds = {
            digest: Ground.of(frame, edition, components)
            for digest, edition in editions.items()
            if not edition.lacks
        }
        totals = [ground.totals for ground in grounds.values()]
        known = pd.concat(totals) if totals else gaps.by_assessment(frame, {})
        return cls(grounds, gaps.history(known, said))

    def first(self, agency: str, round_: str) -> dict[str, str]:
        """Return the choice that shows an agency, a round, or both; of an agency its last round.

        Raises
        ------
        RuleError
            If there is no such assessment here.
        """
        columns = ["agency", "round", "year", "number", "edition_digest"]
        every = [ground.totals[columns].astype({"round": str}) for ground in self.grounds.values()]
        known = pd.concat(every) if every else pd.DataFrame(columns=columns)
        sought = known[known["agency"] == agency] if agency else known
        sought = sought[sought["round"] == round_] if round_ else sought
        if sought.empty:
            rounds = known.drop_duplicates("round").sort_values(["year", "number"])["round"]
            found, allowed = f"{agency} {round_}".strip(), ", ".join(rounds) or "-"
            raise RuleError("analysis-not-there", found=found, allowed=allowed)
        last = sought.sort_values(["year", "number"]).iloc[-1]
        # Of several editions in one round the one that most are scored by.
        edition = sought[sought["round"] == last["round"]]["edition_digest"].astype(str).mode()
        choice = {"edition": str(edition.iloc[0]), "round": str(last["round"])}
        return {**choice, "view": "one", "one": agency} if agency else choice

    def wish(self, said: Mapping[str, Any]) -> Wish | None:
        """Make a whole wish of what was said; None if there is nothing to look at."""
        filled = {key: each for key, each in self.grounds.items() if len(each.totals)}
        if not filled:
            return None
        edition = str(said.get("edition") or "")
        if edition not in filled:
            edition = max(filled, key=lambda key: (filled[key].latest, len(filled[key].totals)))
        ground = filled[edition]
        rounds = ground.rounds
        aspect = said.get("aspect")
        numbers = {each.number for each in ground.edition.aspects}
        page = said.get("page")
        return Wish(
            edition,
            str(said["round"]) if said.get("round") in rounds else rounds[-1],
            {name: str(said.get(name) or ALL) for name in FILTERS},
            str(said.get("view") or "heat"),
            aspect if isinstance(aspect, int) and aspect in numbers else 0,
            str(said.get("sort") or "name"),
            said.get("down") is True,
            str(said.get("seek") or "").strip(),
            page if isinstance(page, int) and page >= 0 else 0,
            str(said.get("one") or ""),
        )


def _wide(
    rows: pd.DataFrame, values: Any, column: str, names: list[Any], ids: pd.Index[str]
) -> pd.DataFrame:
    """Lay values out in a row for each assessment and a column for each name; NaN where none is."""
    there = rows["assessment"].cat
    row = ids.get_indexer(there.categories.astype(str))[there.codes.to_numpy()]
    place = pd.Index(names).get_indexer(rows[column])
    found = np.full((len(ids), len(names)), np.nan)
    found[row, place] = values.to_numpy(float, na_value=np.nan)
    return pd.DataFrame(found, index=ids, columns=names)
