"""The kit that makes a page is the one in its key: on any computer, and to the end of a batch."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from merit_kit import assessment
from merit_kit.cli import _making, _watched
from merit_kit.cli._screen import Screen
from merit_kit.errors import MeritError, ReportError
from merit_kit.i18n import LANGUAGES, explain
from merit_kit.reports import _job, _keys, check_kit, make_reports
from merit_kit.reports._manifest import lines
from tests.conftest import ROUND
from tests.databases import postgresql_only, sqlite_only, where
from tests.engine import executed
from tests.test_postgresql import end_all_other_connections


@pytest.fixture
def kit(monkeypatch, tmp_path):
    """A kit of a few files below a folder named as a wheel's, and a template of it."""
    package = tmp_path / "_kit" / "merit_kit"
    for name in ("reports/_keys.py", "panels/a.py", "_kit/templates/a.j2"):
        (package / name).parent.mkdir(parents=True, exist_ok=True)
        (package / name).write_text(name, encoding="utf-8")
    (package / "_kit" / "data" / "locale").mkdir(parents=True)
    monkeypatch.setattr(_keys, "__file__", str(package / "reports" / "_keys.py"))
    monkeypatch.setattr(_keys, "kit_folder", lambda name: package / "_kit" / name)
    _keys.sources.cache_clear()
    yield package
    _keys.sources.cache_clear()


def edit(path: Path) -> None:
    path.write_text(path.read_text(encoding="utf-8") + "!", encoding="utf-8")


@pytest.mark.parametrize("name", ["reports/_keys.py", "_kit/templates/a.j2"])
def test_an_installed_kit_has_its_templates_in_the_key(kit, name):
    before = _keys.sources()
    edit(kit / name)
    _keys.sources.cache_clear()

    assert _keys.sources() != before


def test_a_checkout_and_an_installed_kit_have_the_same_key(kit, monkeypatch, tmp_path):
    installed = _keys.sources()
    checkout = tmp_path / "checkout"
    shutil.copytree(kit, checkout / "merit_kit")
    for name in ("templates", "data"):
        (checkout / "merit_kit" / "_kit" / name).rename(checkout / name)
    # What Jupyter keeps beside a notebook that was opened is no part of the kit.
    (checkout / "templates" / ".ipynb_checkpoints").mkdir()
    edit_copy = checkout / "templates" / ".ipynb_checkpoints" / "a.ipynb"
    edit_copy.write_text("{}", encoding="utf-8")
    monkeypatch.setattr(_keys, "__file__", str(checkout / "merit_kit" / "reports" / "_keys.py"))
    monkeypatch.setattr(_keys, "kit_folder", lambda name: checkout / name)
    _keys.sources.cache_clear()

    assert _keys.sources() == installed


def test_a_file_that_was_only_touched_is_not_another_kit(kit):
    _keys.sources()
    template = kit / "_kit" / "templates" / "a.j2"
    template.write_text(template.read_text(encoding="utf-8"), encoding="utf-8")
    check_kit()

    edit(template)
    with pytest.raises(ReportError) as caught:
        check_kit()
    assert caught.value.key == "kit-changed"
    for lang in LANGUAGES:
        assert "merit-kit" in explain(caught.value, lang)


@sqlite_only
def test_what_is_made_after_an_edit_in_the_middle_of_a_batch_is_not_on_record(
    store, tiny, kit, monkeypatch, tmp_path
):
    for code in ("kab-b", "kota-a"):
        assessment.begin(store, code, ROUND, tiny, "p-1")
    cases = assessment.make_cases(store, ROUND)
    made = []

    def run(*given):
        made.append(given)
        if len(made) == 2:
            edit(kit / "_kit" / "templates" / "a.j2")
        return executed(*given)

    monkeypatch.setattr(_job, "_executed", run)
    monkeypatch.setattr(_job, "kit_folder", lambda name: Path(_making.__file__).parents[2] / name)
    out = tmp_path / "out"
    batch = make_reports(cases, out)

    assert next(batch).error is None
    with pytest.raises(ReportError) as caught:
        next(batch)
    assert caught.value.key == "kit-changed"
    [only] = lines(out / ROUND / "verifikasi" / "manifest.jsonl")
    assert only["agency"] == cases[0].agency["code"]


@pytest.fixture
def watching(store, tiny, monkeypatch):
    """Watching that is hurried; what each of its batches does is given, and Ctrl-C is the end."""
    assessment.begin(store, "kota-a", ROUND, tiny, "p-1")
    monkeypatch.setattr(_watched, "A_WHILE", 0.01)
    monkeypatch.setattr(_watched, "_GLANCE", 0.01)
    wait = _watched.wait

    def not_for_ever(noticed, seconds):
        left = iter(range(40))

        def counted(*given):
            assert next(left, None) is not None, "it waits for ever"
            return noticed(*given)

        wait(counted, seconds)

    monkeypatch.setattr(_watched, "wait", not_for_ever)

    def watch(*batches):
        left = iter(batches)

        def batch(*_):
            for do in left:
                return do()
            raise KeyboardInterrupt

        monkeypatch.setattr(_making, "_make", batch)
        _making.keep_made(Screen(), where(store), _making.Wish(ROUND, workers=0))

    return watch


@sqlite_only
def test_what_failed_for_a_reason_that_may_pass_is_tried_again_and_it_is_said(watching, capsys):
    watching(lambda: 1)

    assert "Dicoba lagi" in capsys.readouterr().out


@sqlite_only
def test_watching_ends_in_words_when_the_kit_is_edited(watching, kit):
    def edited():
        edit(kit / "_kit" / "templates" / "a.j2")
        return 1

    with pytest.raises(MeritError) as caught:
        watching(edited)
    assert caught.value.key == "kit-changed"


@postgresql_only
def test_watching_goes_on_after_the_server_has_ended_its_connections(watching, store, capsys):
    def restarted():
        end_all_other_connections(store)
        return 0

    watching(restarted, restarted)

    said = capsys.readouterr()
    assert said.out.count("Dicoba lagi") == 2
    assert "Selesai menunggu" in said.out
    assert "Traceback" not in said.err
