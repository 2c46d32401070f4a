"""Why a target is out of reach, and what would do."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pandas as pd

from merit_kit.errors import GapError, Problem
from merit_kit.gaps._programme import Group, Limits, Programme
from merit_kit.gaps._wishes import LONGEST, Units, Wishes
from merit_kit.instrument import Instrument


def check_ceiling(
    now: pd.Series[Any],
    groups: tuple[Group, ...],
    need: int,
    units: Units,
    instrument: Instrument,
    wishes: Wishes,
    target: Decimal,
    total: Decimal,
) -> None:
    """Refuse a target above what all steps together reach, and say what holds them back."""
    ahead = sum(sum(group.gains) * len(group.codes) for group in groups)
    if ahead >= need:
        return
    top = instrument.scale[-1]
    weights = instrument.by_code
    open_ = {
        code: (weights[code].weight or Decimal(0)) * (top - level)
        for code, level in ((c, 0 if pd.isna(v) else int(v)) for c, v in now.items())
    }
    held = {
        "roadmap-held-unassessed": [c for c in now.index if pd.isna(now[c])],
        "roadmap-held-excluded": [
            c for c in now.index if c in wishes.excluded and not pd.isna(now[c])
        ],
        "roadmap-held-fixed": [c for c in wishes.fixed if wishes.fixed[c] < top],
    }
    lost = {
        code: (weights[code].weight or Decimal(0)) * (top - level)
        for code, level in wishes.fixed.items()
    }
    problems = [
        Problem("", key, ", ".join(codes), sum((lost.get(c, open_[c]) for c in codes), Decimal(0)))
        for key, codes in held.items()
        if codes
    ]
    raise GapError(
        "roadmap-ceiling", problems, target=target, reach=total + units.points(ahead), total=total
    )


def held_by_limits(
    programme: Programme, wishes: Wishes, units: Units, target: Decimal, total: Decimal
) -> GapError:
    """Say which limits keep a target out of reach, and what would do."""
    groups, need, limits = programme.groups, programme.need, programme.limits
    most = programme.most_points()
    if most is None:
        codes = ", ".join(f"{code} = {wishes.fixed[code]}" for code in sorted(wishes.fixed))
        longer = _in_more_years(programme, wishes.years)
        return GapError("roadmap-fixed-limits", longer, codes=codes, years=wishes.years)
    problems = []
    for name, given in (("steps", limits.steps), ("effort", limits.effort), ("rise", limits.rise)):
        if given is None:
            continue
        rest = {part: getattr(limits, part) for part in ("steps", "effort", "rise") if part != name}
        loose = Programme(groups, wishes.years, need, Limits(**rest))
        least = loose.least(name) if name != "rise" else None
        if name == "rise" and loose.reaches():
            problems.append(Problem("", "roadmap-limit-rise", wishes.rise))
        elif name == "steps" and least is not None:
            problems.append(Problem("", "roadmap-limit-steps", wishes.steps, least))
        elif name == "effort" and least is not None:
            problems.append(
                Problem("", "roadmap-limit-effort", wishes.effort, units.efforts_of(least))
            )
    problems += _in_more_years(programme, wishes.years)
    reach = total + units.points(most)
    return GapError(
        "roadmap-limits", problems, target=target, reach=reach, total=total, years=wishes.years
    )


def _in_more_years(programme: Programme, years: int) -> list[Problem]:
    """Say in how many years the same limits would do; nothing where that is not known."""
    if years >= LONGEST:
        return []
    short, enough = years, LONGEST
    answer = _reaches(programme, enough)
    if answer is False:
        return [Problem("", "roadmap-never", allowed=LONGEST)]
    # What is reached in some years is reached in more: halving asks few of these programmes.
    while answer is not None and enough - short > 1:
        middle = (short + enough) // 2
        answer = _reaches(programme, middle)
        short, enough = (short, middle) if answer else (middle, enough)
    return [] if answer is None else [Problem("", "roadmap-more-years", years, enough)]


def _reaches(programme: Programme, years: int) -> bool | None:
    return Programme(programme.groups, years, programme.need, programme.limits).reaches()
