"""``merit reports`` and ``merit recap``: what is told, and where what is issued lies."""

# ruff: noqa: F811 fixtures of another file are asked for by their names

from __future__ import annotations

import errno
import os
from datetime import date

import pytest

from merit_kit.cli import _making, _watched
from merit_kit.errors import ReportError
from merit_kit.i18n import LANGUAGES, explain
from tests.engine import quickly
from tests.test_cli import VERIFYING, levels_file, merit, ready  # noqa: F401

OF = ("--round", "2026-2")


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    quickly(monkeypatch)


def test_which_reports_failed_is_told_even_if_the_list_fails_too(merit, ready):
    merit("import", levels_file(ready), *VERIFYING)
    folder = ready / "workspace" / "reports" / "2026-2"
    (folder / "verifikasi" / "kota-a.id.html").mkdir(parents=True)
    (folder / "index.html").mkdir()

    code, _, complained = merit("reports", *OF)

    assert code == 1
    assert "kota-a: Berkas" in complained
    assert complained.index("kota-a: Berkas") < complained.index("index.html")
    assert "Traceback" not in complained


def test_a_list_that_fails_beside_good_reports_is_a_failure_said_after_them(merit, ready):
    merit("import", levels_file(ready), *VERIFYING)
    (ready / "workspace" / "reports" / "2026-2" / "index.html").mkdir(parents=True)

    code, said, complained = merit("reports", *OF)

    assert code == 1
    assert "1 laporan dibuat" in said
    assert "index.html" in complained


def test_a_recap_that_cannot_be_written_is_told_in_words(merit, ready):
    merit("import", levels_file(ready), *VERIFYING)
    (ready / "workspace" / "reports" / "2026-2" / "rekap.id.html").mkdir(parents=True)

    code, _, complained = merit("recap", *OF)

    assert code == 1
    assert "rekap.id.html" in complained


@pytest.mark.parametrize("status", ["diperiksa", "terbit"])
def test_what_goes_on_record_lies_beside_its_store_and_nowhere_else(merit, ready, status):
    merit("import", levels_file(ready), *VERIFYING)

    for lang in LANGUAGES:
        code, _, complained = merit("reports", *OF, "--status", status, "--out", "lain", lang=lang)
        assert code != 0
        assert "reports" in complained
        assert "--out" in complained
    assert not (ready / "lain").exists()
    # By its own name it is the same place; that nothing is official here is another matter.
    assert merit("reports", *OF, "--status", "diperiksa", "--out", "workspace/reports")[0] == 0


def test_without_a_file_there_is_no_place_beside_the_store_so_it_has_to_be_named(tmp_path):
    with pytest.raises(ReportError) as caught:
        _making.folder_for(None, None, "terbit")

    for lang in LANGUAGES:
        assert "--out" in explain(caught.value, lang)
    assert _making.folder_for(None, tmp_path, "terbit") == tmp_path
    assert _making.folder_for(tmp_path, None, "terbit") == tmp_path / "reports"
    assert _making.folder_for(tmp_path, tmp_path / "x", "konsep") == tmp_path / "x"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--as-of", "2999-01-01"], "2999-01-01 belum tiba"),
        (["--watch", "--as-of", "2026-01-01"], "Hilangkan --watch"),
        (["--out", "berkas"], "adalah berkas"),
    ],
    ids=["future", "watched", "a-file"],
)
def test_what_nobody_can_make_is_refused_once_and_the_list_stays(merit, ready, options, said):
    merit("import", levels_file(ready), *VERIFYING)
    merit("reports", *OF)
    (ready / "berkas").write_text("isi", encoding="utf-8")
    lists = {path: path.read_bytes() for path in ready.rglob("index.html")}

    code, _, complained = merit("reports", *OF, *options)

    assert (code, complained.count(said), bool(lists)) == (1, 1, True)
    assert {path: path.read_bytes() for path in ready.rglob("index.html")} == lists


def test_settings_of_a_letter_for_a_verification_are_refused(merit, ready):
    merit("import", levels_file(ready), *VERIFYING)
    (ready / "surat.toml").write_text("[surat]\n", encoding="utf-8")

    code, _, complained = merit("reports", *OF, "--letter", "surat.toml")

    assert code != 0
    assert "bukan surat" in complained


class Clock:
    """Time that passes when it is waited for, and a store in which things are written."""

    def __init__(self, monkeypatch, is_written: bool) -> None:
        self.now, self.day, self._is_written = 0.0, date(2026, 3, 1), is_written
        monkeypatch.setattr(_watched.time, "monotonic", lambda: self.now)
        monkeypatch.setattr(_watched, "date", self)

    def today(self) -> date:
        return self.day

    def noticed(self, seconds: float, _: object) -> bool:
        assert self.now < 100_000, "it waits for ever"
        self.now += 0.1 if self._is_written else seconds
        return self._is_written


def test_where_somebody_always_writes_a_change_is_looked_at_all_the_same(monkeypatch):
    clock = Clock(monkeypatch, is_written=True)

    _watched.wait(clock.noticed, None)

    assert 10 < clock.now < 20


def test_at_midnight_it_wakes_though_nobody_wrote_anything(monkeypatch):
    clock = Clock(monkeypatch, is_written=False)
    days = iter([date(2026, 3, 1)] * 10 + [date(2026, 3, 2)] * 10)
    monkeypatch.setattr(clock, "today", lambda: next(days))

    _watched.wait(clock.noticed, None)

    assert 9 * 20 <= clock.now <= 11 * 20


def test_what_failed_is_tried_again_after_a_while(monkeypatch):
    clock = Clock(monkeypatch, is_written=False)

    _watched.wait(clock.noticed, 60)

    assert 60 < clock.now <= 100


@pytest.mark.parametrize("where", ["opening", "choosing"])
def test_ctrl_c_before_the_first_report_ends_in_words(merit, ready, monkeypatch, where):
    def stopped(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    if where == "opening":
        monkeypatch.setattr("merit_kit.reports.making", stopped)
    else:
        monkeypatch.setattr(_making, "_wanted", stopped)

    code, _, complained = merit("reports", *OF)

    assert code == 130
    assert "Untuk melanjutkan, jalankan perintah yang sama" in complained


@pytest.mark.parametrize("why", ["read-only", "no-folder"])
def test_where_nothing_can_be_written_it_is_said_before_anything_is_made(
    merit, ready, monkeypatch, why
):
    merit("import", levels_file(ready), *VERIFYING)
    (ready / "berkas").touch()

    def refused(path, _):
        raise PermissionError(errno.EROFS, "Read-only file system", str(path))

    if why == "read-only":  # of a system, since nothing is read-only to root
        monkeypatch.setattr("merit_kit.reports._folder.write_whole", refused)
    out = "laporan" if why == "read-only" else "berkas/laporan"
    code, said, complained = merit("reports", *OF, "--out", out)

    assert code == 1
    assert "dibuat" not in said
    assert out.replace("/", os.sep) in complained
    assert "Traceback" not in complained


@pytest.mark.parametrize(
    "wrong",
    [
        ["--agency", "tidak-ada"],
        ["--kind", "foo"],
        ["--status", "foo"],
        ["--as-of", "2999-01-01"],
    ],
    ids=lambda wrong: wrong[0],
)
def test_what_nobody_can_make_is_refused_without_a_bar(merit, ready, wrong):
    merit("import", levels_file(ready), *VERIFYING)
    code, said, complained = merit("reports", *OF, *wrong)

    assert (code, said) == (1, "")
    assert "Membuat laporan" not in complained
