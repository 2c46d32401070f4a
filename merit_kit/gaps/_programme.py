"""The integer programme behind a road map: which level steps, in which year, at what cost.

Sub-aspects that are alike (same gain a step, same level, same effort for every step) are counted,
not told apart: the variables are how many of them have taken their k-th step by the end of a year.
Whichever of them do, the points and the cost are the same; so the programme stays small, and what
may be exchanged at no cost is known without searching.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from merit_kit.errors import GapError
from merit_kit.gaps._solver import SECONDS, Answer, Ints, Rows

_NEAR = 0.002
"""How near to the evenest or the earliest a schedule has to be: of these nothing is claimed."""
_NEARLY_FULL = 0.05
"""How near to the fullest its emptiest year has to be."""


@dataclass(frozen=True, slots=True)
class Group:
    """Sub-aspects that are alike: their codes, steps ahead, and what each step brings and takes.

    `gains` and `efforts` by step, in whole units. `forced`: how many of the steps all of them must
    have taken at the end.
    """

    codes: tuple[str, ...]
    start: int
    gains: tuple[int, ...]
    efforts: tuple[int, ...]
    forced: int = 0


@dataclass(frozen=True, slots=True)
class Limits:
    """What a year can hold: steps, effort (whole units), levels a single sub-aspect may rise."""

    steps: int | None = None
    effort: int | None = None
    rise: int | None = None


@dataclass
class Programme:
    """The programme of some groups over some years, up to `need` units more than now.

    A plan is an array: how many of each group have taken each step by the end of each year, in the
    order of `columns`.
    """

    groups: tuple[Group, ...]
    years: int
    need: int
    limits: Limits = Limits()
    columns: dict[tuple[int, int, int], int] = field(init=False)
    gains: Ints = field(init=False)
    efforts: Ints = field(init=False)

    def __post_init__(self) -> None:
        places = [
            (g, k, t)
            for g, group in enumerate(self.groups)
            for k in range(len(group.gains))
            for t in range(self.years)
        ]
        self.columns = {place: i for i, place in enumerate(places)}
        self.gains = self._at_the_end([self.groups[g].gains[k] for g, k, _ in places])
        self.efforts = self._at_the_end([self.groups[g].efforts[k] for g, k, _ in places])

    def cheapest(self) -> Answer:
        """Return the plan of least effort; of those the one of most points, from the lowest levels.

        Raises
        ------
        GapError
            If within the time there is neither a plan nor a proof that there is none.
        """
        rows = self._rows()
        found = rows.solve(self.efforts)
        if found.plan is None:
            if not found.proved:
                raise GapError("roadmap-unsolved", said="HiGHS")
            return found
        rows.at_most(self.efforts, int(self.efforts @ found.plan))
        plan = rows.improve(-self.gains, found.plan)
        rows.at_least(self.gains, int(self.gains @ plan))
        return Answer(rows.improve(self._preference(), plan), found.proved, found.bound)

    def others(self, plan: Ints, most: int) -> tuple[list[Ints], bool]:
        """Return up to `most` plans of the same effort that end at other levels.

        Every effort is above zero: a plan that ends elsewhere at the same cost has taken some step
        more often. That is asked for, of all steps at once; if no plan does, there is no other.

        Returns
        -------
        list of array
        bool
            Whether it is proved that there are no more; False also where `most` were found.
        """
        ends = [i for (_, _, t), i in self.columns.items() if t == self.years - 1]
        if not ends:
            return [], True  # where nobody can rise any more
        found = [plan]
        while len(found) <= most:
            rows = self._rows(more=len(ends) * (len(found) + 1))
            rows.at_most(self.efforts, int(self.efforts @ plan))
            for number, each in enumerate(found, start=1):
                begins = len(self.columns) + number * len(ends)
                for place, i in enumerate(ends):
                    here = (int(each[i]) + 1) * rows.unit(begins + place)
                    rows.at_least(rows.unit(i) - here, 0)
                rows.at_least(_ones(rows, begins, len(ends)), 1)
            # The nearest first: where the fewest steps are taken more often.
            for place, i in enumerate(ends):
                above = int(rows.most[i]) * rows.unit(len(self.columns) + place)
                rows.at_most(rows.unit(i) - above, int(plan[i]))
            answer = rows.solve(_ones(rows, len(self.columns), len(ends)), SECONDS / 3)
            if answer.plan is None:
                return found[1:], answer.proved
            found.append(answer.plan[: len(self.columns)])
        return found[1:], False

    def scheduled(self, ends: Mapping[tuple[int, int], int], known: Ints) -> Ints:
        """Return when to take the steps of a plan: points as early as the limits allow.

        Where neither steps nor effort of a year are limited, the effort is spread first: no year
        takes much more than the least that will do, nor much less than it could then take. `known`
        is a schedule that does.
        """
        rows = self._rows()
        for (g, k), count in ends.items():
            rows.exactly(rows.unit(self.columns[g, k, self.years - 1]), count)
        if self.limits.steps is None and self.limits.effort is None:
            efforts = self._by_year(self._each_effort())
            spread = rows.evenest(efforts, _NEAR).plan
            known = known if spread is None else spread
            peak = max(int(row @ known) for row in efforts)
            for row in efforts:
                rows.at_most(row, peak)
            with suppress(GapError):  # a nicety: what is known will do
                full = rows.fullest(efforts, _NEARLY_FULL).plan
                known = known if full is None else full
            low = min(int(row @ known) for row in efforts)
            for row in efforts:
                rows.at_least(row, low)
        early = -np.array([self.groups[g].gains[k] for g, k, _ in self.columns], np.int64)
        return rows.improve(early, known, _NEAR)

    def most_points(self) -> int | None:
        """Return the most units that can be added within the limits; no more can, at any rate.

        None if not even the fixed levels fit into the limits.
        """
        answer = self._rows(aim=False).solve(-self.gains, SECONDS / 3)
        if answer.plan is None and answer.proved:
            return None
        ahead = sum(sum(group.gains) * len(group.codes) for group in self.groups)
        return int(np.floor(1e-6 - answer.bound)) if np.isfinite(answer.bound) else ahead

    def reaches(self) -> bool | None:
        """Say whether any plan reaches the need; None if that is not known."""
        answer = self._rows().solve(0 * self.efforts, SECONDS / 3)
        return None if answer.plan is None and not answer.proved else answer.plan is not None

    def least(self, limit: str) -> int | None:
        """Return the least ``steps`` or ``effort`` a year has to hold; None if it is not known."""
        weights = self._each_effort() if limit == "effort" else self._each_step()
        answer = self._rows().evenest(self._by_year(weights))
        if answer.plan is None or not answer.proved:
            return None
        return max(int(row @ answer.plan) for row in self._by_year(weights))

    def _rows(self, aim: bool = True, more: int = 0) -> Rows:
        """Return the constraints; without the need, if not `aim`; with `more` noughts or ones."""
        groups, last, limits = self.groups, self.years - 1, self.limits
        sizes = [len(groups[g].codes) for g, _, _ in self.columns]
        forced = [
            size if t == last and k < groups[g].forced else 0
            for size, (g, k, t) in zip(sizes, self.columns, strict=True)
        ]
        rows = Rows([*forced, *[0] * more], [*map(float, sizes), *[1.0] * more])
        self._order(rows)
        for weights, most in (
            (self._each_step(), limits.steps),
            (self._each_effort(), limits.effort),
        ):
            for row in self._by_year(weights) if most is not None else ():
                rows.at_most(row, most or 0)
        if aim:
            rows.at_least(self.gains, self.need)
        return rows

    def _order(self, rows: Rows) -> None:
        """Let a step need the one below it, and what is done stay done."""
        columns, rise = self.columns, self.limits.rise
        for g, k, t in columns:
            here = rows.unit(columns[g, k, t])
            if k:
                rows.at_most(here - rows.unit(columns[g, k - 1, t]), 0)
            if t:
                rows.at_least(here - rows.unit(columns[g, k, t - 1]), 0)
            if rise is not None and k >= rise:
                before = rows.unit(columns[g, k - rise, t - 1] if t else None)
                rows.at_most(here - before, 0)

    def _preference(self) -> Ints:
        """Weigh steps so that low levels come first, then those that stand first."""
        wide = len(self.groups) + 1
        return self._at_the_end(
            [(self.groups[g].start + k) * wide + g + 1 for g, k, _ in self.columns]
        )

    def _at_the_end(self, values: list[int]) -> Ints:
        last = [t == self.years - 1 for _, _, t in self.columns]
        return np.array(values, np.int64) * np.array(last, np.int64)

    def _each_effort(self) -> Ints:
        return np.array([self.groups[g].efforts[k] for g, k, _ in self.columns], np.int64)

    def _each_step(self) -> Ints:
        return np.ones(len(self.columns), np.int64)

    def _by_year(self, weights: Ints) -> list[Ints]:
        """Return for each year the row that adds up what is done in it."""
        found = []
        for year in range(self.years):
            here = [(t == year) - (t == year - 1) for _, _, t in self.columns]
            found.append(weights * np.array(here, np.int64))
        return found


def _ones(rows: Rows, begins: int, count: int) -> Ints:
    """Return a row of ones in so many places from one on."""
    row = rows.unit()
    row[begins : begins + count] = 1
    return row


def grouped(alike: Iterable[tuple[str, Any]]) -> dict[Any, tuple[str, ...]]:
    """Return, by what they have in common, the codes that have it, in the order given."""
    found: dict[Any, tuple[str, ...]] = {}
    for code, key in alike:
        found[key] = (*found.get(key, ()), code)
    return found
