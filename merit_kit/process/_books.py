"""What stands in one assessment, kept up to date while statements arrive one after another.

:func:`merit_kit.process.standing` answers the same for all entries at once. Going through ten
thousand entries again for each click would make an evaluator wait; that both end in the same is a
test.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from merit_kit.process._standing import topic

_COLUMNS = [
    *("assessment", "id", "kind", "author", "stated_at", "visible_to", "position"),
    *("base", "body", "topic", "conflict"),
]


@dataclass(frozen=True, slots=True)
class Stated:
    """A statement as the rules look at it. `position`: where the store has it; 0 if not yet."""

    assessment: str
    id: str
    kind: str
    author: str
    stated_at: str
    visible_to: str
    base: tuple[str, ...]
    body: Mapping[str, Any]
    topic: tuple[str, ...]
    position: int = 0

    @classmethod
    def from_payload(cls, payload: str, position: int = 0, hidden: Collection[str] = ()) -> Stated:
        """Open the payload of an entry. What rests on what is `hidden` does not wait for it."""
        said = json.loads(payload)
        parts = ("assessment", "id", "kind", "author", "stated_at", "visible_to")
        return cls(
            **{part: said[part] for part in parts},
            base=tuple(key for key in said["base"] if key not in hidden),
            body=said["body"],
            topic=topic(said),
            position=position,
        )


class Books:
    """The statements of one assessment: which are known, and which of them stand.

    Attributes
    ----------
    known : set of str
        The ids of all that were taken in.
    standing : dict of topic to (dict of id to Stated)
        Those that count; see :func:`merit_kit.process.standing`.
    """

    def __init__(self) -> None:
        self.known: set[str] = set()
        self.standing: dict[tuple[str, ...], dict[str, Stated]] = {}
        self._here: set[str] = set()
        # Under the first base each one lacks, with those of its bases still to be looked at.
        self._waiting: dict[str, list[tuple[Stated, Iterator[str]]]] = {}

    @property
    def awaited(self) -> set[str]:
        """The ids of what is not here and others wait for."""
        return set(self._waiting)

    def take(self, said: Stated) -> None:
        """Take in a statement. One whose base is not here waits, and counts once that is."""
        if said.id in self.known:
            return
        self.known.add(said.id)
        ready = [(said, iter(said.base))]
        while ready:
            own, rest = ready.pop()
            for base in rest:
                if base not in self._here and base != own.id:
                    self._waiting.setdefault(base, []).append((own, rest))
                    break
            else:
                self._count(own)
                ready += self._waiting.pop(own.id, ())

    def settle(self, said: Stated, position: int) -> None:
        """Note where the store has a statement that was taken in before it was stored."""
        counting = self.standing.get(said.topic, {})
        if said.id in counting:
            counting[said.id] = replace(said, position=position)

    def on(self, *about: str) -> dict[str, Stated]:
        """Return what stands on one topic, by id."""
        return self.standing.get(about, {})

    def of_kind(self, kind: str) -> list[Stated]:
        """Return what stands of one kind, by id, so that the order of arrival shows nowhere."""
        found = (each for there in self.standing.values() for each in there.values())
        return sorted((each for each in found if each.kind == kind), key=lambda each: each.id)

    def frame(self) -> pd.DataFrame:
        """Return what stands as :func:`merit_kit.process.standing` does, without other columns."""
        rows = [
            (
                *(each.assessment, each.id, each.kind, each.author, each.stated_at),
                *(each.visible_to, each.position, each.base, each.body, each.topic),
                len(there) > 1,
            )
            for there in self.standing.values()
            for each in there.values()
        ]
        frame = pd.DataFrame(rows, columns=_COLUMNS, dtype=object)
        return frame.astype({"conflict": bool})

    def _count(self, said: Stated) -> None:
        self._here.add(said.id)
        counting = self.standing.setdefault(said.topic, {})
        for base in said.base:
            counting.pop(base, None)
        counting[said.id] = said
