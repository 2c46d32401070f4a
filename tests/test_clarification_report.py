"""The clarification report: what stands in it, the workbook beside it, and its pages in a browser.

Cases are of the tiny instrument: 2.1, then 1.1 and 1.2, levels 1 to 4, texts "2.1 level 3".
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import papermill
import pytest
from hypothesis import given, settings
from openpyxl import load_workbook
from pypdf import PdfReader

from merit_kit import assessment, instrument
from merit_kit.assessment import Case
from merit_kit.errors import CaseError, ReportError
from merit_kit.files import kit_folder, write_whole
from merit_kit.reports import (
    CLARIFICATION,
    KONSEP,
    TERBIT,
    ClarificationReport,
    _filing,
    make_reports,
    open_clarification,
    read_letter,
)
from merit_kit.reports._exporter import MeritExporter
from merit_kit.reports._letter import parse_letter
from merit_kit.store import create_store
from merit_kit.workbook import read_open_items
from tests.conftest import ROUND, furnish, official_data
from tests.engine import quickly
from tests.entries import FILE, OTHER_FILE, OTHER_THREAD, THREAD
from tests.pages import opened, violations
from tests.sayings import reach, record, say
from tests.test_reports import HOSTILE, Structure, words_of
from tests.workbooks import filled

PARTS = ("head", "life", "opening", "summary", "items", "closing")
EXAMPLE = kit_folder("data") / "letters" / "surat-contoh.toml"
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
DAYS = ("2026-04-20", "2026-04-30")


@pytest.fixture
def about(store, begun) -> str:
    """The id of kota-a's assessment, in the stage of verification; nothing else is said yet."""
    reach(store, begun, "verifikasi")
    return begun


def case_of(store) -> Case:
    return assessment.make_case(store, "kota-a", ROUND)


def part(case: Case, name: str, lang: str = "id", **more) -> str:
    return words_of(getattr(ClarificationReport(case, lang, **more), name)().html)


def ask(store, about: str, code: str, thread: str = THREAD, **more) -> str:
    """Put a question about a sub-aspect, and return its id."""
    question = say("question", about, sub_aspect=code, thread=thread, **more)
    record(store, question)
    return question.id


def answer(store, about: str, question: str, thread: str = THREAD, **more) -> str:
    said = say("answer", about, question, thread=thread, **{"files": [], **more})
    record(store, said)
    return said.id


def close(store, about: str, *named: str, thread: str = THREAD, **more) -> None:
    record(store, say("closing", about, *named, thread=thread, **more))


def upload(store, about: str, code: str, name: str, state: str | None = None, **more) -> str:
    """Put a file as evidence, judged if a state is given, and return its digest."""
    file, content = more.pop("file", FILE), more.pop("content", PDF)
    sha = store.put_evidence(content, about).sha256
    given = {"file": file, "name": name, "sha256": sha, "size": len(content)}
    record(store, say("evidence", about, sub_aspect=code, **given))
    if state:
        record(store, say("evidence-state", about, file=file, sha256=sha, state=state, **more))
    return sha


def test_nothing_asked_is_said_plainly_and_nothing_else(store, about):
    said = part(case_of(store), "summary")

    assert "Kota A Periode 1 Tahun 2026" in said
    assert "Belum ada pertanyaan klarifikasi untuk instansi ini." in said
    assert "Yang perlu dilakukan" not in said
    assert part(case_of(store), "items") == ""


def test_the_summary_counts_the_questions_by_how_far_they_are(store, about):
    threads = [f"{n:032x}" for n in range(4)]
    questions = [ask(store, about, "1.1", thread) for thread in threads]
    answers = [answer(store, about, *both) for both in zip(questions[1:], threads[1:], strict=True)]
    close(store, about, questions[2], answers[1], thread=threads[2])
    reply = {"closed": False, "text": "Belum cukup."}
    close(store, about, questions[3], answers[2], thread=threads[3], **reply)

    said = part(case_of(store), "summary")

    assert "Menunggu jawaban instansi 2 1 di antaranya perlu dilengkapi" in said
    assert "Sudah dijawab, menunggu penilai 1 Selesai 1" in said


def test_when_everything_is_answered_or_closed_nothing_is_to_be_sent(store, about):
    question = ask(store, about, "1.1")
    said = answer(store, about, question)
    answered = part(case_of(store), "summary")
    close(store, about, question, said)

    assert "Semua pertanyaan sudah dijawab. Penilai sedang memeriksa" in answered
    closed = part(case_of(store), "summary")
    assert "Semua pertanyaan klarifikasi sudah selesai. Tidak ada yang perlu dikirim." in closed
    assert part(case_of(store), "items") == ""


def test_a_question_says_what_is_missing_until_when_and_what_counts_for_which_level(store, about):
    record(store, say("awal", about, sub_aspect="1.1", level=3))
    ask(store, about, "1.1", text="Mana SK-nya?", missing="SK tim", due="2026-04-30")

    assert part(case_of(store), "items") == (
        "Yang perlu ditindaklanjuti 1. Aspek satu 1.1 Nama 1.1 mandiri – · verifikasi 3 "
        "○ belum dijawab Paling lambat 30 April 2026 Mana SK-nya? Yang kurang: SK tim "
        "Untuk level 4: 1.1 level 4 Bukti yang diharapkan: Bukti 1.1"
    )


@pytest.mark.parametrize(
    ("own", "verified", "aims"),
    [
        (None, None, [3]),  # none from the lower half: its texts say what is lacking
        (2, None, [3]),
        (4, None, [4]),
        (None, 0, [3]),
        (2, 1, [3]),
        (4, 1, [3, 4]),
        (4, 2, [3, 4]),
        (3, 3, [4]),
        (1, 3, [4]),
        (4, 4, [4]),
    ],
)
def test_the_next_level_and_the_one_claimed_say_what_would_count(own, verified, aims, base_case):
    assert ClarificationReport(base_case)._aims(own, verified) == aims


def test_what_only_waits_for_the_evaluator_shows_the_answer_and_asks_for_nothing(store, about):
    sha = upload(store, about, "1.2", "notula.pdf")
    question = ask(store, about, "1.1")
    answer(store, about, question, text="Terlampir.\nHalaman 3.", files=[sha])

    said = part(case_of(store), "items")

    assert "◐ sudah dijawab, menunggu penilai Mana SK-nya?" in said
    assert "Jawaban instansi: Terlampir. Halaman 3. Berkas yang dikirim: notula.pdf" in said
    assert "Untuk level" not in said
    assert "Paling lambat" not in said


def test_an_answer_that_does_not_suffice_comes_back_with_the_reply(store, about):
    question = ask(store, about, "1.1")
    said = answer(store, about, question, text="Ada.")
    close(store, about, question, said, closed=False, text="Tanggalnya tidak terbaca.")

    said = part(case_of(store), "items")

    assert "↩ perlu dilengkapi Paling lambat 30 April 2026" in said
    assert "Jawaban instansi: Ada. Tanggapan penilai: Tanggalnya tidak terbaca." in said
    assert "Untuk level 3" in said


@pytest.mark.parametrize("state", ["kurang", "kedaluwarsa", "tidak-dapat-dibuka"])
def test_a_file_to_be_mended_is_named_with_its_state_and_what_was_found(store, about, state):
    upload(store, about, "1.2", "sk-2019.pdf", state, text="Tanpa tanda tangan")
    case = case_of(store)

    assert "Berkas bukti yang perlu diperbaiki 1" in part(case, "summary")
    named = state.replace("-", " ")
    said = part(case, "items")
    assert f"sk-2019.pdf ! {named} Tanpa tanda tangan Kirim penggantinya" in said
    assert "Untuk level 3" in said


def test_a_file_that_fits_or_that_nobody_looked_at_is_not_asked_for_again(store, about):
    upload(store, about, "1.2", "baik.pdf", "sesuai")
    upload(store, about, "1.2", "baru.pdf", file=OTHER_FILE)

    assert part(case_of(store), "items") == ""


def test_what_is_closed_is_counted_and_not_shown(store, about):
    question = ask(store, about, "2.1", text="Sudah selesai ini")
    close(store, about, question)
    ask(store, about, "1.1", OTHER_THREAD)

    said = part(case_of(store), "items")

    assert "Sudah selesai ini" not in said
    assert "1 pertanyaan yang sudah selesai tidak ditampilkan." in said


def test_questions_come_in_the_order_of_the_instrument(store, about):
    ask(store, about, "1.2")
    ask(store, about, "2.1", OTHER_THREAD)

    said = part(case_of(store), "items")

    assert said.index("Nama 2.1") < said.index("Nama 1.2")


@pytest.mark.parametrize(
    ("days", "first", "step"),
    [
        (DAYS, "20 April 2026", "Tenggat terdekat 20 April 2026; tenggat setiap pertanyaan"),
        ((DAYS[1], DAYS[1]), "30 April 2026", "Kirim paling lambat 30 April 2026."),
        ((None, DAYS[1]), "30 April 2026", "Tenggat terdekat 30 April 2026; tenggat setiap"),
    ],
)
def test_the_next_due_date_is_named_and_whether_all_is_due_then(store, about, days, first, step):
    for thread, due in zip((THREAD, OTHER_THREAD), days, strict=True):
        ask(store, about, "1.1", thread, due=due)

    said = part(case_of(store), "summary")

    assert f"Tenggat terdekat: {first}" in said
    assert step in said


def test_what_is_answered_is_not_due_any_more(store, about):
    answer(store, about, ask(store, about, "1.1", due=DAYS[0]))
    ask(store, about, "1.1", OTHER_THREAD, due=DAYS[1])

    assert "Tenggat terdekat: 30 April 2026" in part(case_of(store), "summary")


def test_points_so_far_are_given_once_something_is_verified_and_called_provisional(store, about):
    assert "sementara" not in part(case_of(store), "summary")
    record(store, say("awal", about, sub_aspect="2.1", level=2))

    said = part(case_of(store), "summary")

    assert "Nilai verifikasi sementara 140 (1 dari 3 subaspek)." in said


def test_a_draft_of_a_question_and_an_internal_note_are_in_nothing_an_agency_gets(
    store, about, tmp_path, monkeypatch
):
    quickly(monkeypatch)
    ask(store, about, "1.1", text="TANDA-KONSEP", visible_to="internal")
    record(store, say("note", about, text="TANDA-CATATAN", visible_to="internal"))
    ask(store, about, "1.2", OTHER_THREAD, text="Yang boleh dibaca")

    [made] = make_reports([case_of(store)], tmp_path, kind=CLARIFICATION)

    page = made.path.read_text(encoding="utf-8")
    assert "Yang boleh dibaca" in page
    cells = [str(c.value) for sheet in load_workbook(made.table) for r in sheet.rows for c in r]
    assert any("Yang boleh dibaca" in cell for cell in cells)
    assert "TANDA" not in page + " ".join(cells) + case_of(store).text
    assert "Menunggu jawaban instansi 1 " in part(case_of(store), "summary")


def test_the_workbook_beside_the_page_asks_what_waits_and_reads_back(
    store, about, tmp_path, monkeypatch
):
    quickly(monkeypatch)
    ask(store, about, "1.1", due=None)
    second = ask(store, about, "1.2", OTHER_THREAD, text="Kapan?", missing="Tanggal")
    said = answer(store, about, second, OTHER_THREAD)
    reply = {"closed": False, "text": "Tahun berapa?"}
    close(store, about, second, said, thread=OTHER_THREAD, **reply)
    answer(store, about, ask(store, about, "2.1", "7" * 32), "7" * 32)
    case = case_of(store)

    [made] = make_reports([case], tmp_path, kind=CLARIFICATION)

    assert made.table == made.path.with_suffix(".xlsx")
    assert "kota-a.id.xlsx, berkas Excel yang menyertai laporan ini" in words_of(
        made.path.read_text(encoding="utf-8")
    )
    items = ClarificationReport(case).open_items
    assert [(item.thread, item.missing) for item in items.items] == [
        (THREAD, "SK tim"),
        (OTHER_THREAD, "Tanggal\nTahun berapa?"),
    ]
    identity = read_open_items(made.table).identity
    assert (identity.agency, identity.round, identity.assessment) == ("kota-a", ROUND, about)
    assert (identity.store, identity.digest) == (store.id, case.instrument.digest)
    last = (made.path.parent / "manifest.jsonl").read_text(encoding="utf-8").splitlines()[-1]
    assert json.loads(last)["table"] == "kota-a.id.xlsx"


def test_an_answer_that_was_sent_back_without_a_word_is_asked_for_again(store, about):
    question = ask(store, about, "1.1")
    close(store, about, question, answer(store, about, question), closed=False)
    case = case_of(store)

    assert "Menunggu jawaban instansi 1 1 di antaranya perlu dilengkapi" in part(case, "summary")
    assert "perlu dilengkapi" in part(case, "items")
    [item] = ClarificationReport(case).open_items.items
    assert item.missing == "SK tim\nJawaban sebelumnya belum mencukupi."


def test_yesterdays_workbook_is_gone_once_nothing_waits(store, about, tmp_path, monkeypatch):
    quickly(monkeypatch)
    question = ask(store, about, "1.1")
    [made] = make_reports([case_of(store)], tmp_path, kind=CLARIFICATION)
    assert made.table.exists()
    answer(store, about, question)

    [again] = make_reports([case_of(store)], tmp_path, kind=CLARIFICATION)

    assert again.table is None
    assert not made.table.exists()


def test_a_workbook_that_an_agency_filled_in_is_kept_aside(store, about, tmp_path, monkeypatch):
    quickly(monkeypatch)
    question = ask(store, about, "1.1")
    [made] = make_reports([case_of(store)], tmp_path, kind=CLARIFICATION)
    folder = made.path.parent
    for name in ("kota-a.id.terisi.xlsx", "kota-a.id.terisi-2.xlsx"):
        filled(made.table, {"Klarifikasi": {"H5": f"Jawaban untuk {name}"}})

        # Unchanged, it would be left alone: it is only in the way of one that is made again.
        [again] = make_reports([case_of(store)], tmp_path, kind=CLARIFICATION, force=True)

        assert (again.kept, again.error) == (folder / name, None)
        [kept] = read_open_items(again.kept).answers
        assert kept.answer == f"Jawaban untuk {name}"
        assert read_open_items(again.table).answers == ()
    close(store, about, question)
    filled(made.table, {"Klarifikasi": {"H5": "x" * 10_001}})
    [last] = make_reports([case_of(store)], tmp_path, kind=CLARIFICATION)
    assert (last.kept, last.table) == (folder / "kota-a.id.terisi-3.xlsx", None)
    assert not made.table.exists()


def test_a_workbook_that_was_not_filled_in_is_made_anew(store, about, tmp_path, monkeypatch):
    quickly(monkeypatch)
    ask(store, about, "1.1")
    for _ in range(2):
        [made] = make_reports([case_of(store)], tmp_path, kind=CLARIFICATION)

    assert made.kept is None
    assert [path.name for path in made.path.parent.glob("*.xlsx")] == ["kota-a.id.xlsx"]


def test_a_workbook_that_cannot_be_replaced_leaves_the_page_beside_it(
    store, about, tmp_path, monkeypatch
):
    quickly(monkeypatch)
    ask(store, about, "1.1")
    [made] = make_reports([case_of(store)], tmp_path, kind=CLARIFICATION)
    before = made.path.read_bytes()
    ask(store, about, "1.2", OTHER_THREAD)

    def held(path: Path, content: bytes) -> None:
        if path.suffix == ".xlsx":
            raise PermissionError(13, "in use", str(path))
        write_whole(path, content)

    monkeypatch.setattr(_filing, "write_whole", held)
    [failed] = make_reports([case_of(store)], tmp_path, kind=CLARIFICATION)

    assert failed.error is not None
    assert made.path.read_bytes() == before


def test_nothing_of_one_agency_is_in_the_page_or_workbook_of_another(
    store, about, tiny, tmp_path, monkeypatch
):
    quickly(monkeypatch)
    other = assessment.begin(store, "kab-b", ROUND, tiny, "p-1")
    reach(store, other, "verifikasi")
    ask(store, other, "1.1", OTHER_THREAD, text="TANDA-B-TANYA", missing="TANDA-B-KURANG")
    upload(store, other, "1.1", "TANDA-B.pdf", "kurang", text="TANDA-B-TEMUAN")
    ask(store, about, "1.1")
    cases = assessment.make_cases(store, ROUND)

    b, a = make_reports(cases, tmp_path, kind=CLARIFICATION, letter=read_letter(EXAMPLE))

    assert a.path.name == "kota-a.id.html"
    cells = [str(c.value) for sheet in load_workbook(a.table) for r in sheet.rows for c in r]
    whole = a.path.read_text(encoding="utf-8") + " ".join(cells)
    assert "TANDA-B" in b.path.read_text(encoding="utf-8")
    assert "TANDA-B" not in whole
    assert "Kabupaten B" not in whole
    assert "kab-b" not in whole


def test_with_settings_the_report_is_a_letter(store, about):
    ask(store, about, "1.1")
    case, letter = case_of(store), read_letter(EXAMPLE)

    said = part(case, "opening", letter=letter)

    assert said.startswith("KOMISI PERCONTOHAN SISTEM MERIT (FIKTIF) KELOMPOK KERJA")
    assert "Nomor B-…/KPSM/KLA/2026-1 Sifat Segera" in said
    assert "Hal Klarifikasi penilaian mandiri penerapan sistem merit, Periode 1 Tahun 2026" in said
    assert "Kota Misal Raya , ………… Yth. Wali Kota A u.p. Sekretaris Daerah" in said
    assert "pada Kota A, bersama ini kami sampaikan hal-hal yang masih perlu dijelaskan." in said
    assert "menunggu jawaban: 1. Jawaban kami harapkan paling lambat 30 April 2026." in said
    signed = part(case, "closing", letter=letter)
    assert "Asisten Komisioner Wilayah Contoh Dr. Contoh Penandatangan, M.Si. (fiktif)" in signed
    assert "NIP 19700101 199503 1 001 Tembusan: Ketua Komisi" in signed
    assert "Tanda tangan tidak menjadikan simulasi ini surat resmi." in signed


def test_without_settings_it_is_no_letter(store, about):
    case = case_of(store)

    assert part(case, "opening") == ""
    assert "NIP" not in part(case, "closing")
    assert "Demikian" not in part(case, "closing")


def test_settings_of_a_few_lines_leave_out_the_rest_and_own_words_go_first(store, about):
    letter = parse_letter('[surat]\npembuka = "Kepada {agency}, {round}."\npenutup = "Salam."')
    case = case_of(store)

    said = part(case, "opening", letter=letter, lang="en")

    assert said.startswith("Subject Clarification of the merit-system self-assessment …………")
    # Own words are in Indonesian, and so is the round in them.
    assert said.endswith("To The Mayor of A Kepada Kota A, Periode 1 Tahun 2026.")
    assert part(case, "closing", letter=letter).startswith("Salam. Dibuat dari data")


def test_a_letter_is_dated_by_its_settings_or_else_by_its_issue(store, tmp_path, monkeypatch):
    quickly(monkeypatch)
    official = instrument.from_data(official_data())
    assessment.begin(store, "kota-a", ROUND, official, "p-1")
    more = {"kind": CLARIFICATION, "status": TERBIT, "by": "Sri"}

    def page(settings_: str) -> str:
        letter = parse_letter(settings_)
        [made] = make_reports([case_of(store)], tmp_path, letter=letter, **more)
        return words_of(made.path.read_text(encoding="utf-8").partition("</style>")[2])

    dated = page("[surat]\ntempat = 'Palu'\ntanggal = 2026-04-02")
    assert "Palu , 2 April 2026 Yth." in dated
    issued = page("[surat]\ntempat = 'Palu'")
    day = re.search(r"Diterbitkan pada (\d+ \w+ \d{4}) oleh Sri", issued)[1]
    assert f"Palu , {day} Yth." in issued


def test_by_hand_it_opens_from_the_store_and_says_what_is_lacking(tmp_path, tiny):
    with create_store(tmp_path / "ws") as store:
        furnish(store)
        assessment.begin(store, "kota-a", ROUND, tiny, "p-1")
        case = case_of(store)
    by_hand = {"store": str(tmp_path / "ws"), "agency": "kota-a", "round": ROUND}

    report = open_clarification(**by_hand, letter=str(EXAMPLE))

    assert report.case.digest == case.digest
    assert report.issue.status == KONSEP
    with pytest.raises(CaseError):
        open_clarification(store=str(tmp_path / "ws"), agency="kota-a")
    with pytest.raises(ReportError):
        open_clarification(**by_hand, letter=str(tmp_path / "surat.toml"))


@pytest.fixture(scope="module")
def base_case(tmp_path_factory, tiny) -> Case:
    """Everything that may be said, of an x each."""
    with create_store(tmp_path_factory.mktemp("base")) as store:
        furnish(store)
        about = assessment.begin(store, "kota-a", ROUND, tiny, "p-1")
        reach(store, about, "verifikasi")
        record(store, say("self", about, level=4, reason="x"))
        record(store, say("awal", about, level=2, reason="x"))
        sha = upload(store, about, "1.1", "x", "kurang", text="x")
        question = ask(store, about, "1.1", text="x", missing="x")
        said = answer(store, about, question, text="x", files=[sha])
        close(store, about, question, said, closed=False, text="x")
        answer(store, about, ask(store, about, "1.2", OTHER_THREAD, text="x"), OTHER_THREAD)
        return case_of(store)


@settings(max_examples=30, deadline=None)
@given(text=HOSTILE)
def test_whatever_anybody_writes_adds_no_tag_and_no_attribute(base_case, text):
    def tags(words: str) -> list[tuple[str, tuple[str, ...]]]:
        data = json.loads(base_case.text)
        data["agency"].update(name=words, province=words)
        for entry in data["entries"]:
            payload = json.loads(entry["payload"])
            for field in ("reason", "text", "missing", "name"):
                if field in payload["body"]:
                    payload["body"][field] = words
            entry["payload"] = json.dumps(payload)
        report = ClarificationReport(Case(data), letter=read_letter(EXAMPLE))
        html = "\n".join(getattr(report, name)().html for name in PARTS)
        return [tag for tag in Structure(html).tags if tag[0] != "br"]

    # A text of white space alone is as good as none; any other must only ever be text.
    assert tags(text) == tags("x" if text.strip() else text)


def test_a_kernel_the_test_engine_and_the_plain_tools_give_the_same_page(
    tmp_path, tiny, monkeypatch
):
    with create_store(tmp_path / "ws") as store:
        furnish(store)
        about = assessment.begin(store, "kota-a", ROUND, tiny, "p-1")
        reach(store, about, "verifikasi")
        upload(store, about, "1.1", "sk.pdf", "kurang")
        case = case_of(store)
    letter = read_letter(EXAMPLE)
    [by_kernel] = make_reports([case], tmp_path / "a", kind=CLARIFICATION, letter=letter)
    quickly(monkeypatch)
    [by_engine] = make_reports([case], tmp_path / "b", kind=CLARIFICATION, letter=letter)
    executed = papermill.execute_notebook(
        str(kit_folder("templates") / "laporan_klarifikasi.ipynb"),
        str(tmp_path / "tangan.ipynb"),
        parameters={
            **{"store": str(tmp_path / "ws"), "agency": "kota-a", "round": ROUND},
            "letter": str(EXAMPLE),
        },
        progress_bar=False,
        extra_arguments=["--log-level=ERROR"],
    )
    by_hand, _ = MeritExporter().from_notebook_node(executed)

    assert by_kernel.error is None
    assert by_kernel.path.read_bytes() == by_engine.path.read_bytes() == by_hand.encode("utf-8")


PAGES = ("letter", "english", "settled", "hostile", "issued")
WILD = "</title></style><script>alert(1)</script>\u202e😀'\"&;}" + "W" * 3_000


@pytest.fixture(scope="module")
def pages(tmp_path_factory, kasn) -> dict[str, Path]:
    """Pages of the real edition: a letter, one in English, one with nothing open, a hostile one."""
    folder, letter = tmp_path_factory.mktemp("pages"), read_letter(EXAMPLE)
    official = instrument.from_data(official_data())
    with create_store(folder) as store, pytest.MonkeyPatch.context() as patch:
        quickly(patch)
        furnish(store)
        about = assessment.begin(store, "kota-a", ROUND, kasn, "p-1")
        settled = assessment.begin(store, "kab-b", ROUND, official, "p-1")
        reach(store, about, "verifikasi")
        for place, code in enumerate(("1.3", "1.4", "2.2", "3.1", "4.3")):
            thread, due = f"{place:032x}", DAYS[place % 2]
            question = ask(store, about, code, thread, text="Mohon dijelaskan. " * 6, due=due)
            if place == 2:
                answer(store, about, question, thread, text="Sudah ada sejak 2024.")
        upload(store, about, "1.4", "peta jabatan.pdf", "kedaluwarsa", text="Tahun 2019")
        reach(store, settled, "verifikasi")
        quiet, busy = assessment.make_cases(store, ROUND)
        data = json.loads(busy.text)
        data["agency"]["name"] = WILD
        for entry in data["entries"][1:]:
            payload = json.loads(entry["payload"])
            wild = {k: WILD for k in ("text", "missing", "name") if k in payload["body"]}
            payload["body"].update(wild)
            entry["payload"] = json.dumps(payload)
        made = [
            *make_reports([busy], folder, "id", CLARIFICATION, letter=letter),
            *make_reports([busy], folder, "en", CLARIFICATION),
            *make_reports([quiet], folder, "id", CLARIFICATION),
            *make_reports([Case(data)], folder / "x", "id", CLARIFICATION, letter=letter),
            *make_reports(
                [quiet], folder, "id", CLARIFICATION, status=TERBIT, by="Sri", letter=letter
            ),
        ]
    assert [outcome.error for outcome in made] == [None] * len(PAGES)
    return dict(zip(PAGES, [outcome.path for outcome in made], strict=True))


class TestPages:
    pytestmark = pytest.mark.browser

    @pytest.mark.parametrize("name", PAGES)
    def test_axe_finds_nothing_wrong_and_the_page_asks_for_nothing(self, pages, chromium, name):
        with opened(chromium, pages[name]) as (page, noise):
            assert violations(page) == []
            assert noise == []
            assert page.locator("script, iframe, object, embed, link, img").count() == 0

    @pytest.mark.parametrize("width", [360, 794, 1366])
    @pytest.mark.parametrize("name", ["letter", "hostile"])
    def test_nothing_hangs_over_the_edge_of_the_screen(self, pages, chromium, name, width):
        with opened(chromium, pages[name], width) as (page, _):
            wide = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
            assert wide[0] <= wide[1]

    def test_letter_and_summary_are_the_first_sheet_and_every_sheet_is_marked(
        self, pages, chromium, tmp_path
    ):
        with opened(chromium, pages["letter"]) as (page, _):
            page.pdf(path=tmp_path / "surat.pdf", prefer_css_page_size=True, print_background=True)

        sheets = [sheet.extract_text() for sheet in PdfReader(tmp_path / "surat.pdf").pages]
        assert "KOMISI PERCONTOHAN" in sheets[0]
        assert "tenggat setiap pertanyaan" in sheets[0]
        assert "Yang perlu ditindaklanjuti" in sheets[1]
        assert 3 <= len(sheets) <= 6
        for number, sheet in enumerate(sheets, start=1):
            assert "SIMULASI, BUKAN HASIL RESMI" in sheet
            assert "Konsep" in sheet
            assert f"{number} / {len(sheets)}" in sheet

    def test_an_issued_letter_says_so_on_every_sheet_and_is_no_simulation(
        self, pages, chromium, tmp_path
    ):
        with opened(chromium, pages["issued"]) as (page, _):
            page.pdf(path=tmp_path / "surat.pdf", prefer_css_page_size=True)

        for sheet in PdfReader(tmp_path / "surat.pdf").pages:
            assert "Terbit, versi 1" in sheet.extract_text()
            assert "SIMULASI" not in sheet.extract_text()

    def test_a_page_is_lean(self, pages):
        assert max(pages[name].stat().st_size for name in PAGES if name != "hostile") < 40_000
