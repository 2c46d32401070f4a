"""What an edition is made of. Frozen: an assessment keeps its edition for ever."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

import pandas as pd

from merit_kit.canonical import canonical, digest
from merit_kit.errors import Problem
from merit_kit.i18n import LANGUAGES, Text

ASSUMED = "assumed"
"""Stands where a source would, for what no publication gives."""

OFFICIAL = "official"
DRAFT = "draft"

MATURITY = "maturity"
"""The component that is worked out from the levels; every other is given as a number."""

CORRECTION = "correction"
"""What a correction is called beside the components, where numbers are given."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a number or a text comes from."""

    key: str
    title: Text
    address: str
    confidence: str


@dataclass(frozen=True, slots=True)
class SubAspect:
    """One item to be scored: its weight, what each level means, what proves it.

    `effort`: what the step to each level takes, in one unit for the whole edition; empty where the
    edition does not say. Scoring takes no notice of it; a road map does.
    """

    code: str
    aspect: int
    name: Text
    weight: Decimal | None
    levels: Mapping[int, Text]
    evidence: tuple[Text, ...]
    sources: Mapping[str, str]
    effort: Mapping[int, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Aspect:
    """A group of sub-aspects.

    `share`: its nominal weight in percent of the maximum, where a publication gives it. `partial`:
    a draft knows that there are sub-aspects beyond those listed.
    """

    number: int
    name: Text
    description: Text
    sub_aspects: tuple[SubAspect, ...]
    sources: Mapping[str, str]
    share: Decimal | None = None
    partial: bool = False


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


@dataclass(frozen=True, slots=True)
class Component:
    """A part of a composite index: `share` percent of it.

    `most` is the top of the scale its numbers are given on (such as 100); the component that is
    worked out from the levels has none, its scale being the divisor of the index.
    """

    code: str
    name: Text
    kind: str
    share: Decimal | None
    most: Decimal | None
    source: str


@dataclass(frozen=True, slots=True)
class Correction:
    """What is taken off the index, at most `most` (in points of the index); None: no limit."""

    name: Text
    description: Text
    most: Decimal | None
    source: str


@dataclass(frozen=True)
class Instrument:
    """One edition. `data` is what its file said; the digest of that is its identity.

    Only a draft lacks something: its scale, its divisor, its categories; see `lacks`.
    """

    id: str
    status: str
    title: Text
    issuer: str
    legal_basis: str
    scale: tuple[int, ...]
    unproven: Text
    divisor: Decimal | None
    decimals: int
    bands_on: str
    lower_inclusive: bool
    categories: tuple[Category, ...]
    aspects: tuple[Aspect, ...]
    sources: Mapping[str, Source]
    components: tuple[Component, ...]
    correction: Correction | None
    data: Mapping[str, Any] = field(repr=False)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the edition's content; comments and layout of its file do not count."""
        return digest(self.canonical)

    @cached_property
    def canonical(self) -> str:
        """The edition's content as canonical JSON, as a store keeps it."""
        return canonical(self.data)

    @cached_property
    def meaning(self) -> str:
        """Digest of what a level says: the scale, and the words of each sub-aspect and its levels.

        Editions that share it weigh, group or name categories differently at most, or differ in
        their translation: a level of one means what it means in the other.
        """
        subs = [
            [
                sub.code,
                sub.name.id,
                *([level, sub.levels[level].id] for level in sorted(sub.levels)),
            ]
            for sub in self.sub_aspects
        ]
        return digest(canonical([list(self.scale), self.unproven.id, subs]))

    @property
    def is_draft(self) -> bool:
        """Whether parts of it may be missing."""
        return self.status == DRAFT

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
        return sum((sub.weight or Decimal(0)) * self._top for sub in self.sub_aspects) + Decimal(0)

    @property
    def _top(self) -> int:
        return self.scale[-1] if self.scale else 0

    @cached_property
    def given(self) -> tuple[Component, ...]:
        """The components whose numbers are given beside the levels."""
        return tuple(each for each in self.components if each.kind != MATURITY)

    @cached_property
    def needs(self) -> tuple[str, ...]:
        """What an index takes beside the levels: codes of components, and ``correction``."""
        return (*(each.code for each in self.given), *((CORRECTION,) if self.correction else ()))

    @cached_property
    def lacks(self) -> tuple[Problem, ...]:
        """What keeps a draft from being scored, each with where it belongs; empty if nothing."""
        found = [] if self.scale else [Problem("", "scale-missing")]
        for aspect in self.aspects:
            if not aspect.sub_aspects:
                found.append(Problem(str(aspect.number), "sub-aspects-missing", aspect.name))
            elif aspect.partial:
                found.append(Problem(str(aspect.number), "sub-aspects-partial", aspect.name))
        found += [Problem(s.code, "weight-missing") for s in self.sub_aspects if s.weight is None]
        for sub in self.sub_aspects:
            absent = [level for level in self.scale if level not in sub.levels]
            if not sub.levels:
                found.append(Problem(sub.code, "ladder-missing"))
            elif absent:
                found.append(Problem(sub.code, "level-texts-missing", absent))
        if self.divisor is None:
            found.append(Problem("", "divisor-missing"))
        for each in self.components:
            if each.share is None:
                found.append(Problem(each.code, "share-missing", each.name))
            if each.most is None and each.kind != MATURITY:
                found.append(Problem(each.code, "component-scale-missing", each.name))
        if self.is_draft and self.correction and self.correction.most is None:
            found.append(Problem("", "correction-missing", self.correction.name))
        if not self.categories:
            found.append(Problem("", "categories-missing"))
        return tuple(found)

    @cached_property
    def untranslated(self) -> int:
        """How many texts are the same in both languages, mostly because one of them is missing."""
        return sum(text["id"] == text["en"] for text in _texts(self.data))

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
            (names[s.aspect], s.name.in_(lang), s.weight, s.weight and s.weight * self._top)
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
            for p in ("name", "description", "maximum", "weight", "levels", "evidence", "effort")
            if p in found
        ]


def _texts(value: Any) -> Iterator[Mapping[str, str]]:
    """Give every text of an edition's data."""
    if isinstance(value, Mapping):
        if set(value) == set(LANGUAGES):
            yield value
        else:
            for inner in value.values():
                yield from _texts(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _texts(inner)
