"""Killed while issuing: whatever the moment, no file is torn, and the same command goes on.

Real programs, which kill themselves as `kill -9` does when so many files have reached the disk.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import time
from dataclasses import asdict
from pathlib import Path

import psutil
import pytest

from merit_kit.assessment import Case
from merit_kit.errors import ReportError
from merit_kit.files import here, write_new, write_whole
from merit_kit.i18n import explain
from merit_kit.reports import TERBIT, make_reports
from merit_kit.reports._folder import sweep
from merit_kit.reports._ledger import GOING, settle, sha256
from merit_kit.reports._letter import parse_letter
from merit_kit.reports._limits import sweep_scratch
from merit_kit.reports._turn import TURN, Holder, Turn
from tests.engine import quickly
from tests.test_issuing_at_once import LETTER, cases  # noqa: F401

# ruff: noqa: F811 fixtures of another file are asked for by their names

FOLDER = Path("2026-1") / "klarifikasi"

ISSUE = """\
import os, sys
from pathlib import Path
import psutil
from merit_kit.assessment import Case
from merit_kit.reports import _batch, make_reports
from merit_kit.reports._job import Made
from merit_kit.reports._letter import parse_letter

case, folder, letter, count = sys.argv[1:]
left, written = int(count), os.fsync

def fsync(descriptor):
    global left
    left -= 1
    written(descriptor)
    if left == 0:
        psutil.Process().kill()

_batch.make = lambda job: Made(b"halaman " * 1000, b"lembar " * 1000, {"shown": "-", "edition": "-",
    "as_of": None, "dues": []})
batch = make_reports(
    [Case.from_file(Path(case))], Path(folder), "id", "klarifikasi",
    status="terbit", by="Sri", letter=parse_letter(letter),
)
os.fsync = fsync
for outcome in batch:
    assert outcome.error is None, outcome.error
os._exit(9)
"""
# The probe of the folder, the turn, what is on its way, the case, the workbook, the page, the
# record, the manifest; and once with none of these, so that it is known to be all of them.
MOMENTS = range(1, 9)


@pytest.fixture
def case(cases) -> Case:
    return cases[0]


def test_killed_at_any_moment_of_issuing_no_file_is_torn_and_the_same_command_goes_on(
    case, tmp_path, monkeypatch
):
    quickly(monkeypatch)
    (tmp_path / "case.json").write_text(case.text, encoding="utf-8")
    codes = {}
    for few in ((1, 2, 3), (4, 5, 6), (7, 8, 9)):
        running = {}
        for count in few:
            given = (tmp_path / "case.json", tmp_path / str(count), LETTER, count)
            running[count] = subprocess.Popen([sys.executable, "-c", ISSUE, *map(str, given)])
        codes |= {count: each.wait(timeout=120) for count, each in running.items()}

    assert codes.pop(9) == 9, "there are more moments than these"
    assert 9 not in codes.values(), "one of them was not killed"
    for count in MOMENTS:
        folder = tmp_path / str(count)
        for path in (folder / FOLDER).glob("*.v1.*"):
            assert path.stat().st_size > 1000, f"{path.name} is torn, killed at {count}"
        [outcome] = make_reports(
            *([case], folder, "id", "klarifikasi"),
            status=TERBIT,
            by="Sri",
            letter=parse_letter(LETTER),
        )
        assert outcome.error is None, f"killed at {count}: {outcome.error}"
        assert outcome.version == 1
        text = (folder / FOLDER / "terbitan.jsonl").read_text(encoding="utf-8")
        [line] = [json.loads(line) for line in text.splitlines() if line.endswith("}")]
        assert (line["number"], line["version"]) == ("B-1/kab-b", 1)
        assert sha256(outcome.path.read_bytes()) == line["page"]
        left = [path.name for path in (folder / FOLDER).iterdir() if path.name.startswith(".")]
        assert GOING not in left
        assert not (folder / FOLDER / TURN).exists()


def held_by(folder: Path, holder: Holder) -> Path:
    path = folder / TURN
    path.write_text(json.dumps(asdict(holder)), encoding="utf-8")
    return path


def ended() -> Holder:
    """A program that was here, and is gone."""
    gone = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    began = psutil.Process(gone.pid).create_time()
    gone.kill()
    gone.wait()
    return Holder(platform.node(), gone.pid, began)


def test_the_turn_of_a_program_that_is_gone_is_taken_over_and_it_is_said_whose(tmp_path):
    gone = ended()
    held_by(tmp_path, gone)

    with Turn(patience=60).of(tmp_path) as before:
        assert before == gone
        assert json.loads((tmp_path / TURN).read_text(encoding="utf-8"))["pid"] == os.getpid()
    assert [*tmp_path.iterdir()] == []


def ourselves(**other: object) -> Holder:
    own = psutil.Process()
    return Holder(**{"host": platform.node(), "pid": own.pid, "began": own.create_time(), **other})


def test_a_turn_is_not_taken_from_a_program_that_runs_or_is_on_another_computer(tmp_path):
    far = Holder("komputer-lain", ended().pid, 0.0)
    for holder in (ourselves(), far):
        path = held_by(tmp_path, holder)
        with pytest.raises(ReportError) as caught, Turn(patience=0.0).of(tmp_path):
            pass
        assert path.exists()
        assert f"{holder.pid} ({holder.host})" in explain(caught.value)
        path.unlink()


def test_another_program_under_the_same_number_is_not_the_one_that_was_cut_off():
    assert not ourselves().is_gone
    assert ourselves(began=psutil.Process().create_time() - 60).is_gone


def test_what_was_made_stays_if_it_is_on_record_or_is_not_as_it_was_made(tmp_path):
    made = {tmp_path / "a.v1.html": b"satu", tmp_path / "a.v1.xlsx": b"dua"}
    for path, content in made.items():
        path.write_bytes(content)
    files = {"a.v1.html": sha256(b"satu"), "a.v1.xlsx": sha256(b"lain"), "../a": sha256(b"")}
    said = {"agency": "a", "lang": "id", "version": 1, "page": sha256(b"satu"), "files": files}
    (tmp_path / GOING).write_text(json.dumps(said), encoding="utf-8")

    settle(tmp_path)

    assert [path.name for path in tmp_path.iterdir()] == ["a.v1.xlsx"]


def test_what_a_killed_program_left_half_written_is_swept_and_what_is_being_written_stays(
    tmp_path,
):
    own, gone = os.getpid(), ended().pid
    write_whole(tmp_path / "a.html", "x")
    names = {pid: f".a.html.{here()}-{pid}-0123abcd.tmp" for pid in (own, gone)}
    elsewhere = f".a.html.zzzz-{gone}-0123abcd.tmp"
    for name in (*names.values(), elsewhere):
        (tmp_path / name).touch()

    sweep(tmp_path)

    left = {path.name for path in tmp_path.iterdir()}
    assert left == {"a.html", names[own], elsewhere}
    hours_ago = time.time() - 7200
    os.utime(tmp_path / elsewhere, (hours_ago, hours_ago))
    sweep(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"a.html", names[own]}


def test_what_killed_workers_left_of_cases_is_swept_when_others_are_started(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    for pid in (os.getpid(), ended().pid):
        (tmp_path / f"merit-{pid}-abc").mkdir()
        (tmp_path / f"merit-{pid}-abc" / "case.json").touch()
    (tmp_path / "merit-kit-1.log").touch()

    sweep_scratch()

    assert {p.name for p in tmp_path.iterdir()} == {f"merit-{os.getpid()}-abc", "merit-kit-1.log"}


def test_an_issued_file_is_whole_under_its_name_or_not_there_where_no_second_name_can_be_given(
    tmp_path, monkeypatch
):
    def refused(*_: object) -> None:
        raise PermissionError("a folder without second names")

    monkeypatch.setattr(Path, "hardlink_to", refused)

    write_new(tmp_path / "a", b"satu")
    with pytest.raises(FileExistsError):
        write_new(tmp_path / "a", b"dua")

    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"a": b"satu"}
