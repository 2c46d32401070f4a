"""Two programs issue into one folder at once: each letter has a number of its own.

Two real processes. Each says that it is at its page, which it makes after it knows its number,
and waits there for the other: both get there only if nothing keeps them apart.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from merit_kit import assessment, instrument
from merit_kit.assessment import Case
from merit_kit.errors import ReportError
from merit_kit.i18n import LANGUAGES, explain
from merit_kit.reports import KONSEP, TERBIT, Outcome, _batch, _turn, make_reports
from merit_kit.reports._letter import parse_letter
from merit_kit.reports._turn import TURN, Turn
from merit_kit.store import create_store
from tests.conftest import ROUND, furnish, official_data
from tests.engine import quickly

LETTER = '[surat]\nnomor = "B-{n}/{agency}"\n'
MET = "bertemu"

ISSUE = """\
import json, sys, time
from pathlib import Path
from merit_kit.assessment import Case
from merit_kit.reports import _batch, make_reports
from merit_kit.reports._job import Made
from merit_kit.reports._letter import parse_letter

case, folder, own, other, letter, meeting = sys.argv[1:]

def made(job):
    Path(meeting, own).touch()
    waited = 0
    while not Path(meeting, other).exists() and waited < 20:
        time.sleep(0.1)
        waited += 1
    return Made(json.loads(job.given["issue"])["number"].encode())

_batch.make = made
for outcome in make_reports(
    [Case.from_file(Path(case))], Path(folder), "id", "klarifikasi",
    status="terbit", by="Sri", letter=parse_letter(letter),
):
    if outcome.error:
        raise outcome.error
"""


@pytest.fixture
def cases(tmp_path) -> list[Case]:
    """Two assessments under an official edition. From here on no store is asked anything."""
    official = instrument.from_data(official_data())
    with create_store(tmp_path / "ws") as store:
        furnish(store)
        for code in ("kab-b", "kota-a"):
            assessment.begin(store, code, ROUND, official, "p-1")
        return assessment.make_cases(store, ROUND)


def issuing(cases: list[Case], folder: Path, status: str = TERBIT) -> list[Outcome]:
    letter = parse_letter(LETTER)
    by = "" if status == KONSEP else "Sri"
    return list(
        make_reports(cases, folder, "id", "klarifikasi", status=status, by=by, letter=letter)
    )


def numbers(folder: Path) -> list[str]:
    text = (folder / ROUND / "klarifikasi" / "terbitan.jsonl").read_text(encoding="utf-8")
    return [json.loads(line)["number"] for line in text.splitlines() if line]


def test_two_programs_that_issue_letters_at_once_number_them_one_and_two(cases, tmp_path):
    (tmp_path / MET).mkdir()
    both = []
    for own, other, case in (("a", "b", cases[0]), ("b", "a", cases[1])):
        file = tmp_path / f"{own}.json"
        file.write_text(case.text, encoding="utf-8")
        given = [file, tmp_path / "laporan", own, other, LETTER, tmp_path / MET]
        command = [sys.executable, "-c", ISSUE, *map(str, given)]
        both.append(subprocess.Popen(command))

    assert [each.wait(timeout=120) for each in both] == [0, 0]
    assert sorted(number[:3] for number in numbers(tmp_path / "laporan")) == ["B-1", "B-2"]
    assert not list((tmp_path / "laporan").rglob(TURN))


def left_behind(folder: Path) -> Path:
    """The file of a program that was cut off."""
    path = folder / ROUND / "klarifikasi" / TURN
    path.parent.mkdir(parents=True)
    path.touch()
    return path


def test_what_a_program_that_was_cut_off_left_is_named_and_nothing_is_issued(
    cases, tmp_path, monkeypatch
):
    quickly(monkeypatch)
    monkeypatch.setattr(_turn, "_PATIENCE", 0.0)
    path = left_behind(tmp_path)

    outcomes = issuing(cases, tmp_path)

    for outcome in outcomes:
        assert outcome.error.key == "issuing-elsewhere"
        for lang in LANGUAGES:
            assert str(path) in explain(outcome.error, lang)
    assert [file for file in path.parent.iterdir() if file.is_file()] == [path]

    path.unlink()
    assert [each.error for each in issuing(cases, tmp_path)] == [None, None]


def test_a_file_that_stays_is_waited_for_once_and_not_for_each_report(tmp_path, monkeypatch):
    path = left_behind(tmp_path)
    clock = [0.0]
    monkeypatch.setattr(_turn.time, "monotonic", lambda: clock[0])
    monkeypatch.setattr(_turn.time, "sleep", lambda _: clock.append(clock.pop() + 1.0))
    turn = Turn(patience=10.0)
    waited = []
    for _ in range(2):
        before = clock[0]
        with pytest.raises(ReportError), turn.of(path.parent):
            pass
        waited.append(clock[0] - before)

    assert waited == [11.0, 0.0]


def test_whoever_waits_goes_on_when_turns_change_however_often(tmp_path, monkeypatch):
    path = left_behind(tmp_path)
    clock = [0.0]

    def others(_: float) -> None:
        clock[0] += 6.0
        path.unlink()
        if clock[0] < 60.0:
            path.touch()
            os.utime(path, (clock[0], clock[0]))

    monkeypatch.setattr(_turn.time, "monotonic", lambda: clock[0])
    monkeypatch.setattr(_turn.time, "sleep", others)
    with Turn(patience=10.0).of(path.parent):
        assert path.exists()

    assert clock == [60.0]
    assert not path.exists()


def test_a_report_that_fails_gives_its_turn_and_its_number_back(cases, tmp_path, monkeypatch):
    quickly(monkeypatch)
    make = _batch.make

    def failing(job):
        if Case.from_text(job.given["case"]).agency["code"] == "kab-b":
            raise ValueError("rusak")
        return make(job)

    monkeypatch.setattr(_batch, "make", failing)
    first, second = issuing(cases, tmp_path)

    assert (first.error.key, second.error) == ("report-unexpected", None)
    assert numbers(tmp_path) == ["B-1/kota-a"]


def test_drafts_take_no_turn(cases, tmp_path, monkeypatch):
    quickly(monkeypatch)
    path = left_behind(tmp_path)

    assert [each.error for each in issuing(cases, tmp_path, KONSEP)] == [None, None]
    assert path.exists()
