"""What went wrong, as data. The sentences are in i18n, so that they can be said in any language."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Cell:
    """A place in a table: which line (from 1) and which column, as its heading says it."""

    line: int
    column: str = ""
    sheet: str = ""

    def __str__(self) -> str:
        return ":".join(str(part) for part in (self.sheet, self.line, self.column) if part)


class Key(str):
    """The key of a word in the catalogues, where a problem has to name something in words."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault of an input: where it is, which kind it is, what was found and what is allowed.

    ``key`` names the sentence ``problems.<key>`` of the catalogues in ``data/locale``; ``found``
    and ``allowed`` are put into it.
    """

    where: str | Cell
    key: str
    found: Any = None
    allowed: Any = None

    def __str__(self) -> str:
        found = "" if self.found is None else f" (found {self.found!r})"
        return f"{self.where}: {self.key}{found}"


class MeritError(Exception):
    """Whatever the kit refuses. Catch this one to catch them all.

    Parameters
    ----------
    key : str
        The sentence ``errors.<key>`` of the catalogues.
    problems : iterable of Problem
        Every fault found, not only the first.
    causes : iterable of MeritError
        What was refused below this, one error for each file or report.
    **facts
        Plain values for the sentence.
    """

    def __init__(
        self,
        key: str,
        problems: Iterable[Problem] = (),
        causes: Iterable[MeritError] = (),
        **facts: Any,
    ) -> None:
        self.key = key
        self.problems = tuple(problems)
        self.causes = tuple(causes)
        self.facts = facts
        # The args; pickle makes the error from them and then puts the rest back.
        super().__init__(key)

    def __str__(self) -> str:
        facts = ", ".join(f"{name}={value!r}" for name, value in self.facts.items())
        head = f"{self.key} ({facts})" if facts else self.key
        return "\n  ".join([head, *map(str, self.problems), *map(str, self.causes)])

    def _render_traceback_(self) -> list[str]:
        """Return what IPython shows instead of a traceback."""
        return _speak(self).splitlines()


_speak: Callable[[MeritError], str] = str


def speak_with(explain: Callable[[MeritError], str]) -> None:
    """Say how an error is put into words; i18n does so, being the one that knows any."""
    global _speak
    _speak = explain


class InstrumentError(MeritError):
    """An edition that cannot be used, with all its faults."""


class ScoreError(MeritError):
    """Levels that cannot be scored, with all their faults."""


class StoreError(MeritError):
    """A store that cannot be opened or written."""


class RuleError(MeritError):
    """A statement that the rules of the process do not allow."""


class TableError(MeritError):
    """A table of levels that cannot be taken over, with all its faults by line and column."""


class CaseError(MeritError):
    """A case that is missing, damaged or of another format."""


class ReportError(MeritError):
    """A report that could not be made."""


class GapError(MeritError):
    """A question about gaps that has no answer; its problems are the reasons."""
