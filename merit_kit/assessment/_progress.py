"""How far the assessments of a round are, kept up to date while others write."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from merit_kit import process, scoring
from merit_kit.assessment._hearing import edition_of
from merit_kit.assessment._overview import _ASKED, _open
from merit_kit.instrument import Instrument
from merit_kit.process import Books, Stated
from merit_kit.store import RESULT, Store

_OPEN = ("open", "late", "answered", "mismatches", "conflicts")


@dataclass(slots=True)
class _Reading:
    """What was read of one assessment."""

    books: Books = field(default_factory=Books)
    position: int = 0
    hidden: frozenset[str] = frozenset()
    last: str | None = None
    """When an evaluator's statement was recorded last."""


class Progress:
    """A round as those see it who look on. Each entry is read once; for one thread.

    Parameters
    ----------
    store : Store
    round_ : str
        Its code.
    """

    def __init__(self, store: Store, round_: str) -> None:
        self._store, self._round = store, round_
        self._editions: dict[str, str] = {}
        # With the sandboxes, which are none of the round's.
        self._known: set[str] = set()
        self._readings: dict[str, _Reading] = {}

    def news(self) -> list[str]:
        """Return the ids of the assessments of which something was recorded since it was read."""
        reached = self._store.reached(self._round)
        if reached.keys() - self._known:
            frame = self._store.assessments(reached)
            self._known = set(reached)
            frame = frame[frame["purpose"] == RESULT]
            self._editions = dict(frame["edition"])
        return [key for key in self._editions if reached.get(key, 0) != self._position(key)]

    def read(self, assessments: Sequence[str]) -> dict[str, dict[str, Any]]:
        """Read what is new of these, which :meth:`news` has named, and say how far each is.

        Returns
        -------
        dict
            By id: ``stage``; ``assessed`` (sub-aspects with a verified level in force), ``drafts``
            of them, ``of`` all; ``self_assessed``; points ``self`` and ``total`` (None where the
            edition cannot score); verified levels ``raised`` above and ``lowered`` below the
            agency's; ``open, late, answered`` questions, ``mismatches``, ``conflicts`` (see
            :func:`merit_kit.assessment.status`); ``fresh``: files not looked at that came after
            the level they may change; ``last``: when an evaluator's statement was recorded last
            (UTC, None: never).
        """
        found: dict[str, dict[str, Any]] = {}
        editions: dict[str, list[str]] = {}
        for key in assessments:
            self._take_in(key)
            editions.setdefault(self._editions[key], []).append(key)
        for digest, keys in editions.items():
            frames = {key: self._readings[key].books.frame() for key in keys}
            counted = _counted(frames, edition_of(self._store, digest))
            for key, frame in frames.items():
                reading = self._readings[key]
                found[key] = {**counted[key], **_signs(reading.books, frame), "last": reading.last}
        return found

    def _position(self, key: str) -> int:
        return self._readings[key].position if key in self._readings else 0

    def _take_in(self, key: str) -> None:
        reading = self._readings.setdefault(key, _Reading())
        hidden = self._store.hidden([key])
        if hidden != reading.hidden:
            # Somebody was let see more, or less: also of what was read.
            reading = self._readings[key] = _Reading(hidden=hidden)
        for row in self._store.arrivals(key, reading.position):
            said = Stated.from_payload(row.payload, row.position, hidden)
            reading.books.take(said)
            reading.position = row.position
            if _is_evaluators(said):
                reading.last = row.recorded_at


def _is_evaluators(said: Stated) -> bool:
    row = process.kind_of(said.kind, said.body)
    return row is not None and process.EVALUATOR in row.roles and process.AGENCY not in row.roles


def _counted(frames: dict[str, pd.DataFrame], edition: Instrument) -> dict[str, dict[str, Any]]:
    """Return, by assessment, how many levels there are, how they differ, what they add up to."""
    keys = list(frames)
    counting = pd.concat(frames.values(), ignore_index=True)
    sheet = process.side_by_side(counting, keys, edition.codes)
    own, verified = sheet["self"], sheet["verified"]
    flags = {
        "assessed": verified.notna(),
        "self_assessed": own.notna(),
        "raised": verified > own,
        "lowered": verified < own,
    }
    numbers = pd.DataFrame(flags).groupby(level="assessment").sum()
    in_force = process.effective(counting)
    internal = counting[counting["visible_to"] == "internal"]["id"]
    drafts = in_force[in_force["id"].isin(internal)]["assessment"].value_counts()
    totals = {part: _totals(sheet[part], keys, edition) for part in ("self", "verified")}
    return {
        key: {
            **{part: int(numbers.loc[key, part]) for part in flags},
            "drafts": int(drafts.get(key, 0)),
            "of": len(edition.codes),
            "self": totals["self"][key],
            "total": totals["verified"][key],
        }
        for key in keys
    }


def _totals(
    column: pd.Series[Any], keys: list[str], edition: Instrument
) -> dict[str, float | None]:
    if edition.lacks:
        return dict.fromkeys(keys)
    wide = column.unstack("sub_aspect").loc[keys, list(edition.codes)]
    return {key: float(total) for key, total in scoring.totals(wide, edition)["total"].items()}


def _signs(books: Books, counting: pd.DataFrame) -> dict[str, Any]:
    """Return the stage of one assessment and what of it waits for somebody."""
    if not _has_more_than_levels(books):
        return {"stage": process.stage_of(counting), **dict.fromkeys((*_OPEN, "fresh"), 0)}
    waiting = _open(counting)
    return {
        "stage": process.stage_of(counting),
        **{part: waiting[part] for part in _OPEN},
        "fresh": _fresh(counting) if waiting["unchecked"] else 0,
    }


def _has_more_than_levels(books: Books) -> bool:
    """Say whether anything can be open: in most rooms of a large round there is nothing yet."""
    for there in books.standing.values():
        for said in there.values():
            if len(there) > 1 or said.kind in _ASKED or said.body.get("of") == process.FIELD:
                return True
    return False


def _fresh(counting: pd.DataFrame) -> int:
    """Count the files nobody has looked at that were given after the level was."""
    position = dict(zip(counting["id"], counting["position"], strict=True))
    judged = {row.sub_aspect: position[row.id] for row in process.effective(counting).itertuples()}
    given = _last_of_file(counting[counting["kind"] == process.EVIDENCE].itertuples())
    files = process.evidence(counting)
    unchecked = files[files["state"] == process.UNCHECKED]
    return sum(
        row.sub_aspect in judged and given[row.file] > judged[row.sub_aspect]
        for row in unchecked.drop_duplicates("file").itertuples()
    )


def _last_of_file(rows: Iterable[Any]) -> dict[str, int]:
    given: dict[str, int] = {}
    for row in rows:
        given[row.body["file"]] = max(row.position, given.get(row.body["file"], 0))
    return given
