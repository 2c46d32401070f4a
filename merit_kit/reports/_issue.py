"""Where a report is in its life, as plain data: what its page says of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from merit_kit.canonical import canonical
from merit_kit.errors import Key, ReportError
from merit_kit.i18n import Text, Words

KONSEP, DIPERIKSA, TERBIT = STATUSES = ("konsep", "diperiksa", "terbit")
"""A draft, replaced at will; a draft that somebody has looked through; issued, never replaced."""


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that differs from the version before.

    `where` is the code of a sub-aspect, or empty; the sentence is ``report.changes.<key>``, with
    `facts` put into it, and `words`, which are keys of the catalogue. `numbers` are exact, as text
    with a decimal point; a fact may be a text in both languages (``id, en``).
    """

    where: str
    key: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)
    numbers: Mapping[str, str] = field(default_factory=dict)

    def said(self, words: Words) -> str:
        """Say what changed."""
        facts = {
            name: Text(**fact) if isinstance(fact, Mapping) else fact
            for name, fact in self.facts.items()
        }
        named = {name: Key(key) for name, key in self.words.items()}
        # As many decimals as were written: an index of 0.60 is none of 0.6.
        exact = {name: Decimal(number) for name, number in self.numbers.items()}
        numbers = {name: words.number(n, _decimals(n)) for name, n in exact.items()}
        return words(f"report.changes.{self.key}", **facts, **named, **numbers)


@dataclass(frozen=True, slots=True)
class Issue:
    """Status, version and what it supersedes. What is empty is not said.

    `by` is who checked or issued it, `at` when (ISO). `earlier` and `earlier_at` are the version
    it supersedes and when that was issued; `changes` what differs from it. `number` is the
    letter's; `table` the name of the XLSX beside the page. `dated` is when the version was first
    issued, in whatever language, or a draft made (ISO): the day of its letter, and the one by which
    something is overdue.
    """

    status: str = KONSEP
    version: int | None = None
    by: str = ""
    at: str = ""
    checked_by: str = ""
    checked_at: str = ""
    earlier: int | None = None
    earlier_at: str = ""
    changes: tuple[Change, ...] = ()
    number: str = ""
    table: str = ""
    dated: str = ""

    @property
    def text(self) -> str:
        """The issue as canonical JSON: what its file holds."""
        return canonical(asdict(self))

    def told(self, words: Words) -> list[tuple[str, str]]:
        """Say what has changed: sub-aspects, and what changed in all of them alike."""
        by_place: dict[str, list[str]] = {}
        for change in self.changes:
            by_place.setdefault(change.where, []).append(change.said(words))
        alike: dict[str, list[str]] = {}
        for where, said in by_place.items():
            alike.setdefault("; ".join(said), []).append(where)
        return [(", ".join(places), said) for said, places in alike.items()]

    def with_table(self, name: str) -> Issue:
        """Return the issue with the name of the workbook beside its page."""
        return replace(self, table=name)

    @classmethod
    def from_text(cls, text: str) -> Issue:
        """Read an issue back from the text of its file; raises ValueError and the like if none."""
        data = json.loads(text)
        changes = tuple(Change(**change) for change in data.pop("changes"))
        return cls(**data, changes=changes)

    @classmethod
    def from_file(cls, path: Path) -> Issue:
        """Read an issue back.

        Raises
        ------
        ReportError
            If there is none.
        """
        try:
            return cls.from_text(path.read_text(encoding="utf-8"))
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise ReportError("issue-unreadable", path=str(path), said=str(error)) from error


def _decimals(number: Decimal) -> int:
    return max(-int(number.as_tuple().exponent), 0)


DRAFT = Issue()
"""What a page is when nobody says otherwise, as when its notebook is run by hand."""
