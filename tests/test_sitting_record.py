"""The record of a sitting: what stands in it, what never does, how it is issued, its page.

Cases are of the tiny instrument: 2.1, then 1.1 and 1.2, levels 1 to 4. `kota-a` was met by p-e in
room r-1 on 15 September 2026.
"""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from pypdf import PdfReader

from merit_kit import assessment, instrument, process
from merit_kit.assessment import Case
from merit_kit.errors import ReportError
from merit_kit.files import kit_folder
from merit_kit.i18n import LANGUAGES, Words, explain
from merit_kit.reports import (
    CLARIFICATION,
    SITTING,
    TERBIT,
    SittingReport,
    _job,
    make_reports,
    read_letter,
    sitting_papers,
)
from merit_kit.reports._changes import changes
from merit_kit.reports._letter import parse_letter
from merit_kit.reports._spelled import day_spelled, spelled
from merit_kit.reports.sitting import unrecorded
from tests.conftest import ROUND, official_data
from tests.engine import quickly
from tests.entries import OTHER_THREAD, THREAD
from tests.pages import opened, violations
from tests.sayings import counting, reach, record, room, say
from tests.test_pages import HOSTILE as HOSTILE_TEXT
from tests.test_reports import HOSTILE, Structure, words_of

EXAMPLE = kit_folder("data") / "letters" / "surat-contoh.toml"
PARTS = ("head", "opening", "life", "attendance", "dialogue", "changed", "pending", "consent",
         "closing")  # fmt: skip
NIP = "190001011920011001"
SECRET = "RAHASIA-INTERNAL"


@pytest.fixture
def about(store, begun) -> str:
    """The id of kota-a's assessment, in the stage of verification, with a room of its own."""
    reach(store, begun, "verifikasi")
    room(store, "r-1", ("kota-a", "p-e"))
    return begun


def meet(store, about: str, **more) -> None:
    """Say that the sitting was held, with one person of each side, both of whom sign."""
    said = {"held_on": "2026-09-15", "begins": "09:00", "ends": "10:45", "zone": "WITA", **more}
    record(store, say("sitting", about, room="r-1", **said))
    given = {"nip": NIP, "office": "Kepala BKPSDM", "signs": True, "room": "r-1"}
    assessment.attend(store, about, "p-e", "Budi Contoh", "agency", **given)
    body = {"person": "p-e", "side": "evaluator", "signs": True}
    record(store, say("attendance", about, room="r-1", **body))


def case_of(store) -> Case:
    return assessment.make_case(store, "kota-a", ROUND)


def part(case: Case, name: str, lang: str = "id", **more) -> str:
    return words_of(getattr(SittingReport(case, lang, **more), name)().html)


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (0, "nol"),
        (10, "sepuluh"),
        (11, "sebelas"),
        (15, "lima belas"),
        (20, "dua puluh"),
        (31, "tiga puluh satu"),
        (100, "seratus"),
        (119, "seratus sembilan belas"),
        (1000, "seribu"),
        (2026, "dua ribu dua puluh enam"),
        (2101, "dua ribu seratus satu"),
    ],
)
def test_a_number_is_spelled_as_it_is_read_aloud(number, said):
    assert spelled(number) == said


def test_the_day_is_written_in_words_with_its_weekday():
    said = "Minggu, tanggal dua puluh dua bulan November tahun dua ribu dua puluh enam (22-11-2026)"

    assert day_spelled("2026-11-22", Words("id")) == said
    assert day_spelled("2026-11-22", Words("en")) == "Sunday, 22 November 2026 (22-11-2026)"


def test_the_opening_says_who_was_met_when_where_and_in_which_round(store, about):
    meet(store, about, place="pertemuan daring")

    said = part(case_of(store), "opening")

    assert said.startswith(
        "Berita Acara Verifikasi Penilaian Mandiri Penerapan Sistem Merit Kota A"
    )
    assert (
        "Pada hari ini, Selasa, tanggal lima belas bulan September tahun dua ribu dua puluh enam "
        "(15-09-2026), pukul 09.00 sampai dengan 10.45 WITA, bertempat di Ruang 1, pertemuan "
        "daring , telah dilaksanakan sesi verifikasi dan klarifikasi penilaian mandiri penerapan "
        "sistem merit Kota A, Periode 1 Tahun 2026" in said
    )


def test_what_is_agreed_of_a_sub_aspect_with_one_question_stands_beside_that(store, about):
    record(store, say("question", about), say("agreed-action", about, text="Kirim SK"))

    html = SittingReport(case_of(store)).dialogue().html

    assert html.count('<td class="code">1.1</td>') == 1
    assert "Kirim SK" in html


def test_what_nobody_said_is_left_open_and_said_so(store, about):
    case = case_of(store)

    assert "Nomor: …………" in part(case, "opening")
    assert "Hari, tanggal, waktu, dan tempat sesi belum dicatat." in part(case, "opening")
    assert part(case, "attendance") == "Daftar hadir Daftar hadir belum diisi."
    assert "Tidak ada pertanyaan, pembahasan, atau kesepakatan" in part(case, "dialogue")
    assert "Belum ada subaspek yang diverifikasi." in part(case, "changed")
    assert "Tidak ada klarifikasi yang masih terbuka." in part(case, "pending")
    assert "belum menyatakan persetujuan atau keberatan" in part(case, "consent")
    assert part(case, "closing").count("Nama: NIP: Jabatan:") == 2


def test_the_number_is_that_of_records_and_never_one_that_letters_count(store, about):
    of_both = read_letter(EXAMPLE)
    of_letters = parse_letter('[surat]\nnomor = "B-{n:03}"')

    assert "Nomor: BA-…/KPSM/BAV/2026-1" in part(
        case_of(store), "opening", letter=of_both.of_record
    )
    assert "Nomor: …………" in part(case_of(store), "opening", letter=of_letters.of_record)


def test_who_was_present_is_named_with_nip_and_office_and_those_erased_are_not(store, about):
    meet(store, about)
    both = part(case_of(store), "attendance")
    [budi] = set(process.attendance(counting(store, about))["person"]) - {"p-e"}
    store.erase_person(budi)
    erased = part(case_of(store), "attendance")

    assert both.endswith(
        "1 Budi Contoh 19000101 192001 1 001 Kepala BKPSDM Instansi 2 Eko – Tim penilai Penilai"
    )
    assert "1 (data pribadi sudah dihapus) – – Instansi" in erased
    assert budi not in erased
    assert NIP not in case_of(store).text


def test_only_of_those_present_a_case_has_the_nip(store, about):
    store.add_people([{"id": "p-e", "login": None, "name": "Eko", "nip": "190002021920021002"}])
    record(store, say("awal", about))
    before = case_of(store).data["people"]
    meet(store, about)

    assert before["p-e"] == {"name": "Eko", "office": "Tim penilai"}
    assert case_of(store).data["people"]["p-e"]["nip"] == "190002021920021002"
    assessment.leave_out(store, about, "p-e", "p-e", room="r-1")
    assert case_of(store).data["people"]["p-e"] == before["p-e"]


def test_the_dialogue_has_question_answer_and_agreed_action_side_by_side_by_aspect(store, about):
    question = say("question", about, sub_aspect="1.1", missing="")
    record(store, question)
    record(store, say("answer", about, question.id, files=[]))
    record(store, say("discussion", about, thread=THREAD, text="Sedang disusun"))
    record(store, say("agreed-action", about, thread=THREAD))
    record(store, say("discussion", about, sub_aspect="1.2", text="Sudah berjalan"))
    record(store, say("agreed-action", about, sub_aspect=None, text="Bertemu lagi", due=None,
                      side="evaluator"))  # fmt: skip

    assert part(case_of(store), "dialogue") == (
        "Pembahasan per aspek 1. Aspek satu Pembahasan per aspek, Aspek satu "
        "Nomor Pertanyaan penilai Jawaban instansi Kesepakatan "
        "1.1 Nama 1.1 Mana SK-nya? Dalam sesi: Sedang disusun Tertulis: Terlampir "
        "Kirim SK Pelaksana: Instansi; Paling lambat: 30 April 2026 "
        "1.2 Nama 1.2 Dalam sesi: Sudah berjalan – "
        "Tidak ada yang dicatat pada aspek: 2. Aspek dua. "
        "Kesepakatan umum Bertemu lagi Pelaksana: Penilai"
    )


def test_what_was_said_to_a_question_the_agency_does_not_see_stays_with_its_sub_aspect(
    store, about
):
    record(store, say("question", about, thread=OTHER_THREAD, text=SECRET, visible_to="internal"))
    record(store, say("discussion", about, thread=OTHER_THREAD, text="Sudah ada"))

    said = part(case_of(store), "dialogue")

    assert "1.1 Nama 1.1 Dalam sesi: Sudah ada" in said
    assert SECRET not in said


def test_a_note_stands_with_what_was_said_or_by_itself(store, about):
    record(store, say("note", about, sub_aspect="1.1", text="Perbarui data"))
    record(store, say("note", about, sub_aspect="1.2", text="Lengkapi SK"))
    record(store, say("discussion", about, sub_aspect="1.1"))

    said = part(case_of(store), "dialogue")

    assert "1.1 Nama 1.1 Catatan penilai: Perbarui data" in said
    assert "Catatan penilai: 1.2 Nama 1.2: Lengkapi SK Tidak ada yang dicatat" in said


def test_levels_that_differ_from_the_agencys_own_are_listed_with_their_reason(store, about):
    for code, own, verified, reason in (
        ("2.1", 3, 3, "Sesuai"),
        ("1.1", 3, 2, "Masih konsep"),
        ("1.2", 1, 4, ""),
    ):
        record(store, say("self", about, sub_aspect=code, level=own))
        record(store, say("awal", about, sub_aspect=code, level=verified, reason=reason))

    said = part(case_of(store), "changed")

    assert (
        "3 dari 3 subaspek: 1 sesuai dengan penilaian mandiri, 1 lebih tinggi, 1 lebih rendah"
        in said
    )
    # 3 x 70 + 3 x 10 + 1 x 20; 3 x 70 + 2 x 10 + 4 x 20
    assert "Nilai mandiri 260; nilai verifikasi sementara 310." in said
    assert said.endswith("1.1 Nama 1.1 3 2 Masih konsep 1.2 Nama 1.2 1 4 –")


def test_questions_are_pending_until_they_are_closed(store, about):
    for number, code in enumerate(("1.1", "1.2")):
        thread = f"{number:032x}"
        question = say("question", about, sub_aspect=code, thread=thread, text=f"Mana {code}?")
        record(store, question)
        if code == "1.1":
            record(store, say("closing", about, question.id, thread=thread))

    said = part(case_of(store), "pending")

    assert said.endswith("1.2 Mana 1.2? 30 April 2026 belum dijawab")
    assert "Mana 1.1?" not in said


def accept(store, about: str, text: str = "") -> None:
    body = assessment.acceptance_body(assessment.Hearing(store, about).counting(), text)
    record(store, say("acceptance", about, **body))


def test_the_agency_agrees_and_what_changes_after_that_is_not_agreed_to(store, about):
    meet(store, about)
    accept(store, about, "Mohon pendampingan")
    agreed = part(case_of(store), "consent")
    record(store, say("awal", about))
    later = part(case_of(store), "consent")

    assert "Kota A menyetujui berita acara ini. Dinyatakan oleh Ani, Tim penilai mandiri" in agreed
    assert agreed.endswith("Catatan: Mohon pendampingan")
    assert "Isinya berubah sesudah itu dan belum disetujui kembali." in later


def test_what_the_agency_objects_to_is_said_with_its_answer(store, about):
    objection = say("objection", about, sub_aspect=None)
    other = say("objection", about, thread=OTHER_THREAD, sub_aspect="1.2", text="Bukti ada")
    record(store, objection, other)
    record(store, say("objection-answer", about, objection.id))

    said = part(case_of(store), "consent")

    assert "Kota A menyampaikan keberatan (2):" in said
    assert "Jawaban (tidak diterima): Belum berlaku" in said
    assert "1.2 Nama 1.2: Bukti ada (belum dijawab)" in said
    assert "menyetujui isi berita acara ini" not in said


def test_those_who_sign_stand_below_with_nip_and_office_and_the_digest_under_them(store, about):
    meet(store, about)
    case = case_of(store)

    said = part(case, "closing", letter=read_letter(EXAMPLE).of_record)

    assert "Tim penilai Eko Tim penilai Tim penilai mandiri instansi Kota A Budi Contoh" in said
    assert "NIP 19000101 192001 1 001 Kepala BKPSDM Mengetahui, Asisten Komisioner" in said
    assert case.assessment_digest in said
    assert "Nama:" not in said


def test_what_is_internal_or_of_another_agency_is_nowhere_in_the_record(store, about, tiny):
    meet(store, about)
    hidden = {"visible_to": "internal"}
    record(store, say("note", about, text=SECRET, **hidden))
    record(store, say("awal", about, sub_aspect="1.2", reason=SECRET, **hidden))
    record(store, say("question", about, text=SECRET, missing=SECRET, **hidden))
    record(store, say("second", about, reason=SECRET))
    other = assessment.begin(store, "kab-b", ROUND, tiny, "p-1")
    reach(store, other, "verifikasi")
    assessment.attend(store, other, "p-e", SECRET, "agency")
    for what in ("discussion", "agreed-action", "acceptance"):
        record(store, say(what, other, text=SECRET))
    record(store, say("sitting", other, name=SECRET, place=SECRET))

    report = SittingReport(case_of(store))

    assert SECRET in assessment.make_case(store, "kab-b", ROUND).text
    assert all(SECRET not in getattr(report, name)().html for name in PARTS)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_part_can_be_said_in_every_language(store, about, lang):
    meet(store, about)
    record(store, say("discussion", about), say("agreed-action", about), say("awal", about))
    report = SittingReport(case_of(store), lang, letter=read_letter(EXAMPLE).of_record)

    for name in PARTS:
        assert "{" not in words_of(getattr(report, name)().html)


def everywhere(case: Case, words: str) -> Case:
    """The same case with each text of people what a hostile agency might write."""
    data = json.loads(case.text)
    data["agency"]["name"] = words
    for person in data["people"].values():
        person.update(dict.fromkeys(("name", "office", "nip"), words))
    for entry in data["entries"][1:]:
        payload = json.loads(entry["payload"])
        texts = ("text", "missing", "name", "place", "reason")
        payload["body"].update({k: words for k in texts if k in payload["body"]})
        entry["payload"] = json.dumps(payload)
    return Case(data)


@pytest.fixture(scope="module")
def full(tmp_path_factory, tiny) -> Case:
    """A case with something in every part of its record."""
    from merit_kit.store import create_store
    from tests.conftest import furnish

    with create_store(tmp_path_factory.mktemp("full")) as store:
        furnish(store)
        about = assessment.begin(store, "kota-a", ROUND, tiny, "p-1", invented=True)
        reach(store, about, "verifikasi")
        room(store, "r-1", ("kota-a", "p-e"))
        meet(store, about, place="daring")
        question = say("question", about)
        record(store, say("self", about, level=4), by="p-1")
        record(store, say("awal", about), question, say("discussion", about, thread=THREAD))
        record(store, say("answer", about, question.id, files=[]))
        record(store, say("agreed-action", about, thread=THREAD), say("note", about))
        record(store, say("agreed-action", about, sub_aspect=None))
        record(store, say("note", about, sub_aspect="2.1"))
        accept(store, about, "Baik")
        record(store, say("objection", about, thread=OTHER_THREAD))
        return case_of(store)


@settings(max_examples=15, deadline=None)
@given(text=HOSTILE)
def test_whatever_people_write_adds_no_tag_and_no_attribute(full, text):
    def tags(words: str) -> list[tuple[str, tuple[str, ...]]]:
        report = SittingReport(everywhere(full, words))
        html = "".join(getattr(report, name)().html for name in PARTS)
        return [each for each in Structure(html).tags if each[0] != "br"]

    blank = not text.strip()
    assert blank or tags(text) == tags("biasa")


@pytest.mark.parametrize(
    ("missing", "key"),
    [
        ("sitting", "issue-no-sitting"),
        ("agency", "issue-nobody-agency"),
        ("evaluator", "issue-nobody-evaluator"),
        (None, None),
    ],
)
def test_a_record_is_issued_once_it_says_when_it_was_and_who_was_there(full, missing, key):
    data = json.loads(full.text)
    for entry in data["entries"]:
        body = json.loads(entry["payload"])["body"]
        if missing and missing in (entry["kind"], body.get("side") if "person" in body else None):
            entry["standing"] = False

    problems = unrecorded(Case(data))

    assert [problem.key for problem in problems] == ([key] if key else [])
    if key:
        error = ReportError("not-issuable", problems, agency="Kota A")
        assert all("{" not in explain(error, lang) for lang in LANGUAGES)


def test_issued_records_are_numbered_by_themselves(store, tmp_path, monkeypatch):
    quickly(monkeypatch)
    edition = instrument.from_data(official_data())
    for agency in ("kota-a", "kab-b"):
        about = assessment.begin(store, agency, ROUND, edition, "p-1")
        reach(store, about, "verifikasi")
        room(store, "r-1", (agency, "p-e"))
        meet(store, about)
    letter = read_letter(EXAMPLE)
    cases = assessment.make_cases(store, ROUND)
    how = {"status": TERBIT, "by": "Sri", "letter": letter}

    clarified = list(make_reports(cases[:1], tmp_path, "id", CLARIFICATION, **how))
    made = list(make_reports(cases, tmp_path, "id", SITTING, **how))

    assert [each.error for each in (*clarified, *made)] == [None] * 3
    said = [words_of(each.path.read_text(encoding="utf-8")) for each in made]
    assert "Nomor: BA-011/KPSM/BAV/2026-1" in said[0]
    assert "Nomor: BA-012/KPSM/BAV/2026-1" in said[1]
    assert made[0].path.parent.name == "berita-acara"


def test_record_and_clarification_report_are_made_at_once_and_one_failure_stops_neither(
    store, about, tmp_path, monkeypatch
):
    quickly(monkeypatch)
    meet(store, about)
    record(store, say("question", about))

    both = list(sitting_papers(store, "kota-a", ROUND, tmp_path, letter=read_letter(EXAMPLE)))
    quick = _job._executed

    def broken(template, *rest):
        if template.name == "berita_acara.ipynb":
            raise ReportError("report-unexpected", said="-")
        return quick(template, *rest)

    monkeypatch.setattr(_job, "_executed", broken)
    again = list(sitting_papers(store, "kota-a", ROUND, tmp_path))

    assert [each.error for each in both] == [None, None]
    assert [each.path.parent.name for each in both] == ["berita-acara", "klarifikasi"]
    assert both[1].table is not None
    assert both[1].table.is_file()
    assert [each.error is None for each in again] == [False, True]


def test_what_changed_in_a_record_is_named_in_the_next_version(store, about):
    record(store, say("awal", about))
    before = case_of(store)
    meet(store, about)
    record(store, say("discussion", about))
    accept(store, about)

    found = changes(before, case_of(store))

    assert [(each.where, each.said(Words("id"))) for each in found] == [
        ("", "Waktu dan tempat sesi diubah"),
        ("", "Daftar hadir diubah"),
        ("", "Persetujuan berita acara diubah"),
        ("1.1", "Catatan pembahasan diubah"),
    ]


@pytest.mark.browser
@pytest.mark.xdist_group("pages")
@pytest.mark.parametrize("hostile", [False, True], ids=["plain", "hostile"])
def test_the_page_is_quiet_readable_and_has_its_digest_on_every_sheet(
    full, chromium, tmp_path, monkeypatch, hostile
):
    quickly(monkeypatch)
    case = everywhere(full, HOSTILE_TEXT[:200]) if hostile else full
    [made] = make_reports([case], tmp_path, "id", SITTING, letter=read_letter(EXAMPLE))
    assert made.error is None

    with opened(chromium, made.path, width=380) as (page, noise):
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 380
        printed = tmp_path / "record.pdf"
        page.pdf(path=printed, prefer_css_page_size=True)
        assert noise == []
    sheets = [sheet.extract_text() for sheet in PdfReader(printed).pages]
    short = f"digest {full.assessment_digest[:4]} {full.assessment_digest[4:8]}"
    assert all(short in sheet and "SIMULASI, BUKAN HASIL RESMI" in sheet for sheet in sheets)
