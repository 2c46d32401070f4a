"""How far each assessment has come, told without making its case: what is unchanged stays alone.

A store only ever adds. So where an assessment ends, the registers and the store itself say whether
its case would be the same. They may say *no* where it would be; never *yes* where it would not.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from merit_kit import process
from merit_kit.canonical import digest
from merit_kit.reports._keys import sources
from merit_kit.store import RESULT, Store, opened


@dataclass(frozen=True, slots=True)
class States:
    """States by the codes of agencies, and how many entries each assessment of the round has.

    `own` is what a case depends on; `compared` what the figures of others do, for all alike.
    """

    own: dict[str, str]
    compared: str
    entries: dict[str, int]

    def of(self, agency: str, compares: bool) -> str:
        """Return the state of what a report of this agency is made from."""
        return f"{self.own[agency]}-{self.compared}" if compares else self.own[agency]


def states(store: Store, round_: str, as_of: str | None) -> States:
    """Return the states of a round's assessments."""
    frame = store.assessments()
    reached: dict[str, int] = {}
    for each in store.rounds().index:
        reached |= store.reached(str(each))
    registers = digest(
        _text(
            # A neighbour's register of agencies is not in a case, and is in its comparison.
            *(store.id, store.role, as_of, sources()),
            *(_rows(part) for part in (store.published(), store.rounds())),
        )
    )
    # How much of an assessment we may see changes its digest, and adds no entry to it.
    seen = _seen(store)
    people = {str(key): _text(row) for key, row in store.people().to_dict("index").items()}
    named = _named(store, round_, frame.index[frame["round"] == round_])
    agencies = store.agencies()
    about = {str(code): _text(row) for code, row in agencies.to_dict("index").items()}
    result = frame[frame["purpose"] == RESULT]
    by_agency: dict[str, list[Any]] = {}
    entries: dict[str, int] = {}
    for row in result.itertuples():
        key = str(row.Index)
        parts = [key, row.round, row.edition, row.invented, reached[key], seen.get(key)]
        # Only of those whom a case names: whoever is registered besides is in none.
        parts += [[person, people.get(person)] for person in sorted(named.get(key, ()))]
        by_agency.setdefault(str(row.agency), []).append(parts)
        if row.round == round_:
            entries[str(row.agency)] = reached[str(row.Index)]
    own = {
        code: digest(_text(registers, about[code], sorted(by_agency[code], key=str)))
        for code in entries
    }
    determined = _determined(store, result.index, reached)
    may = [seen.get(key) for key, _ in determined]
    compared = digest(_text(registers, _rows(agencies), determined, may))
    return States(own, compared, entries)


def _named(store: Store, round_: str, ids: Iterable[Any]) -> dict[str, set[str]]:
    """Return whom each assessment names: who stated something, or was ever listed as present."""
    named = store.authors(round_)
    for row in store.entries(map(str, ids), [process.ATTENDANCE]).itertuples():
        # What is spoiled is found where cases are made, and costs one.
        with suppress(ValueError, KeyError, TypeError):
            person = opened(str(row.payload))["body"]["person"]
            named.setdefault(str(row.assessment), set()).add(str(person))
    return named


def _seen(store: Store) -> dict[str, list[str]]:
    """Return how much of each assessment our role is permitted to see."""
    seen: dict[str, list[str]] = {}
    for assessment, sees in store.permissions():
        seen.setdefault(str(assessment), []).append(sees)
    return seen


def _determined(store: Store, results: Iterable[Any], reached: dict[str, int]) -> list[Any]:
    """Return how far those assessments have come whose results may be compared with."""
    ids = set(store.entries(kinds=[process.DETERMINATION])["assessment"]) & set(results)
    return [[key, reached[str(key)]] for key in sorted(map(str, ids))]


def _rows(frame: Any) -> Any:
    return frame.reset_index().to_dict("split")["data"]


def _text(*parts: Any) -> str:
    return json.dumps(parts, ensure_ascii=False, sort_keys=True, default=str)
