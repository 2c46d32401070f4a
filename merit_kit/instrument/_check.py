"""From plain data to an Instrument, or to the list of everything that is wrong with it.

Reading goes on after a fault: what is missing is noted and stood in for, so that one run names
all faults and not only the first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from merit_kit.errors import Cell, InstrumentError, Problem
from merit_kit.i18n import Text
from merit_kit.instrument._check_aspects import EVERY_LEVEL, check_aspects, check_maximum
from merit_kit.instrument._check_index import (
    ID,
    check_categories,
    check_components,
    check_correction,
    check_index,
)
from merit_kit.instrument._model import DRAFT, OFFICIAL, Instrument, Source
from merit_kit.instrument._reader import PUBLISHED, Reader

STATUSES = (OFFICIAL, "reconstruction", DRAFT)
CONFIDENCES = (PUBLISHED, "re-worded", "inferred")


def check(data: Any, places: Mapping[str, int | Cell], problems: Sequence[Problem]) -> Instrument:
    """Build the instrument that `data` describes.

    Parameters
    ----------
    places : mapping
        Where each path of `data` was read: a line of a file, or a cell of a form.
    problems : sequence of Problem
        What was noted while it was read.

    Raises
    ------
    InstrumentError
        With every fault of the form and of the content, each with its place.
    """
    if not isinstance(data, dict):
        raise InstrumentError("instrument-foreign")
    reader = Reader(places, [problem for problem in problems if isinstance(problem.where, str)])
    instrument = _instrument(reader, data)
    placed = [
        (reader.rank(p.where), Problem(reader.place(str(p.where)), p.key, p.found, p.allowed))
        for p in reader.problems
    ]
    # Of a cell that could not even be read, nothing else is told.
    unread = [problem for problem in problems if isinstance(problem.where, Cell)]
    told = {problem.where for problem in unread}
    placed = [(rank, problem) for rank, problem in placed if problem.where not in told]
    placed += [(reader.rank(problem.where), problem) for problem in unread]
    found: list[Problem] = []
    for _, problem in sorted(placed, key=lambda pair: pair[0]):
        # One empty cell may be missed by more than one path.
        if problem not in found:
            found.append(problem)
    if found:
        raise InstrumentError("instrument-faulty", found, count=len(found))
    return instrument


def _instrument(reader: Reader, data: dict[str, Any]) -> Instrument:
    reader.keys(
        data,
        "",
        (
            *("format", "id", "status", "title", "issuer", "legal_basis", "valid", "sources"),
            *("scale", "maximum", "index", "components", "correction", "categories", "aspects"),
        ),
    )
    if data.get("format") != 1:
        reader.note("format", "not-allowed", data.get("format"), "1")
    edition = reader.string(data, "", "id")
    if edition and not ID.fullmatch(edition):
        reader.note("id", "not-an-id", edition)
    status = reader.choice(data, "", "status", STATUSES)
    # A draft may lack parts: it can be read and shown, and refuses to score.
    draft = status == DRAFT
    sources = {source.key: source for source in _sources(reader, data)}
    reader.confidences = {source.key: source.confidence for source in sources.values()}
    reader.official = status == OFFICIAL
    valid = reader.mapping(data, "", "valid")
    reader.keys(valid, "valid", ("from", "to", "source"))
    reader.source(valid.get("source"), "valid.source")

    scale, unproven = _scale(reader, data, draft)
    divisor, decimals = check_index(reader, data, draft)
    bands_on, lower_inclusive, categories = check_categories(reader, data, draft)
    aspects = tuple(check_aspects(reader, data, scale, draft))
    if scale:
        check_maximum(reader, data, aspects, scale, draft)
    return Instrument(
        id=edition,
        status=status,
        title=reader.text(data, "", "title"),
        issuer=reader.string(data, "", "issuer"),
        legal_basis=reader.string(data, "", "legal_basis"),
        scale=scale,
        unproven=unproven,
        divisor=divisor,
        decimals=decimals,
        bands_on=bands_on,
        lower_inclusive=lower_inclusive,
        categories=categories,
        aspects=aspects,
        sources=sources,
        components=tuple(check_components(reader, data, draft)),
        correction=check_correction(reader, data),
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


def _scale(reader: Reader, data: dict[str, Any], draft: bool) -> tuple[tuple[int, ...], Text]:
    if draft and data.get("scale") is None:
        return (), Text("", "")
    said = reader.mapping(data, "", "scale")
    reader.keys(said, "scale", ("lowest", "highest", "unproven", "sources"))
    reader.sources(said, "scale", ("levels", "unproven"))
    unproven = reader.text(said, "scale", "unproven")
    low, high = reader.whole(said, "scale", "lowest"), reader.whole(said, "scale", "highest")
    if not 0 <= low < high <= EVERY_LEVEL[-1]:
        if said.get("lowest") is not None and said.get("highest") is not None:
            reader.note("scale", "scale-off", f"{low}-{high}", "0 <= lowest < highest <= 9")
        return (1, 2, 3, 4), unproven
    return tuple(range(low, high + 1)), unproven
