"""What became of what was taken over."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a file: how many things it stated anew, and how many stood already.

    `left` are the levels that stand although the table's cell is empty, as (code, of, level);
    `files` how many files were stated as evidence; `missing` those it names that were not found,
    as (code, name).
    """

    agency: str
    stated: int
    unchanged: int
    left: tuple[tuple[str, str, int], ...] = ()
    files: int = 0
    missing: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class EvidenceTaken:
    """What became of an agency's files: stated anew, as a revision of one, or there already."""

    agency: str
    added: int
    revised: int
    unchanged: int
