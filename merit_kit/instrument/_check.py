"""From plain data to an Instrument, or to the list of everything that is wrong with it.

Reading goes on after a fault: what is missing is noted and stood in for, so that one run names
all faults and not only the first.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from merit_kit.errors import InstrumentError, Problem
from merit_kit.instrument._model import (
    OFFICIAL,
    Aspect,
    Category,
    Instrument,
    Source,
    SubAspect,
)
from merit_kit.instrument._reader import LARGEST, MOST_DECIMALS, PUBLISHED, Reader

STATUSES = ("official", "reconstruction", "draft")
CONFIDENCES = (PUBLISHED, "re-worded", "inferred")
VALID_YEARS = range(1, 100)
"""More is a slip: the year until which, where the number of years belongs."""

_ID = re.compile(r"[a-z0-9][a-z0-9-]{1,39}")
_ASPECT_SOURCES = ("name", "description", "maximum")
_SUB_ASPECT_SOURCES = ("name", "weight", "levels", "evidence")


def check(data: Any, lines: Mapping[str, int], problems: list[Problem]) -> Instrument:
    """Build the instrument that `data` describes.

    Raises
    ------
    InstrumentError
        With every fault of the form and of the content, each with its path and line.
    """
    if not isinstance(data, dict):
        raise InstrumentError("instrument-foreign")
    reader = Reader(lines, list(problems))
    instrument = _instrument(reader, data)
    if reader.problems:
        ordered = sorted(reader.problems, key=lambda p: reader.line(str(p.where)))
        raise InstrumentError(
            "instrument-faulty",
            [Problem(reader.place(str(p.where)), p.key, p.found, p.allowed) for p in ordered],
            count=len(ordered),
        )
    return instrument


def _instrument(reader: Reader, data: dict[str, Any]) -> Instrument:
    reader.keys(
        data,
        "",
        (
            *("format", "id", "status", "title", "issuer", "legal_basis", "valid", "sources"),
            *("scale", "maximum", "index", "categories", "aspects"),
        ),
    )
    if data.get("format") != 1:
        reader.note("format", "not-allowed", data.get("format"), "1")
    edition = reader.string(data, "", "id")
    if edition and not _ID.fullmatch(edition):
        reader.note("id", "not-an-id", edition)
    status = reader.choice(data, "", "status", STATUSES)
    sources = {source.key: source for source in _sources(reader, data)}
    reader.confidences = {source.key: source.confidence for source in sources.values()}
    reader.official = status == OFFICIAL
    valid = reader.mapping(data, "", "valid")
    reader.keys(valid, "valid", ("from", "to", "source"))
    reader.source(valid.get("source"), "valid.source")

    scale_data = reader.mapping(data, "", "scale")
    scale = _scale(reader, scale_data)
    index = reader.mapping(data, "", "index")
    reader.keys(index, "index", ("divisor", "decimals", "source"))
    reader.source(index.get("source"), "index.source")
    divisor = reader.number(index, "index", "divisor")
    if divisor == 0:
        reader.note("index.divisor", "not-a-number", divisor)
    decimals = reader.whole(index, "index", "decimals", range(MOST_DECIMALS + 1))
    bands = reader.mapping(data, "", "categories")
    aspects = tuple(_aspects(reader, data, scale, draft=status == "draft"))
    _check_maximum(reader, data, aspects, scale)
    return Instrument(
        id=edition,
        status=status,
        title=reader.text(data, "", "title"),
        issuer=reader.string(data, "", "issuer"),
        legal_basis=reader.string(data, "", "legal_basis"),
        scale=scale,
        unproven=reader.text(scale_data, "scale", "unproven"),
        divisor=divisor or Decimal(1),
        decimals=decimals,
        bands_on=reader.choice(bands, "categories", "on", ("score", "index")),
        lower_inclusive=reader.choice(bands, "categories", "inclusive", ("lower", "upper"))
        == "lower",
        categories=tuple(_categories(reader, bands)),
        aspects=aspects,
        sources=sources,
        data=data,
    )


def _sources(reader: Reader, data: dict[str, Any]) -> Iterator[Source]:
    for key, value in reader.mapping(data, "", "sources").items():
        here = f"sources.{key}"
        if not isinstance(value, dict):
            reader.note(here, "not-a-mapping", value)
            continue
        reader.keys(value, here, ("title", "address", "confidence"))
        yield Source(
            key=key,
            title=reader.text(value, here, "title"),
            address=str(value.get("address") or ""),
            confidence=reader.choice(value, here, "confidence", CONFIDENCES),
        )


def _scale(reader: Reader, data: dict[str, Any]) -> tuple[int, ...]:
    reader.keys(data, "scale", ("lowest", "highest", "unproven", "sources"))
    reader.sources(data, "scale", ("levels", "unproven"))
    low, high = reader.whole(data, "scale", "lowest"), reader.whole(data, "scale", "highest")
    if not 0 <= low < high <= 9:
        reader.note("scale", "scale-off", f"{low}-{high}", "0 <= lowest < highest <= 9")
        return (1, 2, 3, 4)
    return tuple(range(low, high + 1))


def _categories(reader: Reader, bands: dict[str, Any]) -> Iterator[Category]:
    reader.keys(bands, "categories", ("on", "inclusive", "source", "bands"))
    reader.source(bands.get("source"), "categories.source")
    listed = reader.items(bands, "categories", "bands")
    edge: Decimal | None = Decimal(0)
    codes: Counter[str] = Counter()
    for i, (here, band) in enumerate(listed):
        last = i == len(listed) - 1
        reader.keys(
            band, here, ("code", "name", "from", "to", "valid_years", "consequence", "sources")
        )
        # How long a result holds is part of the consequence, and has its source.
        reader.sources(band, here, ("bounds", "name", "consequence"))
        low = reader.number(band, here, "from")
        if low is not None and edge is not None and low != edge:
            reader.note(f"{here}.from", "band-gap" if low > edge else "band-overlap", low, edge)
        if last and band.get("to") is not None:
            reader.note(f"{here}.to", "band-closed", band["to"])
        high = None if last else reader.number(band, here, "to")
        if low is not None and high is not None and high <= low:
            reader.note(f"{here}.to", "band-empty", high, low)
        edge = high
        code = reader.string(band, here, "code")
        codes[code] += 1
        if code and codes[code] == 2:
            reader.note(f"{here}.code", "number-repeated", code)
        holds = band.get("valid_years") is not None
        yield Category(
            code=code,
            name=reader.text(band, here, "name"),
            low=low or Decimal(0),
            high=high,
            consequence=reader.text(band, here, "consequence"),
            valid_years=reader.whole(band, here, "valid_years", VALID_YEARS) if holds else None,
        )


def _aspects(
    reader: Reader, data: dict[str, Any], scale: tuple[int, ...], draft: bool
) -> Iterator[Aspect]:
    numbers: Counter[int] = Counter()
    codes: Counter[str] = Counter()
    for here, item in reader.items(data, "", "aspects"):
        reader.keys(
            item, here, ("number", "name", "description", "maximum", "sources", "sub_aspects")
        )
        number = reader.whole(item, here, "number")
        numbers[number] += 1
        if numbers[number] == 2:
            reader.note(f"{here}.number", "number-repeated", number)
        subs = tuple(
            _sub_aspect(reader, sub, place, number, codes, scale, draft)
            for place, sub in reader.items(item, here, "sub_aspects")
        )
        aspect = Aspect(
            number=number,
            name=reader.text(item, here, "name"),
            description=reader.text(item, here, "description"),
            sub_aspects=subs,
            sources=reader.sources(item, here, _ASPECT_SOURCES),
        )
        if "maximum" in item or not draft:
            _check_sum(reader, reader.number(item, here, "maximum"), subs, scale, f"{here}.maximum")
        yield aspect


def _sub_aspect(
    reader: Reader,
    data: dict[str, Any],
    here: str,
    aspect: int,
    codes: Counter[str],
    scale: tuple[int, ...],
    draft: bool,
) -> SubAspect:
    reader.keys(data, here, ("number", "name", "weight", "sources", "levels", "evidence"))
    code = reader.string(data, here, "number")
    codes[code] += 1
    if code and codes[code] == 2:
        reader.note(f"{here}.number", "number-repeated", code)
    if code and not re.fullmatch(rf"{aspect}\.[1-9]\d?", code):
        reader.note(f"{here}.number", "number-not-in-aspect", code, f"{aspect}.1, {aspect}.2")
    levels = reader.mapping(data, here, "levels")
    reader.keys(levels, f"{here}.levels", tuple(map(str, scale)))
    evidence = data.get("evidence")
    if not isinstance(evidence, list) or not evidence:
        reader.note(f"{here}.evidence", "missing")
        evidence = []
    # A draft may lack weights: it can be read and shown, and refuses to score.
    lacks_weight = draft and data.get("weight") is None
    weight = None if lacks_weight else reader.number(data, here, "weight")
    if weight == 0:
        reader.note(f"{here}.weight", "weight-zero", weight)
    return SubAspect(
        code=code,
        aspect=aspect,
        name=reader.text(data, here, "name"),
        weight=weight,
        levels={n: reader.both(levels.get(str(n)), f"{here}.levels.{n}") for n in scale},
        evidence=tuple(
            reader.both(item, f"{here}.evidence[{i}]") for i, item in enumerate(evidence)
        ),
        sources=reader.sources(data, here, _SUB_ASPECT_SOURCES),
    )


def _check_maximum(
    reader: Reader, data: dict[str, Any], aspects: tuple[Aspect, ...], scale: tuple[int, ...]
) -> None:
    if sum((s.weight or 0) * scale[-1] for a in aspects for s in a.sub_aspects) > LARGEST:
        reader.note("aspects", "not-allowed", "maximum", f"0-{LARGEST}")
    if data.get("status") == "draft" and data.get("maximum") is None:
        return
    stated = reader.mapping(data, "", "maximum")
    reader.keys(stated, "maximum", ("value", "source"))
    reader.source(stated.get("source"), "maximum.source")
    subs = tuple(sub for aspect in aspects for sub in aspect.sub_aspects)
    _check_sum(reader, reader.number(stated, "maximum", "value"), subs, scale, "maximum.value")


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
