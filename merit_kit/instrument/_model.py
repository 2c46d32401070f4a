"""What an edition is made of. Frozen: an assessment keeps its edition for ever."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

import pandas as pd

from merit_kit.canonical import canonical, digest
from merit_kit.i18n import Text

ASSUMED = "assumed"
"""Stands where a source would, for what no publication gives."""

OFFICIAL = "official"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a number or a text comes from."""

    key: str
    title: Text
    address: str
    confidence: str


@dataclass(frozen=True, slots=True)
class SubAspect:
    """One item to be scored: its weight, what each level means, what proves it."""

    code: str
    aspect: int
    name: Text
    weight: Decimal | None
    levels: Mapping[int, Text]
    evidence: tuple[Text, ...]
    sources: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Aspect:
    """A group of sub-aspects."""

    number: int
    name: Text
    description: Text
    sub_aspects: tuple[SubAspect, ...]
    sources: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Category:
    """A band of totals (or of indexes) with a name; `high` is None in the last, open one.

    `valid_years`: for how long a result in it holds; None for its own round alone.
    """

    code: str
    name: Text
    low: Decimal
    high: Decimal | None
    consequence: Text
    valid_years: int | None


@dataclass(frozen=True)
class Instrument:
    """One edition. `data` is what its file said; the digest of that is its identity."""

    id: str
    status: str
    title: Text
    issuer: str
    legal_basis: str
    scale: tuple[int, ...]
    unproven: Text
    divisor: Decimal
    decimals: int
    bands_on: str
    lower_inclusive: bool
    categories: tuple[Category, ...]
    aspects: tuple[Aspect, ...]
    sources: Mapping[str, Source]
    data: Mapping[str, Any] = field(repr=False)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the edition's content; comments and layout of its file do not count."""
        return digest(self.canonical)

    @cached_property
    def canonical(self) -> str:
        """The edition's content as canonical JSON, as a store keeps it."""
        return canonical(self.data)

    @property
    def is_official(self) -> bool:
        """Whether results may be issued under this edition."""
        return self.status == OFFICIAL

    @cached_property
    def sub_aspects(self) -> tuple[SubAspect, ...]:
        """All sub-aspects, in the instrument's order."""
        return tuple(sub for aspect in self.aspects for sub in aspect.sub_aspects)

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """The codes of all sub-aspects, in the instrument's order."""
        return tuple(sub.code for sub in self.sub_aspects)

    @cached_property
    def by_code(self) -> Mapping[str, SubAspect]:
        """Each sub-aspect by its code."""
        return {sub.code: sub for sub in self.sub_aspects}

    @cached_property
    def weights(self) -> pd.Series[Any]:
        """Points per level, as Decimal (None where a draft lacks it). Index: codes, in order."""
        index = pd.Index(self.codes, name="sub_aspect")
        return pd.Series([s.weight for s in self.sub_aspects], index=index, dtype=object)

    @cached_property
    def aspect_of(self) -> pd.Series[Any]:
        """The number of the aspect each sub-aspect belongs to. Index: codes, in order."""
        return pd.Series({s.code: s.aspect for s in self.sub_aspects}, name="aspect")

    @property
    def steps(self) -> tuple[int, ...]:
        """Every level an evaluator may give: 0 (assessed, nothing proven), then the scale."""
        return (0, *(level for level in self.scale if level != 0))

    @cached_property
    def maximum(self) -> Decimal:
        """Points with every sub-aspect at the top level; derived, never typed."""
        return sum(
            (sub.weight or Decimal(0)) * self.scale[-1] for sub in self.sub_aspects
        ) + Decimal(0)

    def frame(self, lang: str = "id") -> pd.DataFrame:
        """Return the sub-aspects as a table to look at.

        Returns
        -------
        DataFrame
            Index ``sub_aspect``. Columns ``aspect`` and ``name`` in `lang`, ``weight`` (points
            per level, Decimal), ``most`` (points at the top level, Decimal).
        """
        names = {aspect.number: aspect.name.in_(lang) for aspect in self.aspects}
        rows = [
            (names[s.aspect], s.name.in_(lang), s.weight, s.weight and s.weight * self.scale[-1])
            for s in self.sub_aspects
        ]
        index = pd.Index(self.codes, name="sub_aspect")
        return pd.DataFrame(rows, index=index, columns=["aspect", "name", "weight", "most"])

    def assumed_parts(self) -> list[str]:
        """Which parts of sub-aspects and aspects rest on assumption, in a fixed order."""
        sources = [a.sources for a in self.aspects] + [s.sources for s in self.sub_aspects]
        found = {part for each in sources for part, key in each.items() if key == ASSUMED}
        return [
            p
            for p in ("name", "description", "maximum", "weight", "levels", "evidence")
            if p in found
        ]
