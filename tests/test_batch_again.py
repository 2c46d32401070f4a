"""A batch that begins beside another, is cut off, meets a full disk, or is begun again.

Two agencies of the tiny instrument; reports run in this process.
"""

# ruff: noqa: F811 fixtures of another file are asked for by their names

from __future__ import annotations

import errno
import json
from contextlib import contextmanager

import pytest
import rich.progress

from merit_kit import assessment
from merit_kit.cli import _making
from merit_kit.cli._screen import Screen
from merit_kit.errors import ReportError
from merit_kit.files import write_whole
from merit_kit.i18n import LANGUAGES, explain
from merit_kit.reports import (
    CLARIFICATION,
    Outcome,
    RoundReports,
    _batch,
    _filing,
    _folder,
    _index,
    _keys,
    _round,
    make_reports,
)
from merit_kit.reports._here import Here
from merit_kit.reports._manifest import drafts, objects, shorten
from merit_kit.reports._states import states
from tests.conftest import ROUND, note
from tests.engine import quickly
from tests.sayings import appointed, record, say
from tests.test_incremental import (  # noqa: F401
    BOTH_LEFT,
    BOTH_MADE,
    abouts,
    many_cases,
    once,
    run,
)


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    quickly(monkeypatch)


def test_two_batches_that_begin_at_once_do_not_refuse_each_other(tmp_path, monkeypatch):
    begun = []

    def meanwhile(path, content):
        write_whole(path, content)
        if not begun:
            begun.append(path)
            _folder.check_writable(tmp_path)  # the other one, from beginning to end
            assert path.exists()

    monkeypatch.setattr(_folder, "write_whole", meanwhile)
    _folder.check_writable(tmp_path)

    assert [*tmp_path.iterdir()] == []


class Cut(BaseException):
    """The moment at which a program is killed."""


@once
def test_a_page_beside_the_workbook_of_another_is_made_again(store, abouts, tmp_path, monkeypatch):
    record(store, say("question", abouts["kota-a"]))
    [before] = assessment.make_cases(store, ROUND, ["kota-a"])
    [first] = make_reports([before], tmp_path, kind=CLARIFICATION)
    assert first.table
    own = first.table.read_bytes()
    record(store, say("question", abouts["kota-a"], thread="9" * 32, sub_aspect="1.2"))
    [after] = assessment.make_cases(store, ROUND, ["kota-a"])
    whole = _filing.write_whole

    def killed(path, content):
        if path.suffix == ".html":
            raise Cut
        whole(path, content)

    monkeypatch.setattr(_filing, "write_whole", killed)
    with pytest.raises(Cut):
        list(make_reports([after], tmp_path, kind=CLARIFICATION))
    monkeypatch.setattr(_filing, "write_whole", whole)
    assert first.table.read_bytes() != own

    [again] = make_reports([before], tmp_path, kind=CLARIFICATION)

    assert not again.unchanged
    assert [each.unchanged for each in make_reports([before], tmp_path, kind=CLARIFICATION)] == [
        True
    ]


def test_a_person_makes_the_states_of_those_assessments_stale_that_name_them(store, abouts):
    record(store, say("note", abouts["kota-a"], author=appointed(store, "p-f", "evaluator")))
    row = {"id": "p-9", "login": None, "name": "Baru", "nip": None, "office": "Lain"}
    before = states(store, ROUND, None)
    store.add_people([row])
    assert states(store, ROUND, None) == before

    record(store, say("attendance", abouts["kab-b"], person="p-9"))
    for person, agency, other in (("p-f", "kota-a", "kab-b"), ("p-9", "kab-b", "kota-a")):
        before = states(store, ROUND, None)
        store.add_people([{**row, "id": person, "name": "Lain"}])
        after = states(store, ROUND, None)
        assert after.own[agency] != before.own[agency]
        assert after.own[other] == before.own[other]
        assert after.compared == before.compared


@once
def test_the_manifest_and_the_facts_of_the_list_stay_as_long_as_a_few_runs(
    run, store, abouts, tmp_path
):
    for number in range(6):
        for about in abouts.values():
            assessment.record(store, [note(about, "2.1", f"{number}", author="p-e")], "p-s")
        assert run() == BOTH_MADE

    manifest = [*objects(tmp_path / ROUND / "verifikasi" / "manifest.jsonl")]
    assert len(manifest) <= 2 * 4
    assert len([*objects(tmp_path / ROUND / ".daftar.jsonl")]) <= 3 * 4
    assert run() == BOTH_LEFT


def test_a_shortened_file_holds_the_last_line_of_each(tmp_path):
    path = tmp_path / "m.jsonl"
    path.write_text("\n".join(json.dumps({"file": "ab"[n % 2], "n": n}) for n in range(9)), "utf-8")

    shorten(path, lambda line: line["file"])

    assert [*objects(path)] == [{"file": "b", "n": 7}, {"file": "a", "n": 8}]


@once
def test_the_manifest_is_read_once(run, store, abouts, tmp_path, monkeypatch):
    run()
    assessment.record(store, [note(abouts["kota-a"], "2.1", "x", author="p-e")], "p-s")
    read = []
    for room in (_round, _batch):
        monkeypatch.setattr(room, "drafts", lambda place: (read.append(place), drafts(place))[1])

    made = [outcome.unchanged for outcome in RoundReports(store, ROUND, tmp_path).run()]

    assert made == [True, False]
    assert read == [tmp_path / ROUND / "verifikasi"]


@once
@pytest.mark.parametrize(
    ("number", "words"), [(errno.ENOSPC, "Ruang penyimpanan habis"), (errno.EROFS, "hanya dapat")]
)
def test_a_disk_that_takes_no_more_ends_the_batch_once_and_what_is_done_is_kept(
    store, abouts, tmp_path, monkeypatch, capsys, number, words
):
    whole, tried = _filing.write_whole, []

    def full(path, content):
        tried.append(path.name)
        if len(tried) > 1:
            raise OSError(number, "in the language of the system", str(path))
        whole(path, content)

    monkeypatch.setattr(_filing, "write_whole", full)
    wish = _making.Wish(ROUND, out=tmp_path / "out", force=True)
    with pytest.raises(ReportError) as caught:
        _making._make(Screen("id"), store, wish, lambda _: Here())
    monkeypatch.setattr(_filing, "write_whole", whole)

    assert "1 laporan dibuat" in capsys.readouterr().out
    assert words in explain(caught.value)
    assert "tetap tersimpan" in explain(caught.value)
    for lang in LANGUAGES:
        assert "language of the system" not in explain(caught.value, lang)
    made = {o.agency: o.unchanged for o in RoundReports(store, ROUND, tmp_path / "out").run()}
    assert sorted(made.values()) == [False, True]


@once
def test_no_third_report_is_begun_on_a_disk_that_takes_no_more(
    store, abouts, tmp_path, monkeypatch
):
    taken = []

    def full(path, _):
        raise OSError(errno.ENOSPC, "No space left on device", str(path))

    monkeypatch.setattr(_filing, "write_whole", full)
    with pytest.raises(ReportError, match="disk-full"):
        list(make_reports(many_cases(store, taken), tmp_path, force=True))

    assert len(taken) <= 2


@once
def test_others_are_worked_out_for_the_list_under_a_bar_of_their_own_and_once(
    store, abouts, tmp_path
):
    bars = []

    @contextmanager
    def working(count):
        bars.append([count])
        yield bars[-1].append

    for _ in range(2):
        wanted = RoundReports(store, ROUND, tmp_path, agencies=["kota-a"])
        list(wanted.run())
        wanted.write_list(working)

    assert bars == [[1, "kab-b"]]


@once
def test_a_list_that_somebody_edited_is_written_again(run, tmp_path):
    run()
    index = tmp_path / ROUND / "index.html"
    own = index.read_bytes()
    index.write_bytes(own.replace(b"Kota A", b"Kota C"))

    run()

    assert index.read_bytes() == own


@once
def test_the_list_calls_drafts_of_another_kind_stale_that_an_older_kit_made(
    run, store, tmp_path, monkeypatch
):
    run()
    run(kind=CLARIFICATION)

    def stale() -> set[bool]:
        rows = _index.index_rows(assessment.make_cases(store, ROUND), tmp_path / ROUND)
        return {made.stale for row in rows for made in row.made}

    assert stale() == {False}
    monkeypatch.setattr(_keys, "sources", lambda: "0" * 64)
    assert stale() == {True}


class Wanted:
    """640 reports: half are as they were, in one second; then six are made in each second."""

    codes = ("kota-a",) * 640

    def __init__(self, clock: list[float]) -> None:
        self._clock = clock
        self.left: list[float] = []

    def check(self):
        pass

    def run(self):
        for _ in range(320):
            self._clock[0] += 1 / 320
            yield Outcome("kota-a", self.path, 0.0, unchanged=True)
        self._clock[0] += 4  # the workers get warm
        for _ in range(121):
            self._clock[0] += 1 / 6
            yield Outcome("kota-a", self.path, 1.0)
            self.left.append(self.bars[0].tasks[0].time_remaining)

    def write_list(self, _):
        raise KeyboardInterrupt


def test_the_time_that_is_left_is_told_by_reports_that_were_made(tmp_path, monkeypatch):
    clock, bars = [0.0], []

    class Bar(rich.progress.Progress):
        def __init__(self, *columns, **more):
            super().__init__(*columns, **more, get_time=lambda: clock[0], disable=True)
            bars.append(self)

    wanted = Wanted(clock)
    wanted.bars, wanted.path = bars, tmp_path / "kota-a.id.html"
    monkeypatch.setattr(rich.progress, "Progress", Bar)
    monkeypatch.setattr(_making, "_wanted", lambda *_: wanted)
    with pytest.raises(_making.typer.Exit):
        _making._make(Screen("id"), None, _making.Wish(ROUND), lambda _: Here())

    # After 7 of them 313 are left, after 121 there are 199: at six a second.
    assert 52 <= wanted.left[6] <= 54
    assert 33 <= wanted.left[120] <= 35


def test_what_there_is_to_say_of_reports_is_said_beside_their_agencies(capsys):
    slow = ("report.notes.kernel", {"reason": "it imports signal"})
    left = ("report.notes.threads", {"threads": "Thread-1"})
    tally = _making._Tally()
    for number in range(12):
        place = _making.Path(f"kota-{number}.id.html")
        tally.add(
            Outcome(f"kota-{number}", place, 1.0, notes=(slow, left)[: 2 if not number else 1])
        )

    _making._tell_notes(Screen("id"), tally)

    first, second = capsys.readouterr().err.splitlines()
    assert first.startswith("  kota-0, kota-1, ")
    assert "dan 2 instansi lain: laporan dibuat dengan kernel Jupyter" in first
    assert second.startswith("  kota-0: laporan selesai dibuat")
    assert first.endswith("templat: it imports signal.")
