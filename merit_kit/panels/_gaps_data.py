"""What the explorer of gaps works on: all read once, so that each choice is answered soon."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from merit_kit import gaps
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
    percent, self_percent : DataFrame
        A row for each of `totals`, a column for each aspect's number, 0-100. ``percent`` is NaN
        where nothing of the aspect is assessed.
    components : DataFrame or None
        What the index takes beside the levels, where it takes anything.
    level, own_level : DataFrame
        A row for each of `totals`, a column for each code.
    """

    edition: Instrument
    totals: pd.DataFrame = field(repr=False)
    percent: pd.DataFrame = field(repr=False)
    self_percent: pd.DataFrame = field(repr=False)
    level: pd.DataFrame = field(repr=False)
    own_level: pd.DataFrame = field(repr=False)
    components: pd.DataFrame | None = field(default=None, repr=False)

    @classmethod
    def of(
        cls, frame: pd.DataFrame, edition: Instrument, components: pd.DataFrame | None
    ) -> Ground:
        """Add up those rows of a tidy frame that are scored by one edition."""
        own = frame[frame["edition_digest"] == edition.digest]
        totals = gaps.by_assessment(own, {edition.digest: edition}, components)
        aspects = gaps.by_aspect(own)
        rows = list(totals.index)
        numbers = [aspect.number for aspect in edition.aspects]
        parts = []
        for name, given in (("percent", "assessed"), ("self_percent", "self_assessed")):
            # What is not assessed counts 0: half an aspect would look like a bad one.
            known = aspects.assign(value=aspects[name].where(aspects[given] == aspects["of"]))
            wide = known.pivot(index="assessment", columns="aspect", values="value")
            parts.append(wide.reindex(index=rows, columns=numbers).astype(float))
        for name in ("level", "self"):
            known = own.assign(value=own[name].astype(float))
            wide = known.pivot(index="assessment", columns="sub_aspect", values="value")
            parts.append(wide.reindex(index=rows, columns=list(edition.codes)).astype(float))
        beside = components if edition.needs else None
        percent, self_percent, level, own_level = parts
        return cls(edition, totals, percent, self_percent, level, own_level, beside)

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

    def wish(self, said: Mapping[str, Any]) -> Wish | None:
        """Make a whole wish of what was said; None if there is nothing to look at."""
        filled = {key: each for key, each in self.grounds.items() if len(each.totals)}
        if not filled:
            return None
        edition = str(said.get("edition") or "")
        if edition not in filled:
            edition = max(filled, key=lambda key: (_latest(filled[key]), len(filled[key].totals)))
        ground = filled[edition]
        rounds = rounds_of(ground)
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


def rounds_of(ground: Ground) -> list[str]:
    """Return the codes of the rounds there are assessments of, in order."""
    known = ground.totals.drop_duplicates("round").sort_values(["year", "number"])
    return [str(code) for code in known["round"]]


def _latest(ground: Ground) -> tuple[int, int]:
    place = ground.totals["year"].astype(int) * 10 + ground.totals["number"]
    return int(place.max()), 0
