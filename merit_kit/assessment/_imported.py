"""What became of what was taken over."""

from __future__ import annotations

from dataclasses import dataclass

from merit_kit.errors import Cell


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a file: how many things it stated anew, and how many stood already.

    `left` are the levels that stand although the table's cell is empty, as (code, of, level);
    `files` how many files were stated as evidence; `missing` those it names that were neither
    found nor stated before, as (code, name); `withdrawn` the codes whose level it takes back;
    `left_out` the files it names that were withdrawn before, as (code, name); `outside` the cells
    beside those to be filled in, where something was written that was not read.
    """

    agency: str
    stated: int
    unchanged: int
    left: tuple[tuple[str, str, int], ...] = ()
    files: int = 0
    missing: tuple[tuple[str, str], ...] = ()
    withdrawn: tuple[str, ...] = ()
    left_out: tuple[tuple[str, str], ...] = ()
    outside: tuple[Cell, ...] = ()


@dataclass(frozen=True, slots=True)
class EvidenceTaken:
    """What became of an agency's files: stated anew, as a revision of one, or there already.

    `withdrawn` are those that were left out, as (code, name): they were stated and taken back.
    """

    agency: str
    added: int
    revised: int
    unchanged: int
    withdrawn: tuple[tuple[str, str], ...] = ()
