"""What is known of evaluators and of assessments that deserve a second look, from a store."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import pandas as pd

from merit_kit import assessment, gaps, scoring
from merit_kit.instrument import Instrument, from_data
from merit_kit.store import Store


@dataclass(frozen=True)
class Calibrated:
    """How alike evaluators score: in assessments, and in practice, which is kept apart.

    `people`: :func:`merit_kit.gaps.severities`; `practice`: :func:`merit_kit.gaps.against_model`.
    `names` by person id; who was erased has none. `simulated`: the levels are made up, or by an
    edition that is not official.
    """

    agreement: gaps.Agreement
    people: pd.DataFrame = field(repr=False)
    practice_agreement: gaps.Agreement
    practice: pd.DataFrame = field(repr=False)
    names: Mapping[str, str] = field(repr=False)
    simulated: bool = False


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
    :func:`merit_kit.gaps.lowering`. `names` and `simulated` as in :class:`Calibrated`.
    """

    parted: tuple[Parted, ...]
    contradictions: pd.DataFrame = field(repr=False)
    compared: int
    lowering: pd.DataFrame = field(repr=False)
    editions: Mapping[str, Instrument] = field(repr=False)
    names: Mapping[str, str] = field(repr=False)
    simulated: bool = False


def calibrated(
    store: Store, rounds: Collection[str] | None = None, reader: str | None = None
) -> Calibrated:
    """Compare the evaluators of a store; parameters as :func:`merit_kit.assessment.evaluations`.

    Made-up assessments count only where there are no others. Practice runs are of any round.

    Raises
    ------
    RuleError
        If a round is not known, or the reader only belongs to agencies' teams.
    """
    scores = gaps.real(assessment.evaluations(store, rounds, reader))
    runs = assessment.practice_levels(store)
    return Calibrated(
        gaps.agreement(scores),
        gaps.severities(scores),
        gaps.agreement(runs),
        gaps.against_model(runs),
        _names(store),
        _simulated(store, scores),
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
    scores = gaps.real(assessment.evaluations(store, rounds, reader))
    return SecondLook(
        tuple(parted),
        named,
        compared,
        gaps.lowering(scores),
        found.editions,
        _names(store),
        _simulated(store, about),
    )


def _simulated(store: Store, frame: pd.DataFrame) -> bool:
    editions = (from_data(store.edition(str(key))) for key in frame["edition"].unique())
    return bool(frame["invented"].any()) or not all(each.is_official for each in editions)


def _names(store: Store) -> dict[str, str]:
    return {str(key): str(name) for key, name in store.people()["name"].items()}
