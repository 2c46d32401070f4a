"""Reading plain data value by value. A fault is noted with its path, and reading goes on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from merit_kit.errors import Cell, Problem
from merit_kit.i18n import LANGUAGES, Text
from merit_kit.instrument._model import ASSUMED

PUBLISHED = "published"
MOST_DECIMALS = 6
"""Scoring counts in millionths of a point."""
LARGEST = 1_000_000
"""And in whole numbers of 64 bits, which hold a maximum this large in every step."""


class Reader:
    """Reads values by path, and notes what is wrong with them.

    `places` is where each path was read: a line of a file, or a cell of a form.
    """

    def __init__(self, places: Mapping[str, int | Cell], problems: list[Problem]) -> None:
        self.places = places
        self.problems = problems
        self.confidences: dict[str, str] = {}
        self.official = False
        cells = (place for place in places.values() if isinstance(place, Cell))
        self._order_of_cell = {cell: i for i, cell in enumerate(dict.fromkeys(cells))}

    def note(self, where: str, key: str, found: Any = None, allowed: Any = None) -> None:
        """Note a fault at a path."""
        self.problems.append(Problem(where, key, found, allowed))

    def rank(self, where: str | Cell) -> int:
        """Return how far down a path (or the nearest thing around it) or a cell was read."""
        if isinstance(where, Cell):
            return self._order_of_cell.get(where, 0)
        near = self._near(where)
        found = self.places.get(near, 0)
        return found if isinstance(found, int) else self._order_of_cell[found]

    def place(self, where: str) -> str | Cell:
        """Return where a path is, as people are shown it: with its line, or as a cell."""
        found = self.places.get(self._near(where), 0)
        if isinstance(found, Cell):
            return found
        return f"{where} ({found})" if found and not where.endswith(")") else where

    def _near(self, where: str) -> str:
        while where and where not in self.places:
            where = re.sub(r"(^|[.\[])[^.\[]*$", "", where)
        return where

    def keys(self, data: Mapping[str, Any], where: str, allowed: tuple[str, ...]) -> None:
        """Note the keys that are none of `allowed`."""
        for key in data:
            if key not in allowed:
                self.note(joined(where, key), "key-unknown", key, ", ".join(allowed))

    def mapping(self, data: Mapping[str, Any], where: str, key: str) -> dict[str, Any]:
        """Return the mapping under `key`; an empty one, and a note, if there is none."""
        value, here = data.get(key), joined(where, key)
        if isinstance(value, dict):
            return value
        self.note(here, "missing" if value is None else "not-a-mapping", value)
        return {}

    def items(
        self, data: Mapping[str, Any], where: str, key: str
    ) -> list[tuple[str, dict[str, Any]]]:
        """Return the mappings of the list under `key`, each with its path."""
        value, here = data.get(key), joined(where, key)
        if not isinstance(value, list) or not value:
            self.note(here, "missing" if value in (None, []) else "not-a-list", value)
            return []
        found = []
        for i, item in enumerate(value):
            if isinstance(item, dict):
                found.append((f"{here}[{i}]", item))
            else:
                self.note(f"{here}[{i}]", "not-a-mapping", item)
        return found

    def string(self, data: Mapping[str, Any], where: str, key: str) -> str:
        """Return the text under `key`, stripped."""
        value = data.get(key)
        if isinstance(value, str) and value.strip():
            return value.strip()
        self.note(joined(where, key), "missing" if value in (None, "") else "not-text", value)
        return ""

    def choice(
        self, data: Mapping[str, Any], where: str, key: str, allowed: tuple[str, ...]
    ) -> str:
        """Return the text under `key`, which has to be one of `allowed`."""
        value = self.string(data, where, key)
        if value and value not in allowed:
            self.note(joined(where, key), "not-allowed", value, ", ".join(allowed))
        return value

    def text(self, data: Mapping[str, Any], where: str, key: str) -> Text:
        """Return the text under `key` in both languages."""
        return self.both(data.get(key), joined(where, key))

    def both(self, value: Any, here: str) -> Text:
        """Return a value that holds a text in both languages."""
        if not isinstance(value, dict):
            self.note(here, "missing" if value is None else "not-bilingual", value)
            return Text("", "")
        self.keys(value, here, LANGUAGES)
        return Text(*(self.string(value, here, lang) for lang in LANGUAGES))

    def number(self, data: Mapping[str, Any], where: str, key: str) -> Decimal | None:
        """Return the number under `key`, exact; zero or more, within what scoring can count."""
        value, here = data.get(key), joined(where, key)
        if value is None:
            self.note(here, "missing")
            return None
        try:
            exact = Decimal(str(value))
        except InvalidOperation:
            self.note(here, "not-a-number", value)
            return None
        exponent = exact.as_tuple().exponent
        if not isinstance(exponent, int) or exact < 0:
            self.note(here, "not-a-number", value)
            return None
        if exact > LARGEST:
            self.note(here, "not-allowed", value, f"0-{LARGEST}")
            return None
        if -exponent > MOST_DECIMALS:
            self.note(here, "too-many-decimals", value, MOST_DECIMALS)
        return exact

    def whole(
        self, data: Mapping[str, Any], where: str, key: str, within: range | None = None
    ) -> int:
        """Return the whole number under `key`, which has to be in `within` if that is given."""
        value, here = data.get(key), joined(where, key)
        if not isinstance(value, int) or isinstance(value, bool):
            self.note(here, "missing" if value is None else "not-whole", value)
        elif within is not None and value not in within:
            self.note(here, "not-allowed", value, f"{within[0]}-{within[-1]}")
        else:
            return value
        return 0

    def source(self, key: Any, where: str) -> None:
        """Every number and text names a source of the file, or says that it is assumed."""
        if key is None:
            self.note(where, "source-missing", allowed=ASSUMED)
        elif not isinstance(key, str):
            self.note(where, "not-text", key)
        elif key != ASSUMED and key not in self.confidences:
            known = ", ".join(sorted({*self.confidences, ASSUMED}))
            self.note(where, "source-unknown", key, known)
        elif self.official and self.confidences.get(key) != PUBLISHED:
            # Else one changed word would turn a reconstruction into the regulation.
            self.note(where, "official-unproven", key, PUBLISHED)

    def sources(
        self,
        data: Mapping[str, Any],
        where: str,
        parts: tuple[str, ...],
        more: tuple[str, ...] = (),
    ) -> dict[str, str]:
        """Return the source of each part, having asked that each is named and known.

        `more` are parts that are not there and need none.
        """
        given = self.mapping(data, where, "sources")
        here = joined(where, "sources")
        self.keys(given, here, (*parts, *more))
        named = (*parts, *(part for part in more if part in given))
        if given:
            for part in named:
                self.source(given.get(part), joined(here, part))
        return {part: str(given.get(part, ASSUMED)) for part in named}


def joined(where: str, key: str) -> str:
    """Return the path of what `key` holds inside `where`."""
    return f"{where}.{key}" if where else key
