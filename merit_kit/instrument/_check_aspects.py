"""What an edition says of its aspects and sub-aspects, and whether their weights add up."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from merit_kit.i18n import Text
from merit_kit.instrument._check_index import HUNDRED, check_share
from merit_kit.instrument._model import Aspect, SubAspect
from merit_kit.instrument._reader import LARGEST, Reader

EVERY_LEVEL = tuple(range(10))

_ASPECT_SOURCES = ("name", "description", "maximum")
_SUB_ASPECT_SOURCES = ("name", "weight", "levels", "evidence")


def check_aspects(
    reader: Reader, data: dict[str, Any], scale: tuple[int, ...], draft: bool
) -> Iterator[Aspect]:
    numbers: Counter[int] = Counter()
    codes: Counter[str] = Counter()
    for here, item in reader.items(data, "", "aspects"):
        reader.keys(
            item,
            here,
            (
                *("number", "name", "description", "maximum", "share", "sources", "sub_aspects"),
                *(("partial",) if draft else ()),
            ),
        )
        number = reader.whole(item, here, "number")
        numbers[number] += 1
        if numbers[number] == 2:
            reader.note(f"{here}.number", "number-repeated", number)
        absent = _absent(item, (*_ASPECT_SOURCES, "sub_aspects", "share"), draft)
        listed = () if "sub_aspects" in absent else reader.items(item, here, "sub_aspects")
        partial = item.get("partial")
        if draft and partial not in (None, True, False):
            reader.note(f"{here}.partial", "not-allowed", partial, "true, false")
        parts = ("share",) if item.get("share") is not None else ()
        silent = "description" in absent
        aspect = Aspect(
            number=number,
            name=reader.text(item, here, "name"),
            description=Text("", "") if silent else reader.text(item, here, "description"),
            sub_aspects=tuple(
                _sub_aspect(reader, sub, place, number, codes, scale, draft)
                for place, sub in listed
            ),
            sources=reader.sources(
                item, here, tuple(p for p in (*_ASPECT_SOURCES, *parts) if p not in absent), absent
            ),
            share=check_share(reader, item, here, needed=False),
            partial=bool(partial),
        )
        if scale and "maximum" not in absent:
            stated = reader.number(item, here, "maximum")
            _check_sum(reader, stated, aspect.sub_aspects, scale, f"{here}.maximum")
        yield aspect


def _absent(data: dict[str, Any], parts: tuple[str, ...], draft: bool) -> tuple[str, ...]:
    """Return which parts a draft does not say."""
    return tuple(part for part in parts if draft and data.get(part) is None)


def _sub_aspect(
    reader: Reader,
    data: dict[str, Any],
    here: str,
    aspect: int,
    codes: Counter[str],
    scale: tuple[int, ...],
    draft: bool,
) -> SubAspect:
    parts = ("number", "name", "weight", "sources", "levels", "evidence", "effort")
    reader.keys(data, here, parts)
    absent = _absent(data, _SUB_ASPECT_SOURCES, draft)
    code = reader.string(data, here, "number")
    codes[code] += 1
    if code and codes[code] == 2:
        reader.note(f"{here}.number", "number-repeated", code)
    if code and not re.fullmatch(rf"{aspect}\.[1-9]\d?", code):
        reader.note(f"{here}.number", "number-not-in-aspect", code, f"{aspect}.1, {aspect}.2")
    levels = {} if "levels" in absent else reader.mapping(data, here, "levels")
    reader.keys(levels, f"{here}.levels", tuple(map(str, scale or EVERY_LEVEL)))
    evidence = data.get("evidence")
    if (not isinstance(evidence, list) or not evidence) and "evidence" not in absent:
        reader.note(f"{here}.evidence", "missing")
    weight = None if "weight" in absent else reader.number(data, here, "weight")
    if weight == 0:
        reader.note(f"{here}.weight", "weight-zero", weight)
    return SubAspect(
        code=code,
        aspect=aspect,
        name=reader.text(data, here, "name"),
        weight=weight,
        levels={
            n: reader.both(levels.get(str(n)), f"{here}.levels.{n}")
            for n in scale or EVERY_LEVEL
            if not draft or levels.get(str(n)) is not None
        },
        evidence=tuple(
            reader.both(item, f"{here}.evidence[{i}]")
            for i, item in enumerate(evidence if isinstance(evidence, list) else ())
        ),
        sources=reader.sources(data, here, _named(data, absent), absent),
        effort=_effort(reader, data, here, scale),
    )


def _named(data: dict[str, Any], absent: tuple[str, ...]) -> tuple[str, ...]:
    """Return which parts of a sub-aspect have to name a source."""
    optional = ("effort",) if data.get("effort") is not None else ()
    return (*(part for part in _SUB_ASPECT_SOURCES if part not in absent), *optional)


def _effort(
    reader: Reader, data: dict[str, Any], here: str, scale: tuple[int, ...]
) -> dict[int, Decimal]:
    """Return what the step to each level takes: of every level, or of none."""
    if data.get("effort") is None:
        return {}
    given, there = reader.mapping(data, here, "effort"), f"{here}.effort"
    steps = tuple(level for level in scale or EVERY_LEVEL if level != 0)
    reader.keys(given, there, tuple(map(str, steps)))
    found = {level: reader.number(given, there, str(level)) for level in steps if given}
    for level, effort in found.items():
        if effort == 0:
            reader.note(f"{there}.{level}", "effort-zero", effort)
    return {level: effort for level, effort in found.items() if effort is not None}


def check_maximum(
    reader: Reader,
    data: dict[str, Any],
    aspects: tuple[Aspect, ...],
    scale: tuple[int, ...],
    draft: bool,
) -> None:
    subs = tuple(sub for aspect in aspects for sub in aspect.sub_aspects)
    if sum((s.weight or 0) * scale[-1] for s in subs) > LARGEST:
        reader.note("aspects", "not-allowed", "maximum", f"0-{LARGEST}")
    _check_shares(reader, aspects, subs)
    if draft and data.get("maximum") is None:
        return
    stated = reader.mapping(data, "", "maximum")
    reader.keys(stated, "maximum", ("value", "source"))
    reader.source(stated.get("source"), "maximum.source")
    _check_sum(reader, reader.number(stated, "maximum", "value"), subs, scale, "maximum.value")


def _check_shares(reader: Reader, aspects: tuple[Aspect, ...], subs: tuple[SubAspect, ...]) -> None:
    """Compare each stated share of an aspect with what the weights give."""
    whole = sum((sub.weight or Decimal(0) for sub in subs), Decimal(0))
    if not whole or any(sub.weight is None for sub in subs):
        return
    for i, aspect in enumerate(aspects):
        part = sum((sub.weight or Decimal(0) for sub in aspect.sub_aspects), Decimal(0))
        if aspect.share is not None and part * HUNDRED != aspect.share * whole:
            reader.note(f"aspects[{i}].share", "share-off", part * HUNDRED / whole, aspect.share)


def _check_sum(
    reader: Reader,
    stated: Decimal | None,
    subs: tuple[SubAspect, ...],
    scale: tuple[int, ...],
    where: str,
) -> None:
    """Compare the stated maximum with the derived one, so that a slip in a weight shows."""
    if stated is None or any(sub.weight is None for sub in subs):
        return
    derived = sum((sub.weight or Decimal(0)) * scale[-1] for sub in subs) + Decimal(0)
    if derived != stated:
        reader.note(where, "weights-off", derived, stated)
