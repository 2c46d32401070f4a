"""What comes in as files and goes out again: folders of evidence, forms, answers, levels to enter.

`tiny` (conftest.py) has 2.1 on the sheet "Aspek 2", 1.1 and 1.2 on "Aspek 1" in the lines 6 and 7;
of a form H is the level, I the explanation, J the names of files. In a list of open questions H is
the answer and I the names of files, from line 5 on.
"""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from merit_kit import assessment, process, workbook
from merit_kit.assessment import EvidenceTaken, Imported, Incoming
from merit_kit.errors import MeritError, RuleError, TableError
from merit_kit.i18n import LANGUAGES, explain
from merit_kit.store import audit, create_store
from tests.conftest import ROUND, furnish
from tests.entries import OTHER_THREAD, THREAD
from tests.sayings import appointed, counting, reach, record, say
from tests.workbooks import filled

PDF = b"%PDF-1.7 isi"
THIRD_THREAD = "9" * 32


def laid(folder: Path, **files: bytes) -> Path:
    """A folder with these files; "/" in a name is a folder."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def faults(store, kind, call, *arguments, **named) -> tuple[str, list[tuple[str, str]]]:
    """The key of a refusal and all its problems, those below it too; nothing was stored."""
    before = store.entries()
    with pytest.raises(kind) as caught:
        call(*arguments, **named)
    assert store.entries().equals(before)
    for lang in LANGUAGES:
        assert "{" not in explain(caught.value, lang)
    return caught.value.key, [(str(p.where), p.key) for p in problems_in(caught.value)]


def problems_in(error: MeritError):
    """All problems of an error; what was refused below it without one stands as its own."""
    for below in error.causes:
        yield from problems_in(below)
    if error.problems:
        yield from error.problems
    elif not error.causes:
        yield type("Bare", (), {"where": "", "key": error.key})


def files_of(store, about) -> dict[tuple[str, str], str]:
    """The files that stand as evidence, with the id of each."""
    frame = process.evidence(counting(store, about))
    return {(row.sub_aspect, row.name): row.file for row in frame.itertuples()}


def levels_of(store, about, of=process.SELF) -> dict[str, tuple[int | None, str]]:
    frame = process.levels(counting(store, about), of)
    return {row.sub_aspect: (row.level, row.reason) for row in frame.itertuples()}


# Folders of evidence


@pytest.fixture
def folder(tmp_path) -> Path:
    return tmp_path / "kiriman"


@pytest.fixture
def both(store, begun, tiny) -> dict[str, str]:
    """The assessments of both agencies."""
    return {"kota-a": begun, "kab-b": assessment.begin(store, "kab-b", ROUND, tiny, "p-1")}


def test_a_folder_is_taken_by_agency_and_by_the_code_its_names_begin_with(store, both, folder):
    laid(
        folder,
        **{
            "kota-a/1.1/sk.pdf": PDF,
            "kota-a/1.2 Data pensiun/2024/lama.txt": b"lama",
            "kota-a/2.1_peta.pdf": PDF,
            "kab-b/1.1-SK/sk.pdf": PDF + b" lain",
        },
    )

    taken = assessment.import_evidence(store, folder, ROUND, "p-1")

    assert taken == [EvidenceTaken("kab-b", 1, 0, 0), EvidenceTaken("kota-a", 3, 0, 0)]
    assert set(files_of(store, both["kota-a"])) == {
        ("1.1", "sk.pdf"),
        ("1.2", "lama.txt"),
        ("2.1", "2.1_peta.pdf"),
    }
    assert set(files_of(store, both["kab-b"])) == {("1.1", "sk.pdf")}
    assert audit(store) == []


def test_the_folder_of_one_agency_is_taken_when_it_is_named(store, begun, folder):
    laid(folder, **{"1.1/sk.pdf": PDF})

    assert assessment.import_evidence(store, folder, ROUND, "p-1", "kota-a") == [
        EvidenceTaken("kota-a", 1, 0, 0)
    ]


def test_the_same_folder_again_states_nothing(store, begun, folder):
    laid(folder, **{"kota-a/1.1/sk.pdf": PDF, "kota-a/1.2/sk.pdf": PDF})
    assessment.import_evidence(store, folder, ROUND, "p-1")
    before = store.entries()

    assert assessment.import_evidence(store, folder, ROUND, "p-1") == [
        EvidenceTaken("kota-a", 0, 0, 2)
    ]
    assert store.entries().equals(before)


def test_other_contents_are_a_revision_of_the_same_file(store, begun, folder):
    laid(folder, **{"kota-a/1.1/sk.pdf": PDF, "kota-a/1.2/sk.pdf": PDF})
    assessment.import_evidence(store, folder, ROUND, "p-1")
    first = files_of(store, begun)
    laid(folder, **{"kota-a/1.1/sk.pdf": PDF + b" baru"})

    taken = assessment.import_evidence(store, folder, ROUND, "p-1")

    assert taken == [EvidenceTaken("kota-a", 0, 1, 1)]
    assert files_of(store, begun) == first
    stands = process.evidence(counting(store, begun)).set_index("sub_aspect")["size"]
    assert dict(stands) == {"1.1": len(PDF) + 5, "1.2": len(PDF)}
    assert not counting(store, begun)["conflict"].any()


def test_what_systems_leave_lying_about_is_nobodys_evidence(store, begun, folder):
    laid(
        folder,
        **{
            "kota-a/1.1/sk.pdf": PDF,
            "kota-a/1.1/Thumbs.db": b"\0",
            "kota-a/1.1/desktop.ini": b"\0",
            "kota-a/1.1/~$surat.docx": b"\0",
            "kota-a/.DS_Store": b"\0",
            "kota-a/1.1/.git/config": b"[core]",
            ".DS_Store": b"\0",
        },
    )

    assert assessment.import_evidence(store, folder, ROUND, "p-1") == [
        EvidenceTaken("kota-a", 1, 0, 0)
    ]


def test_every_fault_of_a_folder_is_named_by_its_path_and_nothing_is_taken(store, both, folder):
    laid(
        folder,
        **{
            "catatan.txt": b"di luar",
            "kota-z/1.1/sk.pdf": PDF,
            "kota-a/1.1/sk.pdf": PDF,
            "kota-a/1.1/kosong.pdf": b"",
            "kota-a/Lampiran/sk.pdf": PDF,
            "kota-a/9.9/sk.pdf": PDF,
            "kota-a/1.1/terbalik\u202efdp.exe": PDF,
            "kab-b/1.2/program.pdf": b"MZ\x90",
        },
    )

    key, found = faults(store, RuleError, assessment.import_evidence, store, folder, ROUND, "p-1")

    assert key == "evidence-refused"
    assert sorted(found) == sorted(
        [
            ("kab-b/1.2/program.pdf", "evidence-type"),
            ("catatan.txt", "file-outside"),
            ("kota-a/1.1/kosong.pdf", "evidence-empty"),
            ("kota-a/1.1/terbalik\u202efdp.exe", "file-name"),
            ("kota-a/9.9/sk.pdf", "folder-without-code"),
            ("kota-a/Lampiran/sk.pdf", "folder-without-code"),
            ("kota-z", "agency-unknown"),
        ]
    )
    assert files_of(store, both["kota-a"]) == {}


@pytest.mark.skipif(os.name == "nt", reason="links need a right that users do not have there")
@pytest.mark.parametrize("linked", ["kota-a/1.1/tautan.pdf", "kota-a/1.2", "kab-b"])
def test_a_link_is_refused_wherever_it_leads(store, both, folder, tmp_path, linked):
    laid(folder, **{"kota-a/1.1/sk.pdf": PDF})
    elsewhere = laid(tmp_path / "lain", **{"1.1/rahasia.pdf": PDF})
    (folder / linked).symlink_to(
        elsewhere / "1.1/rahasia.pdf" if linked.endswith("pdf") else elsewhere
    )

    assert faults(store, RuleError, assessment.import_evidence, store, folder, ROUND, "p-1") == (
        "evidence-refused",
        [(linked, "not-a-file")],
    )


def test_two_files_of_one_name_and_sub_aspect_must_be_the_same(store, begun, folder):
    laid(folder, **{"kota-a/1.1 A/sk.pdf": PDF, "kota-a/1.1 B/sk.pdf": PDF})
    [taken] = assessment.import_evidence(store, folder, ROUND, "p-1")
    laid(folder, **{"kota-a/1.1 B/sk.pdf": PDF + b" lain"})

    assert (taken.added, len(files_of(store, begun))) == (1, 1)
    assert faults(store, RuleError, assessment.import_evidence, store, folder, ROUND, "p-1") == (
        "evidence-refused",
        [("kota-a/1.1 B/sk.pdf", "file-twice")],
    )


def test_a_file_that_the_evaluators_gave_is_not_revised_by_the_agencys(store, begun, folder):
    reach(store, begun, "verifikasi")
    sha = store.put_evidence(b"dari penilai", begun).sha256
    record(
        store,
        say("evidence", begun, author="p-e", name="sk.pdf", sha256=sha, size=12),
    )
    laid(folder, **{"kota-a/1.1/sk.pdf": PDF})

    [taken] = assessment.import_evidence(store, folder, ROUND, "p-1")

    assert taken == EvidenceTaken("kota-a", 1, 0, 0)
    assert len(process.evidence(counting(store, begun))) == 2


def test_a_folder_that_is_not_there_or_empty_is_refused(store, begun, folder):
    take = assessment.import_evidence
    assert faults(store, RuleError, take, store, folder, ROUND, "p-1")[0] == "folder-not-there"
    folder.mkdir()
    assert faults(store, RuleError, take, store, folder, ROUND, "p-1")[1] == [("", "folder-empty")]
    assert faults(store, RuleError, take, store, folder, ROUND, "p-1", "kota-z")[1] == [
        ("kota-z", "agency-unknown")
    ]
    assert faults(store, RuleError, take, store, folder, ROUND, "p-1", "kab-b")[1] == [
        ("kab-b", "no-assessment")
    ]


def test_whoever_is_not_of_the_team_states_no_evidence_of_the_agency(store, begun, folder):
    laid(folder, **{"kota-a/1.1/sk.pdf": PDF})

    key, found = faults(store, RuleError, assessment.import_evidence, store, folder, ROUND, "p-e")
    assert (key == "evidence-refused", bool(found)) == (False, True)
    assessment.import_evidence(store, folder, ROUND, "p-s")
    assert list(store.entries()["author"])[-1] == "tim-kota-a"


# Forms


@pytest.fixture
def form(store, begun, tmp_path) -> Path:
    """The form of kota-a, as it goes out."""
    path = tmp_path / "kota-a.xlsx"
    workbook.write_form(path, assessment.form_of(store, "kota-a", ROUND))
    return path


def take(store, path: Path, by: str = "p-1", **how) -> list[Imported]:
    return assessment.import_files(store, [path], ROUND, by, Incoming(**how))


FILLED = {
    "Aspek 1": {"H6": 3, "I6": "Ada SK", "J6": "sk.pdf\nhilang.pdf", "H7": 0},
    "Aspek 2": {"J6": "peta.pdf"},
}


def test_a_filled_in_form_states_levels_words_and_the_files_beside_it(store, begun, form):
    filled(form, FILLED)
    own = {"1.1 SK/sk.pdf": PDF, "peta.pdf": PDF, "lebih.pdf": PDF}
    laid(form.parent / "bukti" / "kota-a", **own)

    [result] = take(store, form)

    assert result == Imported("kota-a", 2, 0, (), 2, (("1.1", "hilang.pdf"),))
    assert levels_of(store, begun) == {"1.1": (3, "Ada SK"), "1.2": (0, "")}
    assert set(files_of(store, begun)) == {("1.1", "sk.pdf"), ("2.1", "peta.pdf")}


def test_the_same_form_again_states_nothing(store, begun, form):
    filled(form, FILLED)
    laid(form.parent / "bukti", **{"sk.pdf": PDF, "peta.pdf": PDF})
    take(store, form)
    before = store.entries()

    [result] = take(store, form)

    assert result == Imported("kota-a", 0, 2, (), 0, (("1.1", "hilang.pdf"),))
    assert store.entries().equals(before)


def test_a_form_written_again_holds_what_was_stated_and_says_nothing(store, begun, form):
    filled(form, FILLED)
    laid(form.parent / "bukti", **{"sk.pdf": PDF})
    take(store, form)

    again = assessment.form_of(store, "kota-a", ROUND, "en")
    workbook.write_form(form, again)

    assert again.stated == {"1.1": (3, "Ada SK"), "1.2": (0, "")}
    assert again.evidence == {"1.1": ("sk.pdf",)}
    assert again.simulation  # the tiny instrument is no official edition
    assert take(store, form) == [Imported("kota-a", 0, 0)]


def test_a_level_that_was_emptied_in_a_form_is_taken_back(store, begun, form):
    take(store, filled(form, {"Aspek 1": {"H6": 3}}))
    workbook.write_form(form, assessment.form_of(store, "kota-a", ROUND))
    [result] = take(store, filled(form, {"Aspek 1": {"H6": None}}))

    assert result.stated == 1
    assert levels_of(store, begun).get("1.1", (None, ""))[0] is None


def test_files_lie_where_the_evidence_folder_is_said_to_be(store, begun, form, tmp_path):
    filled(form, {"Aspek 1": {"J6": "sk.pdf"}})
    there = laid(tmp_path / "lain", **{"1.1/sk.pdf": PDF})

    assert take(store, form)[0].missing == (("1.1", "sk.pdf"),)
    assert take(store, form, evidence=there)[0].files == 1


def test_a_form_that_names_a_file_nobody_may_keep_states_nothing_at_all(store, begun, form):
    filled(form, {"Aspek 1": {"H6": 3, "J6": "sk.pdf"}})
    laid(form.parent / "bukti", **{"sk.pdf": b"MZ\x90"})

    assert faults(store, TableError, take, store, form) == (
        "tables-faulty",
        [("Aspek 1:6:J (ISIAN: nama berkas bukti, satu per baris)", "file-type")],
    )


def test_a_form_opens_the_assessment_of_its_agency(store, tiny, tmp_path):
    path = tmp_path / "kab-b.xlsx"
    workbook.write_form(path, assessment.form_of(store, "kab-b", ROUND, "id", tiny))
    [result] = take(store, filled(path, {"Aspek 2": {"H6": 2}}), edition=tiny)

    about = assessment.find(store, "kab-b", ROUND)
    assert (result.agency, result.stated) == ("kab-b", 1)
    assert levels_of(store, about) == {"2.1": (2, "")}


def test_a_form_of_another_store_is_refused(store, begun, tmp_path, tiny):
    path = tmp_path / "a.xlsx"
    with create_store(tmp_path / "latihan") as other:
        furnish(other)
        assessment.begin(other, "kota-a", ROUND, tiny, "p-1")
        workbook.write_form(path, assessment.form_of(other, "kota-a", ROUND))
    filled(path, {"Aspek 1": {"H6": 3}})

    assert faults(store, TableError, take, store, path) == (
        "tables-faulty",
        [("", "form-other-store")],
    )


def test_a_form_of_another_agency_round_or_edition_is_refused(store, begun, form, kasn, tmp_path):
    filled(form, {"Aspek 1": {"H6": 3}})
    store.add_round("2026-2", 2026, 2)
    later = assessment.begin(store, "kota-a", "2026-2", kasn, "p-1")
    edition = tmp_path / "kasn.xlsx"
    workbook.write_form(edition, replace(assessment.form_of(store, "kota-a", ROUND),
                                         instrument=kasn))  # fmt: skip

    assert faults(store, TableError, take, store, form, agency="kab-b")[1] == [
        ("", "agency-mismatch")
    ]
    found = faults(store, TableError, assessment.import_files, store, [form], "2026-2", "p-1")[1]
    assert sorted(found) == [("", "form-edition"), ("", "form-round")]
    assert faults(store, TableError, take, store, edition)[1] == [("", "form-edition")]
    assert levels_of(store, later) == {}


def test_a_form_of_an_agency_or_round_that_is_not_known_is_not_made(store):
    for agency, round_ in (("kota-z", ROUND), ("kota-a", "2027-1")):
        assert faults(store, RuleError, assessment.form_of, store, agency, round_)[0]


def test_of_two_files_neither_is_taken_if_one_is_faulty(store, both, form, tmp_path):
    filled(form, {"Aspek 1": {"H6": 3}})
    other = tmp_path / "kab-b.xlsx"
    workbook.write_form(other, assessment.form_of(store, "kab-b", ROUND))
    filled(other, {"Aspek 1": {"H6": 9}})

    key, found = faults(
        store, TableError, assessment.import_files, store, [form, other], ROUND, "p-1"
    )
    assert (key, [each for _, each in found]) == ("tables-faulty", ["level-off-scale"])


# Answers to open questions


@pytest.fixture
def asked(store, begun) -> list[str]:
    """The ids of three questions of the evaluator: two about 1.2 and one about 1.1."""
    reach(store, begun, "verifikasi")
    threads = {THREAD: "1.2", OTHER_THREAD: "1.1", THIRD_THREAD: "1.2"}
    put = [say("question", begun, thread=t, sub_aspect=code) for t, code in threads.items()]
    record(store, *put)
    return [question.id for question in put]


@pytest.fixture
def listed(store, begun, asked, tmp_path) -> Path:
    return list_of(store, begun, tmp_path / "pertanyaan.xlsx")


def list_of(store, begun, path: Path) -> Path:
    """The workbook of the open questions of kota-a."""
    form = assessment.form_of(store, "kota-a", ROUND)
    open_ = process.clarifications(counting(store, begun)).set_index("thread")
    items = tuple(
        workbook.OpenItem(
            *(thread, open_.loc[thread, "sub_aspect"], open_.loc[thread, "text"]),
            entry=open_.loc[thread, "id"],
        )
        for thread in (THREAD, OTHER_THREAD, THIRD_THREAD)
    )
    about = (form.instrument, form.agency, form.round, form.store, form.assessment)
    workbook.write_open_items(path, workbook.OpenItems(*about, items=items))
    return path


def answers(**cells: str) -> dict[str, dict[str, str]]:
    return {"Klarifikasi": cells}


def test_answers_and_their_files_are_stated_and_name_their_question(store, begun, asked, listed):
    filled(listed, answers(H5="Sudah", I5="sk.pdf", H6="Belum"))
    laid(listed.parent / "bukti", **{"1.2/sk.pdf": PDF})

    [result] = take(store, listed)

    assert result == Imported("kota-a", 2, 0, files=1)
    found = process.clarifications(counting(store, begun)).set_index("thread")
    assert dict(found["state"]) == {
        THREAD: "answered",
        OTHER_THREAD: "answered",
        THIRD_THREAD: "open",
    }
    assert found.loc[THREAD, "answer"] == "Sudah"
    [sha] = found.loc[THREAD, "files"]
    assert store.get_evidence(sha) == PDF
    stated = counting(store, begun)
    stated = stated[stated["kind"] == "answer"]
    assert {tuple(base) for base in stated["base"]} == {(asked[0],), (asked[1],)}
    assert set(files_of(store, begun)) == {("1.2", "sk.pdf")}


def test_the_same_answers_again_state_nothing(store, begun, listed):
    filled(listed, answers(H5="Sudah", I5="sk.pdf", H6="Belum"))
    laid(listed.parent / "bukti", **{"sk.pdf": PDF})
    take(store, listed)
    before = store.entries()

    assert take(store, listed) == [Imported("kota-a", 0, 2)]
    assert store.entries().equals(before)


def test_a_new_answer_replaces_the_agencys_earlier_one(store, begun, listed):
    take(store, filled(listed, answers(H5="Sudah")))
    assert take(store, filled(listed, answers(H5="Belum"))) == [Imported("kota-a", 1, 0)]

    found = process.clarifications(counting(store, begun)).set_index("thread")
    assert (found.loc[THREAD, "answer"], found.loc[THREAD, "state"]) == ("Belum", "answered")


def test_the_same_words_answer_a_question_that_was_put_anew(store, begun, asked, listed):
    take(store, filled(listed, answers(H5="Sudah")))
    record(store, say("question", begun, asked[0], sub_aspect="1.2", text="SK yang mana?"))
    found = process.clarifications(counting(store, begun)).set_index("thread")
    assert found.loc[THREAD, "state"] == "open"

    anew = filled(list_of(store, begun, listed), answers(H5="Sudah"))
    assert take(store, anew) == [Imported("kota-a", 1, 0)]
    found = process.clarifications(counting(store, begun)).set_index("thread")
    assert (found.loc[THREAD, "state"], found.loc[THREAD, "answer"]) == ("answered", "Sudah")


def test_an_answer_that_was_sent_back_is_not_stated_again_by_the_same_workbook(
    store, begun, asked, listed
):
    take(store, filled(listed, answers(H5="Sudah")))
    stated = counting(store, begun)
    [answer] = stated[stated["kind"] == "answer"]["id"]
    back = say("closing", begun, asked[0], answer, thread=THREAD, closed=False)
    record(store, back)

    assert take(store, listed) == [Imported("kota-a", 0, 1)]
    found = process.clarifications(counting(store, begun)).set_index("thread")
    assert (found.loc[THREAD, "state"], found.loc[THREAD, "returned"]) == ("open", True)

    assert take(store, filled(listed, answers(H5="Lengkap"))) == [Imported("kota-a", 1, 0)]
    found = process.clarifications(counting(store, begun)).set_index("thread")
    assert (found.loc[THREAD, "state"], found.loc[THREAD, "answer"]) == ("answered", "Lengkap")


def test_a_file_that_two_answers_name_is_kept_once(store, begun, listed):
    filled(listed, answers(H5="Sudah", I5="sk.pdf", H7="Juga", I7="sk.pdf"))
    laid(listed.parent / "bukti", **{"sk.pdf": PDF})

    assert take(store, listed) == [Imported("kota-a", 2, 0, files=1)]
    assert len(process.evidence(counting(store, begun))) == 1


def test_an_answer_to_a_closed_question_is_refused_with_its_cell(store, begun, asked, listed):
    record(store, say("closing", begun, asked[1], thread=OTHER_THREAD, text="Sudah jelas"))
    filled(listed, answers(H5="Sudah", H6="Belum"))

    assert faults(store, RuleError, take, store, listed) == (
        "answers-refused",
        [("Klarifikasi:6:H (ISIAN: jawaban)", "question-closed")],
    )


def test_an_answer_to_what_was_only_drafted_is_refused(store, begun, listed):
    draft = say("question", begun, thread="8" * 32, sub_aspect="1.2", visible_to="internal")
    record(store, draft)
    filled(listed, {"Klarifikasi": {"A5": "8" * 32, "H5": "Sudah"}})
    made = openpyxl.load_workbook(listed)
    [cell] = [cell for row in made["merit-kit"].iter_rows() for cell in row if cell.value == THREAD]
    cell.value = "8" * 32
    made.save(listed)

    assert faults(store, RuleError, take, store, listed)[1] == [
        ("Klarifikasi:5:H (ISIAN: jawaban)", "question-closed")
    ]


def test_a_file_that_an_answer_names_and_that_is_not_there_is_refused(store, begun, asked, listed):
    filled(listed, answers(H5="Sudah", I5="sk.pdf\nhilang.pdf"))
    laid(listed.parent / "bukti", **{"sk.pdf": PDF})

    assert faults(store, TableError, take, store, listed) == (
        "tables-faulty",
        [("Klarifikasi:5:I (ISIAN: nama berkas, satu per baris)", "file-not-there")],
    )


def test_a_list_of_another_assessment_is_refused(store, begun, listed, tiny):
    filled(listed, answers(H5="Sudah"))
    store.add_round("2026-2", 2026, 2)
    assessment.begin(store, "kota-a", "2026-2", tiny, "p-1")

    assert faults(store, TableError, assessment.import_files, store, [listed], "2026-2", "p-1") == (
        "tables-faulty",
        [("", "answers-elsewhere")],
    )


def test_a_form_and_a_list_of_one_agency_go_in_together_or_not_at_all(store, begun, form, listed):
    filled(form, {"Aspek 1": {"J6": "sk.pdf"}})
    filled(listed, answers(H5="Sudah", I5="hilang.pdf"))
    laid(form.parent / "bukti", **{"sk.pdf": PDF})
    both = [form, listed]

    take_both = (assessment.import_files, store, both, ROUND, "p-1")
    assert faults(store, TableError, *take_both)[1] == [
        ("Klarifikasi:5:I (ISIAN: nama berkas, satu per baris)", "file-not-there")
    ]
    laid(form.parent / "bukti", **{"hilang.pdf": PDF})
    first, second = assessment.import_files(store, both, ROUND, "p-1")
    assert ((first.stated, first.files), (second.stated, second.files)) == ((0, 1), (1, 1))


# Tables from elsewhere


def test_a_mapping_tells_which_column_of_a_foreign_table_is_which(store, begun, tmp_path):
    table = tmp_path / "tabel.csv"
    table.write_text("Unsur;Skor;Dok\nAspek 1 - 1.1 SK;3;sk.pdf\n", encoding="utf-8")
    said = {"sub_aspect": "Unsur", "self": "Skor", "evidence": "Dok"}
    (tmp_path / "peta.json").write_text(
        json.dumps({"format": 1, "columns": said, "code_in_text": True}), encoding="utf-8"
    )
    laid(tmp_path / "bukti", **{"1.1/sk.pdf": PDF})
    mapping = workbook.read_mapping(tmp_path / "peta.json")

    assert faults(store, TableError, take, store, table, agency="kota-a")[0] == "tables-faulty"
    assert take(store, table, agency="kota-a", mapping=mapping) == [
        Imported("kota-a", 1, 0, files=1)
    ]
    assert levels_of(store, begun) == {"1.1": (3, "")}


# Levels to be entered elsewhere


def test_what_is_entered_elsewhere_holds_no_internal_note(store, begun):
    reach(store, begun, "verifikasi")
    record(
        store,
        say("awal", begun, sub_aspect="2.1", level=4, reason="=1+1"),
        say("awal", begun, sub_aspect="1.2", level=0, reason=""),
        say("note", begun, sub_aspect="1.2", text="Lihat SK"),
        say("note", begun, sub_aspect="1.1", text="Rahasia", visible_to="internal"),
        say("self", begun, author="p-1", sub_aspect="1.1", level=3),
        by="p-s",
    )

    entry = assessment.sipinter_of(store, "kota-a", ROUND)

    assert entry.headings == ["No.", "Subaspek", "Level verifikasi", "Alasan", "Catatan"]
    assert (entry.verified, len(entry.above)) == (2, 2)
    assert entry.rows == [
        ["2.1", "Nama 2.1", 4, "=1+1", ""],
        ["1.1", "Nama 1.1", None, "", ""],
        ["1.2", "Nama 1.2", 0, "", "Lihat SK"],
    ]


def test_what_is_entered_elsewhere_needs_an_assessment(store, begun):
    assert faults(store, RuleError, assessment.sipinter_of, store, "kab-b", ROUND) == (
        "cases-missing",
        [("kab-b", "no-assessment")],
    )


# Results determined at their verified levels: 140 + 20 + 60 = 220 of 400 points, category II


def ripe(store, *abouts: str, but: str = "") -> None:
    """Take assessments to the last stage with verified levels 2, 2, 3, one perhaps not."""
    for about in abouts:
        reach(store, about, "verifikasi")
        levels = {"2.1": 2, "1.1": 2, "1.2": 3}
        record(
            store,
            *(
                say("awal", about, sub_aspect=code, level=level)
                for code, level in levels.items()
                if code != but
            ),
        )
        agency = [str(store.assessments([about])["agency"].iloc[0])]
        for stage in ("perbaikan", "penetapan"):
            assessment.advance(store, ROUND, stage, "p-s", agency)


def test_a_commissioner_determines_what_was_verified_for_all_that_are_named(store, both):
    ripe(store, *both.values())
    found = assessment.determine(store, ROUND, ["kab-b", "kota-a"], "p-k", "Rapat pleno")

    assert set(found) == {"kab-b", "kota-a"}
    for code, about in both.items():
        assert (found[code]["total"], found[code]["category"]) == ("220", "II")
        final = process.levels(counting(store, about), process.FINAL)
        assert dict(zip(final["sub_aspect"], final["level"], strict=True)) == {
            "2.1": 2,
            "1.1": 2,
            "1.2": 3,
        }
    assert audit(store) == []


def kept_back(store, by: str) -> dict[str, list[tuple[str, str]]]:
    """What keeps kota-a and kab-b from being determined, by agency."""
    before = store.entries()
    with pytest.raises(RuleError) as caught:
        assessment.determine(store, ROUND, ["kota-a", "kab-b"], by)
    assert store.entries().equals(before)
    assert caught.value.key == "not-determined"
    return {
        cause.facts["agency"]: [(str(problem.where), problem.key) for problem in cause.problems]
        for cause in caught.value.causes
    }


def test_whoever_is_no_commissioner_determines_nothing(store, both):
    ripe(store, *both.values())
    for person in ("p-1", "p-e", "p-s", appointed(store, "p-h", "host")):
        found = kept_back(store, person)
        assert list(found) == ["kota-a", "kab-b"]
        assert {where for each in found.values() for where, _ in each} == {"kinds.determination"}


def test_of_two_agencies_neither_is_determined_while_one_lacks_a_level(store, both):
    ripe(store, both["kota-a"])
    ripe(store, both["kab-b"], but="1.1")

    assert kept_back(store, "p-k") == {"kab-b": [("1.1", "level-missing")]}


def test_what_keeps_each_agency_from_being_determined_is_named_by_agency(store, both):
    ripe(store, both["kota-a"], but="2.1")
    ripe(store, both["kab-b"], but="1.2")

    assert kept_back(store, "p-k") == {
        "kota-a": [("2.1", "level-missing")],
        "kab-b": [("1.2", "level-missing")],
    }


def test_an_agency_without_an_assessment_is_named_before_anything_else(store, begun):
    ripe(store, begun)

    determine = assessment.determine
    assert faults(store, RuleError, determine, store, ROUND, ["kota-a", "kab-b"], "p-k") == (
        "cases-missing",
        [("kab-b", "no-assessment")],
    )
