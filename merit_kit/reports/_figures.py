"""What a case says in numbers: levels side by side, what they add up to, and what is still open."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

import pandas as pd

from merit_kit import process, scoring
from merit_kit.assessment import Case
from merit_kit.i18n import Text, Words
from merit_kit.instrument import CORRECTION, Category, Instrument

OWN, VERIFIED, FINAL = process.SELF, process.VERIFIED, process.FINAL
SCORED = (OWN, VERIFIED, FINAL)
_TONES = 4
_MOST_CODES = 12


@dataclass(frozen=True, slots=True)
class Result:
    """The outcome of one kind of levels. `index`, `category` and `to_next` only once complete."""

    total: float
    percent: float
    assessed: int
    of: int
    complete: bool
    index: float | None
    category: Category | None
    tone: int
    to_next: float | None
    next_category: Category | None


@dataclass(frozen=True, slots=True)
class Determination:
    """What the plenary meeting determined: its words, who stated it, and when (ISO).

    `components`: exact numbers by code, of what the index takes beside the levels.
    """

    text: str
    by: str
    at: str
    components: Mapping[str, Decimal]


class Figures:
    """The numbers of one case."""

    def __init__(self, case: Case) -> None:
        self.case = case

    @property
    def instrument(self) -> Instrument:
        """The edition of the assessment."""
        return self.case.instrument

    @cached_property
    def sheet(self) -> pd.DataFrame:
        """Rows ``self, awal, akhir, verified, field, final``, a column per sub-aspect; NaN: none.

        ``verified`` are the levels in force, of whichever pass.
        """
        about = self.case.assessment
        wide = process.side_by_side(self.case.standing, [about], self.instrument.codes)
        return wide.loc[about].T

    @cached_property
    def levels(self) -> pd.DataFrame:
        """Rows ``self``, ``verified`` and ``final`` of the sheet: those that are added up."""
        return self.sheet.loc[list(SCORED)]

    @cached_property
    def results(self) -> Mapping[str, Result]:
        """The outcome of each kind of levels.

        Where the index takes more than levels, only the determined ones come to one: with them it
        was stated what else counts.
        """
        said = self.determination
        beside = pd.DataFrame([said.components], index=[FINAL], dtype=object) if said else None
        frame = scoring.totals(self.levels, self.instrument, beside)
        return {of: _result(frame.loc[of], self.instrument) for of in SCORED}

    @cached_property
    def by_aspect(self) -> pd.DataFrame:
        """Points by ``(self | verified | final, aspect)``."""
        return scoring.aspect_points(self.levels, self.instrument)

    @cached_property
    def points(self) -> pd.DataFrame:
        """Points by sub-aspect, rows and columns as `levels`."""
        return scoring.points(self.levels, self.instrument)

    @property
    def counts(self) -> str:
        """Which levels are the result: ``final`` once determined, else ``verified``."""
        return VERIFIED if self.determination is None else FINAL

    @property
    def result(self) -> Result:
        """The outcome that counts; provisional until it is determined."""
        return self.results[self.counts]

    @cached_property
    def stage(self) -> str:
        """The stage the assessment is in."""
        return process.stage_of(self.case.standing)

    @cached_property
    def determination(self) -> Determination | None:
        """What was determined; None if nothing was, or two determinations dispute it."""
        stands = self._of(process.DETERMINATION)
        if len(stands) != 1:
            return None
        [said] = stands.itertuples()
        by = self.case.person_line(said.author)
        numbers = said.body.get("components", {})
        components = {code: Decimal(number) for code, number in numbers.items()}
        return Determination(said.body["text"], by, said.recorded_at, components)

    @cached_property
    def hindrances(self) -> dict[str, list[str]]:
        """What keeps the assessment from being determined: the codes concerned, by kind of fault.

        An objection to the result as a whole has an empty code.
        """
        if self.determination is not None:
            return {}
        found: dict[str, list[str]] = {}
        for problem in process.unanswered(self.case.standing, self.instrument.codes):
            found.setdefault(problem.key, []).append(str(problem.where))
        if len(self._of(process.DETERMINATION)) > 1:
            found["determination-disputed"] = [""]
        return found

    @cached_property
    def disputed(self) -> set[str]:
        """The codes of sub-aspects with two levels of one kind that contradict each other."""
        standing = self.case.standing
        open_ = standing[standing["conflict"] & (standing["kind"] == process.LEVEL)]
        return {body["sub_aspect"] for body in open_["body"]}

    @cached_property
    def clarifications(self) -> pd.DataFrame:
        """Questions the agency sees; see :func:`merit_kit.process.clarifications`."""
        found = process.clarifications(self.case.standing)
        return found[~found["draft"]]

    @cached_property
    def evidence(self) -> pd.DataFrame:
        """Files and what was found of each; see :func:`merit_kit.process.evidence`."""
        return process.evidence(self.case.standing)

    @cached_property
    def recommendations(self) -> Mapping[str, Mapping[str, Any]]:
        """What was said of each next step, by sub-aspect; see `process.recommendations`."""
        found = process.recommendations(self.case.standing, self.instrument)
        return {row["sub_aspect"]: row for row in found}

    @cached_property
    def mismatches(self) -> pd.DataFrame:
        """Where practice showed less than paper; see :func:`merit_kit.process.mismatches`."""
        return process.mismatches(self.case.standing)

    @cached_property
    def objections(self) -> pd.DataFrame:
        """What the agency objects to; see :func:`merit_kit.process.objections`."""
        return process.objections(self.case.standing)

    def _of(self, kind: str) -> pd.DataFrame:
        standing = self.case.standing
        return standing[standing["kind"] == kind]


_last: list[Figures] = []


def figures_of(case: Case) -> Figures:
    """Return the numbers of a case; those of the last one that was asked for are still known.

    What a batch works out before it runs a notebook, the notebook need not work out again.
    """
    if not (_last and _last[0].case is case):
        _last[:] = [Figures(case)]
    return _last[0]


def sentences(hindrances: Mapping[str, list[str]], words: Words) -> list[str]:
    """Say what keeps an assessment from being determined, a sentence for each kind of fault."""
    return [
        words(f"report.open.{key}", count=len(codes), codes=_few(codes))
        for key, codes in hindrances.items()
    ]


def _few(codes: list[str]) -> str:
    """Name codes, unless they are too many to be read."""
    named = list(dict.fromkeys(filter(None, codes)))
    if not named:
        return "\N{EN DASH}"
    more = "" if len(named) <= _MOST_CODES else ", …"
    return ", ".join(named[:_MOST_CODES]) + more


def component_names(instrument: Instrument) -> dict[str, Text]:
    """Return, by code, the names of what the index takes beside the levels."""
    names = {each.code: each.name for each in instrument.given}
    if instrument.correction:
        names[CORRECTION] = instrument.correction.name
    return names


def whole(level: float) -> int | None:
    """Return a level of a sheet as a whole number; None where there is none (NaN)."""
    return None if math.isnan(level) else int(level)


def tone_of(category: Category, instrument: Instrument) -> int:
    """Return how good a category is, from 0 (lowest) to 3 (highest), for its colour."""
    place = instrument.categories.index(category)
    return round(place * (_TONES - 1) / max(len(instrument.categories) - 1, 1))


def _result(row: pd.Series[Any], instrument: Instrument) -> Result:
    codes = [category.code for category in instrument.categories]
    place = codes.index(row["category"]) if row["complete"] else None
    category = None if place is None else instrument.categories[place]
    higher = None if place is None or place + 1 == len(codes) else instrument.categories[place + 1]
    return Result(
        total=float(row["total"]),
        percent=float(row["percent"]),
        assessed=int(row["assessed"]),
        of=int(row["of"]),
        complete=bool(row["complete"]),
        index=float(row["index"]) if row["complete"] else None,
        category=category,
        tone=tone_of(category, instrument) if category else 0,
        to_next=None if math.isnan(row["to_next"]) else float(row["to_next"]),
        next_category=higher,
    )
