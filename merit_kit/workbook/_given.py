"""What tables of levels, and forms, say of each sub-aspect."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, fields
from pathlib import Path

import pandas as pd

from merit_kit.errors import Cell, Problem
from merit_kit.instrument import Instrument
from merit_kit.workbook._identity import Identity

_DASHES = ("-", "\N{EN DASH}", "\N{EM DASH}")


@dataclass(frozen=True, slots=True)
class Given:
    """What a table says of one sub-aspect. Empty cells say nothing.

    `taken_back` names the levels (``self``, ``verified``) whose cell holds a dash: they are to be
    taken back. An empty cell cannot mean that; a file often has a column filled only in part.
    `evidence` are the names of files, each a plain one, that are shown for the level; `where` is
    their cell. `stood` are the level and its reason that a form of the kit's own was written with,
    where one of them was changed in it: they say which.
    """

    sub_aspect: str
    self_level: int | None
    self_reason: str
    verified_level: int | None
    verified_reason: str
    note: str
    taken_back: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    stood: tuple[int | None, str] | None = None
    where: Cell | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class LevelTable:
    """A table free of faults.

    `agency` is the code it names, if it has that column; `columns` are those it has. A form of the
    kit's own knows more of where it comes from: `identity`. It has only rows that were changed
    since it was written, and no `columns`; `outside` are cells beside those to be filled in, where
    something was written that is not read.
    """

    path: Path
    agency: str | None
    given: tuple[Given, ...]
    columns: frozenset[str] = frozenset()
    identity: Identity | None = None
    outside: tuple[Cell, ...] = ()

    def frame(self) -> pd.DataFrame:
        """Return what the table says, to look at: a row per sub-aspect, in the file's order."""
        columns = [each.name for each in fields(Given) if each.name not in ("stood", "where")]
        rows = [{name: getattr(given, name) for name in columns} for given in self.given]
        return pd.DataFrame(rows, columns=columns).set_index(columns[0])


def level_of(text: str, place: Cell, instrument: Instrument, problems: list[Problem]) -> int | None:
    """Return the level that a cell states; None if it is empty or takes one back."""
    if not text or is_dash(text):
        return None
    whole = re.fullmatch(r"(\d+)([.,]0+)?", text)
    level = int(whole[1]) if whole and len(whole[1]) <= 3 else None
    if level not in instrument.steps:
        allowed = ", ".join(map(str, instrument.steps))
        problems.append(Problem(place, "level-off-scale", text[:60], allowed))
        return None
    return level


def is_dash(text: str) -> bool:
    """Say whether a cell takes back what was stated."""
    return text in _DASHES
