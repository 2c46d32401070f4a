"""What comes in as files undoes nothing newer, and loses nothing that somebody wrote.

The forms and lists are those of test_exchange.py: of a form H is the level, I the explanation, J
the names of files; of a list of questions H is the answer and I the names of files, from line 5 on.
"""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from merit_kit import assessment, process, workbook
from merit_kit.assessment import EvidenceTaken, Incoming
from merit_kit.errors import RuleError, TableError
from merit_kit.i18n import explain
from merit_kit.store import Statement
from tests.conftest import ROUND, level
from tests.entries import OTHER_THREAD
from tests.sayings import CLOCK, counting, reach, record, say
from tests.test_exchange import faults, files_of, laid, levels_of, take
from tests.workbooks import filled

PDF = b"%PDF-1.7 isi"
BOTH = ("kota-a", "kab-b")


def state(store, about: str, value: int | None, reason: str = "") -> None:
    """Let the agency's team replace what stands of 1.1."""
    stands = counting(store, about)
    of_it = stands["kind"].eq("level") & stands["body"].map(lambda b: b.get("sub_aspect") == "1.1")
    record(store, level(about, "1.1", value, reason=reason, base=tuple(stands[of_it]["id"])))


def form_in(store, path: Path, **cells) -> Path:
    """The form of kota-a as it goes out now, filled in on the sheet of aspect 1."""
    workbook.write_form(path, assessment.form_of(store, "kota-a", ROUND))
    return filled(path, {"Aspek 1": cells})


@pytest.fixture
def path(tmp_path) -> Path:
    return tmp_path / "kota-a.xlsx"


# A form and what was stated since it was written


@pytest.mark.parametrize(
    ("now", "cells", "result"),
    [
        ((3, "a"), {"H6": 4}, (4, "a")),
        ((3, "b"), {"H6": 4}, (4, "b")),
        ((2, "a"), {"I6": "c"}, (2, "c")),
        ((4, "a"), {"H6": 4}, (4, "a")),
        ((3, "c"), {"H6": 4, "I6": "c"}, (4, "c")),
        ((3, "a"), {"I6": None}, (3, "")),
        ((3, "a"), {"H6": "-"}, (None, "")),
        ((None, ""), {"H6": "-"}, (None, "")),
    ],
    ids=[
        *("level", "level-beside-newer-words", "words-beside-newer-level", "level-there-already"),
        *("words-there-already", "words-deleted", "emptied", "emptied-already"),
    ],
)
def test_a_form_changes_what_was_changed_in_it_and_nothing_else(
    store, begun, path, now, cells, result
):
    state(store, begun, 3, "a")
    form_in(store, path, **cells)
    if now != (3, "a"):
        state(store, begun, *now)

    take(store, path)

    assert levels_of(store, begun).get("1.1", (None, "")) == result
    assert not counting(store, begun)["conflict"].any()


@pytest.mark.parametrize(
    ("now", "cells"),
    [
        ((2, "a"), {"H6": 4}),
        ((3, "b"), {"I6": "c"}),
        ((None, ""), {"H6": 4}),
        ((None, ""), {"I6": "c"}),
        ((2, "a"), {"H6": "-"}),
        ((3, "b"), {"H6": "-"}),
    ],
    ids=[
        *("level", "words", "withdrawn-level", "words-of-a-withdrawn-level", "emptied-level"),
        "emptied-words",
    ],
)
def test_a_form_does_not_undo_what_was_stated_since_it_was_written(store, begun, path, now, cells):
    state(store, begun, 3, "a")
    form_in(store, path, **cells)
    state(store, begun, *now)

    assert faults(store, RuleError, take, store, path) == (
        "import-differs",
        [("kota-a 1.1 mandiri", "import-differs")],
    )
    take(store, path, replacing=True)
    assert levels_of(store, begun).get("1.1", (None, ""))[0] == (
        None if cells.get("H6") == "-" else cells.get("H6", 3)
    )


def test_a_form_taken_again_does_not_bring_back_what_was_replaced(store, begun, path):
    form_in(store, path, H6=3, I6="a")
    take(store, path)
    state(store, begun, 2, "a")

    assert faults(store, RuleError, take, store, path)[0] == "import-differs"
    assert levels_of(store, begun) == {"1.1": (2, "a")}


def test_a_form_of_a_long_explanation_knows_it_again(store, begun, path):
    words = " baris satu\r\nbaris dua_x000D_ "
    state(store, begun, 3, words)
    form_in(store, path, H6=4)

    take(store, path)
    assert levels_of(store, begun) == {"1.1": (4, words)}


def test_a_table_without_an_explanation_still_erases_none(store, begun, tmp_path):
    state(store, begun, 3, "a")
    table = tmp_path / "a.csv"
    table.write_text("kode;mandiri\n1.1;3\n", encoding="utf-8")

    [result] = take(store, table, agency="kota-a")
    assert (result.stated, result.unchanged) == (0, 1)


def test_what_a_form_withdraws_is_named(store, begun, path):
    state(store, begun, 3, "a")
    form_in(store, path, H6="-")

    [result] = take(store, path)
    assert (result.stated, result.withdrawn) == (1, ("1.1",))


# Answers and the question they were written for


def listed_in(store, about: str, path: Path, **cells) -> Path:
    """The list of open questions of kota-a as it goes out now, filled in."""
    form = assessment.form_of(store, "kota-a", ROUND)
    items = tuple(
        workbook.OpenItem(row.thread, row.sub_aspect, row.text, entry=row.id)
        for row in process.clarifications(counting(store, about)).itertuples()
    )
    known = (form.instrument, form.agency, form.round, form.store, about)
    workbook.write_open_items(path, workbook.OpenItems(*known, items=items))
    return filled(path, {"Klarifikasi": cells})


@pytest.fixture
def asked(store, begun) -> Statement:
    """A question about 1.1."""
    reach(store, begun, "verifikasi")
    question = say("question", begun)
    record(store, question)
    return question


def test_an_answer_to_a_question_that_was_put_in_other_words_is_refused_by_its_cell(
    store, begun, asked, path
):
    listed_in(store, begun, path, H5="Sudah")
    record(store, say("question", begun, asked.id, text="SK yang mana?"))

    assert faults(store, RuleError, take, store, path) == (
        "answers-refused",
        [("Klarifikasi:5:H (ISIAN: jawaban)", "question-changed")],
    )
    take(store, listed_in(store, begun, path, H5="Sudah"))
    [found] = process.clarifications(counting(store, begun)).itertuples()
    assert (found.state, found.answer) == ("answered", "Sudah")


def test_a_list_whose_hidden_part_is_cut_is_damaged(store, begun, asked, path):
    listed_in(store, begun, path, H5="Sudah")
    made = openpyxl.load_workbook(path)
    made["merit-kit"].delete_rows(12, 5)
    made.save(path)

    assert faults(store, TableError, take, store, path)[1] == [("", "form-damaged")]


def test_an_answer_below_a_list_without_questions_is_named(store, begun, asked, path):
    form = assessment.form_of(store, "kota-a", ROUND)
    known = (form.instrument, form.agency, form.round, form.store, begun)
    workbook.write_open_items(path, workbook.OpenItems(*known))
    filled(path, {"Klarifikasi": {"H5": "Sudah"}})

    assert faults(store, TableError, take, store, path)[1] == [("Klarifikasi:5:H", "form-stray")]


# Whose files are whose


@pytest.fixture
def two(store, begun, tiny, tmp_path) -> dict[str, Path]:
    """The forms of two agencies in one inbox; each names SK.pdf for 1.1."""
    assessment.begin(store, "kab-b", ROUND, tiny, "p-1")
    forms = {code: tmp_path / f"{code}.xlsx" for code in BOTH}
    for code, form in forms.items():
        workbook.write_form(form, assessment.form_of(store, code, ROUND))
        filled(form, {"Aspek 1": {"H6": 3, "J6": "SK.pdf"}})
    return forms


def test_a_file_beside_the_forms_of_two_agencies_is_nobodys_evidence(store, two, tmp_path):
    laid(tmp_path / "bukti", **{"SK.pdf": PDF})

    results = assessment.import_files(store, list(two.values()), ROUND, "p-1")

    assert [result.missing for result in results] == [(("1.1", "SK.pdf"),)] * 2
    assert [result.files for result in results] == [0, 0]


def test_of_two_agencies_each_has_the_files_of_its_own_folder(store, two, tmp_path):
    laid(tmp_path / "bukti", **{"kota-a/SK.pdf": PDF, "kab-b/1.1/SK.pdf": PDF + b" lain"})

    assessment.import_files(store, list(two.values()), ROUND, "p-1")

    sizes = {
        code: process.evidence(counting(store, assessment.find(store, code, ROUND)))["size"].item()
        for code in BOTH
    }
    assert sizes == {"kota-a": len(PDF), "kab-b": len(PDF) + 5}


def test_a_bare_file_beside_the_folder_of_an_agency_is_not_taken_for_another(store, two, tmp_path):
    laid(tmp_path / "bukti", **{"SK.pdf": PDF, "kab-b/1.1/SK.pdf": PDF})

    [result] = take(store, two["kota-a"])
    assert (result.files, result.missing) == (0, (("1.1", "SK.pdf"),))


def test_a_file_that_is_stored_already_is_not_missing(store, two, tmp_path):
    laid(tmp_path / "bukti", **{"SK.pdf": PDF})
    take(store, two["kota-a"])
    (tmp_path / "bukti" / "SK.pdf").unlink()

    [result] = take(store, two["kota-a"])
    assert (result.stated, result.missing) == (0, ())


def test_an_answer_may_rest_on_a_file_that_is_stored_already(store, begun, asked, path):
    laid(path.parent / "bukti", **{"sk.pdf": PDF})
    take(store, listed_in(store, begun, path, H5="Sudah", I5="sk.pdf"))
    (path.parent / "bukti" / "sk.pdf").unlink()

    [result] = take(store, listed_in(store, begun, path, H5="Lengkap", I5="sk.pdf"))
    assert result.stated == 1
    [found] = process.clarifications(counting(store, begun)).itertuples()
    assert len(found.files) == 1


# What was withdrawn


@pytest.fixture
def withdrawn(store, begun, tmp_path) -> Path:
    """A folder whose only file was taken and then withdrawn."""
    folder = laid(tmp_path / "kiriman", **{"kota-a/1.1/sk.pdf": PDF})
    assessment.import_evidence(store, folder, ROUND, "p-1")
    stands = counting(store, begun)
    [row] = stands[stands["kind"] == "evidence"].itertuples()
    gone = {**row.body, "withdrawn": True}
    record(store, Statement(begun, "evidence", "p-1", CLOCK, gone, (row.id,)))
    return folder


def test_evidence_that_was_withdrawn_is_left_out_and_named(store, begun, withdrawn):
    before = store.entries()

    taken = assessment.import_evidence(store, withdrawn, ROUND, "p-1")

    assert taken == [EvidenceTaken("kota-a", 0, 0, 0, (("1.1", "sk.pdf"),))]
    assert store.entries().equals(before)


def test_evidence_that_was_withdrawn_is_stated_again_on_request(store, begun, withdrawn):
    [taken] = assessment.import_evidence(store, withdrawn, ROUND, "p-1", again=True)

    assert (taken.added, taken.withdrawn) == (1, ())
    assert set(files_of(store, begun)) == {("1.1", "sk.pdf")}
    assert not counting(store, begun)["conflict"].any()


def test_other_contents_under_a_withdrawn_name_are_a_new_file(store, begun, withdrawn):
    laid(withdrawn, **{"kota-a/1.1/sk.pdf": PDF + b" baru"})

    [taken] = assessment.import_evidence(store, withdrawn, ROUND, "p-1")
    assert (taken.added, taken.withdrawn) == (1, ())


def test_a_form_does_not_bring_withdrawn_evidence_back(store, begun, withdrawn, path):
    form_in(store, path, J6="sk.pdf")

    [result] = take(store, path, evidence=withdrawn)
    assert (result.files, result.left_out) == (0, (("1.1", "sk.pdf"),))
    assert files_of(store, begun) == {}


def test_an_answer_that_rests_on_withdrawn_evidence_is_refused_by_its_cell(
    store, begun, withdrawn, path
):
    reach(store, begun, "verifikasi")
    record(store, say("question", begun))
    listed_in(store, begun, path, H5="Sudah", I5="sk.pdf")

    assert faults(store, RuleError, take, store, path, evidence=withdrawn) == (
        "answers-refused",
        [("Klarifikasi:5:I (ISIAN: nama berkas, satu per baris)", "file-withdrawn")],
    )


@pytest.mark.parametrize("name", ["1.1.2 sub", "12.10.2025 rapat", "1.12025"])
def test_a_day_or_a_longer_number_is_not_taken_for_a_code(store, begun, tmp_path, name):
    folder = laid(tmp_path / "kiriman", **{f"kota-a/{name}/sk.pdf": PDF})

    take_folder = (assessment.import_evidence, store, folder, ROUND, "p-1")
    assert faults(store, RuleError, *take_folder)[1] == [
        (f"kota-a/{name}/sk.pdf", "folder-without-code")
    ]


@pytest.mark.parametrize("name", ["1.1", "1.1. SK", "1.1-2025", "1.1_2 lampiran"])
def test_what_follows_a_code_may_be_a_point_or_a_number_of_its_own(store, begun, tmp_path, name):
    folder = laid(tmp_path / "kiriman", **{f"kota-a/{name}/sk.pdf": PDF})

    [taken] = assessment.import_evidence(store, folder, ROUND, "p-1")
    assert taken.added == 1


# Everything wrong in one round


def test_what_is_wrong_with_the_files_of_a_form_is_told_with_its_cells(store, begun, path):
    form_in(store, path, H6=9, J6="kosong.pdf", J7="program.pdf\nhilang.pdf")
    laid(path.parent / "bukti", **{"kosong.pdf": b"", "1.2/program.pdf": b"MZ\x90"})
    files = "(ISIAN: nama berkas bukti, satu per baris)"

    assert faults(store, TableError, take, store, path) == (
        "tables-faulty",
        [
            ("Aspek 1:6:H (ISIAN: level 0–4)", "level-off-scale"),
            (f"Aspek 1:6:J {files}", "file-empty"),
            (f"Aspek 1:7:J {files}", "file-type"),
        ],
    )


def test_what_is_wrong_with_the_files_of_answers_is_told_with_their_cells(
    store, begun, asked, path
):
    record(store, say("question", begun, thread=OTHER_THREAD, sub_aspect="1.2"))
    listed_in(store, begun, path, H5="Sudah", I5="program.pdf\nhilang.pdf", H6="x" * 10_001)
    laid(path.parent / "bukti", **{"program.pdf": b"MZ\x90"})

    _, found = faults(store, TableError, take, store, path)
    assert [(where[:15], key) for where, key in found] == [
        ("Klarifikasi:5:I", "file-type"),
        ("Klarifikasi:5:I", "file-not-there"),
        ("Klarifikasi:6:H", "text-too-long"),
    ]


def test_what_is_written_beside_the_cells_to_be_filled_in_is_named_and_not_read(store, begun, path):
    form_in(store, path, H6=3, L6="catatan", B20="juga")

    [result] = take(store, path)
    assert [str(place) for place in result.outside] == ["Aspek 1:6:L", "Aspek 1:20:B"]
    assert result.stated == 1


# Which edition a form is of


def test_a_form_opens_its_assessment_under_its_own_edition(store, tmp_path):
    from merit_kit.instrument import load

    other = load("kasn-2019-410")
    path = tmp_path / "kab-b.xlsx"
    workbook.write_form(path, assessment.form_of(store, "kab-b", ROUND, "id", other))
    filled(path, {"Aspek 1": {"H6": 3}})

    take(store, path)

    about = assessment.find(store, "kab-b", ROUND)
    assert assessment.instrument_of(store, about).digest == other.digest


def test_a_form_of_an_edition_that_is_not_at_hand_says_which_to_name(store, tiny, tmp_path):
    path = tmp_path / "kab-b.xlsx"
    workbook.write_form(path, assessment.form_of(store, "kab-b", ROUND, "id", tiny))

    with pytest.raises(TableError) as caught:
        take(store, path)
    assert "--edition" in explain(caught.value)


def test_a_form_whose_hidden_sheet_is_gone_is_said_to_be_one(store, begun, path):
    form_in(store, path, H6=3)
    made = openpyxl.load_workbook(path)
    del made["merit-kit"]
    made.save(path)

    with pytest.raises(TableError) as caught:
        assessment.import_files(store, [path], ROUND, "p-1", Incoming(agency="kota-a"))
    [cause] = caught.value.causes
    assert cause.key == "form-sheet-gone"
    assert "lembar merit-kit" in explain(cause)


def test_a_list_whose_hidden_sheet_is_gone_is_said_to_be_one(store, begun, asked, path):
    listed_in(store, begun, path, H5="Sudah")
    made = openpyxl.load_workbook(path)
    del made["merit-kit"]
    made.save(path)

    assert faults(store, TableError, take, store, path)[1] == [("", "form-sheet-gone")]
