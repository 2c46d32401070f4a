"""Whole numbers that keep to rows of constraints at the least cost, by HiGHS.

All data are whole numbers, and every answer of the solver is checked against them before it is
believed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from merit_kit.errors import GapError

Ints = npt.NDArray[np.int64]

SECONDS = 30.0
"""How long the solver may take to prove what is claimed; for anything else it has a third."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the solver found: whole numbers, or None; whether that is proved, or only what it found.

    `bound`: what nothing can cost less than.
    """

    plan: Ints | None
    proved: bool
    bound: float


class Rows:
    """Constraints on whole numbers between `least` and `most`; more are added row by row."""

    def __init__(self, least: list[int], most: list[float]) -> None:
        self.least = np.array(least, np.int64)
        self.most = np.array(most)
        self.rows: list[Ints] = []
        self.low: list[float] = []
        self.high: list[float] = []

    def unit(self, place: int | None = None) -> Ints:
        """Return a row of noughts, with a one at a place."""
        row = np.zeros(len(self.least), np.int64)
        if place is not None:
            row[place] = 1
        return row

    def at_least(self, row: Ints, value: int) -> None:
        """Add a row whose sum is so much or more. A row that is short has noughts at its end."""
        self._add(row, value, np.inf)

    def at_most(self, row: Ints, value: int) -> None:
        """Add a row whose sum is so much or less."""
        self._add(row, -np.inf, value)

    def exactly(self, row: Ints, value: int) -> None:
        """Add a row whose sum is so much."""
        self._add(row, value, value)

    def solve(self, cost: Ints, seconds: float = SECONDS, near: float = 0.0) -> Answer:
        """Return the whole numbers of least cost; within `near` of it, as a share, is near enough.

        Raises
        ------
        GapError
            If the solver fails, or its answer does not hold.
        """
        cost = self._wide(cost)
        if not len(cost):
            return Answer(cost, True, 0.0)
        for presolve in (True, False):
            answer = self._ask(cost, seconds, near, presolve)
            if answer.plan is None or self._holds(answer.plan):
                return answer
        raise GapError("roadmap-unsolved", said="HiGHS")

    def improve(self, cost: Ints, known: Ints, near: float = 0.0) -> Ints:
        """Return the whole numbers of least cost; `known` if none are found that cost less."""
        found = self.solve(cost, SECONDS / 3, near).plan
        return known if found is None or cost @ known <= cost @ found else found

    def evenest(self, sums: list[Ints], near: float = 0.0) -> Answer:
        """Return the whole numbers whose largest of some sums is as small as can be."""
        wider, bound = self._with_one_more()
        for row in sums:
            wider.at_most(wider._wide(row) - bound, 0)
        return _without_the_last(wider.solve(bound, SECONDS / 3, near))

    def fullest(self, sums: list[Ints], near: float = 0.0) -> Answer:
        """Return the whole numbers whose smallest of some sums is as large as can be."""
        wider, bound = self._with_one_more()
        for row in sums:
            wider.at_least(wider._wide(row) - bound, 0)
        return _without_the_last(wider.solve(-bound, SECONDS / 3, near))

    def _with_one_more(self) -> tuple[Rows, Ints]:
        """Return these constraints with one more number, and the row that is that number."""
        wider = Rows([*self.least, 0], [*self.most, np.inf])
        for row, low, high in zip(self.rows, self.low, self.high, strict=True):
            wider._add(row, low, high)
        return wider, wider.unit(len(self.least))

    def _add(self, row: Ints, low: float, high: float) -> None:
        self.rows.append(self._wide(row))
        self.low.append(low)
        self.high.append(high)

    def _wide(self, row: Ints) -> Ints:
        short = len(self.least) - len(row)
        return np.append(row, np.zeros(short, np.int64)) if short else row

    def _holds(self, plan: Ints) -> bool:
        """Count again: beside numbers of many decimals the solver's tolerance is wide."""
        sums = np.array(self.rows) @ plan
        kept = (sums >= np.array(self.low)) & (sums <= np.array(self.high))
        return bool(kept.all() and ((plan >= self.least) & (plan <= self.most)).all())

    def _ask(self, cost: Ints, seconds: float, near: float, presolve: bool) -> Answer:
        # Half a second to import, and only a road map needs it.
        from scipy.optimize import Bounds, LinearConstraint, milp
        from scipy.sparse import csr_array

        found = milp(
            cost,
            integrality=np.ones(len(cost)),
            bounds=Bounds(self.least, self.most),
            constraints=LinearConstraint(csr_array(np.array(self.rows)), self.low, self.high),
            options={"mip_rel_gap": near, "time_limit": seconds, "presolve": presolve},
        )
        if found.status == 2:
            return Answer(None, True, np.inf)
        if found.status not in (0, 1):
            raise GapError("roadmap-unsolved", said=str(found.message))
        bound = -np.inf if found.mip_dual_bound is None else float(found.mip_dual_bound)
        if found.x is None:
            return Answer(None, False, bound)
        return Answer(np.rint(found.x).astype(np.int64), found.status == 0, bound)


def _without_the_last(found: Answer) -> Answer:
    plan = None if found.plan is None else found.plan[:-1]
    return Answer(plan, found.proved, found.bound)
