"""What an edition says of its index: the divisor, components, a correction, the categories."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from merit_kit.i18n import Text
from merit_kit.instrument._model import CORRECTION, MATURITY, Category, Component, Correction
from merit_kit.instrument._reader import MOST_DECIMALS, Reader

COMPONENT_KINDS = (MATURITY, "survey", "other")
VALID_YEARS = range(1, 100)
"""More is a slip: the year until which, where the number of years belongs."""
HUNDRED = Decimal(100)
ID = re.compile(r"[a-z0-9][a-z0-9-]{1,39}")


def check_index(reader: Reader, data: dict[str, Any], draft: bool) -> tuple[Decimal | None, int]:
    if draft and data.get("index") is None:
        return None, 0
    said = reader.mapping(data, "", "index")
    reader.keys(said, "index", ("divisor", "decimals", "source"))
    reader.source(said.get("source"), "index.source")
    decimals = reader.whole(said, "index", "decimals", range(MOST_DECIMALS + 1))
    if draft and said.get("divisor") is None:
        return None, decimals
    divisor = reader.number(said, "index", "divisor")
    if divisor == 0:
        reader.note("index.divisor", "not-a-number", divisor)
    return divisor or Decimal(1), decimals


def check_components(reader: Reader, data: dict[str, Any], draft: bool) -> Iterator[Component]:
    """Read what an index is composed of; nothing, where it is the total over the divisor."""
    if data.get("components") is None:
        return
    codes: Counter[str] = Counter()
    shares: list[Decimal | None] = []
    maturities = 0
    for here, item in reader.items(data, "", "components"):
        kind = reader.choice(item, here, "kind", COMPONENT_KINDS)
        matures = kind == MATURITY
        maturities += matures
        # The scale of what is worked out from the levels is the divisor of the index.
        scale = () if matures else ("most",)
        reader.keys(item, here, ("code", "name", "kind", "share", *scale, "source"))
        reader.source(item.get("source"), f"{here}.source")
        code = reader.string(item, here, "code")
        codes[code] += 1
        if code and not ID.fullmatch(code):
            reader.note(f"{here}.code", "not-an-id", code)
        elif code == CORRECTION or (code and codes[code] == 2):
            reader.note(f"{here}.code", "number-repeated", code)
        shares.append(check_share(reader, item, here, needed=not draft))
        lacks_scale = matures or (draft and item.get("most") is None)
        most = None if lacks_scale else reader.number(item, here, "most")
        if most == 0:
            reader.note(f"{here}.most", "not-a-number", most)
        name = reader.text(item, here, "name")
        yield Component(code, name, kind, shares[-1], most, str(item.get("source")))
    if codes and maturities != 1:
        reader.note("components", "maturity-count", maturities)
    known = [share for share in shares if share is not None]
    if shares and len(known) == len(shares) and sum(known) != HUNDRED:
        reader.note("components", "shares-off", sum(known))


def check_correction(reader: Reader, data: dict[str, Any]) -> Correction | None:
    if data.get("correction") is None:
        return None
    said = reader.mapping(data, "", "correction")
    if data["correction"] is not said:
        return None
    reader.keys(said, "correction", ("name", "description", "most", "source"))
    reader.source(said.get("source"), "correction.source")
    limited = said.get("most") is not None
    return Correction(
        name=reader.text(said, "correction", "name"),
        description=reader.text(said, "correction", "description"),
        most=reader.number(said, "correction", "most") if limited else None,
        source=str(said.get("source")),
    )


def check_share(reader: Reader, data: dict[str, Any], here: str, needed: bool) -> Decimal | None:
    """Read a number of percent, above 0 and at most 100."""
    if not needed and data.get("share") is None:
        return None
    share = reader.number(data, here, "share")
    if share is not None and not 0 < share <= HUNDRED:
        reader.note(f"{here}.share", "not-allowed", share, "0-100")
    return share


def check_categories(
    reader: Reader, data: dict[str, Any], draft: bool
) -> tuple[str, bool, tuple[Category, ...]]:
    if draft and data.get("categories") is None:
        return "score", True, ()
    said = reader.mapping(data, "", "categories")
    reader.keys(said, "categories", ("on", "inclusive", "source", "bands"))
    reader.source(said.get("source"), "categories.source")
    bands_on = reader.choice(said, "categories", "on", ("score", "index"))
    inclusive = reader.choice(said, "categories", "inclusive", ("lower", "upper"))
    return bands_on, inclusive == "lower", tuple(_bands(reader, said, draft))


def _bands(reader: Reader, said: dict[str, Any], draft: bool) -> Iterator[Category]:
    listed = reader.items(said, "categories", "bands")
    edge: Decimal | None = Decimal(0)
    codes: Counter[str] = Counter()
    for i, (here, band) in enumerate(listed):
        last = i == len(listed) - 1
        reader.keys(
            band, here, ("code", "name", "from", "to", "valid_years", "consequence", "sources")
        )
        # How long a result holds is part of the consequence, and has its source.
        silent = draft and band.get("consequence") is None
        parts, more = ("bounds", "name"), ("consequence",)
        reader.sources(band, here, parts if silent else (*parts, *more), more if silent else ())
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
            consequence=Text("", "") if silent else reader.text(band, here, "consequence"),
            valid_years=reader.whole(band, here, "valid_years", VALID_YEARS) if holds else None,
        )
