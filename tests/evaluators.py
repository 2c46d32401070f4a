"""Evaluators who score as it is known beforehand: second scorings, practice runs, whole rounds."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from merit_kit import assessment, practice, process, samples
from merit_kit.assessment import Incoming
from merit_kit.store import Statement, Store
from merit_kit.workbook import read_agencies

ROUND = samples.DEMO_ROUND
WHEN = "2026-10-01T03:00:00.000Z"


def second(about: str, code: Any, person: str, value: int, at: str = WHEN) -> Statement:
    body = assessment.level_body(str(code), process.SECOND, value, "Karena buktinya.")
    return Statement(about, process.LEVEL, person, at, body, visible_to="internal")


def seconded(
    store: Store, agency: str, person: str, by: str, given: Callable[[int], int], at: str = WHEN
) -> None:
    """Have somebody score an agency again: what they give for each level that was verified."""
    about = str(assessment.find(store, agency, ROUND))
    verified = assessment.levels_of(store, agency, ROUND)["verified"].dropna()
    said = [second(about, code, person, given(int(n)), at) for code, n in verified.items()]
    assessment.record(store, said, by)


def lower_by_one(level: int) -> int:
    """A level less wherever there is one."""
    return max(level - 1, 1)


def severe(chance: random.Random, severity: float, halo: float = 0.15) -> Callable[[int], int]:
    """Somebody so many levels below the first evaluator, by chance more so with one agency."""
    own = severity + chance.gauss(0, halo)
    return lambda level: min(max(round(level - own + chance.gauss(0, 0.45)), 1), 4)


def practised(store: Store, person: str, shift: int, by: str) -> None:
    """Have somebody finish the practice run, so many levels below the model."""
    about, _ = practice.put(store, by, ROUND, practice.read())
    model = practice.read().levels
    levels = [second(about, code, person, max(n - shift, 1)) for code, n in model.items()]
    assessment.record(store, levels, by)
    counting = process.standing(process.unfold(store.entries([about])))
    body = {"of": process.practice_digest(counting, person), "model": model}
    done = Statement(about, process.PRACTICE_RESULT, person, WHEN, body, visible_to="internal")
    assessment.record(store, [done], by)


def evaluators(store: Store, by: str, *names: str) -> list[str]:
    """Put people who evaluate into a store."""
    people = []
    for name in names:
        about = {"name": name, "office": "Tim Penilai", "login": None, "nip": None}
        people.append(assessment.add_person(store, by, about))
        assessment.appoint(store, by, people[-1], process.EVALUATOR)
    return people


def verified_by(store: Store, place: Path, count: int, by: str, people: Sequence[str]) -> list[str]:
    """Have evaluators verify synthetic agencies in turn; the first lowers no level of theirs."""
    agencies = list(samples.synthetic(count))
    agencies[:: len(people)] = [_as_claimed(each) for each in agencies[:: len(people)]]
    files = samples.write_files(place / "impor", agencies)
    store.add_agencies(read_agencies(files.agencies))
    for i, person in enumerate(people):
        how = Incoming(invented=True, evaluator=person, stage="verifikasi")
        assessment.import_files(store, files.levels[i :: len(people)], ROUND, by, how)
    return [each.code for each in agencies]


def _as_claimed(agency: samples.SampleAgency) -> samples.SampleAgency:
    rows = tuple((*row[:4], row[2], "", row[6]) for row in agency.rows)
    return replace(agency, rows=rows)


def demo_with_evaluators(place: Path) -> None:
    """Make the demonstration, then have three more evaluators work in it.

    Budi verifies four synthetic agencies and lowers nothing. Of all agencies Rina, half a level
    more severe, and Made, a third milder, score a second time, over ten weeks. Eva scores nothing.
    """
    samples.make_demo(place)
    chance = random.Random(2026)  # noqa: S311 no secret
    with samples.open_practice(place) as store:
        by = assessment.whoami(store)
        budi, rina, made = evaluators(store, by, "Budi Santoso", "Rina Wulandari", "Made Wirawan")
        agencies = verified_by(store, place / "lagi", 4, by, [budi])
        eva = {"name": "Eva", "office": "Tim Penilai", "login": "eva", "nip": None}
        assessment.appoint(store, by, assessment.add_person(store, by, eva), process.EVALUATOR)
        whole = [each for each in samples.demo_agencies() if each.code != "contoh-kabupaten"]
        first = datetime.fromisoformat("2026-08-20T02:00:00+00:00")
        for week, code in enumerate([*(each.code for each in whole), *agencies]):
            at = (first + timedelta(days=5 * week)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
            seconded(store, code, rina, by, severe(chance, 0.5), at)
            seconded(store, code, made, by, severe(chance, -0.33), at)
        for person, shift in ((rina, 1), (made, 0)):
            practised(store, person, shift, by)
