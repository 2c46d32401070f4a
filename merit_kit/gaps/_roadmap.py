"""The road map: the cheapest level steps to a target, year by year, and why each is taken."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd

from merit_kit import scoring
from merit_kit.errors import GapError
from merit_kit.gaps._out_of_reach import check_ceiling, held_by_limits
from merit_kit.gaps._programme import Group, Limits, Programme
from merit_kit.gaps._wishes import Units, Wishes, groups_of, micro, wish_problems
from merit_kit.instrument import Instrument


@dataclass(frozen=True, slots=True)
class Other:
    """Another plan of the same effort.

    `levels`: the sub-aspects that end elsewhere: DataFrame, index ``sub_aspect``, columns ``level``
    (now), ``here`` (in the plan it is compared with) and ``there``. `reached`: points at its end.
    """

    levels: pd.DataFrame
    reached: Decimal


@dataclass(frozen=True, slots=True)
class Roadmap:
    """The cheapest way to a target.

    `steps`: DataFrame, one row for each level step, in the order they are taken: ``year`` (from 1),
    ``sub_aspect``, ``level``, ``next``, ``aim`` (the level whose text says what to do, as in
    :func:`merit_kit.gaps.lifts`), ``gain`` (points), ``effort``.
    `years`: DataFrame, index ``year``: ``steps``, ``effort``, ``gain``, ``total`` (points at its
    end).
    `others`: plans of exactly the same effort that end elsewhere; `no_more`: whether it is proved
    that there are no more, but by the exchanges of `alike`.
    `alike`: for each set of sub-aspects that gain and take the same and end at different levels,
    the level each ends at. Which of them ends at which is free: points and effort stay the same.
    `total`: points now; `reached`: at the end; `effort`: of all steps. Exact. `least`: what no plan
    takes less than; the same as `effort`, unless the solver ran out of time to prove it.
    `unassessed`: codes without a level. They count 0, now and at the end.
    """

    steps: pd.DataFrame
    years: pd.DataFrame
    others: tuple[Other, ...]
    no_more: bool
    alike: tuple[dict[str, int], ...]
    target: Decimal
    total: Decimal
    reached: Decimal
    effort: Decimal
    least: Decimal
    unassessed: tuple[str, ...]

    @property
    def moves(self) -> pd.DataFrame:
        """The steps of a sub-aspect in one year as one row; columns as `steps`."""
        by = self.steps.groupby(["year", "sub_aspect"], sort=False)
        parts = {"level": "min", "next": "max", "aim": "max", "gain": "sum", "effort": "sum"}
        return by.agg(parts).reset_index()


def points_for(
    category: str, instrument: Instrument, components: Mapping[str, Any] | None = None
) -> Decimal:
    """Return the least total that is in a category, or in a higher one.

    Asked of :mod:`merit_kit.scoring` itself, so that bounds on the score and on the index, and of
    either kind, mean here what they mean there.

    Parameters
    ----------
    category : str
        Its code.
    components : mapping, optional
        What the index takes beside the levels; needed where the edition has such.

    Raises
    ------
    GapError
        If not even the maximum is in it.
    ScoreError
        As :func:`merit_kit.scoring.category_of`.
    """
    place = {each.code: i for i, each in enumerate(instrument.categories)}

    def enough(micro: int) -> bool:
        total = Decimal(micro).scaleb(-scoring.DECIMALS)
        return place[scoring.category_of(total, instrument, components)] >= place[category]

    low, high = 0, micro(instrument.maximum)
    if not enough(high):
        raise GapError("roadmap-category", category=instrument.categories[place[category]].name)
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle + 1, high)
    return Decimal(low).scaleb(-scoring.DECIMALS)


def roadmap(
    levels: pd.DataFrame,
    instrument: Instrument,
    target: Decimal,
    wishes: Wishes | None = None,
    others: int = 3,
) -> Roadmap:
    """Return the cheapest level steps to a total, in the years there are.

    The least effort comes first; of plans of the same effort the one of most points, then the one
    whose steps begin at the lowest levels. Solved as an integer programme (HiGHS) on whole numbers,
    and added up again by :mod:`merit_kit.scoring`: a total that is not reached is never claimed.
    Without a limit for a year the effort is spread evenly; within the limits points come early.

    Parameters
    ----------
    levels : DataFrame, shape (1, n_sub_aspects)
        The levels of one assessment, as :func:`merit_kit.scoring.points` takes them. What is not
        assessed (NaN) counts 0 and stays out: nobody knows where its next step begins.
    target : Decimal
        Points; see :func:`points_for`.
    wishes : Wishes, optional
    others : int
        How many other plans of the same effort are looked for, at most.

    Raises
    ------
    GapError
        If nothing is assessed, a wish cannot be kept (all of them named), or the target cannot be
        reached; then with the most that can, and what holds it back.
    ScoreError
        As :func:`merit_kit.scoring.points`.
    """
    asked = wishes or Wishes()
    now = levels.iloc[0].reindex(list(instrument.codes))
    # The scoring first: it refuses levels that are none.
    total = _total(levels, instrument)
    if now.isna().all():
        raise GapError("roadmap-nothing")
    problems = wish_problems(now, instrument, asked)
    if problems:
        raise GapError("roadmap-wishes", problems)
    units = Units(instrument, asked)
    groups = groups_of(now, instrument, asked, units)
    need = max(math.ceil(Decimal(micro(target) - micro(total)) / units.gain), 0)
    check_ceiling(now, groups, need, units, instrument, asked, target, total)
    limits = units.limits(asked)
    free = limits == Limits()
    programme = Programme(groups, 1 if free else asked.years, need, limits)
    found = programme.cheapest()
    if found.plan is None:
        raise held_by_limits(programme, asked, units, target, total)
    ends = _ends(programme, found.plan)
    timed = Programme(groups, asked.years, need, limits)
    # All in the first year, where no year is limited: a schedule to begin with.
    known = np.repeat(found.plan, asked.years) if free else found.plan
    schedule = timed.scheduled(ends, known) if asked.years > 1 else known
    steps = _steps(timed, schedule, units, instrument)
    reached = _total(_after(now, steps).to_frame().T, instrument)
    if reached < target:
        raise GapError("roadmap-unsolved", said=f"{reached} < {target}")
    equal, all_found = programme.others(found.plan, others) if found.proved else ([], False)
    return Roadmap(
        steps=steps,
        years=_years(steps, asked.years, total),
        others=tuple(
            _other(now, groups, instrument, ends, _ends(programme, each)) for each in equal
        ),
        no_more=all_found,
        alike=_alike(groups, instrument, ends),
        target=target,
        total=total,
        reached=reached,
        effort=_sum(steps["effort"]),
        least=_sum(steps["effort"])
        if found.proved
        # The solver may have stopped before it had any bound at all.
        else units.efforts_of(
            max(math.ceil(found.bound - 1e-6), 0) if math.isfinite(found.bound) else 0
        ),
        unassessed=tuple(now.index[now.isna()]),
    )


def _ends(programme: Programme, plan: Any) -> dict[tuple[int, int], int]:
    """Return how many of each group have taken each step at the end."""
    last = programme.years - 1
    return {(g, k): int(plan[i]) for (g, k, t), i in programme.columns.items() if t == last}


def _steps(
    programme: Programme, schedule: Any, units: Units, instrument: Instrument
) -> pd.DataFrame:
    order = {code: i for i, code in enumerate(instrument.codes)}
    lowest_aim = instrument.scale[len(instrument.scale) // 2]
    rows = []
    for (g, k, t), i in programme.columns.items():
        group = programme.groups[g]
        path = instrument.steps[instrument.steps.index(group.start) :]
        before = int(schedule[programme.columns[g, k, t - 1]]) if t else 0
        # The first of a group are the first to take each step: so every step has the one below it.
        for code in group.codes[before : int(schedule[i])]:
            level, goal = path[k : k + 2]
            gain, effort = units.points(group.gains[k]), units.efforts_of(group.efforts[k])
            aim = max(goal, lowest_aim)
            rows.append((t + 1, code, level, goal, aim, float(gain), float(effort)))
    columns = ["year", "sub_aspect", "level", "next", "aim", "gain", "effort"]
    frame = pd.DataFrame(rows, columns=columns)
    # In a year: what brings most for its effort first, the steps of one sub-aspect together.
    sums = frame.groupby(["year", "sub_aspect"])[["gain", "effort"]].transform("sum")
    place = frame["sub_aspect"].map(order)
    sorted_ = frame.assign(each=-sums["gain"] / sums["effort"], place=place).sort_values(
        ["year", "each", "place", "level"], kind="stable", ignore_index=True
    )
    return sorted_[columns]


def _years(steps: pd.DataFrame, years: int, total: Decimal) -> pd.DataFrame:
    found = []
    for year in range(1, years + 1):
        here = steps[steps["year"] == year]
        gain = _sum(here["gain"])
        total += gain
        found.append((len(here), float(_sum(here["effort"])), float(gain), float(total)))
    index = pd.RangeIndex(1, years + 1, name="year")
    return pd.DataFrame(found, columns=["steps", "effort", "gain", "total"], index=index)


def _sum(values: pd.Series[Any]) -> Decimal:
    """Add up as numbers are written, without the dust of binary fractions."""
    return sum((Decimal(str(each)) for each in values), Decimal(0))


def _after(now: pd.Series[Any], steps: pd.DataFrame) -> pd.Series[Any]:
    """Return the levels when all steps are taken."""
    reached = steps.groupby("sub_aspect")["next"].max()
    return reached.reindex(now.index).fillna(now)


def _other(
    now: pd.Series[Any],
    groups: tuple[Group, ...],
    instrument: Instrument,
    ends: Mapping[tuple[int, int], int],
    other: Mapping[tuple[int, int], int],
) -> Other:
    here, there = (_levels(groups, instrument, each) for each in (ends, other))
    codes = [code for code in now.index if here.get(code) != there.get(code)]
    levels = pd.DataFrame(
        {
            "level": [int(now[code]) for code in codes],
            "here": [here[code] for code in codes],
            "there": [there[code] for code in codes],
        },
        index=pd.Index(codes, name="sub_aspect"),
    )
    reached = pd.Series(there).reindex(now.index).fillna(now)
    return Other(levels, _total(reached.to_frame().T, instrument))


def _levels(
    groups: tuple[Group, ...], instrument: Instrument, ends: Mapping[tuple[int, int], int]
) -> dict[str, int]:
    """Return the level at which each sub-aspect with a step ahead ends."""
    found = {}
    for g, group in enumerate(groups):
        path = instrument.steps[instrument.steps.index(group.start) :]
        for place, code in enumerate(group.codes):
            found[code] = path[sum(ends[g, k] > place for k in range(len(group.gains)))]
    return found


def _alike(
    groups: tuple[Group, ...], instrument: Instrument, ends: Mapping[tuple[int, int], int]
) -> tuple[dict[str, int], ...]:
    levels = _levels(groups, instrument, ends)
    sets = [{code: levels[code] for code in group.codes} for group in groups]
    return tuple(each for each in sets if len(set(each.values())) > 1)


def _total(levels: pd.DataFrame, instrument: Instrument) -> Decimal:
    found = scoring.totals(levels.astype(float), instrument)["total"].iloc[0]
    return Decimal(str(round(float(found), scoring.DECIMALS)))
