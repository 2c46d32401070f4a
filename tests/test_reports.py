"""Verification reports: what stands in them, and a batch of them through papermill.

Cases are of the tiny instrument (2.1 weighs 70, 1.1 weighs 10, 1.2 weighs 20; Tinggi from 200), so
that every figure can be added up in one's head.
"""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from merit_kit import assessment, reports
from merit_kit.assessment import Case
from merit_kit.assessment._door import level_body
from merit_kit.errors import CaseError, ReportError
from merit_kit.i18n import Words, explain
from merit_kit.process import LEVEL, NOTE, SELF, VERIFIED
from merit_kit.reports import VerificationReport, _page, make_reports, open_report
from merit_kit.reports._batch import output_path
from merit_kit.store import Statement, create_store
from tests.conftest import ROUND, furnish, official_data, verifying
from tests.databases import sqlite_only
from tests.engine import templated

PARTS = ("head", "summary", "aspects", "sub_aspects", "lifts", "history", "basis", "signatures")


def state(store, begun, own, verified, reasons=None, note=None):
    """Record levels by code: the agency's own by p-1, those verified, with reasons, by p-e."""
    reasons = reasons or {}
    stated_at = "2026-03-01T08:00:00.000Z"
    statements = [
        Statement(begun, LEVEL, author, stated_at, level_body(code, of, level, why))
        for of, author, levels in ((SELF, "p-1", own), (VERIFIED, "p-e", verified))
        for code, level in levels.items()
        for why in [reasons.get(code, "") if of == VERIFIED else ""]
    ]
    if note:
        body = {"sub_aspect": note[0], "text": note[1]}
        statements.append(Statement(begun, NOTE, "p-e", stated_at, body))
    assessment.record(store, statements, "p-s")


@pytest.fixture
def begun(store, begun) -> str:
    """The id of kota-a's assessment, in the stage of verification."""
    verifying(store, begun)
    return begun


@pytest.fixture
def case(store, begun) -> Case:
    """Self 2.1=3 1.1=4 1.2=2 (210+40+40 = 290), verified 2.1=2 1.1=4 1.2=3 (140+40+60 = 240)."""
    state(
        store,
        begun,
        {"2.1": 3, "1.1": 4, "1.2": 2},
        {"2.1": 2, "1.1": 4, "1.2": 3},
        {"2.1": "SK belum ditandatangani."},
        ("1.2", "Lengkapi lampiran."),
    )
    return assessment.make_case(store, "kota-a", ROUND)


# A case is the same from either database: what becomes of it needs to be seen once.
once = sqlite_only


def words_of(html: str) -> str:
    """The text of a piece of HTML as a person reads it, on one line."""

    class Reader(HTMLParser):
        def __init__(self):
            super().__init__()
            self.said = []

        def handle_data(self, data):
            self.said.append(data)

    reader = Reader()
    reader.feed(html)
    return " ".join(" ".join(reader.said).split())


def part(case: Case, name: str, lang: str = "id") -> str:
    return words_of(getattr(VerificationReport(case, lang), name)().html)


def test_the_summary_gives_both_totals_their_difference_index_and_category(case):
    said = part(case, "summary")

    assert "240 dari 400 II · Tinggi Indeks 0,60" in said
    assert "Nilai mandiri 290 II · Tinggi Indeks 0,73" in said
    assert "−50 1 subaspek naik, 1 turun, 1 tetap" in said


def test_the_summary_says_the_same_in_english_with_a_decimal_point(case):
    said = part(case, "summary", "en")

    assert "240 of 400 II · Tinggi (en) Index 0.60" in said


def test_points_to_the_next_category_are_named_until_the_highest_is_reached(store, begun):
    state(store, begun, {}, {"2.1": 1, "1.1": 1, "1.2": 1})
    low = assessment.make_case(store, "kota-a", ROUND)

    assert "Diperlukan 100 poin lagi untuk mencapai kategori Tinggi." in part(low, "summary")


def test_a_total_is_provisional_and_has_no_category_until_all_are_assessed(store, begun):
    state(store, begun, {"2.1": 4, "1.1": 4, "1.2": 4}, {"2.1": 4, "1.1": 0})
    said = part(assessment.make_case(store, "kota-a", ROUND), "summary")

    assert "280 dari 400 sementara (2 dari 3)" in said
    assert "Nilai verifikasi masih sementara: 2 dari 3 subaspek" in said
    assert "Diperlukan" not in said


def test_nothing_verified_yet_is_no_score_and_not_a_score_of_zero(store, begun):
    state(store, begun, {"2.1": 4}, {})
    said = part(assessment.make_case(store, "kota-a", ROUND), "summary")

    assert "Nilai hasil verifikasi – dari 400 belum dinilai" in said


def test_each_aspect_shows_its_points_and_percent_in_the_instruments_order(case):
    said = part(case, "aspects")

    assert "2 Aspek dua 280 210 140 50,00%" in said
    assert "1 Aspek satu 120 80 100 83,33%" in said
    assert said.index("Aspek dua") < said.index("Aspek satu")
    assert "Nilai total 400 290 240 60,00%" in said


def test_each_sub_aspect_shows_levels_points_moved_reason_and_note(case):
    said = part(case, "sub_aspects")

    assert (
        "2.1 Nama 2.1 3 2 140 −70 Verifikasi level 2: 2.1 level 2 Mandiri level 3: 2.1 level 3 "
        "Alasan verifikasi: SK belum ditandatangani."
    ) in said
    assert "1.2 Nama 1.2 2 3 60 +20" in said
    assert "Catatan penilai: Lengkapi lampiran." in said


def test_level_zero_says_that_nothing_was_proven(store, begun):
    state(store, begun, {}, {"2.1": 0})

    said = part(assessment.make_case(store, "kota-a", ROUND), "sub_aspects")

    assert "– 0 0 – Verifikasi level 0: Tidak terbukti" in said


def test_two_conflicting_levels_count_for_nothing_and_are_flagged(store, begun):
    state(store, begun, {}, {"2.1": 2})
    state(store, begun, {}, {"2.1": 4})
    case = assessment.make_case(store, "kota-a", ROUND)

    assert "Ada dua pernyataan level yang bertentangan." in part(case, "sub_aspects")
    assert "belum dinilai" in part(case, "summary")


def test_the_steps_that_lift_most_come_first_and_say_what_they_ask(case):
    said = part(case, "lifts")

    assert "2.1 Nama 2.1 2 → 3 +70 +140 Menuju level 3: 2.1 level 3" in said
    assert said.index("2.1 level 3") < said.index("1.2 level 4")
    assert "1.1 level" not in said  # it is at the top already


def test_the_basis_prints_the_digest_that_the_audit_knows(store, case):
    from merit_kit.store import passed_through

    said = part(case, "basis")
    digest = re.search(r"[0-9a-f]{64}", said)[0]

    assert passed_through(store, digest) == [f"kota-a/{ROUND} #9"]


def test_an_edition_that_is_not_official_is_marked_a_simulation_on_screen_and_in_print(case):
    report = VerificationReport(case)

    assert "SIMULASI, BUKAN HASIL RESMI" in report.head().html
    assert report.facts.simulation == "SIMULASI, BUKAN HASIL RESMI"


def test_invented_data_is_marked_even_under_an_official_edition(case):
    official = {**json.loads(case.text), "edition": official_data()}
    plain = Case(official)
    invented = Case({**official, "assessment": {**official["assessment"], "invented": True}})

    assert VerificationReport(plain).simulation == ""
    assert "SIMULASI" in VerificationReport(invented).simulation
    assert "Data penilaian ini rekaan." in part(invented, "head")


HOSTILE = st.one_of(
    st.text(min_size=1, max_size=80),
    st.sampled_from(
        [
            "<script>alert(1)</script>",
            "\"><img src=x onerror=alert(1)>",
            "</style></textarea><svg onload=alert(1)>",
            "{{ 7 * 7 }}{% raw %}",
            "\u202eRTL\u202c 😀 ' \" & <b>",
            "]]>--><!--",
            "javascript:alert(1)",
        ]
    ),
)  # fmt: skip


class Structure(HTMLParser):
    """Collects the tags and attribute names of a page, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, tuple[str, ...]]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, tuple(name for name, _ in attrs)))


@settings(max_examples=30, deadline=None)
@given(text=HOSTILE)
def test_whatever_an_agency_writes_adds_no_tag_and_no_attribute(base_case, text):
    def with_text(words: str) -> Case:
        data = json.loads(base_case.text)
        data["agency"]["name"] = words
        data["agency"]["province"] = words
        for entry in data["entries"]:
            payload = json.loads(entry["payload"])
            for field in ("reason", "text"):
                if field in payload["body"]:
                    payload["body"][field] = words
            entry["payload"] = json.dumps(payload)
        return Case(data)

    def tags(words: str) -> list[tuple[str, tuple[str, ...]]]:
        report = VerificationReport(with_text(words))
        html = "\n".join(getattr(report, name)().html for name in PARTS)
        return [tag for tag in Structure(html).tags if tag[0] != "br"]

    # A text of white space alone is as good as none; any other must only ever be text.
    plain = "x" if text.strip() else text
    assert tags(text) == tags(plain)


@pytest.fixture(scope="module")
def base_case(tmp_path_factory, tiny) -> Case:
    with create_store(tmp_path_factory.mktemp("base")) as store:
        furnish(store)
        begun = assessment.begin(store, "kota-a", ROUND, tiny, "p-1")
        verifying(store, begun)
        levels = {"2.1": 3, "1.1": 4, "1.2": 2}
        why = dict.fromkeys(levels, "x")
        state(store, begun, levels, levels, why, ("1.1", "x"))
        return assessment.make_case(store, "kota-a", ROUND)


@pytest.fixture
def two_cases(store, case, tiny) -> list[Case]:
    """kota-a, and kab-b with a mark in each of its texts."""
    other = assessment.begin(store, "kab-b", ROUND, tiny, "p-1")
    verifying(store, other)
    marks = {"2.1": "TANDA-KAB-B-ALASAN"}
    state(store, other, {"2.1": 1}, {"2.1": 1}, marks, ("2.1", "TANDA-KAB-B-CATATAN"))
    return assessment.make_cases(store, ROUND)


def test_a_batch_makes_a_page_and_a_manifest_line_for_each_agency(two_cases, tmp_path):
    import hashlib

    outcomes = list(make_reports(two_cases, tmp_path))

    assert [o.error for o in outcomes] == [None, None]
    folder = tmp_path / ROUND / "verifikasi"
    assert {p.name for p in folder.iterdir()} == {
        "kab-b.id.html",
        "kota-a.id.html",
        "manifest.jsonl",
    }
    lines = [
        json.loads(line)
        for line in (folder / "manifest.jsonl").read_text(encoding="utf-8").strip().splitlines()
    ]
    assert [line["agency"] for line in lines] == ["kab-b", "kota-a"]
    for line, case in zip(lines, two_cases, strict=True):
        page = (folder / line["file"]).read_bytes()
        assert line["page"] == hashlib.sha256(page).hexdigest()
        assert line["case"] == case.digest
    # and nothing of one agency is in the page of the other
    a = (folder / "kota-a.id.html").read_text(encoding="utf-8")
    b = (folder / "kab-b.id.html").read_text(encoding="utf-8")
    assert "TANDA-KAB-B-ALASAN" in b
    assert "TANDA-KAB-B-CATATAN" in b
    assert "TANDA-KAB-B" not in a
    assert "Kabupaten B" not in a


@once
def test_the_page_is_one_file_without_script_or_outside_address(case, tmp_path):
    [outcome] = make_reports([case], tmp_path, lang="en")
    page = outcome.path.read_text(encoding="utf-8")

    assert outcome.path.name == "kota-a.en.html"
    assert page.startswith('<!DOCTYPE html>\n<html lang="en">')
    assert "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'" in page
    assert "<script" not in page
    assert not re.search(r'(src|href)="(?!data:)', page)
    assert "@import" not in page
    assert "url(" not in page
    assert "SIMULATION, NOT AN OFFICIAL RESULT" in page
    assert len(page.encode()) < 150_000


@once
def test_one_failed_report_does_not_stop_the_others_and_is_told_in_words(two_cases, tmp_path):
    broken = json.loads(two_cases[0].text)
    broken["edition"]["status"] = "draft"
    del broken["edition"]["aspects"][0]["sub_aspects"][0]["weight"]

    failed, made = make_reports([Case(broken), two_cases[1]], tmp_path)

    assert made.error is None
    assert made.path.exists()
    assert "2.1: bobot tidak ada, sehingga nilai tidak dapat dihitung" in explain(failed.error)
    assert not failed.path.exists()


@once
def test_a_notebook_that_fails_is_kept_as_far_as_it_ran(case, tmp_path, monkeypatch):
    templated(monkeypatch, tmp_path, "print('sampai di sini')", "raise ValueError('rusak')")

    [outcome] = make_reports([case], tmp_path)

    kept = tmp_path / ROUND / "verifikasi" / "gagal" / "kota-a.id.ipynb"
    assert "ValueError: rusak" in explain(outcome.error)
    assert str(kept) in explain(outcome.error)
    assert "sampai di sini" in kept.read_text(encoding="utf-8")
    assert not outcome.path.exists()


@once
def test_a_fault_nobody_foresaw_in_one_case_leaves_the_others_to_be_made(two_cases, tmp_path):
    broken = json.loads(two_cases[0].text)
    broken["entries"][1]["payload"] = "{"

    failed, made = make_reports([Case(broken), two_cases[1]], tmp_path)

    assert failed.error.key == "report-unexpected"
    assert "JSONDecodeError" in explain(failed.error)
    assert isinstance(failed.error.__cause__, json.JSONDecodeError)
    assert made.error is None


@once
def test_a_manifest_that_cannot_be_written_fails_its_report_and_not_the_batch(two_cases, tmp_path):
    (tmp_path / ROUND / "verifikasi" / "manifest.jsonl").mkdir(parents=True)

    errors = [outcome.error.key for outcome in make_reports(two_cases, tmp_path)]

    assert errors == ["file-unwritable", "file-unwritable"]


def test_a_kind_of_report_there_is_none_of_is_refused_with_those_there_are(case, tmp_path):
    with pytest.raises(ReportError) as caught:
        next(make_reports([case], tmp_path, kind="verification"))

    assert "verifikasi, klarifikasi" in explain(caught.value)


@once
def test_a_torn_manifest_line_does_not_swallow_the_next(case, tmp_path):
    folder = tmp_path / ROUND / "verifikasi"
    folder.mkdir(parents=True)
    (folder / "manifest.jsonl").write_text('{"agency": "kot', encoding="utf-8")

    list(make_reports([case], tmp_path))

    last = (folder / "manifest.jsonl").read_text(encoding="utf-8").splitlines()[-1]
    assert json.loads(last)["agency"] == "kota-a"


def test_a_folder_that_is_a_file_is_refused_before_the_first_report(case, tmp_path):
    (tmp_path / "berkas").write_text("", encoding="utf-8")

    with pytest.raises(ReportError) as caught:
        next(make_reports([case], tmp_path / "berkas"))

    assert caught.value.key == "out-is-file"


@once
def test_an_old_page_is_left_whole_when_its_new_one_fails(case, tmp_path, monkeypatch):
    [first] = make_reports([case], tmp_path)
    before = first.path.read_bytes()
    spoilt = Case(case.data)
    monkeypatch.setitem(spoilt.__dict__, "text", "{}")

    list(make_reports([spoilt], tmp_path))

    assert first.path.read_bytes() == before
    assert [p.name for p in first.path.parent.glob("*.tmp")] == []


@pytest.mark.parametrize("code", ["../naik", "a/b", "a\\b", "con", "", ".."])
def test_a_code_that_would_leave_the_folder_is_refused(case, tmp_path, code):
    data = {**case.data, "agency": {**case.agency, "code": code}}

    with pytest.raises(ReportError):
        output_path(tmp_path, Case(data), "id", "verifikasi")


def test_the_longest_file_name_stays_far_below_what_windows_takes(case):
    data = {**case.data, "agency": {**case.agency, "code": "a" * 40}}

    path = output_path(
        Path("C:/Users/nama.lengkap/Documents/kerja/reports"), Case(data), "id", "verifikasi"
    )

    assert len(str(path)) < 200


def test_by_hand_a_report_needs_store_agency_and_round_together():
    with pytest.raises(CaseError) as caught:
        open_report(store="workspace", agency="kota-a")

    assert caught.value.key == "case-not-named"


def test_by_hand_a_report_opens_from_the_store(tmp_path, tiny):
    with create_store(tmp_path / "ws") as store:
        furnish(store)
        assessment.begin(store, "kota-a", ROUND, tiny, "p-1")
        case = assessment.make_case(store, "kota-a", ROUND)

    report = open_report(store=str(tmp_path / "ws"), agency="kota-a", round=ROUND)

    assert report.case.digest == case.digest


def test_a_finished_page_is_shown_in_a_notebook_shut_off_from_it(tmp_path):
    page = tmp_path / "halaman.html"
    page.write_text('<p title="a">"&</p>', encoding="utf-8")

    shown = reports.show_page(page)._repr_mimebundle_()["text/html"]

    assert '<iframe sandbox="" srcdoc="&lt;p title=&#34;a&#34;&gt;&#34;&amp;&lt;/p&gt;"' in shown


def test_what_turns_the_direction_of_writing_is_shown_and_turns_nothing_of_a_page():
    page = _page._fragments("id").from_string(
        "{{ name }}|{{ text | lines }}|{{ t('report.letter.nip', nip=name) }}|{{ arabic }}"
    )

    made = page.render(
        name="gaji\u202efdp",
        text="<b>\u202ea\nb",
        arabic=Words("id")("upload.name", found="\u0645\u0644\u0641"),
    )

    assert made.startswith("gaji[U+202E]fdp|&lt;b&gt;[U+202E]a<br>b|")
    assert made.count("[U+202E]") == 3
    assert "\u2068\u0645\u0644\u0641\u2069" in made
