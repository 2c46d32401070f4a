"""What is known of evaluators and of assessments that deserve a second look, from a store."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import pandas as pd

from merit_kit import assessment, gaps, scoring
from merit_kit.instrument import Instrument, from_data
from merit_kit.store import Store


@dataclass(frozen=True)
class Compared:
    """Evaluators held against each other under editions that mean the same by their levels.

    Such editions share :attr:`merit_kit.instrument.Instrument.meaning`; others are compared apart.
    `people`: :func:`merit_kit.gaps.severities`, or of practice runs
    :func:`merit_kit.gaps.against_model`; empty for a reader who may not see single evaluators.
    """

    editions: tuple[Instrument, ...]
    agreement: gaps.Agreement
    people: pd.DataFrame = field(repr=False)


@dataclass(frozen=True)
class Calibrated:
    """How alike evaluators score: in assessments, and in practice, which is kept apart.

    Of each one part or more. `names` by person id; who was erased has none. `simulated`: the levels
    are made up, or by an edition that is not official, or there are only practice runs to speak of,
    which are of made-up agencies. `named`: whether the reader may see single
    evaluators; see :func:`merit_kit.assessment.sees_evaluators`.
    """

    compared: tuple[Compared, ...]
    practice: tuple[Compared, ...]
    names: Mapping[str, str] = field(repr=False)
    simulated: bool = False
    named: bool = True

    @property
    def people(self) -> pd.DataFrame:
        """The people of all parts of `compared`, one below the other; ``editions``: their ids."""
        parts = [
            part.people.assign(editions=", ".join(each.id for each in part.editions))
            for part in self.compared
        ]
        return pd.concat(parts)


@dataclass(frozen=True)
class Parted:
    """The gaps between the categories of one edition; see `merit_kit.gaps.between_categories`."""

    edition: Instrument
    pairs: pd.DataFrame = field(repr=False)
    parts: pd.DataFrame = field(repr=False)


@dataclass(frozen=True)
class SecondLook:
    """What deserves a second look.

    `contradictions`: :func:`merit_kit.gaps.contradictions`, with ``agency_name``, ``round`` and
    ``edition`` (digest); `compared`: of how many whole sheets; `lowering`:
    :func:`merit_kit.gaps.lowering`, empty for a reader who may not see single evaluators. `names`,
    `simulated` and `named` as in :class:`Calibrated`.
    """

    parted: tuple[Parted, ...]
    contradictions: pd.DataFrame = field(repr=False)
    compared: int
    lowering: pd.DataFrame = field(repr=False)
    editions: Mapping[str, Instrument] = field(repr=False)
    names: Mapping[str, str] = field(repr=False)
    simulated: bool = False
    named: bool = True


def calibrated(
    store: Store, rounds: Collection[str] | None = None, reader: str | None = None
) -> Calibrated:
    """Compare the evaluators of a store; parameters as :func:`merit_kit.assessment.evaluations`.

    Made-up assessments count only where there are no others. Practice runs are of any round. Of
    single evaluators a reader who may not see them is given nothing.

    Raises
    ------
    RuleError
        If a round is not known, or the reader only belongs to agencies' teams.
    """
    scores = gaps.real(assessment.evaluations(store, rounds, reader))
    runs = assessment.practice_levels(store)
    named = assessment.sees_evaluators(store, reader)
    compared = _compared(store, scores, named)
    only_practice = len(runs) > 0 and not any(part.agreement.items for part in compared)
    return Calibrated(
        compared,
        _compared(store, runs, named, practice=True),
        _names(store) if named else {},
        only_practice or _simulated(store, scores),
        named,
    )


def second_look(
    store: Store, rounds: Collection[str] | None = None, reader: str | None = None
) -> SecondLook:
    """Say what deserves a second look; parameters and errors as :func:`calibrated`."""
    found = assessment.sheets(store, rounds, reader)
    about = gaps.real(found.about)
    rows = found.levels.index.get_level_values("assessment").isin(about.index)
    levels = found.levels[rows]
    counts = levels["final"].fillna(levels["verified"])
    parted, contrary, compared = [], [], 0
    for digest, some in about.groupby("edition", sort=False):
        edition = found.editions[str(digest)]
        if edition.lacks:
            continue
        sheet = counts[counts.index.get_level_values("assessment").isin(some.index)].unstack()
        sheet = sheet.reindex(index=some.index, columns=list(edition.codes)).astype(float)
        whole = sheet.dropna()
        compared += len(whole)
        beside = found.components.reindex(whole.index, columns=list(edition.needs))
        totals = scoring.totals(whole, edition, beside if edition.needs else None)
        categories = totals["category"]
        known = categories.notna()
        parts = gaps.between_categories(whole[known], categories[known], edition)
        parted.append(Parted(edition, *parts))
        contrary.append(gaps.contradictions(whole, edition).assign(edition=str(digest)))
    named = pd.concat(contrary, ignore_index=True) if contrary else pd.DataFrame()
    if len(named):
        named = named.join(about[["agency", "agency_name", "round"]], on="assessment")
    lowering = gaps.lowering(gaps.real(assessment.evaluations(store, rounds, reader)))
    by_name = assessment.sees_evaluators(store, reader)
    return SecondLook(
        tuple(parted),
        named,
        compared,
        lowering if by_name else lowering.iloc[:0],
        found.editions,
        _names(store) if by_name else {},
        _simulated(store, about),
        by_name,
    )


def _compared(
    store: Store, scores: pd.DataFrame, named: bool, practice: bool = False
) -> tuple[Compared, ...]:
    """Compare those who scored, a set of editions that mean the same by their levels at a time."""
    editions = {digest: from_data(store.edition(digest)) for digest in set(scores["edition"])}
    meaning = scores["edition"].map({digest: each.meaning for digest, each in editions.items()})
    parts = [(frozenset(some["edition"]), some) for _, some in scores.groupby(meaning)]
    found = []
    for digests, some in parts or [(frozenset(), scores)]:
        people = gaps.against_model(some) if practice else gaps.severities(some)
        own = sorted((editions[digest] for digest in digests), key=lambda each: each.id)
        alike = gaps.agreement(some, practice)
        found.append(Compared(tuple(own), alike, people if named else people.iloc[:0]))
    # What most was scored under comes first.
    return tuple(sorted(found, key=lambda part: -part.agreement.items))


def _simulated(store: Store, frame: pd.DataFrame) -> bool:
    editions = (from_data(store.edition(str(key))) for key in frame["edition"].unique())
    return bool(frame["invented"].any()) or not all(each.is_official for each in editions)


def _names(store: Store) -> dict[str, str]:
    return {str(key): str(name) for key, name in store.people()["name"].items()}
