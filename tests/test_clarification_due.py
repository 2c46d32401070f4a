"""What of a clarification report is overdue, and how a file is sent again.

Cases are those of test_clarification_report: the tiny instrument, levels 1 to 4.
"""

# ruff: noqa: F811 fixtures of another file are asked for by their names

from __future__ import annotations

from dataclasses import replace

import pytest
from openpyxl import load_workbook

from merit_kit import assessment
from merit_kit.assessment import Case
from merit_kit.reports import (
    ClarificationReport,
    Issue,
    VerificationReport,
    index_rows,
    open_clarification,
    write_index,
)
from merit_kit.reports._letter import parse_letter, read_letter
from merit_kit.workbook import read_open_items, write_open_items
from tests.conftest import ROUND
from tests.entries import OTHER_FILE, OTHER_THREAD, THREAD
from tests.sayings import record, say
from tests.test_clarification_report import (
    EXAMPLE,
    about,  # noqa: F401
    answer,
    ask,
    case_of,
    upload,
)
from tests.test_reports import words_of

DUE = "2026-04-30"
ON_TIME, LATE = Issue(dated=f"{DUE}T23:00:00+07:00"), Issue(dated="2026-05-01T00:10:00+07:00")


def part(case: Case, name: str, issue: Issue = LATE, lang: str = "id") -> str:
    return words_of(getattr(ClarificationReport(case, lang, issue), name)().html)


def cells(case: Case, folder, issue: Issue = LATE) -> str:
    write_open_items(folder / "x.xlsx", ClarificationReport(case, issue=issue).open_items)
    book = load_workbook(folder / "x.xlsx")
    return "\n".join(str(c.value) for sheet in book for row in sheet.rows for c in row if c.value)


def test_a_question_is_overdue_the_day_after_it_was_due(store, about, tmp_path):
    ask(store, about, "1.1", due=DUE)
    case = case_of(store)

    assert "Paling lambat 30 April 2026 (lewat tenggat)" in part(case, "items")
    assert "(lewat tenggat)" not in part(case, "items", ON_TIME)
    assert "1 sudah lewat tenggat" in part(case, "summary")
    assert "Tenggat 30 April 2026 sudah lewat. Kirim sesegera mungkin" in part(case, "summary")
    assert "Kirim paling lambat 30 April 2026." in part(case, "summary", ON_TIME)
    assert "lewat" not in part(case, "summary", ON_TIME)
    assert "30 April 2026 (lewat tenggat)" in cells(case, tmp_path)
    assert "lewat tenggat" not in cells(case, tmp_path, ON_TIME)


def test_what_was_answered_or_has_no_day_is_never_overdue(store, about):
    answer(store, about, ask(store, about, "1.1", due=DUE))
    ask(store, about, "1.2", OTHER_THREAD, due=None)

    assert "lewat tenggat" not in part(case_of(store), "items") + part(case_of(store), "summary")


def test_as_of_a_day_what_was_due_later_is_not_overdue_whenever_the_page_is_made(store, about):
    ask(store, about, "1.1", due=DUE)
    data = case_of(store).data

    assert "lewat tenggat" not in part(Case({**data, "as_of": DUE}), "items")
    assert "lewat tenggat" in part(Case({**data, "as_of": "2026-05-01"}), "items", ON_TIME)


def test_the_verification_report_and_the_list_say_so_too(store, about, tmp_path):
    ask(store, about, "1.1", due=DUE)
    case = case_of(store)

    made = VerificationReport(case, issue=LATE)
    assert "30 April 2026 (lewat tenggat)" in words_of(made.clarifications().html)
    [row] = index_rows([case], tmp_path, "2026-05-01")
    assert (row.waiting, row.late) == (1, 1)
    page = write_index(tmp_path, [row]).read_text(encoding="utf-8")
    assert "1 (1 lewat tenggat)" in words_of(page)
    assert index_rows([case], tmp_path, DUE)[0].late == 0


def test_opened_by_hand_a_report_is_of_today(store, about, tmp_path):
    ask(store, about, "1.1", due="2020-01-01")
    file = tmp_path / "kasus.json"
    file.write_text(case_of(store).text, encoding="utf-8")

    assert "lewat tenggat" in words_of(open_clarification(case=str(file)).items().html)


def test_status_counts_what_is_overdue(store, about):
    ask(store, about, "1.1", due="2020-01-01")
    ask(store, about, "1.2", OTHER_THREAD, due="2999-01-01")

    found = assessment.status(store, ROUND).loc["kota-a"]
    assert (found["open"], found["late"]) == (2, 1)


def test_the_workbook_says_for_which_level_evidence_would_count(store, about, tmp_path):
    record(store, say("awal", about, sub_aspect="1.1", level=3))
    ask(store, about, "1.1")

    assert "Untuk level 4: 1.1 level 4\n• Bukti 1.1" in cells(case_of(store), tmp_path)


def test_a_file_to_be_mended_says_under_which_name_it_is_sent_again(store, about, tmp_path):
    upload(store, about, "1.2", "sk-2019.pdf", "kedaluwarsa", text="Sudah dicabut")
    ask(store, about, "1.1")
    case = case_of(store)

    assert "Kirim penggantinya sebagai 1.2/sk-2019.pdf" in part(case, "items")
    assert "dengan nama yang sama" in part(case, "summary")
    said = cells(case, tmp_path)
    for text in ("sk-2019.pdf", "kedaluwarsa", "Sudah dicabut", "1.2/sk-2019.pdf"):
        assert text in said.split("\n")
    # Filled in or not, the list of files is read past.
    assert read_open_items(tmp_path / "x.xlsx").answers == ()


def test_without_files_to_mend_the_workbook_has_no_sheet_for_them(store, about, tmp_path):
    ask(store, about, "1.1")
    cells(case_of(store), tmp_path)

    assert "Berkas" not in load_workbook(tmp_path / "x.xlsx").sheetnames


def test_what_a_folder_of_evidence_brings_under_that_name_is_a_revision(store, about, tmp_path):
    upload(store, about, "1.2", "sk-2019.pdf", "kurang")
    place = tmp_path / "bukti" / "kota-a" / "1.2"
    place.mkdir(parents=True)
    (place / "sk-2019.pdf").write_bytes(b"%PDF-1.4\nbaru\n%%EOF\n")

    assessment.import_evidence(store, tmp_path / "bukti", ROUND, "p-s")

    assert part(case_of(store), "items") == ""


def test_a_file_whose_question_was_answered_with_another_waits_for_the_evaluator(store, about):
    upload(store, about, "1.2", "lama.pdf", "kedaluwarsa")
    upload(store, about, "1.1", "lain.pdf", "kurang", file="f" * 32)
    question = ask(store, about, "1.2")
    new = upload(store, about, "1.2", "baru.pdf", file=OTHER_FILE, content=b"%PDF-1.4\n2\n%%EOF\n")
    answer(store, about, question, THREAD, files=[new])
    case = case_of(store)

    assert "Berkas bukti yang perlu diperbaiki 1 1 lagi mungkin sudah diganti" in part(
        case, "summary"
    )
    assert "lama.pdf ◐ menunggu penilai" in part(case, "items")
    assert "Jawaban menyertakan baru.pdf; penilai belum memeriksa apakah itu penggantinya." in part(
        case, "items"
    )
    assert "1.2/lama.pdf" not in part(case, "items")
    assert "1.1/lain.pdf" in part(case, "items")


def test_the_same_file_sent_again_with_an_answer_is_no_replacement(store, about):
    old = upload(store, about, "1.2", "lama.pdf", "kedaluwarsa")
    answer(store, about, ask(store, about, "1.2"), files=[old])

    assert "1.2/lama.pdf" in part(case_of(store), "items")


@pytest.mark.parametrize(("verified", "said"), [(1, True), (2, False), (3, False)])
def test_why_a_higher_level_than_the_next_is_named_is_said(store, about, verified, said):
    record(store, say("awal", about, sub_aspect="1.1", level=verified))
    ask(store, about, "1.1")

    note = "Uraian level di bawah level 3 menyebut apa yang belum ada"
    assert (note in part(case_of(store), "items")) == said


@pytest.mark.parametrize(("level", "said"), [(1, True), (2, False)])
def test_the_lifts_say_why_a_step_names_a_higher_level(store, about, level, said):
    for code in ("2.1", "1.1", "1.2"):
        record(store, say("awal", about, sub_aspect=code, level=level))

    page = words_of(VerificationReport(case_of(store)).lifts().html)
    assert (f"{level} → {level + 1}" in page) is True
    assert ("Tambahan poin dihitung untuk satu level berikutnya" in page) == said


def test_a_day_alone_is_enough_to_say_what_is_overdue(store, about):
    ask(store, about, "1.1", due=DUE)

    assert "lewat tenggat" in part(case_of(store), "items", replace(LATE, dated="2026-05-01"))


def test_a_letter_speaks_of_an_excel_file_only_where_there_is_one(store, about):
    case, letter = case_of(store), read_letter(EXAMPLE)

    def opening(issue: Issue, settings=letter) -> str:
        return words_of(ClarificationReport(case, "id", issue, settings).opening().html)

    assert "Lampiran" not in opening(LATE)
    assert "Lampiran Satu berkas Excel" in opening(replace(LATE, table="kota-a.id.xlsx"))
    own = parse_letter('[surat]\nlampiran = "Dua berkas"\n')
    assert "Lampiran Dua berkas" in opening(LATE, own)
