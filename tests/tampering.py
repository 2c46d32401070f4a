"""Tampering: somebody opens the file or the database with another program, takes the triggers
away, changes things, and puts the triggers back.

The store holds two assessments. That of kota-a was written by two programs in turn, so that
chains cross: positions 1, 2, 5 by the first and 3, 4, 6 by the second.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from merit_kit import assessment
from merit_kit.i18n import describe
from merit_kit.store import Store, audit, open_store
from merit_kit.store._entries import link
from tests.conftest import ROUND, level, note
from tests.databases import raw, where

HERE = f"kota-a/{ROUND}"
OF_A = "assessment = :about AND position"


def two_chains(store: Store, begun: str, tiny: Any) -> str:
    """Fill a store with two assessments; return the id of that of kota-a, with six entries."""
    with open_store(where(store)) as second:
        first = level(begun, "1.1", 3)
        store.append([first], "p-1")
        second.append([level(begun, "1.2", 2), note(begun, "1.2", "Catatan")], "p-1")
        store.append([level(begun, "2.1", 1)], "p-1")
        second.append([level(begun, "1.1", 4, base=(first.id,))], "p-1")
    other = assessment.begin(store, "kab-b", ROUND, tiny, "p-1", invented=True)
    store.append([level(other, "1.1", 1)], "p-1")
    return begun


def tamper(store: Store, *how: str, **facts: Any) -> None:
    with raw(store) as file, file.unguarded():
        for statement in how:
            assert file.execute(statement, facts).rowcount > 0, f"changed nothing: {statement}"


def found(store: Store) -> list[tuple[str, str]]:
    problems = audit(store)
    for problem in problems:
        assert describe(problem, "id")
        assert describe(problem, "en")
    return [(str(problem.where), problem.key) for problem in problems]


def rewrite(
    store: Store, about: str, position: int, change: Callable[[dict[str, Any]], None]
) -> None:
    with raw(store) as file, file.unguarded():
        place = {"about": about, "position": position}
        row = dict(file.execute(f"SELECT * FROM entry WHERE {OF_A} = :position", place).fetchone())
        change(row)
        row["hash"] = link(
            row["prev"], row["writer"], row["seq"], row["recorded_by"], row["payload"]
        )
        columns = ", ".join(f"{name} = :{name}" for name in row)
        file.execute(f"UPDATE entry SET {columns} WHERE {OF_A} = :position", {**place, **row})
