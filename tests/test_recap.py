"""The recap for the plenary meeting: every agency of a round, as a page and as a table.

On the tiny instrument (2.1 weighs 70, 1.1 weighs 10, 1.2 weighs 20; Tinggi from 200).
"""

from __future__ import annotations

import json
import math
import weakref
from decimal import Decimal

import openpyxl
import pytest
from pypdf import PdfReader

from merit_kit import assessment, instrument
from merit_kit.assessment import Case
from merit_kit.canonical import in_groups
from merit_kit.errors import ReportError
from merit_kit.i18n import LANGUAGES, explain
from merit_kit.process import STAGES
from merit_kit.reports._recap import recap, write_recap
from merit_kit.store import Store, create_store
from tests.conftest import ROUND, furnish, official_data, verifying
from tests.editions import made_up_data
from tests.entries import OTHER_THREAD
from tests.pages import opened, violations
from tests.sayings import record, say
from tests.test_reports import Structure, words_of
from tests.test_verification_report import levels


def advance(store: Store, agency: str, *stages: str) -> None:
    for stage in stages:
        assessment.advance(store, ROUND, stage, "p-s", [agency])


@pytest.fixture(scope="module")
def cases(tmp_path_factory, tiny) -> list[Case]:
    """A ministry just opened; kab-b determined (100, index 0,25); kota-a half-way; kota-c ready.

    kota-a: self 290, first pass 240, in force 250; a mismatch and an objection of two are open.
    """
    with create_store(tmp_path_factory.mktemp("recap")) as store:
        furnish(store)
        for code, name, kind in (
            ("kemen", "Kementerian Z", "kementerian"),
            ("kota-c", "Kota C", "kota"),
        ):
            store.add_agencies([{"code": code, "name": name, "kind": kind, "province": None}])
        begun = {
            code: assessment.begin(store, code, ROUND, tiny, "p-s")
            for code in ("kab-b", "kemen", "kota-a", "kota-c")
        }
        kab, kota, ready = begun["kab-b"], begun["kota-a"], begun["kota-c"]
        verifying(store, kab, kota, ready)
        record(store, *levels("awal", kab, 1, 1, 1))
        record(store, *levels("awal", ready, 4, 4, 4))
        record(store, *levels("self", kota, 3, 4, 2))
        paper = levels("awal", kota, 2, 4, 3)
        record(store, *paper)
        record(
            store,
            say("field", kota, sub_aspect="1.2", level=1, photos=[]),
            say("question", kota),
            say("objection", kota),
            say("objection", kota, thread=OTHER_THREAD, text="Lain", sub_aspect=None),
            by="p-s",
        )
        objected = [e.id for e in store.entries([kota]).itertuples() if e.kind == "objection"]
        record(store, say("objection-answer", kota, objected[0]))
        advance(store, "kota-a", "perbaikan")
        record(store, say("akhir", kota, sub_aspect="2.1", level=2), by="p-e")
        for code in ("kab-b", "kota-c"):
            advance(store, code, *STAGES[2:])
        body = assessment.determination_body({"2.1": 1, "1.1": 1, "1.2": 1}, tiny)
        record(store, say("determination", kab, **body))
        return assessment.make_cases(store, ROUND)


def page(cases: list[Case], folder, lang: str = "id") -> str:
    html = write_recap(cases, folder, lang).page
    return html.read_text(encoding="utf-8")


def test_agencies_come_by_kind_and_name_central_ones_first(cases):
    assert list(recap(cases).index) == ["kemen", "kab-b", "kota-a", "kota-c"]
    assert list(recap(reversed(cases)).index) == list(recap(cases).index)


def test_the_totals_of_each_kind_of_level_stand_side_by_side(cases):
    frame = recap(cases)

    figures = frame[["self", "awal", "verified", "final"]].astype(float).fillna(-1)
    assert figures.loc["kota-a"].tolist() == [290, 240, 240, -1]
    assert figures.loc["kab-b"].tolist() == [-1, 100, 100, 100]
    assert figures.loc["kemen"].tolist() == [-1, -1, -1, -1]
    assert math.isnan(frame.loc["kemen", "self"])


def test_index_and_category_are_of_the_result_that_counts(cases):
    frame = recap(cases)

    assert frame["category"].to_dict() == {
        "kemen": None,
        "kab-b": "I",
        "kota-a": "II",
        "kota-c": "II",
    }
    assert frame["index"].fillna(-1).tolist() == [-1, 0.25, 0.6, 1.0]
    assert list(frame["determined"]) == [False, True, False, False]


def test_what_is_open_and_what_hinders_is_counted(cases):
    found = recap(cases).loc["kota-a"]

    assert (found["mismatches"], found["mismatches_open"]) == (1, 1)
    assert (found["objections"], found["objections_open"], found["questions"]) == (2, 1, 1)
    assert sorted(found["hindrances"]) == ["mismatch-unanswered", "objection-unanswered"]
    assert recap(cases).loc["kab-b", "hindrances"] == {}


def test_aspects_have_a_percentage_once_they_are_assessed_whole(cases):
    frame = recap(cases)

    # 2: 140 of 280. 1: 4 x 10 + 3 x 20 = 100 of 120.
    assert frame.loc["kota-a", "percents"] == {2: 50.0, 1: 83.33}
    assert frame.loc["kemen", "percents"] == {2: None, 1: None}


def test_nobody_makes_an_empty_recap(tmp_path):
    assert recap([]).empty
    assert "Tidak ada penilaian pada periode ini." in words_of(page([], tmp_path))


def test_the_page_shows_every_agency_and_what_keeps_it_from_being_determined(cases, tmp_path):
    said = words_of(page(cases, tmp_path))

    assert "4 penilaian: 1 sudah ditetapkan, 1 siap ditetapkan." in said
    assert "Kabupaten B – 100 100 100 0,25 Rendah – – Ditetapkan" in said
    assert "Kota C – 400 400 – 1,00 Tinggi – – siap ditetapkan" in said
    assert (
        "Kota A 290 240 240 – 0,60 Tinggi 1 (1 belum dijawab) 2 (1 belum dijawab) "
        "masih pada tahap perbaikan nilai dan bukti; 1 ketidaksesuaian dengan temuan lapangan "
        "belum dijelaskan (1.2); 1 keberatan instansi belum dijawab"
    ) in said
    assert "masih pada tahap penilaian mandiri; 3 subaspek belum diverifikasi" in said


def test_what_nothing_hinders_is_ready_only_in_the_stage_for_it(cases, tmp_path):
    data = json.loads(cases[3].text)
    data["entries"] = [
        e for e in data["entries"] if e["kind"] != "stage" or '"verifikasi"' in e["payload"]
    ]
    for entry in data["entries"]:
        entry["standing"] = True

    said = words_of(page([Case(data)], tmp_path))

    assert "0 siap ditetapkan" in said
    assert "Tinggi – – masih pada tahap verifikasi dan klarifikasi Persentase" in said


def test_agencies_are_counted_by_kind_and_category(cases, tmp_path):
    said = words_of(page(cases, tmp_path))

    assert "Jenis instansi Rendah Tinggi Belum lengkap Jumlah" in said
    assert "Kementerian – – 1 1" in said
    assert "Pemerintah kabupaten 1 – – 1" in said
    assert "Pemerintah kota – 2 – 2" in said
    assert "Jumlah 1 2 1 4" in said


def test_the_page_ends_with_places_for_the_plenary_meeting_to_sign(cases, tmp_path):
    said = words_of(page(cases, tmp_path))

    assert said.index("Pengesahan rapat pleno") > said.index("Persentase pemenuhan per aspek")
    for role in ("Pimpinan rapat", "Anggota", "Sekretaris rapat"):
        assert f"{role} Nama: NIP: Tempat, tanggal:" in said
    assert "Laporan ini simulasi." in said


def test_a_partial_total_is_starred(cases, tmp_path):
    data = json.loads(cases[2].text)
    data["entries"] = [
        e for e in data["entries"] if '"of":"verified"' not in e["payload"] or "2.1" in e["payload"]
    ]

    said = words_of(page([Case(data)], tmp_path))

    assert "Kota A 290 140* 140* – – –" in said
    assert "* Sementara" in said


def test_two_editions_of_one_round_stand_apart(cases, tmp_path):
    with create_store(tmp_path / "store") as store:
        furnish(store)
        other = instrument.from_data(made_up_data())
        assessment.begin(store, "kota-a", ROUND, other, "p-1")
        mixed = [*cases[:1], *assessment.make_cases(store, ROUND)]

    said = words_of(page(mixed, tmp_path / "out"))

    assert said.count("Hasil penilaian") == 4  # heading and caption, twice
    assert "Instrumen kecil (tiny)" in said
    assert "Instrumen karangan (karangan)" in said
    assert "Awal Berkembang Cemerlang" in said


@pytest.fixture(scope="module")
def composed(tmp_path_factory) -> list[Case]:
    """Two agencies at 4 everywhere under a composite index, of which kab-b is determined.

    A maturity of 1: with a survey of 62.5 and a correction of 0.05, 0.8 + 0.125 - 0.05 = 0.875.
    """
    edition = instrument.from_data(made_up_data())
    with create_store(tmp_path_factory.mktemp("composed")) as store:
        furnish(store)
        for code in ("kab-b", "kota-a"):
            about = assessment.begin(store, code, ROUND, edition, "p-s")
            verifying(store, about)
            record(store, *(say("awal", about, sub_aspect=c, level=4) for c in edition.codes))
            advance(store, code, *STAGES[2:])
        numbers = {"survei": "62.5", "correction": "0.05"}
        assessment.determine(store, ROUND, ["kab-b"], "p-k", components={"kab-b": numbers})
        return assessment.make_cases(store, ROUND)


def test_what_a_composite_index_takes_beside_the_levels_is_shown_once_determined(
    composed, cases, tmp_path
):
    frame = recap(composed)
    said = words_of(page(composed, tmp_path))

    assert frame["index"].fillna(-1).tolist() == [0.875, -1]
    assert frame["category"].tolist() == ["B", None]
    assert frame.loc["kab-b", "components"] == {
        "survei": Decimal("62.5"),
        "correction": Decimal("0.05"),
    }
    assert frame.loc["kota-a", "components"] == {}
    assert "Survei pegawai koreksi Indeks Kategori" in said
    assert "Kabupaten B – 32 32 32 62,5 0,05 0,875 Berkembang – – Ditetapkan" in said
    assert "Kota A – 32 32 – – – – –" in said
    assert "Survei" not in words_of(page(cases, tmp_path))


def test_the_table_has_a_column_for_each_component_of_each_edition(composed, cases, tmp_path):
    table = write_recap([*composed, cases[3]], tmp_path).table

    heading, *lines = openpyxl.load_workbook(table).active.iter_rows(values_only=True)
    assert heading[-2:] == ("Survei pegawai", "koreksi")
    assert {line[1]: line[-2:] for line in lines} == {
        "kab-b": (62.5, 0.05),
        "kota-a": (None, None),
        "kota-c": (None, None),
    }


def test_the_mark_of_a_simulation_is_on_the_page_and_on_every_line_of_the_table(cases, tmp_path):
    official = Case({**json.loads(cases[0].text), "edition": official_data()})

    table = write_recap([official, cases[1]], tmp_path).table

    marks = [line[0].value for line in openpyxl.load_workbook(table).active.iter_rows(min_row=2)]
    assert marks == ["SIMULASI, BUKAN HASIL RESMI", "data penilaian"]
    html = (tmp_path / "rekap.id.html").read_text(encoding="utf-8")
    assert "1 dari 2 penilaian" in html
    assert "SIMULASI" not in page([official], tmp_path)


def test_the_table_says_the_same_in_numbers(cases, tmp_path):
    table = write_recap(cases, tmp_path).table

    heading, *lines = openpyxl.load_workbook(table).active.iter_rows(values_only=True)
    rows = {line[1]: dict(zip(heading, line, strict=True)) for line in lines}
    assert list(rows) == ["kemen", "kab-b", "kota-a", "kota-c"]
    assert rows["kota-a"]["Mandiri"] == 290
    assert rows["kota-a"]["Hasil verifikasi"] == 240
    assert rows["kota-a"]["Penetapan"] is None
    assert rows["kota-a"]["Indeks"] == 0.6
    assert rows["kemen"]["Indeks"] is None
    assert rows["kota-a"]["2. Aspek dua (%)"] == 50
    assert rows["kota-a"]["Keberatan belum dijawab"] == 1
    assert rows["kab-b"]["Penetapan"] == 100
    assert rows["kab-b"]["Sudah ditetapkan"] == "ya"
    assert rows["kota-c"]["Yang menghalangi penetapan"] is None
    assert rows["kemen"]["Tahap"] == "penilaian mandiri"


def test_both_files_exist_in_both_languages(cases, tmp_path):
    for lang in LANGUAGES:
        made = write_recap(cases, tmp_path, lang)
        assert made.page.is_file()
        assert made.table.is_file()
    assert "Recap for the plenary meeting" in page(cases, tmp_path, "en")


@pytest.mark.parametrize(
    "text",
    ["<script>alert(1)</script>", "\"'><img src=x onerror=alert(2)>", "{{ 7 * 7 }}", "\u202ex"],
)
def test_whatever_an_agency_is_called_adds_no_tag_and_no_formula(cases, tmp_path, text):
    def named(name: str) -> list[tuple[str, tuple[str, ...]]]:
        data = json.loads(cases[2].text)
        data["agency"]["name"] = name
        return Structure(page([Case(data)], tmp_path)).tags

    assert named(text) == named("Kota A")
    named(f"=1+1{text}")
    [cell] = [
        cell
        for row in openpyxl.load_workbook(tmp_path / "rekap.id.xlsx").active.iter_rows()
        for cell in row
        if str(cell.value).startswith("=1+1")
    ]
    assert cell.data_type == "s"


def test_what_was_said_of_sub_aspects_stays_out_of_the_recap(cases, tmp_path):
    said = page(cases, tmp_path)

    assert "Ada SK" not in said
    assert "Bukti sudah ada" not in said


@pytest.mark.browser
@pytest.mark.parametrize("of", ["cases", "composed"])
def test_the_recap_is_accessible_quiet_within_the_screen_and_prints_across_on_a4(
    of, request, tmp_path, chromium
):
    html = write_recap(request.getfixturevalue(of), tmp_path).page
    for width in (360, 794, 1366):
        with opened(chromium, html, width) as (shown, noise):
            wide = shown.evaluate("[document.documentElement.scrollWidth, innerWidth]")
            assert wide[0] <= wide[1]
            assert violations(shown) == []
            assert noise == []
            assert shown.locator("script").count() == 0
            shown.pdf(path=tmp_path / "rekap.pdf", prefer_css_page_size=True, print_background=True)

    printed = PdfReader(tmp_path / "rekap.pdf").pages
    assert {(round(s.mediabox.width), round(s.mediabox.height)) for s in printed} == {(842, 595)}
    for number, sheet in enumerate(printed, start=1):
        said = sheet.extract_text()
        assert "SIMULASI, BUKAN HASIL RESMI" in said
        assert f"{number} / {len(printed)}" in said


def test_each_edition_has_columns_of_its_own_for_its_aspects(composed, cases, tmp_path):
    table = write_recap([*composed, cases[3]], tmp_path).table

    heading, *lines = openpyxl.load_workbook(table).active.iter_rows(values_only=True)
    percents = {
        line[1]: {h: v for h, v in zip(heading, line, strict=True) if h.endswith("(%)")}
        for line in lines
    }
    own = [name for name in heading if name.startswith("tiny, ")]
    assert own == ["tiny, 2. Aspek dua (%)", "tiny, 1. Aspek satu (%)"]
    assert [percents["kota-c"][name] for name in own] == [100, 100]
    assert {v for h, v in percents["kota-c"].items() if h not in own} == {None}
    assert {percents["kab-b"][name] for name in own} == {None}
    assert all(v is not None for h, v in percents["kab-b"].items() if h not in own)


def test_under_one_edition_the_columns_do_not_name_it(cases, tmp_path):
    table = write_recap(cases, tmp_path).table

    heading = next(openpyxl.load_workbook(table).active.iter_rows(values_only=True))
    assert "2. Aspek dua (%)" in heading


def test_the_table_has_the_short_form_of_the_digest(cases, tmp_path):
    table = write_recap(cases, tmp_path).table

    cells = [c for line in openpyxl.load_workbook(table).active.values for c in line]
    assert in_groups(cases[1].assessment_digest) in cells
    assert cases[1].assessment_digest not in cells


def test_a_recap_that_cannot_be_written_is_refused_in_words(cases, tmp_path):
    (tmp_path / "rekap.id.html").mkdir()

    with pytest.raises(ReportError) as caught:
        write_recap(cases, tmp_path)

    assert caught.value.key == "file-unwritable"
    assert "rekap.id.html" in explain(caught.value)


def test_a_recap_holds_no_case_longer_than_it_takes_to_read_its_row(cases, tmp_path):
    held: list[weakref.ref[Case]] = []

    def many():
        for n in range(12):
            case = Case.from_text(cases[n % len(cases)].text)
            held.append(weakref.ref(case))
            yield case
            del case
            assert sum(each() is not None for each in held) <= 1

    assert write_recap(many(), tmp_path).agencies == len(cases)
    assert len(held) == 12
