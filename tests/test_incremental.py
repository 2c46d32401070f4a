"""What is unchanged is left alone, what changed is made again, and a batch goes on where it was.

Two agencies of the tiny instrument; reports run in this process, except where a batch is killed.
"""

from __future__ import annotations

import copy
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from merit_kit import assessment, instrument
from merit_kit.i18n import LANGUAGES, explain, say
from merit_kit.reports import (
    CLARIFICATION,
    DIPERIKSA,
    RoundReports,
    _filing,
    _keys,
    _reading,
    make_reports,
    write_recap,
)
from merit_kit.reports._manifest import is_there, lines
from merit_kit.reports._row import good_until
from merit_kit.store import Store, open_store
from tests.conftest import ROUND, level, note, tiny_data, verifying
from tests.databases import raw, sqlite_only
from tests.engine import quickly

once = sqlite_only


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    quickly(monkeypatch)


@pytest.fixture
def abouts(store, tiny) -> dict[str, str]:
    """The assessments of kab-b and kota-a, each with a level of its own and a verified one."""
    begun = {
        code: assessment.begin(store, code, ROUND, tiny, "p-1") for code in ("kab-b", "kota-a")
    }
    for about in begun.values():
        assessment.record(store, [level(about, "2.1", 3)], "p-1")
    verifying(store, *begun.values())
    for about in begun.values():
        found = level(about, "2.1", 3, of="verified", author="p-e", reason="-")
        assessment.record(store, [found], "p-s")
    return begun


@pytest.fixture
def run(store, abouts, tmp_path) -> Callable[..., dict[str, str]]:
    """Make the reports of the round; return by agency what became of each."""

    def make(**wish: object) -> dict[str, str]:
        wanted = RoundReports(store, ROUND, tmp_path, **wish)
        said = {}
        for outcome in wanted.run():
            assert outcome.error is None
            said[outcome.agency] = "unchanged" if outcome.unchanged else "made"
        wanted.write_list()
        return said

    return make


def pages(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Every file there, with when it was written."""
    return {
        str(path.relative_to(folder)): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in folder.rglob("*")
        if path.is_file()
    }


BOTH_MADE = {"kab-b": "made", "kota-a": "made"}
BOTH_LEFT = {"kab-b": "unchanged", "kota-a": "unchanged"}


def test_a_second_run_writes_nothing_at_all(run, tmp_path):
    assert run() == BOTH_MADE
    before = pages(tmp_path)

    assert run() == BOTH_LEFT
    assert pages(tmp_path) == before


@pytest.mark.parametrize("agency", ["kab-b", "kota-a"])
def test_changing_one_entry_makes_exactly_that_agencys_report_again(run, store, abouts, agency):
    run()
    assessment.record(store, [note(abouts[agency], "2.1", "Lengkapi.", author="p-e")], "p-s")

    assert run() == {**BOTH_LEFT, agency: "made"}
    assert run() == BOTH_LEFT


@once
def test_by_hand_the_cases_alone_are_enough_to_tell(store, abouts, tmp_path):
    cases = assessment.make_cases(store, ROUND)
    first = list(make_reports(cases, tmp_path))
    again = list(make_reports(cases, tmp_path))

    assert [each.unchanged for each in (*first, *again)] == [False, False, True, True]
    assert [each.path for each in again] == [each.path for each in first]


@once
def test_force_makes_everything_again(run):
    run()

    assert run(force=True) == BOTH_MADE


@once
def test_each_language_kind_and_status_is_a_report_of_its_own(run):
    run()

    assert run(lang="en") == BOTH_MADE
    assert run(kind=CLARIFICATION) == BOTH_MADE
    assert run(status=DIPERIKSA, by="Sri") == BOTH_MADE
    assert run(status=DIPERIKSA, by="Sri") == BOTH_LEFT
    assert run(status=DIPERIKSA, by="Eko") == BOTH_MADE
    assert run() == BOTH_MADE
    assert run(lang="en") == BOTH_LEFT


@once
def test_another_template_or_another_version_of_the_kit_makes_all_again(run, monkeypatch):
    run()
    for place in ("_keys", "_batch", "_job"):
        monkeypatch.setattr(f"merit_kit.reports.{place}.sources", lambda: "0" * 64)

    assert run() == BOTH_MADE


def test_the_digest_of_the_sources_follows_each_file_that_makes_a_page(monkeypatch, tmp_path):
    template = tmp_path / "templates" / "a.html.j2"
    template.parent.mkdir()
    (tmp_path / "data" / "locale").mkdir(parents=True)
    template.write_text("a", encoding="utf-8")
    monkeypatch.setattr(_keys, "kit_folder", lambda name: tmp_path / name)
    found = []
    for text in ("a", "b", "a"):
        template.write_text(text, encoding="utf-8")
        _keys.sources.cache_clear()
        found.append(_keys.sources())
    _keys.sources.cache_clear()

    assert found[0] == found[2] != found[1]


LOADED = """\
import sys
from importlib.metadata import packages_distributions
sys.modules["rfc3987_syntax"] = None
import nbformat.v4 as v4, papermill
import merit_kit.reports, scipy, yaml
from merit_kit.reports._exporter import MeritExporter
notebook = v4.new_notebook(
    cells=[v4.new_code_cell("import pandas"), v4.new_markdown_cell("# a\\n```python\\nx = 1\\n```")]
)
notebook.metadata.kernelspec = {"name": "python3", "language": "python", "display_name": "-"}
made = papermill.execute_notebook(notebook, None, engine_name="merit", progress_bar=False)
MeritExporter().from_notebook_node(made)
found = packages_distributions()
tops = {name.split(".")[0] for name, module in sys.modules.items() if module is not None}
print(*{each.lower().replace("_", "-") for top in tops for each in found.get(top, ())})
"""
# Loaded, and without a part in what a page says: checks of schemas and addresses, talk with
# kernels, networks, databases and clouds, arguments of commands.
DRAWS_NOTHING = {
    *("arrow", "attrs", "certifi", "charset-normalizer", "click", "cloudpickle", "comm"),
    *("entrypoints", "fastjsonschema", "fqdn", "idna", "isoduration", "jsonpointer", "jsonschema"),
    *("jsonschema-specifications", "jupyter-client", "jupyter-core", "merit-kit", "msgpack"),
    *("packaging", "pandocfilters", "platformdirs", "psutil", "psycopg", "psycopg-binary"),
    *("pyarrow", "pyzmq", "referencing", "requests", "rfc3339-validator", "rfc3986-validator"),
    *("rpds-py", "setuptools", "six", "sqlalchemy", "tenacity", "tornado", "typing-extensions"),
    *("uri-template", "urllib3", "webcolors", "ansicolors", "tqdm", "greenlet", "lark"),
    *("asttokens", "decorator", "executing", "jedi", "matplotlib-inline", "parso", "pexpect"),
    *("prompt-toolkit", "ptyprocess", "pure-eval", "stack-data", "wcwidth", "threadpoolctl"),
    *("debugpy", "nest-asyncio", "websocket-client", "annotated-types", "zstandard", "pywin32"),
    *("colorama", "ipython-pygments-lexers", "rfc3987-syntax"),
}


def test_each_library_that_is_loaded_for_a_page_is_in_its_key_or_known_to_draw_nothing():
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", LOADED], capture_output=True, encoding="utf-8"
    )

    assert done.returncode == 0, done.stderr
    loaded = set(done.stdout.split())
    assert {"pandas", "scipy", "traitlets", "nbconvert"} <= loaded
    assert loaded - set(_keys.RENDERERS) - DRAWS_NOTHING == set()
    assert set(_keys.RENDERERS) & DRAWS_NOTHING == set()


def test_another_version_of_a_library_that_draws_makes_another_key(monkeypatch):
    of = _keys.version
    before = _keys.sources()
    for name in ("scipy", "traitlets"):
        monkeypatch.setattr(_keys, "version", lambda each, n=name: "0" if each == n else of(each))
        _keys.sources.cache_clear()
        assert _keys.sources() != before
    _keys.sources.cache_clear()


@once
@pytest.mark.parametrize("spoil", ["edited", "removed"])
def test_a_page_that_somebody_edited_or_removed_is_made_again(run, tmp_path, spoil):
    run()
    page = tmp_path / ROUND / "verifikasi" / "kota-a.id.html"
    if spoil == "edited":
        page.write_bytes(page.read_bytes() + b"<!-- -->")
    else:
        page.unlink()

    assert run() == {**BOTH_LEFT, "kota-a": "made"}


@once
def test_a_line_torn_by_a_crash_counts_for_nothing_and_its_report_is_made_again(run, tmp_path):
    run()
    manifest = tmp_path / ROUND / "verifikasi" / "manifest.jsonl"
    manifest.write_bytes(manifest.read_bytes()[:-40])

    again = run()

    assert sorted(again.values()) == ["made", "unchanged"]
    assert run() == BOTH_LEFT


@once
def test_what_others_have_determined_makes_a_report_again_only_if_its_figures_change(run, store):
    run()
    # A register changed: every case has to be looked at, and none of them is another.
    row = {"id": "p-9", "login": None, "name": "Baru", "nip": None, "office": "Lain"}
    store.add_people([row])

    assert run() == BOTH_LEFT
    assert run() == BOTH_LEFT


def test_a_page_is_right_until_the_day_on_which_a_question_becomes_overdue():
    facts = {"as_of": None, "dues": ["2026-03-01", "2026-03-05", "2026-03-09"]}

    assert good_until(facts, "2026-03-04") == "2026-03-05"
    assert good_until(facts, "2026-03-05") == "2026-03-05"
    assert good_until(facts, "2026-03-10") is None
    assert good_until({**facts, "as_of": "2026-03-01"}, "2026-03-04") is None


@once
def test_the_day_after_a_page_is_not_right_any_more(run, tmp_path):
    run()
    manifest = tmp_path / ROUND / "verifikasi" / "manifest.jsonl"
    said = [{**line, "good_until": "2026-03-05"} for line in lines(manifest)]
    manifest.write_text("\n".join(map(json.dumps, said)), encoding="utf-8")

    assert run() == BOTH_MADE


@once
def test_one_that_failed_is_tried_again_and_the_other_is_left_alone(run, monkeypatch, tmp_path):
    whole = _filing.write_whole

    def full(path: Path, content: bytes) -> None:
        if path.name.startswith("kota-a"):
            raise PermissionError(13, "Permission denied", str(path))
        whole(path, content)

    monkeypatch.setattr(_filing, "write_whole", full)
    with pytest.raises(AssertionError):
        run()
    monkeypatch.setattr(_filing, "write_whole", whole)

    assert run() == {"kab-b": "unchanged", "kota-a": "made"}


def many_cases(store, taken):
    """Twenty times the cases of the round, each put down as it is asked for."""
    for _ in range(20):
        for case in assessment.make_cases(store, ROUND):
            taken.append(case)
            yield case


@once
def test_no_more_cases_are_held_than_are_being_made(store, abouts, tmp_path):
    taken = []
    making = make_reports(many_cases(store, taken), tmp_path, force=True)
    for made, _ in enumerate(making, start=1):
        assert len(taken) <= made + 2
    assert len(taken) == 40


@once
def test_however_many_parts_a_round_is_read_in_its_registers_are_read_once(
    store, abouts, tmp_path, monkeypatch
):
    read = []
    for register in ("people", "published", "assessments"):
        of = getattr(store, register)
        monkeypatch.setattr(
            store, register, lambda *ids, r=register, of=of: (read.append(r), of(*ids))[1]
        )
    counts = []
    for together in (48, 1):
        monkeypatch.setattr(_reading, "TOGETHER", together)
        read.clear()
        assert [o.error for o in RoundReports(store, ROUND, tmp_path, force=True).run()] == [
            None
        ] * 2
        counts.append(sorted(read))

    assert counts[0] == counts[1]


@once
def test_the_dearest_reports_of_last_time_are_made_first(store, abouts, tmp_path):
    wanted = RoundReports(store, ROUND, tmp_path)
    took = {"kab-b": 100.0, "kota-a": 900.0}

    assert wanted._dearest_first(["kab-b", "kota-a"], took) == ["kota-a", "kab-b"]
    assert wanted._dearest_first(["kab-b", "kota-a"], {}) == ["kab-b", "kota-a"]
    assessment.record(store, [note(abouts["kota-a"], "1.1", "x", author="p-e")], "p-s")
    wanted = RoundReports(store, ROUND, tmp_path)
    assert wanted._dearest_first(["kab-b", "kota-a"], {}) == ["kota-a", "kab-b"]


@once
def test_the_list_names_agencies_whose_reports_were_not_asked_for(run, tmp_path):
    run(agencies=["kota-a"])

    page = (tmp_path / ROUND / "index.html").read_text(encoding="utf-8")
    assert "Kabupaten B" in page
    assert "Kota A" in page


@once
def test_the_list_is_written_again_in_another_language_and_back(run, tmp_path):
    index = tmp_path / ROUND / "index.html"
    heads = []
    for lang in ("id", "en", "id"):
        run(lang=lang)
        heads.append(index.read_text(encoding="utf-8")[:40])

    assert 'lang="en"' in heads[1]
    assert heads[0] == heads[2] != heads[1]


def listed(folder: Path) -> str:
    return (folder / ROUND / "index.html").read_text(encoding="utf-8")


@once
def test_the_list_has_no_link_to_a_page_that_somebody_removed(run, store, tmp_path):
    run()
    page = tmp_path / ROUND / "verifikasi" / "kota-a.id.html"
    assert "verifikasi/kota-a.id.html" in listed(tmp_path)
    page.unlink()
    RoundReports(store, ROUND, tmp_path).write_list()

    assert "verifikasi/kota-a.id.html" not in listed(tmp_path)
    assert "verifikasi/kab-b.id.html" in listed(tmp_path)


@once
def test_a_report_of_an_agency_that_left_the_round_is_kept_and_named(run, store, tmp_path):
    run()
    store.add_round("2025-2", 2025, 2)
    with raw(store) as file, file.unguarded():
        file.execute("UPDATE assessment SET round = '2025-2' WHERE agency = 'kota-a'")
    made = RoundReports(store, ROUND, tmp_path).write_list()

    assert made.left == ("kota-a",)
    assert (tmp_path / ROUND / "verifikasi" / "kota-a.id.html").is_file()
    said = listed(tmp_path)
    assert say("report.index.left") in said
    assert 'href="verifikasi/kota-a.id.html"' in said
    assert "Kota A" not in said


BROKEN = {
    "lacking": "DELETE FROM edition WHERE digest = :digest",
    "not-json": "UPDATE edition SET data = 'rusak' WHERE digest = :digest",
    "another-form": "UPDATE edition SET data = '{\"id\": 1}' WHERE digest = :digest",
}


def unscorable(store: Store, how: str) -> None:
    """Begin an assessment under an edition of its own, which is then spoiled."""
    other = instrument.from_data({**copy.deepcopy(tiny_data()), "id": "lain"})
    row = {"code": "kota-x", "name": "Kota X", "kind": "kota", "province": None}
    store.add_agencies([row])
    assessment.begin(store, "kota-x", ROUND, other, "p-s")
    with raw(store) as file, file.unguarded():
        file.execute(BROKEN[how], {"digest": other.digest})


@once
@pytest.mark.parametrize("how", BROKEN)
def test_an_agency_whose_edition_is_broken_is_one_line_and_the_others_are_made(
    store, abouts, tmp_path, how
):
    unscorable(store, how)
    wanted = RoundReports(store, ROUND, tmp_path)
    made = {outcome.agency: outcome for outcome in wanted.run()}
    written = wanted.write_list()
    recapped = write_recap(wanted.cases(), tmp_path)

    assert {code for code, outcome in made.items() if outcome.error is None} == set(BOTH_MADE)
    for lang in LANGUAGES:
        assert "Traceback" not in explain(made["kota-x"].error, lang)
    assert [each.agency for each in written.refused] == ["kota-x"]
    assert [each.agency for each in recapped.refused] == ["kota-x"]
    assert recapped.agencies == 2
    recap = recapped.page.read_text(encoding="utf-8")
    for page in (listed(tmp_path), recap):
        assert "<strong>kota-x</strong>: " in page
        assert "Kota A" in page


@once
def test_killed_at_any_moment_a_batch_leaves_whole_pages_and_true_lines(store, abouts, tmp_path):
    place, out = store.place, tmp_path / "out"
    store.close()
    merit = [sys.executable, "-m", "merit_kit", "reports", "--round", ROUND, "--store", place]
    command = [*merit, "--out", str(out), "--workers", "1", "--force"]
    folder = out / ROUND / "verifikasi"
    for kills in range(4):
        batch = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        # From before the first page to after the last one, by what is on the disk and not by time.
        while batch.poll() is None and written(folder) < kills:
            time.sleep(0.001)
        batch.kill()
        batch.wait()
        shown = [*lines(folder / "manifest.jsonl")]
        last = {line["agency"]: line for line in shown}
        for path in folder.glob("*.html"):
            assert path.read_bytes().rstrip().endswith(b"</html>")
        # A line may be older than its page, and is then made again; it never names one not there.
        for line in last.values():
            assert (folder / line["file"]).is_file()
    done = subprocess.run(command[:-1], capture_output=True, encoding="utf-8")

    assert done.returncode == 0, done.stderr
    last = {line["agency"]: line for line in lines(folder / "manifest.jsonl")}
    assert sorted(last) == ["kab-b", "kota-a"]
    assert all(is_there(line, folder) for line in last.values())
    with open_store(place):
        pass


def written(folder: Path) -> int:
    """How far a batch is: pages and lines that are there."""
    manifest = folder / "manifest.jsonl"
    size = manifest.read_bytes().count(b"\n") if manifest.exists() else 0
    return len([*folder.glob("*.html")]) + size if os.path.isdir(folder) else 0  # noqa: PTH112


@once
def test_a_list_of_nobody_does_not_take_the_place_of_the_last_one(run, store, tmp_path):
    run()
    before = listed(tmp_path)
    with raw(store) as file, file.unguarded():
        file.execute("UPDATE edition SET data = 'rusak'")
    (tmp_path / ROUND / ".daftar.jsonl").unlink()

    made = RoundReports(store, ROUND, tmp_path).write_list()

    assert made.kept
    assert {each.agency for each in made.refused} == set(BOTH_MADE)
    assert listed(tmp_path) == before


@once
def test_a_manifest_holds_its_lines_and_no_empty_one(run, tmp_path):
    run()
    manifest = tmp_path / ROUND / "verifikasi" / "manifest.jsonl"
    written = manifest.read_text(encoding="utf-8")
    manifest.write_text(written + '{"agency": "kot', encoding="utf-8")
    run(force=True)

    assert "" not in written.splitlines()
    assert len([*lines(manifest)]) == 2 * written.count("\n")
