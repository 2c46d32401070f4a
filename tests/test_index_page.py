"""The list of a batch: what stands in it, and that its one script sorts and filters, no more."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from merit_kit import assessment
from merit_kit.assessment import Case
from merit_kit.errors import ReportError
from merit_kit.i18n import LANGUAGES, Text, explain
from merit_kit.reports import _ledger
from merit_kit.reports._index import Row, index_rows, write_index
from merit_kit.store import create_store
from tests.conftest import ROUND, furnish, official_data, verifying
from tests.pages import opened, violations
from tests.sayings import record, say
from tests.test_reports import Structure, words_of

HOSTILE = "</script><script>alert(1)</script>\"'><img src=x onerror=alert(2)>\\\u202e😀{{ 7 }}"


@pytest.fixture(scope="module")
def cases(tmp_path_factory, tiny) -> list[Case]:
    """Of kab-b (just opened) and kota-a (240 points, Tinggi, two questions open)."""
    with create_store(tmp_path_factory.mktemp("index")) as store:
        furnish(store)
        assessment.begin(store, "kab-b", ROUND, tiny, "p-1")
        about = assessment.begin(store, "kota-a", ROUND, tiny, "p-1")
        verifying(store, about)
        for code, level in (("2.1", 2), ("1.1", 4), ("1.2", 3)):
            record(store, say("awal", about, sub_aspect=code, level=level))
        asked = [say("question", about, thread=f"{n}" * 32) for n in range(4)]
        answers = [say("answer", about, q.id, thread=q.body["thread"], files=[]) for q in asked[1:]]
        record(store, *asked)
        record(store, *answers)
        # One is open, one answered, one returned, one closed: two wait for the agency.
        for question, answer, closed in zip(asked[2:], answers[1:], (False, True), strict=True):
            thread = question.body["thread"]
            said = {"thread": thread, "closed": closed, "text": "Ya"}
            record(store, say("closing", about, question.id, answer.id, **said))
        return assessment.make_cases(store, ROUND)


def note(folder: Path, kind: str, file: str, of: Case, **more: object) -> None:
    """Put a file and its line of the manifest where a batch would."""
    place = folder / kind
    place.mkdir(parents=True, exist_ok=True)
    line = {
        "agency": of.agency["code"],
        "file": file,
        "lang": file.split(".")[1],
        "case": of.digest,
        "status": "konsep",
        "version": None,
        "table": None,
        **more,
    }
    for name in (file, line["table"]):
        if name:
            (place / str(name)).write_text("x", encoding="utf-8")
    with (place / "manifest.jsonl").open("a", encoding="utf-8") as manifest:
        manifest.write("\n" + json.dumps(line))


def row(cases: list[Case], folder: Path, code: str = "kota-a") -> Row:
    return next(row for row in index_rows(cases, folder) if row.code == code)


def page(folder: Path, rows: list[Row], lang: str = "id") -> str:
    return write_index(folder, rows, lang).read_text(encoding="utf-8")


def test_each_agency_has_its_result_stage_and_open_questions(cases, tmp_path):
    said = words_of(page(tmp_path, index_rows(cases, tmp_path)))

    assert "Periode 1 Tahun 2026" in said
    assert "Kabupaten B (kab-b) Mandiri – – –" in said
    assert "Kota A (kota-a) Verifikasi 240 Tinggi 2" in said
    assert said.index("Kabupaten B") < said.index("Kota A")  # by kind, then by name


def test_a_total_of_a_part_is_starred_and_has_no_category(cases, tmp_path):
    data = json.loads(cases[1].text)
    data["entries"] = [e for e in data["entries"] if '"sub_aspect":"1.1"' not in e["payload"]]
    said = words_of(page(tmp_path, index_rows([Case(data)], tmp_path)))

    assert "Kota A (kota-a) Verifikasi 200* –" in said
    assert "* Sementara: belum semua subaspek dinilai." in said


def test_only_what_the_manifest_names_and_is_there_is_linked(cases, tmp_path):
    note(tmp_path, "verifikasi", "kota-a.id.html", cases[1])
    note(tmp_path, "klarifikasi", "kota-a.id.html", cases[1], table="kota-a.id.xlsx")
    note(tmp_path, "verifikasi", "kab-b.id.html", cases[0])
    (tmp_path / "verifikasi" / "kab-b.id.html").unlink()
    (tmp_path / "verifikasi" / "tak-tercatat.id.html").write_text("x", encoding="utf-8")

    html = page(tmp_path, index_rows(cases, tmp_path))

    assert re.findall(r'href="([^"]*)"', html) == [
        "verifikasi/kota-a.id.html",
        "klarifikasi/kota-a.id.html",
        "klarifikasi/kota-a.id.xlsx",
    ]
    for href in re.findall(r'href="([^"]*)"', html):
        assert (tmp_path / href).is_file()
    # Who hears the page hears of which agency each link is.
    assert "Konsep Laporan verifikasi Kota A" in words_of(html)


def test_pages_of_this_language_come_first_and_others_say_which_they_are(cases, tmp_path):
    for lang in ("en", "id"):
        note(tmp_path, "verifikasi", f"kota-a.{lang}.html", cases[1])

    rows = index_rows(cases, tmp_path)

    hrefs = [re.findall(r'href="([^"]*)"', page(tmp_path, rows, lang)) for lang in LANGUAGES]
    assert hrefs[0] == ["verifikasi/kota-a.id.html", "verifikasi/kota-a.en.html"]
    assert hrefs[1] == ["verifikasi/kota-a.en.html", "verifikasi/kota-a.id.html"]
    assert "Konsep (en)" in page(tmp_path, rows)


def test_of_issued_pages_the_last_version_is_linked_beside_the_draft(cases, tmp_path):
    note(tmp_path, "verifikasi", "kota-a.id.html", cases[1])
    for version in (1, 2):
        name = f"kota-a.id.v{version}.html"
        (tmp_path / "verifikasi" / name).write_text("x", encoding="utf-8")
        digest = cases[1].digest
        record = _ledger.Record("terbit", "kota-a", "id", version, "", "", digest, "", name)
        _ledger.note(tmp_path / "verifikasi", record)

    said = page(tmp_path, index_rows(cases, tmp_path))

    assert "kota-a.id.v1.html" not in said
    assert "Terbit v2" in said
    assert "kota-a.id.html" in said


def test_a_page_of_older_data_says_so(cases, tmp_path):
    note(tmp_path, "verifikasi", "kota-a.id.html", cases[1], case="0" * 64)
    assert "(data sudah berubah)" in page(tmp_path, index_rows(cases, tmp_path))

    note(tmp_path, "verifikasi", "kota-a.id.html", cases[1])  # made again
    assert "(data sudah berubah)" not in page(tmp_path, index_rows(cases, tmp_path))


def test_a_torn_or_foreign_line_of_a_manifest_counts_for_nothing(cases, tmp_path):
    note(tmp_path, "verifikasi", "kota-a.id.html", cases[1])
    with (tmp_path / "verifikasi" / "manifest.jsonl").open("a", encoding="utf-8") as manifest:
        manifest.write('\n[1]\n{"agency": "kota-a"}\n{"agency": "kot')

    assert len(row(cases, tmp_path).made) == 1


def test_an_index_that_cannot_be_written_is_refused_in_words(cases, tmp_path):
    (tmp_path / "index.html").mkdir()

    with pytest.raises(ReportError) as caught:
        write_index(tmp_path, index_rows(cases, tmp_path))

    assert caught.value.key == "file-unwritable"
    assert "index.html" in explain(caught.value)


def test_categories_of_two_editions_at_the_same_place_are_both_to_be_filtered_by(cases, tmp_path):
    rows = index_rows(cases, tmp_path)
    other = replace(rows[1], code="kota-b", category=Text("Lain", "Other"))

    html = page(tmp_path, [*rows, other])

    assert re.findall('<option value="(.+?)">', html) == ["Tinggi", "Lain"]


def test_the_mark_of_a_simulation_counts_how_many_there_are(cases, tmp_path):
    official = Case({**json.loads(cases[0].text), "edition": official_data()})

    mixed = page(tmp_path, index_rows([official, cases[1]], tmp_path))
    real = page(tmp_path, index_rows([official], tmp_path))

    assert "SIMULASI, BUKAN HASIL RESMI 1 dari 2 penilaian" in words_of(mixed)
    assert "Kota A (kota-a) simulasi" in words_of(mixed)
    assert "Kabupaten B (kab-b) simulasi" not in words_of(mixed)
    assert "SIMULASI" not in real


def test_a_round_of_nobody_makes_a_page_too(tmp_path):
    assert "0 instansi" in words_of(page(tmp_path, []))


def test_the_only_script_is_the_kits_own_let_in_by_its_hash(cases, tmp_path):
    html = page(tmp_path, index_rows(cases, tmp_path))
    [script] = re.findall(r"<script>(.*?)</script>", html, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()

    assert f"script-src 'sha256-{digest}'; style-src 'unsafe-inline'" in html
    assert "default-src 'none'" in html
    assert "innerHTML" not in script
    assert not re.search(r'src="', html)
    assert "http" not in script


def test_whatever_an_agency_is_called_adds_no_tag(cases, tmp_path):
    def tags(name: str) -> list[tuple[str, tuple[str, ...]]]:
        rows = [replace(each, name=name) for each in index_rows(cases, tmp_path)]
        return Structure(page(tmp_path, rows)).tags

    assert tags(HOSTILE) == tags("Kota A")


def test_the_page_is_written_whole(cases, tmp_path):
    rows = index_rows(cases, tmp_path)
    for lang in LANGUAGES:
        write_index(tmp_path, rows, lang)

    assert [path.name for path in tmp_path.iterdir()] == ["index.html"]
    assert '<html lang="en">' in (tmp_path / "index.html").read_text(encoding="utf-8")


# --- in a browser -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def listed(cases, tmp_path_factory) -> Path:
    """A list of four: B (no score), A (240, two open), C (90, one open), and a hostile name."""
    folder = tmp_path_factory.mktemp("listed")
    note(folder, "verifikasi", "kota-a.id.html", cases[1])
    kab, kota = index_rows(cases, folder)
    more = [
        replace(kota, code="kota-c", name="Kota C", total=90.0, waiting=1, category_order=0),
        replace(kab, code="kota-d", name=HOSTILE),
    ]
    return write_index(folder, [kab, kota, *more])


def names(shown) -> list[str]:
    found = shown.locator("tbody tr:visible th").all_text_contents()
    return [" ".join(name.split())[:6].strip() for name in found]


@pytest.mark.browser
@pytest.mark.parametrize("width", [360, 794, 1366])
def test_the_list_is_accessible_quiet_and_within_the_screen(chromium, listed, width):
    with opened(chromium, listed, width) as (shown, noise):
        shown.wait_for_timeout(100)
        wide = shown.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert violations(shown) == []
        assert noise == []
        assert wide[0] <= wide[1]
        assert shown.locator("script").count() == 1


@pytest.mark.browser
def test_a_heading_sorts_up_and_down_and_says_so(chromium, listed):
    with opened(chromium, listed) as (shown, noise):
        before = names(shown)
        total = shown.get_by_role("button", name="Nilai total")
        total.click()
        down = names(shown)
        assert shown.locator("th[aria-sort]").get_attribute("aria-sort") == "descending"
        total.click()
        up = names(shown)
        shown.get_by_role("button", name="Instansi").press("Enter")
        by_name = names(shown)
        assert shown.locator("th[aria-sort]").count() == 1
        assert noise == []

    assert down[:2] == ["Kota A", "Kota C"]  # 240, 90, then those without a score
    assert up[2:] == ["Kota C", "Kota A"]
    assert [name for name in by_name if name != before[3]] == ["Kabupa", "Kota A", "Kota C"]


@pytest.mark.browser
def test_the_list_is_filtered_by_name_category_and_what_is_open(chromium, listed):
    with opened(chromium, listed) as (shown, noise):
        count = shown.locator("#shown")
        assert count.inner_text() == "4 dari 4 instansi ditampilkan"
        shown.get_by_label("Cari instansi").fill("  KOTA-c")
        assert names(shown) == ["Kota C"]
        assert count.inner_text() == "1 dari 4 instansi ditampilkan"
        shown.get_by_label("Cari instansi").fill("")
        shown.get_by_label("Kategori").select_option("Tinggi")
        assert names(shown) == ["Kota A", "Kota C"]
        shown.get_by_label("Kategori").select_option("")
        shown.get_by_label("Hanya yang memiliki klarifikasi terbuka").check()
        assert names(shown) == ["Kota A", "Kota C"]
        assert noise == []


@pytest.mark.browser
def test_without_its_script_the_list_is_read_as_it_is(chromium, listed):
    page_ = chromium.new_context(java_script_enabled=False).new_page()
    page_.goto(listed.as_uri())

    assert names(page_)[:3] == ["Kabupa", "Kota A", "Kota C"]
    assert not page_.locator("#filters").is_visible()
    assert page_.locator("thead button").count() == 0
    page_.context.close()
