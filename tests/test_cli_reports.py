"""``merit reports`` and ``merit recap``: what is told, and where what is issued lies."""

# ruff: noqa: F811 fixtures of another file are asked for by their names

from __future__ import annotations

import pytest

from merit_kit.cli import _reports
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
        _reports.folder_for(None, None, "terbit")

    for lang in LANGUAGES:
        assert "--out" in explain(caught.value, lang)
    assert _reports.folder_for(None, tmp_path, "terbit") == tmp_path
    assert _reports.folder_for(tmp_path, None, "terbit") == tmp_path / "reports"
    assert _reports.folder_for(tmp_path, tmp_path / "x", "konsep") == tmp_path / "x"


def test_settings_of_a_letter_for_a_verification_are_refused(merit, ready):
    merit("import", levels_file(ready), *VERIFYING)
    (ready / "surat.toml").write_text("[surat]\n", encoding="utf-8")

    code, _, complained = merit("reports", *OF, "--letter", "surat.toml")

    assert code != 0
    assert "bukan surat" in complained
