"""What a road map has to keep to, and what it means in whole numbers."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pandas as pd

from merit_kit import scoring
from merit_kit.errors import Problem
from merit_kit.gaps._programme import Group, Limits, grouped
from merit_kit.instrument import Instrument

LONGEST = 20
"""No road map is made, or promised, over more years than these."""

MOST = Decimal(1_000_000)
"""The largest effort and the largest limit: the programme reckons in whole millionths."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a road map has to keep to.

    Parameters
    ----------
    years : int
        Over how many years, 1 to `LONGEST`.
    steps : int, optional
        The most level steps in a year.
    effort : Decimal, optional
        The most effort in a year, in the unit of `efforts`.
    rise : int, optional
        The most levels that one sub-aspect rises in a year.
    fixed : mapping of code to level
        Sub-aspects that are to end at a level, whatever it costs.
    excluded : collection of str
        Codes of sub-aspects that stay where they are.
    efforts : mapping of (code, level) to Decimal
        What the step to a level takes. Those not named take what the edition says, else 1.
    """

    years: int = 1
    steps: int | None = None
    effort: Decimal | None = None
    rise: int | None = None
    fixed: Mapping[str, int] = field(default_factory=dict)
    excluded: frozenset[str] = frozenset()
    efforts: Mapping[tuple[str, int], Decimal] = field(default_factory=dict)


class Units:
    """Points and efforts as whole numbers, in the largest unit that holds all of them exactly."""

    def __init__(self, instrument: Instrument, wishes: Wishes) -> None:
        top = instrument.steps[1:]
        self.efforts = {
            (sub.code, level): wishes.efforts.get(
                (sub.code, level), sub.effort.get(level, Decimal(1))
            )
            for sub in instrument.sub_aspects
            for level in top
        }
        self.gain = math.gcd(*(micro(weight) for weight in instrument.weights))
        self.effort = math.gcd(*map(micro, self.efforts.values()))

    def of_effort(self, code: str, level: int) -> int:
        return micro(self.efforts[code, level]) // self.effort

    def points(self, units: int) -> Decimal:
        return Decimal(units * self.gain).scaleb(-scoring.DECIMALS)

    def efforts_of(self, units: int) -> Decimal:
        return Decimal(units * self.effort).scaleb(-scoring.DECIMALS)

    def limits(self, wishes: Wishes) -> Limits:
        effort = None if wishes.effort is None else micro(wishes.effort) // self.effort
        return Limits(wishes.steps, effort, wishes.rise)


def wish_problems(now: pd.Series[Any], instrument: Instrument, wishes: Wishes) -> list[Problem]:
    """Return every wish that cannot be kept."""
    known = set(instrument.codes)
    codes = [*wishes.fixed, *wishes.excluded, *(code for code, _ in wishes.efforts)]
    problems = [
        Problem(code, "code-unknown", code) for code in dict.fromkeys(codes) if code not in known
    ]
    if not 1 <= wishes.years <= LONGEST:
        problems.append(Problem("", "roadmap-years", wishes.years, f"1-{LONGEST}"))
    problems += [
        Problem("", "roadmap-limit", value, f"{MOST:f}")
        for value in (wishes.steps, wishes.effort, wishes.rise)
        if value is not None and not 0 < value <= MOST
    ]
    steps = ", ".join(map(str, instrument.steps[1:]))
    for (code, level), effort in wishes.efforts.items():
        if level not in instrument.steps[1:]:
            problems.append(Problem(code, "level-off-scale", level, steps))
        elif not _is_effort(effort):
            allowed = f"{MOST:f}"
            problems.append(Problem(code, "roadmap-effort", effort, allowed))
    for code, level in wishes.fixed.items():
        if code not in known:
            continue
        if code in wishes.excluded:
            problems.append(Problem(code, "roadmap-fixed-excluded"))
        elif level not in instrument.steps:
            problems.append(Problem(code, "level-off-scale", level, steps))
        elif pd.isna(now[code]):
            problems.append(Problem(code, "roadmap-fixed-unassessed"))
        elif level < now[code]:
            problems.append(Problem(code, "roadmap-fixed-below", level, int(now[code])))
    # An effort that is wrong for each step of a sub-aspect is said once.
    return list(dict.fromkeys(problems))


def _is_effort(effort: Decimal) -> bool:
    return 0 < effort <= MOST and effort == round(effort, scoring.DECIMALS)


def groups_of(
    now: pd.Series[Any], instrument: Instrument, wishes: Wishes, units: Units
) -> tuple[Group, ...]:
    """Return the sub-aspects that have a step ahead, those that are alike together."""
    alike = []
    for sub in instrument.sub_aspects:
        if pd.isna(now[sub.code]) or sub.code in wishes.excluded:
            continue
        end = wishes.fixed.get(sub.code, instrument.scale[-1])
        path = [level for level in instrument.steps if now[sub.code] <= level <= end]
        weight = micro(sub.weight) // units.gain
        gains = tuple(weight * (high - low) for low, high in pairwise(path))
        efforts = tuple(units.of_effort(sub.code, level) for level in path[1:])
        forced = len(gains) if sub.code in wishes.fixed else 0
        if gains:
            alike.append((sub.code, (int(now[sub.code]), gains, efforts, forced)))
    return tuple(Group(codes, *key) for key, codes in grouped(alike).items())


def micro(value: Any) -> int:
    """Return a number in millionths."""
    return int(Decimal(str(value)).scaleb(scoring.DECIMALS))
